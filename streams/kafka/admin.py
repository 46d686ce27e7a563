"""Create topics, count their partitions, and check them before a worker starts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    NoError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)

from streams.kafka.checks import SAFE_COPIES, SETTINGS, Deviation, Role, findings
from streams.kafka.clients import NotConnectedError, apart, connection, opened
from streams.settings import Settings
from streams.steps import Step, Topic
from streams.topics import topics_of

log = logging.getLogger(__name__)

T = TypeVar("T")

_ASK_FOR_S: Final = 20.0
_ASK_AGAIN_S: Final = 0.3
_NOT_TOLD: Final = (NoError, TopicAuthorizationFailedError, ClusterAuthorizationFailedError)


async def create_topics(settings: Settings, topics: Sequence[Topic]) -> list[str]:
    """Create the topics that do not exist yet and return their names.

    Raises:
        KafkaError: the broker refuses to create one.
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
    """A topic's configuration. With three copies, two must have a record before it counts: one broker alone could lose it."""
    copies = {"min.insync.replicas": "2"} if settings.replication >= SAFE_COPIES else {}
    return {**copies, **topic.config}


async def partition_counts(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each topic has; 0 for a topic that does not exist."""

    async def count(admin: AIOKafkaAdminClient) -> dict[str, int]:
        there = set(await admin.list_topics()) & set(names)
        described = await admin.describe_topics(sorted(there)) if there else []
        return {topic["topic"]: len(topic["partitions"]) for topic in described}

    counts = await asked(settings, count)
    return {name: counts.get(name, 0) for name in names}


async def existing(settings: Settings, names: Sequence[str], *, optional: Sequence[str] = ()) -> dict[str, int]:
    """How many partitions each topic has; 0 for an ``optional`` one that does not exist.

    Raises:
        TopicsMissingError: another one does not.
    """
    counts = await partition_counts(settings, (*names, *optional))
    if missing := [name for name in names if not counts[name]]:
        raise TopicsMissingError(f"no such topics: {', '.join(missing)}; make them with `headwater topics create`")
    return counts


async def asked(settings: Settings, ask: Callable[[AIOKafkaAdminClient], Awaitable[T]]) -> T:
    """Ask Kafka through a connection of its own, :func:`patiently`."""

    async def once() -> T:
        async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
            return await ask(admin)

    return await patiently(once)


async def patiently(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Ask Kafka, and ask again if a broker has just gone away or come back, which passes.

    Raises:
        KafkaError: it goes on failing, or will not pass by itself.
    """
    deadline = time.monotonic() + _ASK_FOR_S
    while True:
        try:
            return await apart(ask())
        except (KafkaError, TimeoutError) as error:
            lasts = isinstance(error, NotConnectedError) or not getattr(error, "retriable", True)
            if lasts or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_ASK_AGAIN_S)


class TopicsMissingError(RuntimeError):
    """Topics that the pipeline needs are missing, or do not fit together."""


async def check_topics(settings: Settings, steps: Iterable[Step]) -> list[Deviation]:
    """Before a worker starts, make sure the topics of the steps exist and that their configuration does no harm.

    A setting that differs from what `topics create` would choose, but harms nothing yet, is logged as a warning and returned.

    Raises:
        TopicsMissingError: some topics are missing; a changelog has a different number of partitions than the source whose keys
            it remembers; or a topic's configuration would lose records or refuse them, which would end every worker.
    """
    steps = tuple(steps)
    topics = topics_of(steps, settings)
    counts = await existing(settings, topics)
    for step in steps:
        if (wrong := misfit(step, counts[step.changelog.topic(settings.app_id)], counts[step.source])) is not None:
            raise TopicsMissingError(wrong)
    found = await asked(settings, lambda admin: look_at_topics(admin, settings, steps))
    if harmful := [str(each) for each in found if each.harms]:
        raise TopicsMissingError("; ".join(harmful))
    for each in found:
        log.warning("%s", each)
    return found


async def look_at_topics(admin: AIOKafkaAdminClient, settings: Settings, steps: Iterable[Step]) -> list[Deviation]:
    """How Kafka keeps the steps' topics, as far as it differs from what `topics create` would choose.

    Topics that are not there are skipped.

    Raises:
        KafkaError: Kafka does not answer, or a topic is just being deleted.
    """
    steps = tuple(steps)
    topics = topics_of(steps, settings)
    names = set(await admin.list_topics())
    there = [str(topic) for topic in topics if topic in names]
    described = await admin.describe_topics(there) if there else []
    copies = {topic["topic"]: min((len(each["replicas"]) for each in topic["partitions"]), default=0) for topic in described}
    kept = await topic_configs(admin, there, SETTINGS)
    return [
        finding
        for topic in topics
        if topic in kept
        for finding in findings(topic, role_of(topic, steps), kept[topic], copies.get(topic))
    ]


def misfit(step: Step, own: int, source: int) -> str | None:
    """What is wrong when a changelog has ``own`` partitions and its step's source has ``source``; None if nothing is.

    If nothing is remembered by key, a source may grow at any time, and its changelog follows.
    """
    if own == source or not step.changelog.remembers:
        return None
    return (
        f"the changelog of {step.name} has {own} partitions and {step.source} has {source}. Do not make them equal by hand:"
        " its keys are on other partitions then than what is remembered of them. Stop all workers, run `headwater migrate"
        " NEW_ID`, and start them with HEADWATER_APP_ID=NEW_ID: everything is read again"
    )


def role_of(topic: Topic, steps: Sequence[Step]) -> Role:
    """What a topic is to the steps."""
    read = any(step.source == topic for step in steps)
    if any(topic in step.sends_to for step in steps):
        return Role.BETWEEN if read else Role.OUTCOME
    return Role.SOURCE if read else Role.CHANGELOG


async def topic_config(settings: Settings, topic: str, names: Sequence[str]) -> dict[str, str]:
    """Kafka's own settings of a topic, by name; empty if we may not ask.

    Raises:
        KafkaError: the topic does not exist, or no broker answers.
    """

    async def describe(admin: AIOKafkaAdminClient) -> dict[str, str]:
        return (await topic_configs(admin, [topic], names))[topic]

    return await asked(settings, describe)


async def topic_configs(
    admin: AIOKafkaAdminClient, topics: Sequence[str], names: Sequence[str] | None = None
) -> dict[str, dict[str, str]]:
    """Kafka's own settings of some topics, by topic and name (all settings if no names are given); empty if we may not ask.

    Raises:
        KafkaError: a topic does not exist.
    """
    if not topics:
        return {}
    configs = None if names is None else dict.fromkeys(names)
    wanted = [ConfigResource(ConfigResourceType.TOPIC, str(topic), configs) for topic in topics]
    found: dict[str, dict[str, str]] = {str(topic): {} for topic in topics}
    for response in await admin.describe_configs(wanted):
        for code, message, _kind, topic, entries in response.resources:
            if (error := for_code(code)) not in _NOT_TOLD:
                raise error(f"{topic}: {message}")
            found[topic] = {name: value for name, value, *_ in entries or ()}
    return found
