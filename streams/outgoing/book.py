"""What one receiver was told, how far it is, and what waits for it: a SQLite file for one process at a time.

A kill undoes everything since the last ``commit``. Times are seconds since 1970, given by the caller.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import orjson

from streams.outgoing.decisions import Known, Notice, Telling
from streams.outgoing.items import Item, Rank, rank_of
from streams.sqlite_file import open_sqlite

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    id TEXT PRIMARY KEY, partition INTEGER NOT NULL, offset INTEGER NOT NULL, time_ms INTEGER NOT NULL,
    shown_s REAL NOT NULL, ends_s REAL NOT NULL, document BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting_until ON waiting (shown_s);
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, partition INTEGER NOT NULL, offset INTEGER NOT NULL, time_ms INTEGER NOT NULL,
    rank TEXT NOT NULL, told INTEGER NOT NULL, ends_s REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_until ON articles (ends_s) WHERE ends_s IS NOT NULL;
CREATE TABLE IF NOT EXISTS files (made TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
"""
_ITEM: Final = "id, partition, offset, time_ms"


class Book:
    """The memory of what goes to one receiver."""

    def __init__(self, file: Path, *, survives_power_cuts: bool = True) -> None:
        """Open the file, or create it. A kill never corrupts it; a power cut may lose the last commits.

        Raises:
            UnusableFileError: another process has it, it can't be written, or it is something else.
        """
        self._db = open_sqlite(file, _SCHEMA, survives_power_cuts=survives_power_cuts)
        self._db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Close the file; uncommitted changes are undone."""
        self._db.close()

    def commit(self) -> None:
        """Commit: a restart continues from here."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def undo(self) -> None:
        """Go back to the last commit."""
        self._db.execute("ROLLBACK")
        self._db.execute("BEGIN IMMEDIATE")

    # How far it is

    def about(self, name: str) -> str | None:
        found = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def set_about(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    def positions(self) -> Mapping[int, int]:
        """The next offset, by partition."""
        return dict(self._db.execute("SELECT partition, next_offset FROM positions"))

    def pass_to(self, partition: int, next_offset: int) -> None:
        """Note that everything below this offset is settled."""
        self._db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (partition, next_offset))

    # Articles

    def known(self, item: Item) -> Known:
        """What is known of an item's article from earlier versions."""
        found = self._db.execute("SELECT rank, told FROM articles WHERE id = ?", (item.id,)).fetchone()
        return Known(_read_rank(found[0]), bool(found[1])) if found else Known()

    def settle(self, item: Item, decision: Telling) -> None:
        """Store a decision that has been carried out."""
        if decision.latest:
            told = decision.tell is Notice.ARTICLE
            place = (item.id, item.partition, item.offset, item.time_ms)
            ends_s = item.ends_s if told and math.isfinite(item.ends_s) else None
            stands = (*place, json.dumps(item.rank), told, ends_s)
            self._db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?)", stands)
            self._db.execute("DELETE FROM waiting WHERE id = ?", (item.id,))
            if decision.waits and math.isfinite(item.shown_s):
                values = (*place, item.shown_s, item.ends_s, orjson.dumps(item.document))
                self._db.execute("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        elif decision.tell is Notice.REMOVED:
            self._db.execute("UPDATE articles SET told = 0, ends_s = NULL WHERE id = ?", (item.id,))

    def released(self, now_s: float, most: int) -> list[Item]:
        """At most ``most`` versions whose embargo has ended, the earliest first."""
        asked = f"SELECT {_ITEM}, shown_s, ends_s, document FROM waiting WHERE shown_s <= ? ORDER BY shown_s, id LIMIT ?"  # noqa: S608
        return [_waiting(*row) for row in self._db.execute(asked, (now_s, most))]

    def expired(self, now_s: float, most: int) -> list[Item]:
        """At most ``most`` articles that were told and have expired since, the earliest first; without their documents."""
        asked = f"SELECT {_ITEM}, ends_s FROM articles WHERE ends_s <= ? ORDER BY ends_s, id LIMIT ?"  # noqa: S608
        return [_expired(*row) for row in self._db.execute(asked, (now_s, most))]

    @property
    def waiting(self) -> int:
        """How many versions wait for the end of their embargo."""
        return int(self._db.execute("SELECT count(*) FROM waiting").fetchone()[0])

    # Files

    def promise(self, files: Iterable[tuple[str, str]]) -> None:
        """Note that these files are complete under their temporary names, and which final names they get."""
        self._db.executemany("INSERT INTO files VALUES (?, ?)", files)

    def promised(self) -> list[tuple[str, str]]:
        return list(self._db.execute("SELECT made, name FROM files"))

    def forget_files(self) -> None:
        """Note that the promised files have their final names."""
        self._db.execute("DELETE FROM files")


def _read_rank(written: str) -> Rank:
    number, made_s = json.loads(written)
    return number, made_s


def _waiting(  # noqa: PLR0913, PLR0917 - a row
    article_id: str, partition: int, offset: int, time_ms: int, shown_s: float, ends_s: float, written: bytes
) -> Item:
    document = orjson.loads(written)
    rank = rank_of(document)
    return Item(article_id, partition, offset, time_ms, rank, False, shown_s, ends_s, len(written), document)  # noqa: FBT003


def _expired(article_id: str, partition: int, offset: int, time_ms: int, ends_s: float) -> Item:
    return Item(article_id, partition, offset, time_ms, rank_of({}), False, -math.inf, ends_s, 0, {})  # noqa: FBT003
