"""``headwater rejected``: dead letters people can work with: find them, look at them, send them through again.

A replay is exactly once because it leaves a **mark** for every record it sends: in one transaction the record goes to news.raw
and its place in news.rejected to the topic ``<app_id>-rejected-replayed``. A replay begins by opening the one transactional
producer of that name, which ends whatever an earlier replay (killed, paused, or still running elsewhere) had open and shuts it
out; only then it reads the marks, and passes over what has one. So the marks are complete and nobody else can add to them.

Why a topic of its own: a mark in news.rejected would be taken for a dead letter; a header in news.raw can only be found by
reading all of it, and may be gone before the dead letter is; the offsets of a consumer group that nobody is in are gone after
seven days, and can't mark single records.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import re
import sys
import time
import unicodedata
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, NamedTuple, TypeVar

import click
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
)
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from streams.clients import MAX_REQUEST_BYTES, connection, opened
from streams.commands.context import read_settings, run_async
from streams.delivery import end_transactions_once, sweep
from streams.documents import ORIGIN_HEADER, time_text
from streams.records import Reason
from streams.settings import RETENTION_S, Settings
from streams.steps import Headers, Record, header
from streams.topics import RAW, REJECTED, TopicSpec, create_topics, partition_counts

REPLAY_HEADER: Final = "headwater-replay-of"
"""On a replayed record: its place in news.rejected. It comes back there with it, should it be rejected again."""

_ERRORS: Final = "__streams.errors."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_LISTED = 50
_BEGINNING = 120  # bytes
_SHOWN_BYTES = 16 << 10
_WIDTH = 200  # characters of a table that goes into a file or a pipe

_BATCH_RECORDS = 500
_BATCH_BYTES = 8 << 20
# Workers wait for an open transaction on news.raw: one that we leave when killed stands in their way for so long (Kafka looks
# every 10 s), or until the next replay begins.
_TRANSACTION_TIMEOUT_MS = 30_000

# What Kafka will not have in news.raw, however often it is asked.
_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTimestampError)


# ---- Which records: pure


class Place(NamedTuple):
    """Where a record stands in news.rejected; "2/1041" is partition 2, offset 1041."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}/{self.offset}"


def read_place(text: str) -> Place:
    """The place that a person names.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(rf"(?:{re.escape(REJECTED)}/)?(\d{{1,9}})/(\d{{1,18}})", text.strip(), re.ASCII)
    if not found:
        raise ValueError(f"{text!r} is no id: wants partition/offset, like 2/1041")
    return Place(int(found[1]), int(found[2]))


_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNIT_MS: Final = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def read_time(text: str, now_ms: int) -> int:
    """A time, RFC 3339 or so long ago ("2h"), in milliseconds since 1970; what lies before is 0.

    Raises:
        ValueError: it is neither, or names no zone.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return max(0, now_ms - int(ago[1]) * _UNIT_MS[ago[2]])
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: wants RFC 3339, like 2026-03-01T12:00:00Z, or 90s, 15m, 2h, 3d, 1w") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone: wants RFC 3339, like 2026-03-01T12:00:00Z")
    return max(0, (moment - _EPOCH) // timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which dead letters: all that every filled field says. Times are milliseconds since 1970, ``until_ms`` excluded."""

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
    """Whether ``source`` is in the key or the value of a producer's header, case aside, or its origin lies in ``source``.

    An origin "news.raw/3/17" lies in "news.raw", "news.raw/3" and "news.raw/3/17", not in "news.raw/3/1".
    """
    place = origin_of(record)
    if place == source or place.startswith(source.rstrip("/") + "/"):
        return True
    said = (record.key, *(value for name, value in own_headers(record) if name != REPLAY_HEADER))
    return any(source.casefold() in value.decode("utf-8", "replace").casefold() for value in said if value is not None)


def place_of(record: Record) -> Place:
    return Place(record.partition, record.offset)


def reason_of(record: Record) -> str:
    return header(record, _ERRORS + "exception") or "unknown"


def origin_of(record: Record) -> str:
    return header(record, ORIGIN_HEADER) or "unknown"


def own_headers(record: Record) -> Headers:
    """The headers as the producer sent them (and a replay before): without what the rejection added."""
    return tuple((name, value) for name, value in record.headers if name != ORIGIN_HEADER and not name.startswith(_ERRORS))


def raw_partition(record: Record) -> int | None:
    """The partition of its topic that it came from, where that is told."""
    partition = header(record, _ERRORS + "partition") or ""
    return int(partition) if re.fullmatch("[0-9]{1,9}", partition) else None


def bytes_before_cut(record: Record) -> str | None:
    """How large the record was, where only its beginning could be kept (:mod:`streams.documents`)."""
    return header(record, _ERRORS + "original-bytes")


def replay_headers(record: Record) -> Headers:
    """The producer's headers, and which dead letter this is a replay of."""
    own = tuple((name, value) for name, value in own_headers(record) if name != REPLAY_HEADER)
    return (*own, (REPLAY_HEADER, str(place_of(record)).encode()))


class Standing(Enum):
    """What a replay has to do with a dead letter: send it, or pass it over, and why."""

    DUE = "to be sent"
    REPLAYED = "replayed before"
    CAME_BACK = "rejected again after a replay (--again sends them too)"
    CUT = "too large to have been kept whole"
    FOREIGN = f"not from {RAW}"


def standing(record: Record, *, replayed: bool, named: bool, again: bool) -> Standing:
    """Each dead letter from news.raw is replayed once; one that came back from a replay when it is named, or with ``again``.

    One that has been replayed itself is sent once more when both hold.
    """
    if header(record, _ERRORS + "topic") != RAW:
        return Standing.FOREIGN
    if bytes_before_cut(record) is not None:
        return Standing.CUT
    if replayed and not (named and again):
        return Standing.REPLAYED
    if header(record, REPLAY_HEADER) is not None and not (named or again):
        return Standing.CAME_BACK
    return Standing.DUE


class PlaceSet:
    """A set of places, one bit for each offset that there is in news.rejected."""

    def __init__(self, offsets: Mapping[int, range]) -> None:
        """``offsets``: those of each partition; places elsewhere are not kept."""
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


# ---- Bytes as a person may look at them: pure


_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\udc80-\udcff]")


