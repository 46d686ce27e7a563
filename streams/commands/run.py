"""``headwater run``: the main job, on a Kafka of its own, with sample articles."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import embedded_kafka, run_async
from streams.commands.show import show
from streams.documents import ORIGIN_HEADER
from streams.kafka.admin import create_topics, partition_counts
from streams.kafka.clients import MAX_REQUEST_BYTES, connection, opened
from streams.samples import Sample, load_samples
from streams.settings import Settings
from streams.settings_file import PREFIX
from streams.steps import Record, header
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED, STORIES, topics_of
from streams.watch.supervisor import end

# A cold start of the worker until the last sample takes a few seconds; after this long something is wrong.
_SAMPLES_TIMEOUT_S = 120.0
_CONSOLE_TIMEOUT_S = 30.0
_QUIET_POLLS = 4  # of 0.2 s

console = Console(highlight=False, soft_wrap=True)


@click.command()
@click.option("--once", is_flag=True, help="End after the samples; status 0 only if every one is accounted for.")
def run(once: bool) -> None:
    """Start Kafka and a worker, publish sample articles, and show what comes out.

    With HEADWATER_BROKERS set, that Kafka is used, and the samples are published there. Continues with your own articles until
    Ctrl-C.
    """
    settings = read_settings()
    # Whoever ends us (a supervisor, a closing terminal) also ends what we started.
    signal.signal(signal.SIGTERM, _interrupt)
    complete = False
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="headwater-") as folder,
        _kafka(settings, Path(folder)) as settings,
    ):
        complete = run_async(_run(settings, Path(folder), once=once), settings)
    sys.exit(0 if complete or not once else 1)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _kafka(settings: Settings, folder: Path) -> Iterator[Settings]:
    """The settings for the Kafka to use: the configured one, else an embedded one that lasts as long as this context."""
    if PREFIX + "BROKERS" in os.environ:
        yield settings
        return
    began = time.monotonic()
    kafka = embedded_kafka()
    try:
        with kafka.EmbeddedKafka(folder / "kafka", report=lambda text: console.print(f"[dim]{text}[/]")) as broker:
            console.print(f"Kafka is up on {broker.brokers} ({time.monotonic() - began:.1f} s)")
            yield replace(settings, brokers=(broker.brokers,), state_dir=folder / "state")
    except kafka.KafkaUnavailable as error:
        raise click.ClickException(str(error)) from error


async def _run(settings: Settings, folder: Path, *, once: bool) -> bool:
    """Do it all; True if every sample has come out exactly once."""
    await create_topics(settings, topics_of(pipeline_steps(settings), settings))
    outcomes = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed", enable_auto_commit=False)
    async with opened(outcomes):
        topics = (*OUTCOMES, STORIES)
        counts = await partition_counts(settings, topics)
        await _seek_to_now(outcomes, [TopicPartition(topic, part) for topic in topics for part in range(counts[topic])])
        log = folder / "worker.log"
        async with _worker(settings, log) as process, _console(settings, folder / "console.log", wanted=not once):
            came_in, came_out, stories = 0, Counter[str](), Counter[str]()
            records = _follow(outcomes, process, log)
            samples = load_samples()
            # The first one by itself, so that it can be seen; then the rest at once.
            for some in (samples[:1], samples[1:]):
                places = await _publish(settings, some)
                console.print(f"[dim]{len(places)} published to {RAW}{'' if came_in else '; a worker is starting'}[/]\n")
                came_in += len(places)
                came_out += await _account_for(places, records, stories)
            _closing_table(came_in, came_out, stories)
            if not once:
                _how_to_go_on(settings)
                async for record in records:
                    if record is not None:
                        console.print(show(record))
            return came_in == came_out.total()


class _MissingError(click.ClickException):
    """Some sample did not come out, or one came out twice."""


async def _account_for(places: set[str], records: AsyncIterator[Record | None], stories: Counter[str]) -> Counter[str]:
    """Show outcomes until every place has had its one; returns how many there were by topic.

    ``stories`` is kept up to date: how many articles each story has.
    """
    counts: Counter[str] = Counter()
    waiting = set(places)
    quiet = 0
    deadline = time.monotonic() + _SAMPLES_TIMEOUT_S
    async for record in records:
        quiet = quiet + 1 if record is None else 0
        if record is not None and record.topic == STORIES:
            console.print(show(record))
            stories[(record.key or b"").decode()] = int(header(record, "ce_articles") or 0)
        elif record is not None:
            console.print(show(record))
            origin = header(record, ORIGIN_HEADER) or ""
            if origin in places:
                counts[record.topic] += 1
                if origin not in waiting:
                    raise _MissingError(f"{origin} came out twice")
                waiting.remove(origin)
        elif not waiting and quiet >= _QUIET_POLLS:
            break  # all are there, and nothing more came for a moment: stories follow their articles
        if time.monotonic() > deadline:
            raise _MissingError(f"no outcome of {sorted(waiting)} within {_SAMPLES_TIMEOUT_S:.0f} s")
    return counts


async def _seek_to_now(outcomes: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
    outcomes.assign(partitions)
    await outcomes.seek_to_end(*partitions)
    for partition in partitions:
        await outcomes.position(partition)  # fixes the position now, before anything is published


async def _follow(outcomes: AIOKafkaConsumer, worker: asyncio.subprocess.Process, log: Path) -> AsyncIterator[Record | None]:
    """The records as they come, None whenever there are none for a moment; raises if the worker ends."""
    while worker.returncode is None:
        fetched = await outcomes.getmany(timeout_ms=200)
        for records in fetched.values():
            for record in records:
                yield record
        if not fetched:
            yield None
    raise _MissingError(f"the worker ended with status {worker.returncode}\n{_tail_of(log)}")


async def _publish(settings: Settings, samples: Sequence[Sample]) -> set[str]:
    """Publish samples in order; returns each one's place in news.raw."""
    producer = AIOKafkaProducer(**connection(settings), enable_idempotence=True, max_request_size=MAX_REQUEST_BYTES)
    async with opened(producer):
        deliveries = []
        for sample in samples:
            headers = [("content-type", sample.content_type.encode())] if sample.content_type else []
            # One key, one partition, one order: repeats come after what they repeat.
            deliveries.append(await producer.send(RAW, sample.value, b"samples", headers=headers))
        places = await asyncio.gather(*deliveries)
    return {f"{place.topic}/{place.partition}/{place.offset}" for place in places}


