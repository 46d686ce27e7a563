"""What leaves the stream for outside receivers, and what must be taken back there.

    items       a record of news.enriched → an article, when it may be shown, whether it is selected      pure
    decisions   a version of an article → send it, report its removal, or wait                            pure
    book        one receiver: how far it is, what waits for its embargo, what it has; SQLite
    source      the reader of news.enriched, read_committed, in no group

`serve` answers readers from memory. `export` and `webhook` have one receiver each, and a book, so that a restart continues
where it was.
"""
