"""A source partition that a worker owns: its inbox, gaps in what is delivered, and deciding on what has arrived."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import faust
from aiokafka import TopicPartition

from streams.faults import Fault
from streams.formats import NewerFormatError
from streams.kafka.breath import Breath
from streams.kafka.failures import (
    LOST,
    RefusedError,
    StepFailedError,
    end_task,
    keep_trying,
    pass_over,
    stop_worker,
    uncancelled,
)
from streams.kafka.inbox import Inbox
from streams.kafka.observer import Observer
from streams.kafka.partition_time import PartitionTime
from streams.kafka.progress import PROGRESS_KEY, Marks, Progress
from streams.kafka.sources import SourceChangedError
from streams.kafka.tables import CopyDamagedError, TableChange, TableCopies, TablePartition
from streams.kafka.takeover import Claim, take_over
from streams.kafka.transport import Batch
from streams.settings import Settings
from streams.steps import Decision, ForeignRecordError, Output, Record, Step, origin

log = logging.getLogger(__name__)

_SEND_BACK_AGAIN_S = 5.0
_IDLE_S, _MOST_IDLE_S = 5.0, 300.0
_FORGOTTEN = TableChange(None)
_SAYS_WHY_S = 20.0
_OFFSET_OF = attrgetter("offset")
_READ_IN_A_TURN = 1_000  # entries of a table, before others get their turn
_LOOKED_AT_PER_RECORD = 4  # table entries: each is looked at about four times while it is worth keeping


class PartitionStatus(NamedTuple):
    """The status of an owned partition, for monitoring (:mod:`streams.watch.web`)."""

    name: str
    source: TopicPartition
    next_offset: int
    waiting_for: str | None  # None if it is working
    ended: bool  # no task works on it any more, and none will
    state_folder: Path  # shared by all partitions of its table
    problem: str | None = None  # why it must not be worked on


class Share(NamedTuple):
    """One partition's part of a transaction: the records decided on, and what follows from them."""

    partition: OwnedPartition
    records: Sequence[Record]
    batch: Batch  # the batch they are from
    outputs: Sequence[Output]
    changes: Mapping[bytes, TableChange]
    faults: Sequence[Fault | None]


