"""Deduplicate: the first article of a headline is enriched and passed on, its repeats are recorded."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable

import faust
import orjson

from streams.articles import Article, article_from_json, tag_article
from streams.documents import (
    DUPLICATE_TYPE,
    ENRICHED_TYPE,
    NINJS_SCHEMA,
    duplicate_document,
    event_headers,
    ledger_text,
    ninjs_document,
)
from streams.kafka.app import batch_topic
from streams.kafka.transport import Fetched
from streams.settings import Settings
from streams.steps import Decision, Output, Record, Step
from streams.text.duplicates import (
    Sighting,
    find_owner,
    judge_kind,
    pack_owners,
    print_body,
    print_outlet,
    remember,
    unpack_owners,
)
from streams.text.language.opinions import Detect, choose_detector
from streams.topics import DUPLICATES, ENRICHED, HEADLINES, PREPARED


def deduplicate_step(settings: Settings) -> Step:
    """news.prepared → news.enriched or news.duplicates; remembers who owns each headline."""
    detect = choose_detector(settings.language_detector, settings.language_check)

    def decide(record: Record, remembered: bytes | None) -> Decision:
        assert record.value is not None, "news.prepared is written by `prepare` alone, and never without a value"
        article = article_from_json(record.value)
        seen = Sighting(
            offset=record.offset,
            timestamp_ms=record.timestamp,
            article_id=article.id,
            outlet=print_outlet(article.outlet),
            body=print_body(article.body),
        )
        owners = unpack_owners(remembered)
        owner = find_owner(owners, seen, settings.window_ms)
        if owner is not None:
            kind = judge_kind(owner, seen)
            if kind in settings.suppress:
                document = duplicate_document(article, kind, owner, record.timestamp, settings.window_s)
                headers = event_headers(record, article, DUPLICATE_TYPE, kind=kind.value)
                return Decision((Output(DUPLICATES, article.id.encode(), orjson.dumps(document), headers, record.timestamp),))
        return Decision((enrich(record, article, detect),), pack_owners(remember(owners, seen)))

    return Step("deduplicate", PREPARED, (ENRICHED, DUPLICATES), decide, HEADLINES)


def enrich(record: Record, article: Article, detect: Detect) -> Output:
    """Tag an article's language, by ``detect``, and subjects and write it down for consumers."""
    language, subjects = tag_article(article, detect)
    headers = event_headers(
        record,
        article,
        ENRICHED_TYPE,
        schema=NINJS_SCHEMA,
        language=language.tag,
        languageconfidence=f"{language.confidence:.2f}",
        languagedeclared=article.language,
        languagecreator=language.creator,
        languageagrees=None if language.agrees is None else str(language.agrees).lower(),
        languagecheck=language.check,
        cuts=ledger_text(article),
    )
    document = ninjs_document(article, language, subjects, record.timestamp)
    return Output(ENRICHED, article.id.encode(), orjson.dumps(document), headers, record.timestamp)


def install(app: faust.App, take: Callable[[Fetched], Awaitable[None]]) -> None:
    """Register the agent; ``take`` is :meth:`streams.kafka.delivery.Delivery.take`."""

    @app.agent(batch_topic(app, PREPARED), name="deduplicate_articles")
    async def deduplicate_articles(fetches: AsyncIterable[Fetched]) -> None:
        async for fetched in fetches:
            await take(fetched)
