"""``headwater check``: a dry run that finds what is wrong before a worker is started."""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents import pipeline_steps
from streams.commands.context import logs_of_clients_off
from streams.commands.printing import columns, hung
from streams.kafka.admin import topic_configs
from streams.kafka.clients import connection, opened, reading_to_the_end
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.kafka.rights import Operation, TopicSeen, inspecting, worker_rights
from streams.settings import Settings, SettingsError
from streams.steps import Topic
from streams.topics import topics_of
from streams.watch.readiness import (
    Finding,
    Grade,
    fault,
    good,
    judge_broker_clock,
    judge_clock,
    judge_disk,
    judge_partitions,
    judge_rights,
    judge_topics,
)

_TIMEOUT_S: Final = 60.0
_UNSYNCHRONISED: Final = 0x40  # STA_UNSYNC, in timex.h
_LAST_OFFSETS: Final = 20  # of a partition: the very last ones may be transaction markers
_CLOCK_ERROR: Final = 5  # TIME_ERROR in timex.h


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line per finding.")
def check(as_json: bool) -> None:
    """Say whether a worker could do its work here: settings, disk, clock, brokers, topics, rights.

    Nothing is written, to Kafka or elsewhere, except the name of one transactional id. All faults are named at once; the status
    is 1 if there are any.
    """
    findings = list(_findings())
    for each in findings:
        click.echo(json.dumps(asdict(each), ensure_ascii=False) if as_json else "\n".join(told(each, columns())))
    faults = sum(each.grade is Grade.FAULT for each in findings)
    if faults:
        raise click.ClickException(f"{faults} fault{'' if faults == 1 else 's'}: a worker could not do its work here")


def told(finding: Finding, width: int) -> Iterator[str]:
    """A finding in lines of at most ``width`` columns."""
    return hung(f"{finding.grade:<8}{finding.subject:<10}", finding.said, width)


def _findings() -> Iterator[Finding]:
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        yield from (fault("settings", line) for line in str(error).splitlines())
        return
    yield good("settings", "every variable can be used; `headwater settings --changed` shows what is set")
    yield _disk(settings.state_dir)
    synchronised, error_s = _clock()
    yield judge_clock(error_s, synchronised=synchronised)
    yield from asyncio.run(_gathered(settings))


def _disk(folder: Path) -> Finding:
    """The state folder, or its nearest existing parent: is it writable, and does it have room?"""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        return judge_disk(str(folder), shutil.disk_usage(there).free)
    except OSError as error:
        return fault("disk", f"HEADWATER_STATE_DIR: {folder} can't be used: {error.strerror}; choose another folder")


def _clock() -> tuple[bool | None, float]:
    """Whether Linux's kernel says that a time service keeps the clock, and the largest error that it expects, in seconds."""
    try:
        system = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        timex = (ctypes.c_long * 64)()  # struct timex and room to spare; modes 0: read, change nothing
        state = system.adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None, 0.0
    if state < 0:
        return None, 0.0
    synchronised = state != _CLOCK_ERROR and not timex[5] & _UNSYNCHRONISED
    return synchronised, timex[3] / 1e6


async def _gathered(settings: Settings) -> list[Finding]:
    """What Kafka says; whatever it refuses becomes a finding too."""
    found: list[Finding] = []
    brokers = ",".join(settings.brokers)
    try:
        with logs_of_clients_off():
            async with asyncio.timeout(_TIMEOUT_S):
                async for each in _of_kafka(settings):
                    found.append(each)  # noqa: PERF401 - what was found before a failure counts
    except (KafkaError, OSError, TimeoutError) as error:
        reason = str(error) or f"no answer within {_TIMEOUT_S:.0f} s"
        found.append(fault("brokers", f"Kafka at {brokers}: {reason}"))
    return found


async def _of_kafka(settings: Settings) -> AsyncIterator[Finding]:
    steps = pipeline_steps(settings)
    topics = topics_of(steps, settings)
    names = [str(topic) for topic in topics]
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin, inspecting(settings) as inspector:
        yield good("brokers", f"Kafka at {','.join(settings.brokers)} answers, over {settings.security_protocol}")
        seen = await inspector.topics(names)
        there = [name for name in names if seen[name].error is None]
        configs = await topic_configs(admin, there)
        for finding in (*judge_topics(topics, steps, seen, configs), *judge_partitions(steps, seen, settings)):
            yield finding
        group = await inspector.group_rights(settings.app_id)
        refusal = await inspector.transactional_refusal(f"{settings.app_id}-check")
        for finding in judge_rights(worker_rights(steps, settings), seen, group, refusal, settings):
            yield finding
        for finding in judge_broker_clock(await _ahead_ms(settings, [seen[topic] for topic in topics if _stamped(topic)])):
            yield finding


def _stamped(topic: Topic) -> bool:
    """Whether Kafka itself sets the times of a topic's records."""
    return topic.config.get("message.timestamp.type") == "LogAppendTime"


async def _ahead_ms(settings: Settings, topics: Sequence[TopicSeen]) -> int | None:
    """How far the last time that Kafka stamped is ahead of this machine's clock; None if there is none to see."""
    readable = [topic for topic in topics if Operation.READ in topic.allowed]
    tps = [TopicPartition(topic.name, each.number) for topic in readable for each in topic.partitions]
    if not tps:
        return None
    consumer = AIOKafkaConsumer(**reading_to_the_end(settings), enable_auto_commit=False, auto_offset_reset="earliest")
    last_ms: list[int] = []
    async with opened(consumer):
        consumer.assign(tps)
        begins, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        for tp in tps:
            consumer.seek(tp, max(begins[tp], ends[tp] - _LAST_OFFSETS))
        while not all([await consumer.position(tp) >= ends[tp] for tp in tps]):
            fetched = await consumer.getmany(timeout_ms=LOOK_AGAIN_MS)
            last_ms += [records[-1].timestamp for records in fetched.values() if records]
    return max(last_ms) - time.time_ns() // 1_000_000 if last_ms else None
