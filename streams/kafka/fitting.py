"""Keep internal topics in line with their sources and the settings: fix them where we may, else name the command that does."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from streams.kafka.admin import TopicsMissingError, partition_counts, patiently, topic_config
from streams.kafka.aiokafka_types import send_to_controller
from streams.kafka.clients import connection, opened, reading_to_the_end
from streams.kafka.identity import identify
from streams.kafka.progress import PROGRESS_KEY, Progress, SourceChange
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.kafka.sources import explain
from streams.kafka.tables import Foreign
from streams.settings import Settings
from streams.steps import Step, Topic
from streams.topics import OUTCOMES, topics_of

log = logging.getLogger(__name__)

_INCREMENTAL_ALTER_CONFIGS = 44
_TOPIC, _SET = 2, 0
_AGE, _SIZE, _POLICY, _TIMES = "retention.ms", "retention.bytes", "cleanup.policy", "message.timestamp.type"
# Every transaction ends with its progress; after that come only transaction markers.
_TAIL_OFFSETS: Final = 200


class ChangelogTooSmallError(KafkaError):
    """A changelog lacks a partition that its source has, and we may not create it: the worker waits for it."""


class _AlterResponse(Response):
    API_KEY = _INCREMENTAL_ALTER_CONFIGS
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class _AlterStruct(RequestStruct):
    API_KEY = _INCREMENTAL_ALTER_CONFIGS
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                ("configs", Array(("name", String("utf-8")), ("operation", Int8), ("value", String("utf-8")))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _AlterTopic(Request[_AlterStruct]):
    """Change some of a topic's settings and leave the others: aiokafka's own request resets those that it does not name."""

    API_KEY = _INCREMENTAL_ALTER_CONFIGS

    def __init__(self, topic: str, config: Mapping[str, str]) -> None:
        self._topic = topic
        self._config = config

    def build(self, request_struct_class: type[_AlterStruct]) -> _AlterStruct:
        changes = [(name, _SET, value) for name, value in self._config.items()]
        return request_struct_class([(_TOPIC, self._topic, changes)], False)  # noqa: FBT003 - a field of the schema


async def alter_topic(settings: Settings, topic: str, config: Mapping[str, str]) -> None:
    """Change some of Kafka's settings of a topic.

    Raises:
        KafkaError: we may not, or it fails.
    """
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        response = await send_to_controller(admin, _AlterTopic(str(topic), config))
    for code, message, *_ in response.resources:
        if code:
            raise for_code(code)(message)


async def grow_topic(settings: Settings, topic: str, partitions: int) -> None:
    """Give a topic more partitions.

    Raises:
        KafkaError: we may not, or it has that many already.
    """
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        await admin.create_partitions({str(topic): NewPartitions(partitions)})


async def grow_changelog(settings: Settings, changelog: str, partitions: int) -> None:
    """Give a changelog as many partitions as its source has now.

    Raises:
        ChangelogTooSmallError: we may not; the message has the command for somebody who may.
    """
    try:
        await grow_topic(settings, changelog, partitions)
    except KafkaError as error:
        raise ChangelogTooSmallError(
            f"{changelog} needs {partitions} partitions, and we can't make them ({error}): let somebody who may run"
            f" kafka-topics --bootstrap-server {settings.brokers[0]} --alter --topic {changelog} --partitions {partitions}"
        ) from error
    log.warning("%s has %d partitions now, as its source has", changelog, partitions)


async def fit_topics(settings: Settings, steps: Iterable[Step]) -> None:
    """Before a worker starts, bring existing internal topics into line, as far as we may.

    Raises:
        TopicsMissingError: a changelog would forget what the window still needs, or its partitions do not fit what is
            remembered; somebody else has to fix it.
        ForeignRecordError, NewerFormatError: a changelog ends with what this version did not write.
    """
    steps = tuple(steps)
    topics = topics_of(steps, settings)
    counts = await partition_counts(settings, topics)
    await _refuse_other_partitions(settings, [step for step in steps if step.changelog.remembers], counts)
    for step in steps:
        changelog = step.changelog.topic(settings.app_id)
        if not step.changelog.remembers and 0 < counts[changelog] < counts[step.source]:
            try:
                await grow_changelog(settings, changelog, counts[step.source])
            except ChangelogTooSmallError as error:
                log.warning("%s; until then the new partitions are not read", error)
    changelogs = {step.changelog.topic(settings.app_id) for step in steps}
    # How long outcomes are kept is up to those who read them.
    internal = {step.source for step in steps} & {topic for step in steps for topic in step.sends_to} - {*OUTCOMES}
    for topic in topics:
        if counts[topic] and topic in changelogs | internal:
            await _set_right(settings, topic, is_changelog=topic in changelogs)


async def _set_right(settings: Settings, topic: Topic, *, is_changelog: bool) -> None:
    """Make an internal topic delete nothing by age, and a changelog record the brokers' time."""
    names = (_AGE, _SIZE, _POLICY, _TIMES)
    found = await topic_config(settings, topic, names)
    wrong = what_to_set(found, topic.config, is_changelog=is_changelog)
    if not wrong:
        return
    try:
        await alter_topic(settings, topic, wrong)
    except KafkaError as error:
        setting = ",".join(f"{name}={value}" for name, value in wrong.items())
        advice = (
            f"{topic} is not as it should be, and we can't change it ({error}): let somebody who may run"
            f" kafka-configs --bootstrap-server {settings.brokers[0]} --alter --entity-type topics --entity-name {topic}"
            f" --add-config {setting}"
        )
        if is_changelog and forgets_too_early(found, settings.remember_s):
            raise TopicsMissingError(
                f"{topic} keeps what is remembered for {int(found[_AGE]) // 1000} s, and HEADWATER_WINDOW_S={settings.window_s}"
                f" needs {settings.remember_s}. {advice}"
            ) from error
        log.warning("%s", advice)
    else:
        log.warning("%s: set %s", topic, ", ".join(f"{name}={value}" for name, value in wrong.items()))


