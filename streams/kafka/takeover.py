"""Taking a partition over: rules 1 to 4 of :mod:`streams.kafka`, in the order in which they have to be kept."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.kafka.aiokafka_types import told_offset
from streams.kafka.clients import connection, opened
from streams.kafka.group import reached
from streams.kafka.outbox import Outbox
from streams.kafka.tables import PROGRESS_KEY, Foreign, Progress, TableCopies, TablePartition
from streams.kafka.transactions import discard, losses_of, sweep, transactional_producer
from streams.settings import Settings

STEP_TIMEOUT_S: Final = 60.0
"""For each part of a takeover except restoring, which has a limit of its own."""


class Claim(NamedTuple):
    """Who takes what over.

    ``owner`` is the ``transactional.id`` under which the partition's changes will be committed; ``shut_out`` ends everything
    that a former owner of the given name may still do; ``check`` raises ValueError for a value that the table can't have.
    """

    settings: Settings
    name: str
    source: TopicPartition
    changelog: TopicPartition
    copies: TableCopies
    owner: str
    shut_out: Callable[[str], Awaitable[None]]
    check: Callable[[bytes], object] = bytes


class Taken(NamedTuple):
    """A partition that is ours: its table, restored, and the offset at which its work goes on.

    ``unread`` are the offsets before that which Kafka deleted before anybody read them.
    """

    table: TablePartition
    next_offset: int
    unread: range
    restored: int
    restore_s: float


async def take_over(claim: Claim, consumer: Any, restoring: Callable[[], None]) -> Taken:
    """Become the owner of a partition; ``restoring`` is called once rivals are shut out and its table is being read.

    Raises:
        KafkaError: somebody else takes it over, the group does not count this worker in, or Kafka can't be reached.
        TableInUseError: another process has the local copies open.
        ForeignRecordError: none of ours wrote some record of the changelog.
        NewerFormatError: a newer version has worked on the partition.
        GroupAheadError: somebody else has moved the group.
    """
    # A worker that was paused for long may believe it owns a partition that has gone to another. Shutting that one out would be
    # safe, but rude.
    await consumer.confirm_membership()
    table: TablePartition | None = None
    try:
        async with _claimant(claim) as claimant, _reader(claim) as reader:
            restoring()
            table = await claim.copies.open(claim.source.partition)
            began = time.monotonic()
            foreign = Foreign(claim.check, skip=claim.settings.skip_foreign)
            restored = await table.restore(claim.changelog, reader, foreign)
            if (former := progress_of(table).owner) and former != claim.owner:
                await claim.shut_out(former)
                restored += await table.restore(claim.changelog, reader, foreign)
            next_offset, unread = await _find_next_offset(claim, table, reader)
            word = {claim.changelog: Progress(next_offset, claim.owner)}
            await asyncio.wait_for(write_progress(claimant, word), STEP_TIMEOUT_S)
            await table.restore(claim.changelog, reader, foreign)
        return Taken(table, next_offset, unread, restored, time.monotonic() - began)
    except BaseException:
        if table is not None:
            table.close()
        raise


@contextlib.asynccontextmanager
async def _claimant(claim: Claim) -> AsyncIterator[AIOKafkaProducer]:
    """The producer under the partition's own name: whoever starts it shuts out everyone else who is taking it over."""
    name = f"{claim.settings.app_id}-{claim.source.topic}-{claim.source.partition}"
    claimant = transactional_producer(claim.settings, name)
    try:
        await asyncio.wait_for(claimant.start(), STEP_TIMEOUT_S)
        await asyncio.wait_for(sweep(claimant, partitions=[claim.changelog]), STEP_TIMEOUT_S)
        yield claimant
    finally:
        await discard(claimant)


@contextlib.asynccontextmanager
async def _reader(claim: Claim) -> AsyncIterator[AIOKafkaConsumer]:
    """Reads the changelog. Assigned, never subscribed: it asks the group for offsets without being a member."""
    reader = AIOKafkaConsumer(
        **connection(claim.settings),
        group_id=claim.settings.app_id,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    reader.assign([claim.changelog])
    async with opened(reader):
        yield reader


def progress_of(table: TablePartition) -> Progress:
    """How far a partition has come and whose it is, as its table has it."""
    [value] = table.get([PROGRESS_KEY])
    return Progress.unpack(value)


async def _find_next_offset(claim: Claim, table: TablePartition, reader: AIOKafkaConsumer) -> tuple[int, range]:
    """How far a partition has come, by its own word, or by the group's where it has never said anything; and what is gone."""
    told = await told_offset(reader, claim.source)
    earliest: int = (await reader.beginning_offsets([claim.source]))[claim.source]
    own = progress_of(table).next_offset
    next_offset = reached(claim.source, claim.settings.app_id, own, told)
    unread = range(0) if next_offset is None else range(next_offset, earliest)
    return max(next_offset or 0, earliest), unread


async def write_progress(producer: AIOKafkaProducer, progress: dict[TopicPartition, Progress]) -> None:
    """Have changelogs say how far their partitions have come and whose they are, in a transaction of its own."""
    with losses_of(producer):
        await producer.begin_transaction()
        outbox = Outbox(producer)
        for changelog, each in progress.items():
            outbox.add(changelog, PROGRESS_KEY, each.pack())
        await outbox.send()
        await producer.commit_transaction()