class OwnedPartition:
    """A source partition that this worker owns, or is about to own: its place in the log, its table, its inbox."""

    def __init__(  # noqa: PLR0913
        self,
        app: faust.App,
        settings: Settings,
        step: Step,
        tp: TopicPartition,
        *,
        copies: TableCopies,
        taking_over: asyncio.Semaphore,
        observer: Observer,
        news: asyncio.Event,
        confirm_source: Callable[[], Awaitable[None]],
    ) -> None:
        self._app = app
        self._settings = settings
        self._step = step
        self._tp = tp
        self._observer = observer
        self._news = news
        self._copies = copies
        self._confirm_source = confirm_source
        self._taking_over = taking_over
        self.changelog = TopicPartition(step.changelog.topic(settings.app_id), tp.partition)
        self.name = f"{step.name} {tp.topic}/{tp.partition}"
        self._inbox = Inbox(settings.max_batch_records)
        self._arrivals = 0
        self._batch: Batch | None = None  # taken from the inbox; not all of it is decided yet
        self._table: TablePartition | None = None
        self._restoring = False
        self._owner = ""
        self._problem: str | None = None
        self._hindrance = ""  # why the last attempt to take it over failed
        self._time = PartitionTime()
        self.marks = Marks()
        """Identifies the source that is worked on."""
        self._whole: Any = None  # the table as one value, if its step decides on all of it
        self._ahead: Mapping[bytes, TableChange] = {}  # changes that are being committed
        self._decided_to = 0
        self.next_offset = 0
        """Everything before this offset is known to be committed; 0 at the start."""
        self._sent_back_at = -_SEND_BACK_AGAIN_S
        self.ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        app.consumer.hold(tp)  # until it is ready: anything delivered earlier would come again, and take up room meanwhile

    def status(self, *, ended: bool) -> PartitionStatus:
        """Its status right now."""
        waiting_for = None if self.ready.is_set() else ("restoring" if self._restoring else "acquiring") + self._hindrance
        ended = ended or (self._task is not None and self._task.done())
        return PartitionStatus(self.name, self._tp, self.next_offset, waiting_for, ended, self._copies.folder, self._problem)

    def offer(self, batch: Batch, most_bytes: int) -> None:
        """Hand over a batch; once a full transaction is waiting (``most_bytes``), hold the partition."""
        self._inbox.put(batch, most_bytes)
        self._arrivals += 1
        if self._inbox.enough:
            self._app.consumer.hold(self._tp)
        self._news.set()

    @property
    def is_ours(self) -> bool:
        """Whether its changelog names us, as far as we know."""
        return self._table is not None

    @property
    def waits(self) -> bool:
        """Whether there is anything to decide on."""
        return self.ready.is_set() and (self._batch is not None or bool(self._inbox))

    @property
    def has_enough(self) -> bool:
        """Whether a full transaction is waiting, or the rest of one."""
        return self.ready.is_set() and (self._batch is not None or self._inbox.enough)

    def begin(
        self, owner: str, shut_out_former: Callable[[str], Awaitable[None]], gone: AbstractSet[str] = frozenset()
    ) -> None:
        """Take the partition over for the producer of that name, and look after it; ``ready`` is set when that is done.

        ``gone`` are names under which nobody works any more.
        """
        self._app.consumer.hold(self._tp)
        self._owner = owner
        self._gone = gone
        self._shut_out_former = shut_out_former
        self._task = asyncio.create_task(self._look_after(), name=self.name)

    async def end(self) -> None:
        """Stop working; decisions that were not committed are forgotten."""
        self.ready.clear()
        await self._end_task()
        self._close_table()
        self._ahead = {}

    async def stop(self) -> None:
        """Take no more batches, and stop taking the partition over; what is ours stays ours."""
        self.close()
        await self._end_task()

    async def _end_task(self) -> None:
        if self._task is not None:
            await end_task(self._task, self.name)
            self._task = None

    def _close_table(self) -> None:
        if self._table is not None:
            self._table.close()
            self._table = None
        self._whole = None

    def close(self) -> None:
        """Take no more batches."""
        self._inbox.close()
        self._app.consumer.let_go(self._tp)

    async def decide(self, most_records: int, breath: Breath) -> Share | None:
        """Have the step decide on what waits, in order; each record sees what earlier ones put into the table."""
        upcoming = await self._upcoming()
        records = upcoming[:most_records]
        if not records:
            return None
        known = self._look_up({record.key for record in records if record.key is not None})
        outputs: list[Output] = []
        changes: dict[bytes, TableChange] = {}
        faults: list[Fault | None] = []
        breath.draw()
        for record in records:
            decision = self._ask(record, known.get(record.key) if self._whole is None else self._whole)
            stamp_s = self._time.see(record.timestamp)
            outputs.extend(decision.outputs)
            faults.append(decision.fault)
            if decision.remember is not None and record.key is not None:
                known[record.key] = decision.remember
                changes[record.key] = TableChange(decision.remember, stamp_s)
            if decision.changes:
                changes |= {key: TableChange(value, stamp_s) for key, value in decision.changes.items()}
            if breath.is_over:
                await breath.pause()
                if breath.is_spent:
                    break
        breath.let_go()
        count = len(faults)
        self._decided_to = records[count - 1].offset + 1
        assert self._batch is not None
        batch = self._batch
        if count == len(upcoming):
            self._batch = None
        self.marks = self.marks._replace(latest_ms=self._time.latest_ms)
        changes = dict.fromkeys(self._find_expired(_LOOKED_AT_PER_RECORD * count), _FORGOTTEN) | changes
        changes[PROGRESS_KEY] = TableChange(Progress(self._decided_to, self._owner, self.marks).pack())
        return Share(self, records[:count], batch, outputs, changes, faults)

    def _ask(self, record: Record, remembered: Any) -> Decision:
        """The step's decision on a record. An exception it raises names the record's place and is never retried."""
        try:
            decision = self._step.ask(record, remembered)
        except (ForeignRecordError, NewerFormatError) as error:
            pass_over(origin(record), error, skip=self._settings.skip_foreign)
            return Decision(())
        except Exception as error:
            raise StepFailedError(f"{origin(record)}: {error!r}") from error
        if decision.fault is not None:
            outcome = "is rejected" if decision.outputs else f"is missing from {', '.join(self._step.sends_to)}"
            log.error("%s: %s %s because of a bug in Headwater: %s", self.name, origin(record), outcome, decision.fault)
        return decision

    def committing(self, share: Share) -> None:
        """What was decided is about to be committed: the next decisions must see it."""
        self._ahead = share.changes

    def committed(self, share: Share, position: int) -> None:
        """It is committed, and the changelog continues at ``position``."""
        assert self._table is not None
        self._table.put(share.changes, position)
        self._ahead = {}
        self.next_offset = share.records[-1].offset + 1

    def _look_up(self, keys: Iterable[bytes]) -> dict[bytes | None, bytes | None]:
        if not self._step.changelog.remembers or self._table is None or self._whole is not None:
            return {}
        asked = list(keys)
        known: dict[bytes | None, bytes | None] = dict(zip(asked, self._table.get(asked), strict=True))
        return known | {key: change.value for key, change in self._ahead.items() if key in known}

    def _find_expired(self, count: int) -> Iterable[bytes]:
        """Keys of the next expired entries, except those being rewritten. A table kept as one value forgets by itself."""
        if not self._step.changelog.remembers or self._table is None or self._whole is not None:
            return ()
        return (key for key in self._table.find_expired(count, self._time.now_s) if key not in self._ahead)

    async def _upcoming(self) -> Sequence[Record]:
        """The records that follow those already decided on, as far as they have arrived without a gap."""
        if self._batch is not None and (records := self._left_of(self._batch)):
            return records
        while True:
            self._batch = self._inbox.take()
            self._app.consumer.let_go(self._tp)
            if self._batch is None:
                return ()
            if self._batch.begin < self._decided_to:  # delivered again; or the log is a new one that starts over
                await self._confirm_source()
            if self._batch.begin <= self._decided_to or await self._is_all_there_is(self._batch):
                self._sent_back_at = -_SEND_BACK_AGAIN_S
                if records := self._left_of(self._batch):
                    return records

    def _left_of(self, batch: Batch) -> Sequence[Record]:
        return batch.records[bisect_left(batch.records, self._decided_to, key=_OFFSET_OF) :]

    async def _is_all_there_is(self, batch: Batch) -> bool:
        """Whether the offsets between the next one and the batch are gone from Kafka; if not, Faust is sent back for them."""
        try:
            earliest = (await self._app.consumer.earliest_offsets(self._tp))[self._tp]
            if earliest >= batch.begin:
                self._report_unread(self._decided_to, batch.begin)
                self._decided_to = batch.begin
                return True
            # What was fetched before Faust went back keeps arriving for a moment: going back again would not help.
            now = time.monotonic()
            if now - self._sent_back_at >= _SEND_BACK_AGAIN_S:
                log.warning("%s: records from %d on were not delivered; going back", self.name, self._decided_to)
                self._observer.gap(self._step)
                self._sent_back_at = now
                await self._app.consumer.seek(self._tp, self._decided_to)
        except LOST as error:
            log.warning("%s: could not go back: %r", self.name, error)  # the next batch asks again
            self._sent_back_at = -_SEND_BACK_AGAIN_S
        return False

    def _report_unread(self, begin: int, end: int) -> None:
        log.error("%s: Kafka deleted offsets %d to %d unread", self.name, begin, end - 1)
        self._observer.unread(self._step, end - begin)

    async def _look_after(self) -> None:
        try:
            await keep_trying(self.name, self._try_to_take_over)
            await self._look_for_more()
        except RefusedError as error:
            await self._refuse(error)
        except Exception as error:  # noqa: BLE001  (rule 9: whatever it is)
            stop_worker(self.name, error)

    async def _refuse(self, error: RefusedError) -> NoReturn:
        """Do nothing more, and let the status pages show why for a while before the worker ends."""
        log.critical("%s: %s", self.name, error)
        self._problem = str(error)
        if isinstance(error, SourceChangedError):
            self._observer.changed(self._step, error.change)
        await asyncio.sleep(_SAYS_WHY_S)
        stop_worker(self.name, error)

    async def _look_for_more(self) -> NoReturn:
        """While nothing arrives, make sure that Faust has not lost the last records of the log."""
        wait_s = _IDLE_S
        while True:
            before = self._arrivals
            await asyncio.sleep(wait_s)
            if self.waits or self._arrivals != before:
                wait_s = _IDLE_S
                continue
            wait_s = min(2 * wait_s, _MOST_IDLE_S)
            try:
                position = await uncancelled(self._app.consumer.position(self._tp))
                # Mostly there are only transaction markers in between, so look less and less often.
                if position is not None and position > self._decided_to:
                    await self._app.consumer.seek(self._tp, self._decided_to)
            except LOST as error:
                log.info("%s: could not look whether there is more: %r", self.name, error)

    async def _try_to_take_over(self) -> None:
        try:
            await self._take_over()
        except CopyDamagedError:
            self._news.set()  # all partitions must let go of the copies
            raise
        except LOST as error:
            self._hindrance = f"; the last attempt failed: {str(error) or repr(error)}"
            raise
        self._hindrance = ""

    async def _take_over(self) -> None:
        self._close_table()  # left from an earlier attempt
        self._restoring = False
        claim = Claim(
            self._settings,
            self.name,
            self._tp,
            self.changelog,
            self._copies,
            self._owner,
            self._shut_out_former,
            self._gone,
            self._step.changelog.check,
            self._step.changelog.remembers,
        )
        async with self._taking_over:
            taken = await take_over(claim, self._app.consumer, self._note_restoring)
        self._table = taken.table
        self._decided_to, self.marks, unread, change = taken.start
        self.next_offset = self._decided_to
        if self._step.changelog.whole is not None:
            entries = [entry async for entry in _in_turns(taken.table.entries())]
            self._whole = await asyncio.to_thread(self._step.changelog.whole, entries)
        self._time = PartitionTime(self.marks.latest_ms)
        if unread:
            self._report_unread(unread.start, unread.stop)
        if change is not None:
            self._observer.changed(self._step, change)
        self._observer.restored(self._step, taken.restored, taken.restore_s)
        log.info("%s: read %d changes of its table", self.name, taken.restored)
        # Everything that Faust has delivered and that is not committed is delivered again.
        self._batch = None
        await self._app.consumer.seek(self._tp, self.next_offset)
        self._inbox.clear()
        self._app.consumer.let_go(self._tp)
        self.ready.set()
        self._news.set()
        log.info("%s: ready from offset %d on", self.name, self.next_offset)

    def _note_restoring(self) -> None:
        self._restoring = True


async def _in_turns(entries: Iterable[tuple[bytes, bytes]]) -> AsyncIterator[tuple[bytes, bytes]]:
    """The entries of a table; the event loop runs in between."""
    for number, entry in enumerate(entries, 1):
        yield entry
        if number % _READ_IN_A_TURN == 0:
            await asyncio.sleep(0)
