"""The delivery discipline, rule by rule, on a real Kafka; the test plays Faust's part."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.client import ConnectionGroup
from aiokafka.conn import CloseReason
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError, UnknownMemberIdError

from agents import deduplicate
from streams.kafka import fitting, partition, sources, takeover
from streams.kafka import step as owned_step
from streams.kafka.admin import create_topics, partition_counts
from streams.kafka.clients import connection, opened
from streams.kafka.clock import ClockError
from streams.kafka.fitting import grow_topic
from streams.kafka.group import GROUP_NOTE, GroupAheadError
from streams.kafka.outbox import partition_of
from streams.kafka.progress import PROGRESS_KEY, Progress
from streams.kafka.sources import SourceChangedError, SourceMovedError
from streams.kafka.step import OwnedStep
from streams.kafka.transactions_v0 import aiokafka_producer
from streams.kafka.transport import Batch
from streams.settings import OnChangedTopic, TransactionProtocol
from streams.steps import Changelog, Decision, Output, Record, Step, Topic
from streams.topics import ENRICHED, PREPARED, topics_of
from streams.watch.metrics import Metrics
from tests.broker.stream import Raw, Stream

# Its topic exists; a test's step remembers something other than deduplicate.
HEADLINES = replace(deduplicate.HEADLINES, check=bytes)

SOURCE = TopicPartition(PREPARED, 0)
LIMIT_S = 20.0
KEYS = [b"%d" % number for number in range(20)]


class StoppedError(Exception):
    """The worker would have ended here."""


class Faust:
    """What an owner needs from Faust."""

    def __init__(self):
        self.is_member = True
        self.confirmations = 0
        self.sought: list[int] = []
        self.held: set[TopicPartition] = set()
        self.consumer = SimpleNamespace(
            seek=self._seek,
            confirm_membership=self._confirm,
            earliest_offsets=self._earliest,
            position=self._position,
            hold=self.held.add,
            let_go=self.held.discard,
        )

    async def _seek(self, _, offset):
        self.sought.append(offset)

    async def _confirm(self):
        self.confirmations += 1
        if not self.is_member:
            raise UnknownMemberIdError

    async def _earliest(self, tp):
        return {tp: 0}

    async def _position(self, _):
        return None


class Worker:
    """Owners in this process, of one source partition, with a step that passes everything on."""

    def __init__(self, stream: Stream, monkeypatch):
        self.stream = stream
        self.stopped: list[BaseException] = []
        self.bad: set[bytes] = set()
        self.decided: list[bytes] = []
        self.output_topic = ENRICHED
        for module in (partition, owned_step):
            monkeypatch.setattr(module, "stop_worker", self._stop)

    def _stop(self, name, error):
        self.stopped.append(error)
        raise StoppedError(name)

    def decide(self, record: Record, remembered: bytes | None) -> Decision:
        if record.value in self.bad:
            raise RuntimeError("a bug")
        self.decided.append(record.value)
        seen = (remembered or b"") + record.value
        return Decision((Output(self.output_topic, record.key, seen, (), record.timestamp),), seen)

    def step(self) -> Step:
        return Step("test", PREPARED, (ENRICHED,), self.decide, HEADLINES)

    def begin_to_own(
        self, metrics: Metrics | None = None, source: Sequence[TopicPartition] = (SOURCE,), **settings: Any
    ) -> tuple[OwnedStep, Faust]:
        number = len(list(self.stream.folder.glob("owner-*")))
        folder = self.stream.folder / f"owner-{number}"
        folder.mkdir()
        faust = Faust()
        own = replace(self.stream.settings, **{"state_dir": folder, **settings})
        return OwnedStep(faust, own, self.step(), source, observer=metrics), faust

    async def own(self, metrics: Metrics | None = None, **settings: Any) -> tuple[OwnedStep, Faust]:
        owned, faust = self.begin_to_own(metrics, **settings)
        await asyncio.wait_for(owned.partitions[SOURCE].ready.wait(), LIMIT_S)
        return owned, faust

    async def batch(self, begin: int = 0, first: int = 0, last: int = 1_000) -> Batch:
        """The records of the source partition from offset ``first`` to ``last``, as Faust would deliver them."""
        records = [record for record in await self.stream.read([PREPARED]) if first <= record.offset <= last]
        return Batch(records, begin)

    async def came_out(self) -> list[bytes]:
        return [record.value for record in await self.stream.read([ENRICHED])]

    async def progress(self, partition: int = 0) -> Progress:
        """The partition's progress and owner, according to the changelog."""
        changes = await self.stream.read([HEADLINES.topic(self.stream.settings.app_id)])
        words = [Progress.unpack(each.value) for each in changes if each.key == PROGRESS_KEY and each.partition == partition]
        return words[-1] if words else Progress(None, None)

    async def committed(self) -> int | None:
        return (await self.progress()).next_offset

    async def until(self, condition) -> None:
        async def wait():
            while not (await condition() if asyncio.iscoroutinefunction(condition) else condition()):
                await asyncio.sleep(0.05)

        await asyncio.wait_for(wait(), LIMIT_S)

    async def until_committed(self, offset: int) -> None:
        async def reached():
            return await self.committed() == offset

        await self.until(reached)


