"""Kafka's transactions v0, by aiokafka's own producer: for clusters whose ``transaction.version`` is below 2.

All transactions of a producer share one epoch. So a late message can't be told from one of the transaction that is open by
then. Therefore no request is repeated: a lost answer fails the producer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import CoordinationType
from aiokafka.errors import IllegalOperation, KafkaError, UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.producer.sender import EndTxnHandler
from aiokafka.producer.transaction_manager import TransactionState

from streams.kafka.aiokafka_types import (
    end_transactions_by,
    ending_of,
    find_coordinator,
    flush,
    sender_of,
    transaction_of,
    when_coordinator_dead,
)
from streams.kafka.clients import MAX_REQUEST_BYTES, TRANSACTION_TIMEOUT_MS, connection
from streams.kafka.outbox import BATCH_BYTES, Written
from streams.settings import Settings

REQUEST_TIMEOUT_MS: Final = 30_000
_LOG_APPEND_TIME: Final = 1
_DISCARD_TIMEOUT_S: Final = 1.0
_LOOK_AGAIN_S: Final = 0.005


def aiokafka_producer(settings: Settings, transactional_id: str, timeout_ms: int = TRANSACTION_TIMEOUT_MS) -> AIOKafkaProducer:
    """An aiokafka producer, not yet started, for batches of :data:`BATCH_BYTES`; one message ends a transaction."""
    producer = AIOKafkaProducer(
        **connection(settings),
        transactional_id=transactional_id,
        transaction_timeout_ms=timeout_ms,
        max_batch_size=BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        compression_type="zstd",
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )
    sender = sender_of(producer)

    async def end_transaction(result: Any) -> None:
        await flush(sender)
        transaction = transaction_of(sender)
        if transaction.is_empty_transaction():
            transaction.complete_transaction()
            return
        node_id = await find_coordinator(sender, CoordinationType.TRANSACTION, transaction.transactional_id)
        await _EndTransactionOnce(sender, result).do(node_id)

    end_transactions_by(sender, end_transaction)
    return producer


class _EndTransactionOnce(EndTxnHandler):
    """Commits or aborts with a single message, where aiokafka would repeat it after a lost answer.

    The repeated message might take effect first; the late original would then end a later transaction. So a lost answer fails
    the producer instead. An answer that says "not now" is an answer, so the request is repeated after it.
    """

    async def do(self, node_id: int) -> bool:
        response = await self._sender.client.send(node_id, self.create_request(), group=self.group)
        pause_s = self.handle_response(response)
        if pause_s is not None:
            await asyncio.sleep(pause_s)
        return pause_s is None


class TransactionsV0:
    """Transactions v0; ``coordinator_lost`` is called when aiokafka considers its coordinator dead."""

    version = 0

    def __init__(self, producer: AIOKafkaProducer, coordinator_lost: Callable[[], None]) -> None:
        self._producer = producer
        when_coordinator_dead(
            sender_of(producer), lambda kind: coordinator_lost() if kind == CoordinationType.TRANSACTION else None
        )

    async def start(self) -> None:
        """Shut out the previous producer of this name, over a connected client."""
        await sender_of(self._producer).start()

    async def begin(self) -> None:
        with losses_of(self._producer):
            await self._producer.begin_transaction()

    async def add(self, partitions: Iterable[TopicPartition]) -> None:
        with losses_of(self._producer):
            await add(self._producer, partitions)

    async def send(self, batches: Mapping[TopicPartition, Sequence[BatchBuilder]]) -> dict[TopicPartition, Written]:
        with losses_of(self._producer):
            sent = await asyncio.gather(*(self._send(tp, several) for tp, several in batches.items()))
        return dict(zip(batches, sent, strict=True))

    async def _send(self, tp: TopicPartition, batches: Sequence[BatchBuilder]) -> Written:
        if tp.partition not in await self._producer.partitions_for(tp.topic):
            raise UnknownTopicOrPartitionError(f"{tp.topic}/{tp.partition}")
        count: int = batches[-1].record_count()
        deliveries = [await self._producer.send_batch(batch, tp.topic, partition=tp.partition) for batch in batches]
        written = (await asyncio.gather(*deliveries))[-1]
        appended_ms = written.timestamp if written.timestamp_type == _LOG_APPEND_TIME else None
        return Written(written.offset + count, appended_ms)

    async def end(self, *, commit: bool) -> None:
        with losses_of(self._producer):
            await (self._producer.commit_transaction() if commit else self._producer.abort_transaction())

    async def close(self) -> None:
        """Close without sending the rest."""
        failure_of(self._producer)  # retrieve the exception, or asyncio warns about it
        sending = sender_of(self._producer).sender_task
        if sending is not None:
            sending.cancel()
            await asyncio.wait([sending], timeout=_DISCARD_TIMEOUT_S)


@contextmanager
def losses_of(producer: AIOKafkaProducer) -> Iterator[None]:
    """Wraps work with a producer that may fail at any moment, because another of its name shuts it out or Kafka gives it up.

    aiokafka's next call then complains that it may not be called in this state. Here that is reported as what it is: a loss.

    Raises:
        KafkaError: the producer's failure, instead of an AssertionError or an IllegalOperation.
    """
    try:
        yield
    except (AssertionError, IllegalOperation) as error:
        if (failure := failure_of(producer)) is None:
            raise
        raise failure from error


def failure_of(producer: AIOKafkaProducer) -> BaseException | None:
    """The failure because of which a producer can't commit what it began; None while it is healthy."""
    transaction = transaction_of(producer)
    if transaction.state not in (TransactionState.ABORTABLE_ERROR, TransactionState.FATAL_ERROR):
        return None
    ended = ending_of(transaction)
    failure: BaseException | None = ended.exception() if ended is not None and ended.done() and not ended.cancelled() else None
    return failure or KafkaError("the producer has failed")


async def add(producer: AIOKafkaProducer, partitions: Iterable[TopicPartition]) -> None:
    """Add partitions to the open transaction: its end is marked in them, whether it has records there or not.

    Raises:
        KafkaError: the producer has failed.
    """
    transaction = transaction_of(producer)
    for tp in partitions:
        transaction.maybe_add_partition_to_txn(tp)
    while transaction.partitions_to_add():  # noqa: ASYNC110 - aiokafka has nothing else to wait for
        await asyncio.sleep(_LOOK_AGAIN_S)
    # A failure also empties the list of partitions to add: the end would then be marked nowhere.
    if (failure := failure_of(producer)) is not None:
        raise failure
