"""What Kafka allows us to do, according to Kafka: nothing is tried out, nothing is written.

Kafka reports a user's own rights with its description of topics (:mod:`streams.kafka.topic_metadata`) and of a group
(DescribeGroups, version 3; aiokafka speaks older ones). Only the right to use a ``transactional.id`` is not reported: the only
way to learn it is to ask for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    ConcurrentTransactions,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    TransactionalIdAuthorizationFailed,
    UnsupportedVersionError,
    for_code,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.transaction import InitProducerIdRequest
from aiokafka.protocol.types import Array, Boolean, Bytes, Int16, Int32, Schema, String

from streams.kafka.any_broker import ask_any_broker
from streams.kafka.clients import TRANSACTION_TIMEOUT_MS, connection
from streams.kafka.topic_metadata import DescribeTopics
from streams.settings import Settings
from streams.steps import Step

_TEXT: Final = String("utf-8")
_COORDINATOR_TIMEOUT_S: Final = 20.0
_NOT_YET: Final = frozenset(
    error.errno
    for error in (
        GroupLoadInProgressError,
        GroupCoordinatorNotAvailableError,
        NotCoordinatorForGroupError,
        ConcurrentTransactions,
    )
)


class Operation(IntEnum):
    """Kafka's own numbers for the operations a user may be allowed."""

    READ = 3
    WRITE = 4
    CREATE = 5
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10

    @property
    def kafka_name(self) -> str:
        """The name that ``kafka-acls`` and Strimzi use, such as "DescribeConfigs"."""
        return "".join(word.capitalize() for word in self.name.split("_"))


R, W, D, C = Operation.READ, Operation.WRITE, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS


def worker_rights(steps: Iterable[Step], settings: Settings) -> dict[str, frozenset[Operation]]:
    """By topic, all operations a worker needs there; it also reads its group and writes under its transactional ids."""
    rights: dict[str, set[Operation]] = {}
    for step in steps:
        rights.setdefault(str(step.source), {D, C}).add(R)
        for topic in step.sends_to:
            rights.setdefault(str(topic), {D, C}).add(W)
        rights.setdefault(step.changelog.topic(settings.app_id), {D, C}).update((R, W))
    return {topic: frozenset(operations) for topic, operations in rights.items()}


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as Kafka describes it: for each partition its replicas, those in sync, and whether it has a leader."""

    name: str
    error: str | None
    partitions: tuple[PartitionSeen, ...]
    allowed: frozenset[Operation]

    @property
    def copies(self) -> int:
        """How many copies there are of the partition that has the fewest."""
        return min((each.replicas for each in self.partitions), default=0)


@dataclass(frozen=True, slots=True)
class PartitionSeen:
    """A partition as Kafka describes it."""

    number: int
    replicas: int
    in_sync: int
    has_leader: bool


class _DescribeGroupsResponse(Response):
    API_KEY = 15
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "groups",
            Array(
                ("error_code", Int16),
                ("group", _TEXT),
                ("state", _TEXT),
                ("protocol_type", _TEXT),
                ("protocol", _TEXT),
                (
                    "members",
                    Array(
                        ("member_id", _TEXT),
                        ("client_id", _TEXT),
                        ("client_host", _TEXT),
                        ("member_metadata", Bytes),
                        ("member_assignment", Bytes),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
    )


class _DescribeGroupsRequestStruct(RequestStruct):
    API_KEY = 15
    API_VERSION = 3
    RESPONSE_TYPE = _DescribeGroupsResponse
    SCHEMA = Schema(("groups", Array(_TEXT)), ("include_authorized_operations", Boolean))


class _DescribeGroupsRequest(Request[_DescribeGroupsRequestStruct]):
    API_KEY = 15

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[_DescribeGroupsRequestStruct]) -> _DescribeGroupsRequestStruct:
        return request_struct_class([self._group], True)  # noqa: FBT003 - Kafka's order


class Inspector:
    """Asks one Kafka about topics, a group and transactional ids, over one connection."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    async def topics(self, names: Sequence[str]) -> dict[str, TopicSeen]:
        """Each topic as Kafka shows it to us.

        Raises:
            KafkaError: Kafka does not answer, or is older than 2.8.
        """
        try:
            response = await ask_any_broker(self._client, DescribeTopics(names, with_rights=True))
        except NotImplementedError as error:
            raise UnsupportedVersionError("Kafka before 2.8 does not tell what we may do with topics") from error
        return {topic["name"]: _topic_seen(topic) for topic in response.to_object()["topics"]}

    async def group_rights(self, group: str) -> frozenset[Operation]:
        """What we may do with a group; an empty set if we may not even look.

        Raises:
            KafkaError: Kafka does not answer.
        """
        try:
            answer = await self._asked(CoordinationType.GROUP, group, _DescribeGroupsRequest(group), _group_error)
        except (GroupAuthorizationFailedError, ClusterAuthorizationFailedError):
            return frozenset()
        [described] = answer.groups
        return frozenset() if described[0] else frozenset(_operations(described[-1]))

    async def transactional_refusal(self, transactional_id: str) -> str | None:
        """Why we may not write under a transactional id, by Kafka's name for the error; None if we may."""
        request = InitProducerIdRequest(transactional_id, TRANSACTION_TIMEOUT_MS)
        try:
            answer = await self._asked(CoordinationType.TRANSACTION, transactional_id, request, _producer_error)
        except (TransactionalIdAuthorizationFailed, ClusterAuthorizationFailedError) as error:
            return type(error).__name__
        return for_code(answer.error_code).__name__ if answer.error_code else None

    async def _asked(self, kind: CoordinationType, name: str, request: Any, error_of: Callable[[Any], int]) -> Any:
        """The answer of the coordinator of a group or transactional id; a new cluster takes a moment to choose one."""
        now = asyncio.get_running_loop().time
        deadline_s = now() + _COORDINATOR_TIMEOUT_S
        while True:
            try:
                node = await self._client.coordinator_lookup(kind, name)
                await self._client.ready(node)
                answer = await self._client.send(node, request)
            except GroupCoordinatorNotAvailableError:
                if now() > deadline_s:
                    raise
            else:
                if error_of(answer) not in _NOT_YET or now() > deadline_s:
                    return answer
            await asyncio.sleep(0.2)