@pytest.fixture(params=TransactionProtocol, ids=lambda each: f"transactions {each}")
async def worker(request, tmp_path, monkeypatch):
    async with Stream(tmp_path, partitions=1, keeps_contract=False, transactions=request.param) as stream:
        await stream.publish([Raw(value, b"key") for value in (b"a", b"b", b"c", b"d")], PREPARED)
        yield Worker(stream, monkeypatch)


async def test_records_deleted_before_they_were_read_are_skipped_and_counted_also_at_the_first_start(worker):
    metrics = Metrics()

    async def delete_before(offset: int) -> None:
        async with opened(AIOKafkaAdminClient(**connection(worker.stream.settings))) as admin:
            await admin.delete_records({SOURCE: RecordsToDelete(before_offset=offset)})

    await delete_before(1)
    owned, _ = await worker.own(metrics)
    assert b'headwater_unread_offsets_total{step="test"} 1.0' in metrics.exposition()[0]
    owned.offer(await worker.batch(begin=1, last=1))
    await worker.until_committed(2)
    await owned.release()
    await delete_before(3)
    owned, _ = await worker.own(metrics)
    assert owned.partitions[SOURCE].next_offset == 3
    assert b'headwater_unread_offsets_total{step="test"} 2.0' in metrics.exposition()[0]
    await owned.release()


async def test_outputs_offset_and_state_are_committed_together_and_in_order(worker):
    owned, _ = await worker.own()
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()


async def test_nothing_is_committed_past_a_transaction_that_is_not_finished(worker):
    owned, _ = await worker.own()
    commit, finish = owned._producer.commit_transaction, asyncio.Event()
    waiting = []

    async def slow_commit():
        waiting.append(True)
        await finish.wait()
        await commit()

    owned._producer.commit_transaction = slow_commit
    owned.offer(await worker.batch(last=1))
    owned.offer(await worker.batch(begin=2, first=2))
    await worker.until(lambda: waiting)
    for _ in range(20):  # enough time for the second batch to overtake, if it could
        assert await worker.committed() == 0
        assert await worker.came_out() == []
    assert len(waiting) == 1
    finish.set()
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()


@pytest.mark.parametrize("is_lost", [False, True], ids=["which is committed", "which is lost"])
async def test_decisions_during_a_transaction_build_on_it(worker, is_lost):
    owned, faust = await worker.own(max_batch_records=1)
    commit, finish = owned._producer.commit_transaction, asyncio.Event()

    async def slow_commit():
        await finish.wait()
        if is_lost:
            raise KafkaError("lost")
        await commit()

    owned._producer.commit_transaction = slow_commit
    owned.offer(await worker.batch())
    await worker.until(lambda: worker.decided == [b"a", b"b"])
    assert await worker.came_out() == []
    finish.set()
    if is_lost:
        await worker.until(lambda: len(faust.sought) == 2)
        owned.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()
    assert not worker.stopped


