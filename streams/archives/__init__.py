"""Web archives (WARC, ARC) into news.raw.

    pages       a response of an archive → the record to be, or why it is passed over     pure
    reading     an archive → its responses, each with where the next begins
    loading     archives → news.raw, and how far Kafka has them, in SQLite

It is a process of its own, outside the exactly-once core: how far it is, is noted once Kafka has all before that. A kill loses
nothing, and what is published twice the stream's deduplication finds.
"""
