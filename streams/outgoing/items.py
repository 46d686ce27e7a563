"""The articles of news.enriched for outside receivers: when each may be shown, and whether it is selected. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from streams.documents import STATUS_HEADER, article_uri
from streams.records import PubStatus
from streams.steps import Record, header

_LATEST_ZONE: Final = timedelta(hours=12)  # a time without a zone comes last in UTC-12
_EARLIEST_ZONE: Final = timedelta(hours=-14)  # and first in UTC+14
_MOST_QUERY: Final = 200  # characters
_MOST_LEVELS: Final = 200  # of nested lists and objects; writers add a few more

_LISTS: Final = ("headlines", "bodies", "descriptions", "infoSources", "altIds", "subjects", "associations")
_MEMBER_TEXTS: Final = ("value", "name", "role", "uri", "literal", "rel")
_TEXTS: Final = ("language", "by", "firstCreated", "versionCreated", "copyrightNotice", "pubStatus")

Rank = tuple[float, float]
"""What orders versions: the wire's number, and when the version was made (since 1970)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A version of an article. ``document`` is ninjs; it may be shown from ``shown_s`` to before ``ends_s`` (since 1970)."""

    id: str
    partition: int
    offset: int
    time_ms: int
    rank: Rank
    canceled: bool
    shown_s: float
    ends_s: float
    size: int
    document: Mapping[str, Any] = field(repr=False)
    revises: bool = False
    """Whether an earlier version may have been shown."""

    @property
    def uri(self) -> str:
        return article_uri(self.id)

    def is_shown(self, now_s: float) -> bool:
        return not self.canceled and self.shown_s <= now_s < self.ends_s

    @property
    def headline(self) -> str:
        return first_value(self.document.get("headlines"))

    @property
    def body(self) -> str:
        return first_value(self.document.get("bodies"))

    @property
    def summary(self) -> str:
        return first_value(self.document.get("descriptions"))

    @property
    def outlet(self) -> str:
        sources = (each for each in self.document.get("infoSources") or () if each.get("role") == "publisher")
        return str(next((each.get("name") for each in sources), "") or "")

    @property
    def url(self) -> str:
        addresses = (each.get("value") for each in self.document.get("altIds") or () if each.get("role") == "url")
        return str(next(addresses, "") or "")

    @property
    def updated(self) -> str | None:
        return self.document.get("versionCreated")


def first_value(texts: Sequence[Mapping[str, Any]] | None) -> str:
    return str(texts[0].get("value", "")) if texts else ""


def item_of(record: Record) -> Item | None:
    """A record of news.enriched; None for one that is not Headwater's."""
    try:
        article_id = (record.key or b"").decode("ascii")
        document = orjson.loads(record.value) if record.value is not None else {}
    except ValueError:
        return None
    if not isinstance(document, dict) or not article_id or not article_id.isprintable() or not _is_ninjs(document):
        return None
    if _is_too_deep(record.value or b"", document):
        return None
    # Canceled if either says so. A record without a value is a tombstone.
    says = {header(record, STATUS_HEADER), document.get("pubStatus")}
    canceled = record.value is None or PubStatus.CANCELED in says
    embargo = document.get("embargoedUntil") or header(record, "ce_embargoeduntil")
    expiry = document.get("expires") or header(record, "ce_expires")
    return Item(
        id=article_id,
        partition=record.partition,
        offset=record.offset,
        time_ms=record.timestamp,
        rank=(math.inf, math.inf) if record.value is None else rank_of(document),
        canceled=canceled,
        shown_s=_seconds(embargo, _LATEST_ZONE, math.inf) if embargo else -math.inf,
        ends_s=_seconds(expiry, _EARLIEST_ZONE, math.inf) if expiry else math.inf,
        size=len(record.value or b""),
        document=document,
    )


def _is_too_deep(value: bytes, document: Mapping[str, Any]) -> bool:
    """Whether a value that was read is nested too deeply to be written: orjson reads 1,024 levels and writes 254."""
    if value.count(b"[") + value.count(b"{") <= _MOST_LEVELS:
        return False
    level: list[Any] = [document]
    for _ in range(_MOST_LEVELS):
        level = [each for member in level for each in _members(member)]
    return bool(level)


def _members(member: Any) -> Iterable[Any]:
    """The values in a list or an object."""
    if isinstance(member, dict):
        return member.values()
    return member if isinstance(member, list) else ()


def _is_ninjs(document: Mapping[str, Any]) -> bool:
    """Whether the fields of a document that are shown have ninjs's types."""
    lists = (document.get(name) for name in _LISTS)
    shapes = all(each is None or (isinstance(each, list) and all(map(_holds_texts, each))) for each in lists)
    return shapes and all(isinstance(document.get(name, ""), str) for name in _TEXTS)


def _holds_texts(member: object) -> bool:
    return isinstance(member, dict) and all(isinstance(member.get(name, ""), str) for name in _MEMBER_TEXTS)


def rank_of(document: Mapping[str, Any]) -> Rank:
    """What orders versions: the wire's number, then when the version was made."""
    number = document.get("version", "")
    known = isinstance(number, str) and number.isdecimal() and len(number) < 1_000
    return int(number) if known else 0, _seconds(document.get("versionCreated"), timedelta(0), -math.inf)


def _seconds(written: Any, without_zone: timedelta, unreadable: float) -> float:
    """A time as seconds since 1970; one without a zone is read in UTC, then moved by ``without_zone``."""
    try:
        moment = datetime.fromisoformat(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC) + without_zone
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return unreadable


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles: each filled field must match with any of its values; all ``words`` must occur."""

    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Any) -> ArticleFilter:
        """The filter of ``?lang=&subject=&outlet=&q=``, each possibly several times; case is ignored."""

        def values(name: str) -> tuple[str, ...]:
            return tuple(word for each in query.getall(name, ()) if (word := each.strip().casefold()[:_MOST_QUERY]))

        return cls(
            values("lang"), values("subject"), values("outlet"), tuple(word for each in values("q") for word in each.split())
        )

    def takes(self, item: Item) -> bool:
        return (
            (not self.languages or _has_language(item, self.languages))
            and (not self.subjects or not _subject_names(item).isdisjoint(self.subjects))
            and (not self.outlets or item.outlet.casefold() in self.outlets)
            and (not self.words or _holds(item, self.words))
        )


def _has_language(item: Item, wanted: Sequence[str]) -> bool:
    """``pt`` also takes ``pt-BR``."""
    tag = str(item.document.get("language") or "").casefold()
    return any(tag == each or tag.startswith(f"{each}-") for each in wanted)


def _subject_names(item: Item) -> set[str]:
    """A subject is named by its name, its URI, or its code with or without "medtop:"."""
    names: set[str] = set()
    for each in item.document.get("subjects") or ():
        uri = str(each.get("uri") or "").casefold()
        code = uri.rpartition("/")[2]
        names |= {str(each.get("name") or "").casefold(), uri, code, f"medtop:{code}"}
    return names - {"", "medtop:"}


def _holds(item: Item, words: Sequence[str]) -> bool:
    text = f"{item.headline} {item.summary} {item.body}".casefold()
    return all(word in text for word in words)