async def test_an_exception_in_a_step_commits_nothing_of_its_batch_and_stops_the_worker(worker):
    owned, _ = await worker.own()
    worker.bad = {b"c"}
    owned.offer(await worker.batch())
    await worker.until(lambda: worker.stopped)
    assert isinstance(worker.stopped[0], RuntimeError)
    assert await worker.committed() == 0
    assert await worker.came_out() == []
    await owned.release()


async def test_a_failed_delivery_commits_nothing_and_is_not_retried_for_ever(worker):
    await worker.stream.publish([Raw(os.urandom(2_000_000), b"key")], PREPARED)
    owned, _ = await worker.own()
    owned.offer(await worker.batch(first=0, last=3))
    await worker.until_committed(4)
    owned.offer(await worker.batch(first=4))  # too large for the changelog
    await worker.until(lambda: worker.stopped)
    assert await worker.committed() == 4
    assert len(await worker.came_out()) == 4
    await owned.release()


async def test_records_delivered_again_are_not_processed_again(worker):
    owned, _ = await worker.own()
    owned.offer(await worker.batch(last=1))
    owned.offer(await worker.batch(last=2))
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()


async def test_records_that_faust_lost_on_the_way_are_asked_for_again(worker):
    owned, faust = await worker.own()
    assert faust.sought == [0], "acquiring sends Faust to where the log says"
    owned.offer(await worker.batch(begin=2, first=2))
    await worker.until(lambda: faust.sought == [0, 0])
    assert await worker.came_out() == []
    owned.offer(await worker.batch(begin=0))
    await worker.until_committed(4)
    await owned.release()


async def test_a_zombies_transaction_is_refused_and_it_leaves_the_heir_in_peace(worker):
    zombie, its_faust = await worker.own()
    heir, _ = await worker.own()
    its_faust.is_member = False
    zombie.offer(await worker.batch())
    await worker.until(lambda: zombie.statuses()[0].waiting_for)
    assert await worker.came_out() == []
    heir.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await zombie.release()
    await heir.release()
    assert not worker.stopped


async def test_an_heir_that_is_overtaken_on_the_way_does_not_become_the_owner(worker):
    first, _ = await worker.own()
    late, its_faust = worker.begin_to_own()
    shut_out, was_there, go_on = late._shut_out, asyncio.Event(), asyncio.Event()

    async def shut_out_slowly(former):
        await shut_out(former)
        was_there.set()
        await go_on.wait()

    late._shut_out = shut_out_slowly
    await asyncio.wait_for(was_there.wait(), LIMIT_S)
    heir, _ = await worker.own()
    name = (await worker.progress()).owner
    its_faust.is_member = False
    go_on.set()
    await worker.until(lambda: its_faust.confirmations == 2)  # refused, it asks whether the partition is still its own
    assert (await worker.progress()).owner == name
    assert late.statuses()[0].waiting_for
    heir.offer(await worker.batch())
    await worker.until_committed(4)
    for each in (first, late, heir):
        await each.release()
    assert not worker.stopped


@pytest.mark.parametrize("note", ["", GROUP_NOTE], ids=["moved by somebody else: it stops", "moved by ourselves: it continues"])
async def test_a_partition_whose_group_is_ahead_of_its_changelog(worker, note):
    first, _ = await worker.own()
    await first.release()
    settings = worker.stream.settings
    mover = AIOKafkaConsumer(**connection(settings), group_id=settings.app_id, enable_auto_commit=False)
    mover.assign([SOURCE])
    async with opened(mover):
        await mover.commit({SOURCE: (3, note)})
    heir, _ = worker.begin_to_own()
    if note:
        await asyncio.wait_for(heir.partitions[SOURCE].ready.wait(), LIMIT_S)
        assert (await worker.progress())[:2] == (0, heir._owner)
    else:
        await worker.until(lambda: worker.stopped)
        assert isinstance(worker.stopped[0], GroupAheadError)
        assert (await worker.progress())[:2] == (0, None)
    await heir.release()


async def test_an_owner_that_leaves_in_good_order_need_not_be_shut_out(worker):
    first, _ = await worker.own()
    assert (await worker.progress()).owner
    await first.release()
    assert (await worker.progress())[:2] == (0, None)
    heir, _ = worker.begin_to_own()
    heir._shut_out = None
    await asyncio.wait_for(heir.partitions[SOURCE].ready.wait(), LIMIT_S)
    await heir.release()
    assert not worker.stopped


