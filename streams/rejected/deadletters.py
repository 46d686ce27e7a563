"""Dead letters: the records of news.rejected, which of them are asked for, and which have been replayed.

A replay leaves a **mark** for every record it sends (:mod:`streams.rejected.replay`), by its place, in the topic
``<app_id>-rejected-replayed``. Marks need a topic of their own: in news.rejected one would be taken for a dead letter; a header
in news.raw could only be found by reading all of it, and may be deleted before the dead letter is; and the offsets of an empty
consumer group are deleted after seven days, and can't mark single records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams import lazy_re as re
from streams.documents import BATCH_FIRST_HEADER, ERRORS, ORIGIN_HEADER, REASON_HEADER, RELEASE_HEADER, REPLAY_HEADER
from streams.kafka.admin import partition_counts
from streams.kafka.clients import reading_to_the_end
from streams.kafka.failures import pass_over
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.records import Reason
from streams.settings import Settings
from streams.steps import Headers, Record, Topic, header, origin
from streams.topics import RAW, REJECTED

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotThereError(LookupError):
    """The topic or the record does not exist."""


class Place(NamedTuple):
    """The place of a record in news.rejected; "2/1041" is partition 2, offset 1041."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}/{self.offset}"


def read_place(text: str) -> Place:
    """Parse a place.

    Raises:
        ValueError: it is malformed.
    """
    found = re.fullmatch(rf"(?:{re.escape(REJECTED)}/)?(\d{{1,9}})/(\d{{1,18}})", text.strip(), re.ASCII)
    if not found:
        raise ValueError(f"{text!r} is not an ID: expected partition/offset, like 2/1041")
    return Place(int(found[1]), int(found[2]))


_RAW_PLACE = re.compile(rf"{re.escape(RAW)}/([0-9]{{1,9}})/([0-9]{{1,18}})")

_MOST_AT_ONCE: Final = 500
_OFFSETS_A_LETTER: Final = 4

_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNIT_MS: Final = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def read_time(text: str, now_ms: int) -> int:
    """A time, as RFC 3339 or relative ("2h" ago), in milliseconds since 1970; earlier times become 0.

    Raises:
        ValueError: it is neither, or names no zone.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return max(0, now_ms - int(ago[1]) * _UNIT_MS[ago[2]])
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is not a time: expected RFC 3339, like 2026-03-01T12:00:00Z, or 90s, 15m, 2h, 3d, 1w"
        ) from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: expected RFC 3339, like 2026-03-01T12:00:00Z")
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which dead letters: those that match every filled field. Times are milliseconds since 1970, ``until_ms`` excluded."""

    places: frozenset[Place] = frozenset()
    reasons: frozenset[str] = frozenset()
    since_ms: int | None = None
    until_ms: int | None = None
    source: str | None = None

    def wants(self, record: Record) -> bool:
        return (
            (not self.places or place_of(record) in self.places)
            and (not self.reasons or reason_of(record) in self.reasons)
            and (self.since_ms is None or record.timestamp >= self.since_ms)
            and (self.until_ms is None or record.timestamp < self.until_ms)
            and (self.source is None or comes_from(record, self.source))
        )


def comes_from(record: Record, source: str) -> bool:
    """Whether ``source`` is in the key or the value of a producer's header, ignoring case, or contains the record's origin.

    An origin "news.raw/3/17" is in "news.raw", "news.raw/3" and "news.raw/3/17", but not in "news.raw/3/1".
    """
    place = origin_of(record)
    if place == source or place.startswith(source.rstrip("/") + "/"):
        return True
    said = (record.key, *(value for name, value in own_headers(record) if name != REPLAY_HEADER))
    return any(source.casefold() in value.decode("utf-8", "replace").casefold() for value in said if value is not None)


def place_of(record: Record) -> Place:
    return Place(record.partition, record.offset)


def reason_of(record: Record) -> str:
    return header(record, REASON_HEADER) or "unknown"


def origin_of(record: Record) -> str:
    return header(record, ORIGIN_HEADER) or "unknown"


def own_headers(record: Record) -> Headers:
    """The headers as the producer (and a previous replay) sent them, without what the rejection added."""
    return tuple((name, value) for name, value in record.headers if name != ORIGIN_HEADER and not name.startswith(ERRORS))


def raw_partition(record: Record) -> int | None:
    """The partition of its topic that it came from, if known."""
    partition = header(record, ERRORS + "partition") or ""
    return int(partition) if re.fullmatch("[0-9]{1,9}", partition) else None


