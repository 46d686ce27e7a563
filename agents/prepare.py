"""Prepare: read what a producer published, clean it, and pass it on under the fingerprint of its headline."""

from __future__ import annotations

from streams.articles import encode_article, read_article, refuse_embargoed
from streams.bounds import bounded
from streams.documents import ORIGIN_HEADER, REPLAY_HEADER, internal_error, is_released, passed_on, rejected_output, unread
from streams.faults import Fault, caught
from streams.records import Rejection
from streams.settings import EmbargoPolicy, Settings
from streams.steps import Changelog, Decision, Headers, Output, Record, Step, UnreadBatch, content_type, header, origin
from streams.topics import PREPARED, RAW, REJECTED

PROGRESS = Changelog("progress", "how far news.raw is prepared")
_MOST_REPLAY_CHARACTERS = 40  # enough for any place in news.rejected


def prepare_step(settings: Settings) -> Step:
    """news.raw → news.prepared or news.rejected; remembers nothing."""

    def decide(record: Record, _: bytes | None) -> Decision:
        if isinstance(record.value, UnreadBatch):
            return Decision((rejected_output(record, unread(record.value), "prepare"),))
        source = _source(record, settings.source_header)
        prepared = caught(
            lambda: prepare(record, settings.max_article_bytes, source, hold=settings.embargo is EmbargoPolicy.HOLD)
        )
        if isinstance(prepared, Fault):
            return Decision((rejected_output(record, internal_error(prepared), "prepare"),), fault=prepared)
        if isinstance(prepared, Rejection):
            return Decision((rejected_output(record, prepared, "prepare"),))
        return Decision((prepared,))

    return Step("prepare", RAW, (PREPARED, REJECTED), decide, PROGRESS)


def _source(record: Record, name: str | None) -> str | None:
    """Who sent the record, from the header that only a gateway can set: "" if missing, None if no header is trusted."""
    return None if name is None else header(record, name) or ""


def prepare(record: Record, max_bytes: int, source: str | None = None, *, hold: bool = False) -> Output | Rejection:
    """Turn a record of news.raw into one of news.prepared, or into the reason why it is not an article.

    ``source``: who sent it, if known. ``hold``: reject an article whose own embargo time has not passed, unless a person
    released it.
    """
    article = read_article(record.value, content_type(record), max_bytes, source)
    if isinstance(article, Rejection):
        return article
    if hold and not is_released(record) and (embargoed := refuse_embargoed(article, record.timestamp)):
        return embargoed
    value = encode_article(article)
    if isinstance(value, Rejection):
        return value
    headers = (
        ("content-type", b"application/json"),
        (ORIGIN_HEADER, origin(record).encode()),
        *passed_on(record),
        *_replay_of(record),
    )
    return bounded(Output(PREPARED, bytes.fromhex(article.fingerprint), value, headers, max(record.timestamp, 0)))


def _replay_of(record: Record) -> Headers:
    """Kept with the article so that, if `deduplicate` rejects it, later replays skip it."""
    replayed = header(record, REPLAY_HEADER)
    return ((REPLAY_HEADER, replayed[:_MOST_REPLAY_CHARACTERS].encode()),) if replayed else ()