async def test_an_owner_released_while_a_transaction_is_lost_leaves_quietly(worker):
    owned, _ = await worker.own(max_batch_records=1)
    go_on = asyncio.Event()

    async def lost_commit():
        await go_on.wait()
        raise KafkaError("lost")

    owned._producer.commit_transaction = lost_commit
    owned.offer(await worker.batch())
    await worker.until(lambda: worker.decided == [b"a", b"b"])  # the second waits for the first to be committed
    before = await worker.progress()
    releasing = asyncio.create_task(owned.release())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(releasing, LIMIT_S)
    assert not worker.stopped
    assert before.owner
    assert await worker.progress() == before


async def test_an_owner_whose_producer_kafka_has_given_up_begins_again(worker):
    """As if the broker was away for longer than a transaction may take."""
    owned, faust = await worker.own()
    name = (await worker.progress()).owner
    async with opened(AIOKafkaProducer(**connection(worker.stream.settings), transactional_id=name)):
        pass
    owned.offer(await worker.batch())
    await worker.until(lambda: faust.sought == [0, 0])
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()
    assert not worker.stopped


def break_from_coordinator(owned: OwnedStep) -> None:
    connections = owned._producer.client._conns.items() if owned._producer else ()
    for coordinator in [each for (_, group), each in connections if group == ConnectionGroup.COORDINATION]:
        coordinator.close(reason=CloseReason.CONNECTION_BROKEN)


async def test_an_owner_that_lost_its_coordinator_continues_even_if_its_commit_was_answered(worker):
    """The coordinator may have died before it marked all partitions: another commit would then make the rest visible.

    With transactions v2 it marks an end everywhere and continues; with v0 it takes a new name.
    """
    owned, faust = await worker.own()
    owned.offer(await worker.batch(last=1))
    await worker.until_committed(2)
    name, before = (await worker.progress()).owner, await ends(worker)
    break_from_coordinator(owned)
    if worker.stream.settings.transactions is TransactionProtocol.NEWEST:

        async def is_marked():
            return await ends(worker) == {tp: end + 1 for tp, end in before.items()}

        await worker.until(is_marked)
        assert (await worker.progress()).owner == name
        assert faust.sought == [0]
    else:
        await worker.until(lambda: faust.sought == [0, 2])
        assert (await worker.progress()).owner not in (name, None)
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()
    assert not worker.stopped


async def test_however_often_the_coordinator_is_lost_nothing_is_lost_or_doubled(worker):
    owned, _ = await worker.own()
    for last in range(4):

        async def is_committed(last=last):
            owned.offer(await worker.batch(last=last))
            return await worker.committed() == last + 1

        await worker.until(is_committed)
        break_from_coordinator(owned)
        owned.offer(await worker.batch(last=last + 1))
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()
    assert not worker.stopped


async def test_partitions_given_back_by_a_rebalance_continue_and_are_not_taken_over_again(worker):
    owned, faust = await worker.own()
    name = (await worker.progress()).owner
    owned.offer(await worker.batch(last=1))
    await worker.until_committed(2)
    owned.change([SOURCE])
    owned.offer(await worker.batch(first=2, begin=2))
    await worker.until_committed(4)
    assert (await worker.progress()).owner == name
    assert (faust.confirmations, faust.sought) == (1, [0])
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()


