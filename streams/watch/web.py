"""The pages of a worker, for supervisors and Prometheus: is it alive, is it at work, what has it done.

    GET /health    200 alive; 503 stuck: start it again
    GET /ready     200 at work on all of its partitions; 503 not (yet)
    GET /metrics   what :mod:`streams.watch.metrics` counts

**Ready** is a worker that has joined the group, is in no rebalance, has acquired and restored every partition it was given,
and gets answers from Kafka. One that was given none, because there are more workers than partitions, is ready too.

**Stuck** is a worker on one of whose partitions records wait while nothing is committed, for ``stall_s`` on end; or one whose
task for a partition is gone. A rebalance, a restore, or a Kafka that does not answer make a worker unready, not stuck: to start
it again would not help, and lose what it has done.

How many records wait, Kafka is asked itself, every few seconds and over a connection of its own, not Faust's consumer: that may
be the very thing that is stuck, and it does not know of records it lost. What counts is the *last stable offset*, up to which a
``read_committed`` consumer may read: records of transactions still open are nobody's to process yet. Between it and the next
offset to be committed may lie nothing but transaction markers and aborted records, for as long as a stream is idle; where that
could be, the log is read to see whether a record comes at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import faust
from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.clients import connection, opened
from streams.kafka.delivery import Delivery
from streams.kafka.partition import PartitionStatus
from streams.settings import Settings
from streams.watch.lag import LagReader
from streams.watch.listening import Pages, listen
from streams.watch.metrics import Metrics

log = logging.getLogger(__name__)

_SAMPLE_EVERY_S: Final = 5.0
_ANSWER_TIMEOUT_S: Final = 10.0
_NO_ANSWER: Final = (KafkaError, OSError, asyncio.TimeoutError)


class Pace(NamedTuple):
    """What was seen of a partition at work: its next offset, its lag in offsets, and for how long it has been stuck."""

    next_offset: int
    lag: int
    stuck_s: float


def follow(before: Pace | None, next_offset: int, lag: int, elapsed_s: float) -> Pace:
    """The next look at a partition, ``elapsed_s`` after the one ``before``: stuck is what has work and does not move."""
    stuck = before is not None and before.lag > 0 and lag > 0 and before.next_offset == next_offset
    return Pace(next_offset, lag, before.stuck_s + elapsed_s if before is not None and stuck else 0.0)


class Watch:
    """Looks at a worker's partitions every few seconds, and tells how the worker stands.

    A worker that was paused (SIGSTOP, a sleeping machine) is not stuck for that: between two looks, no more time is counted
    than twice what was to lie between them.
    """

    def __init__(self, app: faust.App, delivery: Delivery, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._delivery = delivery
        self._settings = settings
        self._metrics = metrics
        self._every_s = min(_SAMPLE_EVERY_S, settings.stall_s / 4)
        self._paces: dict[TopicPartition, Pace] = {}
        self._looked_at = time.monotonic()
        self._silence: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on, until the event loop ends."""
        self._task = asyncio.create_task(self._look_on(), name="watch")

    def problems(self) -> list[str]:
        """What makes the worker unhealthy, in words; empty when nothing does."""
        found = []
        if self._task is not None and self._task.done() and not self._task.cancelled():
            found.append(f"the watch over the partitions has ended: {self._task.exception()!r}")
        for status in self._delivery.statuses():
            seen = self._paces.get(status.source)
            if status.problem:
                found.append(f"{status.name}: {status.problem}")
            elif status.ended:
                found.append(f"{status.name}: its task has ended")
            elif seen and seen.stuck_s >= self._settings.stall_s and seen.next_offset == status.next_offset:
                found.append(f"{status.name}: records wait (lag {seen.lag}), none committed for {seen.stuck_s:.0f} s")
        return found

    def waiting_for(self) -> list[str]:
        """What keeps the worker from being ready, in words; empty when nothing does."""
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
        """Tell the metrics how the worker stands now."""
        waiting = [each.waiting_for is not None for each in self._delivery.statuses()]
        self._metrics.stands(
            ready=not self.waiting_for(),
            healthy=not self.problems(),
            rebalances=self._app.rebalancing_count,
            partitions={"ready": waiting.count(False), "waiting": waiting.count(True)},
        )

    def look(self, lags: Mapping[TopicPartition, int], statuses: Mapping[TopicPartition, PartitionStatus]) -> None:
        """Take note of the partitions at work: their lags, and how they stood when Kafka was asked for them."""
        now = time.monotonic()
        elapsed_s = min(now - self._looked_at, 2 * self._every_s)
        self._looked_at = now
        self._paces = {tp: follow(self._paces.get(tp), statuses[tp].next_offset, lag, elapsed_s) for tp, lag in lags.items()}

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
                    log.warning("Kafka does not answer how many records wait: %s", reason)
                self._silence = f"Kafka: no answer ({reason})"
                # Time without an answer is nobody's fault here: what was stuck before goes on where it was.
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
        """Whether its next offset means something. One that keeps losing its transactions counts, one on its way does not."""
        seen = self._paces.get(status.source)
        return status.waiting_for is None or (seen is not None and status.next_offset >= seen.next_offset)

    async def _state_bytes(self) -> dict[str, int]:
        folders = {each.source.topic: each.state_folder for each in self._delivery.statuses()}
        return await asyncio.to_thread(lambda: {topic: _size_on_disk(folder) for topic, folder in folders.items()})


def _size_on_disk(folder: Path) -> int:
    """Bytes of the files in a folder; RocksDB has no folders in its own, and deletes files at any time."""
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
        return health_response(not problems, {"healthy": not problems, "problems": problems})

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


def health_response(good: bool, body: dict[str, Any]) -> web.Response:  # noqa: FBT001
    """A page's answer: 200 when all is well, else 503, for those who look at nothing else."""
    return web.json_response(body, status=200 if good else 503, headers={"Cache-Control": "no-store"})


async def serve(app: faust.App, delivery: Delivery, settings: Settings, metrics: Metrics, socket: Path | None = None) -> Pages:
    """Answer on ``settings.web_host`` and ``web_port``, or on a Unix socket, until the loop ends or the pages are closed.

    Raises:
        OSError: there is no such address, or another process has the port.
    """
    watch = Watch(app, delivery, settings, metrics)
    answering = await listen(health_app(watch, metrics), settings.web_host, settings.web_port, socket)
    watch.start()
    return answering
