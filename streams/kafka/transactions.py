"""Transactional producers: one interface over the two protocols; the cluster's ``transaction.version`` decides which is used.

A producer's ``transactional.id`` is its name at the brokers. Starting a producer under a name ends what the previous one had
open and shuts that one out for good, whichever protocol either of them uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import InvalidTransactionTimeout, UnsupportedVersionError
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.kafka.aiokafka_types import mark_closed, when_coordinator_connection_breaks
from streams.kafka.clients import TRANSACTION_TIMEOUT_MS
from streams.kafka.failures import NameRefusedError
from streams.kafka.outbox import Written
from streams.kafka.transaction_messages import TRANSACTION_VERSION, finalised_features
from streams.kafka.transactions_v0 import TransactionsV0, aiokafka_producer
from streams.kafka.transactions_v2 import TransactionsV2
from streams.settings import Settings, TransactionProtocol

_START_TIMEOUT_S: Final = 50.0  # less than a part of a takeover may take: we know more about the failure than it does
_AFTER_0: Final = (
    "raise it to 1 or 2 (kafka-features.sh … upgrade --feature transaction.version=1), then restart the brokers one after the"
    " other: the work goes on by itself"
)


class Transactions(Protocol):
    """A protocol: what a producer says to Kafka. Every method raises KafkaError if it fails."""

    version: int

    async def start(self) -> None:
        """Shut out the previous producer of this name."""

    async def begin(self) -> None:
        """Begin a transaction."""

    async def add(self, partitions: Iterable[TopicPartition]) -> None:
        """Add partitions to it."""

    async def send(self, batches: Mapping[TopicPartition, Sequence[BatchBuilder]]) -> dict[TopicPartition, Written]:
        """Write batches in it, and wait until each is confirmed."""

    async def end(self, *, commit: bool) -> None:
        """Commit or abort it."""

    async def close(self) -> None:
        """Drop everything unsent; the client stays open."""


class TransactionalProducer:
    """A producer with a name, not yet started, for batches of :data:`streams.kafka.outbox.BATCH_BYTES`.

    Any method raises KafkaError once the producer has failed: another producer of its name shut it out, Kafka gave it up, or
    the outcome of an operation is unknown. Only a new producer helps then, or, if it ``has_epochs``, an abort that succeeds.

    ``timeout_ms`` is how long a transaction may stay open before Kafka gives up its producer.
    """

    def __init__(self, settings: Settings, transactional_id: str, timeout_ms: int = TRANSACTION_TIMEOUT_MS) -> None:
        self._wanted = settings.transactions
        self._name = transactional_id
        self._timeout_ms = timeout_ms
        # Its client serves both protocols.
        self._aiokafka = aiokafka_producer(settings, transactional_id, timeout_ms)
        self._transactions: Transactions | None = None
        self._lost: Callable[[], None] | None = None

    @property
    def version(self) -> int:
        """Which protocol it uses, once it has started: 2 or 0."""
        return self._speaking.version

    @property
    def has_epochs(self) -> bool:
        """Whether each transaction has its own epoch, so that late messages reach no other and the name can be kept."""
        return self.version >= TransactionsV2.version

    @property
    def client(self) -> AIOKafkaClient:
        """The client that sends its messages: it connects, with TLS and SASL, and knows the partitions' leaders."""
        client: AIOKafkaClient = self._aiokafka.client
        return client

    @property
    def _speaking(self) -> Transactions:
        assert self._transactions is not None, "not started"
        return self._transactions

    async def start(self) -> None:
        """Connect, choose the protocol, and shut out the previous producer of this name.

        Raises:
            NameRefusedError: the brokers allow only shorter transactions, or Kafka takes nobody under this name. This befalls
                all names used with transactions v2 once the cluster's ``transaction.version`` is lowered to 0: its coordinator
                can't write them down any more, and from then on says that it is busy with them, even when the version is
                raised, until the broker is restarted.
        """
        client = self.client
        await client.bootstrap()
        version = await spoken_version(client, self._wanted)
        when_coordinator_connection_breaks(client, self._lose_coordinator)
        if version == TransactionsV2.version:
            self._transactions = TransactionsV2(client, self._name, self._timeout_ms, self._lose_coordinator)
        else:
            self._transactions = TransactionsV0(self._aiokafka, self._lose_coordinator)
        try:
            await asyncio.wait_for(self._transactions.start(), _START_TIMEOUT_S)
        except UnsupportedVersionError as error:
            raise NameRefusedError(
                f"Kafka refuses the transactional id {self._name}, which it knows from transactions v2: the cluster's"
                f" {TRANSACTION_VERSION} was lowered to 0; {_AFTER_0}"
            ) from error
        except InvalidTransactionTimeout as error:
            raise NameRefusedError(
                f"Kafka allows no transaction {self._timeout_ms} ms: the brokers' transaction.max.timeout.ms must be as large"
            ) from error
        except TimeoutError as error:
            raise NameRefusedError(
                f"Kafka has not accepted the transactional id {self._name} for {_START_TIMEOUT_S:.0f} s: its coordinator is"
                f" away, or a broker on which its last transaction must be marked; or {TRANSACTION_VERSION} was lowered to 0 at"
                f" some time: then {_AFTER_0}"
            ) from error

    def when_coordinator_lost(self, call: Callable[[], None]) -> None:
        """Call ``call`` when the transaction coordinator, or the connection to it, is lost. To be set before the start.

        Even a commit that was answered may be torn then, if the coordinator died before it had marked all partitions: the next
        commit under the same name would complete it in some of them.
        """
        self._lost = call

    def _lose_coordinator(self) -> None:
        if self._lost is not None:
            self._lost()

    async def begin_transaction(self) -> None:
        """Begin a transaction; the previous one must have ended."""
        await self._speaking.begin()

    async def add(self, partitions: Iterable[TopicPartition]) -> None:
        """Add partitions to the open transaction: its end is marked in them, even if it has no records there."""
        await self._speaking.add(partitions)

    async def send(self, batches: Mapping[TopicPartition, Sequence[BatchBuilder]]) -> dict[TopicPartition, Written]:
        """Write batches in the open transaction, each partition's in order; all are confirmed on return."""
        return await self._speaking.send(batches)

    async def commit_transaction(self) -> None:
        """Make the whole transaction visible to readers."""
        await self._speaking.end(commit=True)

    async def abort_transaction(self) -> None:
        """Hide the whole transaction from readers."""
        await self._speaking.end(commit=False)

    async def partitions_for(self, topic: str) -> set[int]:
        """A topic's partitions; waits for a topic that no broker knows at the moment."""
        partitions: set[int] = await self._aiokafka.partitions_for(topic)
        return partitions

    def known_partitions(self, topic: str) -> int:
        """How many partitions a topic has; 0 if no broker named it when last asked, as when it has just started."""
        return len(self.client.cluster.partitions_for_topic(topic) or ())

    async def close(self) -> None:
        """Close without sending the rest: an open transaction is ended by whoever shuts this producer out."""
        mark_closed(self._aiokafka)
        if self._transactions is not None:
            await self._transactions.close()
        await self.client.close()


