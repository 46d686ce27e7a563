"""Taking a partition over: rules 1 to 4 of :mod:`streams.kafka`, in the order in which they must be kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import InvalidTimestampError, UnknownTopicOrPartitionError

from streams.kafka.aiokafka_types import told_offset
from streams.kafka.clients import opened, reading_to_the_end
from streams.kafka.clock import ClockError, check_clock
from streams.kafka.fitting import grow_changelog
from streams.kafka.group import GroupOffset, reached
from streams.kafka.identity import TopicIdentity, identify
from streams.kafka.outbox import Outbox
from streams.kafka.progress import PROGRESS_KEY, Marks, Progress, SourceChange
from streams.kafka.sources import SourceChangedError, explain, look_at
from streams.kafka.tables import Foreign, TableCopies, TablePartition
from streams.kafka.transactions import TransactionalProducer, all_partitions, sweep
from streams.settings import OnChangedTopic, Settings

log = logging.getLogger(__name__)

_LEAVES_WITHIN_S: Final = 1.5  # after its last sign of life; waiting longer for a dead owner is useless
_MOST_LEAVING_S: Final = 10.0
_LOOK_AGAIN_S: Final = 0.1

STEP_TIMEOUT_S: Final = 60.0
"""The limit for each part of a takeover, except restoring, which has its own."""


class Claim(NamedTuple):
    """Who takes over what.

    ``owner`` is the ``transactional.id`` under which the partition's changes will be committed; ``shut_out`` ends everything
    that the former owner with a given name may still do; ``gone`` are names under which nobody works any more; ``check``
    raises ValueError for a value that the table can't have.
    """

    settings: Settings
    name: str
    source: TopicPartition
    changelog: TopicPartition
    copies: TableCopies
    owner: str
    shut_out: Callable[[str], Awaitable[None]]
    gone: AbstractSet[str] = frozenset()
    check: Callable[[bytes], object] = bytes
    keyed: bool = False


class Start(NamedTuple):
    """Where work on a partition continues, and on which source.

    ``unread`` are earlier offsets that Kafka deleted before anybody read them; ``change`` is what happened to the former
    source, if work starts over.
    """

    next_offset: int
    marks: Marks
    unread: range = range(0)
    change: SourceChange | None = None


class Taken(NamedTuple):
    """A partition that is now ours: its restored table, and where its work continues."""

    table: TablePartition
    start: Start
    restored: int
    restore_s: float


async def take_over(claim: Claim, consumer: Any, restoring: Callable[[], None]) -> Taken:
    """Become the owner of a partition; ``restoring`` is called once rivals are shut out and its table is being read.

    Raises:
        KafkaError: somebody else is taking it over, the group does not count this worker in, or Kafka can't be reached.
        TableInUseError: another process has the local copies open.
        CopyDamagedError: the local copies can't be read.
        ForeignRecordError: a record of the changelog is not one of ours.
        NewerFormatError: a newer version has worked on the partition.
        GroupAheadError: somebody else has moved the group.
        SourceChangedError: the source is not the topic that was worked on, and the settings say to stop then.
        ClockError: this machine's clock is far off the brokers'.
    """
    # A worker that was paused for long may think it owns a partition that another has taken over since. Shutting that one out
    # would be safe, but would needlessly interrupt it.
    await consumer.confirm_membership()
    table: TablePartition | None = None
    try:
        async with _reader(claim) as reader, contextlib.AsyncExitStack() as stack:
            changelog = await _identify_changelog(claim, reader)
            claimant = await stack.enter_async_context(_claimant(claim))
            restoring()
            table = await claim.copies.open(claim.source.partition)
            began = time.monotonic()
            table.adopt(str(changelog))
            foreign = Foreign(claim.check, skip=claim.settings.skip_foreign)
            restored = await table.restore(claim.changelog, reader, foreign)
            restored += await _wait_for_leave(claim, table, reader, foreign)
            if (former := table.progress().owner) and former != claim.owner:
                await claim.shut_out(former)
                restored += await table.restore(claim.changelog, reader, foreign)
            start = await _find_start(claim, table.progress(), reader, changelog)
            word = {claim.changelog: Progress(start.next_offset, claim.owner, start.marks)}
            asked_s = time.time()
            appended_ms = await asyncio.wait_for(write_progress(claimant, word), STEP_TIMEOUT_S)
            check_clock(asked_s, appended_ms.get(claim.changelog), time.time())
            await table.restore(claim.changelog, reader, foreign)
        return Taken(table, start, restored, time.monotonic() - began)
    except BaseException:
        if table is not None:
            table.close()
        raise


async def _wait_for_leave(claim: Claim, table: TablePartition, reader: AIOKafkaConsumer, foreign: Foreign) -> int:
    """Give the former owner a moment to let go by itself: if shut out, it would have to start over with all its partitions.

    Its commits show that it is alive, and still has to finish one. Returns how many changes were read meanwhile.
    """
    former, read = table.progress().owner, 0
    if former is None or former == claim.owner or former in claim.gone:
        return read
    now = time.monotonic()
    most, deadline = now + _MOST_LEAVING_S, now + _LEAVES_WITHIN_S
    while table.progress().owner == former and time.monotonic() < min(most, deadline):
        await asyncio.sleep(_LOOK_AGAIN_S)
        if (await reader.end_offsets([claim.changelog]))[claim.changelog] > table.position:
            read += await table.restore(claim.changelog, reader, foreign)
            deadline = time.monotonic() + _LEAVES_WITHIN_S
    return read


async def _identify_changelog(claim: Claim, reader: AIOKafkaConsumer) -> TopicIdentity:
    """Identify the changelog topic, and grow it if the source has partitions that it lacks.

    Raises:
        SourceChangedError: it lacks this partition, and something is remembered by key.
        ChangelogTooSmallError: it lacks this partition, and we may not grow it.
        KafkaError: it was just grown.
    """
    source, changelog = claim.source.topic, claim.changelog.topic
    found = await identify(reader, [source, changelog])
    if claim.source.partition < found[changelog].partitions:
        return found[changelog]
    if claim.keyed:
        change = SourceChange.OTHER_PARTITIONS
        before = Progress(None, None, Marks.of(found[changelog]))
        raise SourceChangedError(change, explain(change, source, before, found[source], 0))
    await grow_changelog(claim.settings, changelog, found[source].partitions)
    raise UnknownTopicOrPartitionError(f"{changelog} has just been grown")


@contextlib.asynccontextmanager
async def _claimant(claim: Claim) -> AsyncIterator[TransactionalProducer]:
    """The producer under the partition's own name: starting it shuts out everyone else who is taking the partition over."""
    name = f"{claim.settings.app_id}-{claim.source.topic}-{claim.source.partition}"
    claimant = TransactionalProducer(claim.settings, name)
    try:
        await asyncio.wait_for(claimant.start(), STEP_TIMEOUT_S)
        await asyncio.wait_for(sweep(claimant, partitions=[claim.changelog]), STEP_TIMEOUT_S)
        yield claimant
    finally:
        await claimant.close()