def original_place(record: Record) -> tuple[int, int] | None:
    """The place in news.raw, ``(partition, offset)``, of the original bytes of a dead letter that holds others because it was
    cut, or was rejected after `prepare`. None for all others."""
    found = _RAW_PLACE.fullmatch(origin_of(record))
    holds_others = header(record, ERRORS + "topic") != RAW or bytes_before_cut(record) is not None
    return (int(found[1]), int(found[2])) if found and holds_others else None


def bytes_before_cut(record: Record) -> str | None:
    """The size of the record, if only its beginning could be kept (:mod:`streams.documents`)."""
    return header(record, ERRORS + "original-bytes")


def replay_headers(record: Record, original: Record | None = None) -> Headers:
    """The producer's headers, plus which dead letter is replayed, and that an embargo it was held for is lifted.

    For a letter that holds other bytes, ``original``'s headers.
    """
    own = own_headers(record) if original is None else original.headers
    kept = tuple((name, value) for name, value in own if name not in (REPLAY_HEADER, RELEASE_HEADER))
    held = reason_of(record) == Reason.EMBARGOED
    released = ((RELEASE_HEADER, Reason.EMBARGOED.encode()),) if held else ()
    return (*kept, (REPLAY_HEADER, str(place_of(record)).encode()), *released)


class Standing(Enum):
    """What a replay does with a dead letter: send it, or skip it, and why."""

    DUE = "to be sent"
    REPLAYED = "replayed before"
    CAME_BACK = "rejected again after a replay (--again sends them too)"
    FOREIGN = f"not from {RAW}"
    BATCH = "a whole batch, as its producer compressed it: to be published again, in smaller ones"


def standing(record: Record, *, replayed: bool, named: bool, again: bool) -> Standing:
    """Each dead letter from news.raw is replayed once; one that came back from a replay only if named, or with ``again``.

    One that has already been replayed is sent once more if both hold.
    """
    if header(record, ERRORS + "topic") != RAW and original_place(record) is None:
        return Standing.FOREIGN
    if header(record, BATCH_FIRST_HEADER) is not None:
        return Standing.BATCH
    if replayed and not (named and again):
        return Standing.REPLAYED
    if header(record, REPLAY_HEADER) is not None and not (named or again):
        return Standing.CAME_BACK
    return Standing.DUE


