"""Replay: dead letters go through the pipeline again, each exactly once.

To that end a replay leaves a **mark** for every record it sends: in one transaction the record goes to news.raw, and its place
in news.rejected to the topic of marks (:mod:`streams.rejected.deadletters`). A replay starts by opening the single
transactional producer of that name, which ends whatever an earlier replay (killed, paused, or still running elsewhere) had open
and shuts it out. Only then does it read the marks, and skip what has one. So the marks are complete, and nobody else can add to
them.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import InvalidTimestampError, MessageSizeTooLargeError, RecordListTooLargeError

from streams.kafka.admin import create_topics, partition_counts
from streams.kafka.clients import opened
from streams.kafka.transactions_v0 import TransactionsV0, aiokafka_producer, losses_of
from streams.rejected.deadletters import (
    DeadLetters,
    Originals,
    Place,
    PlaceSet,
    Query,
    Standing,
    marks_topic,
    open_reader,
    original_place,
    place_of,
    raw_partition,
    reason_of,
    replay_headers,
)
from streams.settings import LATE_S, Settings
from streams.steps import Headers, Record
from streams.topics import RAW

_BATCH_RECORDS = 500
_BATCH_BYTES = 8 << 20
_MOST_RECORD_BYTES = 256 << 20  # before compression: a letter that was cut goes back in its original size
# Workers wait for an open transaction on news.raw: one that we leave when killed blocks them for this long (Kafka checks every
# 10 s), or until the next replay begins.
_TRANSACTION_TIMEOUT_MS = 30_000

# Errors with which Kafka will always refuse a record in news.raw.
_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTimestampError)


_GONE = "its original bytes are gone from news.raw"


class _Sending(NamedTuple):
    """What goes into news.raw for a dead letter: the letter itself, or the raw record that it comes from."""

    letter: Record
    original: Record | None

    @property
    def record(self) -> Record:
        return self.original or self.letter

    @property
    def partition(self) -> int | None:
        """Where it came from, if known."""
        return raw_partition(self.letter) if self.original is None else self.original.partition

    @property
    def headers(self) -> Headers:
        return replay_headers(self.letter, self.original)


@dataclass(slots=True)
class Plan:
    """What a replay would do: what is due by reason, how much of that is older than a week, and what it would skip."""

    due: Counter[str] = field(default_factory=Counter)
    old: int = 0
    passed_over: Counter[Standing] = field(default_factory=Counter)


async def plan_replay(settings: Settings, query: Query, *, again: bool) -> tuple[DeadLetters, Plan]:
    """Find out what a replay of these would do now; sends nothing.

    Raises:
        NotThereError: the topic, or a record at a named place, does not exist.
    """
    async with opened(open_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        return letters, await count_due(reader, settings, letters, again=again)


async def count_due(reader: AIOKafkaConsumer, settings: Settings, letters: DeadLetters, *, again: bool) -> Plan:
    """What a replay of these dead letters would do, according to the current marks."""
    plan = Plan()
    old_ms = (time.time() - LATE_S) * 1000
    marked = await letters.replayed(reader, settings)
    async for record in letters.read(reader):
        what = letters.standing(record, marked, again=again)
        if what is Standing.DUE:
            plan.due[reason_of(record)] += 1
            plan.old += record.timestamp < old_ms
        else:
            plan.passed_over[what] += 1
    return plan


class _RefusedError(Exception):
    """Kafka refuses these in news.raw."""

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
        """Send everything that is due; what Kafka refuses is left out and listed in ``refused``.

        Raises:
            ProducerFenced: another replay has begun. What was accepted stays, and has its marks.
            KafkaError: Kafka failed; the last transaction may have been committed all the same.
        """
        if not (await partition_counts(self._settings, [self._marks]))[self._marks]:
            await create_topics(self._settings, [self._marks])
        while True:
            try:
                await self._pass(advance)
                return
            except _RefusedError as error:
                # aiokafka has counted the refused records: only a new producer has the right sequence numbers, so start over.
                self.refused |= error.refused

    async def _pass(self, advance: Callable[[int], None]) -> None:
        producer = aiokafka_producer(
            self._settings,
            f"{self._settings.app_id}-rejected-replay",
            timeout_ms=_TRANSACTION_TIMEOUT_MS,
            most_bytes=_MOST_RECORD_BYTES,
        )
        async with opened(producer), opened(open_reader(self._settings)) as reader, opened(open_reader(self._settings)) as raw:
            await self._end_what_was_torn(producer)
            # Only after the producer has started: until then another replay may have been adding marks.
            marked = await self._letters.replayed(reader, self._settings)
            originals = await Originals.at_present(raw, self._settings)
            batch: list[_Sending] = []
            batch_bytes = 0
            async for letter in self._letters.read(reader):
                if not self._is_due(letter, marked):
                    continue
                original = await originals.of(letter) if original_place(letter) else None
                if original is None and original_place(letter):
                    self.refused[place_of(letter)] = _GONE
                    continue
                batch.append(_Sending(letter, original))
                record = batch[-1].record
                batch_bytes += len(record.key or b"") + len(record.value or b"")
                if len(batch) >= _BATCH_RECORDS or batch_bytes >= _BATCH_BYTES:
                    await self._send(producer, batch, advance)
                    batch, batch_bytes = [], 0
            if batch:
                await self._send(producer, batch, advance)

    async def _end_what_was_torn(self, producer: AIOKafkaProducer) -> None:
        """Abort a transaction over both topics, as :func:`streams.kafka.transactions.sweep` does for the workers' producers."""
        transactions = TransactionsV0(producer, coordinator_lost=lambda: None)
        await transactions.begin()
        both = [TopicPartition(topic, each) for topic in (RAW, self._marks) for each in await producer.partitions_for(topic)]
        await transactions.add(both)
        await transactions.end(commit=False)

    def _is_due(self, record: Record, marked: PlaceSet) -> bool:
        place = place_of(record)
        if place in self._sent or place in self.refused:
            return False
        return self._letters.standing(record, marked, again=self._again) is Standing.DUE

    async def _send(self, producer: AIOKafkaProducer, batch: Sequence[_Sending], advance: Callable[[int], None]) -> None:
        """One transaction: the records and their marks."""
        with losses_of(producer):
            async with producer.transaction():
                sent_to = await self._deliver(producer, batch)
                marks = [
                    await producer.send(self._marks, at.encode(), str(place_of(each.letter)).encode())
                    for each, at in zip(batch, sent_to, strict=True)
                ]
                await asyncio.gather(*marks)
        self.accepted += len(batch)
        for each in batch:
            self._sent.add(place_of(each.letter))
        advance(len(batch))

    async def _deliver(self, producer: AIOKafkaProducer, batch: Sequence[_Sending]) -> list[str]:
        """The place of each record in news.raw."""
        partitions = await producer.partitions_for(RAW)
        deliveries = []
        for each in batch:
            delivery = producer.send(
                RAW,
                each.record.value,
                each.record.key,
                partition=each.partition if each.partition in partitions else None,
                timestamp_ms=max(each.record.timestamp, 0),
                headers=list(each.headers),
            )
            try:
                deliveries.append(await delivery)
            except _REFUSALS as error:  # larger than a request may be
                raise _RefusedError({place_of(each.letter): str(error)}) from error
        answers = await asyncio.gather(*deliveries, return_exceptions=True)
        failures = [
            (place_of(each.letter), at) for each, at in zip(batch, answers, strict=True) if isinstance(at, BaseException)
        ]
        if refused := {place: str(failure) for place, failure in failures if isinstance(failure, _REFUSALS)}:
            raise _RefusedError(refused)
        for _, failure in failures:
            raise failure
        return [f"{at.topic}/{at.partition}/{at.offset}" for at in answers if not isinstance(at, BaseException)]
