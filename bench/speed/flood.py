"""What a flood costs in memory: articles are published all at once, then one worker processes them.

    .venv/bin/python -m bench.speed.flood                                          # 200,000 articles of 2.5 kB
    .venv/bin/python -m bench.speed.flood --articles 2000 --bytes 500000 --html    # large pages
    .venv/bin/python -m bench.speed.flood --articles 4000 --bytes 1500000 --repetitive    # 6 GB that compress to 30 MB
    .venv/bin/python -m bench.speed.flood --articles 40000 --absent-s 45           # the broker frozen half-way
    .venv/bin/python -m bench.speed.flood --articles 40000 --absent-s 45 --kill    # killed, and restarted that much later

On an embedded Kafka of four partitions. A read_committed consumer counts the outcomes: the run fails unless there are exactly
as many as articles. Prints articles per second, and the worker's resident memory before the flood, at its peak, and over time.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.speed.machine import cpu_seconds
from streams.kafka.clients import MAX_REQUEST_BYTES, connection, opened
from streams.settings import Settings
from streams.topics import OUTCOMES, RAW
from tests.broker.stream import Stream

SETTLED_S = 8.0
SILENT_LIMIT_S = 180.0
_VOCABULARY = (
    "government council harbour storm election minister bridge market court police river winter school hospital strike "
    "budget island railway museum village energy farmers festival champion goal league trade border treaty drought forest "
    "engineer scientists report vaccine satellite festival mayor parliament the a of in to and for with after before over "
    "under says opens closes agrees delays warns returns plans votes wins loses reaches rejects approves visits"
)
WORDS = _VOCABULARY.split()


class FloodRecord(NamedTuple):
    """What is published: the bytes of a record, and their content type."""

    value: bytes
    content_type: str


def headline(number: int) -> str:
    """The headline with a number: no two are alike."""
    chance = random.Random(number)
    return f"{' '.join(chance.choices(WORDS, k=6))} {number}".capitalize()


def articles(
    headlines: Iterable[int], size_bytes: int, *, html: bool = False, repetitive: bool = False
) -> Iterator[FloodRecord]:
    """An article of about the given size for each headline; ``repetitive`` ones compress to almost nothing."""
    chance = random.Random(1)
    sentences = [f"{' '.join(chance.choices(WORDS, k=14))}.".capitalize() for _ in range(2_000)]
    for count, number in enumerate(headlines):
        title, paragraphs, length = headline(number), [], 0
        while length < size_bytes - 200:
            paragraph = " ".join(sentences[:6] if repetitive else chance.choices(sentences, k=6))
            paragraphs.append(paragraph)
            length += len(paragraph) + (7 if html else 2)
        if html:
            body = "".join(f"<p>{each}</p>" for each in paragraphs)
            page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
            yield FloodRecord(page.encode(), "text/html")
        else:
            document = {"title": title, "text": "\n\n".join(paragraphs), "url": f"https://bench.example/{count}"}
            yield FloodRecord(orjson.dumps(document), "application/json")


def memory_mb(pid: int, field: str = "VmRSS") -> float:
    """A process's resident memory, now or (``VmHWM``) at its peak."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024


class BenchStream(Stream):
    """A stream whose broker can be taken away."""

    async def publish_articles(self, published: Iterator[FloodRecord]) -> int:
        """Publish in compressed batches and wait for every confirmation; returns how many."""
        producer = AIOKafkaProducer(
            **connection(self.settings),
            compression_type="zstd",
            linger_ms=20,
            max_batch_size=1 << 20,
            max_request_size=MAX_REQUEST_BYTES,
        )
        count = 0
        async with opened(producer):
            for count, each in enumerate(published, 1):  # noqa: B007 - counted
                await producer.send(RAW, each.value, headers=[("content-type", each.content_type.encode())])
            await producer.flush()
        return count

    async def take_broker_away(self, seconds: float, *, kill: bool) -> None:
        """Freeze the broker for a time, as a stalled disk or a lost network would; or kill and restart it."""
        if kill:
            await asyncio.to_thread(self._kafka.kill)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self._kafka.start)
        else:
            await self.freeze_broker(seconds)


