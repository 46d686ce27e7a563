"""The pages of a worker, for supervisors and Prometheus: is it alive, is it working, what has it done.

    GET /health    200 alive; 503 stuck: restart it; and how topics are kept otherwise than they should be
    GET /ready     200 working on all of its partitions; 503 not (yet)
    GET /metrics   what :mod:`streams.watch.metrics` counts

A worker is **ready** if it has joined the group, no rebalance is going on, it has acquired and restored every partition that it
was given, and Kafka answers it. A worker without partitions, because there are more workers than partitions, is ready too.

A worker is **stuck** if records have been waiting on one of its partitions for ``stall_s`` while nothing was committed, or if
its task for a partition is gone. A rebalance, a restore, or a Kafka that does not answer make a worker unready, not stuck:
restarting it would not help, and would lose what it has done.

The number of waiting records is asked of Kafka itself, every few seconds and over a connection of its own. Faust's consumer may
be the very thing that is stuck, and does not know of records it lost. What counts is the *last stable offset*, up to which a
``read_committed`` consumer may read: records of open transactions cannot be processed yet. Between it and the next offset to be
committed there may be nothing but transaction markers and aborted records, for as long as a stream is idle; if that is
possible, the log is read to find out whether there is any record.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import faust
from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.clients import connection, opened
from streams.kafka.delivery import Delivery
from streams.kafka.partition import PartitionStatus
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings
from streams.watch.lag import LagReader
from streams.watch.listening import Pages, health_response, listen
from streams.watch.metrics import Metrics

log = logging.getLogger(__name__)

_SAMPLE_EVERY_S: Final = 5.0
_ANSWER_TIMEOUT_S: Final = 10.0
_NO_ANSWER: Final = (KafkaError, OSError, asyncio.TimeoutError)


class Motion(NamedTuple):
    """An observation of a working partition: its next offset, its lag in offsets, and how long it has been stuck."""

    next_offset: int
    lag: int
    stuck_s: float


def follow(before: Motion | None, next_offset: int, lag: int, elapsed_s: float) -> Motion:
    """The next look at a partition, ``elapsed_s`` after the one ``before``: it is stuck if it has work and does not move."""
    stuck = before is not None and before.lag > 0 and lag > 0 and before.next_offset == next_offset
    return Motion(next_offset, lag, before.stuck_s + elapsed_s if before is not None and stuck else 0.0)


class Watch:
    """Looks at a worker's partitions every few seconds, and reports the worker's status.

    A worker that was paused (SIGSTOP, a sleeping machine) does not count as stuck because of that: between two looks, at most
    twice the planned interval is counted.
    """

    def __init__(
        self, app: faust.App, delivery: Delivery, settings: Settings, metrics: Metrics, topics: TopicWatch | None = None
    ) -> None:
        self._app = app
        self._topics = topics
        self._delivery = delivery
        self._settings = settings
        self._metrics = metrics
        self._every_s = min(_SAMPLE_EVERY_S, settings.stall_s / 4)
        self._motions: dict[TopicPartition, Motion] = {}
        self._looked_at = time.monotonic()
        self._silence: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Motion from now on, until the event loop ends."""
        self._task = asyncio.create_task(self._look_on(), name="watch")

    def problems(self) -> list[str]:
        """What makes the worker unhealthy, in words; empty if nothing does."""
        found = []
        if self._task is not None and self._task.done() and not self._task.cancelled():
            found.append(f"the watch over the partitions has ended: {self._task.exception()!r}")
        for status in self._delivery.statuses():
            seen = self._motions.get(status.source)
            if status.problem:
                found.append(f"{status.name}: {status.problem}")
            elif status.ended:
                found.append(f"{status.name}: its task has ended")
            elif seen and seen.stuck_s >= self._settings.stall_s and seen.next_offset == status.next_offset:
                found.append(f"{status.name}: records wait (lag {seen.lag}), none committed for {seen.stuck_s:.0f} s")
        return found

    def warnings(self) -> list[str]:
        """What somebody should mend, but no restart would: how topics are kept."""
        return [] if self._topics is None else [str(each) for each in self._topics.findings]

    def waiting_for(self) -> list[str]:
        """What keeps the worker from being ready, in words; empty if nothing does."""
        if self._app.should_stop:
            return ["nothing more: stopping"]
        found = [] if self._silence is None else [self._silence]
        if not self._delivery.joined:
            found.append("the consumer group: joining")
        elif self._app.rebalancing:
            found.append("the consumer group: rebalancing")
        found.extend(f"{each.name}: {each.waiting_for}" for each in self._delivery.statuses() if each.waiting_for)
        return found

    def tell(self) -> None:
        """Report the worker's status to the metrics."""
        waiting = [each.waiting_for is not None for each in self._delivery.statuses()]
        self._metrics.stands(
            ready=not self.waiting_for(),
            healthy=not self.problems(),
            rebalances=self._app.rebalancing_count,
            partitions={"ready": waiting.count(False), "waiting": waiting.count(True)},
        )
        self._metrics.kept(() if self._topics is None else self._topics.findings)

    def look(self, lags: Mapping[TopicPartition, int], statuses: Mapping[TopicPartition, PartitionStatus]) -> None:
        """Note the state of the working partitions: their lags, and their status when Kafka was asked for those."""
        now = time.monotonic()
        elapsed_s = min(now - self._looked_at, 2 * self._every_s)
        self._looked_at = now
        self._motions = {
            tp: follow(self._motions.get(tp), statuses[tp].next_offset, lag, elapsed_s) for tp, lag in lags.items()
        }

    async def _look_on(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                **connection(self._settings),
                isolation_level="read_committed",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=64 << 10,
                request_timeout_ms=int(_ANSWER_TIMEOUT_S * 1000),
            )
            try:
                async with opened(consumer):
                    lag_reader = LagReader(consumer)
                    while True:
                        await self._look(lag_reader)
                        await asyncio.sleep(self._every_s)
            except _NO_ANSWER as error:
                reason = str(error) or f"none within {_ANSWER_TIMEOUT_S:.0f} s"
                if self._silence is None:
                    log.warning("Kafka does not say how many records are waiting: %s", reason)
                self._silence = f"Kafka: no answer ({reason})"
                # Time without an answer does not count: a partition that was stuck before continues from there.
                self._looked_at = time.monotonic()
                self._metrics.sampled({}, await self._state_bytes())
            await asyncio.sleep(self._every_s)

    async def _look(self, lag_reader: LagReader) -> None:
        statuses = {each.source: each for each in self._delivery.statuses() if self._has_worked(each)}
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            lags = await lag_reader.lags({tp: each.next_offset for tp, each in statuses.items()})
            kept = await lag_reader.kept(statuses)
        self.look(lags, statuses)
        self._silence = None
        self._metrics.sampled(lags, await self._state_bytes(), kept)

    def _has_worked(self, status: PartitionStatus) -> bool:
        """Whether its next offset means something: true if it keeps losing its transactions, false if it is being acquired."""
        seen = self._motions.get(status.source)
        return status.waiting_for is None or (seen is not None and status.next_offset >= seen.next_offset)

    async def _state_bytes(self) -> dict[str, int]:
        folders = {each.source.topic: each.state_folder for each in self._delivery.statuses()}
        return await asyncio.to_thread(lambda: {topic: _size_on_disk(folder) for topic, folder in folders.items()})


