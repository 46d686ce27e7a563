"""Exactly once: the one place that knows how records are read, decided on, sent and committed.

The rules, where each is kept, and the test that breaks without it (tests/broker/; test_chaos.py tries them all at once):

1. **One owner.** A source partition belongs to one :class:`OwnedPartition`. It makes sure that the consumer group still
   counts this worker in, then *fences*: starting the producer with the partition's ``transactional.id`` ends whatever an older
   owner had open and shuts it out for good.
   ``_fence``; test_delivery: a_zombies_transaction_is_refused_and_it_leaves_the_heir_in_peace
2. **Nothing left open.** Kafka can tear a transaction: a broker that dies between deciding on a commit and marking it in the
   partitions may drop the marks, and the next commit of the same ``transactional.id`` then lets the old records out as well.
   So the owner first aborts a transaction over everything this partition may have written.
   ``sweep``; test_delivery: what_a_torn_transaction_left_open_does_not_come_out_with_the_next
3. **State before work.** The table partition is read up to the end of its changelog, which is exact at that point, as nobody
   else can write to it any more (:mod:`streams.tables`).
   ``_acquire``; test_delivery: the_heir_of_a_partition_goes_on_with_its_state, and test_tables
4. **Start where the log says.** The next offset stands in the changelog: every transaction writes it. The group is told once a
   second, for those who watch its lag; it is not asked, but where the changelog says nothing. (Offsets in the transaction would
   make it half as dear again; and Kafka 4.3's group coordinator, when a broker loses and regains it while it loads, mixes two
   loads and answers with offsets of long ago.)
   ``_find_next_offset``; test_delivery: what_the_group_says_of_the_offset_is_not_believed
5. **Nothing twice.** Records below the next offset are skipped: Faust delivers again after rebalances.
   ``_process``; test_delivery: what_is_delivered_again_is_not_done_again
6. **Nothing skipped.** Each batch says where it begins; if that is beyond the next offset, Faust has lost something on the
   way and is sent back; nor may it keep the last ones.
   ``_is_all_there_is``, ``_next_batch``; test_kill: what_faust_loses_on_the_way_is_fetched_again
7. **All or nothing.** Outputs and changelog, the source offset in it, are one transaction; every delivery is confirmed before
   it commits. The local table copy is written after that.
   ``_commit``; test_delivery: outputs_offset_and_state_are_committed_together_and_in_order,
   nothing_is_committed_past_a_transaction_that_is_not_finished, a_failed_delivery_commits_nothing_and_is_not_tried_for_ever
8. **No guessing.** When a transaction's outcome is unknown (timeout, lost connection, while it was committed or aborted), the
   producer is discarded and everything begins again at 1. That also bumps the producer's epoch, which keeps a delayed
   commit message out of any later transaction (KIP-890; Jepsen on Bufstream 0.1.0). So it does when the producer was fenced:
   whether by another owner or by Kafka's own timeout, the group knows.
   ``_process``, ``_EndTransactionOnce``; test_delivery: an_owner_whose_producer_kafka_has_given_up_begins_again
9. **Bugs stop the worker.** An exception that is no Kafka failure ends the process before anything else is committed;
   everything uncommitted is replayed by the next owner.
   ``_stop_worker``; test_delivery: an_exception_in_a_step_commits_nothing_of_its_batch_and_stops_the_worker
10. **Nothing for others.** What is released is not worked on any more: the transaction under way is finished or given up.
    ``release``; test_delivery: nothing_is_done_for_a_partition_that_was_released

Partitions run side by side, each in a task of its own; one at a time decides, while the others wait for Kafka. A transaction is
as large as what has come since the partition's last one: when all is quiet an article goes through at once; under load
transactions are ``linger_ms`` apart at least, and grow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import CoordinationType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RebalanceInProgressError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.producer.sender import EndTxnHandler, Sender

from streams.clients import MAX_REQUEST_BYTES, connection, opened
from streams.metrics import Metrics
from streams.outbox import BATCH_BYTES, Outbox
from streams.settings import Settings
from streams.steps import Output, Record, Step
from streams.tables import NEXT_OFFSET, TablePartition, changelog_topic
from streams.topics import PROGRESS
from streams.transport import Batch, batch_bytes

log = logging.getLogger(__name__)

EXIT_STATUS: Final = 70  # EX_SOFTWARE: to be started again by whoever supervises the worker

_RELEASE_TIMEOUT_S = 5.0
_DISCARD_TIMEOUT_S = 1.0
_FENCE_TIMEOUT_S = 60.0
_COMMIT_TIMEOUT_S = 120.0
_MOST_LOSSES = 10  # of one transaction, in a row: what a broker's restart takes, not what a broken set-up takes
_SEND_BACK_AGAIN_S = 5.0
_IDLE_S, _MOST_IDLE_S = 5.0, 300.0
_RETRY_FOR_S = 120.0
_RETRY_PAUSE_S = 0.5
_LOOKED_AT_PER_RECORD = 4  # entries of the table: each is looked at about four times while it is worth keeping
# Deciding is pure computing, of a large article for seconds: let the event loop breathe, several turns each time. Each of the
# three answers that a transaction waits for takes some turns to be heard, and would else wait for as many slices of computing.
_LONGEST_BREATH_S = 0.005
_TURNS = 8
_LONGEST_DECIDING_S = 0.5  # in one transaction: what is left goes into the next
_LINGER_PER_WRITE = 1.5
_TELL_GROUP_EVERY_S, _TELL_GROUP_TIMEOUT_S = 1.0, 3.0

# What a broker in trouble raises, worth another try …
_LOST = (KafkaError, OSError, asyncio.TimeoutError)
# … but for these of its errors: the answer would be the same for ever.
_FINAL = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTimestampError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)


class PartitionStatus(NamedTuple):
    """How an owned partition stands, for those who watch (:mod:`streams.web`)."""

    name: str
    source: TopicPartition
    next_offset: int
    waiting_for: str | None  # None: nothing, it is at work
    ended: bool  # nobody works on it any more, and nobody will
    state_folder: Path


class Inbox:
    """Batches that wait for the owner of their partition."""

    def __init__(self, most_records: int) -> None:
        self._most_records = most_records
        self._batches: deque[Batch] = deque()
        self._arrived = asyncio.Event()
        self._enough = asyncio.Event()
        self._closed = False

    def put(self, batch: Batch, most_bytes: int) -> bool:
        """Add a batch; returns whether as much waits now as one transaction may hold: ``most_bytes``, or the most records."""
        if self._closed:
            return False
        self._batches.append(batch)
        self._arrived.set()
        records = sum(len(each.records) for each in self._batches)
        if records >= self._most_records or sum(each.weight_bytes for each in self._batches) >= most_bytes:
            self._enough.set()
        return self._enough.is_set()

    async def wait(self, limit_s: float) -> bool:
        """Wait for a batch, or that the inbox is closed; False when it takes longer than ``limit_s``."""
        return await _happens(self._arrived, limit_s)

    async def gather(self, limit_s: float) -> None:
        """Wait for ``limit_s``, or less if enough has come by then."""
        await _happens(self._enough, limit_s)

    def take(self) -> Batch | None:
        """All that follows on one another without a gap, as one batch; None when closed."""
        if self._closed:
            return None
        first = self._batches.popleft()
        records = list(first.records)
        while self._batches and self._batches[0].begin <= records[-1].offset + 1:
            last = records[-1].offset
            records += [record for record in self._batches.popleft().records if record.offset > last]
        self._enough.clear()
        if not self._batches:
            self._arrived.clear()
        return Batch(records, first.begin)

    def close(self) -> None:
        """Drop what waits and what comes."""
        self._closed = True
        self._batches.clear()
        self._arrived.set()
        self._enough.set()


async def _happens(event: asyncio.Event, limit_s: float) -> bool:
    if not event.is_set() and limit_s > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), limit_s)
    return event.is_set()


class OwnedPartition:
    """A source partition that this worker owns: its fenced producer, its table, its inbox, its task.

    ``deciding`` is shared by all partitions of a worker.
    """

    def __init__(  # noqa: PLR0913
        self,
        app: faust.App,
        settings: Settings,
        step: Step,
        tp: TopicPartition,
        *,
        metrics: Metrics | None = None,
        deciding: asyncio.Lock | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._app = app
        self._settings = settings
        self._step = step
        self._tp = tp
        table = step.table or PROGRESS
        self._changelog = TopicPartition(changelog_topic(settings.app_id, table), tp.partition)
        self._state_folder = settings.state_dir / settings.app_id / table / str(tp.partition)
        self._most_records = settings.max_batch_records
        self._inbox = Inbox(self._most_records)
        self._linger_s = settings.linger_ms / 1000
        self._due_at = 0.0
        self._deciding = deciding or asyncio.Lock()
        self._producer: AIOKafkaProducer | None = None
        self._table: TablePartition | None = None
        self._next_offset = 0
        self._sent_back_at = -_SEND_BACK_AGAIN_S
        self._released = False
        self.ready = asyncio.Event()
        self._name = f"{step.name} {tp.topic}/{tp.partition}"
        self._task = asyncio.create_task(self._run(), name=self._name)

    @property
    def next_offset(self) -> int:
        """Up to where everything is committed, as far as is known; 0 before anything is."""
        return self._next_offset

    @property
    def status(self) -> PartitionStatus:
        """How it stands just now."""
        waiting_for = None if self.ready.is_set() else "acquiring" if self._table is None else "restoring"
        return PartitionStatus(self._name, self._tp, self._next_offset, waiting_for, self._task.done(), self._state_folder)

    def offer(self, batch: Batch, most_bytes: int = sys.maxsize) -> None:
        """Hand over a batch; no more is delivered as soon as as much waits as a transaction may hold, of ``most_bytes``."""
        if self._inbox.put(batch, most_bytes):
            self._app.consumer.hold(self._tp)

    async def release(self) -> None:
        """Finish the transaction under way, or give it up after 5 s; then close everything."""
        self._released = True
        self._inbox.close()
        self._app.consumer.let_go(self._tp)
        if not self.ready.is_set():
            self._task.cancel()
        _, running = await asyncio.wait([self._task], timeout=_RELEASE_TIMEOUT_S)
        if running:
            log.warning("%s: gives up the transaction under way", self._name)
            self._task.cancel()
            _, running = await asyncio.wait(running, timeout=_RELEASE_TIMEOUT_S)
            if running:
                _stop_worker(f"{self._name}: can't be stopped", TimeoutError())
        await self._close()

    async def _run(self) -> None:
        try:
            await self._begin_again()
            while (batch := await self._next_batch()) is not None:
                await self._process(batch)
                if self._table is not None:
                    self._table.forget_expired(_LOOKED_AT_PER_RECORD * len(batch.records))
        except Exception as error:  # noqa: BLE001  (rule 9: whatever it is)
            _stop_worker(f"{self._name}: {error!r}", error)

    async def _next_batch(self) -> Batch | None:
        """The next batch, None when released. While there is none, make sure that Faust has not lost the last ones."""
        wait_s = _IDLE_S
        while not await self._inbox.wait(wait_s):
            wait_s = min(2 * wait_s, _MOST_IDLE_S)
            try:
                position = await self._app.consumer.position(self._tp)
                # Mostly there are only markers in between: hence less and less often.
                if position is not None and position > self._next_offset:
                    await self._app.consumer.seek(self._tp, self._next_offset)
            except _LOST as error:
                log.info("%s: could not look whether there is more: %r", self._name, error)
        await self._inbox.gather(self._due_at - time.monotonic())
        batch = self._inbox.take()
        self._app.consumer.let_go(self._tp)
        return batch

    async def _process(self, batch: Batch) -> None:
        if batch.begin > self._next_offset and not await self._is_all_there_is(batch):
            return
        self._sent_back_at = -_SEND_BACK_AGAIN_S
        losses = 0
        while not self._released:
            records = [record for record in batch.records if record.offset >= self._next_offset][: self._most_records]
            if not records:
                return
            try:
                await self._commit(records)
                losses = 0
            except _FINAL:
                raise
            except _LOST as error:
                losses += 1
                if losses > _MOST_LOSSES:
                    raise
                log.warning("%s: transaction lost (%r); beginning again", self._name, error)
                self._metrics.lost(self._step)
                await self._begin_again()

    async def _is_all_there_is(self, batch: Batch) -> bool:
        """Whether what lies between the next offset and the batch is gone from Kafka; else Faust is sent back for it."""
        try:
            earliest = (await self._app.consumer.earliest_offsets(self._tp))[self._tp]
            if earliest >= batch.begin:
                self._report_unread(self._next_offset, batch.begin)
                self._next_offset = batch.begin
                return True
            # What was fetched before Faust went back keeps coming for a moment: that is no reason to go again.
            now = time.monotonic()
            if now - self._sent_back_at >= _SEND_BACK_AGAIN_S:
                log.warning("%s: records from %d on were not delivered; going back", self._name, self._next_offset)
                self._metrics.gap(self._step)
                self._sent_back_at = now
                await self._app.consumer.seek(self._tp, self._next_offset)
        except _LOST as error:
            log.warning("%s: could not go back: %r", self._name, error)  # the next batch asks again
            self._sent_back_at = -_SEND_BACK_AGAIN_S
        return False

    def _report_unread(self, begin: int, end: int) -> None:
        log.error("%s: Kafka deleted offsets %d to %d unread", self._name, begin, end - 1)
        self._metrics.unread(self._step, end - begin)

    async def _commit(self, records: Sequence[Record]) -> None:
        """Decide on the records, or the first of them, and commit what follows, with their offset, as one transaction."""
        async with self._deciding:
            began = time.monotonic()
            count, outputs, remember = await self._decide(records)
        decided = time.monotonic()
        records = records[:count]
        # Deciding has no limit: a slow machine and a large article are no lost transaction, and would be none a second time.
        await asyncio.wait_for(self._write(outputs, remember, records[-1].offset + 1), _COMMIT_TIMEOUT_S)
        write_s = time.monotonic() - decided
        self._metrics.committed(self._step, records, outputs, decided - began, write_s)
        # A broker that answers late has enough to do: larger transactions are fewer.
        self._due_at = decided + max(self._linger_s, _LINGER_PER_WRITE * write_s)

    async def _write(self, outputs: Sequence[Output], remember: Mapping[bytes, bytes], next_offset: int) -> None:
        producer = self._producer
        assert producer is not None
        if producer._txn_manager.is_fatal_error():
            raise KafkaError("the producer failed between two transactions")
        await producer.begin_transaction()
        outbox = Outbox(producer)
        for output in outputs:
            outbox.add_output(output, self._tp.partition)
        changes = {**remember, NEXT_OFFSET: str(next_offset).encode()}
        for key, value in changes.items():
            outbox.add(self._changelog, key, value)
        written = await outbox.send()
        await producer.commit_transaction()
        self._next_offset = next_offset
        if self._table is not None:
            self._table.put(changes, written[self._changelog])

    async def _decide(self, records: Sequence[Record]) -> tuple[int, list[Output], dict[bytes, bytes]]:
        """Ask the step about each record, in order; each sees what the ones before it made the table remember.

        Returns how many of them it has been asked about, too.
        """
        known: dict[bytes | None, bytes | None] = {}
        if self._step.table is not None and self._table is not None:
            keys = list({record.key for record in records if record.key is not None})
            known.update(zip(keys, self._table.get(keys), strict=True))
        outputs: list[Output] = []
        remember: dict[bytes, bytes] = {}
        began = breathed = time.monotonic()
        count = 0
        for record in records:
            decision = self._step.decide(record, known.get(record.key))
            outputs.extend(decision.outputs)
            if decision.remember is not None and record.key is not None:
                known[record.key] = remember[record.key] = decision.remember
            count += 1
            if (now := time.monotonic()) - breathed > _LONGEST_BREATH_S:
                if now - began > _LONGEST_DECIDING_S:
                    break
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                breathed = time.monotonic()
        return count, outputs, remember

    async def _begin_again(self) -> None:
        """Acquire the partition, discarding what was held; while the broker can't be reached, try for two minutes."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _RETRY_FOR_S
        while not self._released:
            try:
                await self._close()
                await self._acquire()
                return
            except _FINAL:
                raise
            except _LOST as error:
                if clock() > deadline:
                    raise
                level = logging.INFO if isinstance(error, RebalanceInProgressError) else logging.WARNING
                log.log(level, "%s: not acquired yet (%r); trying again", self._name, error)
                await asyncio.sleep(_RETRY_PAUSE_S)

    async def _acquire(self) -> None:
        await asyncio.wait_for(self._fence(), _FENCE_TIMEOUT_S)
        reader = AIOKafkaConsumer(
            **connection(self._settings),
            group_id=self._settings.app_id,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        # Assigned, never subscribed: it asks the group for offsets without being a member.
        reader.assign([self._changelog])
        async with opened(reader):
            self._table = await TablePartition.open(self._state_folder, self._settings.remember_s)
            began = time.monotonic()
            restored = await self._table.restore(self._changelog, reader)
            self._metrics.restored(self._step, restored, time.monotonic() - began)
            log.info("%s: read %d changes of its table", self._name, restored)
            self._next_offset = await self._find_next_offset(self._table, reader)
        # What Faust delivered before there was anyone to take it comes again; what it delivers twice is skipped.
        await self._app.consumer.seek(self._tp, self._next_offset)
        self.ready.set()
        log.info("%s: ready from offset %d on", self._name, self._next_offset)

    async def _find_next_offset(self, table: TablePartition, reader: AIOKafkaConsumer) -> int:
        """How far this partition has come: by its own word; by the group's where it has never said anything."""
        [own] = table.get([NEXT_OFFSET])
        committed = await reader.committed(self._tp)
        earliest: int = (await reader.beginning_offsets([self._tp]))[self._tp]
        reached = committed if own is None else int(own)
        if own is not None and (committed or 0) > int(own):
            log.warning("%s: the group's offset is %s, and the changelog has %d: that counts", self._name, committed, reached)
        if reached is not None and reached < earliest:
            self._report_unread(reached, earliest)
        return max(reached or 0, earliest)

    async def _fence(self) -> None:
        # A worker that was paused for long may think a partition its own that has gone to another; fencing that one out would
        # be safe, and rude.
        await self._app.consumer.confirm_membership()
        self._producer = AIOKafkaProducer(
            **connection(self._settings),
            transactional_id=f"{self._settings.app_id}-{self._tp.topic}-{self._tp.partition}",
            transaction_timeout_ms=60_000,
            max_batch_size=BATCH_BYTES,
            max_request_size=MAX_REQUEST_BYTES,
            compression_type="zstd",
            request_timeout_ms=30_000,
        )
        end_transactions_once(self._producer)
        await self._producer.start()
        written = [
            TopicPartition(topic, part) for topic in self._step.sends_to for part in await self._producer.partitions_for(topic)
        ]
        await sweep(self._producer, [*written, self._changelog])

    async def _close(self) -> None:
        self.ready.clear()
        try:
            if self._producer is not None:
                await _discard(self._producer)
                self._producer = None
        finally:
            if self._table is not None:
                self._table.close()
                self._table = None


class Delivery:
    """Hands the batches of Faust's agents to the partitions this worker owns, and follows the group's rebalances."""

    def __init__(self, app: faust.App, settings: Settings, steps: Iterable[Step], metrics: Metrics | None = None) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._steps = {step.source: step for step in steps}
        self.joined = False
        """Whether this worker has ever been told which partitions are its own; they may be none."""
        self._owned: dict[TopicPartition, OwnedPartition] = {}
        self._deciding = asyncio.Lock()
        self._told: dict[TopicPartition, int] = {}
        self._telling: asyncio.Task[None] | None = None
        app.on_partitions_assigned.connect(self._on_assigned)
        app.on_partitions_revoked.connect(self._on_revoked)
        app.on_before_shutdown.connect(self._on_shutdown)

    async def take(self, batch: Batch) -> None:
        """Called by an agent for each batch of its stream."""
        owned = self._owned.get(TopicPartition(batch.topic, batch.partition))
        # Without an owner it is dropped: acquiring the partition sends Faust back to what is not committed.
        if owned is not None:
            owned.offer(batch, batch_bytes(len(self._owned)))

    def statuses(self) -> list[PartitionStatus]:
        """How each partition of this worker stands."""
        return [owned.status for owned in self._owned.values()]

    async def _on_assigned(self, app: faust.App, assigned: set[Any], **_: Any) -> None:
        wanted = {TopicPartition(tp.topic, tp.partition) for tp in assigned if tp.topic in self._steps}
        await self._release(self._owned.keys() - wanted)
        for tp in sorted(wanted - self._owned.keys()):
            self._owned[tp] = OwnedPartition(
                self._app, self._settings, self._steps[tp.topic], tp, metrics=self._metrics, deciding=self._deciding
            )
        self._told.clear()
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_group_for_ever())
        self.joined = True

    async def _on_revoked(self, app: faust.App, revoked: set[Any], **_: Any) -> None:
        await self._release({TopicPartition(tp.topic, tp.partition) for tp in revoked})

    async def _on_shutdown(self, app: faust.App, **_: Any) -> None:
        await self._release(set(self._owned))

    async def _release(self, partitions: set[TopicPartition]) -> None:
        leaving = {tp: owned for tp in partitions if (owned := self._owned.pop(tp, None)) is not None}
        await asyncio.gather(*(owned.release() for owned in leaving.values()))
        await self._tell_group(leaving)

    async def _tell_group_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TELL_GROUP_EVERY_S)
            await self._tell_group(self._owned)

    async def _tell_group(self, partitions: Mapping[TopicPartition, OwnedPartition]) -> None:
        """Tell the group how far we have come: for those who watch, so that it does not matter when it can't be told."""
        news = {tp: owned.next_offset for tp, owned in partitions.items() if owned.next_offset != self._told.get(tp, 0)}
        if not news:
            return
        try:
            await asyncio.wait_for(self._app.consumer.tell_group(news), _TELL_GROUP_TIMEOUT_S)
            self._told |= news
        except _LOST as error:
            log.debug("the group could not be told of %s: %r", news, error)


