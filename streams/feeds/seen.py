"""What was published before, and the state of each feed: a SQLite file for one process at a time.

A key is remembered only when Kafka has its record.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from streams.sqlite_file import open_sqlite

_DAY_S: Final = 24 * 3600
_KEPT_S: Final = 90 * _DAY_S  # after a feed last listed it
_TOUCHED_AFTER_S: Final = 7 * _DAY_S
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, listed_s INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (key BLOB PRIMARY KEY, failed INTEGER NOT NULL, at_s INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feeds (
    url TEXT PRIMARY KEY, address TEXT NOT NULL, etag TEXT, modified TEXT,
    failures INTEGER NOT NULL, not_before_s REAL NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class FeedState:
    """The state of a feed: its address, what to ask with, how often it failed in a row, and when it may be asked again."""

    url: str
    address: str
    etag: str | None = None
    modified: str | None = None
    failures: int = 0
    not_before_s: float = 0.0
    """Since 1970; set by a failure or a server's Retry-After, not by the usual round."""


class Seen:
    """The memory of one polling process. Times are seconds since 1970, given by the caller."""

    def __init__(self, file: Path, now_s: float) -> None:
        """Open the file, or create it.

        Raises:
            UnusableFileError: another process uses it, it can't be written, or it is something else.
        """
        self._db = open_sqlite(file, _SCHEMA)
        self._db.execute("DELETE FROM entries WHERE listed_s < ?", (now_s - _KEPT_S,))
        self._db.execute("DELETE FROM attempts WHERE at_s < ?", (now_s - _KEPT_S,))

    def close(self) -> None:
        self._db.close()

    def knows(self, key: str, now_s: float) -> bool:
        """Whether an entry was published; as long as it is listed, it stays remembered."""
        found = self._db.execute("SELECT listed_s FROM entries WHERE key = ?", (_hash(key),)).fetchone()
        if found is not None and found[0] < now_s - _TOUCHED_AFTER_S:
            self._db.execute("UPDATE entries SET listed_s = ? WHERE key = ?", (int(now_s), _hash(key)))
        return found is not None

    def remember(self, key: str, now_s: float) -> None:
        """Note that Kafka has it."""
        self._db.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (_hash(key), int(now_s)))
        self._db.execute("DELETE FROM attempts WHERE key = ?", (_hash(key),))

    def failed(self, key: str, now_s: float) -> int:
        """Note that an entry's page did not come; returns how often that has happened."""
        grown = (
            "INSERT INTO attempts VALUES (?, 1, ?) "
            "ON CONFLICT (key) DO UPDATE SET failed = failed + 1, at_s = excluded.at_s RETURNING failed"
        )
        return int(self._db.execute(grown, (_hash(key), int(now_s))).fetchone()[0])

    def state_of(self, url: str) -> FeedState:
        found = self._db.execute(
            "SELECT address, etag, modified, failures, not_before_s FROM feeds WHERE url = ?", (url,)
        ).fetchone()
        return FeedState(url, *found) if found else FeedState(url, url)

    def put(self, state: FeedState) -> None:
        values = (state.url, state.address, state.etag, state.modified, state.failures, state.not_before_s)
        self._db.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?, ?)", values)


def _hash(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
