"""A worker with its own name in the group (``HEADWATER_INSTANCE_ID``), and what happens when another one takes that name.

Kafka shuts out the older of the two, and says so to members that name themselves in each request (KIP-345). aiokafka names
itself when it joins, but in no heartbeat or commit after that. So it would only hear that the group does not know it, join
again, and shut out the other one, for ever. Here these requests carry the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest, HeartbeatResponse_v1
from aiokafka.protocol.types import Array, Int16, Int32, Int64, Schema, String

from streams.kafka.aiokafka_types import commit_fields, heartbeat_fields

FENCED_INSTANCE_ID: Final = 82
_UNKNOWN_LEADER_EPOCH: Final = -1


class HeartbeatResponseV3(Response):
    API_KEY = 12
    API_VERSION = 3
    SCHEMA = HeartbeatResponse_v1.SCHEMA


class HeartbeatRequestV3(RequestStruct):
    API_KEY = 12
    API_VERSION = 3
    RESPONSE_TYPE = HeartbeatResponseV3
    SCHEMA = Schema(
        ("group", String("utf-8")),
        ("generation_id", Int32),
        ("member_id", String("utf-8")),
        ("group_instance_id", String("utf-8")),
    )


class OffsetCommitResponseV7(Response):
    API_KEY = 8
    API_VERSION = 7
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("topics", Array(("topic", String("utf-8")), ("partitions", Array(("partition", Int32), ("error_code", Int16))))),
    )


class OffsetCommitRequestV7(RequestStruct):
    API_KEY = 8
    API_VERSION = 7
    RESPONSE_TYPE = OffsetCommitResponseV7
    SCHEMA = Schema(
        ("group", String("utf-8")),
        ("generation_id", Int32),
        ("member_id", String("utf-8")),
        ("group_instance_id", String("utf-8")),
        (
            "topics",
            Array(
                ("topic", String("utf-8")),
                (
                    "partitions",
                    Array(("partition", Int32), ("offset", Int64), ("leader_epoch", Int32), ("metadata", String("utf-8"))),
                ),
            ),
        ),
    )


class NamedHeartbeat(Request[HeartbeatRequestV3]):
    """A heartbeat that names its instance."""

    API_KEY: ClassVar[int] = 12

    def __init__(self, heartbeat: HeartbeatRequest, instance_id: str) -> None:
        self._fields = *heartbeat_fields(heartbeat), instance_id

    def build(self, request_struct_class: type[HeartbeatRequestV3]) -> HeartbeatRequestV3:
        return request_struct_class(*self._fields)


class NamedCommit(Request[OffsetCommitRequestV7]):
    """A commit of offsets that names its instance."""

    API_KEY: ClassVar[int] = 8

    def __init__(self, commit: OffsetCommitRequest, instance_id: str) -> None:
        member, committed = commit_fields(commit)
        topics = [
            (topic, [(each, offset, _UNKNOWN_LEADER_EPOCH, metadata) for each, offset, metadata in partitions])
            for topic, partitions in committed
        ]
        self._fields = *member, instance_id, topics

    def build(self, request_struct_class: type[OffsetCommitRequestV7]) -> OffsetCommitRequestV7:
        return request_struct_class(*self._fields)


def named(request: Any, instance_id: str) -> Any:
    """The request, with the instance's name added where aiokafka leaves it out."""
    match request:
        case HeartbeatRequest():
            return NamedHeartbeat(request, instance_id)
        case OffsetCommitRequest():
            return NamedCommit(request, instance_id)
        case _:
            return request


def is_fenced(response: Any) -> bool:
    """Whether Kafka answers that another member uses this instance's name."""
    if isinstance(response, OffsetCommitResponseV7):
        return any(code == FENCED_INSTANCE_ID for _, partitions in response.topics for _, code in partitions)
    return getattr(response, "error_code", 0) == FENCED_INSTANCE_ID


def name_instance(client: AIOKafkaClient, instance_id: str, fenced: Callable[[], None]) -> None:
    """Make a consumer's client name its instance in all group requests; ``fenced`` is called when another takes the name."""
    send = client.send

    async def send_named(node_id: int, request: Any, *, group: ConnectionGroup = ConnectionGroup.DEFAULT) -> Any:
        response = await send(node_id, named(request, instance_id), group=group)
        if is_fenced(response):
            fenced()
        return response

    client.send = send_named
