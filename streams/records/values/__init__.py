"""What sources give as an article's facts, each brought into one form.

The modules, from the outside in:

    dates           instants and days, as RFC 3339 or ISO 8601
    urls            the canonical address
    languages       BCP 47 tags
    titles          the headline among the titles that a source gives
    bylines         the authors; byline_lines finds the lines that name them, byline_parts what stands beside a name
    keywords        words, without slugs and ids
    images          the lead image, its caption and credit
    feed_links      the address among a feed's links
    rich_text       editors' trees of blocks, as text
    characters      what belongs in no text
    byline_lines    "By Dana Cole | 3 March"
    byline_parts    photographers, editors, agencies, prepositions
"""