async def test_a_partition_not_given_back_is_released_and_its_heir_leaves_the_others_alone(tmp_path, monkeypatch):
    other = TopicPartition(PREPARED, 1)
    async with Stream(tmp_path, partitions=2, keeps_contract=False) as stream:
        worker = Worker(stream, monkeypatch)
        owned, _ = worker.begin_to_own(source=(SOURCE, other))
        for tp in (SOURCE, other):
            await asyncio.wait_for(owned.partitions[tp].ready.wait(), LIMIT_S)
        name = (await worker.progress()).owner
        owned.change([SOURCE])
        heir, _ = worker.begin_to_own(source=(other,))
        await asyncio.wait_for(heir.partitions[other].ready.wait(), LIMIT_S)
        assert list(owned.partitions) == [SOURCE]
        assert (await worker.progress(1)).owner not in (name, None)

        await stream.publish([Raw(b"a", next(key for key in KEYS if partition_of(key, 2) == 0))], PREPARED)
        owned.offer(await worker.batch())
        await worker.until_committed(1)
        assert (await worker.progress()).owner == name
        await heir.release()
        owned.change([SOURCE, other])
        await worker.until(lambda: other in owned.partitions)
        await asyncio.wait_for(owned.partitions[other].ready.wait(), LIMIT_S)
        assert (await worker.progress(1)).owner == name
        await owned.release()
        assert not worker.stopped


async def ends(worker):
    """The length of each partition of the output topic, including transaction markers."""
    async with opened(AIOKafkaConsumer(**connection(worker.stream.settings))) as consumer:
        return await consumer.end_offsets([TopicPartition(ENRICHED, each) for each in range(worker.stream.settings.partitions)])


async def test_an_owner_that_leaves_marks_an_end_wherever_it_has_written(worker):
    """An answered commit may be torn; if nobody shut it out, what it left open would block all readers for ever."""
    owned, _ = await worker.own()
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    before = await ends(worker)
    await owned.release()
    assert await ends(worker) == {tp: end + 1 for tp, end in before.items()}
    assert (await worker.progress()).owner is None


async def test_an_owner_that_leaves_before_it_has_its_new_partitions_marks_an_end_as_well(tmp_path, monkeypatch):
    """What it had is given back, and what it was to get is still being taken over: no changelog names it any more."""
    other = TopicPartition(PREPARED, 1)
    async with Stream(tmp_path, partitions=2, keeps_contract=False) as stream:
        worker = Worker(stream, monkeypatch)
        key = next(key for key in KEYS if partition_of(key, 2) == 0)
        await stream.publish([Raw(b"a", key)], PREPARED)
        owned, faust = await worker.own()
        owned.offer(await worker.batch())
        await worker.until_committed(1)
        faust.is_member, asked = False, faust.confirmations  # the other partition can't be had
        owned.change([other])
        await worker.until(lambda: faust.confirmations > asked)
        assert (await worker.progress()).owner is None
        before = await ends(worker)
        await owned.release()
        assert await ends(worker) == {tp: end + 1 for tp, end in before.items()}


async def test_now_and_then_an_owner_marks_an_end_wherever_it_writes(worker, monkeypatch):
    """So a torn transaction blocks readers for at most a minute, even if no more records arrive."""
    monkeypatch.setattr(owned_step, "_SETTLE_EVERY_S", 0.5)
    owned, _ = await worker.own()
    owned.offer(await worker.batch())
    await worker.until_committed(4)

    def is_settled():
        return owned._unsettled_since == math.inf

    await worker.until(is_settled)
    before = await ends(worker)
    assert all(before.values())
    await owned.release()


async def test_nothing_is_done_for_a_partition_that_was_released(worker):
    owned, _ = await worker.own()
    await owned.release()
    owned.offer(await worker.batch())
    assert not worker.stopped
    assert await worker.committed() == 0
    assert await worker.came_out() == []


async def test_the_heir_of_a_partition_continues_with_its_state(worker):
    first, _ = await worker.own()
    first.offer(await worker.batch(last=1))
    await worker.until_committed(2)
    await first.release()
    second, _ = await worker.own()
    second.offer(await worker.batch())
    await worker.until_committed(4)
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await second.release()


