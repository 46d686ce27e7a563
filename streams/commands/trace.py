"""``headwater trace``: where an article is and was, topic by topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import click
import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.commands.context import read_settings, records_of, run_async
from streams.commands.printing import shortened
from streams.commands.retract import is_named, named_id
from streams.documents import KIND_HEADER, ORIGIN_HEADER, REASON_HEADER, REPLAY_HEADER, STATUS_HEADER, time_text
from streams.kafka.admin import partition_counts
from streams.kafka.clients import connection, opened
from streams.rejected.letters import plain
from streams.settings import Settings
from streams.steps import Record, header, origin
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, PREPARED, RAW, REJECTED
from streams.traces import Trace, trace_of

_PLACE: Final = re.compile(r"([A-Za-z0-9._-]+)/(\d+)/(\d+)")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_PLACE_COLUMNS: Final = 26
_HEADLINE_COLUMNS: Final = 60
_LOOK_TIMEOUT_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What a name may stand for: an article's id, URL or uri; the origin of raw records; a trace."""

    named: str
    origins: frozenset[str] = frozenset()
    trace_id: str | None = None

    def matches(self, record: Record) -> bool:
        """Whether an outcome is of what is sought."""
        if header(record, ORIGIN_HEADER) in self.origins:
            return True
        trace = trace_of(record) if self.trace_id else None
        if trace is not None and trace.trace_id == self.trace_id:
            return True
        return not self.origins and record.topic in (ENRICHED, DUPLICATES) and self._names(record)

    def _names(self, record: Record) -> bool:
        key = (record.key or b"").decode("utf-8", "replace")
        if record.topic == DUPLICATES:
            return key == named_id(self.named)
        return is_named(self.named, key, orjson.loads(record.value or b"{}"))


@dataclass(slots=True)
class Journey:
    """One raw record on its way: what Kafka still has of it in each topic."""

    origin: str
    raw: Record | None = None
    prepared: Record | None = None
    outcomes: list[Record] = field(default_factory=list)
    decided: bool | None = None  # whether the step that reads where it was last seen has passed it; None: nobody knows


@click.command()
@click.argument("named", metavar="ID")
def trace(named: str) -> None:
    """Tell where an article is and was: each record of it, from news.raw to its outcome, and which version counts.

    ID is an article's id, uri or URL, a wire's uri; a record's place (news.raw/0/17, or of an outcome); or the id of a trace or
    a whole traceparent. Topics are read through: a place in news.raw is found soonest, a trace that is under way last.
    """
    settings = read_settings()
    journeys = run_async(_find(settings, named.strip()), settings)
    if not journeys:
        raise click.ClickException(f"nothing in Kafka is of {plain(named)}")
    for line in told(journeys):
        click.echo(line)


def sought(named: str) -> Sought:
    """What is to be looked for by a name; of a place, only where it is one of news.raw."""
    if place := _PLACE.fullmatch(named):
        return Sought(named, frozenset([named] if place[1] == RAW else []))
    if parent := _TRACEPARENT.fullmatch(named):
        return Sought(named, trace_id=parent[1])
    return Sought(named, trace_id=named if _TRACE_ID.fullmatch(named) else None)


def told(journeys: Sequence[Journey]) -> Iterator[str]:
    """The lines that tell of the journeys, in the order of the raw records; at the end, what counts now."""
    for journey in journeys:
        yield from _tell(journey)
    versions = [record for journey in journeys for record in journey.outcomes if record.topic == ENRICHED]
    for article_id in dict.fromkeys(record.key for record in versions):
        last = max((each for each in versions if each.key == article_id), key=_rank)
        name = (article_id or b"").decode("utf-8", "replace")
        status = header(last, STATUS_HEADER)
        yield f"now: article {name} is {status}, by {origin(last)}"


def _rank(record: Record) -> tuple[int, datetime, int]:
    """Which version of an article counts, by the rule of docs/versions.md; of equal ones the last that was written."""
    document = orjson.loads(record.value or b"{}")
    version = document.get("version", "")
    made = datetime.fromisoformat(document.get("versionCreated", "1970-01-01T00:00:00Z"))
    return (int(version) if version.isdecimal() else 0, made, record.offset)


def _tell(journey: Journey) -> Iterator[str]:
    known = [each for each in (journey.raw, journey.prepared, *journey.outcomes) if each is not None]
    trace_found = next((found for each in known if (found := trace_of(each))), None)
    when = next((time for each in known if (time := time_text(each.timestamp))), "without a time")
    yield when + (f"  trace {trace_found.trace_id}" if trace_found else "")
    yield _line(journey.origin, _of_raw(journey.raw), journey.raw)
    if journey.prepared is not None:
        yield _line(origin(journey.prepared), "cleaned", journey.prepared)
    for outcome in journey.outcomes:
        yield _line(origin(outcome), _of_outcome(outcome), outcome)
    if not journey.outcomes:
        yield f"  {'':<{_PLACE_COLUMNS}}{_of_none(journey)}"


def _line(place: str, said: str, record: Record | None) -> str:
    span = trace_of(record) if record is not None else None
    return f"  {place:<{_PLACE_COLUMNS}}{said}" + (f"; span {_span(span)}" if span else "")


def _span(trace_found: Trace) -> str:
    return trace_found.span_id + ("" if trace_found.sampled else ", not sampled")


