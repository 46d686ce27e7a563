"""Headwater's whole job as things grow: partitions, processes, remembered headlines, bytes per article. And its costs.

    python -m bench.speed.growth
    python -m bench.speed.growth --headlines 0,100000 --articles 2000     # minutes

Each series changes one thing of the first run: one worker process, four partitions, articles of 2 kB.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from bench.peers.names import Job
from bench.speed.articles import BODY_BYTES
from bench.speed.contestants import headwater
from bench.speed.environments import EnvironmentUnavailableError
from bench.speed.ground import Ground, ground
from bench.speed.headlines import bytes_a_headline, line, make_headlines_load, measure, numbers
from bench.speed.machine import facts
from bench.speed.memory import in_memory
from bench.speed.race import ContestantFailedError, Heat, Result, make_load, race
from bench.speed.report import OUTPUT, carry_out, write_report
from streams.settings import Settings

_PARTITIONS = 4
_BODY_BYTES_OF_A_RUN = 30_000_000  # fewer of larger articles
_LEAST = 300


class Growth:
    """The figures so far, written after each run."""

    def __init__(self, kafka: Ground, arguments: argparse.Namespace) -> None:
        self._kafka = kafka
        self._arguments = arguments
        self._load = make_load(Job.WHOLE, arguments.articles)
        self._report: dict[str, Any] = {
            "machine": facts(),
            **{series: [] for series in ("partitions", "processes", "headlines", "article_bytes")},
            "left_out": {},
        }

    async def measure(self) -> None:
        """Run every series."""
        for partitions in self._arguments.partitions:
            await self._add("partitions", partitions, self._race(partitions, 1))
        for processes in self._arguments.processes:
            await self._add("processes", processes, self._race(_PARTITIONS, processes))
        load = make_headlines_load(self._arguments.articles)
        for headlines in self._arguments.headlines:
            await self._add("headlines", headlines, self._remember(headlines, measure(self._kafka, load, headlines)))
        for body_bytes in self._arguments.body_bytes:
            await self._add("article_bytes", body_bytes, self._of_size(body_bytes))

    async def _add(self, series: str, size: int, measuring: Awaitable[dict[str, Any]]) -> None:
        try:
            row = await measuring
        except (ContestantFailedError, EnvironmentUnavailableError) as error:
            self._report["left_out"][f"{series} {size:,}"] = str(error)
            print(f"{size:9,} {series} left out: {error}", flush=True)
        else:
            self._report[series].append({series: size} | row)
        write_report(self._arguments.output, "growth", self._report)

    async def _race(self, partitions: int, processes: int) -> dict[str, Any]:
        if (partitions, processes) == (_PARTITIONS, 1) and "costs" in self._report:
            costs: dict[str, Any] = self._report["costs"]  # run already
            return costs
        run = f"bench-growth-{partitions}-{processes}"
        result = await race(self._kafka, Heat(headwater(processes), self._load, run, partitions))
        if (partitions, processes) == (_PARTITIONS, 1):
            self._report["costs"] = result.as_json()
        broker = "" if result.broker_cpu_us is None else f", broker {result.broker_cpu_us:,.0f}"
        print(
            f"{partitions:3} partitions {processes:3} processes {result.per_second:9,.0f}/s {result.cpu_us:9,.0f} µs CPU each"
            f"{broker}, reader {result.reader_cpu_us:,.0f}",
            flush=True,
        )
        return result.as_json()

    async def _remember(self, headlines: int, measuring: Awaitable[Result]) -> dict[str, Any]:
        result = await measuring
        print(line(result, headlines), flush=True)
        state, changelog = bytes_a_headline(result, headlines)
        return {"state_bytes_a_headline": state, "changelog_bytes_a_headline": changelog, **result.as_json()}

    async def _of_size(self, body_bytes: int) -> dict[str, Any]:
        count = max(_LEAST, min(self._arguments.articles, _BODY_BYTES_OF_A_RUN // body_bytes))
        load = make_load(Job.WHOLE, count, body_bytes)
        result = await race(self._kafka, Heat(headwater(1), load, f"bench-bytes-{body_bytes}", _PARTITIONS))
        limit_us = (await in_memory(Job.WHOLE, count, body_bytes))["cpu_us"]
        bytes_each = sum(len(each.value) for each in load.main) / count
        print(
            f"{bytes_each:9,.0f} bytes an article {result.per_second:9,.0f}/s {result.cpu_us:9,.0f} µs CPU each"
            f" ({limit_us:,.0f} in memory), {result.cpu_us / bytes_each * 1000:,.0f} µs a kB",
            flush=True,
        )
        return {"bytes_each": bytes_each, "limit_cpu_us": limit_us, **result.as_json()}


async def _all(arguments: argparse.Namespace) -> None:
    async with ground(Settings.from_environment()) as kafka:
        await Growth(kafka, arguments).measure()


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.growth", description=__doc__.partition("\n")[0])
    for name, meaning, default in (
        ("--partitions", "how many each topic has", [1, 4, 16]),
        ("--processes", "how many the worker has", [1, 2]),
        ("--headlines", "how many are remembered", [0, 1_000_000, 5_000_000]),
        ("--body-bytes", "of an article", [1_000, 10_000, 100_000]),
    ):
        told = ",".join(map(str, default))
        parser.add_argument(name, type=numbers, default=default, help=f"{meaning}, separated by commas (default: {told})")
    parser.add_argument("--articles", type=int, default=4_000, help=f"of a run, bodies of {BODY_BYTES} bytes (default: 4000)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"folder for JSON, pictures and page (default: {OUTPUT})")
    arguments = parser.parse_args()
    return carry_out(_all(arguments), arguments.output)


if __name__ == "__main__":
    sys.exit(main())
