"""Which topic a topic is: Kafka gives each an id when it is made, and each cluster has one of its own.

A name says little: a topic can be deleted and made anew under it, and another cluster has one of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.metadata import MetadataRequest

from streams.kafka.aiokafka_types import client_of
from streams.kafka.topic_metadata import NO_ID, DescribeTopics


class TopicIdentity(NamedTuple):
    """Which topic it is: the id of its cluster, its own in hexadecimal digits ("" from a Kafka before 2.8), its partitions."""

    cluster: str
    topic_id: str
    partitions: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.topic_id}"


async def identify(reader: AIOKafkaConsumer, topics: Iterable[str]) -> dict[str, TopicIdentity]:
    """Which topics these are, by a consumer that is connected.

    Raises:
        KafkaError: there is no such topic, we may not ask about it, or no broker answers.
    """
    asked = sorted({str(topic) for topic in topics})
    client = client_of(reader)
    node = client.get_random_node()
    try:
        response = await client.send(node, DescribeTopics(asked))
    except NotImplementedError:  # an older Kafka: the cluster tells itself apart at least
        response = await client.send(node, MetadataRequest(asked, allow_auto_topic_creation=False))
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
