"""aiokafka's and Faust's private names, typed, in one place: tests/kafka/test_libraries.py names those that an upgrade changes.

Subclasses use the private members of their bases through ``self``; the same test lists those.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import Assignment, SubscriptionState
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.producer.sender import Sender
from aiokafka.producer.transaction_manager import TransactionManager
from aiokafka.protocol.api import Request
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest

# Clients


def client_of(owner: AIOKafkaConsumer | AIOKafkaAdminClient) -> AIOKafkaClient:
    """What sends a consumer's or an admin client's requests, for those that it has no method for."""
    client: AIOKafkaClient = owner._client
    return client


def connection_of(client: AIOKafkaClient) -> dict[str, Any]:
    """How a client connects, as arguments for ``create_conn``. They hold the password: never log them."""
    names = ("client_id", "security_protocol", "ssl_context", "sasl_mechanism", "sasl_plain_username", "sasl_plain_password")
    return {name: getattr(client, f"_{name}") for name in names}


def when_coordinator_connection_breaks(client: AIOKafkaClient, call: Callable[[], None]) -> None:
    """Call ``call`` when a connection to a coordinator closes other than on purpose."""
    closed = client._on_connection_closed

    def hear(broken: AIOKafkaConnection, reason: CloseReason) -> None:
        coordinators = [each for (_, group), each in client._conns.items() if group == ConnectionGroup.COORDINATION]
        if broken in coordinators and reason not in (CloseReason.IDLE_DROP, CloseReason.SHUTDOWN):
            call()
        closed(broken, reason)

    client._on_connection_closed = hear


async def partitions_of_topic(client: AIOKafkaClient, topic: str) -> set[int]:
    """A topic's partitions, once the client knows them.

    Raises:
        KafkaError: they stay unknown.
    """
    partitions: set[int] = await client._wait_on_metadata(topic)
    return partitions


async def send_to_controller(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:
    """The controller's answer to a request that the client has no method for.

    Raises:
        KafkaError: it does not answer.
    """
    return await admin._send_to_controller(request)


# Consumers and their group


def consumer_of(thread: Any) -> AIOKafkaConsumer:
    """The consumer of Faust's consumer thread, an ``AIOKafkaConsumerThread``."""
    consumer: AIOKafkaConsumer = thread._ensure_consumer()
    return consumer


def read_committed(consumer: AIOKafkaConsumer, wait_ms: int, assignors: Sequence[type]) -> None:
    """Read committed records only, let a fetch wait at the broker for at most ``wait_ms``, and assign partitions by these."""
    consumer._isolation_level = "read_committed"
    consumer._fetch_max_wait_ms = wait_ms
    consumer._partition_assignment_strategy = list(assignors)


def instance_of(consumer: AIOKafkaConsumer) -> str | None:
    """The consumer's own name in its group, if it has one."""
    name: str | None = consumer._group_instance_id
    return name


def coordinator_of(consumer: AIOKafkaConsumer) -> GroupCoordinator:
    """What speaks to the coordinator of the consumer's group."""
    return consumer._coordinator


async def ask_coordinator(coordinator: GroupCoordinator, request: Any) -> Any:
    """The answer of the group's coordinator.

    Raises:
        KafkaError: it does not answer.
    """
    return await coordinator._send_req(request)


async def told_offset(consumer: AIOKafkaConsumer, tp: TopicPartition) -> tuple[int, str] | None:
    """The group's offset of a partition with the note beside it, which ``consumer.committed`` leaves out; None for none.

    Raises:
        KafkaError: the group's coordinator can't be asked.
    """
    found = (await coordinator_of(consumer).fetch_committed_offsets([tp])).get(tp)
    return (found.offset, found.metadata) if found else None


def heartbeat_fields(heartbeat: HeartbeatRequest) -> tuple[str, int, str]:
    """The group, generation and member of a heartbeat."""
    return heartbeat._group, heartbeat._generation_id, heartbeat._member_id


def commit_fields(commit: OffsetCommitRequest) -> tuple[tuple[str, int, str], Sequence[tuple[str, Sequence[Any]]]]:
    """The group, generation and member of a commit; and its topics, each with partitions, offsets and notes."""
    member = commit._consumer_group, commit._consumer_group_generation_id, commit._consumer_id
    return member, commit._topics


# What a consumer reads


def subscriptions_of(owner: AIOKafkaConsumer | Fetcher) -> SubscriptionState:
    """What a consumer, or its fetcher, is subscribed and assigned to."""
    return owner._subscriptions if isinstance(owner, Fetcher) else owner._subscription