@contextlib.asynccontextmanager
async def _reader(claim: Claim) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader of the changelog. Assigned, never subscribed: it asks the group for offsets without being a member."""
    reader = AIOKafkaConsumer(
        **reading_to_the_end(claim.settings),
        group_id=claim.settings.app_id,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    reader.assign([claim.changelog])
    async with opened(reader):
        yield reader


async def _find_start(claim: Claim, own: Progress, reader: AIOKafkaConsumer, changelog: TopicIdentity) -> Start:
    """How far a partition has come according to its changelog, or to the group if the changelog is empty; and what is gone.

    If the source is not the one that was worked on, work starts at its beginning, provided the settings allow it.
    """
    seen = await look_at(reader, claim.source, own, keyed=claim.keyed)
    marks = Marks.of(seen.source, own.marks.latest_ms, changelog.topic_id)
    earliest: int = (await reader.beginning_offsets([claim.source]))[claim.source]
    if seen.change is not None:
        _allow(claim, seen.change, own, seen.source, seen.end)
        return Start(earliest, marks, change=seen.change)
    noted = await told_offset(reader, claim.source)
    told = GroupOffset(*noted) if noted else None
    change = None
    if own.next_offset is None and told is not None and told.offset and told.is_ours:
        change = SourceChange.CHANGELOG_LOST
        _allow(claim, change, own, seen.source, told.offset)
    if claim.keyed and own.next_offset is not None and own.marks.is_of_another(changelog):
        change = SourceChange.CHANGELOG_LOST
        _allow(claim, change, own, seen.source, own.next_offset)
    next_offset = reached(claim.source, claim.settings.app_id, own.next_offset, told) or 0
    return Start(max(next_offset, earliest), marks, range(next_offset, earliest), change)


def _allow(claim: Claim, change: SourceChange, own: Progress, source: TopicIdentity, offset: int) -> None:
    """Continue in spite of a change, if the settings allow it and it harms nothing.

    Raises:
        SourceChangedError: they do not, or it would.
    """
    explanation = explain(change, claim.source.topic, own, source, offset)
    if claim.settings.on_changed_topic is OnChangedTopic.STOP or change is SourceChange.OTHER_PARTITIONS:
        raise SourceChangedError(change, explanation)
    log.warning("%s: %s; the settings allow it", claim.name, explanation)


async def write_progress(
    producer: TransactionalProducer, progress: dict[TopicPartition, Progress], topics: Iterable[str] = ()
) -> dict[TopicPartition, int]:
    """Write into changelogs how far their partitions have come and who owns them, in a transaction of its own.

    It also commits in all of the ``topics``: see :func:`streams.kafka.transactions.settle`. Returns the broker's time of
    appending, in milliseconds, for changelogs that keep it.

    Raises:
        ClockError: this machine's clock is so far ahead that the broker accepts nothing.
    """
    settled = await all_partitions(producer, topics)
    await producer.begin_transaction()
    await producer.add(settled)
    outbox = Outbox(producer)
    for changelog, each in progress.items():
        outbox.add(changelog, PROGRESS_KEY, each.pack())
    try:
        await outbox.send()
    except InvalidTimestampError as error:
        raise ClockError("the clock of this machine is far ahead of the broker's: set it, then start again") from error
    await producer.commit_transaction()
    return outbox.appended_ms
