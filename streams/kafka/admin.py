"""Making topics, counting their partitions, and checking them before a worker starts."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from streams.kafka.clients import connection, opened
from streams.settings import Settings
from streams.steps import Step, Topic
from streams.topics import COMPRESSION, MOST_BYTES, topics_of

log = logging.getLogger(__name__)

_SAFE_COPIES: Final = 3  # with fewer, one broker that is away would stop all writing


async def create_topics(settings: Settings, topics: Sequence[Topic]) -> list[str]:
    """Create the topics that do not exist yet; returns their names.

    Raises:
        KafkaError: the broker's own, when it refuses one.
    """
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        response = await admin.create_topics(
            [
                NewTopic(str(topic), settings.partitions, settings.replication, topic_configs=_kept_by(settings, topic))
                for topic in topics
            ]
        )
    created = []
    for name, code, message in response.topic_errors:
        error = for_code(code)
        if code == 0:
            created.append(name)
        elif error is not TopicAlreadyExistsError:
            raise error(f"{name}: {message}")
    return created


def _kept_by(settings: Settings, topic: Topic) -> dict[str, str]:
    """A topic's configuration: of three copies two must have a record before it counts, or one broker could lose it."""
    copies = {"min.insync.replicas": "2"} if settings.replication >= _SAFE_COPIES else {}
    return {**copies, **topic.config}


async def partition_counts(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each topic has; 0 for one that does not exist."""
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        existing = set(await admin.list_topics()) & set(names)
        described = await admin.describe_topics(sorted(existing)) if existing else []
    counts = {topic["topic"]: len(topic["partitions"]) for topic in described}
    return {name: counts.get(name, 0) for name in names}


class TopicsMissingError(RuntimeError):
    """Topics that the pipeline needs are not there, or do not fit together."""


async def check_topics(settings: Settings, steps: Iterable[Step]) -> None:
    """Make sure the topics of the steps are there before a worker starts.

    Raises:
        TopicsMissingError: saying which are not, that what is remembered by key has other partitions than the keys, or that a
            topic takes only smaller records than may have to go there: one of those would end every worker that meets it.
    """
    steps = tuple(steps)
    topics = topics_of(steps, settings)
    counts = await partition_counts(settings, topics)
    if missing := [name for name, count in counts.items() if not count]:
        raise TopicsMissingError(f"no such topics: {', '.join(missing)}; make them with `headwater topics create`")
    for step in steps:
        if (wrong := misfit(step, counts[step.changelog.topic(settings.app_id)], counts[step.source])) is not None:
            raise TopicsMissingError(wrong)
    written = {topic for step in steps for topic in (*step.sends_to, step.changelog.topic(settings.app_id))}
    for topic in topics:
        if topic not in written:
            continue  # how large a record may be there is the producers' business
        found = await topic_config(settings, topic, (MOST_BYTES, COMPRESSION))
        needed, allowed = int(topic.config[MOST_BYTES]), int(found.get(MOST_BYTES, sys.maxsize))  # unknown where we may not ask
        if allowed < needed:
            raise TopicsMissingError(f"{topic} takes records of at most {allowed:,} bytes; raise its {MOST_BYTES} to {needed}")
        _warn_of_recompression(topic, found.get(COMPRESSION, "producer"))


def misfit(step: Step, own: int, source: int) -> str | None:
    """What is wrong where a changelog has ``own`` partitions and its step's source another number; None where nothing is.

    Where nothing is remembered by key, a source may grow at any time, and its changelog follows.
    """
    if own == source or not step.changelog.remembers:
        return None
    return (
        f"the changelog of {step.name} has {own} partitions and {step.source} has {source}. Do not make them equal by hand:"
        " its keys are on other partitions then than what is remembered of them. Stop all workers, run `headwater migrate"
        " NEW_ID`, and start them with HEADWATER_APP_ID=NEW_ID: everything is read anew"
    )


def _warn_of_recompression(topic: Topic, kept_as: str) -> None:
    """Say where the broker compresses anew what we write: that costs it time, and consumers get its codec, not ours."""
    written_as = topic.config.get(COMPRESSION)
    if written_as is not None and kept_as not in ("producer", written_as):
        log.warning(
            "%s has %s=%s: the broker compresses anew what Headwater writes as %s, and that is what consumers have to read;"
            " set it to %s, or HEADWATER_COMPRESSION to what consumers need",
            *(topic, COMPRESSION, kept_as, written_as, written_as),
        )


async def topic_config(settings: Settings, topic: str, names: Sequence[str]) -> dict[str, str]:
    """Kafka's own settings of a topic, by name; none where we may not ask."""
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        return (await topic_configs(admin, [topic], names))[topic]


async def topic_configs(
    admin: AIOKafkaAdminClient, topics: Sequence[str], names: Sequence[str] | None = None
) -> dict[str, dict[str, str]]:
    """Kafka's own settings of some topics, by topic and name (all of them, if none are named); none where we may not ask."""
    if not topics:
        return {}
    configs = None if names is None else dict.fromkeys(names)
    wanted = [ConfigResource(ConfigResourceType.TOPIC, str(topic), configs) for topic in topics]
    found: dict[str, dict[str, str]] = {str(topic): {} for topic in topics}
    for response in await admin.describe_configs(wanted):
        for _error, _message, _kind, topic, entries in response.resources:
            found[topic] = {name: value for name, value, *_ in entries or ()}
    return found
