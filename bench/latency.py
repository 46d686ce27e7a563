"""How long an article is under way: from publishing to a read_committed reader, at a steady rate and when all is quiet.

    python -m bench.latency                             # 200 articles a second for 30 s, then one every 2 s

An outcome keeps the time of its raw record, which is when it was published; the reader's clock is the same machine's. Articles
are published on schedule whatever the worker does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.contestants import CONTESTANTS, Contestant, named
from bench.environments import EnvironmentUnavailableError
from bench.figures import percentile
from bench.ground import Ground, Input, Reader, ground
from bench.machine import facts
from bench.names import Job
from bench.race import ContestantFailedError, Load, Process, make_load, running
from bench.report import OUTPUT, write_report
from streams.clients import connection, opened
from streams.settings import Settings

_LIMIT_S = 120.0
_QUIET_S = 2.0


async def measure(kafka: Ground, contestant: Contestant, load: Load, rate: float, quiet: int) -> dict[str, list[float]]:
    """Latencies in milliseconds: at ``rate`` articles a second over all of the load but its last ``quiet``, and of those alone.

    Raises:
        ContestantFailedError: it ended, or stood still.
    """
    run = f"bench-latency-{contestant.name}"
    source, targets = contestant.source(load.job, run), contestant.targets(load.job, run)
    busy, calm = load.main[: len(load.main) - quiet], load.main[len(load.main) - quiet :]
    async with running(kafka, contestant, load.job, run, 4) as process, kafka.reader(targets, 4) as reader:
        try:
            await kafka.publish(source, load.warm, int(time.time() * 1000))
            await reader.until(len(load.warm), _LIMIT_S, process.alive)
            await asyncio.sleep(contestant.settles_s)
            async with opened(AIOKafkaProducer(**connection(kafka.settings))) as producer:
                at_rate = await _follow(_publish(producer, source, busy, 1 / rate), len(busy), reader, process)
                await asyncio.sleep(contestant.settles_s)
                alone = await _follow(_publish(producer, source, calm, _QUIET_S), len(calm), reader, process)
        except TimeoutError as error:
            raise process.failure(str(error)) from error
    return {"at_rate_ms": at_rate, "alone_ms": alone}


async def _publish(producer: AIOKafkaProducer, topic: str, records: Sequence[Input], every_s: float) -> None:
    began = time.monotonic()
    for number, each in enumerate(records):
        await asyncio.sleep(max(0.0, began + number * every_s - time.monotonic()))
        await producer.send(topic, each.value, each.key, timestamp_ms=int(time.time() * 1000), headers=list(each.headers))


async def _follow(publish: Coroutine[Any, Any, None], count: int, reader: Reader, process: Process) -> list[float]:
    publishing = asyncio.create_task(publish)
    latencies: list[float] = []
    quiet_since = time.monotonic()
    while len(latencies) < count:
        found = await reader.some(0.2)
        now_ms = time.time() * 1000
        latencies += [now_ms - record.timestamp for record in found]
        process.alive()
        if found:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > _LIMIT_S:
            publishing.cancel()
            raise TimeoutError(f"{len(latencies)} of {count} outcomes, and no more in {_LIMIT_S:.0f} s")
    await publishing
    return latencies


async def _all(arguments: argparse.Namespace) -> dict[str, Any]:
    count = int(arguments.rate * arguments.seconds) + arguments.quiet
    load = make_load(Job.WHOLE, count)
    report: dict[str, Any] = {
        "machine": facts(),
        "rate": arguments.rate,
        "seconds": arguments.seconds,
        "runs": {},
        "left_out": {},
    }
    async with ground(Settings.from_environment()) as kafka:
        for contestant in arguments.only:
            if Job.WHOLE not in contestant.jobs:
                continue
            try:
                found = await measure(kafka, contestant, load, arguments.rate, arguments.quiet)
            except (EnvironmentUnavailableError, ContestantFailedError) as error:
                report["left_out"][contestant.name] = str(error)
                print(f"{contestant.name:20} left out: {error}", flush=True)
                continue
            shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
            report["runs"][contestant.name] = {
                which: {name: percentile(values, share) for name, share in shares.items()} for which, values in found.items()
            }
            busy, alone = (report["runs"][contestant.name][which] for which in ("at_rate_ms", "alone_ms"))
            print(
                f"{contestant.name:20} p50 {busy['p50_ms']:6.0f} ms, p95 {busy['p95_ms']:6.0f}, p99 {busy['p99_ms']:6.0f};"
                f" one alone {alone['p50_ms']:6.0f} ms, at most {max(found['alone_ms']):6.0f}",
                flush=True,
            )
    return report


def main() -> int:
    """Run it from a command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=float, default=200.0, help="articles a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--quiet", type=int, default=10, help="how many are published one by one, every 2 s")
    parser.add_argument("--only", type=named, default=list(CONTESTANTS))
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    write_report(arguments.output, "latency", asyncio.run(_all(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
