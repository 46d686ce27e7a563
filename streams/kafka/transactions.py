"""Transactional producers: how they are made, how an older one is shut out, and how one is given up.

A producer's ``transactional.id`` is its name at the brokers. Whoever starts a producer under a name ends what the one before it
had open, and shuts that one out for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import IllegalOperation, KafkaError
from aiokafka.producer.sender import EndTxnHandler, Sender
from aiokafka.producer.transaction_manager import TransactionState

from streams.kafka.clients import MAX_REQUEST_BYTES, connection
from streams.kafka.outbox import BATCH_BYTES
from streams.settings import Settings

_DISCARD_TIMEOUT_S = 1.0
_LOOK_AGAIN_S = 0.005


def transactional_producer(
    settings: Settings, transactional_id: str, timeout_ms: int = 60_000, most_bytes: int = MAX_REQUEST_BYTES
) -> AIOKafkaProducer:
    """A producer, not started yet, for batches of :data:`BATCH_BYTES`; it ends a transaction with one message."""
    producer = AIOKafkaProducer(
        **connection(settings),
        transactional_id=transactional_id,
        transaction_timeout_ms=timeout_ms,
        max_batch_size=BATCH_BYTES,
        max_request_size=most_bytes,
        compression_type="zstd",
        request_timeout_ms=30_000,
    )
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
    return producer


def watch_coordinator(producer: AIOKafkaProducer, lost: Callable[[], None]) -> None:
    """Have ``lost`` called when the transaction coordinator goes, or the connection to it; asked before the producer starts.

    Even a commit that was answered may then be torn, if the coordinator died before it had marked all partitions: the next
    commit under the same name would show it in some of them.
    """
    client = producer.client
    hear = client._on_connection_closed

    def closed(broken: AIOKafkaConnection, reason: CloseReason) -> None:
        coordinators = [each for (_, group), each in client._conns.items() if group == ConnectionGroup.COORDINATION]
        if broken in coordinators and reason not in (CloseReason.IDLE_DROP, CloseReason.SHUTDOWN):
            lost()
        hear(broken, reason)

    def dead(kind: Any) -> None:
        if kind == CoordinationType.TRANSACTION:
            lost()
        bury(kind)

    sender: Sender = producer._sender
    bury = sender._coordinator_dead
    client._on_connection_closed, sender._coordinator_dead = closed, dead


class _EndTransactionOnce(EndTxnHandler):
    """Commits or aborts with a single message: aiokafka would send it again when the answer is lost.

    A second message might be the one that counts while the first is still under way, and then ends a later transaction. So
    a lost answer fails the producer instead. An answer that says "not now" is an answer: that is tried again.
    """

    async def do(self, node_id: int) -> bool:
        response = await self._sender.client.send(node_id, self.create_request(), group=self.group)
        pause_s = self.handle_response(response)
        if pause_s is not None:
            await asyncio.sleep(pause_s)
        return pause_s is None


@contextmanager
def losses_of(producer: AIOKafkaProducer) -> Iterator[None]:
    """Work with a producer that may fail at any moment: another of its name shuts it out, or Kafka gives it up.

    aiokafka then says, wherever its next call happens to be, that nobody may call it in this state. Here that is what it is:
    a loss.

    Raises:
        KafkaError: what the producer failed of, instead of an AssertionError or an IllegalOperation.
    """
    try:
        yield
    except (AssertionError, IllegalOperation) as error:
        if (failure := failure_of(producer)) is None:
            raise
        raise failure from error


def failure_of(producer: AIOKafkaProducer) -> BaseException | None:
    """What a producer has failed of, so that it can't commit what it began; None while it is well."""
    transaction = producer._txn_manager
    if transaction.state not in (TransactionState.ABORTABLE_ERROR, TransactionState.FATAL_ERROR):
        return None
    ended = transaction._transaction_waiter
    failure: BaseException | None = ended.exception() if ended is not None and ended.done() and not ended.cancelled() else None
    return failure or KafkaError("the producer has failed")


async def partitions_of(producer: AIOKafkaProducer, topics: Iterable[str]) -> list[TopicPartition]:
    """All partitions of the topics."""
    return [TopicPartition(topic, each) for topic in topics for each in await producer.partitions_for(topic)]


async def add(producer: AIOKafkaProducer, partitions: Iterable[TopicPartition]) -> None:
    """Make partitions part of the transaction that is open: its end is marked in them, whether it has records there or not.

    Raises:
        KafkaError: the producer has failed.
    """
    transaction = producer._txn_manager
    for tp in partitions:
        transaction.maybe_add_partition_to_txn(tp)
    while transaction.partitions_to_add():  # noqa: ASYNC110 - aiokafka has nothing else to wait for
        await asyncio.sleep(_LOOK_AGAIN_S)
    # A failure empties what is to be added as well: the end would be marked nowhere then.
    if (failure := failure_of(producer)) is not None:
        raise failure


async def sweep(producer: AIOKafkaProducer, topics: Iterable[str] = (), partitions: Iterable[TopicPartition] = ()) -> None:
    """Abort a transaction over all that a producer writes: ends what a torn one of its predecessor's left open.

    Raises:
        KafkaError: it could not be done; or another producer of this name is doing it.
    """
    swept = [*partitions, *await partitions_of(producer, topics)]
    with losses_of(producer):
        await producer.begin_transaction()
        await add(producer, swept)
        await producer.abort_transaction()


async def settle(producer: AIOKafkaProducer, topics: Iterable[str]) -> None:
    """Commit a transaction over all that a producer writes, when all its commits so far were answered.

    One of them may be torn all the same; then its records come out now, in all partitions, and not in some of them later.

    Raises:
        KafkaError: it could not be done.
    """
    settled = await partitions_of(producer, topics)
    with losses_of(producer):
        await producer.begin_transaction()
        await add(producer, settled)
        await producer.commit_transaction()


async def shut_out(settings: Settings, transactional_id: str, topics: Iterable[str]) -> None:
    """End what the producer of this name has open in the topics, also where Kafka has torn it, and all it might still do.

    Raises:
        KafkaError: it could not be done; or somebody else is just doing it.
    """
    heir = transactional_producer(settings, transactional_id)
    try:
        await heir.start()
        await sweep(heir, topics)
    finally:
        await discard(heir)


async def discard(producer: AIOKafkaProducer) -> None:
    """Close a producer without sending what it still holds: an open transaction is ended by whoever shuts it out."""
    producer._closed = True
    failure_of(producer)  # has been heard, or asyncio complains of it
    sending = producer._sender.sender_task
    if sending is not None:
        sending.cancel()
        await asyncio.wait([sending], timeout=_DISCARD_TIMEOUT_S)
    await producer.client.close()
