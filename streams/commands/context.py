"""What every command that asks Kafka starts with: partitions, records, and errors that a person can read."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from types import ModuleType
from typing import Any, Final, TypeVar

import click
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.admin import partition_counts
from streams.kafka.clients import opened, reading_to_the_end
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.settings import Settings

T = TypeVar("T")
_OF_DISKS: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}


async def partitions_of(settings: Settings, topic: str) -> list[TopicPartition]:
    """The partitions of a topic; an error for the user if the topic does not exist."""
    count = (await partition_counts(settings, [topic]))[topic]
    if not count:
        raise click.ClickException(f"there is no topic {topic}")
    return [TopicPartition(topic, number) for number in range(count)]


async def records_of(settings: Settings, topic: str, since_ms: int = 0) -> AsyncIterator[ConsumerRecord]:
    """Everything in a topic now, partition by partition, from the first record with this timestamp or a later one."""
    partitions = await partitions_of(settings, topic)
    consumer = AIOKafkaConsumer(
        **reading_to_the_end(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        # With the default, "latest", the look-up at assignment may finish after a seek to the beginning and undo it.
        auto_offset_reset="earliest",
    )
    async with opened(consumer):
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        begins = await consumer.offsets_for_times(dict.fromkeys(partitions, since_ms)) if since_ms > 0 else {}
        for tp in partitions:
            found = begins.get(tp)
            if since_ms > 0:
                consumer.seek(tp, ends[tp] if found is None else found.offset)
            else:
                await consumer.seek_to_beginning(tp)
        while not all([await consumer.position(tp) >= ends[tp] for tp in partitions]):
            for records in (await consumer.getmany(timeout_ms=LOOK_AGAIN_MS)).values():
                for record in records:
                    yield record


async def until_told() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


async def run_until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do work until it ends, or until Ctrl-C or SIGTERM cancels it.

    Raises:
        BaseException: what the work failed with.
    """
    tasks = asyncio.create_task(work), asyncio.create_task(until_told())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def say(line: str) -> None:
    """Report progress on standard error."""
    click.echo(line, file=sys.stderr)


def http_root(host: str, port: int) -> str:
    """The address of a server, without a slash at its end."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def embedded_kafka() -> ModuleType:
    """The module of the embedded Kafka; if it is missing, an error that says where to get it."""
    try:
        return importlib.import_module("infra.kafka")
    except ImportError as error:
        raise click.ClickException(
            f"the embedded Kafka is not installed ({error}): it comes with the repository (`make run`). "
            "To use a Kafka of yours, set HEADWATER_BROKERS."
        ) from error


def run_async(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    """Run a coroutine; an unreachable Kafka or unreadable file becomes a one-line error."""
    try:
        with logs_of_clients_off():
            return asyncio.run(work)
    except BrokenPipeError:
        raise  # `head` has seen enough: click ends silently
    except (KafkaError, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error
        if isinstance(error, OSError) and error.errno in _OF_DISKS:
            raise click.ClickException(str(error)) from error
        raise click.ClickException(f"Kafka at {','.join(settings.brokers)}: {error}") from error


@contextlib.contextmanager
def logs_of_clients_off() -> Iterator[None]:
    """aiokafka's log repeats what its exceptions say: commands report it only once."""
    client_log = logging.getLogger("aiokafka")
    client_log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client_log.setLevel(logging.NOTSET)