def as_text(value: bytes, *, whole: bool = True) -> str | None:
    """The bytes as text, those that are not UTF-8 as lone surrogates; None for binary data.

    That is what has ten or more in a hundred bytes that no text has. ``whole`` is false where the value was cut off, maybe
    within a character.
    """
    text = getincrementaldecoder("utf-8")("surrogateescape").decode(value, final=whole)
    wrong = sum(1 for _ in _NOT_TEXT.finditer(text))
    return None if wrong * 10 >= max(len(value), 1) else text


def plain(text: str, keep: str = "") -> str:
    """Text that can do nothing to a terminal: what is not printable is escaped, but for the characters of ``keep``."""
    return "".join(
        each if each.isprintable() or each in keep or unicodedata.category(each) == "Zs" else _escaped(each) for each in text
    )


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number - 0xDC00:02x}" if 0xDC80 <= number <= 0xDCFF else character.encode("unicode_escape").decode()


def plain_bytes(value: bytes | None) -> str:
    """A key or a header in one line: as text, or in hexadecimal."""
    if value is None:
        return "none"
    text = as_text(value)
    return plain(text) if text is not None else f"0x{value.hex()}"


def beginning(value: bytes | None) -> str:
    """The first bytes in one line."""
    if value is None:
        return "no value (a tombstone)"
    text = as_text(value[:_BEGINNING], whole=len(value) <= _BEGINNING)
    return f"0x{value[:32].hex(' ')}" if text is None else plain(" ".join(text.split()))


