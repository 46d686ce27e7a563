"""Transactions v2 against leaders and a coordinator that follow Kafka's rules, over a network that follows none."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from enum import Enum
from io import BytesIO
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, InitProducerIdRequest
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka import transactions_v2
from streams.kafka.outbox import BATCH_BYTES
from streams.kafka.transaction_messages import (
    _FEATURES,
    ApiVersionsResponseV3,
    EndTransaction,
    EndTxnRequestV5,
    Produce,
    ProduceRequestV12,
    finalised_features,
)
from streams.kafka.transactions_v2 import TransactionsV2

LEFT, RIGHT = TopicPartition("topic", 0), TopicPartition("topic", 1)
LAST_EPOCH = 3  # of each producer id, so that they are soon used up


class Fate(Enum):
    """The fate of a request; a number is Kafka's error code for one that was not carried out."""

    WELL = None
    LOST = "lost"
    ANSWER_LOST = "answer lost"
    RESET = "reset"
    NOT_LEADER = 6
    TOO_LARGE = 10
    LOADING = 14
    NO_COORDINATOR = 15
    NOT_COORDINATOR = 16
    TOO_FEW_REPLICAS = 19
    BUSY = 51


class Kafka:
    """One transactional id at two leaders and a coordinator; each request in turn has its fate, until there are no more."""

    def __init__(self, fates=()):
        self._fates = list(fates)[::-1]
        self.requests = 0
        self.producer_id, self.epoch = 7, -1
        self.ended: dict[tuple[int, int], bool] = {}
        self.logs: dict[TopicPartition, list[bytes]] = defaultdict(list)
        self.open: dict[TopicPartition, list[tuple[int, list[bytes]]]] = defaultdict(list)
        self.added: set[TopicPartition] = set()
        self.marked: dict[TopicPartition, int] = defaultdict(int)
        self.cluster = SimpleNamespace(leader_for_partition=lambda tp: tp.partition)

    async def _wait_on_metadata(self, _):
        await asyncio.sleep(0)
        return {0, 1}

    def force_metadata_update(self):
        done = asyncio.get_running_loop().create_future()
        done.set_result(True)
        return done

    async def coordinator_lookup(self, *_):
        await asyncio.sleep(0)
        return 0

    async def send(self, node, request, group=None):
        self.requests += 1
        fate = self._fates.pop() if self._fates else Fate.WELL
        await asyncio.sleep(0)
        if fate is Fate.LOST:
            raise KafkaConnectionError("lost")
        if fate is Fate.RESET:
            raise ConnectionResetError(104, "reset by peer")
        code = fate.value if isinstance(fate.value, int) else 0
        answer = self._answer(request, code)
        if fate is Fate.ANSWER_LOST:
            raise KafkaConnectionError("lost")
        return answer

    def _answer(self, request, code):
        match request:
            case Produce():
                return SimpleNamespace(
                    topics=[("topic", [self._append(tp, raw, code) for tp, raw in request._batches.items()], {})]
                )
            case InitProducerIdRequest():
                if not code:
                    self._next_epoch()
                return SimpleNamespace(error_code=code, producer_id=self.producer_id, producer_epoch=self.epoch)
            case AddPartitionsToTxnRequest():
                code = code or self._code_of(request._producer_id, request._producer_epoch)
                if not code:
                    self.added |= {TopicPartition(topic, each) for topic, numbers in request._topics for each in numbers}
                return SimpleNamespace(
                    errors=[(topic, [(each, code) for each in numbers]) for topic, numbers in request._topics]
                )
            case EndTransaction():
                return self._end(*request._fields[1:], code)

    def _code_of(self, producer_id, epoch):
        return 0 if (producer_id, epoch) == (self.producer_id, self.epoch) else 90

    def _append(self, tp, raw, code):
        batch = MemoryRecords(bytes(raw)).next_batch()
        code = code or self._code_of(batch.producer_id, batch.producer_epoch)
        written = self.open[tp]
        known = [sequence for sequence, _ in written[-5:]]
        follows = written[-1][0] + len(written[-1][1]) if written else 0
        values = [record.value for record in batch]
        if not code and batch.base_sequence not in known:
            if batch.base_sequence != follows:
                code = 45
            else:
                written.append((batch.base_sequence, values))
                self.added.add(tp)
        return tp.partition, code, len(self.logs[tp]) + batch.base_sequence, -1, 0, [], None, {}

    def _end(self, producer_id, epoch, commit, code):
        asked = producer_id, epoch
        if not code and asked == (self.producer_id, self.epoch):
            for tp in self.added:
                self.logs[tp] += [value for _, values in self.open[tp] for value in values if commit]
                self.marked[tp] += 1
            self.open.clear()
            self.added.clear()
            self._next_epoch()
            self.ended = {asked: commit}
        elif not code and self.ended.get(asked) is not commit:
            code = 90
        return SimpleNamespace(error_code=code, producer_id=self.producer_id, producer_epoch=self.epoch)

    def _next_epoch(self):
        self.ended.clear()
        self.epoch += 1
        if self.epoch > LAST_EPOCH:
            self.producer_id, self.epoch = self.producer_id + 1, 0


