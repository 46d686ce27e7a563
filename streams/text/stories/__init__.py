"""Stories: which articles are about the same event. Pure.

signature    an article → what is compared: words, names, numbers, body
headlines    two headlines → how far they tell of the same
vectors      words as sums of whole numbers, so that every machine compares alike
story        what is remembered of a story
index        the stories of the window → the one that an article belongs to
"""
