"""A rebalance storm: members keep joining and leaving the group while two workers process a backlog.

    .venv/bin/python -m tests.broker.storm --seconds 60

The guests take their share of the partitions and do nothing with it. Prints the articles per second during the storm, and
before and after it, in one run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from streams.kafka.clients import connection, opened
from streams.topics import OUTCOMES, PREPARED, RAW, SIGNATURES
from tests.broker.stream import Raw, Stream, origins

STAY_S = 1.7


class Rates(NamedTuple):
    """Articles per second; ``joins`` counts joins and leaves during the storm."""

    quiet_per_s: float
    storm_per_s: float
    joins: int
    wrong: str = ""

    def __str__(self) -> str:
        share = self.storm_per_s / self.quiet_per_s
        return (
            f"{self.quiet_per_s:.0f} articles/s when quiet, {self.storm_per_s:.0f} through {self.joins} joins and leaves:"
            f" {share:.0%}{self.wrong and '; '}{self.wrong}"
        )


def articles(count: int) -> list[Raw]:
    """Articles of some length, each with its own headline."""
    text = "The council met on Monday and adopted the plan after a short debate about its costs. " * 20
    return [Raw(b'{"title": "Story %d of the day", "text": "%s"}' % (n, text.encode()), b"%d" % n) for n in range(count)]


async def visit(stream: Stream, until_s: float) -> int:
    """Join and leave until then; returns how often."""
    times = 0
    while time.monotonic() < until_s:
        guest = AIOKafkaConsumer(
            RAW,
            PREPARED,
            SIGNATURES,
            **connection(stream.settings),
            group_id=stream.settings.app_id,
            enable_auto_commit=False,
            session_timeout_ms=6_000,
            rebalance_timeout_ms=12_000,
            heartbeat_interval_ms=600,
            max_partition_fetch_bytes=1,
            partition_assignment_strategy=[StickyPartitionAssignor],
        )
        async with opened(guest):
            times += 1
            await asyncio.sleep(STAY_S)
        times += 1
        await asyncio.sleep(STAY_S)
    return times


async def rate(stream: Stream, seconds: float) -> float:
    """How many offsets of the outcome topics are committed per second."""
    before, began = await stream.committed(OUTCOMES), time.monotonic()
    await asyncio.sleep(seconds)
    return (await stream.committed(OUTCOMES) - before) / (time.monotonic() - began)


async def storm(folder: Path, seconds: float, backlog: int, partitions: int = 12) -> Rates:
    """Measure for ``seconds`` each: quiet, in the storm, and quiet again; then check that everything came out once."""
    async with Stream(folder, partitions=partitions, session_timeout_s=6) as stream:
        places = await stream.publish(articles(backlog))
        workers = [stream.start_worker() for _ in range(2)]
        await stream.outcomes(backlog // 50, timeout_s=300)
        before_per_s = await rate(stream, seconds)
        storming = asyncio.create_task(visit(stream, time.monotonic() + seconds))
        storm_per_s = await rate(stream, seconds)
        joins = await storming
        quiet_per_s = (before_per_s + await rate(stream, seconds)) / 2
        print(Rates(quiet_per_s, storm_per_s, joins), flush=True)
        wrong = "" if all(worker.poll() is None for worker in workers) else "a worker ended"
        while await stream.committed(OUTCOMES) < backlog and all(worker.poll() is None for worker in workers):
            await asyncio.sleep(2)
        came = origins(await stream.outcomes(backlog, timeout_s=600))
        if came != sorted(places):
            wrong += f"{len(places) - len(set(came))} lost, {len(came) - len(set(came))} doubled"
        return Rates(quiet_per_s, storm_per_s, joins, wrong)


def main() -> int:
    """Run it from the command line."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--backlog", type=int, default=60_000, help="more than is processed meanwhile")
    parser.add_argument("--partitions", type=int, default=12)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="headwater-storm-") as folder:
        rates = asyncio.run(storm(Path(folder), arguments.seconds, arguments.backlog, arguments.partitions))
    print(rates)
    return bool(rates.wrong)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
