"""aiokafka's private names, typed: tests/kafka/test_libraries.py says which one an upgrade has changed."""

from __future__ import annotations

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.api import Request

from streams.kafka.group import Told


async def told_offset(consumer: AIOKafkaConsumer, tp: TopicPartition) -> Told | None:
    """The group's offset of a partition with the note beside it, which ``consumer.committed`` leaves out; None for none.

    Raises:
        KafkaError: the group's coordinator can't be asked.
    """
    found = (await consumer._coordinator.fetch_committed_offsets([tp])).get(tp)
    return Told(found.offset, found.metadata) if found else None


def client_of(consumer: AIOKafkaConsumer) -> AIOKafkaClient:
    """What sends a consumer's requests, for one that it has no method for."""
    client: AIOKafkaClient = consumer._client
    return client


async def send_to_controller(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:
    """The controller's answer to a request that the client has no method for.

    Raises:
        KafkaError: it does not answer.
    """
    return await admin._send_to_controller(request)
