"""An article's text without what its page put around it; clean begins with the steps."""
