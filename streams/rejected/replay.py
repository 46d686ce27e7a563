"""Replay: dead letters go through the pipeline again, each exactly once.

To that end a replay leaves a **mark** for every record it sends: in one transaction the record goes to news.raw, and its place
in news.rejected to the topic of marks (:mod:`streams.rejected.deadletters`). A replay starts by opening the single
transactional producer of that name, which ends whatever an earlier replay (killed, paused, or still running elsewhere) had open
and shuts it out. Only then does it read the marks, and skip what has one. So the marks are complete, and nobody else can add to
them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import InvalidTimestampError, KafkaTimeoutError, MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.kafka.admin import create_topics, partition_counts
from streams.kafka.clients import opened
from streams.kafka.failures import LOST
from streams.kafka.outbox import Outbox, new_batch, partition_of
from streams.kafka.transactions import TransactionalProducer, sweep
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
from streams.steps import Headers, Output, Record
from streams.topics import RAW

_BATCH_RECORDS = 500
_BATCH_BYTES = 8 << 20
# Workers wait for an open transaction on news.raw: one that we leave when killed blocks them for this long (Kafka checks every
# 10 s), or until the next replay begins.
_TRANSACTION_TIMEOUT_MS = 30_000
_ABORT_TIMEOUT_S = 5.0
_ANSWER_TIMEOUT_S = 120.0

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
    """Kafka refuses a record in news.raw, and only a new producer can go on."""


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
        self._suspected: set[Place] = set()

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
            except _RefusedError:
                pass  # another replay may have begun meanwhile, so all is looked at anew

    async def _pass(self, advance: Callable[[int], None]) -> None:
        name = f"{self._settings.app_id}-rejected-replay"
        producer = TransactionalProducer(self._settings, name, _TRANSACTION_TIMEOUT_MS)
        try:
            await producer.start()
            await _in_time(sweep(producer, [RAW, self._marks]))
            await self._send_all(producer, advance)
        finally:
            await producer.close()

    async def _send_all(self, producer: TransactionalProducer, advance: Callable[[int], None]) -> None:
        async with opened(open_reader(self._settings)) as reader, opened(open_reader(self._settings)) as raw:
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
                if place_of(letter) in self._suspected:
                    await self._send(producer, [_Sending(letter, original)], advance)
                    continue
                batch.append(_Sending(letter, original))
                record = batch[-1].record
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

    async def _send(self, producer: TransactionalProducer, batch: Sequence[_Sending], advance: Callable[[int], None]) -> None:
        """One transaction: the records and their marks."""
        await producer.begin_transaction()
        try:
            await self._mark(producer, batch, await self._deliver(producer, batch))
            await _in_time(producer.commit_transaction())
        except _REFUSALS as error:
            await self._go_on_without(producer, batch, error, advance)
            return
        except BaseException:
            with contextlib.suppress(*LOST):  # it may be shut out; otherwise workers need not wait for Kafka to give it up
                await asyncio.wait_for(producer.abort_transaction(), _ABORT_TIMEOUT_S)
            raise
        self.accepted += len(batch)
        for each in batch:
            self._sent.add(place_of(each.letter))
        advance(len(batch))

    async def _go_on_without(
        self, producer: TransactionalProducer, batch: Sequence[_Sending], error: Exception, advance: Callable[[int], None]
    ) -> None:
        """After a refusal. Kafka does not say which record it refuses: those of several are sent again one by one."""
        await _in_time(producer.abort_transaction())
        if len(batch) == 1:
            self.refused[place_of(batch[0].letter)] = str(error)
        else:
            self._suspected |= {place_of(each.letter) for each in batch}
        if not producer.has_epochs:
            raise _RefusedError from error
        for each in batch if len(batch) > 1 else ():
            await self._send(producer, [each], advance)

    async def _deliver(self, producer: TransactionalProducer, batch: Sequence[_Sending]) -> list[str]:
        """The place of each record in news.raw.

        A partition is sent one record batch at a time: between two, other producers' records may come.
        """
        waiting = await _by_partition(producer, batch)
        places = [""] * len(batch)
        while any(waiting.values()):
            builders = {tp: new_batch() for tp, numbers in waiting.items() if numbers}
            taken = {tp: _fill(builder, batch, waiting[tp]) for tp, builder in builders.items()}
            written = await producer.send({tp: [builder] for tp, builder in builders.items()})
            for tp, numbers in taken.items():
                for offset, number in enumerate(numbers, written[tp].next_offset - len(numbers)):
                    places[number] = f"{tp.topic}/{tp.partition}/{offset}"
        return places

    async def _mark(self, producer: TransactionalProducer, batch: Sequence[_Sending], sent_to: Sequence[str]) -> None:
        outbox = Outbox(producer)
        now_ms = int(time.time() * 1000)
        marks = [
            Output(self._marks, str(place_of(each.letter)).encode(), at.encode(), (), now_ms)
            for each, at in zip(batch, sent_to, strict=True)
        ]
        outbox.add_outputs(marks, 0)
        await outbox.send()


async def _in_time(work: Awaitable[None]) -> None:
    """Wait for what a producer repeats until it is answered; sending has a limit of its own.

    Raises:
        KafkaTimeoutError: it takes too long.
    """
    try:
        await asyncio.wait_for(work, _ANSWER_TIMEOUT_S)
    except TimeoutError as error:
        raise KafkaTimeoutError(f"Kafka has not ended a transaction within {_ANSWER_TIMEOUT_S:.0f} s") from error


async def _by_partition(producer: TransactionalProducer, batch: Sequence[_Sending]) -> dict[TopicPartition, deque[int]]:
    """The numbers of the records that go to each partition of news.raw: where they came from, or by their key."""
    count = len(await producer.partitions_for(RAW))
    numbers: dict[TopicPartition, deque[int]] = defaultdict(deque)
    for number, each in enumerate(batch):
        partition, key = each.partition, each.record.key
        if partition is None or partition >= count:
            partition = number % count if key is None else partition_of(key, count)
        numbers[TopicPartition(RAW, partition)].append(number)
    return numbers


def _fill(builder: BatchBuilder, batch: Sequence[_Sending], numbers: deque[int]) -> list[int]:
    """Move the next records into a record batch, as many as it takes; returns their numbers."""
    taken = []
    while numbers:
        each = batch[numbers[0]]
        fields = {"key": each.record.key, "value": each.record.value, "headers": list(each.headers)}
        if builder.append(timestamp=max(each.record.timestamp, 0), **fields) is None:
            break
        taken.append(numbers.popleft())
    return taken
