"""``headwater trace``: where an article is and has been, topic by topic, up to its story."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

import click
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.commands.arguments import read_settings
from streams.commands.context import records_of, run_async
from streams.commands.journeys import PLACE, Journey, Sought, articles_of, in_order, sought, told, told_of_story
from streams.commands.printing import columns
from streams.commands.storybook import StoryBook
from streams.documents import ORIGIN_HEADER
from streams.kafka.admin import partition_counts
from streams.kafka.clients import connection, opened
from streams.rejected.letters import plain
from streams.settings import Settings
from streams.steps import Record, header, origin
from streams.topics import OUTCOMES, PREPARED, RAW, SIGNATURES, STORIES
from streams.traces import trace_of

_LOOK_TIMEOUT_MS = 10_000


@click.command()
@click.argument("named", metavar="ID")
def trace(named: str) -> None:
    """Show where an article is and has been: each record of it, from news.raw to its outcome and story, and what counts now.

    ID is an article's id, uri or URL, or a wire's uri; a record's place (news.raw/0/17, or that of an outcome or story record);
    a story's uri; or the id of a trace, or a whole traceparent. Topics are searched: a place in news.raw is found fastest, a
    trace still under way last.
    """
    settings = read_settings()
    for line in run_async(_told(settings, named.strip()), settings):
        click.echo(line)


async def _told(settings: Settings, named: str) -> list[str]:
    looked_for = sought(named)
    if looked_for.story is not None:
        key = looked_for.story.encode()
        if records := [record async for record in _records_if_any(settings, STORIES) if record.key == key]:
            return list(told_of_story(records, columns()))
    elif journeys := await _find(settings, looked_for):
        return list(told(journeys, await _find_stories(settings, journeys), columns()))
    raise click.ClickException(f"nothing in Kafka belongs to {plain(named)}")


async def _find(settings: Settings, looked_for: Sought) -> list[Journey]:
    named, since_ms = looked_for.named, 0
    if place := PLACE.fullmatch(named):
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
    found = (each for each in journeys.values() if next(each.known(), None))
    return sorted(found, key=lambda each: in_order(each.origin))


async def _find_under_way(settings: Settings, trace_id: str, journeys: dict[str, Journey]) -> None:
    """Look in news.raw for a trace that has no outcome yet."""
    async for record in records_of(settings, RAW):
        if (found := trace_of(record)) and found.trace_id == trace_id:
            journeys[origin(record)] = Journey(origin(record), raw=record)


async def _complete(settings: Settings, journeys: dict[str, Journey]) -> None:
    """Look up the raw records, and what the topics between the steps and news.stories have of them."""
    for came, journey in journeys.items():
        if journey.raw is None and (place := PLACE.fullmatch(came)):
            journey.raw = await _record_at(settings, place[1], int(place[2]), int(place[3]))
    since_ms = _earliest(journeys.values())
    if since_ms is None:
        return
    for topic in (PREPARED, SIGNATURES, STORIES):
        async for record in _records_if_any(settings, topic, since_ms):
            if (made_of := header(record, ORIGIN_HEADER)) and made_of in journeys:
                journey = journeys[made_of]
                if topic == PREPARED:
                    journey.prepared = record
                else:
                    (journey.signatures if topic == SIGNATURES else journey.stories).append(record)
    waiting = [journey for journey in journeys.values() if journey.is_waiting()]
    for journey, decided in zip(waiting, await _decided(settings, waiting), strict=True):
        journey.decided = decided


def _earliest(journeys: Iterable[Journey]) -> int | None:
    """The smallest timestamp of the known records, in ms; None if there are none."""
    return min((record.timestamp for journey in journeys for record in journey.known()), default=None)


async def _find_stories(settings: Settings, journeys: Sequence[Journey]) -> StoryBook | None:
    """What news.stories says about the articles; None if the topic does not exist.

    An article only joins a story within the window of its own time, so earlier records can't be about it.
    """
    if not (await partition_counts(settings, [STORIES]))[STORIES]:
        return None
    book = StoryBook(articles_of(journeys))
    # An owner may be older than its repeat by the window for headlines, and the story older than that by its own window.
    since_ms = max(0, (_earliest(journeys) or 0) - settings.window_ms - 1000 * settings.story_window_s)
    seen: frozenset[str] = frozenset()
    while True:
        async for record in _records_if_any(settings, STORIES, since_ms):
            book.take(record)
        if book.missing() <= seen:
            return book
        seen = book.missing()  # a story that took in another may come earlier: it is found once its name is known


async def _records_if_any(settings: Settings, topic: str, since_ms: int = 0) -> AsyncIterator[ConsumerRecord]:
    """Like ``records_of``; nothing if the topic does not exist, as beside workers without stories."""
    if (await partition_counts(settings, [topic]))[topic]:
        async for record in records_of(settings, topic, since_ms):
            yield record


async def _decided(settings: Settings, waiting: Iterable[Journey]) -> list[bool]:
    """For each, whether the group has passed the record in which it was last seen; workers tell the group once a second."""
    consumer = AIOKafkaConsumer(**connection(settings), group_id=settings.app_id, enable_auto_commit=False)
    async with opened(consumer):
        return [all([await _has_passed(consumer, last) for last in journey.last_seen()]) for journey in waiting]


async def _has_passed(consumer: AIOKafkaConsumer, record: Record) -> bool:
    committed = await consumer.committed(TopicPartition(record.topic, record.partition))
    return committed is not None and committed > record.offset


async def _record_at(settings: Settings, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """The record at a place, or None if it no longer exists."""
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