def _size_on_disk(folder: Path) -> int:
    """Bytes of the files in a folder; RocksDB has no subfolders, and deletes files at any time."""
    size = 0
    with contextlib.suppress(FileNotFoundError):
        for path in folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                size += path.stat().st_size
    return size


def health_app(watch: Watch, metrics: Metrics) -> web.Application:
    """The pages as an aiohttp application; they answer at once, from what the watch saw last."""

    async def health(_: web.Request) -> web.Response:
        problems = watch.problems()
        return health_response(not problems, {"healthy": not problems, "problems": problems, "warnings": watch.warnings()})

    async def ready(_: web.Request) -> web.Response:
        waiting_for = watch.waiting_for()
        return health_response(not waiting_for, {"ready": not waiting_for, "waiting_for": waiting_for})

    async def exposition(request: web.Request) -> web.Response:
        watch.tell()
        body, content_type = metrics.exposition(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.add_routes([web.get("/health", health), web.get("/ready", ready), web.get("/metrics", exposition)])
    return application


async def serve(watch: Watch, metrics: Metrics, settings: Settings, socket: Path | None = None) -> Pages:
    """Answer on ``settings.web_host`` and ``web_port``, or on a Unix socket, until the loop ends or the pages are closed.

    Raises:
        OSError: the address does not exist, or another process has the port.
    """
    answering = await listen(health_app(watch, metrics), settings.web_host, settings.web_port, socket)
    watch.start()
    return answering
