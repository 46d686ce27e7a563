"""The latency of an article: from publishing to a read_committed reader, at a steady rate and when all is quiet.

    python -m bench.speed.latency                             # 200 articles a second for 30 s, then one every 2 s

An outcome keeps the time of its raw record, which is when it was published; the reader uses the same machine's clock. Articles
are published on schedule whatever the worker does. In the first row the reader reads the published records directly: this is
what Kafka and the measurement take by themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from bench.peers.names import Job
from bench.speed.contestants import AS_STARTED, CONTESTANTS, Contestant, named
from bench.speed.environments import EnvironmentUnavailableError
from bench.speed.figures import percentile
from bench.speed.ground import Ground, Input, OutcomeReader, ground
from bench.speed.machine import facts
from bench.speed.race import ContestantFailedError, Heat, Load, make_load, running, warm_up
from bench.speed.report import NO_WORKER, OUTPUT, carry_out, write_report
from streams.kafka.clients import connection, opened
from streams.settings import Settings

_LIMIT_S = 120.0
_QUIET_S = 2.0
_PARTITIONS = 4
_WAIT_MS = 25  # at the broker; with less, the reader would take a third of a core from what it measures
"""How long the reader's request may wait at the broker: it adds at most this to a latency."""


class Schedule(NamedTuple):
    """When articles are published: ``rate`` per second, except for the last ``quiet`` ones, one by one."""

    load: Load
    rate: float
    quiet: int


async def measure(kafka: Ground, contestant: Contestant, schedule: Schedule) -> dict[str, list[float]]:
    """Latencies in milliseconds: of the articles at a steady rate, and of single ones.

    Raises:
        ContestantFailedError: it ended, or stood still.
        EnvironmentUnavailableError: it can't be had here.
    """
    heat = Heat(contestant, schedule.load, f"bench-latency-{contestant.name}", _PARTITIONS)
    async with running(kafka, heat) as process, kafka.reader(heat.targets, _PARTITIONS, _WAIT_MS) as reader:
        try:
            await warm_up(kafka, heat, process, reader, int(time.time() * 1000))
            return await _both(kafka, heat.source, reader, schedule, process.alive)
        except TimeoutError as error:
            raise process.failure(str(error)) from error


async def measure_reader(kafka: Ground, schedule: Schedule) -> dict[str, list[float]]:
    """The same without a contestant: the reader reads the published records."""
    topic = "bench-latency-reader"
    await kafka.make_topics([topic], _PARTITIONS)
    try:
        async with kafka.reader([topic], _PARTITIONS, _WAIT_MS) as reader:
            return await _both(kafka, topic, reader, schedule, lambda: None)
    finally:
        await kafka.remove_topics(topic.__eq__)


async def _both(
    kafka: Ground, topic: str, reader: OutcomeReader, schedule: Schedule, alive: Callable[[], None]
) -> dict[str, list[float]]:
    at = len(schedule.load.main) - schedule.quiet
    busy, calm = schedule.load.main[:at], schedule.load.main[at:]
    async with opened(AIOKafkaProducer(**connection(kafka.settings))) as producer:
        at_rate = await _follow(_publish(producer, topic, busy, 1 / schedule.rate), len(busy), reader, alive)
        await asyncio.sleep(_QUIET_S)
        alone = await _follow(_publish(producer, topic, calm, _QUIET_S), len(calm), reader, alive)
    return {"at_rate_ms": at_rate, "alone_ms": alone}


async def _publish(producer: AIOKafkaProducer, topic: str, records: Sequence[Input], every_s: float) -> None:
    began = time.monotonic()
    for number, each in enumerate(records):
        await asyncio.sleep(max(0.0, began + number * every_s - time.monotonic()))
        await producer.send(topic, each.value, each.key, timestamp_ms=int(time.time() * 1000), headers=list(each.headers))


async def _follow(
    publish: Coroutine[Any, Any, None], count: int, reader: OutcomeReader, alive: Callable[[], None]
) -> list[float]:
    publishing = asyncio.create_task(publish)
    latencies: list[float] = []
    quiet_since = time.monotonic()
    while len(latencies) < count:
        found = await reader.some(0.2)
        now_ms = time.time() * 1000
        latencies += [now_ms - record.timestamp for record in found]
        alive()
        if found:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > _LIMIT_S:
            publishing.cancel()
            raise TimeoutError(f"{len(latencies)} of {count} outcomes, and no more in {_LIMIT_S:.0f} s")
    await publishing
    return latencies


async def _all(arguments: argparse.Namespace) -> None:
    load = make_load(Job.WHOLE, int(arguments.rate * arguments.seconds) + arguments.quiet)
    schedule = Schedule(load, arguments.rate, arguments.quiet)
    report: dict[str, Any] = {
        "machine": facts(),
        "rate": arguments.rate,
        "seconds": arguments.seconds,
        "runs": {},
        "left_out": {},
    }
    async with ground(Settings.from_environment()) as kafka:

        async def add(name: str, measuring: Awaitable[dict[str, list[float]]]) -> None:
            try:
                found = await measuring
            except (EnvironmentUnavailableError, ContestantFailedError) as error:
                report["left_out"][name] = str(error)
                print(f"{name:20} left out: {error}", flush=True)
            else:
                report["runs"][name] = {which: summary(values) for which, values in found.items()}
                busy, alone = (report["runs"][name][which] for which in ("at_rate_ms", "alone_ms"))
                print(
                    f"{name:20} p50 {busy['p50_ms']:6.0f} ms, p95 {busy['p95_ms']:6.0f}, p99 {busy['p99_ms']:6.0f};"
                    f" one alone {alone['p50_ms']:6.0f} ms, p99 {alone['p99_ms']:6.0f}",
                    flush=True,
                )
            write_report(arguments.output, "latency", report)

        await add(NO_WORKER, measure_reader(kafka, schedule))
        for contestant in arguments.only:
            if Job.WHOLE in contestant.jobs:
                await add(contestant.name, measure(kafka, contestant, schedule))


def summary(latencies_ms: Sequence[float]) -> dict[str, float]:
    """The stored figures of latencies."""
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: percentile(latencies_ms, share) for name, share in shares.items()}


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.latency", description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=float, default=200.0, help="articles a second (default: 200)")
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long (default: 30)")
    parser.add_argument("--quiet", type=int, default=10, help="how many are published one by one, every 2 s (default: 10)")
    ours, *theirs = CONTESTANTS
    parser.add_argument("--only", type=named, default=[ours, AS_STARTED, *theirs], help="names, separated by commas")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"folder for JSON, pictures and page (default: {OUTPUT})")
    arguments = parser.parse_args()
    return carry_out(_all(arguments), arguments.output)


if __name__ == "__main__":
    sys.exit(main())
