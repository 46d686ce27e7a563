"""What remembering costs: one worker's work on the same articles, with millions of headlines remembered and with few.

    .venv/bin/python -m bench.headlines --headlines 5000000 --articles 60000

Fills the changelog of a table of four partitions with the owners of that many headlines and lets a worker restore it; then
articles come: two in five repeat a headline, half of those one of 6,000 that are remembered and half one of the articles
before; the others are new. The same articles are then given to a worker that remembers those 6,000 headlines and no more, so
that both decide the same. Prints articles a second, the worker's processor time an article (which says more on a machine that
is shared), the ratios, bytes a headline on disk, and resident memory.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from bench.flood import BenchStream, Outcomes, articles, cpu_s, headline, memory_mb
from bench.restore import owners
from streams.clients import connection, opened
from streams.enrich.duplicates import Sighting, pack_owners, print_body
from streams.enrich.headline import fingerprint_headline
from streams.tables import changelog_topic
from streams.topics import HEADLINES

READY_LIMIT_S = 600.0
ARTICLE_BYTES = 2_500
ASKED_FOR = 6_000
IDLE_CPU_S = 0.1  # in two seconds


class Measured(NamedTuple):
    """How one worker did."""

    articles_per_s: float
    cpu_ms_an_article: float


async def remember(stream: BenchStream, others: int) -> None:
    """Fill the changelog: the headlines that articles will repeat, and so many others, of which nobody asks."""
    topic, partitions = changelog_topic(stream.settings.app_id, HEADLINES), list(range(stream.settings.partitions))
    partition_of, now_ms, body = DefaultPartitioner(), int(time.time() * 1000), print_body("A body.")
    producer = AIOKafkaProducer(**connection(stream.settings), max_batch_size=256 << 10, compression_type="zstd", linger_ms=20)
    async with opened(producer):
        # Theirs are random keys, as good in one partition as in another.
        for number, (key, value) in enumerate(owners(others)):
            await producer.send(topic, value, key, number % len(partitions))
        for number in range(ASKED_FOR):
            key = bytes.fromhex(fingerprint_headline(headline(number)))
            owner = Sighting(-1, now_ms, key.hex(), 0, body)  # before all that will stand in news.prepared
            await producer.send(topic, pack_owners([owner]), key, partition_of(key, partitions, partitions))
        await producer.flush()


def published(count: int) -> Iterator[int]:
    """The numbers of the articles' headlines."""
    chance = random.Random(2)
    for new in range(ASKED_FOR, ASKED_FOR + count):
        match chance.randrange(5):
            case 0:
                yield chance.randrange(ASKED_FOR)
            case 1:
                yield chance.randrange(ASKED_FOR, new + 1)
            case _:
                yield new


async def idle(worker: int) -> None:
    """Wait until a worker is: RocksDB compacts for a while what was restored, side by side with the first articles."""
    before_s = -IDLE_CPU_S
    while (now_s := cpu_s(worker)) - before_s >= IDLE_CPU_S:
        before_s = now_s
        await asyncio.sleep(2)


async def measure(folder: Path, others: int, count: int) -> Measured:
    """Measure one worker, and print it."""
    async with BenchStream(folder) as stream:
        await remember(stream, others)
        began = time.monotonic()
        worker = stream.start_worker()
        while stream.logs().count("ready from offset") < 2 * stream.settings.partitions:
            if worker.poll() is not None or time.monotonic() - began > READY_LIMIT_S:
                raise RuntimeError(f"the worker is not ready\n{stream.logs()[-5_000:]}")
            await asyncio.sleep(0.2)
        print(f"{others + ASKED_FOR:,} headlines remembered; ready after {time.monotonic() - began:.0f} s", flush=True)
        await idle(worker.pid)
        size = sum(path.stat().st_size for path in stream.state_of(worker).rglob("*") if path.is_file())
        print(f"  {size / (others + ASKED_FOR):.0f} bytes a headline on disk, {memory_mb(worker.pid):.0f} MB resident")
        outcomes, cpu_before_s = Outcomes(stream.settings), cpu_s(worker.pid)
        async with outcomes.counted():
            await stream.publish_articles(articles(published(count), ARTICLE_BYTES))
            await outcomes.reach(count, worker)
        rate = count / (outcomes.last_at - outcomes.first_at)
        cpu_ms = (cpu_s(worker.pid) - cpu_before_s) / count * 1000
        print(f"  {rate:,.0f} articles a second, {cpu_ms:.3f} ms of processor an article")
        print(f"  {memory_mb(worker.pid, 'VmHWM'):.0f} MB resident at most", flush=True)
        return Measured(rate, cpu_ms)


async def compare(folder: Path, others: int, count: int) -> None:
    """Measure both and print how they compare."""
    full = await measure(folder / "full", others, count)
    empty = await measure(folder / "empty", 0, count)
    print(f"throughput with them is {full.articles_per_s / empty.articles_per_s:.2f} of that without,")
    print(f"by processor time {empty.cpu_ms_an_article / full.cpu_ms_an_article:.2f}")


def main() -> int:
    """Run it from a command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--headlines", type=int, default=5_000_000)
    parser.add_argument("--articles", type=int, default=60_000)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="headwater-bench-"))
    try:
        asyncio.run(compare(folder, arguments.headlines - ASKED_FOR, arguments.articles))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
