"""Exactly once: the one place that knows how records are read, decided on, sent and committed.

The rules, where each is kept, and the test that breaks without it (tests/broker/; test_chaos.py tries them all at once):

1. **One owner.** A source partition has one owner: whom its changelog names. Whoever takes it over makes sure that the
   consumer group still counts this worker in; shuts out everyone else who is about to take it over, by starting a producer
   under the partition's own ``transactional.id``; shuts out the owner that is named; and has itself named by that producer.
   So one who was overtaken on the way is refused, and an owner that was only paused can commit nothing more.
   ``OwnedPartition._take_over``; test_delivery: a_zombies_transaction_is_refused_and_it_leaves_the_heir_in_peace,
   an_heir_that_is_overtaken_on_the_way_does_not_become_the_owner
2. **Nothing left open.** Kafka can tear a transaction: a broker that dies between deciding on a commit and marking it in the
   partitions may drop the marks. What it left open would hold up all readers, and come out with the next commit of the same
   ``transactional.id``. So an owner's is used for one assignment only, and who shuts an owner out aborts a transaction over
   everything that one may have written.
   ``streams.kafka.transactions.shut_out``; test_delivery: what_a_torn_transaction_left_open_does_not_come_out_with_the_next
3. **State before work.** The table partition is read up to the end of its changelog, which is exact at that point, as nobody
   else can write to it any more (:mod:`streams.kafka.tables`).
   ``OwnedPartition._take_over``; test_delivery: the_heir_of_a_partition_goes_on_with_its_state, and test_tables
4. **Start where the log says.** The next offset stands in the changelog: every transaction writes it. The group is told once a
   second, for those who watch its lag; it is not asked, but where the changelog says nothing. (Offsets in the transaction would
   make it half as dear again; and Kafka 4.3's group coordinator, when a broker loses and regains it while it loads, mixes two
   loads and answers with offsets of long ago.)
   ``_find_next_offset``; test_delivery: what_the_group_says_of_the_offset_is_not_believed
5. **Nothing twice.** Records below the next offset are skipped: Faust delivers again after rebalances.
   ``_upcoming``; test_delivery: what_is_delivered_again_is_not_done_again
6. **Nothing skipped.** Each batch says where it begins; if that is beyond the next offset, Faust has lost something on the
   way and is sent back; nor may it keep the last ones.
   ``_is_all_there_is``, ``_look_for_more``; test_kill: what_faust_loses_on_the_way_is_fetched_again
7. **All or nothing.** Outputs and changelogs, the source offsets in them, are one transaction; every delivery is confirmed
   before it commits. The local table copies are written after that.
   ``OwnedStep._write``; test_delivery: outputs_offset_and_state_are_committed_together_and_in_order,
   nothing_is_committed_past_a_transaction_that_is_not_finished, a_failed_delivery_commits_nothing_and_is_not_tried_for_ever
8. **No guessing.** When a transaction's outcome is unknown (timeout, lost connection, while it was committed or aborted), the
   producer is discarded and everything begins again at 1, under a new ``transactional.id``: what is delayed on the way can't
   reach any later transaction (KIP-890; Jepsen on Bufstream 0.1.0). So it does when the producer was shut out: whether by
   another owner or by Kafka's own timeout, the group knows.
   ``OwnedStep._run``, ``_EndTransactionOnce``; test_delivery: an_owner_whose_producer_kafka_has_given_up_begins_again
9. **Bugs stop the worker.** An exception that is no Kafka failure ends the process before anything else is committed;
   everything uncommitted is replayed by the next owner.
   ``_stop_worker``; test_delivery: an_exception_in_a_step_commits_nothing_of_its_batch_and_stops_the_worker
10. **Nothing for others.** What is released is not worked on any more: the transaction under way is finished or given up.
    ``OwnedStep.release``; test_delivery: nothing_is_done_for_a_partition_that_was_released

All partitions of a step that a worker owns share its transactions: one after the other, each as large as what has come since
the last. When all is quiet an article goes through at once; under load transactions are ``linger_ms`` apart at least, and
grow. While one step waits for Kafka, another decides; and the same one, when as much waits as a transaction may hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn
from uuid import uuid4

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
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

from streams.kafka.clients import connection, opened
from streams.kafka.inbox import Inbox
from streams.kafka.outbox import Outbox
from streams.kafka.tables import PROGRESS_KEY, Progress, TablePartition, changelog_topic
from streams.kafka.transactions import discard, shut_out, sweep, transactional_producer
from streams.kafka.transport import Batch, Fetched, batch_bytes
from streams.settings import Settings
from streams.steps import Output, Record, Step
from streams.topics import PROGRESS
from streams.watch.metrics import Metrics, Times

log = logging.getLogger(__name__)

EXIT_STATUS: Final = 70  # EX_SOFTWARE: to be started again by whoever supervises the worker

_RELEASE_TIMEOUT_S = 5.0
_TAKE_OVER_TIMEOUT_S = 60.0  # for each of its parts but restoring, which has its own
_COMMIT_TIMEOUT_S = 120.0
_MOST_LOSSES = 10  # of one transaction, in a row: what a broker's restart takes, not what a broken set-up takes
_SEND_BACK_AGAIN_S = 5.0
_IDLE_S, _MOST_IDLE_S = 5.0, 300.0
_RETRY_FOR_S = 120.0
_RETRY_PAUSE_S = 0.5
_LOOKED_AT_PER_RECORD = 4  # entries of the table: each is looked at about four times while it is worth keeping
# Deciding is pure computing, of a large article for seconds: let the event loop breathe, several turns each time. Each of the
# three answers that a transaction waits for takes some turns to be heard, and would else wait for as many slices of computing.
# Those turns cost two hundredths of the time, so slices grow with what has been decided on: a large transaction is in no hurry.
_SLICE_S, _SLICE_SHARE = 0.005, 0.1
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
    """How an owned partition stands, for those who watch (:mod:`streams.watch.web`)."""

    name: str
    source: TopicPartition
    next_offset: int
    waiting_for: str | None  # None: nothing, it is at work
    ended: bool  # nobody works on it any more, and nobody will
    state_folder: Path


class _Share(NamedTuple):
    """What one partition has in a transaction: the records decided on, and what follows."""

    partition: OwnedPartition
    records: Sequence[Record]
    outputs: Sequence[Output]
    changes: Mapping[bytes, bytes]


class _Breath:
    """Lets the event loop in between slices of computing, says when it has been enough, and what it has cost."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        """Processor time spent on deciding alone: all that a worker takes but this is the stream's."""
        self._began = self._drawn = time.monotonic()
        self._cpu_began_s = 0.0

    def draw(self) -> None:
        """A slice begins."""
        self._drawn = time.monotonic()
        self._cpu_began_s = time.thread_time()

    def let_go(self) -> None:
        """It ends."""
        self.cpu_s += time.thread_time() - self._cpu_began_s

    @property
    def is_spent(self) -> bool:
        """Whether the rest shall go into the next transaction."""
        return time.monotonic() - self._began > _LONGEST_DECIDING_S

    async def pause(self) -> None:
        """To be called within a slice, between two records: another slice begins if it is time."""
        now = time.monotonic()
        if now - self._drawn > max(_SLICE_S, _SLICE_SHARE * (now - self._began)):
            self.let_go()
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self.draw()


