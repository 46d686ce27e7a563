"""The newest articles, each by its latest version; which of them may be shown now, and which are asked for. Pure."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import orjson

from streams.documents import STATUS_HEADER, article_uri
from streams.records import PubStatus
from streams.steps import Record, header

RING: Final = 1_000
"""How many articles are kept."""
MOST_RING_BYTES: Final = 64 << 20
"""How much they may weigh together, as JSON."""
REMOVED: Final = 1_000
"""How many removals are remembered, so that an older version does not bring an article back."""
_LATEST_ZONE: Final = timedelta(hours=12)  # a time without a zone comes last in UTC-12
_EARLIEST_ZONE: Final = timedelta(hours=-14)  # and first in UTC+14
_MOST_QUERY: Final = 200  # characters

_LISTS: Final = ("headlines", "bodies", "descriptions", "infoSources", "altIds", "subjects", "associations")
_MEMBER_TEXTS: Final = ("value", "name", "role", "uri", "literal", "rel")
_TEXTS: Final = ("language", "by", "firstCreated", "versionCreated", "copyrightNotice", "pubStatus")

Rank = tuple[float, float]
Positions = Mapping[int, int]
"""The last offset of each partition."""


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
    """Whether an earlier version was in the ring: somebody may have been shown it."""

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
    # Where either says so, it is canceled. A record without a value is a tombstone.
    says = {header(record, STATUS_HEADER), document.get("pubStatus")}
    canceled = record.value is None or PubStatus.CANCELED in says
    embargo = document.get("embargoedUntil") or header(record, "ce_embargoeduntil")
    expiry = document.get("expires") or header(record, "ce_expires")
    return Item(
        id=article_id,
        partition=record.partition,
        offset=record.offset,
        time_ms=record.timestamp,
        rank=(math.inf, math.inf) if record.value is None else _rank(document),
        canceled=canceled,
        shown_s=_seconds(embargo, _LATEST_ZONE, math.inf) if embargo else -math.inf,
        ends_s=_seconds(expiry, _EARLIEST_ZONE, math.inf) if expiry else math.inf,
        size=len(record.value or b""),
        document=document,
    )


def _is_ninjs(document: Mapping[str, Any]) -> bool:
    """Whether what is shown of a document has ninjs's shapes."""
    lists = (document.get(name) for name in _LISTS)
    shapes = all(each is None or (isinstance(each, list) and all(map(_holds_texts, each))) for each in lists)
    return shapes and all(isinstance(document.get(name, ""), str) for name in _TEXTS)


def _holds_texts(member: object) -> bool:
    return isinstance(member, dict) and all(isinstance(member.get(name, ""), str) for name in _MEMBER_TEXTS)


def _rank(document: Mapping[str, Any]) -> Rank:
    """What tells a newer version from an older one: the wire's number, then when it was made."""
    number = document.get("version", "")
    known = isinstance(number, str) and number.isdecimal() and len(number) < 1_000
    return int(number) if known else 0, _seconds(document.get("versionCreated"), timedelta(0), -math.inf)