class PlaceSet:
    """A set of places, with one bit for each existing offset of news.rejected."""

    def __init__(self, offsets: Mapping[int, range]) -> None:
        """``offsets``: those of each partition; other places are ignored."""
        self._offsets = offsets
        self._bits = {partition: bytearray(len(each) // 8 + 1) for partition, each in offsets.items()}

    def add(self, place: Place) -> None:
        offsets = self._offsets.get(place.partition, range(0))
        if place.offset in offsets:
            index = place.offset - offsets.start
            self._bits[place.partition][index >> 3] |= 1 << (index & 7)

    def __contains__(self, place: Place) -> bool:
        offsets = self._offsets.get(place.partition, range(0))
        index = place.offset - offsets.start
        return place.offset in offsets and bool(self._bits[place.partition][index >> 3] >> (index & 7) & 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of a partition, ``end`` excluded."""

    tp: TopicPartition
    begin: int
    end: int


def open_reader(settings: Settings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **reading_to_the_end(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # if retention overtakes us
    )


async def last_letters(reader: AIOKafkaConsumer, settings: Settings, count: int) -> list[Record]:
    """The newest dead letters, newest first, selected by time among the last of each partition, so that little is read.

    Raises:
        NotThereError: the topic does not exist.
    """
    spans = await _topic_spans(reader, settings, REJECTED)
    if not spans:
        raise NotThereError(f"there is no topic {REJECTED}: make it with `headwater topics create`")
    # Transaction markers take offsets too.
    ends = [Span(span.tp, max(span.begin, span.end - _OFFSETS_A_LETTER * count), span.end) for span in spans]
    found = [record async for record in _records(reader, ends)]
    return sorted(found, key=lambda record: record.timestamp, reverse=True)[:count]


async def _topic_spans(reader: AIOKafkaConsumer, settings: Settings, topic: str) -> list[Span]:
    """What is in a topic now; nothing if the topic does not exist."""
    tps = [TopicPartition(topic, part) for part in range((await partition_counts(settings, [topic]))[topic])]
    if not tps:
        return []
    reader.assign(tps)
    begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
    return [Span(tp, begins[tp], ends[tp]) for tp in tps]


async def _records(reader: AIOKafkaConsumer, spans: Iterable[Span]) -> AsyncIterator[Record]:
    """The records of each span in turn, as they come: never more than 500 of them in memory."""
    for span in spans:
        if span.begin >= span.end:
            continue
        reader.assign([span.tp])
        reader.seek(span.tp, span.begin)
        # Transaction markers take offsets too, so the reader's position counts, not the last record seen.
        while await reader.position(span.tp) < span.end:
            for record in (await reader.getmany(span.tp, timeout_ms=LOOK_AGAIN_MS, max_records=_MOST_AT_ONCE)).get(span.tp, ()):
                if record.offset < span.end:
                    yield record


class Originals:
    """The records of news.raw that dead letters come from, with a reader of their own."""

    def __init__(self, reader: AIOKafkaConsumer, offsets: Mapping[int, range]) -> None:
        self._reader = reader
        self._offsets = offsets

    @classmethod
    async def at_present(cls, reader: AIOKafkaConsumer, settings: Settings) -> Originals:
        """What is in news.raw now."""
        spans = await _topic_spans(reader, settings, RAW)
        return cls(reader, {span.tp.partition: range(span.begin, span.end) for span in spans})

    async def of(self, letter: Record) -> Record | None:
        """The original of a dead letter that has an :func:`original_place`; None if Kafka has deleted it."""
        partition, offset = original_place(letter) or (-1, -1)
        if offset not in self._offsets.get(partition, ()):
            return None
        span = Span(TopicPartition(RAW, partition), offset, offset + 1)
        found = [record async for record in _records(self._reader, [span])]
        # A topic that was recreated has another record there.
        return next((record for record in found if max(record.timestamp, 0) == max(letter.timestamp, 0)), None)


class ReplayMark(NamedTuple):
    """Which dead letter was replayed, where its original went (``topic/partition/offset`` of news.raw), and when."""

    place: Place
    sent_to: str
    timestamp_ms: int


def marks_topic(settings: Settings) -> Topic:
    """Which dead letters have been replayed, by their place: about 100 bytes each, kept for ever."""
    config = {"cleanup.policy": "compact", "max.message.bytes": str(1 << 20)}
    return Topic(f"{settings.app_id}-rejected-replayed", "which rejected records have been replayed (internal)", config)


async def marks(reader: AIOKafkaConsumer, settings: Settings) -> AsyncIterator[ReplayMark]:
    """All marks.

    Raises:
        ForeignRecordError: a record of the topic is not a mark, and must not be skipped.
    """
    async for record in _records(reader, await _topic_spans(reader, settings, marks_topic(settings))):
        try:
            mark = ReplayMark(read_place((record.key or b"").decode()), (record.value or b"").decode(), record.timestamp)
        except ValueError as error:
            pass_over(origin(record), error, skip=settings.skip_foreign)
            continue
        yield mark


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What a query selects from news.rejected as it was at one moment: later records are not included."""

    query: Query
    offsets: Mapping[int, range]
    spans: Sequence[Span]

    @classmethod
    async def at_present(cls, reader: AIOKafkaConsumer, settings: Settings, query: Query) -> DeadLetters:
        """Look where the topic begins and ends now.

        Raises:
            NotThereError: the topic does not exist.
        """
        spans = {span.tp.partition: span for span in await _topic_spans(reader, settings, REJECTED)}
        if not spans:
            raise NotThereError(f"there is no topic {REJECTED}: make it with `headwater topics create`")
        offsets = {partition: range(span.begin, span.end) for partition, span in spans.items()}
        if query.places:
            there = [place for place in sorted(query.places) if place.offset in offsets.get(place.partition, range(0))]
            wanted = [Span(spans[part].tp, offset, offset + 1) for part, offset in there]
        elif query.since_ms is not None:
            # Times are unordered, but none before the first one that is late enough can match.
            firsts = await reader.offsets_for_times({span.tp: query.since_ms for span in spans.values()})
            wanted = [Span(span.tp, first.offset, span.end) for span in spans.values() if (first := firsts[span.tp])]
        else:
            wanted = list(spans.values())
        return cls(query, offsets, wanted)

    async def read(self, reader: AIOKafkaConsumer) -> AsyncIterator[Record]:
        """The records, partition by partition, in order.

        Raises:
            NotThereError: at the end, if the query names places without a record.
        """
        missing = set(self.query.places)
        async for record in _records(reader, self.spans):
            missing.discard(place_of(record))
            if self.query.wants(record):
                yield record
        if missing:
            raise NotThereError(f"no record {', '.join(map(str, sorted(missing)))} in {REJECTED}")

    async def replayed(self, reader: AIOKafkaConsumer, settings: Settings) -> PlaceSet:
        """Which of them have been replayed, according to the current marks."""
        places = PlaceSet(self.offsets)
        async for mark in marks(reader, settings):
            places.add(mark.place)
        return places

    def standing(self, record: Record, replayed: PlaceSet, *, again: bool) -> Standing:
        place = place_of(record)
        return standing(record, replayed=place in replayed, named=place in self.query.places, again=again)