def _of_raw(record: Record | None) -> str:
    if record is None:
        return "published; no longer in Kafka"
    key = "no key" if record.key is None else f"key {plain(record.key.decode('utf-8', 'replace'))}"
    replayed = header(record, REPLAY_HEADER)
    of = f", a replay of {REJECTED}/{plain(replayed)}" if replayed else ""
    return f"published, {len(record.value or b''):,} bytes, {shortened(key, _HEADLINE_COLUMNS)}{of}"


def _of_outcome(record: Record) -> str:
    if record.topic == REJECTED:
        return f"rejected: {header(record, REASON_HEADER)}"
    document: dict[str, Any] = orjson.loads(record.value or b"{}")
    if record.topic == DUPLICATES:
        return f"{header(record, KIND_HEADER)} of {document['owner']['id']}: {_headline(document['headline'])}"
    headline = next((each["value"] for each in document.get("headlines", ())), "")
    version = f", version {plain(document['version'])}" if document.get("version") else ""
    return f"{document['pubStatus']}{version}: {_headline(headline)}"


def _headline(text: str) -> str:
    return shortened(plain(" ".join(text.split())), _HEADLINE_COLUMNS)


def _of_none(journey: Journey) -> str:
    where = PREPARED if journey.prepared is not None else RAW
    if journey.decided:
        return "its outcome is no longer in Kafka: retention took it, or compaction for a later version"
    return f"waits in {where}: no outcome yet"


async def _find(settings: Settings, named: str) -> list[Journey]:
    looked_for = sought(named)
    since_ms = 0
    if place := _PLACE.fullmatch(named):
        there = await _record_at(settings, place[1], int(place[2]), int(place[3]))
        if there is None:
            if place[1] != RAW:
                return []
        else:
            made_of = named if place[1] == RAW else header(there, ORIGIN_HEADER)
            looked_for = Sought(named, frozenset([made_of] if made_of else []))
            since_ms = there.timestamp
    journeys = {each: Journey(each) for each in looked_for.origins}
    for topic in OUTCOMES:
        async for record in records_of(settings, topic, since_ms):
            if looked_for.matches(record) and (came := header(record, ORIGIN_HEADER)):
                journeys.setdefault(came, Journey(came)).outcomes.append(record)
    if looked_for.trace_id and not journeys:
        await _find_under_way(settings, looked_for.trace_id, journeys)
    await _complete(settings, journeys)
    found = (each for each in journeys.values() if each.raw or each.prepared or each.outcomes)
    return sorted(found, key=lambda each: _in_order(each.origin))


async def _find_under_way(settings: Settings, trace_id: str, journeys: dict[str, Journey]) -> None:
    """A trace that has no outcome yet: in news.raw."""
    async for record in records_of(settings, RAW):
        if (found := trace_of(record)) and found.trace_id == trace_id:
            journeys[origin(record)] = Journey(origin(record), raw=record)


async def _complete(settings: Settings, journeys: dict[str, Journey]) -> None:
    """Look up the raw records, and what news.prepared has of them."""
    times = []
    for came, journey in journeys.items():
        if journey.raw is None and (place := _PLACE.fullmatch(came)):
            journey.raw = await _record_at(settings, place[1], int(place[2]), int(place[3]))
        times += [each.timestamp for each in (journey.raw, *journey.outcomes) if each is not None]
    if not times:
        return
    async for record in records_of(settings, PREPARED, min(times)):
        if (made_of := header(record, ORIGIN_HEADER)) and made_of in journeys:
            journeys[made_of].prepared = record
    waiting = [journey for journey in journeys.values() if not journey.outcomes]
    for journey, decided in zip(waiting, await _decided(settings, waiting), strict=True):
        journey.decided = decided


async def _decided(settings: Settings, waiting: Iterable[Journey]) -> list[bool]:
    """Whether the group has passed the record that is the last seen of each; it tells the group once a second."""
    consumer = AIOKafkaConsumer(**connection(settings), group_id=settings.app_id, enable_auto_commit=False)
    found = []
    async with opened(consumer):
        for journey in waiting:
            last = journey.prepared or journey.raw
            if last is None:
                found.append(True)
                continue
            tp = TopicPartition(last.topic, last.partition)
            committed = await consumer.committed(tp)
            found.append(committed is not None and committed > last.offset)
    return found


async def _record_at(settings: Settings, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """The record at a place, or None where there is none any more."""
    if not partition < (await partition_counts(settings, [topic]))[topic]:
        return None
    tp = TopicPartition(topic, partition)
    consumer = AIOKafkaConsumer(
        **connection(settings), isolation_level="read_committed", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    async with opened(consumer):
        consumer.assign([tp])
        first, end = (await consumer.beginning_offsets([tp]))[tp], (await consumer.end_offsets([tp]))[tp]
        if not first <= offset < end:
            return None
        consumer.seek(tp, offset)
        fetched = await consumer.getmany(tp, timeout_ms=_LOOK_TIMEOUT_MS, max_records=1)
        return next((each for records in fetched.values() for each in records if each.offset == offset), None)


def _in_order(place: str) -> tuple[int, int, str]:
    found = _PLACE.fullmatch(place)
    return (int(found[2]), int(found[3]), place) if found else (0, 0, place)