async def spoken_version(client: AIOKafkaClient, wanted: TransactionProtocol) -> int:
    """The transaction version for a producer that starts now: 2 if the cluster has it and the settings allow it, else 0.

    Raises:
        KafkaError: no broker answers.
    """
    agreed = (await finalised_features(client)).get(TRANSACTION_VERSION, 0)
    is_new = agreed >= TransactionsV2.version and wanted is TransactionProtocol.NEWEST
    return TransactionsV2.version if is_new else TransactionsV0.version


async def all_partitions(producer: TransactionalProducer, topics: Iterable[str]) -> list[TopicPartition]:
    """All partitions of the topics."""
    return [TopicPartition(topic, each) for topic in topics for each in await producer.partitions_for(topic)]


async def sweep(producer: TransactionalProducer, topics: Iterable[str] = (), partitions: Iterable[TopicPartition] = ()) -> None:
    """Abort a transaction over everything a producer writes to: ends what a torn transaction of its predecessor left open.

    Raises:
        KafkaError: it failed, or another producer of this name is doing it.
    """
    swept = [*partitions, *await all_partitions(producer, topics)]
    await producer.begin_transaction()
    await producer.add(swept)
    await producer.abort_transaction()


async def settle(producer: TransactionalProducer, topics: Iterable[str]) -> None:
    """Commit a transaction over everything a producer writes to, when all its commits so far were answered.

    One of them may still be torn; its records then appear now, in all partitions, and not later in some of them.

    Raises:
        KafkaError: it failed.
    """
    settled = await all_partitions(producer, topics)
    await producer.begin_transaction()
    await producer.add(settled)
    await producer.commit_transaction()


async def shut_out(settings: Settings, transactional_id: str, topics: Iterable[str]) -> None:
    """End whatever the producer of this name has open in the topics, even if Kafka has torn it, and all it might still do.

    Raises:
        KafkaError: it failed, or somebody else is doing it.
    """
    heir = TransactionalProducer(settings, transactional_id)
    try:
        await heir.start()
        await sweep(heir, topics)
    finally:
        await heir.close()