async def test_entries_are_forgotten_by_the_times_in_the_log_also_in_the_changelog(worker):
    """The window is a day, plus eight more. Records with old dates of their own are remembered as long as today's."""
    now_ms = int(time.time() * 1000)
    later_ms = now_ms + 10 * 86_400_000
    live = [Raw(b"%d" % number, b"live %d" % number, (), later_ms) for number in range(8)]
    owned, _ = await worker.own(window_s=86_400)

    async def publish(*records: Raw) -> None:
        begin = owned.partitions[SOURCE].next_offset
        await worker.stream.publish(records, PREPARED)
        owned.offer(await worker.batch(begin=begin, first=begin))
        await worker.until_committed(len(await worker.stream.read([PREPARED])))

    await publish(Raw(b"x", b"old", (), now_ms), *live[:2])
    await publish(*live[2:], Raw(b"y", b"backfilled", (), 1))
    await publish(*live)
    await publish(Raw(b"w", b"old", (), now_ms), Raw(b"v", b"backfilled", (), 1), Raw(b"u", b"live 0", (), now_ms))
    assert (await worker.came_out())[-3:] == [b"w", b"yv", b"00u"], "only what is long past is forgotten"
    changes = await worker.stream.read([HEADLINES.topic(worker.stream.settings.app_id)])
    assert [each.value for each in changes if each.key == b"old"] == [b"x", None, b"w"]
    await owned.release()
    heir, _ = await worker.own(window_s=86_400)
    table = heir.partitions[SOURCE]._table
    assert table.get([b"old", b"key", b"backfilled"]) == [b"w", None, b"yv"]
    assert table.progress().marks.latest_ms == (later_ms,) * 5
    await heir.release()


async def test_a_state_folder_of_another_incarnation_is_wiped_and_a_damaged_one_is_restored(worker):
    """Its changelog is shorter than the other's position, so by offsets alone the copy looks valid."""
    other = replace(worker.stream.settings, app_id="other")
    await create_topics(other, topics_of([worker.step()], other))
    first, _ = await worker.own(app_id="other")
    first.offer(await worker.batch(last=0))
    await worker.until(lambda: first.partitions[SOURCE].next_offset == 1)
    await first.release()
    second, _ = await worker.own()
    second.offer(await worker.batch())
    await worker.until_committed(4)
    await second.release()

    states = worker.stream.folder / "states"
    ours = states / worker.stream.settings.app_id
    shutil.copytree(worker.stream.folder / "owner-0" / "other", ours)
    metrics = Metrics()
    third, _ = await worker.own(metrics, state_dir=states)
    assert b'headwater_copies_wiped_total{reason="foreign",step="test"} 1.0' in metrics.exposition()[0]
    await worker.stream.publish([Raw(b"e", b"key")], PREPARED)
    third.offer(await worker.batch(begin=4, first=4))
    await worker.until_committed(5)
    assert (await worker.came_out())[-1] == b"abcde"

    third._copies.damage = "Corruption: as RocksDB says when a block is not what it was"
    await worker.stream.publish([Raw(b"f", b"key")], PREPARED)
    third.offer(await worker.batch(begin=5, first=5))
    await worker.until(lambda: b'{reason="damaged",step="test"} 1.0' in metrics.exposition()[0])
    await worker.until(lambda: not third.statuses()[0].waiting_for)
    third.offer(await worker.batch(begin=5, first=5))
    await worker.until_committed(6)
    assert metrics.exposition()[0].count(b'headwater_transactions_lost_total{step="test"} 1.0') == 1
    assert (await worker.came_out())[-1] == b"abcdef"
    await third.release()
    assert not worker.stopped


async def test_a_source_that_has_grown_is_worked_on_as_it_was_until_its_changelog_has_grown(worker, monkeypatch):
    """By somebody with the right to do it, which we lack."""
    progress = Changelog("headlines", "remembers nothing")

    def decide(record: Record, remembered: bytes | None) -> Decision:
        return replace(worker.decide(record, remembered), remember=None)

    monkeypatch.setattr(worker, "step", lambda: Step("test", PREPARED, (ENRICHED,), decide, progress))
    settings, beyond = worker.stream.settings, TopicPartition(PREPARED, 1)
    await grow_topic(settings, PREPARED, 2)
    may_not = AsyncMock(side_effect=TopicAuthorizationFailedError("no"))
    monkeypatch.setattr(fitting, "grow_topic", may_not)
    owned, _ = worker.begin_to_own(source=[SOURCE, beyond])
    await asyncio.wait_for(owned.partitions[SOURCE].ready.wait(), LIMIT_S)
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    await worker.until(lambda: may_not.await_count > 1)
    assert owned.partitions[beyond].status(ended=False).waiting_for
    await grow_topic(settings, HEADLINES.topic(settings.app_id), 2)
    await asyncio.wait_for(owned.partitions[beyond].ready.wait(), LIMIT_S)
    await owned.release()
    assert not worker.stopped


