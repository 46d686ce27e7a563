"""``headwater webhook``: articles to a receiver's server, each as a signed request."""

from __future__ import annotations

import base64
import contextlib
import secrets
import sqlite3
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import click
from multidict import MultiDict

from streams.commands.arguments import read_settings
from streams.commands.context import run_async, run_until_told, say
from streams.http.addresses import RefusedAddressError, check_url
from streams.kafka.following import keep_reading
from streams.kafka.quiet import quieten
from streams.outgoing.book import Book
from streams.outgoing.items import ArticleFilter
from streams.outgoing.source import NO_SOURCE, reading
from streams.settings import Settings
from streams.webhook.delivering import Deliverer, GoneError
from streams.webhook.sending import sending
from streams.webhook.signing import PREFIX, SecretError, read_secret


@dataclass(frozen=True, slots=True)
class _How:
    """The command's arguments."""

    url: str
    key: bytes
    allow_private: bool
    from_beginning: bool
    wanted: ArticleFilter


@click.command()
@click.argument("url")
@click.option("--lang", multiple=True, help="Only articles in this language; each of these may be given several times.")
@click.option("--subject", multiple=True, help="Only with this subject: its name, URI or code.")
@click.option("--outlet", multiple=True, help="Only of this publisher.")
@click.option("--q", multiple=True, metavar="WORDS", help="Only with all these words.")
@click.option("--from-beginning", is_flag=True, help="On the first start, begin with what Kafka already has.")
@click.option("--book", type=click.Path(dir_okay=False, path_type=Path), help="The memory. [default: in the state folder]")
@click.option("--allow-private", is_flag=True, help="Also send to addresses of this machine and of private networks.")
def webhook(url: str, book: Path | None, *, from_beginning: bool, allow_private: bool, **filters: Any) -> None:
    """Send articles to URL as they come, each as a signed POST: at least once, the versions of an article in order.

    They are signed by the Standard Webhooks with HEADWATER_WEBHOOK_SECRET. A message that the receiver does not accept is sent
    again until it does. A canceled or expired article is reported as removed; an embargoed one is sent when its embargo ends.
    """
    settings = read_settings()
    quieten()
    try:
        check_url(url, allow_private=allow_private)
        key = read_secret(settings.webhook_secret or "")
    except RefusedAddressError as error:
        raise click.UsageError(f"{error}: see --allow-private") from error
    except SecretError as error:
        fresh = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        raise click.UsageError(f"HEADWATER_WEBHOOK_SECRET: {error}; a new one: {fresh}") from error
    wanted = ArticleFilter.of(MultiDict((name, value) for name, values in filters.items() for value in values))
    try:
        with contextlib.closing(Book(book or _file(settings, url), survives_power_cuts=False)) as opened:
            run_async(_run(settings, opened, _How(url, key, allow_private, from_beginning, wanted)), settings)
    except (sqlite3.DatabaseError, *NO_SOURCE, GoneError, RefusedAddressError) as error:
        raise click.ClickException(str(error)) from error


def _file(settings: Settings, url: str) -> Path:
    """Each receiver has its own; an address may hold a secret, so it is not in the name."""
    return settings.state_dir / f"webhook-{blake2b(url.encode(), digest_size=8).hexdigest()}.sqlite3"


async def _run(settings: Settings, book: Book, how: _How) -> None:
    """Deliver until told to stop, or until there is nobody to deliver to."""
    async with sending(how.url, how.key, allow_private=how.allow_private) as sender:
        delivery = Deliverer(book, sender.send, how.wanted, say, time.time)
        try:
            await run_until_told(_follow(settings, book, delivery, from_end=not how.from_beginning))
        finally:
            say(str(delivery.totals))


async def _follow(settings: Settings, book: Book, delivery: Deliverer, *, from_end: bool) -> None:
    async def read() -> None:
        async with reading(settings, book, say, from_end=from_end) as source:
            say("following news.enriched")
            while True:
                await delivery.take(await source.read())
                await delivery.release()

    await keep_reading(read, lambda _: book.undo())
