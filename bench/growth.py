"""Headwater's whole job as partitions and articles grow: one worker, articles a second and processor time for each.

    python -m bench.growth

How it stands the growth of the window (0, 1 and 5 million headlines remembered) is ``python -m bench.headlines``' to measure.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bench.__main__ import in_memory
from bench.contestants import CONTESTANTS
from bench.ground import ground
from bench.machine import facts
from bench.names import Job
from bench.race import make_load, race
from bench.report import OUTPUT, write_report
from streams.settings import Settings

PARTITIONS = (1, 4, 16)
BODY_BYTES = (1_000, 10_000, 100_000)
_BODY_BYTES_OF_A_RUN = 30_000_000  # larger articles are fewer
_LEAST = 300


async def measure(articles: int) -> dict[str, Any]:
    """Run both series."""
    headwater = CONTESTANTS[0]
    report: dict[str, Any] = {"machine": facts(), "partitions": [], "article_bytes": []}
    async with ground(Settings.from_environment()) as kafka:
        load = make_load(Job.WHOLE, articles)
        for partitions in PARTITIONS:
            result = await race(kafka, headwater, load, f"bench-partitions-{partitions}", partitions)
            report["partitions"].append({"partitions": partitions, **result.as_json()})
            print(f"{partitions:7} partitions {result.per_second:9,.0f}/s {result.cpu_us:9,.0f} µs CPU each", flush=True)
        for body_bytes in BODY_BYTES:
            count = max(_LEAST, min(articles, _BODY_BYTES_OF_A_RUN // body_bytes))
            load = make_load(Job.WHOLE, count, body_bytes)
            result = await race(kafka, headwater, load, f"bench-bytes-{body_bytes}", 4)
            limit_us = (await in_memory(Job.WHOLE, count, body_bytes))["cpu_us"]
            raw_bytes = sum(len(each.value) for each in load.main) / count
            report["article_bytes"].append(
                {"body_bytes": body_bytes, "raw_bytes": raw_bytes, "limit_cpu_us": limit_us, **result.as_json()}
            )
            print(
                f"{raw_bytes:7,.0f} bytes an article {result.per_second:9,.0f}/s {result.cpu_us:9,.0f} µs CPU each"
                f" ({limit_us:,.0f} in memory), {result.cpu_us / raw_bytes * 1000:,.0f} µs a kB",
                flush=True,
            )
    return report


def main() -> int:
    """Run it from a command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=4_000)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    write_report(arguments.output, "growth", asyncio.run(measure(arguments.articles)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
