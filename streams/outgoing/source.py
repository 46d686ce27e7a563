"""The reader of news.enriched for one receiver: read_committed, in no group, from where its book says.

It reports a topic that is not the one the book was begun with, and records that Kafka deleted before they were read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.admin import TopicsMissingError, existing
from streams.kafka.clients import connection, opened
from streams.kafka.identity import identify
from streams.outgoing.book import Book
from streams.settings import Settings
from streams.steps import Record
from streams.topics import ENRICHED

_ANSWER_TIMEOUT_S: Final = 30.0
_FETCH_BYTES: Final = 8 << 20
_RECORDS: Final = 500
TOPIC: Final = "topic"
"""The book's entry for its topic."""


class OtherTopicError(Exception):
    """The topic is not the one read so far, or ends earlier than what was read; the message says so."""


NO_SOURCE: Final = (OtherTopicError, TopicsMissingError)
"""There is nothing to read, and waiting does not help."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was read: the records of each partition, and the next offset of each."""

    records: Mapping[int, list[Record]]
    next_offsets: Mapping[int, int]
    at_end: bool
    """Whether everything that existed at the start has been read."""


class Source:
    """Reads turn by turn."""

    def __init__(
        self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition], ends: Mapping[TopicPartition, int]
    ) -> None:
        self._consumer = consumer
        self._partitions = partitions
        self._ends = ends
        self._behind = set(partitions)

    async def read(self) -> Turn:
        """What has arrived; empty after a quarter of a second without records.

        Raises:
            KafkaError: Kafka refuses; OffsetOutOfRangeError if it has deleted the next records.
        """
        fetched = await self._consumer.getmany(timeout_ms=250, max_records=_RECORDS)
        nexts = {tp: await self._consumer.position(tp) for tp in self._partitions}
        self._behind = {tp for tp in self._behind if nexts[tp] < self._ends[tp]}
        return Turn(
            {tp.partition: records for tp, records in fetched.items()},
            {tp.partition: offset for tp, offset in nexts.items()},
            not self._behind,
        )


@asynccontextmanager
async def reading(
    settings: Settings, book: Book, say: Callable[[str], None], *, from_end: bool = False
) -> AsyncIterator[Source]:
    """A source that begins where the book says; a new book begins at the beginning, or ``from_end``.

    Raises:
        OtherTopicError: the book belongs to another topic.
        KafkaError, TimeoutError: Kafka does not answer.
        TopicsMissingError: there is no such topic.
    """
    async with asyncio.timeout(_ANSWER_TIMEOUT_S):
        begins, ends = await _look(settings, book)
    known = book.positions()
    starts: dict[TopicPartition, int] = {}
    for tp, begin in begins.items():
        # A partition that was added later is read from its beginning.
        start = known.get(tp.partition, ends[tp] if from_end and not known else begin)
        if start < begin:
            say(f"Kafka has deleted offsets {start:,} to {begin - 1:,} of {tp.topic}/{tp.partition} before they were read here")
        if start > ends[tp]:
            raise OtherTopicError(f"{tp.topic}/{tp.partition} was read up to {start:,} and ends at {ends[tp]:,} now")
        starts[tp] = max(start, begin)
        book.pass_to(tp.partition, starts[tp])
    book.commit()
    consumer = AIOKafkaConsumer(
        **connection(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",  # deleted records must be reported, and another topic must not be read
        fetch_max_bytes=_FETCH_BYTES,
    )
    async with opened(consumer):
        consumer.assign(list(starts))
        for tp, start in starts.items():
            consumer.seek(tp, start)
        yield Source(consumer, list(starts), ends)


async def _look(settings: Settings, book: Book) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """Where the partitions begin and end; from the first call on, the book belongs to this topic."""
    counts = await existing(settings, (ENRICHED,))
    tps = [TopicPartition(ENRICHED, number) for number in range(counts[ENRICHED])]
    asking = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed", auto_offset_reset="earliest")
    async with opened(asking) as asker:
        asker.assign(tps)
        own = str((await identify(asker, [ENRICHED]))[ENRICHED])
        if (former := book.about(TOPIC)) not in {None, own}:
            raise OtherTopicError(f"{ENRICHED} is a different topic ({own}) from the one read so far ({former})")
        book.set_about(TOPIC, own)
        return await asker.beginning_offsets(tps), await asker.end_offsets(tps)