@contextlib.asynccontextmanager
async def _worker(settings: Settings, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process in its own session: Ctrl-C reaches only us, and we end it in good order."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", "worker", "--processes", "1", "--loglevel", "warning"),
            env=os.environ | settings.as_environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        await end(process)


@contextlib.asynccontextmanager
async def _console(settings: Settings, log: Path, *, wanted: bool) -> AsyncIterator[None]:
    """The console process beside it; its address is printed. Uses the console's usual port, or another one that is free."""
    if not wanted:
        yield
        return
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", "console", "--any-port"),
            env=os.environ | settings.as_environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        with contextlib.suppress(TimeoutError):
            line = await asyncio.wait_for(process.stdout.readline(), _CONSOLE_TIMEOUT_S)
            console.print(
                f"[bold]{escape(line.decode().strip())}[/]" if line else f"[dim]no console: {escape(_tail_of(log))}[/]"
            )
        yield
    finally:
        await end(process)


def _closing_table(came_in: int, came_out: Counter[str], stories: Counter[str]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("in", str(came_in))
    for sign, name, topic in (
        ("=", "enriched", ENRICHED),
        ("+", "duplicates", DUPLICATES),
        ("+", "rejected", REJECTED),
    ):
        table.add_row(f"{sign} {name}", str(came_out[topic]), f"[dim]{topic}[/]")
    several = sum(count > 1 for count in stories.values())
    told = f"[dim]{STORIES}: of the enriched; {several} with several articles[/]"
    table.add_row("  stories", str(sum(count > 0 for count in stories.values())), told)
    console.print()
    console.print(table)
    if came_in == came_out.total():
        console.print(f"[green]{came_in} = {' + '.join(str(came_out[topic]) for topic in OUTCOMES)}: all accounted for[/]")


def _how_to_go_on(settings: Settings) -> None:
    console.print(
        f"\nNow yours: from another terminal in this folder\n"
        f"    HEADWATER_BROKERS={','.join(settings.brokers)} .venv/bin/headwater publish FILE…\n"
        f"Ctrl-C ends it.\n"
    )


def _tail_of(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
