"""A running step: the partitions of its source that a worker owns, one producer for them, and one transaction at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import uuid4

import faust
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from streams.kafka.breath import Breath
from streams.kafka.failures import FINAL, LOST, RunOfFaults, end_task, keep_trying, stop_worker, uncancelled
from streams.kafka.observer import Observer, Times, Unobserved
from streams.kafka.outbox import Outbox
from streams.kafka.partition import OwnedPartition, PartitionStatus, Share
from streams.kafka.progress import Progress
from streams.kafka.quiet import retries
from streams.kafka.sources import SourceMovedError, SourceWatch
from streams.kafka.state_lock import state_folder
from streams.kafka.tables import CopyDamagedError, TableCopies
from streams.kafka.takeover import STEP_TIMEOUT_S, write_progress
from streams.kafka.transactions import TransactionalProducer, settle, shut_out
from streams.kafka.transport import Batch
from streams.kafka.turns import DecidingTurn, Turns
from streams.settings import Settings
from streams.steps import Step
from streams.topics import codec_of

log = logging.getLogger(__name__)

_RELEASE_TIMEOUT_S = 5.0
_COMMIT_TIMEOUT_S = 120.0
_TAKEN_OVER_AT_ONCE = 16  # partitions: each takes two clients, of several connections each
LINGER_PER_WRITE: Final = 1.5  # times the last write between two transactions, at least
_SETTLE_EVERY_S = 60.0  # a mark in every partition: releases whatever a torn transaction blocks


class CoordinatorLostError(KafkaConnectionError):
    """The last commit may be torn, although it was answered."""


class OwnedStep:
    """The partitions of a step that this worker owns, and the transactions that they share.

    The partitions may change while it works: see :meth:`change`.

    ``turn`` makes its turns to decide, which all steps of a worker share (:mod:`streams.kafka.turns`).
    """

    def __init__(  # noqa: PLR0913
        self,
        app: faust.App,
        settings: Settings,
        step: Step,
        source: Iterable[TopicPartition],
        *,
        observer: Observer | None = None,
        turn: Callable[[], DecidingTurn] | None = None,
    ) -> None:
        self._app = app
        self._observer = observer or Unobserved()
        self._settings = settings
        self._step = step
        self._codecs = {str(topic): codec_of(topic, settings) for topic in step.sends_to}
        self._turn_to_decide = turn or partial(Turns().turn, 0)
        self._news = asyncio.Event()
        folder = state_folder(settings, step)
        self._copies = TableCopies(folder, settings.remember_s, lambda reason: self._observer.wiped(step, reason))
        self._shared: dict[str, Any] = {
            "copies": self._copies,
            "taking_over": asyncio.Semaphore(_TAKEN_OVER_AT_ONCE),
            "observer": self._observer,
            "news": self._news,
            "confirm_source": self._confirm_source,
        }
        self.partitions: Mapping[TopicPartition, OwnedPartition] = {tp: self._partition(tp) for tp in sorted(source)}
        self._written = {*step.sends_to, step.changelog.topic(settings.app_id)}
        self._turns = deque(self.partitions.values())
        self._wanted: set[TopicPartition] | None = None  # a new set of partitions, or the same ones after losing their places
        self._gone: set[str] = set()  # names under which nobody works any more: our earlier ones, and those we shut out
        self._linger_s = max(settings.linger_ms, step.patience_ms) / 1000
        self._due_at = 0.0
        self._faults = RunOfFaults()
        self._owner = ""
        self._producer: TransactionalProducer | None = None
        self._coordinator_lost = asyncio.Event()
        self._unsettled_since = math.inf
        self._writing: asyncio.Task[None] | None = None
        self._released = False
        self._shutting_out = asyncio.Lock()
        self._shut_out_owners: set[str] = set()
        changelog = step.changelog.topic(settings.app_id)
        self._source = SourceWatch(settings, step.source, changelog, keyed=step.changelog.remembers)
        self._moved: SourceMovedError | None = None
        # The counts at the last assignment. If a topic grows, the step that reads it by key has to learn of it before keys move
        # to other partitions.
        self._counts: dict[str, int] = {}
        self._task = asyncio.create_task(self._run(), name=step.name)
        self._watching = asyncio.create_task(self._watch_source(), name=f"{step.name} watches {step.source}")

    def _partition(self, tp: TopicPartition) -> OwnedPartition:
        return OwnedPartition(self._app, self._settings, self._step, tp, **self._shared)

    def statuses(self) -> list[PartitionStatus]:
        """The status of each partition right now."""
        return [partition.status(ended=self._task.done()) for partition in self.partitions.values()]

    @property
    def transactions(self) -> int | None:
        """The version of Kafka's transactions that its producer uses; None while it has no producer."""
        return None if self._producer is None else self._producer.version

    def offer(self, batch: Batch, most_bytes: int = sys.maxsize) -> None:
        """Hand over a batch of one of the partitions. Others are dropped: whoever acquires their partition sends Faust back."""
        if (partition := self.partitions.get(batch.tp)) is not None:
            partition.offer(batch, most_bytes)

    def change(self, source: Iterable[TopicPartition]) -> None:
        """After a rebalance: let go of partitions that are not in ``source``, take over new ones, keep the others.

        This is done between two transactions; work goes on meanwhile.
        """
        wanted = set(source)
        if self._wanted is None and wanted == self.partitions.keys():
            return
        self._wanted = wanted
        self._news.set()

    async def release(self) -> None:
        """Finish the current transaction, or give it up after 5 s; then close everything."""
        self._released = True
        for partition in self._turns:
            partition.close()
        self._news.set()
        if self._producer is None:
            self._task.cancel()
        _, running = await asyncio.wait([self._task], timeout=_RELEASE_TIMEOUT_S)
        if running:
            log.warning("%s: gives up the current transaction", self._step.name)
            await end_task(self._task, self._step.name)
        await end_task(self._watching, self._step.name)
        await self._source.close()
        await self._close()

    async def _confirm_source(self) -> None:
        await self._source.confirm(self._seen_progress())

    def _seen_progress(self) -> dict[int, Progress]:
        """How far each working partition has come, and on which source."""
        at_work = [(tp.partition, each) for tp, each in self.partitions.items() if each.ready.is_set()]
        return {number: Progress(each.next_offset, None, each.marks) for number, each in at_work}

    async def _watch_source(self) -> None:
        while True:
            try:
                await self._source.watch(self._seen_progress)
            except SourceMovedError as error:  # those who take the partitions over again report the consequences
                self._moved = error
                self._news.set()

    async def _run(self) -> None:
        try:
            await self._begin_again()
            while not self._released:
                try:
                    await uncancelled(self._take_turn())
                except FINAL:
                    raise
                except CoordinatorLostError as error:
                    retries.warning("%s: %s; beginning again", self._step.name, error)
                    await self._settle_last()
                    if not self._released:
                        await self._begin_again()
                except LOST as error:
                    retries.warning("%s: transaction lost (%r); beginning again", self._step.name, error)
                    self._observer.lost(self._step)
                    if self._released:
                        return  # leave without a word: the state of this producer is unknown
                    await self._begin_again()
            await self._leave()
        except Exception as error:  # noqa: BLE001  (rule 9: whatever it is)
            stop_worker(self._step.name, error)

    async def _take_turn(self) -> None:
        """Decide on what waits, once it is time; then start to commit it, once the previous transaction is committed."""
        await self._gather()
        if self._released:
            return
        if self._wanted is not None:
            await self._finish()
            await self._change()
            return
        async with self._turn_to_decide() as turn:
            breath = Breath(turn.give_way)
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
        """Wait until there is enough, or until there is anything, the last transaction is committed and the next is due."""
        while not self._released and self._wanted is None:
            self._news.clear()
            if self._copies.damage is not None:
                raise CopyDamagedError(self._copies.damage)
            if self._moved is not None:
                raise self._moved
            if self._writing is not None and self._writing.done():
                await self._finish()
            if self._writing is None:
                await self._regain_coordinator()
                await self._settle_now_and_then()
            if any(partition.has_enough for partition in self._turns):
                return
            wait_s = self._unsettled_since + _SETTLE_EVERY_S - time.monotonic()
            if self._writing is None and any(partition.waits for partition in self._turns):
                wait_s = min(wait_s, self._due_at - time.monotonic())
                if wait_s <= 0:
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait_s if self._writing is None and wait_s < math.inf else None)

    async def _decide(self, breath: Breath) -> list[Share]:
        shares: list[Share] = []
        room = self._settings.max_batch_records
        self._turns.rotate(-1)
        for partition in self._turns:
            if not partition.waits:
                continue
            if (share := await partition.decide(room, breath)) is not None:
                self._faults.add(share.faults)
                shares.append(share)
                room -= len(share.records)
            if not room or breath.is_spent:
                break
        return shares

    async def _finish(self) -> None:
        """Wait for the transaction that is being written, if any."""
        if self._writing is not None:
            try:
                await self._writing
            finally:
                self._writing = None

    async def _write(self, shares: Sequence[Share], decide_s: float, decide_cpu_s: float) -> None:
        """Commit what was decided as one transaction."""
        began = time.monotonic()
        # Deciding has no time limit: a slow machine or a large article is not a lost transaction, and would be as slow again.
        await asyncio.wait_for(self._commit(shares), _COMMIT_TIMEOUT_S)
        write_s = time.monotonic() - began
        records = [record for share in shares for record in share.records]
        outputs = [output for share in shares for output in share.outputs]
        self._observer.committed(self._step, records, outputs, Times(decide_s, decide_cpu_s, write_s))
        if faults := sum(fault is not None for share in shares for fault in share.faults):
            self._observer.faulted(self._step, faults)
        # A broker that answers late is busy: make transactions larger, so that there are fewer.
        self._due_at = began + max(self._linger_s, LINGER_PER_WRITE * write_s)

    async def _commit(self, shares: Sequence[Share]) -> None:
        producer = self._producer
        assert producer is not None
        await self._regain_coordinator()
        await self._settle_now_and_then()
        await producer.begin_transaction()
        outbox = Outbox(producer, self._codecs, self._counts)
        for share in shares:
            outbox.add_outputs(share.outputs, share.partition.changelog.partition)
            for key, change in share.changes.items():
                outbox.add(share.partition.changelog, key, change.value, headers=change.headers)
        written = await outbox.send()
        self._unsettled_since = min(self._unsettled_since, time.monotonic())
        await producer.commit_transaction()
        for share in shares:
            share.partition.committed(share, written[share.partition.changelog])

    async def _change(self) -> None:
        """Become the owner of the wanted partitions, and of no others."""
        wanted, self._wanted = self._wanted or set(), None
        lost = [partition for tp, partition in self.partitions.items() if tp not in wanted]
        kept = {tp: partition for tp, partition in self.partitions.items() if tp in wanted}
        new = {tp: self._partition(tp) for tp in wanted - kept.keys()}
        self.partitions = dict(sorted((kept | new).items()))
        self._turns = deque(self.partitions.values())
        try:
            await asyncio.gather(*(partition.stop() for partition in lost))
            await self._let_go(lost)
        finally:
            for partition in lost:
                await partition.end()
        if self._producer is not None:
            self._counts.clear()
            await self._count_outputs(self._producer)
        for partition in new.values():
            partition.begin(self._owner, self._shut_out, self._gone)

    async def _let_go(self, lost: Sequence[OwnedPartition]) -> None:
        """Make the changelogs of partitions name no owner: their heirs wait a moment for that before they shut us out."""
        if (progress := _without_owner(lost)) and self._producer is not None:
            await self._regain_coordinator()
            await asyncio.wait_for(write_progress(self._producer, progress), STEP_TIMEOUT_S)

    def _check_coordinator(self) -> None:
        """Commit nothing more under a name whose coordinator may have torn the last commit."""
        if self._coordinator_lost.is_set():
            raise CoordinatorLostError("the connection to the transaction coordinator was lost")

    async def _regain_coordinator(self) -> None:
        """If each transaction has an epoch of its own, losing the coordinator does not mean starting over: settling is enough.

        Raises:
            CoordinatorLostError: transactions share an epoch, or the coordinator was lost once more.
        """
        if self._coordinator_lost.is_set() and self._producer is not None and self._producer.has_epochs:
            self._coordinator_lost.clear()
            retries.warning("%s: the connection to the transaction coordinator was lost; settling", self._step.name)
            await self._settle()
        self._check_coordinator()

    async def _settle(self) -> None:
        """Make everything that was committed visible in all partitions: a commit that was answered may still be torn.

        Raises:
            KafkaError: it failed.
        """
        if self._producer is not None and self._unsettled_since < math.inf:
            await asyncio.wait_for(settle(self._producer, self._written), STEP_TIMEOUT_S)
            self._unsettled_since = math.inf

    async def _settle_now_and_then(self) -> None:
        if time.monotonic() >= self._unsettled_since + _SETTLE_EVERY_S:
            await self._settle()

    async def _settle_last(self) -> None:
        """Settle before a producer is given up because of its coordinator. If that fails, its successor aborts what is left."""
        try:
            await self._settle()
        except LOST as error:
            retries.warning("%s: could not settle what was committed last: %r", self._step.name, error)

    async def _begin_again(self) -> None:
        """Start a new producer under a new name, and take all partitions over for it."""
        await self._close()
        self._copies.mend()
        self._moved = None
        self._faults.clear()
        await keep_trying(self._step.name, self._start_producer)
        for partition in self.partitions.values():
            partition.begin(self._owner, self._shut_out, self._gone)

    async def _start_producer(self) -> None:
        self._gone.add(self._owner)
        self._owner = f"{self._settings.app_id}-{self._step.name}-{uuid4().hex}"
        producer = TransactionalProducer(self._settings, self._owner)
        self._coordinator_lost = lost = asyncio.Event()
        self._unsettled_since = math.inf

        def note() -> None:
            if self._unsettled_since < math.inf:
                lost.set()
                self._news.set()

        producer.when_coordinator_lost(note)
        try:
            await asyncio.wait_for(producer.start(), STEP_TIMEOUT_S)
            await self._count_outputs(producer)
        except BaseException:
            await producer.close()
            raise
        self._producer = producer
        log.info("%s: begins as %s, with transactions v%d", self._step.name, self._owner, producer.version)
        self._observer.began(self._step, producer.version)

    async def _count_outputs(self, producer: TransactionalProducer) -> None:
        for topic in self._step.sends_to:
            count = len(await producer.partitions_for(topic))
            self._counts[topic] = min(count, self._counts.get(topic, count))

    async def _shut_out(self, former: str) -> None:
        """Shut out a former owner of some of the partitions, one caller at a time: two at once would shut out each other."""
        async with self._shutting_out:
            if former not in self._shut_out_owners:
                log.info("%s: shuts out %s", self._step.name, former)
                await asyncio.wait_for(shut_out(self._settings, former, self._written), STEP_TIMEOUT_S)
                self._shut_out_owners.add(former)
                self._gone.add(former)

    async def _leave(self) -> None:
        """Finish the current transaction and make the changelogs name no owner, so that the heirs need not shut us out."""
        try:
            await self._finish()
            if self._coordinator_lost.is_set():
                await self._settle()
                return  # leave without a word: anything written now might be torn as well
            # Nobody shuts us out after this, so anything that Kafka tore of ours would stay open for ever.
            if (progress := _without_owner(self._turns)) and self._producer is not None:
                await write_progress(self._producer, progress, self._written)
            else:
                await self._settle()
        except LOST as error:
            log.info("%s: left without a word: %r", self._step.name, error)

    async def _close(self) -> None:
        if self._writing is not None:
            await end_task(self._writing, self._step.name)
            self._writing = None
        try:
            for partition in self._turns:
                await partition.end()
        finally:
            if self._producer is not None:
                await self._producer.close()
                self._producer = None


def _without_owner(partitions: Iterable[OwnedPartition]) -> dict[TopicPartition, Progress]:
    """What the changelogs of the partitions that are ours should say: how far they are, and no owner."""
    return {each.changelog: Progress(each.next_offset, None, each.marks) for each in partitions if each.is_ours}