@pytest.mark.parametrize(
    ("off_s", "words"),
    [
        pytest.param(7_200, "s ahead of the broker's", id="two hours ahead"),
        pytest.param(-20 * 86_400, "s behind the broker's", id="twenty days behind"),
    ],
)
async def test_a_worker_whose_clock_is_wrong_says_so_before_it_decides_on_anything(worker, monkeypatch, off_s, words):
    monkeypatch.setattr(partition, "_SAYS_WHY_S", 0.1)
    clock = SimpleNamespace(time=lambda: time.time() + off_s, monotonic=time.monotonic)
    monkeypatch.setattr(takeover, "time", clock)
    owned, _ = worker.begin_to_own()
    owned.offer(await worker.batch())
    await worker.until(lambda: worker.stopped)
    assert isinstance(worker.stopped[0], ClockError)
    assert words in str(worker.stopped[0])
    await owned.release()
    assert worker.decided == []


async def make_anew(worker: Worker, topic: Topic, values: Sequence[bytes]) -> None:
    """Delete a topic and create it again, as somebody might to start with an empty one."""
    async with opened(AIOKafkaAdminClient(**connection(worker.stream.settings))) as admin:
        await admin.delete_topics([topic])

        async def is_gone():
            return topic not in await admin.list_topics()

        await worker.until(is_gone)
    await create_topics(worker.stream.settings, [topic])

    async def is_known():  # a broker may answer for a moment as if there were none
        return (await partition_counts(worker.stream.settings, [topic]))[topic] > 0

    await worker.until(is_known)
    await worker.stream.publish([Raw(value, b"key") for value in values], topic)