@pytest.fixture(autouse=True, scope="module")
def impatience():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transactions_v2, "_FIRST_PAUSE_S", 0.0)
        yield


def batch(*values):
    builder = BatchBuilder(BATCH_BYTES, 0, is_transactional=True)
    for value in values:
        builder.append(timestamp=None, key=b"key", value=value)
    return builder


async def started(kafka, lost=lambda: None):
    producer = TransactionsV2(kafka, "name", 60_000, lost)
    await producer.start()
    return producer


shapes = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), min_size=1, max_size=6)


@given(st.lists(st.sampled_from(sorted(set(Fate) - {Fate.TOO_LARGE}, key=str)), max_size=40), shapes)
async def test_whatever_the_network_does_each_batch_is_there_once_in_its_order_and_only_if_committed(fates, shapes):
    kafka = Kafka(fates)
    producer = await started(kafka)
    expected = defaultdict(list)
    for number, (lefts, rights, commit) in enumerate(shapes):
        await producer.begin()
        values = {
            tp: [[b"%d %d %d" % (number, turn, each) for each in range(turn % 3 + 1)] for turn in range(count)]
            for tp, count in ((LEFT, lefts), (RIGHT, rights))
            if count
        }
        written = await producer.send({tp: [batch(*each) for each in several] for tp, several in values.items()})
        await producer.end(commit=commit)
        for tp, several in values.items():
            assert written[tp].next_offset == len(expected[tp]) + sum(map(len, several))
            expected[tp] += [value for each in several for value in each if commit]
    assert kafka.logs[LEFT] == expected[LEFT]
    assert kafka.logs[RIGHT] == expected[RIGHT]


async def test_a_transaction_takes_one_message_a_leader_and_one_more():
    kafka = Kafka()
    producer = await started(kafka)
    before = kafka.requests
    await producer.begin()
    await producer.send({LEFT: [batch(b"a")], RIGHT: [batch(b"b")]})
    await producer.end(commit=True)
    assert kafka.requests - before == 3


async def test_an_empty_transaction_sends_nothing():
    kafka = Kafka()
    producer = await started(kafka)
    before = kafka.requests
    await producer.begin()
    await producer.add(())
    await producer.end(commit=True)
    assert kafka.requests == before


async def test_partitions_that_are_only_added_are_marked():
    kafka = Kafka([Fate.WELL, Fate.BUSY, Fate.ANSWER_LOST])
    producer = await started(kafka)
    await producer.begin()
    await producer.add([LEFT, RIGHT])
    await producer.end(commit=False)
    assert kafka.marked == {LEFT: 1, RIGHT: 1}


@pytest.mark.parametrize("fate", [Fate.NO_COORDINATOR, Fate.NOT_COORDINATOR])
async def test_a_coordinator_that_has_moved_is_noticed(fate):
    told = []
    producer = await started(Kafka([Fate.WELL, fate]), lambda: told.append(True))
    await producer.begin()
    await producer.add([LEFT])
    await producer.end(commit=True)
    assert told


async def shut_out(kafka):
    kafka._next_epoch()


@pytest.mark.parametrize("work", ["add", "send", "commit", "abort"])
async def test_a_producer_that_was_shut_out_has_lost_and_says_so_from_then_on(work):
    kafka = Kafka()
    producer = await started(kafka)
    await producer.begin()
    await producer.send({LEFT: [batch(b"a")]})
    await shut_out(kafka)
    with pytest.raises(ProducerFenced):
        await {
            "add": lambda: producer.add([RIGHT]),
            "send": lambda: producer.send({LEFT: [batch(b"b")]}),
            "commit": lambda: producer.end(commit=True),
            "abort": lambda: producer.end(commit=False),
        }[work]()
    with pytest.raises(KafkaError, match="has failed"):
        await producer.begin()
    assert kafka.logs[LEFT] == []