def hexdump(value: bytes) -> str:
    """Sixteen bytes a line: offset, hexadecimal, ASCII."""
    lines = []
    for at in range(0, len(value), 16):
        row = value[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  |{letters}|")
    return "\n".join(lines)


def readable(value: bytes | None) -> str:
    """The value over several lines: text, where it is that, else a hexdump; the first 16 KiB."""
    if value is None:
        return "no value (a tombstone)"
    shown = value[:_SHOWN_BYTES]
    text = as_text(shown, whole=len(value) == len(shown))
    lines = hexdump(shown) if text is None else plain(text.replace("\r\n", "\n"), keep="\t\n")
    more = len(value) - len(shown)
    return f"{lines}\n… {more:,} bytes more: --raw writes all of them" if more else lines


def by_reason(counts: Mapping[str, int]) -> str:
    """For instance "12 (8 too-large, 4 not-json)"."""
    each = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = f"{sum(counts.values()):,}"
    return f"{total} ({', '.join(f'{count:,} {plain(reason)}' for reason, count in each)})" if each else total


@dataclass(frozen=True, slots=True)
class Letter:
    """What a list says of a dead letter."""

    place: Place
    timestamp_ms: int
    reason: str
    message: str
    key: bytes | None
    origin: str
    stage: str
    headers: Headers
    size: int | None
    size_before_cut: str | None
    beginning: str
    replayed: bool
    replay_of: str | None

    @classmethod
    def of(cls, record: Record, *, replayed: bool) -> Letter:
        return cls(
            place=place_of(record),
            timestamp_ms=record.timestamp,
            reason=reason_of(record),
            message=header(record, _ERRORS + "message") or "",
            key=record.key,
            origin=origin_of(record),
            stage=header(record, _ERRORS + "stage") or "unknown",
            headers=own_headers(record),
            size=None if record.value is None else len(record.value),
            size_before_cut=bytes_before_cut(record),
            beginning=beginning(record.value),
            replayed=replayed,
            replay_of=header(record, REPLAY_HEADER),
        )

    @property
    def state(self) -> str:
        """What a replay had to do with it, in a word or two."""
        came_back = "came back" if self.replay_of is not None else ""
        return ", ".join(filter(None, (came_back, "replayed" if self.replayed else "")))

    def as_json(self) -> bytes:
        return orjson.dumps(
            {
                "id": str(self.place),
                "time": time_text(self.timestamp_ms),
                "timestamp": self.timestamp_ms,
                "reason": self.reason,
                "message": self.message,
                "key": None if self.key is None else plain_bytes(self.key),
                "origin": self.origin,
                "stage": self.stage,
                "headers": [[plain(name), plain_bytes(value)] for name, value in self.headers],
                "bytes": self.size,
                "bytesBeforeCut": self.size_before_cut,
                "beginning": self.beginning,
                "replayed": self.replayed,
                "replayOf": self.replay_of,
            }
        )


# ---- Reading


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of a partition, ``end`` excluded."""

    tp: TopicPartition
    begin: int
    end: int


def _reader(settings: Settings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **connection(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # where retention overtakes us
    )


async def _topic_spans(reader: AIOKafkaConsumer, settings: Settings, topic: str) -> list[Span]:
    """What is in a topic now; nothing when there is no such topic."""
    tps = [TopicPartition(topic, part) for part in range((await partition_counts(settings, [topic]))[topic])]
    if not tps:
        return []
    reader.assign(tps)
    begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
    return [Span(tp, begins[tp], ends[tp]) for tp in tps]


async def _records(reader: AIOKafkaConsumer, spans: Iterable[Span]) -> AsyncIterator[Record]:
    """The records of each span in turn, as they come: never more than a fetch of them in memory."""
    for span in spans:
        if span.begin >= span.end:
            continue
        reader.assign([span.tp])
        reader.seek(span.tp, span.begin)
        # Markers of transactions take offsets too: what counts is how far the reader has come, not what it has seen.
        while await reader.position(span.tp) < span.end:
            for record in (await reader.getmany(span.tp, timeout_ms=500)).get(span.tp, ()):
                if record.offset < span.end:
                    yield record


class _Mark(NamedTuple):
    place: Place
    sent_to: str
    timestamp_ms: int


def marks_topic(settings: Settings) -> TopicSpec:
    """Which dead letters have been replayed, by their place: about 100 bytes each, kept for good."""
    config = {"cleanup.policy": "compact", "max.message.bytes": str(1 << 20)}
    return TopicSpec(f"{settings.app_id}-rejected-replayed", "which rejected records have been replayed (internal)", config)


async def _marks(reader: AIOKafkaConsumer, settings: Settings) -> AsyncIterator[_Mark]:
    async for record in _records(reader, await _topic_spans(reader, settings, marks_topic(settings).name)):
        place = read_place((record.key or b"").decode())
        yield _Mark(place, (record.value or b"").decode(), record.timestamp)


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What a query wants of what was in news.rejected at one moment: what came later is no part of it."""

    query: Query
    offsets: Mapping[int, range]
    spans: Sequence[Span]

    @classmethod
    async def at_present(cls, reader: AIOKafkaConsumer, settings: Settings, query: Query) -> DeadLetters:
        """Look where it begins and ends now.

        Raises:
            ClickException: there is no such topic.
        """
        spans = {span.tp.partition: span for span in await _topic_spans(reader, settings, REJECTED)}
        if not spans:
            raise click.ClickException(f"there is no topic {REJECTED}: make it with `headwater topics create`")
        offsets = {partition: range(span.begin, span.end) for partition, span in spans.items()}
        if query.places:
            there = [place for place in sorted(query.places) if place.offset in offsets.get(place.partition, range(0))]
            wanted = [Span(spans[part].tp, offset, offset + 1) for part, offset in there]
        elif query.since_ms is not None:
            # Times are in no order, but before the first that is late enough there is none.
            firsts = await reader.offsets_for_times({span.tp: query.since_ms for span in spans.values()})
            wanted = [Span(span.tp, first.offset, span.end) for span in spans.values() if (first := firsts[span.tp])]
        else:
            wanted = list(spans.values())
        return cls(query, offsets, wanted)

    async def read(self, reader: AIOKafkaConsumer) -> AsyncIterator[Record]:
        """The records, partition by partition, in order.

        Raises:
            ClickException: at the end, when the query names places where there is no record.
        """
        missing = set(self.query.places)
        async for record in _records(reader, self.spans):
            missing.discard(place_of(record))
            if self.query.wants(record):
                yield record
        if missing:
            raise click.ClickException(f"no record {', '.join(map(str, sorted(missing)))} in {REJECTED}")

    async def replayed(self, reader: AIOKafkaConsumer, settings: Settings) -> PlaceSet:
        """Which of them have been replayed, as the marks say now."""
        places = PlaceSet(self.offsets)
        async for mark in _marks(reader, settings):
            places.add(mark.place)
        return places

    def standing(self, record: Record, replayed: PlaceSet, *, again: bool) -> Standing:
        place = place_of(record)
        return standing(record, replayed=place in replayed, named=place in self.query.places, again=again)


# ---- Commands


class _Id(click.ParamType):
    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        try:
            return value if isinstance(value, Place) else read_place(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Time(click.ParamType):
    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else read_time(value, time.time_ns() // 1_000_000)
        except ValueError as error:
            self.fail(str(error), param, ctx)


Command = TypeVar("Command", bound=Callable[..., None])

_FILTERS: Final = (
    click.option(
        "--reason",
        "reasons",
        multiple=True,
        type=click.Choice([reason.value for reason in Reason]),
        help="Rejected for this reason; may be given several times.",
    ),
    click.option(
        "--since", "since_ms", type=_Time(), help="Record time at or after this: RFC 3339, or 90s, 15m, 2h, 3d, 1w ago."
    ),
    click.option("--until", "until_ms", type=_Time(), help="Record time before this."),
    click.option(
        "--source",
        metavar="TEXT",
        help="TEXT is in the key or in a header of the producer's, case aside; or the record comes from there: "
        "news.raw/3 or news.raw/3/17.",
    ),
)


def _filters(command: Command) -> Command:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def _query(reasons: Sequence[str], ids: Sequence[Place] = (), **rest: Any) -> Query:
    return Query(places=frozenset(ids), reasons=frozenset(reasons), **rest)


@click.group(short_help="Look at what was rejected, and replay it.")
def rejected() -> None:
    """Look at what was rejected, and replay it: list, show, replay.

    A rejected record is kept in news.rejected for 30 days, with its original bytes, key and headers. Its ID is where it
    stands there, partition/offset, like 2/1041.
    """


@rejected.command("list")
@_filters
@click.option("--limit", type=click.IntRange(1), metavar="N", help=f"The newest N. Default: {_LISTED}; with --json, all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a record.")
def list_(limit: int | None, as_json: bool, **filters: Any) -> None:
    """List rejected records, the newest last, and count them by reason.

    Newest goes by record time, which is the producer's. With --json and no --limit they come as they are read: partition by
    partition.

    "replayed" is what has been sent into news.raw again; "came back" is what was sent again, and rejected again.
    """
    settings = read_settings()
    run_async(_list(settings, _query(**filters), limit if as_json else limit or _LISTED, as_json=as_json), settings)


async def _list(settings: Settings, query: Query, limit: int | None, *, as_json: bool) -> None:
    newest: list[tuple[int, Place, Letter]] = []
    counts: Counter[str] = Counter()
    replayed = 0
    async with opened(_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        marked = await letters.replayed(reader, settings)
        async for record in letters.read(reader):
            letter = Letter.of(record, replayed=place_of(record) in marked)
            counts[letter.reason] += 1
            replayed += letter.replayed
            if limit is None:
                _write_line(letter.as_json())
                continue
            heapq.heappush(newest, (letter.timestamp_ms, letter.place, letter))
            if len(newest) > limit:
                heapq.heappop(newest)
    listed = [letter for _, _, letter in sorted(newest, key=lambda each: each[:2])]
    if as_json:
        for letter in listed:
            _write_line(letter.as_json())
        return
    if listed:
        _print_table(listed)
    click.echo(
        by_reason(counts)
        + " rejected"
        + (f", {replayed:,} of them replayed" if replayed else "")
        + (f"; the newest {len(listed):,} are shown" if counts.total() > len(listed) else "")
    )


def _print_table(letters: Sequence[Letter]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("time", no_wrap=True)
    table.add_column("reason\nreplay", no_wrap=True)
    table.add_column("key\norigin", no_wrap=True, max_width=32)
    table.add_column("what was wrong\nfirst bytes")  # the one that gives way where the terminal is narrow
    for each in letters:
        table.add_row(
            str(each.place),
            time_text(each.timestamp_ms) or "no time",
            _two_lines(plain(each.reason), each.state),
            _two_lines("no key" if each.key is None else plain_bytes(each.key), plain(each.origin)),
            _two_lines(plain(each.message), each.beginning),
        )
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH).print(table)


def _two_lines(first: str, second: str) -> Text:
    return Text.assemble(first, "\n", (second, "dim"))


def _write_line(line: bytes) -> None:
    try:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # `head` has seen enough; what Python flushes at its end goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


@rejected.command(short_help="Show records, and why they were rejected.")
@click.argument("ids", nargs=-1, required=True, type=_Id(), metavar="ID...")
@click.option("--raw", is_flag=True, help="Write the exact original bytes of the one record, and nothing else.")
def show(ids: tuple[Place, ...], raw: bool) -> None:
    """Show why records were rejected, where they came from, and their original bytes.

    Bytes are shown as text where they are that, control characters escaped, else as a hexdump; at most 16 KiB.
    """
    if raw and len(set(ids)) > 1:
        raise click.UsageError("--raw writes the bytes of one record: name one ID")
    settings = read_settings()
    run_async(_show(settings, _query((), ids), raw=raw), settings)


async def _show(settings: Settings, query: Query, *, raw: bool) -> None:
    blank = ""
    async with opened(_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        marks = {} if raw else {mark.place: mark async for mark in _marks(reader, settings) if mark.place in query.places}
        async for record in letters.read(reader):
            if raw:
                sys.stdout.buffer.write(record.value or b"")
                sys.stdout.buffer.flush()
                if whole := bytes_before_cut(record):
                    raise click.ClickException(
                        f"only the beginning of {whole} bytes was kept; the whole is {origin_of(record)}"
                    )
            else:
                click.echo(blank + _described(record, marks.get(place_of(record))))
            blank = "\n"


def _described(record: Record, mark: _Mark | None) -> str:
    letter = Letter.of(record, replayed=mark is not None)
    size = "none" if letter.size is None else f"{letter.size:,}"
    if letter.size_before_cut is not None:
        size += f", the beginning of {letter.size_before_cut}: the whole is where it came from"
    facts = [
        ("reason", letter.reason),
        ("message", letter.message),
        ("origin", letter.origin),
        ("stage", letter.stage),
        ("time", time_text(letter.timestamp_ms) or "none"),
        ("replayed", f"{time_text(mark.timestamp_ms)}, as {mark.sent_to}" if mark else "no"),
        *([("came back", f"it is a replay of {letter.replay_of}")] if letter.replay_of is not None else []),
        ("key", plain_bytes(letter.key)),
        *(("header", f"{name}: {plain_bytes(value)}") for name, value in letter.headers if name != REPLAY_HEADER),
        ("bytes", size),
    ]
    lines = [str(letter.place), *(f"  {name:10} {plain(fact)}" for name, fact in facts)]
    return "\n".join((*lines, "", readable(record.value)))


@rejected.command(short_help="Send records through the pipeline again.")
@click.argument("ids", nargs=-1, type=_Id(), metavar="[ID]...")
@_filters
@click.option(
    "--again", is_flag=True, help="Also what came back from a replay; and an ID that is named even when it was replayed."
)
@click.option("--dry-run", is_flag=True, help="Say what would be replayed; send nothing.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def replay(ids: tuple[Place, ...], again: bool, dry_run: bool, yes: bool, **filters: Any) -> None:
    """Send rejected records through the pipeline again: those with these IDs, or all, as far as the filters let them.

    Do it when the fault is mended: a limit raised, a worker that reads what an older one could not. The original bytes, key,
    headers and time go into news.raw, into the partition they came from; a header headwater-replay-of holds the ID. They
    stay in news.rejected until Kafka's retention takes them.

    Each is replayed once, so the same command again does nothing: one transaction sends the record and remembers it, in the
    topic <app id>-rejected-replayed. That holds when a replay is killed (the same command goes on where it was) and when two
    run at once (the later one shuts the earlier one out).

    What is good now becomes an article, or a duplicate if its headline is known. What is still bad is rejected again, as a
    new record with a new ID: further replays pass over it unless it is named, or --again is given. What was replayed already
    is sent a second time only when it is named and --again is given; if it became an article, a duplicate of that comes out.

    Records keep their time. Headlines of more than 7 days ago may be forgotten, so that a repeat passes for new; and where
    news.raw keeps records by age (retention.ms), Kafka may delete such old ones before a worker has read them.
    """
    settings = read_settings()
    query = _query(ids=ids, **filters)
    letters, plan = run_async(_plan(settings, query, again=again), settings)
    for what, count in plan.passed_over.items():
        click.echo(f"{count:,} passed over: {what.value}")
    due = plan.due.total()
    question = f"{by_reason(plan.due)} into {RAW}"
    if plan.old:
        click.echo(f"older than 7 days, so that repeats may not be recognised: {plan.old:,}", err=True)
    if dry_run or not due:
        click.echo(f"would replay {question}" if due else "nothing to replay")
        return
    if not yes:
        click.confirm(f"Replay {question}?", abort=True)
    sending = Replay(settings, letters, again=again)
    run_async(_replay(sending, due), settings)
    refused = len(sending.refused)
    click.echo(f"{sending.accepted:,} accepted" + (f", {refused:,} refused" if refused else ""))
    for place, why in sending.refused.items():
        click.echo(f"{place} refused: {why}", err=True)
    sys.exit(1 if refused else 0)


@dataclass(slots=True)
class Plan:
    """What a replay would do: by reason what is due, how much of that is older than a week, and what it would pass over."""

    due: Counter[str] = field(default_factory=Counter)
    old: int = 0
    passed_over: Counter[Standing] = field(default_factory=Counter)


async def _plan(settings: Settings, query: Query, *, again: bool) -> tuple[DeadLetters, Plan]:
    plan = Plan()
    old_ms = (time.time() - RETENTION_S) * 1000
    async with opened(_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        marked = await letters.replayed(reader, settings)
        async for record in letters.read(reader):
            what = letters.standing(record, marked, again=again)
            if what is Standing.DUE:
                plan.due[reason_of(record)] += 1
                plan.old += record.timestamp < old_ms
            else:
                plan.passed_over[what] += 1
    return letters, plan


async def _replay(sending: Replay, due: int) -> None:
    go_on = "run the same command again: what has been replayed is passed over"
    try:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("replaying", total=due)
            await sending.run(lambda count: progress.advance(bar, count))
    except ProducerFenced as error:
        raise click.ClickException(f"another replay shut this one out after {sending.accepted:,} records; {go_on}") from error
    except (KafkaError, OSError) as error:
        raise click.ClickException(f"{error} after {sending.accepted:,} records; {go_on}") from error


class _RefusedError(Exception):
    """Kafka will not have these in news.raw."""

    def __init__(self, refused: dict[Place, str]) -> None:
        super().__init__(refused)
        self.refused = refused


class Replay:
    """Sends dead letters into news.raw, each with its mark, in transactions of at most 500 records or about 8 MiB."""

    def __init__(self, settings: Settings, letters: DeadLetters, *, again: bool) -> None:
        self._settings = settings
        self._letters = letters
        self._again = again
        self._marks = marks_topic(settings)
        self._sent = PlaceSet(letters.offsets)
        self.accepted = 0
        self.refused: dict[Place, str] = {}

    async def run(self, advance: Callable[[int], None]) -> None:
        """Send all that is due; what Kafka refuses is left out and kept in ``refused``.

        Raises:
            ProducerFenced: another replay has begun. What was accepted is, and has its marks.
            KafkaError: Kafka failed; the last transaction may have been committed all the same.
        """
        if not (await partition_counts(self._settings, [self._marks.name]))[self._marks.name]:
            await create_topics(self._settings, [self._marks])
        while True:
            try:
                await self._pass(advance)
                return
            except _RefusedError as error:
                # aiokafka has counted what was refused: only a new producer's numbers fit, and with it all begins anew.
                self.refused |= error.refused

    async def _pass(self, advance: Callable[[int], None]) -> None:
        producer = AIOKafkaProducer(
            **connection(self._settings),
            transactional_id=f"{self._settings.app_id}-rejected-replay",
            transaction_timeout_ms=_TRANSACTION_TIMEOUT_MS,
            max_batch_size=256 << 10,
            max_request_size=MAX_REQUEST_BYTES,
            compression_type="lz4",
        )
        end_transactions_once(producer)
        async with opened(producer), opened(_reader(self._settings)) as reader:
            topics = (RAW, self._marks.name)
            written = [TopicPartition(topic, part) for topic in topics for part in await producer.partitions_for(topic)]
            await sweep(producer, written)
            # Not before the producer has started: until then another replay may have been adding marks.
            marked = await self._letters.replayed(reader, self._settings)
            batch: list[Record] = []
            batch_bytes = 0
            async for record in self._letters.read(reader):
                if not self._is_due(record, marked):
                    continue
                batch.append(record)
                batch_bytes += len(record.key or b"") + len(record.value or b"")
                if len(batch) >= _BATCH_RECORDS or batch_bytes >= _BATCH_BYTES:
                    await self._send(producer, batch, advance)
                    batch, batch_bytes = [], 0
            if batch:
                await self._send(producer, batch, advance)

    def _is_due(self, record: Record, marked: PlaceSet) -> bool:
        place = place_of(record)
        if place in self._sent or place in self.refused:
            return False
        return self._letters.standing(record, marked, again=self._again) is Standing.DUE

    async def _send(self, producer: AIOKafkaProducer, batch: Sequence[Record], advance: Callable[[int], None]) -> None:
        """One transaction: the records and their marks."""
        async with producer.transaction():
            sent_to = await self._deliver(producer, batch)
            marks = [
                await producer.send(self._marks.name, at.encode(), str(place_of(record)).encode())
                for record, at in zip(batch, sent_to, strict=True)
            ]
            await asyncio.gather(*marks)
        self.accepted += len(batch)
        for record in batch:
            self._sent.add(place_of(record))
        advance(len(batch))

    async def _deliver(self, producer: AIOKafkaProducer, batch: Sequence[Record]) -> list[str]:
        """Where in news.raw each record now stands."""
        partitions = await producer.partitions_for(RAW)
        deliveries = []
        for record in batch:
            came_from = raw_partition(record)
            delivery = producer.send(
                RAW,
                record.value,
                record.key,
                partition=came_from if came_from in partitions else None,
                timestamp_ms=max(record.timestamp, 0),
                headers=list(replay_headers(record)),
            )
            try:
                deliveries.append(await delivery)
            except _REFUSALS as error:  # larger than a request may be
                raise _RefusedError({place_of(record): str(error)}) from error
        answers = await asyncio.gather(*deliveries, return_exceptions=True)
        failures = [(place_of(record), at) for record, at in zip(batch, answers, strict=True) if isinstance(at, BaseException)]
        if refused := {place: str(failure) for place, failure in failures if isinstance(failure, _REFUSALS)}:
            raise _RefusedError(refused)
        for _, failure in failures:
            raise failure
        return [f"{at.topic}/{at.partition}/{at.offset}" for at in answers if not isinstance(at, BaseException)]
