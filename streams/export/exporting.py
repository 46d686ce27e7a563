"""Articles → files that appear complete, once, and in the order of their names.

news.enriched-3-00000000000000000042-00000000000000000941.jsonl       offsets 42 to 941 of partition 3
news.enriched-3-00000000000000000941-late-000007.jsonl                written after those: ended embargoes, expiries
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.export.files import KINDS, RowFile, load_pyarrow
from streams.outgoing.book import Book
from streams.outgoing.decisions import EXPIRED, Telling, decide, decide_waiting
from streams.outgoing.items import Item, item_of
from streams.outgoing.source import Turn
from streams.steps import Record
from streams.topics import ENRICHED

BOOK: Final = ".headwater-export.sqlite3"
"""The book's name. It is in the folder, so that files and the memory of what they hold stay together."""
_MADE: Final = ".part"
_FORMAT: Final = "format"
_LATE: Final = "late"
_DUE_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class FileBounds:
    """The limits at which the files being written are finished."""

    bytes: int = 256 << 20
    """Size as JSON, over all partitions."""
    rows: int = 100_000
    every_s: float = 300.0
    """Age since their first row."""


@dataclass(slots=True)
class _Open:
    """A file being written, and the first and last offset of news.enriched in it; None if all of its rows came late."""

    made: Path
    rows: RowFile
    first: int | None = None
    last: int = 0


class FormatChangedError(Exception):
    """The folder was begun in another format."""


class Exporter:
    """Writes what may be published, partition by partition. ``clock``: seconds since 1970; ``written``: rows so far."""

    def __init__(
        self, folder: Path, book: Book, kind: str, clock: Callable[[], float], bounds: FileBounds = FileBounds()
    ) -> None:
        """Finish what a former process promised.

        Raises:
            FormatChangedError: the folder was begun in another format.
            MissingLibraryError: the format needs a library that is not installed.
            OSError: the folder can't be written.
        """
        if (former := book.about(_FORMAT)) not in {None, kind}:
            raise FormatChangedError(f"{folder} was begun as {former}: choose another folder for {kind}")
        if kind == "parquet":
            load_pyarrow()
        book.set_about(_FORMAT, kind)
        self._folder, self._book, self._kind = folder, book, kind
        self._clock, self._bounds = clock, bounds
        self._open: dict[int, _Open] = {}
        self._positions = dict(book.positions())
        self._began_s = 0.0
        self._bytes = self._rows = 0
        self.written = 0
        self._keep_promises()
        for left in folder.glob(f".*{_MADE}"):
            left.unlink()

    def take(self, turn: Turn) -> None:
        """Write what was read."""
        for records in turn.records.values():
            for record in records:
                self._take(record)
        for partition, offset in turn.next_offsets.items():
            self._positions[partition] = offset
            self._book.pass_to(partition, offset)

    def _take(self, record: Record) -> None:
        item = item_of(record)
        if item is None:
            return
        decision = decide(item, self._book.known(item), self._clock(), wanted=True)
        self._settle(item, decision, own=True)

    def release(self) -> None:
        """Write what has become due: articles whose embargo has ended, and removals of those that have expired."""
        now_s = self._clock()
        while due := self._book.released(now_s, _DUE_AT_ONCE):
            for item in due:
                self._settle(item, decide_waiting(item, now_s), own=False)
        while gone := self._book.expired(now_s, _DUE_AT_ONCE):
            for item in gone:
                self._settle(item, EXPIRED, own=False)

    def _settle(self, item: Item, decision: Telling, *, own: bool) -> None:
        """Write a row if there is one; ``own``: at its own offset rather than late."""
        if decision.tell is not None:
            file = self._file(item.partition)
            self._bytes += file.rows.add(decision.tell, item)
            self._rows += 1
            if own:
                file.first, file.last = item.offset if file.first is None else file.first, item.offset
        self._book.settle(item, decision)

    def _file(self, partition: int) -> _Open:
        if not self._open:
            self._began_s = self._clock()
        if partition not in self._open:
            made = self._folder / f".{partition}{_MADE}"
            self._open[partition] = _Open(made, KINDS[self._kind](made))
        return self._open[partition]

    @property
    def is_due(self) -> bool:
        """Whether the files are large or old enough to be finished."""
        full = self._bytes >= self._bounds.bytes or self._rows >= self._bounds.rows
        # A clock that was set back finishes them too.
        return bool(self._open) and (full or not 0 <= self._clock() - self._began_s < self._bounds.every_s)

    def finish(self) -> None:
        """Make all files appear, and note how far they reach."""
        for file in self._open.values():
            file.rows.close()
        self._book.promise((file.made.name, self._name(partition, file)) for partition, file in self._open.items())
        self._book.commit()
        self._keep_promises()
        self.written += self._rows
        self._open.clear()
        self._bytes = self._rows = 0

    def _keep_promises(self) -> None:
        promised = self._book.promised()
        for made, name in promised:
            if (self._folder / made).exists():  # otherwise a former process has renamed it
                (self._folder / made).replace(self._folder / name)
        if promised:
            _sync(self._folder)
            self._book.forget_files()
            self._book.commit()

    def _name(self, partition: int, file: _Open) -> str:
        if file.first is not None:
            return f"{ENRICHED}-{partition}-{file.first:020}-{file.last:020}.{self._kind}"
        number = int(self._book.about(_LATE) or 0) + 1
        self._book.set_about(_LATE, str(number))
        return f"{ENRICHED}-{partition}-{max(self._positions.get(partition, 0) - 1, 0):020}-{_LATE}-{number:06}.{self._kind}"


def _sync(folder: Path) -> None:
    """Sync a folder: only then are new names in it on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
