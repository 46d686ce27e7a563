"""What leaves the stream for those outside, and what must be taken back there.

    items       a record of news.enriched → an article, when it may be shown, whether it is asked for     pure
    decisions   a version of an article → tell it, tell that it is removed, or wait                       pure
    book        one receiver: how far it was told, what waits for its embargo, what was told; SQLite
    source      the reader of news.enriched, read_committed, in no group

`serve` answers readers from memory. `export` and `webhook` have one receiver each, and a book: a restart goes on where it
was.
"""