class OwnedPartition:
    """A source partition that this worker owns, or is about to: its place in the log, its table, its inbox."""

    def __init__(  # noqa: PLR0913
        self,
        app: faust.App,
        settings: Settings,
        step: Step,
        tp: TopicPartition,
        *,
        metrics: Metrics,
        news: asyncio.Event,
    ) -> None:
        self._app = app
        self._settings = settings
        self._step = step
        self._tp = tp
        self._metrics = metrics
        self._news = news
        table = step.table or PROGRESS
        self.changelog = TopicPartition(changelog_topic(settings.app_id, table), tp.partition)
        self._state_folder = settings.state_dir / settings.app_id / table / str(tp.partition)
        self.name = f"{step.name} {tp.topic}/{tp.partition}"
        self._inbox = Inbox(settings.max_batch_records)
        self._arrivals = 0
        self._batch: Batch | None = None  # taken from the inbox, and not all decided on
        self._table: TablePartition | None = None
        self._owner = ""
        self._ahead: Mapping[bytes, bytes] = {}  # changes that are being committed
        self._decided_to = 0
        self.next_offset = 0
        """Up to where everything is committed, as far as is known; 0 before anything is."""
        self._sent_back_at = -_SEND_BACK_AGAIN_S
        self.ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def status(self, *, ended: bool) -> PartitionStatus:
        """How it stands just now."""
        waiting_for = None if self.ready.is_set() else "acquiring" if self._table is None else "restoring"
        ended = ended or (self._task is not None and self._task.done())
        return PartitionStatus(self.name, self._tp, self.next_offset, waiting_for, ended, self._state_folder)

    def offer(self, batch: Batch, most_bytes: int) -> None:
        """Hand over a batch; no more is delivered as soon as as much waits as a transaction may hold, of ``most_bytes``."""
        self._inbox.put(batch, most_bytes)
        self._arrivals += 1
        if self._inbox.enough:
            self._app.consumer.hold(self._tp)
        self._news.set()

    @property
    def waits(self) -> bool:
        """Whether there is something to decide on."""
        return self.ready.is_set() and (self._batch is not None or bool(self._inbox))

    @property
    def has_enough(self) -> bool:
        """Whether that is as much as a transaction may hold, or is left of as much."""
        return self.ready.is_set() and (self._batch is not None or self._inbox.enough)

    def begin(self, owner: str, shut_out_former: Callable[[str], Awaitable[None]]) -> None:
        """Take the partition over for the producer of that name, and look after it; ``ready`` says when it is done."""
        self._owner = owner
        self._shut_out_former = shut_out_former
        self._task = asyncio.create_task(self._look_after(), name=self.name)

    async def end(self) -> None:
        """Work no more; what was decided on and not committed is forgotten."""
        self.ready.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        self._close_table()
        self._ahead = {}

    def _close_table(self) -> None:
        if self._table is not None:
            self._table.close()
            self._table = None

    def close(self) -> None:
        """Take no more batches."""
        self._inbox.close()
        self._app.consumer.let_go(self._tp)

    async def decide(self, most_records: int, breath: _Breath) -> _Share | None:
        """Ask the step about what waits, in order; each record sees what the ones before it made the table remember."""
        upcoming = await self._upcoming()
        records = upcoming[:most_records]
        if not records:
            return None
        known = self._look_up({record.key for record in records if record.key is not None})
        outputs: list[Output] = []
        changes: dict[bytes, bytes] = {}
        count = 0
        breath.draw()
        for record in records:
            decision = self._step.decide(record, known.get(record.key))
            outputs.extend(decision.outputs)
            if decision.remember is not None and record.key is not None:
                known[record.key] = changes[record.key] = decision.remember
            count += 1
            if breath.is_spent:
                break
            await breath.pause()
        breath.let_go()
        self._decided_to = records[count - 1].offset + 1
        if count == len(upcoming):
            self._batch = None
        changes[PROGRESS_KEY] = Progress(self._decided_to, self._owner).pack()
        return _Share(self, records[:count], outputs, changes)

    def committing(self, share: _Share) -> None:
        """What has been decided is about to be committed: who decides next shall know of it."""
        self._ahead = share.changes

    def committed(self, share: _Share, position: int) -> None:
        """It has been, and the changelog goes on at ``position``."""
        assert self._table is not None
        self._table.put(share.changes, position)
        self._ahead = {}
        self.next_offset = share.records[-1].offset + 1
        self._table.forget_expired(_LOOKED_AT_PER_RECORD * len(share.records))

    def _look_up(self, keys: Iterable[bytes]) -> dict[bytes | None, bytes | None]:
        if self._step.table is None or self._table is None:
            return {}
        asked = list(keys)
        known: dict[bytes | None, bytes | None] = dict(zip(asked, self._table.get(asked), strict=True))
        return known | {key: value for key, value in self._ahead.items() if key in known}

    async def _upcoming(self) -> Sequence[Record]:
        """The records that follow on what is decided, as far as they have come without a gap."""
        while True:
            if self._batch is None:
                self._batch = self._inbox.take()
                self._app.consumer.let_go(self._tp)
            if self._batch is None:
                return ()
            if self._batch.begin <= self._decided_to or await self._is_all_there_is(self._batch):
                self._sent_back_at = -_SEND_BACK_AGAIN_S
                if records := [record for record in self._batch.records if record.offset >= self._decided_to]:
                    return records
            self._batch = None

    async def _is_all_there_is(self, batch: Batch) -> bool:
        """Whether what lies between the next offset and the batch is gone from Kafka; else Faust is sent back for it."""
        try:
            earliest = (await self._app.consumer.earliest_offsets(self._tp))[self._tp]
            if earliest >= batch.begin:
                self._report_unread(self._decided_to, batch.begin)
                self._decided_to = batch.begin
                return True
            # What was fetched before Faust went back keeps coming for a moment: that is no reason to go again.
            now = time.monotonic()
            if now - self._sent_back_at >= _SEND_BACK_AGAIN_S:
                log.warning("%s: records from %d on were not delivered; going back", self.name, self._decided_to)
                self._metrics.gap(self._step)
                self._sent_back_at = now
                await self._app.consumer.seek(self._tp, self._decided_to)
        except _LOST as error:
            log.warning("%s: could not go back: %r", self.name, error)  # the next batch asks again
            self._sent_back_at = -_SEND_BACK_AGAIN_S
        return False

    def _report_unread(self, begin: int, end: int) -> None:
        log.error("%s: Kafka deleted offsets %d to %d unread", self.name, begin, end - 1)
        self._metrics.unread(self._step, end - begin)

    async def _look_after(self) -> None:
        try:
            await _try_for_a_while(self.name, self._take_over)
            await self._look_for_more()
        except Exception as error:  # noqa: BLE001  (rule 9: whatever it is)
            _stop_worker(f"{self.name}: {error!r}", error)

    async def _look_for_more(self) -> NoReturn:
        """While nothing comes, make sure that Faust has not lost the last of what there is."""
        wait_s = _IDLE_S
        while True:
            before = self._arrivals
            await asyncio.sleep(wait_s)
            if self.waits or self._arrivals != before:
                wait_s = _IDLE_S
                continue
            wait_s = min(2 * wait_s, _MOST_IDLE_S)
            try:
                position = await self._app.consumer.position(self._tp)
                # Mostly there are only markers in between: hence less and less often.
                if position is not None and position > self._decided_to:
                    await self._app.consumer.seek(self._tp, self._decided_to)
            except _LOST as error:
                log.info("%s: could not look whether there is more: %r", self.name, error)

    async def _take_over(self) -> None:
        # A worker that was paused for long may think a partition its own that has gone to another; shutting that one out would
        # be safe, and rude.
        await self._app.consumer.confirm_membership()
        self._close_table()  # of an attempt before
        claimant = transactional_producer(self._settings, f"{self._settings.app_id}-{self._tp.topic}-{self._tp.partition}")
        reader = AIOKafkaConsumer(
            **connection(self._settings),
            group_id=self._settings.app_id,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        # Assigned, never subscribed: it asks the group for offsets without being a member.
        reader.assign([self.changelog])
        try:
            await asyncio.wait_for(claimant.start(), _TAKE_OVER_TIMEOUT_S)
            await asyncio.wait_for(sweep(claimant, partitions=[self.changelog]), _TAKE_OVER_TIMEOUT_S)
            async with opened(reader):
                self._table = await TablePartition.open(self._state_folder, self._settings.remember_s)
                began = time.monotonic()
                restored = await self._table.restore(self.changelog, reader)
                if (former := self._progress.owner) and former != self._owner:
                    await self._shut_out_former(former)
                    restored += await self._table.restore(self.changelog, reader)
                self._decided_to = self.next_offset = await self._find_next_offset(reader)
                claim = {self.changelog: Progress(self.next_offset, self._owner)}
                await asyncio.wait_for(_write_progress(claimant, claim), _TAKE_OVER_TIMEOUT_S)
                await self._table.restore(self.changelog, reader)
                self._metrics.restored(self._step, restored, time.monotonic() - began)
                log.info("%s: read %d changes of its table", self.name, restored)
        finally:
            await discard(claimant)
        # All that Faust has delivered and that is not committed comes again.
        self._batch = None
        self._inbox.clear()
        self._app.consumer.let_go(self._tp)
        await self._app.consumer.seek(self._tp, self.next_offset)
        self.ready.set()
        self._news.set()
        log.info("%s: ready from offset %d on", self.name, self.next_offset)

    @property
    def _progress(self) -> Progress:
        assert self._table is not None
        [value] = self._table.get([PROGRESS_KEY])
        return Progress.unpack(value)

    async def _find_next_offset(self, reader: AIOKafkaConsumer) -> int:
        """How far this partition has come: by its own word; by the group's where it has never said anything."""
        own = self._progress.next_offset
        committed = await reader.committed(self._tp)
        earliest: int = (await reader.beginning_offsets([self._tp]))[self._tp]
        reached = committed if own is None else own
        if own is not None and (committed or 0) > own:
            log.warning("%s: the group's offset is %s, and the changelog has %d: that counts", self.name, committed, reached)
        if reached is not None and reached < earliest:
            self._report_unread(reached, earliest)
        return max(reached or 0, earliest)


class OwnedStep:
    """The partitions of a step that this worker owns, for one assignment, and the transactions that they share.

    ``deciding`` is shared by all steps of a worker.
    """

    def __init__(  # noqa: PLR0913
        self,
        app: faust.App,
        settings: Settings,
        step: Step,
        source: Iterable[TopicPartition],
        *,
        metrics: Metrics | None = None,
        deciding: asyncio.Lock | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._settings = settings
        self._step = step
        self._deciding = deciding or asyncio.Lock()
        self._news = asyncio.Event()
        self.partitions: Mapping[TopicPartition, OwnedPartition] = {
            tp: OwnedPartition(app, settings, step, tp, metrics=self._metrics, news=self._news) for tp in sorted(source)
        }
        self._turns = deque(self.partitions.values())
        self._linger_s = settings.linger_ms / 1000
        self._due_at = 0.0
        self._producer: AIOKafkaProducer | None = None
        self._writing: asyncio.Task[None] | None = None
        self._released = False
        self._shutting_out = asyncio.Lock()
        self._shut_out_owners: set[str] = set()
        self._task = asyncio.create_task(self._run(), name=step.name)

    def statuses(self) -> list[PartitionStatus]:
        """How each partition stands just now."""
        return [partition.status(ended=self._task.done()) for partition in self.partitions.values()]

    def offer(self, batch: Batch, most_bytes: int = sys.maxsize) -> None:
        """Hand over a batch of one of the partitions; others are dropped: who acquires theirs sends Faust back to it."""
        if (partition := self.partitions.get(batch.tp)) is not None:
            partition.offer(batch, most_bytes)

    async def release(self) -> None:
        """Finish the transaction under way, or give it up after 5 s; then close everything."""
        self._released = True
        for partition in self._turns:
            partition.close()
        self._news.set()
        if self._producer is None:
            self._task.cancel()
        _, running = await asyncio.wait([self._task], timeout=_RELEASE_TIMEOUT_S)
        if running:
            log.warning("%s: gives up the transaction under way", self._step.name)
            self._task.cancel()
            _, running = await asyncio.wait(running, timeout=_RELEASE_TIMEOUT_S)
            if running:
                _stop_worker(f"{self._step.name}: can't be stopped", TimeoutError())
        await self._close()

    async def _run(self) -> None:
        try:
            await self._begin_again()
            losses = 0
            while not self._released:
                try:
                    await self._take_turn()
                    losses = 0
                except _FINAL:
                    raise
                except _LOST as error:
                    losses += 1
                    if losses > _MOST_LOSSES:
                        raise
                    log.warning("%s: transaction lost (%r); beginning again", self._step.name, error)
                    self._metrics.lost(self._step)
                    if self._released:
                        return  # without a word: nobody knows where this producer stands
                    await self._begin_again()
            await self._leave()
        except Exception as error:  # noqa: BLE001  (rule 9: whatever it is)
            _stop_worker(f"{self._step.name}: {error!r}", error)

    async def _take_turn(self) -> None:
        """Decide on what waits, once it is time, and begin to commit it, once what was decided before is committed."""
        await self._gather()
        if self._released:
            return
        breath = _Breath()
        async with self._deciding:
            began = time.monotonic()
            shares = await self._decide(breath)
            decide_s = time.monotonic() - began
        await self._finish()
        if shares:
            for share in shares:
                share.partition.committing(share)
            self._writing = asyncio.create_task(self._write(shares, decide_s, breath.cpu_s))
            self._writing.add_done_callback(lambda _: self._news.set())

    async def _gather(self) -> None:
        """Wait until there is enough, or something, the transaction before is committed, and this one is due."""
        while not self._released:
            self._news.clear()
            if self._writing is not None and self._writing.done():
                await self._finish()
            if any(partition.has_enough for partition in self._turns):
                return
            wait_s = None
            if self._writing is None and any(partition.waits for partition in self._turns):
                wait_s = self._due_at - time.monotonic()
                if wait_s <= 0:
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait_s)

    async def _decide(self, breath: _Breath) -> list[_Share]:
        shares: list[_Share] = []
        room = self._settings.max_batch_records
        self._turns.rotate(-1)
        for partition in self._turns:
            if not partition.waits:
                continue
            if (share := await partition.decide(room, breath)) is not None:
                shares.append(share)
                room -= len(share.records)
            if not room or breath.is_spent:
                break
        return shares

    async def _finish(self) -> None:
        """Wait for the transaction that is being written, if there is one."""
        if self._writing is not None:
            try:
                await self._writing
            finally:
                self._writing = None

    async def _write(self, shares: Sequence[_Share], decide_s: float, decide_cpu_s: float) -> None:
        """Commit what was decided as one transaction."""
        began = time.monotonic()
        # Deciding has no limit: a slow machine and a large article are no lost transaction, and would be none a second time.
        await asyncio.wait_for(self._commit(shares), _COMMIT_TIMEOUT_S)
        write_s = time.monotonic() - began
        records = [record for share in shares for record in share.records]
        outputs = [output for share in shares for output in share.outputs]
        self._metrics.committed(self._step, records, outputs, Times(decide_s, decide_cpu_s, write_s))
        # A broker that answers late has enough to do: larger transactions are fewer.
        self._due_at = began + max(self._linger_s, _LINGER_PER_WRITE * write_s)

    async def _commit(self, shares: Sequence[_Share]) -> None:
        producer = self._producer
        assert producer is not None
        if producer._txn_manager.is_fatal_error():
            raise KafkaError("the producer failed between two transactions")
        await producer.begin_transaction()
        outbox = Outbox(producer)
        for share in shares:
            for output in share.outputs:
                outbox.add_output(output, share.partition.changelog.partition)
            for key, value in share.changes.items():
                outbox.add(share.partition.changelog, key, value)
        written = await outbox.send()
        await producer.commit_transaction()
        for share in shares:
            share.partition.committed(share, written[share.partition.changelog])

    async def _begin_again(self) -> None:
        """A new producer, of a new name, and all partitions taken over for it."""
        await self._close()
        await _try_for_a_while(self._step.name, self._start_producer)
        for partition in self.partitions.values():
            partition.begin(self._owner, self._shut_out)

    async def _start_producer(self) -> None:
        self._owner = f"{self._settings.app_id}-{self._step.name}-{uuid4().hex}"
        producer = transactional_producer(self._settings, self._owner)
        try:
            await asyncio.wait_for(producer.start(), _TAKE_OVER_TIMEOUT_S)
            for topic in self._step.sends_to:
                await producer.partitions_for(topic)
        except BaseException:
            await discard(producer)
            raise
        self._producer = producer

    async def _shut_out(self, former: str) -> None:
        """Shut out a former owner of some of the partitions; two at a time would shut out each other."""
        async with self._shutting_out:
            if former not in self._shut_out_owners:
                log.info("%s: shuts out %s", self._step.name, former)
                written = {*self._step.sends_to, *(partition.changelog.topic for partition in self._turns)}
                await asyncio.wait_for(shut_out(self._settings, former, written), _TAKE_OVER_TIMEOUT_S)
                self._shut_out_owners.add(former)

    async def _leave(self) -> None:
        """Finish the transaction under way and have the changelogs name no owner, so that the heirs need not shut us out."""
        try:
            await self._finish()
            left = [partition for partition in self._turns if partition.ready.is_set()]
            if self._producer is not None and left:
                await _write_progress(self._producer, {each.changelog: Progress(each.next_offset, None) for each in left})
        except _LOST as error:
            log.info("%s: left without a word: %r", self._step.name, error)

    async def _close(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
            self._writing = None
        try:
            for partition in self._turns:
                await partition.end()
        finally:
            if self._producer is not None:
                await discard(self._producer)
                self._producer = None


async def _write_progress(producer: AIOKafkaProducer, progress: Mapping[TopicPartition, Progress]) -> None:
    """Have changelogs say how far their partitions have come and whose they are, in a transaction of its own."""
    await producer.begin_transaction()
    outbox = Outbox(producer)
    for changelog, each in progress.items():
        outbox.add(changelog, PROGRESS_KEY, each.pack())
    await outbox.send()
    await producer.commit_transaction()


async def _try_for_a_while(name: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Until it succeeds; while the broker can't be reached, for two minutes."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _RETRY_FOR_S
    while True:
        try:
            await attempt()
            return
        except _FINAL:
            raise
        except _LOST as error:
            if clock() > deadline:
                raise
            level = logging.INFO if isinstance(error, RebalanceInProgressError) else logging.WARNING
            log.log(level, "%s: not acquired yet (%r); trying again", name, error)
            await asyncio.sleep(_RETRY_PAUSE_S)


class Delivery:
    """Hands the batches of Faust's agents to the steps this worker owns partitions of, and follows the group's rebalances."""

    def __init__(self, app: faust.App, settings: Settings, steps: Iterable[Step], metrics: Metrics | None = None) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._steps = tuple(steps)
        self.joined = False
        """Whether this worker has ever been told which partitions are its own; they may be none."""
        self._owned: dict[str, OwnedStep] = {}  # by its source
        self._deciding = asyncio.Lock()
        self._told: dict[TopicPartition, int] = {}
        self._telling: asyncio.Task[None] | None = None
        app.on_partitions_assigned.connect(self._on_assigned)
        app.on_partitions_revoked.connect(self._on_revoked)
        app.on_before_shutdown.connect(self._on_shutdown)

    async def take(self, fetched: Fetched) -> None:
        """Called by an agent for all that its stream has."""
        owned = self._owned.get(fetched.topic)
        # Without an owner it is dropped: acquiring the partition sends Faust back to what is not committed.
        if owned is not None:
            most_bytes = batch_bytes(sum(len(each.partitions) for each in self._owned.values()))
            for batch in fetched.batches:
                owned.offer(batch, most_bytes)

    def statuses(self) -> list[PartitionStatus]:
        """How each partition of this worker stands."""
        return [status for owned in self._owned.values() for status in owned.statuses()]

    async def _on_assigned(self, app: faust.App, assigned: set[Any], **_: Any) -> None:
        for step in self._steps:
            wanted = {TopicPartition(tp.topic, tp.partition) for tp in assigned if tp.topic == step.source}
            owned = self._owned.get(step.source)
            if owned is not None and owned.partitions.keys() == wanted:
                continue
            await self._release([step.source])
            if wanted:
                self._owned[step.source] = OwnedStep(
                    self._app, self._settings, step, wanted, metrics=self._metrics, deciding=self._deciding
                )
        self._told.clear()
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_group_for_ever())
        self.joined = True

    async def _on_revoked(self, app: faust.App, revoked: set[Any], **_: Any) -> None:
        await self._release({tp.topic for tp in revoked})

    async def _on_shutdown(self, app: faust.App, **_: Any) -> None:
        await self._release(list(self._owned))

    async def _release(self, sources: Iterable[str]) -> None:
        leaving = [owned for source in sources if (owned := self._owned.pop(source, None)) is not None]
        await asyncio.gather(*(owned.release() for owned in leaving))
        await self._tell_group(leaving)

    async def _tell_group_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TELL_GROUP_EVERY_S)
            await self._tell_group(self._owned.values())

    async def _tell_group(self, steps: Iterable[OwnedStep]) -> None:
        """Tell the group how far we have come: for those who watch, so that it does not matter when it can't be told."""
        reached = {tp: partition.next_offset for owned in steps for tp, partition in owned.partitions.items()}
        news = {tp: offset for tp, offset in reached.items() if offset != self._told.get(tp, 0)}
        if not news:
            return
        try:
            await asyncio.wait_for(self._app.consumer.tell_group(news), _TELL_GROUP_TIMEOUT_S)
            self._told |= news
        except _LOST as error:
            log.debug("the group could not be told of %s: %r", news, error)


def _stop_worker(reason: str, error: BaseException) -> NoReturn:
    log.critical("worker stops, nothing more is committed: %s", reason, exc_info=error)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STATUS)
