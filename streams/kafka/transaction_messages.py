"""The three messages of Kafka's transactions v2 that aiokafka does not speak (KIP-890), and the cluster's finalised features.

Produce 12 adds its partitions to the transaction by itself; EndTxn 5 returns the next transaction's epoch; ApiVersions 3
reports the finalised features (KIP-584). aiokafka's own messages do for everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response, ResponseHeader_v0
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

from streams.kafka.any_broker import ask_any_broker

TRANSACTION_VERSION: Final = "transaction.version"

_TEXT: Final = CompactString("utf-8")
_NO_TAGS: Final[dict[int, bytes]] = {}
_ALL_IN_SYNC: Final = -1
_FINALISED_FEATURES: Final = 2  # the tag of that field


class ProduceResponseV12(Response):
    API_KEY = 0
    API_VERSION = 12
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic", _TEXT),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("error_code", Int16),
                        ("base_offset", Int64),
                        ("log_append_time_ms", Int64),
                        ("log_start_offset", Int64),
                        ("record_errors", CompactArray(("batch_index", Int32), ("message", _TEXT), ("tags", TaggedFields))),
                        ("error_message", _TEXT),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("throttle_time_ms", Int32),
        ("tags", TaggedFields),
    )


class ProduceRequestV12(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = 0
    API_VERSION = 12
    RESPONSE_TYPE = ProduceResponseV12
    SCHEMA = Schema(
        ("transactional_id", _TEXT),
        ("acks", Int16),
        ("timeout_ms", Int32),
        (
            "topics",
            CompactArray(
                ("topic", _TEXT),
                ("partitions", CompactArray(("partition", Int32), ("records", CompactBytes), ("tags", TaggedFields))),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class EndTxnResponseV5(Response):
    API_KEY = 26
    API_VERSION = 5
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("producer_id", Int64),
        ("producer_epoch", Int16),
        ("tags", TaggedFields),
    )


class EndTxnRequestV5(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = 26
    API_VERSION = 5
    RESPONSE_TYPE = EndTxnResponseV5
    SCHEMA = Schema(
        ("transactional_id", _TEXT),
        ("producer_id", Int64),
        ("producer_epoch", Int16),
        ("is_commit", Boolean),
        ("tags", TaggedFields),
    )


class ApiVersionsResponseV3(Response):
    API_KEY = 18
    API_VERSION = 3
    SCHEMA = Schema(
        ("error_code", Int16),
        ("apis", CompactArray(("api_key", Int16), ("least", Int16), ("most", Int16), ("tags", TaggedFields))),
        ("throttle_time_ms", Int32),
        ("tags", TaggedFields),
    )


class ApiVersionsRequestV3(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = 18
    API_VERSION = 3
    RESPONSE_TYPE = ApiVersionsResponseV3
    SCHEMA = Schema(("software", _TEXT), ("software_version", _TEXT), ("tags", TaggedFields))

    def parse_response_header(self, read_buffer: BytesIO | bytes) -> ResponseHeader_v0:
        """The old header, so that a client that asks in too new a version can read the answer."""
        return ResponseHeader_v0.decode(read_buffer)


_FEATURES: Final = CompactArray(("name", _TEXT), ("level", Int16), ("least", Int16), ("tags", TaggedFields))


class Produce(Request[ProduceRequestV12]):
    """One batch for each of several partitions with the same leader."""

    API_KEY = 0

    def __init__(self, transactional_id: str, timeout_ms: int, batches: Mapping[TopicPartition, bytes]) -> None:
        self._head = transactional_id, _ALL_IN_SYNC, timeout_ms
        self._batches = batches

    def build(self, request_struct_class: type[ProduceRequestV12]) -> ProduceRequestV12:
        topics: dict[str, list[tuple[int, bytes, dict[int, bytes]]]] = {}
        for tp, batch in self._batches.items():
            topics.setdefault(tp.topic, []).append((tp.partition, batch, _NO_TAGS))
        return request_struct_class(*self._head, [(*each, _NO_TAGS) for each in topics.items()], _NO_TAGS)


class EndTransaction(Request[EndTxnRequestV5]):
    """A commit or abort of the transaction that the epoch identifies."""

    API_KEY = 26

    def __init__(self, transactional_id: str, producer_id: int, epoch: int, *, commit: bool) -> None:
        self._fields = transactional_id, producer_id, epoch, commit

    def build(self, request_struct_class: type[EndTxnRequestV5]) -> EndTxnRequestV5:
        return request_struct_class(*self._fields, _NO_TAGS)


class _ApiVersions(Request[ApiVersionsRequestV3]):
    API_KEY = 18

    def build(self, request_struct_class: type[ApiVersionsRequestV3]) -> ApiVersionsRequestV3:
        return request_struct_class("headwater", "1", _NO_TAGS)


class Appended(NamedTuple):
    """A leader's answer for a batch: Kafka's error code, 0 for none; its first offset; its own time, -1 if it keeps none."""

    error_code: int
    base_offset: int
    append_time_ms: int
    message: str


def read_produced(answer: Any) -> Iterable[tuple[TopicPartition, Appended]]:
    """The leader's answer for each partition's batch."""
    for topic, partitions, _ in answer.topics:
        for partition, error_code, base_offset, append_time_ms, _, _, message, _ in partitions:
            yield TopicPartition(topic, partition), Appended(error_code, base_offset, append_time_ms, message or "")


async def finalised_features(client: AIOKafkaClient) -> dict[str, int]:
    """The features that all brokers of a cluster have agreed on, with their levels; empty for a Kafka before 2.7.

    Raises:
        KafkaError: no broker answers.
    """
    try:
        answer = await ask_any_broker(client, _ApiVersions())
    except NotImplementedError:  # before 2.4
        return {}
    if (error := for_code(answer.error_code)) is not NoError:
        raise error(TRANSACTION_VERSION)
    agreed = answer.tags.get(_FINALISED_FEATURES)
    return {name: level for name, level, _, _ in _FEATURES.decode(BytesIO(agreed)) or ()} if agreed else {}
