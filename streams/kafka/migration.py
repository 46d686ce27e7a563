"""Start over under another id: new changelogs, with a starting point for each step such that they fit together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.kafka.admin import create_topics, existing, partition_counts
from streams.kafka.clients import connection, opened
from streams.kafka.fitting import grow_topic
from streams.kafka.identity import identify
from streams.kafka.progress import PROGRESS_KEY, Marks, Progress
from streams.settings import Settings
from streams.steps import Step
from streams.topics import topics_of


class MigrationError(RuntimeError):
    """The stream can't be started over like this; the message says why."""


class Moved(NamedTuple):
    """What was done: the internal topics' partitions; the number of their offsets, over all partitions, that are skipped; and
    how many offsets are missing from the sources that are read from the beginning."""

    partitions: dict[str, int]
    passed_over: dict[str, int]
    gone: int


async def migrate_stream(settings: Settings, steps: Iterable[Step], new_id: str, partitions: int | None = None) -> Moved:
    """Create the changelogs of ``new_id``. Steps that read what other steps write start at the end of it; all others start at
    the beginning of their source. So all outputs come from the new id itself, whatever those topics already hold.

    Raises:
        MigrationError: a worker is still running, the id was used before, or a topic would have to shrink.
        TopicsMissingError: a source does not exist.
        KafkaError: Kafka refuses something, or can't be reached.
    """
    steps = tuple(steps)
    renamed = replace(settings, app_id=new_id)
    await _refuse_what_is_in_use(settings, renamed, steps)
    internal = {topic for step in steps for topic in step.sends_to} & {step.source for step in steps}
    counts = await _grown(settings, steps, internal, partitions)
    made = {str(topic): topic for topic in topics_of(steps, renamed)}
    passed_over: dict[str, int] = {}
    gone = 0
    for step in steps:
        changelog = made[step.changelog.topic(new_id)]
        await create_topics(replace(renamed, partitions=counts[step.source]), [changelog])
        begins, ends = await _begin(renamed, step, counts[step.source], at_end=step.source in internal)
        if step.source in internal:
            passed_over[step.source] = sum(ends) - sum(begins)
        else:
            gone += sum(begins)
    return Moved({topic: counts[topic] for topic in sorted(internal)}, passed_over, gone)


async def _refuse_what_is_in_use(settings: Settings, renamed: Settings, steps: Sequence[Step]) -> None:
    changelogs = [step.changelog.topic(renamed.app_id) for step in steps]
    if used := [name for name, count in (await partition_counts(renamed, changelogs)).items() if count]:
        raise MigrationError(f"{renamed.app_id} was used before: there is {', '.join(used)}; take another id")
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        [answer] = await admin.describe_consumer_groups([settings.app_id])
    for group in answer.to_object()["groups"]:
        if group["members"]:
            raise MigrationError(f"workers of {settings.app_id} are still at work ({len(group['members'])}): stop them first")


async def _grown(settings: Settings, steps: Sequence[Step], internal: Iterable[str], partitions: int | None) -> dict[str, int]:
    sources = [str(step.source) for step in steps]
    counts = await existing(settings, sources)
    for topic in internal:
        if partitions is not None and partitions < counts[topic]:
            raise MigrationError(f"{topic} has {counts[topic]} partitions, and Kafka takes none away")
        if partitions is not None and partitions > counts[topic]:
            await grow_topic(settings, topic, partitions)
            counts[topic] = partitions
    return counts


async def _begin(settings: Settings, step: Step, count: int, *, at_end: bool) -> tuple[list[int], list[int]]:
    """Write into a changelog where a step starts, unless that is the beginning; returns the source's first and end offsets."""
    tps = [TopicPartition(step.source, number) for number in range(count)]
    async with opened(AIOKafkaConsumer(**connection(settings), isolation_level="read_committed")) as reader:
        begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
        marks = Marks.of((await identify(reader, [step.source]))[step.source])
    if at_end:
        changelog = step.changelog.topic(settings.app_id)
        async with opened(AIOKafkaProducer(**connection(settings), enable_idempotence=True)) as producer:
            for tp in tps:
                word = Progress(ends[tp], None, marks).pack()
                await producer.send_and_wait(changelog, word, PROGRESS_KEY, partition=tp.partition)
    return [begins[tp] for tp in tps], [ends[tp] for tp in tps]
