"""Which topic a topic really is: Kafka gives each topic an id when it is created, and each cluster has an id too.

A name alone says little: a topic can be deleted and recreated under the same name, and another cluster can use that name too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.metadata import MetadataRequest

from streams.kafka.aiokafka_types import client_of
from streams.kafka.any_broker import ask_any_broker
from streams.kafka.topic_metadata import NO_ID, DescribeTopics


class TopicIdentity(NamedTuple):
    """The id of its cluster, its own id in hexadecimal digits ("" from a Kafka before 2.8), and its number of partitions."""

    cluster: str
    topic_id: str
    partitions: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.topic_id}"


async def identify(reader: AIOKafkaConsumer, topics: Iterable[str]) -> dict[str, TopicIdentity]:
    """The identities of these topics, asked through a connected consumer.

    Raises:
        KafkaError: a topic does not exist, we may not ask about it, or no broker answers.
    """
    asked = sorted({str(topic) for topic in topics})
    client = client_of(reader)
    try:
        response = await ask_any_broker(client, DescribeTopics(asked))
    except NotImplementedError:  # an older Kafka: at least the cluster can be identified
        response = await ask_any_broker(client, MetadataRequest(asked, allow_auto_topic_creation=False))
    return _read_identities(response.to_object())


def _read_identities(answer: Mapping[str, Any]) -> dict[str, TopicIdentity]:
    found = {}
    for topic in answer["topics"]:
        name = topic.get("name", topic.get("topic"))
        if (error := for_code(topic["error_code"])) is not NoError:
            raise error(name)
        topic_id: bytes = topic.get("topic_id", NO_ID)
        shown = "" if topic_id == NO_ID else topic_id.hex()
        found[name] = TopicIdentity(answer["cluster_id"] or "", shown, len(topic["partitions"]))
    return found
