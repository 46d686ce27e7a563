"""What bringing articles in costs: `headwater feeds` on many feeds, and `headwater load-warc` beside the worker.

    python -m bench.speed.sources feeds --feeds 1000
    python -m bench.speed.sources load-warc pages-dev.jsonl.gz --pages 4000

Feeds: each has its own host (127.x.y.z) and ten entries, half of them without their text, so that the page behind is fetched.
They are polled twice by a process on one core; the second time every answer is 304. Printed are its peak resident memory,
its processor time, and how long it took.

Archives: a WARC of real pages, each with its own address and headline, is loaded into Kafka; then a worker processes them.
Printed are both rates and their ratio, also in processor time, since on a shared machine seconds say little.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import io
import json
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from aiohttp import web
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from agents import pipeline_steps
from bench.speed.ground import Ground, ground
from bench.speed.machine import cpu_seconds
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.topics import OUTCOMES, topics_of

_ENTRIES = 10
_TEXT = "The council met on day {} and spoke about the bridge over the river, which the mayor wants to have rebuilt by May. "
_PAGE_BYTES = 60_000
_LIMIT_S = 1_800.0
_KILO, _MEGA = 1024, 1e6


# Feeds


def feed(number: int) -> str:
    """A feed with ten entries; every other one has its text."""
    text = "".join(f"<p>{_TEXT.format(day)}</p>" for day in range(30))
    items = "".join(
        f"<item><title>Bridge {number}-{each} to be built</title><link>/{number}/{each}</link><guid>{number}-{each}</guid>"
        f"<description>{_TEXT.format(each)}</description><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>"
        + (f"<content:encoded><![CDATA[{text}]]></content:encoded>" if each % 2 else "")
        + "</item>"
        for each in range(_ENTRIES)
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Feed {number}</title><link>/</link><language>en</language>{items}</channel></rss>"
    )


def page(path: str) -> str:
    """A page of 60 kB around an article."""
    text = "".join(f"<p>{_TEXT.format(day)}</p>" for day in range(30))
    padding = f"<script>{'var a = 1; ' * ((_PAGE_BYTES - len(text)) // 11)}</script>"
    return (
        f"<html><head><title>Bridge {path}</title>{padding}</head><body><h1>Bridge {path} to be built</h1>{text}</body></html>"
    )


async def _farm(port: multiprocessing.SimpleQueue[int]) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        if not request.path.startswith("/feed/"):
            return web.Response(text=page(request.path), content_type="text/html")
        body = feed(int(request.path.rpartition("/")[2])).encode()
        etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": "application/rss+xml"})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()  # noqa: S104 (every 127.x.y.z is this machine)
    port.put(runner.addresses[0][1])
    await asyncio.Event().wait()


def _run_farm(port: multiprocessing.SimpleQueue[int]) -> None:
    asyncio.run(_farm(port))


@contextmanager
def _farming() -> Iterator[int]:
    """A process that answers like a thousand servers; its port."""
    spawning = multiprocessing.get_context("spawn")
    port: multiprocessing.SimpleQueue[int] = spawning.SimpleQueue()
    process = spawning.Process(target=_run_farm, args=(port,), daemon=True)
    process.start()
    try:
        yield port.get()
    finally:
        process.kill()
        process.join()


@dataclass(frozen=True)
class Ran:
    """An ended process: its output, peak resident memory, processor time, and duration."""

    said: str
    resident_mb: float
    cpu_s: float
    took_s: float


def run(kafka: Ground, *arguments: str) -> Ran:
    """A command of ours, on one core.

    Raises:
        RuntimeError: it failed.
    """
    output = kafka.folder / "said"
    began_s = time.monotonic()
    if (pid := os.fork()) == 0:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        with output.open("wb") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.execve(sys.executable, [sys.executable, "-m", "streams", *arguments], _environment(kafka))  # noqa: S606
    _, status, used = os.wait4(pid, 0)
    said_text = output.read_text("utf-8", "replace")
    if status:
        raise RuntimeError(f"headwater {arguments[0]} failed: {said_text[-2000:]}")
    return Ran(said_text, used.ru_maxrss * _KILO / _MEGA, used.ru_utime + used.ru_stime, time.monotonic() - began_s)


def _environment(kafka: Ground) -> dict[str, str]:
    return os.environ | kafka.settings.as_environment()


def poll_feeds(kafka: Ground, count: int) -> None:
    """Poll many feeds twice, and print what each round cost."""
    with _farming() as port:
        listing = kafka.folder / "feeds.txt"
        listing.write_text(
            "".join(f"http://127.{1 + n // 250}.1.{1 + n % 250}:{port}/feed/{n}\n" for n in range(count)), "utf-8"
        )
        for which in ("first", "second"):
            ran = run(kafka, "feeds", str(listing), "--once", "--allow-private")
            print(
                f"{which} poll of {count:,} feeds: {ran.resident_mb:.0f} MB resident at most, "
                f"{ran.cpu_s:.1f} s of processor, {ran.took_s:.1f} s; {ran.said.splitlines()[-1]}",
                flush=True,
            )


# Archives


def write_archive(pages: Path, file: Path, count: int) -> None:
    """A WARC of ``count`` responses: the pages in turn, each time with another address and headline."""
    with gzip.open(pages, "rt", encoding="utf-8") as lines:
        held = [json.loads(line) for line in lines]
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for number in range(count):
            told = held[number % len(held)]
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            record: Any = writer.create_warc_record(
                f"https://news.example/{number}/{told['id'][:8]}", "response",
                payload=io.BytesIO(renamed(told["html"], number).encode()), http_headers=headers,
            )  # fmt: skip
            writer.write_record(record)


def renamed(html: str, number: int) -> str:
    """A page with another headline, so that it is not a repeat."""
    return re.sub(r"(<(?:h1|title)[^>]*>)", rf"\1Case {number} of {number * 7919 % 99991}: ", html)


async def load_archive(kafka: Ground, pages: Path, count: int) -> None:
    """Load an archive, then let a worker process it, and print both rates."""
    steps = pipeline_steps(kafka.settings)
    await create_topics(kafka.settings, list(topics_of(steps, kafka.settings)))
    file = kafka.folder / "made.warc.gz"
    await asyncio.to_thread(write_archive, pages, file, count)
    loaded = await asyncio.to_thread(run, kafka, "load-warc", str(file))
    print(loaded.said.strip(), flush=True)
    print(f"load-warc: {_spent(loaded.cpu_s, count)}, {loaded.resident_mb:.0f} MB resident at most", flush=True)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", "worker", "--processes", "1", env=_environment(kafka), stdout=sys.stderr
    )
    try:
        begun_s, took_s, used_s = await _work(kafka, worker.pid, count)
    finally:
        worker.kill()
        await worker.wait()
    own = float(re.search(r"([\d,.]+) a second", loaded.said)[1].replace(",", ""))  # type: ignore[index]
    pipeline = count / took_s
    print(f"worker: {pipeline:,.0f} a second, {_spent(used_s, count)} (it began after {begun_s:.1f} s)")
    print(f"load-warc is {own / pipeline:.2f} times as fast as the worker; in processor time {used_s / loaded.cpu_s:.2f} times")


def _spent(seconds: float, pages: int) -> str:
    return f"{seconds / pages * 1e6:,.0f} µs of processor a page"


async def _work(kafka: Ground, pid: int, count: int) -> tuple[float, float, float]:
    """Seconds up to the first outcomes, then seconds and processor time up to the last.

    Raises:
        RuntimeError: some are missing after half an hour.
    """
    started_s, first_s, first_cpu_s = time.monotonic(), 0.0, 0.0
    async with kafka.reader(OUTCOMES, kafka.settings.partitions) as reader:
        while reader.counts.total() < count:
            if await reader.some() and not first_s:
                first_s, first_cpu_s = time.monotonic(), cpu_seconds(pid)
            if time.monotonic() - started_s > _LIMIT_S:
                raise RuntimeError(f"{reader.counts} of {count} after {_LIMIT_S:,.0f} s")
    return first_s - started_s, time.monotonic() - first_s, cpu_seconds(pid) - first_cpu_s


async def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("feeds").add_argument("--feeds", type=int, default=1_000)
    archives = parts.add_parser("load-warc")
    archives.add_argument("data", type=Path, help="JSON lines with html and id, gzipped")
    archives.add_argument("--pages", type=int, default=4_000)
    asked = parser.parse_args()
    async with ground(Settings.from_environment()) as found:
        kafka = replace(found, settings=replace(found.settings, state_dir=found.folder / "state"))
        if asked.part == "feeds":
            await create_topics(kafka.settings, list(topics_of(pipeline_steps(kafka.settings), kafka.settings)))
            await asyncio.to_thread(poll_feeds, kafka, asked.feeds)
        else:
            await load_archive(kafka, asked.data, asked.pages)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
