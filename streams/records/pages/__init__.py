"""HTML pages: the article on a page, and what the page says of it.

The modules, from the outside in:

    reading         takes a page through the other modules
    markup          HTML as a tree, and as the lines that a reader would see
    layout          what makes paragraphs of markup that does not say so
    kinds           pages without an article, or with several
    main_text       the text that trafilatura finds
    body            the page's own prose, which checks and completes it
    facts           what the page says: headlines, bylines, dates, images, summary
    linked_data     schema.org's JSON-LD
"""
