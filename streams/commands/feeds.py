"""``headwater feeds``: new entries of feeds, with the pages behind them, into Kafka."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from streams.commands.arguments import read_settings
from streams.commands.context import partitions_of, run_async, say
from streams.feeds.fetching import fetching
from streams.feeds.listing import read_listing
from streams.feeds.manners import Manners, Pace
from streams.feeds.polling import Poller, PollingTotals, SendEntry
from streams.feeds.seen import Seen
from streams.kafka.clients import opened, publisher
from streams.settings import Settings
from streams.topics import RAW

_KAFKA_AGAIN_S: Final = 5.0
_TOTALS_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class _How:
    """The command's options."""

    once: bool
    every_min: float
    pause_s: float
    contact: str | None
    allow_private: bool
    topic: str


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE.opml|URL…")
@click.option("--once", is_flag=True, help="Poll each feed once, and end.")
@click.option("--every", "every_min", type=click.FloatRange(1), default=15.0, show_default=True, metavar="MINUTES")
@click.option(
    "--pace", "pause_s", type=click.FloatRange(0), default=1.0, show_default=True, metavar="SECONDS",
    help="Pause between two requests to one host.",
)  # fmt: skip
@click.option("--contact", metavar="URL", help="Where a site's owner can reach you: part of the User-Agent.")
@click.option(
    "--seen", type=click.Path(dir_okay=False, path_type=Path), help="The memory. [default: feeds.sqlite3 in the state folder]"
)
@click.option("--allow-private", is_flag=True, help="Also ask addresses of this machine and of private networks.")
@click.option("--topic", default=RAW, show_default=True)
def feeds(sources: tuple[str, ...], seen: Path | None, **options: Any) -> None:
    """Publish new entries of RSS, Atom, JSON Feed and news sitemaps, each with the page behind it.

    A FILE is OPML, as feed readers export it, or has one address per line. Servers are treated politely: robots.txt is obeyed,
    requests come one at a time, only for what has changed, and less often if they fail or the server asks for it. An entry is
    remembered once Kafka has it.
    """
    settings = read_settings()
    try:
        urls = read_listing(sources, say)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from error
    try:
        file = seen or settings.state_dir / "feeds.sqlite3"
        with contextlib.closing(Seen(file, time.time())) as memory, _interruptible():
            totals = run_async(_poll(settings, urls, memory, _How(**options)), settings)
            click.echo(str(totals))
    except sqlite3.DatabaseError as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C is the usual end of polling."""
    with contextlib.suppress(KeyboardInterrupt):
        yield


async def _poll(settings: Settings, urls: list[str], seen: Seen, how: _How) -> PollingTotals:
    await partitions_of(settings, how.topic)  # fails at once, where aiokafka would retry for 40 s
    asking = fetching(contact=how.contact, allow_private=how.allow_private)
    async with opened(publisher(settings)) as producer, asking as fetcher:
        manners = Manners(fetcher, Pace(how.pause_s))
        poller = Poller(manners, seen, _sender(producer, how.topic, patient=not how.once), say, every_s=how.every_min * 60)
        progress = asyncio.create_task(_tell(poller.totals))
        try:
            await poller.run(urls, once=how.once)
        except* KafkaError as errors:
            raise errors.exceptions[0] from None
        finally:
            progress.cancel()
    return poller.totals


def _sender(producer: AIOKafkaProducer, topic: str, *, patient: bool) -> SendEntry:
    """Sends a record and waits until Kafka has it; if ``patient``, however long that takes."""

    async def send(key: bytes, value: bytes) -> None:
        while True:
            try:
                await producer.send_and_wait(topic, value, key, headers=[("content-type", b"application/json")])
                return
            except MessageSizeTooLargeError:
                raise
            except KafkaError as error:
                if not patient:
                    raise
                say(f"Kafka does not take records ({error}); tried again in {_KAFKA_AGAIN_S:g} s")
                await asyncio.sleep(_KAFKA_AGAIN_S)

    return send


async def _tell(totals: PollingTotals) -> None:
    """Report progress once a minute, if there was any."""
    before = ""
    while True:
        await asyncio.sleep(_TOTALS_EVERY_S)
        if (now := str(totals)) != before:
            say(now)
            before = now