class Outcomes:
    """Counts the outcomes that a read_committed consumer finds, as they come."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.count = 0
        self.first_at = self.last_at = 0.0

    @asynccontextmanager
    async def counted(self) -> AsyncIterator[None]:
        """Count in the background."""
        consumer = AIOKafkaConsumer(
            *OUTCOMES, **connection(self._settings), isolation_level="read_committed", auto_offset_reset="earliest"
        )
        async with opened(consumer):
            counting = asyncio.create_task(self._count(consumer))
            try:
                yield
            finally:
                counting.cancel()

    async def _count(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            fetched = await consumer.getmany(timeout_ms=200, max_records=50)  # they may be large
            if found := sum(map(len, fetched.values())):
                self.count += found
                self.last_at = time.monotonic()
                self.first_at = self.first_at or self.last_at

    async def reach(self, count: int, worker: subprocess.Popen[bytes]) -> None:
        """Wait until there are this many.

        Raises:
            RuntimeError: the worker ended, or nothing came for three minutes.
        """
        began = time.monotonic()
        while self.count < count:
            if worker.poll() is not None:
                raise RuntimeError(f"the worker ended with status {worker.returncode}")
            if time.monotonic() - max(self.last_at, began) > SILENT_LIMIT_S:
                raise RuntimeError(f"{self.count} of {count} outcomes, and no more arrive")
            await asyncio.sleep(0.1)


async def watch_memory(pid: int, every_s: float) -> None:
    """Print the worker's resident memory from time to time."""
    began = time.monotonic()
    while True:
        print(f"           {time.monotonic() - began:4.0f} s: {memory_mb(pid):.0f} MB resident", flush=True)
        await asyncio.sleep(every_s)


async def measure(arguments: argparse.Namespace, folder: Path) -> None:
    """Flood one worker and print the results."""
    async with BenchStream(folder) as stream:
        worker = stream.start_worker()
        await asyncio.sleep(SETTLED_S)
        print(f"before     {memory_mb(worker.pid):.0f} MB resident, an idle worker", flush=True)
        worker.terminate()
        await asyncio.to_thread(worker.wait)

        began = time.monotonic()
        count = await stream.publish_articles(
            articles(range(arguments.articles), arguments.bytes, html=arguments.html, repetitive=arguments.repetitive)
        )
        print(f"published  {count} articles of {arguments.bytes} bytes in {time.monotonic() - began:.0f} s", flush=True)

        outcomes = Outcomes(stream.settings)
        async with outcomes.counted():
            worker = stream.start_worker(again=worker)
            watching = asyncio.create_task(watch_memory(worker.pid, arguments.every_s))
            try:
                if arguments.absent_s:
                    await outcomes.reach(count // 4, worker)
                    print(f"           the broker is {'killed' if arguments.kill else 'frozen'} …", flush=True)
                    await stream.take_broker_away(arguments.absent_s, kill=arguments.kill)
                    print("           … and back", flush=True)
                await outcomes.reach(count, worker)
            except RuntimeError:
                print(stream.logs()[-5_000:], file=sys.stderr)
                raise
            finally:
                watching.cancel()
            await asyncio.sleep(1)
        seconds = outcomes.last_at - outcomes.first_at
        print(f"outcomes   {outcomes.count} of {count} articles in {seconds:.0f} s: {count / max(seconds, 0.1):,.0f} a second")
        print(f"worker     {cpu_seconds(worker.pid) / count * 1000:.2f} ms of processor an article")
        print(f"           {memory_mb(worker.pid, 'VmHWM'):.0f} MB resident at most, {memory_mb(worker.pid):.0f} MB in the end")
        if outcomes.count != count:
            raise SystemExit("that is not one outcome per article")


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--bytes", type=int, default=2_500, help="of one article, about")
    parser.add_argument("--html", action="store_true", help="pages instead of JSON")
    parser.add_argument("--repetitive", action="store_true", help="articles that compress to next to nothing")
    parser.add_argument("--absent-s", type=float, default=0.0, help="take the broker away for this long, half-way")
    parser.add_argument("--kill", action="store_true", help="by kill -9 and a restart instead of freezing it")
    parser.add_argument("--every-s", type=float, default=5.0, help="how often to print the resident memory")
    folder = Path(tempfile.mkdtemp(prefix="headwater-bench-"))
    try:
        asyncio.run(measure(parser.parse_args(), folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