@pytest.mark.parametrize("work", ["add", "send", "commit"])
async def test_after_a_write_that_failed_nothing_more_is_written_or_committed_until_an_abort_has_succeeded(work):
    """What was confirmed of the transaction is a part of it, and must not come out alone."""
    kafka = Kafka()
    producer = await started(kafka)
    await producer.begin()
    await producer.send({LEFT: [batch(b"a")]})
    kafka._fates = [Fate.TOO_LARGE]
    with pytest.raises(MessageSizeTooLargeError):
        await producer.send({RIGHT: [batch(b"b")]})
    with pytest.raises(KafkaError, match="has failed"):
        await {
            "add": lambda: producer.add([RIGHT]),
            "send": lambda: producer.send({RIGHT: [batch(b"c")]}),
            "commit": lambda: producer.end(commit=True),
        }[work]()
    await producer.end(commit=False)
    assert kafka.marked == {LEFT: 1}
    await producer.begin()
    await producer.send({LEFT: [batch(b"d")], RIGHT: [batch(b"d")]})
    await producer.end(commit=True)
    assert kafka.logs == {LEFT: [b"d"], RIGHT: [b"d"]}


async def test_a_producer_cancelled_in_mid_transaction_does_not_begin_another():
    kafka = Kafka()
    producer = await started(kafka)
    await producer.begin()
    sending = asyncio.create_task(producer.send({LEFT: [batch(b"a")]}))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    with pytest.raises(KafkaError, match="has failed"):
        await producer.begin()


async def test_a_forbidden_write_is_reported_and_not_retried_for_ever(monkeypatch):
    kafka = Kafka()
    producer = await started(kafka)
    monkeypatch.setattr(Fate.NOT_LEADER, "_value_", 29)
    kafka._fates = [Fate.NOT_LEADER]
    await producer.begin()
    with pytest.raises(TopicAuthorizationFailedError):
        await producer.send({LEFT: [batch(b"a")]})


async def test_a_leader_that_never_comes_is_given_up(monkeypatch):
    monkeypatch.setattr(transactions_v2, "_GIVE_UP_S", -1.0)
    kafka = Kafka([Fate.WELL, Fate.NOT_LEADER])
    producer = await started(kafka)
    await producer.begin()
    with pytest.raises(for_code(6)):
        await producer.send({LEFT: [batch(b"a")]})


def test_messages_are_as_kafkas_protocol_writes_them():
    """https://kafka.apache.org/protocol: lengths one more than they are, tags at the end of each structure."""
    end = EndTransaction("id", 5, 3, commit=True).build(EndTxnRequestV5)
    assert end.encode() == b"\x03id" + (5).to_bytes(8) + (3).to_bytes(2) + b"\x01" + b"\0"
    sent = Produce("id", 1000, {LEFT: b"xyz", RIGHT: b"z"}).build(ProduceRequestV12)
    partitions = b"\x03" + (0).to_bytes(4) + b"\x04xyz\0" + (1).to_bytes(4) + b"\x02z\0"
    assert sent.encode() == b"\x03id" + b"\xff\xff" + (1000).to_bytes(4) + b"\x02" + b"\x06topic" + partitions + b"\0" + b"\0"


ONE_BROKER = SimpleNamespace(brokers=lambda: [SimpleNamespace(nodeId=1)])


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        pytest.param({}, {}, id="a Kafka that tells none"),
        pytest.param(
            {2: _FEATURES.encode([("transaction.version", 2, 0, {}), ("kraft.version", 1, 0, {})])},
            {"transaction.version": 2, "kraft.version": 1},
            id="two",
        ),
    ],
)
async def test_the_clusters_agreed_features_are_read(tags, found):
    raw = ApiVersionsResponseV3(0, [(0, 0, 12, {})], 0, {}).encode()
    answer = ApiVersionsResponseV3.decode(BytesIO(raw))
    answer.tags = tags

    async def send(*_):
        await asyncio.sleep(0)
        return answer

    assert await finalised_features(SimpleNamespace(cluster=ONE_BROKER, send=send)) == found


async def test_a_kafka_too_old_to_be_asked_has_no_features():
    async def send(*_):
        raise NotImplementedError

    assert await finalised_features(SimpleNamespace(cluster=ONE_BROKER, send=send)) == {}
