"""The Kafka that a comparison runs on: an embedded one, or the one that HEADWATER_BROKERS names; topics, input, outcomes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from bench.speed.machine import cpu_seconds
from infra.kafka import EmbeddedKafka
from streams.kafka.clients import connection, opened
from streams.settings import Settings
from streams.settings_file import PREFIX

# It warns about topics that were created a moment ago.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

_CREATE_TIMEOUT_S = 30.0
_WARM_S = 15.0
_TOPIC = {"retention.ms": "-1", "max.message.bytes": str(16 << 20), "message.timestamp.after.max.ms": str((1 << 63) - 1)}


class Input(NamedTuple):
    """A record to publish."""

    value: bytes
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Ground:
    """Where it runs. ``broker_pid`` is None if the broker is not ours to inspect."""

    settings: Settings
    folder: Path
    broker_pid: int | None

    def broker_cpu_seconds(self) -> float:
        """Processor time of the broker so far; 0 if it is not ours."""
        return cpu_seconds(self.broker_pid) if self.broker_pid else 0.0

    def stored_bytes(self) -> dict[str, int] | None:
        """The size of each topic's partitions on the broker's disk, without indexes; None if it is not ours."""
        if self.broker_pid is None:
            return None
        found: Counter[str] = Counter()
        for folder in (self.folder / "kafka" / "data").iterdir():
            topic, _, partition = folder.name.rpartition("-")
            if partition.isdigit() and topic != "__cluster_metadata":  # others are being deleted
                with contextlib.suppress(OSError):  # and so is this
                    found[topic] += sum(path.stat().st_size for path in folder.iterdir() if path.suffix == ".log")
        return dict(found)

    async def make_topics(self, names: Iterable[str], partitions: int) -> None:
        """Create topics; wait for one that has just been deleted."""
        wanted = set(names)
        deadline = time.monotonic() + _CREATE_TIMEOUT_S
        async with opened(AIOKafkaAdminClient(**connection(self.settings))) as admin:
            while wanted:
                response = await admin.create_topics(
                    [NewTopic(name, partitions, self.settings.replication, topic_configs=_TOPIC) for name in sorted(wanted)]
                )
                for name, code, message in response.topic_errors:
                    if code == 0:
                        wanted.remove(name)
                    elif time.monotonic() > deadline:
                        raise for_code(code)(f"{name}: {message}")
                await asyncio.sleep(0.2 if wanted else 0)

    async def topics(self) -> set[str]:
        """The names of all topics."""
        async with opened(AIOKafkaAdminClient(**connection(self.settings))) as admin:
            return set(await admin.list_topics())

    async def remove_topics(self, ours: Callable[[str], bool]) -> None:
        """Delete the topics for which ``ours`` is true, and wait until they are gone."""
        deadline = time.monotonic() + _CREATE_TIMEOUT_S
        async with opened(AIOKafkaAdminClient(**connection(self.settings))) as admin:
            while (left := [name for name in await admin.list_topics() if ours(name)]) and time.monotonic() < deadline:
                await admin.delete_topics(left)
                await asyncio.sleep(0.2)

    async def publish(self, topic: str, records: Sequence[Input], first_ms: int) -> None:
        """Publish, record by record a millisecond later, and wait for every confirmation."""
        producer = AIOKafkaProducer(
            **connection(self.settings),
            compression_type="zstd",
            max_batch_size=1 << 20,
            linger_ms=20,
            max_request_size=16 << 20,
        )
        async with opened(producer):
            deliveries = [
                await producer.send(topic, each.value, each.key, timestamp_ms=first_ms + number, headers=list(each.headers))
                for number, each in enumerate(records)
            ]
            await asyncio.gather(*deliveries)

    @contextlib.asynccontextmanager
    async def reader(self, topics: Sequence[str], partitions: int, wait_ms: int = 100) -> AsyncIterator[OutcomeReader]:
        """A read_committed reader of everything in the topics.

        It has one request at a time at a broker, for the partitions whose records it has read: records that reach the others
        meanwhile wait until it is answered, up to ``wait_ms``.
        """
        consumer = AIOKafkaConsumer(
            **connection(self.settings), isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=wait_ms
        )
        async with opened(consumer):
            wanted = [TopicPartition(topic, partition) for topic in topics for partition in range(partitions)]
            consumer.assign(wanted)
            await consumer.seek_to_beginning(*wanted)
            yield OutcomeReader(consumer)


class OutcomeReader:
    """Counts outcomes as they are committed."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.counts: Counter[str] = Counter()
        self.last_at = 0.0
        """When the latest outcome was seen (``time.monotonic``)."""

    async def some(self, wait_s: float = 0.5) -> list[ConsumerRecord]:
        """The records that have arrived; none after ``wait_s`` without any."""
        fetched = await self._consumer.getmany(timeout_ms=int(wait_s * 1000))
        if fetched:
            self.last_at = time.monotonic()
        for tp, records in fetched.items():
            self.counts[tp.topic] += len(records)
        return [record for records in fetched.values() for record in records]

    async def until(self, count: int, limit_s: float, alive: Callable[[], None]) -> None:
        """Read until there are ``count`` outcomes.

        ``alive`` raises if the contestant is no longer running.

        Raises:
            TimeoutError: none arrived for ``limit_s``.
        """
        self.last_at = time.monotonic()
        while self.counts.total() < count:
            await self.some()
            alive()
            if time.monotonic() - self.last_at > limit_s:
                raise TimeoutError(f"{self.counts.total()} of {count} outcomes, and no more in {limit_s:.0f} s")


@contextlib.asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """The Kafka of the settings if HEADWATER_BROKERS is set, else an embedded one for the duration of the context.

    The embedded one is warmed up first. It is started as usual, with only Java's quick compiler: with the thorough one as
    well, the same run took more processor time, which varied more (seven runs: 34 to 105 µs per event against 23 to 55).
    """
    with tempfile.TemporaryDirectory(prefix="headwater-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if PREFIX + "BROKERS" in os.environ:
            yield Ground(settings, folder, None)
            return
        kafka = EmbeddedKafka(folder / "kafka")
        await asyncio.to_thread(kafka.start)
        try:
            ours = Ground(replace(settings, brokers=(kafka.brokers,)), folder, kafka.pid)
            await _warm_up(ours)
            yield ours
        finally:
            await asyncio.to_thread(kafka.stop)


async def _warm_up(kafka: Ground) -> None:
    """Small transactions, written and read for a while: a freshly started broker takes twice as long for everything."""
    topic, value = "bench-warm", bytes(2_000)
    await kafka.make_topics([topic], 4)
    producer = AIOKafkaProducer(**connection(kafka.settings), transactional_id=topic, compression_type="zstd")
    began = time.monotonic()
    async with kafka.reader([topic], 4, wait_ms=5) as reader, opened(producer):
        while time.monotonic() - began < _WARM_S:
            async with producer.transaction():
                for number in range(20):
                    await producer.send(topic, value, partition=number % 4)
            await reader.some(0)
    await kafka.remove_topics(topic.__eq__)
