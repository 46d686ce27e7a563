"""``headwater publish``: articles from files into Kafka."""

from __future__ import annotations

import asyncio
import sys

import click
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import Progress

from streams.commands.arguments import FILE, read_settings
from streams.commands.context import partitions_of, run_async
from streams.commands.inputs import read_documents
from streams.kafka.clients import opened, publisher
from streams.settings import Settings
from streams.topics import RAW

# How many sends may wait for confirmation: enough to fill requests, and few enough to hold in memory.
_IN_FLIGHT = 1_000


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option("--topic", default=RAW, show_default=True)
@click.option("--key", help="Give all of them this key, and so one partition and one order.")
def publish(files: tuple[str, ...], topic: str, key: str | None) -> None:
    """Publish the articles of FILES (or stdin) and wait until Kafka has them.

    JSON lines give one article per line, a JSON array one per element, anything else is one article.
    """
    settings = read_settings()
    accepted, refused = run_async(_publish(settings, files, topic, key.encode() if key else None), settings)
    click.echo(f"{accepted} accepted" + (f", {refused} refused" if refused else ""))
    sys.exit(1 if refused else 0)


async def _publish(settings: Settings, files: tuple[str, ...], topic: str, key: bytes | None) -> tuple[int, int]:
    accepted = refused = 0
    waiting: set[asyncio.Future[object]] = set()

    def settle(done: set[asyncio.Future[object]]) -> None:
        nonlocal accepted, refused
        for delivery in done:
            if (error := delivery.exception()) is not None:
                refused += 1
                click.echo(f"refused: {error}", err=True)
            else:
                accepted += 1

    await partitions_of(settings, topic)  # fails at once, where aiokafka would retry for 40 s
    async with opened(publisher(settings)) as producer:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("publishing", total=None)
            for document in read_documents(files):
                headers = [("content-type", document.content_type.encode())] if document.content_type else []
                try:
                    waiting.add(await producer.send(topic, document.value, key, headers=headers))
                except KafkaError as error:  # too large to be sent at all
                    refused += 1
                    click.echo(f"refused: {error}", err=True)
                if len(waiting) >= _IN_FLIGHT:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    settle(done)
                progress.advance(bar)
            if waiting:
                done, _ = await asyncio.wait(waiting)
                settle(done)
    return accepted, refused
