"""``headwater load-warc``: the pages of web archives into Kafka."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import click
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.progress import Progress

from streams.archives.loading import Loader, Noted, SendPage
from streams.archives.pages import ArchivedPage
from streams.archives.reading import BrokenArchiveError
from streams.commands.arguments import read_settings
from streams.commands.context import partitions_of, run_async
from streams.kafka.clients import opened, publisher
from streams.settings import Settings
from streams.topics import RAW

_SHOWN_EVERY_S = 0.5


@click.command("load-warc")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--again", is_flag=True, help="From the beginning, whatever was loaded before.")
@click.option(
    "--noted",
    type=click.Path(dir_okay=False, path_type=Path),
    help="How far archives are loaded. [default: archives.sqlite3 in the state folder]",
)
@click.option("--topic", default=RAW, show_default=True)
def load_warc(files: tuple[Path, ...], again: bool, noted: Path | None, topic: str) -> None:
    """Publish the HTML pages of web archives: WARC (such as Common Crawl's CC-NEWS) and ARC, gzipped or not.

    A record has the time at which its page was archived. An interrupted load continues from what Kafka already has.
    """
    settings = read_settings()
    try:
        with contextlib.closing(Noted(noted or settings.state_dir / "archives.sqlite3")) as notes:
            broken = run_async(_load(settings, files, notes, again=again, topic=topic), settings)
    except sqlite3.DatabaseError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(1 if broken else 0)


async def _load(settings: Settings, files: tuple[Path, ...], notes: Noted, *, again: bool, topic: str) -> int:
    """Load all archives; returns how many of them are broken."""
    broken = 0
    await partitions_of(settings, topic)  # fails at once, where aiokafka would retry for 40 s
    async with opened(publisher(settings)) as producer:
        for file in files:
            loader, begun_s = Loader(notes, _sender(producer, topic)), time.monotonic()
            try:
                with _shown(loader, file):
                    await loader.load(file, again=again)
            except BrokenArchiveError as error:
                broken += 1
                click.echo(str(error), err=True)
            click.echo(f"{file}: {told(loader, time.monotonic() - begun_s)}")
    return broken


def told(loader: Loader, seconds: float) -> str:
    """What happened to an archive's responses, and how fast."""
    published = loader.counts["published"]
    others = [f"{number:,} {why}" for why, number in loader.counts.most_common() if why != "published"]
    rate = f"{published:,} published, {published / max(seconds, 0.001):,.0f} a second"
    return "; passed over: ".join([rate, *([", ".join(others)] if others else [])])


@contextlib.contextmanager
def _shown(loader: Loader, file: Path) -> Any:
    """A progress bar with the rate, if the output is a terminal."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar, begun_s = progress.add_task(file.name, total=file.stat().st_size), time.monotonic()

        async def follow() -> None:
            while True:
                told_now = told(loader, time.monotonic() - begun_s)
                progress.update(bar, completed=loader.offset, description=f"{file.name}: {told_now}")
                await asyncio.sleep(_SHOWN_EVERY_S)

        following = asyncio.create_task(follow())
        try:
            yield
        finally:
            following.cancel()


def _sender(producer: AIOKafkaProducer, topic: str) -> SendPage:
    async def send(page: ArchivedPage) -> asyncio.Future[Any]:
        headers = [("content-type", page.content_type.encode("utf-8", "replace"))]
        sent: asyncio.Future[Any] = await producer.send(topic, page.value, page.key, timestamp_ms=page.time_ms, headers=headers)
        return sent

    return send
