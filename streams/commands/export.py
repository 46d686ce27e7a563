"""``headwater export``: articles into files, each exactly once."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import click

from streams.commands.arguments import read_settings
from streams.commands.context import run_async, run_until_told, say
from streams.export.exporting import BOOK, Exporter, FileBounds, FormatChangedError
from streams.export.files import KINDS, MissingLibraryError
from streams.kafka.following import AWAY, keep_reading
from streams.kafka.quiet import quieten
from streams.outgoing.book import Book
from streams.outgoing.source import NO_SOURCE, reading
from streams.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(KINDS)), default="jsonl", show_default=True)
@click.option(
    "--every", "every_min", type=click.FloatRange(0.01), default=5.0, show_default=True, metavar="MINUTES",
    help="How long a file may wait for more rows.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="Write what there is now, and end.")
def export(folder: Path, kind: str, every_min: float, *, once: bool) -> None:
    """Write the articles of news.enriched into files in FOLDER, from the beginning, each exactly once.

    Offsets are in the files' names, and a finished file never changes. A canceled article is a row "removed"; an embargoed one
    is written when its embargo ends. After a kill, a new start continues where it was: FOLDER also holds its memory.
    """
    settings = read_settings()
    quieten()
    try:
        with contextlib.closing(Book(folder / BOOK)) as book:
            exporter = Exporter(folder, book, kind, time.time, FileBounds(every_s=every_min * 60))
            run_async(_export(_Following(settings, exporter, book, once=once)), settings)
            held = f", {book.waiting:,} wait for the end of their embargo" if book.waiting else ""
            click.echo(f"{exporter.written:,} rows written{held}")
    except (sqlite3.DatabaseError, FormatChangedError, *NO_SOURCE, MissingLibraryError, OSError) as error:
        raise click.ClickException(str(error)) from error


class _Following:
    """Follows the topic until cancelled, or up to its end."""

    def __init__(self, settings: Settings, exporter: Exporter, book: Book, *, once: bool) -> None:
        self._settings = settings
        self._book = book
        self._once = once
        self._done = False
        self.exporter = exporter

    async def run(self) -> None:
        """Write, whatever happens to Kafka.

        Raises:
            KafkaError, TimeoutError: Kafka does not answer, and ``once`` is set.
            TopicsMissingError, OtherTopicError: there is no such topic, or it is a different one.
        """
        try:
            await keep_reading(self._read, lambda _: self.exporter.finish(), () if self._once else AWAY)
        except AWAY:
            if not self._done:  # else only the connection's end has failed
                raise

    async def _read(self) -> None:
        async with reading(self._settings, self._book, say) as source:
            while not self._done:
                turn = await source.read()
                self.exporter.take(turn)
                self.exporter.release()
                at_end = self._once and turn.at_end
                if at_end or self.exporter.is_due:
                    self.exporter.finish()
                self._done = at_end  # only now: a full disk must be reported, and a broken file must not be finished again


async def _export(following: _Following) -> None:
    """Write until told to stop, or up to the end of the topic; then finish what is open."""
    await run_until_told(following.run())
    following.exporter.finish()
