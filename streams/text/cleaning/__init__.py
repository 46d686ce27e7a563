"""Takes an article's text out of the page around it; clean begins with the steps."""