def what_to_set(found: Mapping[str, str], wanted: Mapping[str, str], *, is_changelog: bool) -> dict[str, str]:
    """Which of Kafka's settings of an internal topic must change; a size that somebody chose stays."""
    if not found:
        return {}  # we may not ask
    if is_changelog:
        return {name: wanted[name] for name in (_POLICY, _TIMES) if found.get(name) != wanted[name]}
    if int(found.get(_AGE, -1)) < 0:
        return {}
    sizes = {_SIZE: wanted[_SIZE]} if int(found.get(_SIZE, -1)) < 0 else {}
    return {_AGE: wanted[_AGE], **sizes}


def forgets_too_early(found: Mapping[str, str], remember_s: int) -> bool:
    """Whether Kafka deletes entries of a changelog that may still be needed."""
    return "delete" in found.get(_POLICY, "") and 0 <= int(found.get(_AGE, -1)) < remember_s * 1000


async def _refuse_other_partitions(settings: Settings, steps: Iterable[Step], counts: Mapping[str, int]) -> None:
    """Make sure that the number of partitions has not changed for any source of a step that remembers by key.

    Raises:
        TopicsMissingError: it has.
    """
    for step in steps:
        if counts[step.source] and counts[changelog := step.changelog.topic(settings.app_id)]:
            await patiently(partial(_refuse_another_count, settings, step.source, changelog, counts[changelog]))


async def _refuse_another_count(settings: Settings, topic: Topic, changelog: str, count: int) -> None:
    reader = AIOKafkaConsumer(**reading_to_the_end(settings), isolation_level="read_committed", enable_auto_commit=False)
    async with opened(reader):
        source = (await identify(reader, [topic]))[topic]
        tps = [TopicPartition(changelog, number) for number in range(count)]
        for progress in (await last_progress(reader, tps, Foreign(skip=settings.skip_foreign))).values():
            if progress.marks.partitions not in (0, source.partitions) and progress.marks.topic_id == source.topic_id:
                raise TopicsMissingError(explain(SourceChange.OTHER_PARTITIONS, topic, progress, source, 0))


async def last_progress(
    reader: AIOKafkaConsumer, changelogs: Iterable[TopicPartition], foreign: Foreign
) -> dict[TopicPartition, Progress]:
    """How far partitions have come, from the ends of their changelogs; partitions whose changelog says nothing are left out.

    Raises:
        KafkaError: Kafka does not answer.
        ForeignRecordError: a record that should tell it was not written by us, and must not be skipped.
        NewerFormatError: a newer version wrote it.
    """
    tps = list(changelogs)
    reader.assign(tps)
    begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
    for tp in tps:
        reader.seek(tp, max(begins[tp], ends[tp] - _TAIL_OFFSETS))
    found = {}
    while not all([await reader.position(tp) >= ends[tp] for tp in tps]):
        for tp, records in (await reader.getmany(timeout_ms=LOOK_AGAIN_MS)).items():
            words = [each.value for each in records if each.key == PROGRESS_KEY and foreign.lets_through(each)]
            if words:
                found[tp] = Progress.unpack(words[-1])
    return found