class _EndTransactionOnce(EndTxnHandler):
    """Commits or aborts with a single message: aiokafka would send it again when the answer is lost.

    A second message might be the one that counts while the first is still under way, and then ends a later transaction. So
    a lost answer fails the producer instead (rule 8). An answer that says "not now" is an answer: that is tried again.
    """

    async def do(self, node_id: int) -> bool:
        response = await self._sender.client.send(node_id, self.create_request(), group=self.group)
        pause_s = self.handle_response(response)
        if pause_s is not None:
            await asyncio.sleep(pause_s)
        return pause_s is None


def end_transactions_once(producer: AIOKafkaProducer) -> None:
    """Make a producer, not started yet, keep rule 8."""
    sender: Sender = producer._sender

    async def end_transaction(result: Any) -> None:
        await sender._message_accumulator.flush_for_commit()
        transaction = sender._txn_manager
        if transaction.is_empty_transaction():
            transaction.complete_transaction()
            return
        node_id = await sender._find_coordinator(CoordinationType.TRANSACTION, transaction.transactional_id)
        await _EndTransactionOnce(sender, result).do(node_id)

    sender._do_txn_commit = end_transaction


async def sweep(producer: AIOKafkaProducer, written: Iterable[TopicPartition]) -> None:
    """Abort a transaction over all that a producer writes: ends what a torn one of its predecessor's left open (rule 2)."""
    await producer.begin_transaction()
    transaction = producer._txn_manager
    for tp in written:
        transaction.maybe_add_partition_to_txn(tp)
    while transaction.partitions_to_add():
        if transaction.is_fatal_error():
            raise KafkaError("the producer failed while it swept")
        await asyncio.sleep(0.005)
    await producer.abort_transaction()


async def _discard(producer: AIOKafkaProducer) -> None:
    """Close a producer without sending what it still holds: an open transaction is ended by the next owner's fencing."""
    producer._closed = True
    sending = producer._sender.sender_task
    if sending is not None:
        sending.cancel()
        await asyncio.wait([sending], timeout=_DISCARD_TIMEOUT_S)
    await producer.client.close()


def _stop_worker(reason: str, error: BaseException) -> NoReturn:
    log.critical("worker stops, nothing more is committed: %s", reason, exc_info=error)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STATUS)
