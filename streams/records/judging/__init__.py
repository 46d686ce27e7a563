"""Whether a text is an article, or a wall in front of one, a list of several, or an error.

The modules, from the outside in:

    texts         asks the others, one after the other
    walls         consent walls, robot checks, pay walls
    listings      index pages and galleries
    error_pages   "404", "Page not found"
    prose         sentences, and how much they say
"""
