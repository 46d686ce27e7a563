"""Transactions on a real Kafka: which protocol is used, who is shut out, what arrives late, and what is retried."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced
from aiokafka.protocol.transaction import EndTxnRequest

from agents import pipeline_steps
from streams.commands import status
from streams.kafka.admin import create_topics
from streams.kafka.failures import FINAL, LOST, NameRefusedError
from streams.kafka.outbox import Outbox
from streams.kafka.transaction_messages import EndTransaction, Produce
from streams.kafka.transactions import TransactionalProducer, settle, shut_out, sweep
from streams.settings import TransactionProtocol
from streams.steps import Topic
from streams.topics import topics_of
from tests.broker.features import set_transaction_version
from tests.broker.stream import Stream

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEWEST, V0 = TransactionProtocol
LIMIT_S = 120.0
LAST_EPOCH = 32_767


class Log:
    """A topic with two partitions for one test, and producers under one name."""

    def __init__(self, stream: Stream, topic: str) -> None:
        self.stream = stream
        self.topic = topic
        self.name = f"test-{uuid4().hex}"
        self.left, self.right = TopicPartition(topic, 0), TopicPartition(topic, 1)
        self._producers: list[TransactionalProducer] = []

    async def start(self, protocol: TransactionProtocol = NEWEST) -> TransactionalProducer:
        producer = TransactionalProducer(replace(self.stream.settings, transactions=protocol), self.name)
        self._producers.append(producer)
        async with asyncio.timeout(LIMIT_S):
            await producer.start()
        return producer

    async def write(self, producer: TransactionalProducer, value: bytes, *partitions: TopicPartition) -> None:
        outbox = Outbox(producer)
        for tp in partitions or (self.left, self.right):
            outbox.add(tp, b"key", value)
        async with asyncio.timeout(LIMIT_S):
            await outbox.send()

    async def commit(self, producer: TransactionalProducer, value: bytes, *partitions: TopicPartition) -> None:
        await producer.begin_transaction()
        await self.write(producer, value, *partitions)
        async with asyncio.timeout(LIMIT_S):
            await producer.commit_transaction()

    async def committed(self) -> dict[int, list[bytes]]:
        """The values of each partition that readers see, once no transaction is open."""
        async with asyncio.timeout(LIMIT_S):
            while await self.stream.has_open_transactions([self.topic]):
                await asyncio.sleep(0.05)
        found: dict[int, list[bytes]] = {0: [], 1: []}
        for record in await self.stream.read([self.topic]):
            found[record.partition].append(record.value)
        return found

    async def close(self) -> None:
        for producer in self._producers:
            await producer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stream(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stream")
    async with Stream(folder, partitions=2, keeps_contract=False, makes_topics=False) as stream:
        yield stream


@asynccontextmanager
async def new_log(stream: Stream):
    log = Log(stream, f"log.{uuid4().hex}")
    await create_topics(stream.settings, [Topic(log.topic, "", {})])
    try:
        yield log
    finally:
        await log.close()


@pytest_asyncio.fixture(loop_scope="module")
async def log(stream):
    await set_transaction_version(stream.settings, 2)
    async with new_log(stream) as log:
        yield log


def both(*values: bytes) -> dict[int, list[bytes]]:
    return {0: list(values), 1: list(values)}


@pytest.mark.parametrize(("level", "spoken"), [(0, 0), (1, 0), (2, 2)])
async def test_a_producer_uses_the_version_that_the_cluster_has_agreed_on(log, level, spoken):
    await set_transaction_version(log.stream.settings, level)
    producer = await log.start()
    assert producer.version == spoken
    await log.commit(producer, b"a")
    await producer.begin_transaction()
    await log.write(producer, b"aborted")
    await producer.abort_transaction()
    await log.commit(producer, b"b")
    assert await log.committed() == both(b"a", b"b")


async def test_the_old_protocol_is_used_if_the_settings_say_so(log):
    producer = await log.start(V0)
    assert producer.version == 0
    await log.commit(producer, b"a")
    assert await log.committed() == both(b"a")


async def test_status_tells_the_version_of_a_worker_that_starts_now_also_while_it_watches(log):
    settings = log.stream.settings
    await create_topics(settings, topics_of(pipeline_steps(settings), settings))
    async with aclosing(status._looks(settings)) as looks:
        for level, spoken in ((2, 2), (1, 0), (2, 2)):
            await set_transaction_version(settings, level)
            async with asyncio.timeout(LIMIT_S):
                assert (await anext(looks)).transactions == spoken


async def test_a_producer_continues_when_the_cluster_falls_back_to_1_beneath_it(log):
    producer = await log.start()
    await log.commit(producer, b"a")
    await set_transaction_version(log.stream.settings, 1)
    await log.commit(producer, b"b")
    await set_transaction_version(log.stream.settings, 2)
    await log.commit(producer, b"c")
    assert await log.committed() == both(b"a", b"b", b"c")


async def test_a_producer_fails_when_the_cluster_falls_back_to_0_beneath_it_and_a_new_one_uses_v0(log):
    """Kafka 4.3 then no longer accepts the old name; whoever tries is told what to do."""
    producer = await log.start()
    await log.commit(producer, b"a")
    log.name = f"test-{uuid4().hex}"
    await log.commit(await log.start(), b"b")
    await set_transaction_version(log.stream.settings, 0)
    with pytest.raises(KafkaError) as caught:
        await log.commit(producer, b"nobody sees it")
    assert isinstance(caught.value, LOST)
    assert not isinstance(caught.value, FINAL)
    with pytest.raises(NameRefusedError, match=r"transaction\.version was lowered to 0; raise it to 1 or 2"):
        await log.start()
    log.name = f"test-{uuid4().hex}"
    other = await log.start()
    assert other.version == 0
    await log.commit(other, b"c")
    assert await log.committed() == both(b"a", b"b", b"c")


@pytest.mark.parametrize("protocol", TransactionProtocol)
async def test_who_wants_longer_transactions_than_the_brokers_allow_is_told_which_setting_to_change(log, protocol):
    settings = replace(log.stream.settings, transactions=protocol)
    producer = TransactionalProducer(settings, log.name, timeout_ms=1_000_000_000)
    try:
        with pytest.raises(NameRefusedError, match=r"transaction\.max\.timeout\.ms must be as large"):
            await producer.start()
    finally:
        await producer.close()


@pytest.mark.parametrize("how", ["by its heir", "by shut_out"])
@pytest.mark.parametrize("heirs", TransactionProtocol)
@pytest.mark.parametrize("owners", TransactionProtocol)
async def test_a_producer_that_was_shut_out_commits_nothing_whichever_protocol_each_uses(log, owners, heirs, how):
    owner = await log.start(owners)
    await log.commit(owner, b"a")
    await owner.begin_transaction()
    await log.write(owner, b"open when the heir came")
    if how == "by its heir":
        await log.start(heirs)
    else:
        await shut_out(replace(log.stream.settings, transactions=heirs), log.name, [log.topic])
    with pytest.raises(ProducerFenced):
        async with asyncio.timeout(LIMIT_S):
            await owner.commit_transaction()
    assert await log.committed() == both(b"a")
    heir = await log.start(heirs)
    await log.commit(heir, b"b")
    assert await log.committed() == both(b"a", b"b")


@pytest.mark.parametrize("protocol", TransactionProtocol)
async def test_sweep_and_settle_mark_an_end_in_each_partition_written_to_or_not(log, protocol):
    producer = await log.start(protocol)
    await log.commit(producer, b"a", log.left)
    before = await log.stream._ends([log.topic], "read_committed")
    await sweep(producer, [log.topic])
    await settle(producer, [log.topic])
    await log.committed()
    after = await log.stream._ends([log.topic], "read_committed")
    assert {tp: after[tp] - before[tp] for tp in before} == {log.left: 2, log.right: 2}
    await log.commit(producer, b"b")
    assert await log.committed() == {0: [b"a", b"b"], 1: [b"b"]}


def lose(producer: TransactionalProducer, kind: type, count: int, *, before: bool) -> list[object]:
    """Lose the answers to some requests, or the requests before they are sent; returns those affected."""
    client = producer.client
    send, met = client.send, []

    async def lossy(node, request, **more):
        if not isinstance(request, kind) or len(met) == count:
            return await send(node, request, **more)
        met.append(request)
        if not before:
            await send(node, request, **more)
        raise KafkaConnectionError("lost")

    client.send = lossy
    return met


@pytest.mark.parametrize("before", [True, False], ids=["the message", "the answer"])
@pytest.mark.parametrize("kind", [EndTransaction, Produce])
async def test_lost_requests_and_answers_are_retried_and_done_once(log, kind, before):
    producer = await log.start()
    met = lose(producer, kind, 3, before=before)
    for value in (b"a", b"b", b"c", b"d"):
        await log.commit(producer, value)
    assert len(met) == 3
    assert await log.committed() == both(b"a", b"b", b"c", b"d")


async def test_a_retried_commit_does_not_count_as_done_if_kafka_has_aborted_meanwhile(log):
    """As when answers take longer than a transaction may be open, or an heir comes first."""
    producer = await log.start()
    await log.commit(producer, b"a")
    await producer.begin_transaction()
    await log.write(producer, b"aborted by the heir")
    await shut_out(log.stream.settings, log.name, [log.topic])
    lose(producer, EndTransaction, 2, before=True)
    with pytest.raises(KafkaError):
        async with asyncio.timeout(LIMIT_S):
            await producer.commit_transaction()
    assert await log.committed() == both(b"a")


async def end_again(producer: TransactionalProducer, request: object) -> int:
    client = producer.client
    node = await client.coordinator_lookup(1, producer._name)
    return (await client.send(node, request, group=ConnectionGroup.COORDINATION)).error_code


async def test_a_commit_that_the_network_delivers_again_later_reaches_no_other_transaction(log):
    producer = await log.start()
    first = EndTransaction(log.name, producer._transactions._producer_id, producer._transactions._epoch, commit=True)
    await log.commit(producer, b"a")
    await producer.begin_transaction()
    await log.write(producer, b"its owner wants it aborted", log.left)
    assert await end_again(producer, first)
    await producer.abort_transaction()
    await log.commit(producer, b"b")
    assert await log.committed() == both(b"a", b"b")


async def test_with_the_old_protocol_such_a_commit_ends_the_next_transaction(log):
    """This is what v2 is for. If this fails, Kafka has closed the hole for v0 too."""
    producer = await log.start(V0)
    inner = producer._aiokafka._txn_manager
    first = EndTxnRequest(log.name, inner.producer_id, inner.producer_epoch, True)
    await log.commit(producer, b"a")
    await producer.begin_transaction()
    await log.write(producer, b"its owner wants it aborted", log.left)
    assert not await end_again(producer, first)
    with pytest.raises(KafkaError):
        async with asyncio.timeout(LIMIT_S):
            await producer.abort_transaction()
    assert await log.committed() == {0: [b"a", b"its owner wants it aborted"], 1: [b"a"]}


async def test_a_batch_that_comes_after_its_transaction_has_ended_is_refused(log):
    producer = await log.start()
    sent: list[Produce] = []
    client = producer.client
    send = client.send

    async def remembered(node, request, **more):
        if isinstance(request, Produce):
            sent.append(request)
        return await send(node, request, **more)

    client.send = remembered
    await log.commit(producer, b"a")
    again = list(sent)
    await log.committed()
    await producer.begin_transaction()
    await log.write(producer, b"b", log.left)
    for request in again:
        answer = await send(client.get_random_node(), request)
        assert all(partition[1] for _, partitions, _ in answer.topics for partition in partitions)
    await producer.commit_transaction()
    assert await log.committed() == {0: [b"a", b"b"], 1: [b"a"]}


async def test_several_batches_of_a_partition_stay_in_order(log):
    producer = await log.start()
    lose(producer, Produce, 2, before=False)
    for turn in (b"first ", b"second "):
        await producer.begin_transaction()
        outbox = Outbox(producer)
        values = [turn + b"%02d" % number + bytes(100_000) for number in range(40)]
        for value in values:
            outbox.add(log.left, b"key", value)
        written = await outbox.send()
        await producer.commit_transaction()
        values_found = (await log.committed())[0]
        assert values_found[-40:] == values
    assert written == {log.left: 81}


async def test_when_the_epochs_of_a_producer_are_used_up_it_continues_with_another_id(log):
    producer = await log.start()
    spoken = producer._transactions
    while spoken._epoch < LAST_EPOCH - 3:
        await spoken.begin()
        spoken._is_empty = False  # an empty transaction, aborted: the cheapest way to the next epoch
        await spoken.end(commit=False)
    before = spoken._producer_id
    values = [b"%d" % number for number in range(6)]
    lose(producer, EndTransaction, 6, before=False)
    for value in values:
        await log.commit(producer, value)
    assert spoken._producer_id != before
    assert await log.committed() == both(*values)
