"""A whole stream for a test: a Kafka of its own, workers as processes, publishing, and reading what came out."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents import pipeline_steps
from streams.documents import ORIGIN_HEADER
from streams.kafka.admin import create_topics, partition_counts
from streams.kafka.clients import connection, opened
from streams.settings import Settings
from streams.steps import Topic, header
from streams.topics import OUTCOMES, RAW, topics_of
from tests.broker.cluster import at_once, cluster
from tests.contracts.checking import contract_errors


def compiled_once() -> dict[str, str]:
    """The environment for processes, which keep Python's bytecode in a folder for temporary files where it is kept nowhere.

    The suite starts hundreds, and compiling is a fifth of the processor time of a start.
    """
    variables = dict(os.environ)
    if variables.pop("PYTHONDONTWRITEBYTECODE", None):
        variables.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / f"headwater-bytecode-{os.getuid()}"))
    return variables


class Raw(NamedTuple):
    """A record to publish."""

    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp_ms: int | None = None


class Stream:
    """``async with Stream(folder) as stream``: topics made, unless told otherwise; no worker yet.

    ``keeps_contract``: outputs are validated against what consumers were promised. With several ``brokers``, each has every
    partition. ``topic_settings`` override the topics' own.
    """

    def __init__(
        self,
        folder: Path,
        brokers: int = 1,
        *,
        makes_topics: bool = True,
        keeps_contract: bool = True,
        topic_settings: Mapping[str, str] = MappingProxyType({}),
        **settings: Any,
    ) -> None:
        self.folder = folder
        self._topic_settings = topic_settings
        self._makes_topics = makes_topics
        self._keeps_contract = keeps_contract
        self.brokers = cluster(folder, brokers)
        self._kafka = self.brokers[0]
        self._overrides = settings
        self._workers: list[subprocess.Popen[bytes]] = []
        self._commands: list[asyncio.subprocess.Process] = []
        self._states: dict[int, Path] = {}
        self._checked: set[tuple[str, int, int]] = set()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(at_once, [each.start for each in self.brokers])
        self.settings = Settings(
            brokers=tuple(each.brokers for each in self.brokers),
            state_dir=self.folder / "state",
            **{"session_timeout_s": 6, "replication": len(self.brokers), **self._overrides},
        )
        if self._makes_topics:
            topics = topics_of(pipeline_steps(self.settings), self.settings)
            own = (Topic(each, each.purpose, {**each.config, **self._topic_settings}) for each in topics)
            await create_topics(self.settings, list(own))
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        for command in self._commands:
            if command.returncode is None:
                command.kill()
                await command.communicate()
        await asyncio.to_thread(at_once, [each.stop for each in self.brokers])

    def start_worker(
        self,
        *options: str,
        again: subprocess.Popen[bytes] | None = None,
        module: str = "streams",
        descriptors: int | None = None,
        **variables: str,
    ) -> subprocess.Popen[bytes]:
        """A worker process with a state folder of its own, or that of a worker that has ended; it writes worker-N.log.

        ``descriptors`` is how many it may hold open, hard and soft.
        """
        number = len(self._workers)
        state = self.state_of(again) if again else self.folder / f"state-{number}"
        environment = compiled_once() | self.settings.as_environment() | {"HEADWATER_STATE_DIR": str(state)} | variables
        with (self.folder / f"worker-{number}.log").open("wb") as log:
            limit = ["/bin/sh", "-c", 'ulimit -n "$0" && exec "$@"', str(descriptors)] if descriptors else []
            worker = subprocess.Popen(
                [*limit, sys.executable, "-m", module, "worker", "--processes", "1", "--loglevel", "info", *options],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._workers.append(worker)
        self._states[worker.pid] = state
        return worker

    async def start_command(self, *arguments: str, script: Path | None = None) -> asyncio.subprocess.Process:
        """A process ``headwater …``, or a script, with pipes; ended with the stream at the latest."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *((script,) if script else ("-m", "streams")), *arguments),
            env=compiled_once() | self.settings.as_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._commands.append(process)
        return process

    @property
    def broker_pid(self) -> int | None:
        """The broker's process, None when it has ended."""
        return self._kafka.pid

    def state_of(self, worker: subprocess.Popen[bytes]) -> Path:
        """Where a worker keeps its local state."""
        return self._states[worker.pid]

    def log_of(self, worker: subprocess.Popen[bytes]) -> str:
        """What a worker has logged."""
        return (self.folder / f"worker-{self._workers.index(worker)}.log").read_text("utf-8", "replace")

    async def freeze_broker(self, seconds: float, number: int = 0) -> None:
        """Stop a broker for a while and let it continue, as a full disk or a pause of its machine would."""
        pid = self.brokers[number].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    async def kill_broker(self, number: int = 0) -> None:
        """kill -9 a broker."""
        await asyncio.to_thread(self.brokers[number].kill)

    async def restart_broker(self, number: int = 0) -> None:
        """Start a broker again, on the same data and port, after an orderly end if it is still running."""
        await asyncio.to_thread(self.brokers[number].restart)

    async def leader_of(self, topic: str, partition: int = 0) -> int:
        """Which broker is the leader of a partition."""
        async with opened(AIOKafkaAdminClient(**connection(self.settings))) as admin:
            [described] = await admin.describe_topics([topic])
        return next(each["leader"] for each in described["partitions"] if each["partition"] == partition) - 1

    async def until_in_sync(self, timeout_s: float = 60.0) -> None:
        """Wait until every broker has all of every partition: from then on one of them can be lost again."""
        deadline = time.monotonic() + timeout_s
        while not await self._is_in_sync():
            assert time.monotonic() < deadline, f"the brokers are not in sync after {timeout_s} s"
            await asyncio.sleep(0.2)

    async def _is_in_sync(self) -> bool:
        try:
            async with opened(AIOKafkaAdminClient(**connection(self.settings))) as admin:
                described = await admin.describe_topics()
        except KafkaError:
            return False
        return all(len(each["isr"]) == len(each["replicas"]) for topic in described for each in topic["partitions"])

    def logs(self) -> str:
        """All workers' logs."""
        paths = sorted(self.folder.glob("worker-*.log"))
        return "\n".join(f"== {path.name}\n{path.read_text('utf-8', 'replace')}" for path in paths)

    async def publish(self, records: Iterable[Raw], topic: str = RAW) -> list[str]:
        """Publish, wait for every confirmation, and return each record's place (``topic/partition/offset``)."""
        producer = AIOKafkaProducer(
            **connection(self.settings), enable_idempotence=True, max_request_size=64 << 20, compression_type="lz4"
        )
        async with opened(producer):
            deliveries = [
                await producer.send(topic, each.value, each.key, headers=list(each.headers), timestamp_ms=each.timestamp_ms)
                for each in records
            ]
            return [f"{at.topic}/{at.partition}/{at.offset}" for at in await asyncio.gather(*deliveries)]

    async def read(self, topics: Sequence[str] = OUTCOMES, isolation_level: str = "read_committed") -> list[ConsumerRecord]:
        """Everything in the topics now, each partition in order."""
        consumer = AIOKafkaConsumer(
            **connection(self.settings),
            isolation_level=isolation_level,
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # "latest", looked up at once, may overtake the seek
        )
        partitions = await self._partitions(topics)
        found: list[ConsumerRecord] = []
        async with opened(consumer):
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            while not all([await consumer.position(tp) >= ends[tp] for tp in partitions]):
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    found.extend(records)
        if self._keeps_contract:
            self._check_contract(found)
        return found

    def _check_contract(self, records: Iterable[ConsumerRecord]) -> None:
        """Every outcome that any test reads validates against the schemas that consumers have."""
        for record in records:
            place = (record.topic, record.partition, record.offset)
            if place not in self._checked:
                errors = list(contract_errors(record.topic, record.key, record.value, record.headers))
                assert not errors, f"{place}: {errors}"
                self._checked.add(place)

    async def has_open_transactions(self, topics: Sequence[str]) -> bool:
        """Whether the topics have records that are neither committed nor aborted."""
        return await self._ends(topics, "read_uncommitted") != await self._ends(topics, "read_committed")

    async def committed(self, topics: Sequence[str]) -> int:
        """The sum of the offsets up to which the topics' partitions can be read."""
        return sum((await self._ends(topics, "read_committed")).values())

    async def _ends(self, topics: Sequence[str], isolation_level: str) -> dict[TopicPartition, int]:
        partitions = await self._partitions(topics)
        async with opened(AIOKafkaConsumer(**connection(self.settings), isolation_level=isolation_level)) as consumer:
            return await consumer.end_offsets(partitions)

    async def _partitions(self, topics: Sequence[str]) -> list[TopicPartition]:
        counts = await partition_counts(self.settings, topics)
        return [TopicPartition(topic, part) for topic in topics for part in range(counts[topic])]

    async def outcomes(self, at_least: int, timeout_s: float = 60.0) -> list[ConsumerRecord]:
        """What a read_committed consumer finds once there are at least that many outcomes.

        Raises:
            AssertionError: there are fewer when the time is up; the message ends with the workers' logs.
        """
        deadline = time.monotonic() + timeout_s
        while len(found := await self.read()) < at_least:
            assert time.monotonic() < deadline, f"{len(found)} of {at_least} after {timeout_s} s\n{self.logs()}"
            await asyncio.sleep(0.2)
        return found


def origins(records: Iterable[ConsumerRecord]) -> list[str]:
    """Which raw record each outcome comes from, sorted."""
    return sorted(header(record, ORIGIN_HEADER) or "none" for record in records)
