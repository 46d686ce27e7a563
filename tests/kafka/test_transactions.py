"""A producer that fails in the midst of its work, without a broker: its transaction is lost, and nothing is wrong with us.

One that speaks the protocol of old, by aiokafka's own producer; test_transactions_v2 has the other.
"""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from streams.kafka import transactions
from streams.kafka.failures import LOST, NameRefusedError
from streams.kafka.outbox import Outbox
from streams.kafka.progress import Progress
from streams.kafka.takeover import write_progress
from streams.kafka.transactions import TransactionalProducer, sweep
from streams.kafka.transactions_v0 import TransactionsV0
from streams.kafka.transactions_v2 import TransactionsV2
from streams.settings import Settings
from streams.steps import Output

CHANGELOG = TopicPartition("changelog", 0)
COUNT = 64


@pytest.fixture
async def producer():
    """One that was started, as far as it can tell."""
    producer = TransactionalProducer(Settings(), "name")
    producer._transactions = TransactionsV0(producer._aiokafka, lambda: None)
    inner = producer._aiokafka
    inner._txn_manager.set_pid_and_epoch(1, 0)

    async def partitions_for(_):
        await asyncio.sleep(0)
        return set(range(COUNT))

    inner.partitions_for = inner.client._wait_on_metadata = partitions_for
    inner.client.cluster.partitions_for_topic = lambda _: set(range(COUNT))
    yield producer
    await producer.close()


async def fail_after(turns, producer, error, *, fatal=True):
    """As aiokafka's sender does when Kafka says so, at whatever moment its answer comes."""
    for _ in range(turns):
        await asyncio.sleep(0)
    transaction = producer._aiokafka._txn_manager
    if transaction._transaction_waiter is None:
        transaction.begin_transaction()
    if fatal:
        producer._aiokafka._message_accumulator.fail_all(error)
    (transaction.fatal_error if fatal else transaction.error_transaction)(error)


async def sweep_all(producer):
    await sweep(producer, ["a", "b", "c"], [CHANGELOG])


async def send(producer):
    await producer.begin_transaction()
    outbox = Outbox(producer)
    outbox.add(CHANGELOG, b"key", b"value")
    await outbox.send()
    await producer.commit_transaction()


async def name_owner(producer):
    await write_progress(producer, {CHANGELOG: Progress(0, "name")})


@pytest.mark.parametrize("turns", range(12))
@pytest.mark.parametrize("work", [sweep_all, send, name_owner])
async def test_one_that_another_shuts_out_at_any_moment_has_lost_its_transaction(producer, work, turns):
    failing = asyncio.create_task(fail_after(turns, producer, ProducerFenced()))
    with pytest.raises(KafkaError):
        await asyncio.wait_for(work(producer), 3)
    await failing


async def test_a_failed_sweep_is_reported_and_does_not_count_as_done(producer):
    failing = asyncio.create_task(fail_after(9, producer, TopicAuthorizationFailedError("a"), fatal=False))
    with pytest.raises(TopicAuthorizationFailedError):
        await asyncio.wait_for(sweep_all(producer), 20)
    await failing


async def test_all_partitions_are_added_in_one_go_so_that_nothing_can_come_between(producer):
    sweeping = asyncio.create_task(sweep_all(producer))
    seen = set()
    while not sweeping.done() and max(seen, default=0) < 3 * COUNT + 1:
        seen.add(len(producer._aiokafka._txn_manager.partitions_to_add()))
        await asyncio.sleep(0)
    sweeping.cancel()
    assert seen == {0, 3 * COUNT + 1}


async def test_a_topic_that_a_broker_does_not_name_just_now_is_a_loss(producer):
    """One that has just started may not know of it yet; aiokafka then forgets how many partitions there were."""
    producer._aiokafka.client.cluster.partitions_for_topic = lambda _: None
    with pytest.raises(UnknownTopicOrPartitionError):
        Outbox(producer).add_outputs([Output("topic", b"key", b"value", (), 0)], 0)


async def test_an_assertion_that_a_well_producer_meets_is_a_bug(producer):
    with pytest.raises(AssertionError):
        await producer.commit_transaction()


async def test_a_name_that_kafka_keeps_busy_is_told_with_what_may_be_done_and_nobody_waits_for_ever(monkeypatch):
    """As after `transaction.version` was lowered to 0 and raised again: until the coordinator's broker is restarted."""
    producer = TransactionalProducer(Settings(), "headwater-news.raw-0")

    async def answers():
        await asyncio.sleep(0)

    async def version(*_):
        await asyncio.sleep(0)
        return 2

    monkeypatch.setattr(producer.client, "bootstrap", answers)
    monkeypatch.setattr(transactions, "spoken_version", version)
    monkeypatch.setattr(TransactionsV2, "start", lambda _: asyncio.sleep(3_600))
    monkeypatch.setattr(transactions, "_START_TIMEOUT_S", 0.01)
    with pytest.raises(NameRefusedError, match=r"not accepted the transactional id headwater-news\.raw-0") as caught:
        await producer.start()
    assert isinstance(caught.value, LOST), "the work goes on once it is mended"
    assert "its coordinator is away" in str(caught.value)
    assert "restart the brokers one after the other" in str(caught.value)
    await producer.close()