async def test_a_recreated_topic_is_reported_during_work_and_at_a_start_and_read_from_its_beginning_if_set(worker, monkeypatch):
    """It has more records than were decided on in the old one: by offsets alone, four of them would be skipped."""
    monkeypatch.setattr(sources, "_CERTAIN_AFTER_S", 0.1)
    monkeypatch.setattr(sources, "_LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(partition, "_SAYS_WHY_S", 0.1)
    metrics = Metrics()
    first, _ = await worker.own(metrics)
    first.offer(await worker.batch())
    await worker.until_committed(4)
    await make_anew(worker, PREPARED, [b"1", b"2", b"3", b"4", b"5"])
    await worker.until(lambda: worker.stopped)
    assert isinstance(worker.stopped[0], SourceChangedError)
    assert "news.prepared was deleted and recreated" in str(worker.stopped[0])
    assert "HEADWATER_ON_CHANGED_TOPIC=begin-anew" in str(worker.stopped[0])
    assert first.statuses()[0].problem == str(worker.stopped[0])
    assert b'headwater_source_changes_total{change="made-anew",step="test"} 1.0' in metrics.exposition()[0]
    first.offer(await worker.batch(begin=4, first=4))
    await first.release()
    assert len(await worker.came_out()) == 4

    second, _ = worker.begin_to_own()
    await worker.until(lambda: len(worker.stopped) == 2)
    await second.release()

    anew = {"on_changed_topic": OnChangedTopic.BEGIN_ANEW}
    third, _ = await worker.own(**anew)
    third.offer(await worker.batch())
    await worker.until_committed(5)
    assert [each[4:] for each in (await worker.came_out())[4:]] == [b"1", b"12", b"123", b"1234", b"12345"]
    await third.release()
    fourth, faust = await worker.own()
    assert faust.sought == [5]
    await fourth.release()
    assert len(worker.stopped) == 2


async def test_a_changelog_made_anew_under_its_owner_is_told_though_the_owner_has_written_into_it(worker, monkeypatch):
    """It then says how far its partition is, and nothing of what was remembered: who took over would forget it in silence."""
    monkeypatch.setattr(partition, "_SAYS_WHY_S", 0.1)
    owner, _ = await worker.own()
    owner.offer(await worker.batch(last=1))
    await worker.until_committed(2)
    [changelog] = [each for each in topics_of([worker.step()], worker.stream.settings) if "changelog" in each]
    await make_anew(worker, changelog, [])
    owner.offer(await worker.batch(begin=2, first=2))
    await worker.until_committed(4)
    with pytest.raises(SourceMovedError, match="changelog-lost"):
        await owner._confirm_source()
    await owner.release()
    heir, _ = worker.begin_to_own()
    await worker.until(lambda: worker.stopped)
    assert "the changelog of news.prepared was deleted and recreated" in str(worker.stopped[0])
    await heir.release()
    allowed, faust = await worker.own(on_changed_topic=OnChangedTopic.BEGIN_ANEW)
    assert faust.sought == [4]
    await allowed.release()
    again, _ = await worker.own()
    await again.release()


async def test_a_log_that_lost_its_end_is_told_and_so_is_a_batch_from_before_where_nothing_was_lost(worker, monkeypatch):
    monkeypatch.setattr(sources, "_CERTAIN_AFTER_S", 0.1)
    monkeypatch.setattr(partition, "_SAYS_WHY_S", 0.1)
    owned, _ = await worker.own()
    owned.offer(await worker.batch())
    await worker.until_committed(4)
    owned.offer(await worker.batch())
    await worker.until(lambda: not owned.partitions[SOURCE].waits)
    assert not worker.stopped, "it was only delivered again"
    owned.partitions[SOURCE].next_offset = 9  # as if five more had been decided on, and Kafka had lost them
    await owned.release()  # says so to the changelog
    heir, _ = worker.begin_to_own()
    await worker.until(lambda: worker.stopped)
    assert "ends at offset 4 and was worked on up to 9" in str(worker.stopped[0])
    await heir.release()


@pytest.mark.parametrize("is_preset", [True, False], ids=["set by somebody beforehand", "set by us, and the changelog is lost"])
async def test_the_groups_offset_counts_if_there_never_was_a_changelog_but_not_if_it_was_lost(worker, monkeypatch, is_preset):
    monkeypatch.setattr(partition, "_SAYS_WHY_S", 0.1)
    await tell_group(worker, 2, "" if is_preset else GROUP_NOTE)
    owned, faust = worker.begin_to_own()
    if is_preset:
        await worker.until(lambda: faust.sought == [2])
    else:
        await worker.until(lambda: worker.stopped)
        assert "a worker told the group of offset 2" in str(worker.stopped[0])
        await owned.release()
        owned, faust = worker.begin_to_own(on_changed_topic=OnChangedTopic.BEGIN_ANEW)
        await worker.until(lambda: faust.sought == [2])
    await owned.release()


async def tell_group(worker: Worker, offset: int, words: str) -> None:
    group = AIOKafkaConsumer(
        **connection(worker.stream.settings), group_id=worker.stream.settings.app_id, enable_auto_commit=False
    )
    group.assign([SOURCE])
    async with opened(group):
        await group.commit({SOURCE: (offset, words)})


async def test_the_groups_offset_is_not_trusted(worker):
    """After a restart, Kafka 4.3's group coordinator has been seen to answer with offsets of ten minutes before."""
    first, _ = await worker.own()
    first.offer(await worker.batch())
    await worker.until_committed(4)
    await first.release()
    await tell_group(worker, 1, "")
    second, faust = await worker.own()
    assert faust.sought == [4]
    second.offer(await worker.batch())
    await second.release()
    assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]


async def test_records_of_a_torn_transaction_do_not_come_out_with_the_next(worker):
    """Kafka can lose the marks of a commit; the next commit of the same producer would then expose its records."""
    owned, _ = await worker.own()
    name = (await worker.progress()).owner
    async with opened(aiokafka_producer(worker.stream.settings, name)) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(ENRICHED, b"torn", b"key")
        heir, _ = await worker.own()
        heir.offer(await worker.batch())
        await worker.until_committed(4)
        assert await worker.came_out() == [b"a", b"ab", b"abc", b"abcd"]
    await owned.release()
    await heir.release()
