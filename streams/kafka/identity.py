"""Which topic a topic is: Kafka gives each an id when it is made, and each cluster has one of its own.

A name says little: a topic can be deleted and made anew under it, and another cluster has one of the same name. aiokafka speaks
Metadata up to version 5, and ids come with version 10 (KIP-516, Kafka 2.8): that one request is defined here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from streams.kafka.aiokafka_types import client_of

_METADATA = 3
_NO_ID = bytes(16)


class TopicIdentity(NamedTuple):
    """Which topic it is: the id of its cluster, its own in hexadecimal digits ("" from a Kafka before 2.8), its partitions."""

    cluster: str
    topic_id: str
    partitions: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.topic_id}"


class _Id(AbstractType[bytes]):
    """Sixteen bytes."""

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(16)


class _MetadataResponse(Response):
    API_KEY = _METADATA
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Id),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataStruct(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = _METADATA
    API_VERSION = 10
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Id), ("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _MetadataWithIds(Request[_MetadataStruct]):
    API_KEY = _METADATA

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics = list(topics)

    def build(self, request_struct_class: type[_MetadataStruct]) -> _MetadataStruct:
        asked: list[Any] = [(_NO_ID, topic, {}) for topic in self._topics]
        return request_struct_class(asked, False, False, False, {})  # noqa: FBT003 - the fields of the schema


async def identify(reader: AIOKafkaConsumer, topics: Iterable[str]) -> dict[str, TopicIdentity]:
    """Which topics these are, by a consumer that is connected.

    Raises:
        KafkaError: there is no such topic, we may not ask about it, or no broker answers.
    """
    asked = sorted({str(topic) for topic in topics})
    client = client_of(reader)
    node = client.get_random_node()
    try:
        response = await client.send(node, _MetadataWithIds(asked))
    except NotImplementedError:  # an older Kafka: the cluster tells itself apart at least
        response = await client.send(node, MetadataRequest(asked, allow_auto_topic_creation=False))
    return _read_identities(response.to_object())


def _read_identities(answer: Mapping[str, Any]) -> dict[str, TopicIdentity]:
    found = {}
    for topic in answer["topics"]:
        name = topic.get("name", topic.get("topic"))
        if (error := for_code(topic["error_code"])) is not NoError:
            raise error(name)
        topic_id: bytes = topic.get("topic_id", _NO_ID)
        shown = "" if topic_id == _NO_ID else topic_id.hex()
        found[name] = TopicIdentity(answer["cluster_id"] or "", shown, len(topic["partitions"]))
    return found
