"""The console: one page on which an editor sees the stream and an operator sees its health.

It reads Kafka as any consumer of the outputs does (``read_committed``, in no group) and never touches a worker::

    Kafka ──► reader ──► picture (rows, wire, counts: pure) ──► viewers ──► the page, by server-sent events
                └─ health: lag, partitions, workers
    the page ──► web ──► drawer (reads a record again, and explains it), letters and replays (news.rejected)

**Bounded**: the newest thousand articles as rows of a few hundred bytes, an hour of minutes, one bit for each of the last
262,144 offsets of a raw partition; a hundred viewers, and those that do not keep up are dropped. Everything else is read from
Kafka on request.
"""
