"""Web archives (WARC, ARC) into news.raw.

    pages       a response in an archive → a record, or why it is skipped                 pure
    reading     an archive → its responses, each with where the next begins
    loading     archives → news.raw, and how far Kafka has them, in SQLite

It is a separate process outside the exactly-once core: its progress is noted once Kafka has everything before it. A kill loses
nothing, and the stream's deduplication finds what is published twice.
"""