def _group_error(answer: Any) -> int:
    code: int = answer.groups[0][0]
    return code


def _producer_error(answer: Any) -> int:
    code: int = answer.error_code
    return code


def _topic_seen(described: Mapping[str, Any]) -> TopicSeen:
    error_code = described["error_code"]
    return TopicSeen(
        name=described["name"],
        error=for_code(error_code).__name__ if error_code else None,
        partitions=tuple(sorted(map(_partition_seen, described["partitions"]), key=lambda each: each.number)),
        allowed=frozenset(_operations(described["authorized_operations"])),
    )


def _partition_seen(described: Mapping[str, Any]) -> PartitionSeen:
    return PartitionSeen(described["partition"], len(described["replicas"]), len(described["isr"]), described["leader"] >= 0)


def _operations(bits: int) -> Iterator[Operation]:
    """The operations in a bit field. Kafka sends the lowest integer if it does not know, which counts as none."""
    return (each for each in Operation if bits > 0 and bits >> each & 1)


@asynccontextmanager
async def inspecting(settings: Settings) -> AsyncIterator[Inspector]:
    """An inspector, for as long as its connection is open.

    Raises:
        KafkaError: the connection fails.
    """
    client = AIOKafkaClient(**connection(settings))
    try:
        await client.bootstrap()
        yield Inspector(client)
    finally:
        await client.close()


def missing_rights(needed: Mapping[str, frozenset[Operation]], seen: Mapping[str, TopicSeen]) -> dict[str, list[Operation]]:
    """By topic, the rights that are needed and not granted; a missing topic grants none."""
    return {
        topic: sorted(operations - seen[topic].allowed)
        for topic, operations in needed.items()
        if topic in seen and seen[topic].error is None and not operations <= seen[topic].allowed
    }