def _seconds(written: Any, without_zone: timedelta, unreadable: float) -> float:
    """A time as seconds since 1970; one without a zone so much later than in UTC."""
    try:
        moment = datetime.fromisoformat(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC) + without_zone
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return unreadable


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles: each filled field must agree, with any of its values; all ``words`` must occur."""

    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Any) -> Wanted:
        """What ``?lang=&subject=&outlet=&q=`` ask for, each several times if need be; case aside."""

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
    """A subject goes by its name, its URI and its code, with or without "medtop:"."""
    names: set[str] = set()
    for each in item.document.get("subjects") or ():
        uri = str(each.get("uri") or "").casefold()
        code = uri.rpartition("/")[2]
        names |= {str(each.get("name") or "").casefold(), uri, code, f"medtop:{code}"}
    return names - {"", "medtop:"}


def _holds(item: Item, words: Sequence[str]) -> bool:
    text = f"{item.headline} {item.summary} {item.body}".casefold()
    return all(word in text for word in words)


class Ring:
    """The newest articles by their offsets, bounded in number and weight."""

    def __init__(self, most: int = RING, most_bytes: int = MOST_RING_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._removed: OrderedDict[str, Item] = OrderedDict()
        self.positions: dict[int, int] = {}
        """The last offset that was taken, by partition."""
        self.floor: dict[int, int] = {}
        """The last offset that is not in the ring any more, by partition."""

    def __len__(self) -> int:
        return len(self._items)

    def begin(self, partition: int, offset: int) -> None:
        """What comes before this offset is not read."""
        self.floor.setdefault(partition, offset - 1)
        self.positions.setdefault(partition, offset - 1)

    def pass_to(self, partition: int, offset: int) -> None:
        """Everything below this offset was read; the last ones may have been markers of transactions."""
        self.positions[partition] = max(self.positions.get(partition, -1), offset - 1)

    def take(self, item: Item) -> Item | None:
        """Keep a version of an article, and return it; None where a newer one is there already."""
        self.pass_to(item.partition, item.offset + 1)
        former = self._items.get(item.id) or self._removed.get(item.id)
        if former is not None and item.rank < former.rank:
            return None
        item = replace(item, revises=former is not None)
        self._drop(item.id)
        self._removed.pop(item.id, None)
        if item.canceled:
            self._removed[item.id] = item
            if len(self._removed) > REMOVED:
                self._forget(self._removed.popitem(last=False)[1])
            return item
        self._items[item.id] = item
        self._bytes += item.size
        while len(self._items) > self._most or (self._bytes > self._most_bytes and len(self._items) > 1):
            oldest = next(iter(self._items.values()))
            self._drop(oldest.id)
            self._forget(oldest)
        return item

    def newest(self, wanted: Wanted, now_s: float, most: int) -> list[Item]:
        """At most so many articles that are asked for and may be shown, the newest first."""
        shown = (item for item in reversed(self._items.values()) if item.is_shown(now_s))
        return list(islice((item for item in shown if wanted.takes(item)), most))

    def removed(self, now_s: float, most: int) -> list[Item]:
        """What must be taken down, the last removals first: the canceled, then the expired."""
        expired = (item for item in reversed(self._items.values()) if item.ends_s <= now_s)
        return list(islice((each for group in (reversed(self._removed.values()), expired) for each in group), most))

    def since(self, positions: Positions, then_s: float, now_s: float) -> Iterator[Item]:
        """What has changed since: newer records, and what has come to its time between ``then_s`` and ``now_s``."""
        for item in sorted((*self._items.values(), *self._removed.values()), key=lambda each: (each.time_ms, each.offset)):
            newer = item.offset > positions.get(item.partition, -1)
            if newer or (not item.canceled and (then_s < item.shown_s <= now_s or then_s < item.ends_s <= now_s)):
                yield item

    def has_all_since(self, positions: Positions) -> bool:
        """Whether nothing that came after these positions has left the ring."""
        return all(positions.get(partition, -1) >= floor for partition, floor in self.floor.items())

    def _drop(self, article_id: str) -> None:
        former = self._items.pop(article_id, None)
        if former is not None:
            self._bytes -= former.size

    def _forget(self, item: Item) -> None:
        self.floor[item.partition] = max(self.floor.get(item.partition, -1), item.offset)


def mark_of(positions: Positions, now_s: float) -> str:
    """The id of an event: the offsets of all partitions, and the time in milliseconds: ``0=41,1=17@1764403200000``."""
    return ",".join(f"{partition}={offset}" for partition, offset in sorted(positions.items())) + f"@{int(now_s * 1000)}"


def read_mark(mark: str) -> tuple[dict[int, int], float] | None:
    """The positions and the time of an event's id; None for anything else."""
    try:
        places, _, at_ms = mark.partition("@")
        pairs = (each.split("=") for each in places.split(",")) if places else ()
        return {int(partition): int(offset) for partition, offset in pairs}, int(at_ms) / 1000
    except (ValueError, OverflowError):
        return None