def assignment_of(consumer: AIOKafkaConsumer) -> Assignment | None:
    """What a consumer reads from; None before its first assignment."""
    subscription = subscriptions_of(consumer).subscription
    return None if subscription is None else subscription.assignment


def position_of(assignment: Assignment, tp: TopicPartition) -> int | None:
    """The offset from which a partition is read next; None while it is unknown."""
    position: int | None = assignment.state_value(tp)._position
    return position


def fetcher_of(consumer: AIOKafkaConsumer) -> Fetcher:
    """What fetches a consumer's records."""
    return consumer._fetcher


def fetch_again_within(fetcher: Fetcher, wait_s: float) -> None:
    """Fetch again as soon as all that was fetched is taken, or ``wait_s`` later without the partitions that are not."""
    fetcher._prefetch_backoff = wait_s


def fetched_of(fetcher: Fetcher) -> dict[Any, Any]:
    """What has been fetched and not been taken, by partition: a ``FetchResult``, or an error."""
    fetched: dict[Any, Any] = fetcher._records
    return fetched


def drop_taken(fetcher: Fetcher, tp: Any) -> None:
    """A partition's records have all been taken: it can be fetched from again."""
    del fetcher._records[tp]
    fetcher._notify(fetcher._wait_consume_future)


@contextmanager
def being_taken(fetched: FetchResult) -> Iterator[Iterator[ConsumerRecord]]:
    """The records of a fetch, one after the other; at the end, the reader's position moves behind those that were asked for.

    Like aiokafka's ``getone`` for each, which asks for the assignment and moves the position every time. There are none if the
    partition is no longer read from where the fetch began. The event loop must not run within.
    """
    upcoming = fetched._partition_records
    if upcoming is None or not fetched.check_assignment(fetched._topic_partition):
        yield iter(())
        return
    try:
        yield upcoming
    finally:
        fetched._update_position()
        if upcoming._records_iterator is None:  # it has ended
            fetched._partition_records = None


def next_arrival(fetcher: Fetcher) -> asyncio.Future[None]:
    """Ends when something has been fetched."""
    arrival: asyncio.Future[None] = fetcher._create_fetch_waiter()
    return arrival


def records_being_read(fetched: FetchResult) -> Any:
    """The ``MemoryRecords``, or what replaces them, of a fetch that is being read; None once it is read."""
    records = fetched._partition_records
    return None if records is None else records._records


# Producers and their transactions


def mark_closed(producer: AIOKafkaProducer) -> None:
    """Have a producer that is closed by other means not complain that nobody closed it."""
    producer._closed = True


def sender_of(producer: AIOKafkaProducer) -> Sender:
    """What sends a producer's batches and ends its transactions."""
    return producer._sender


def transaction_of(owner: AIOKafkaProducer | Sender) -> TransactionManager:
    """The state of a producer's transaction."""
    return owner._txn_manager


def ending_of(transaction: TransactionManager) -> asyncio.Future[Any] | None:
    """Ends with the transaction, or fails with it; None before there was one."""
    ending: asyncio.Future[Any] | None = transaction._transaction_waiter
    return ending


def end_transactions_by(sender: Sender, end: Callable[[Any], Awaitable[None]]) -> None:
    """Have transactions ended by ``end``, which is given the result that is wanted."""
    sender._do_txn_commit = end


async def flush(sender: Sender) -> None:
    """Wait until all batches of a transaction have been sent."""
    await sender._message_accumulator.flush_for_commit()


async def find_coordinator(sender: Sender, kind: Any, name: str) -> int:
    """The node of the coordinator of a group or transactional id.

    Raises:
        KafkaError: it can't be found.
    """
    node_id: int = await sender._find_coordinator(kind, name)
    return node_id


def when_coordinator_dead(sender: Sender, call: Callable[[Any], None]) -> None:
    """Call ``call`` with the kind of a coordinator that aiokafka takes for dead, before it is forgotten."""
    forget = sender._coordinator_dead

    def hear(kind: Any) -> None:
        call(kind)
        forget(kind)

    sender._coordinator_dead = hear


def stored_form(builder: BatchBuilder, producer_id: int, epoch: int, sequence: int) -> bytes:
    """A batch as it is stored, with its place in a transaction."""
    builder._set_producer_state(producer_id, epoch, sequence)
    stored: bytes = builder._build()
    return stored
