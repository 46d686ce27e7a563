"""``headwater retract``: take an article back, for producers that are not wires."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import click
import orjson
from aiokafka import AIOKafkaProducer

from streams import lazy_re as re
from streams.articles import OWN_URI, article_id
from streams.commands.arguments import read_settings
from streams.commands.context import records_of, run_async
from streams.commands.printing import columns, hung
from streams.documents import ORIGIN_HEADER, article_uri, time_text
from streams.kafka.admin import topic_config
from streams.kafka.clients import connection, opened
from streams.records import canonical_url
from streams.settings import Settings
from streams.steps import header
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW, REJECTED, SIGNATURES, STORIES

_ID = re.compile(f"(?:{OWN_URI})?([0-9a-f]{{32}})")
_DAY_MS = 24 * 3600 * 1000
_HOLDS_AT: Final = 18  # columns, what a topic holds
_GIB = 1 << 30

# What a topic may still hold about a canceled article.
HOLDINGS: Final = {
    RAW: "the record as its producer sent it",
    PREPARED: "the cleaned article",
    ENRICHED: "the versions before the cancellation",
    DUPLICATES: "its headline and address, where it repeated another's",
    REJECTED: "whole records, where it was rejected or held",
    SIGNATURES: "its headline and its heaviest words",
    STORIES: "its headline, in its story as it was before",
}


@dataclass(frozen=True, slots=True)
class Published:
    """An article as consumers have it: its id, its last version in news.enriched, and the places of all versions."""

    article_id: str
    document: dict[str, Any] | None
    places: tuple[str, ...]


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
@click.option("--note", help="Why, for the editors who get it (ninjs edNote).")
def retract(articles: tuple[str, ...], note: str | None) -> None:
    """Cancel each ARTICLE, named by its id, its URL or its wire's uri: consumers get a version with pubStatus canceled.

    The cancellation goes through news.raw like a wire's kill, and releases the article's headline. Kafka deletes nothing
    because of it: at the end the command says what stays in which topic, and for how long.
    """
    settings = read_settings()
    for line in run_async(_retract(settings, articles, note), settings):
        click.echo(line)


async def _retract(settings: Settings, articles: tuple[str, ...], note: str | None) -> list[str]:
    found = await _find(settings, articles)
    told: list[str] = []
    producer = AIOKafkaProducer(**connection(settings), enable_idempotence=True)
    async with opened(producer):
        for published in found:
            value = orjson.dumps(cancellation(published, note, int(time.time() * 1000)))
            headers = [("content-type", b"application/json")]
            at = await producer.send_and_wait(RAW, value, published.article_id.encode(), headers=headers)
            told.append(f"{published.article_id}: canceled by {at.topic}/{at.partition}/{at.offset}")
            told += [f"  stands in {place}" for place in published.places]
            if not published.places:
                told.append(f"  not in {ENRICHED}: its headline, if it owns one, stays taken until the window has passed")
    return [*told, "", "Kafka still keeps:", *[line async for line in _kept(settings)]]


def cancellation(published: Published, note: str | None, now_ms: int) -> dict[str, Any]:
    """The ninjs item that cancels an article; with the headline's fingerprint if it is known."""
    document = published.document or {}
    item = {
        "uri": article_uri(published.article_id),
        "type": "text",
        "pubstatus": "canceled",
        "version": document.get("version"),  # of two items with the same version, the later one counts
        "versioncreated": time_text(now_ms),
        "headlines": document.get("headlines"),
        "altids": document.get("altIds"),
        "ednote": note,
    }
    return {name: value for name, value in item.items() if value}


def named_id(named: str) -> str:
    """The id that follows from an article's name: that id itself, that of its URL, or that of a wire's uri."""
    if own := _ID.fullmatch(named.strip()):
        return own[1]
    url = canonical_url(named)
    return article_id(None if url else named.strip(), url)


def is_named(named: str, key: str, document: dict[str, Any]) -> bool:
    """Whether a document of news.enriched is the named article, by its id or one of its other ids."""
    others = [each.get("value") for each in document.get("altIds", ())]
    return key == named_id(named) or named.strip() in others or (canonical_url(named) or named) in others


async def _find(settings: Settings, articles: tuple[str, ...]) -> list[Published]:
    """Search news.enriched for the articles; one that is missing gets the id that follows from its name."""
    found: dict[str, Published] = {}
    missing = set(articles)
    async for record in records_of(settings, ENRICHED):
        key, document = (record.key or b"").decode("utf-8", "replace"), orjson.loads(record.value or b"{}")
        if names := [named for named in articles if is_named(named, key, document)]:
            missing.difference_update(names)
            place = f"{record.topic}/{record.partition}/{record.offset}, made of {header(record, ORIGIN_HEADER)}"
            earlier = found[key].places if key in found else ()
            found[key] = Published(key, document, (*earlier, place))
    others = [Published(named_id(named), None, ()) for named in articles if named in missing]
    return [*found.values(), *others]


async def _kept(settings: Settings) -> AsyncIterator[str]:
    """A line per topic: what it may still hold, and for how long, according to Kafka."""
    for topic, holds in HOLDINGS.items():
        config = await topic_config(
            settings, topic, ("cleanup.policy", "retention.ms", "retention.bytes", "min.compaction.lag.ms")
        )
        yield kept_line(topic, holds, kept_for(config))


def kept_line(topic: str, holds: str, said: str) -> str:
    """What a topic holds and for how long, in lines of the terminal's width."""
    return "\n".join(hung(f"  {topic}".ljust(_HOLDS_AT), f"{holds}: {said}", columns()))


def kept_for(config: dict[str, str]) -> str:
    """How long a topic keeps a record, in words, by its settings."""
    limits = []
    if (age_ms := int(config.get("retention.ms", -1))) >= 0:
        limits.append(f"{_days(age_ms)} by the record's timestamp")
    if (size := int(config.get("retention.bytes", -1))) >= 0:
        limits.append(f"{size / _GIB:g} GiB a partition")
    said = f"until {' or '.join(limits)}" if limits else "without limit" if config else "unknown: Kafka does not say"
    if "compact" in config.get("cleanup.policy", ""):
        said += f"; versions before the last may go after {_days(int(config.get('min.compaction.lag.ms', 0)))}"
    return said


def _days(time_ms: int) -> str:
    days = time_ms / _DAY_MS
    return "1 day" if days == 1 else f"{days:g} days"
