"""Prepare: read what a producer published, clean it, and hand it on under the fingerprint of its headline."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable

import faust

from streams.articles import encode_article, prepare_article
from streams.bounds import bounded
from streams.documents import ORIGIN_HEADER, passed_on, rejected_output
from streams.kafka.app import batch_topic
from streams.kafka.transport import Fetched
from streams.records import Rejection, read_record
from streams.settings import Settings
from streams.steps import Decision, Output, Record, Step, header, origin
from streams.topics import PREPARED, RAW, REJECTED


def prepare_step(settings: Settings) -> Step:
    """news.raw → news.prepared or news.rejected; remembers nothing."""

    def decide(record: Record, _: bytes | None) -> Decision:
        draft = read_record(record.value, _content_type(record), max_bytes=settings.max_article_bytes)
        source = _source(record, settings.source_header)
        article = draft if isinstance(draft, Rejection) else prepare_article(draft, source)
        if isinstance(article, Rejection):
            return Decision((rejected_output(record, article, "prepare"),))
        value = encode_article(article)
        if isinstance(value, Rejection):
            return Decision((rejected_output(record, value, "prepare"),))
        headers = (
            ("content-type", b"application/json"),
            (ORIGIN_HEADER, origin(record).encode()),
            *passed_on(record),
        )
        key = bytes.fromhex(article.fingerprint)
        return Decision((bounded(Output(PREPARED, key, value, headers, max(record.timestamp, 0))),))

    return Step("prepare", RAW, (PREPARED, REJECTED), decide)


def _source(record: Record, name: str | None) -> str | None:
    """Who sent it, by the header that only a gateway can set: "" where it is missing, None where no header is trusted."""
    return None if name is None else header(record, name) or ""


def _content_type(record: Record) -> str | None:
    """The content type, whatever the case of its header's name; CloudEvents' own spelling comes first."""
    spelt = (name for name, _ in reversed(record.headers) if name.lower() == "content-type")
    return header(record, "content-type") or next((found for name in spelt if (found := header(record, name))), None)


def install(app: faust.App, take: Callable[[Fetched], Awaitable[None]]) -> None:
    """Register the agent; ``take`` is :meth:`streams.kafka.delivery.Delivery.take`."""

    @app.agent(batch_topic(app, RAW), name="prepare_articles")
    async def prepare_articles(fetches: AsyncIterable[Fetched]) -> None:
        async for fetched in fetches:
            await take(fetched)
