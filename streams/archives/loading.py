"""Archives → news.raw, and how far Kafka has them.

The records of an archive are confirmed in any order. The offset before which all of them are confirmed is noted, and a process
that was killed starts there the next time.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from aiokafka.errors import MessageSizeTooLargeError

from streams.archives.pages import ArchivedPage, Passed, page_of
from streams.archives.reading import Found, read_archive
from streams.sqlite_file import open_sqlite

_MOST_WAITING: Final = 500
_MOST_WAITING_BYTES: Final = 32 << 20
_NOTE_EVERY: Final = 200  # records: after a kill this many are published again, plus those that were waiting
_BEGINNING_BYTES: Final = 64 << 10
_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS archives (id BLOB PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID"

SendPage = Callable[[ArchivedPage], Awaitable[asyncio.Future[Any]]]
"""Puts a page into Kafka's queue; the future ends once Kafka has it."""


class Noted:
    """How far archives are loaded, by their path and beginning, in a SQLite file that several processes may share."""

    def __init__(self, file: Path) -> None:
        """Open the file, or create it.

        Raises:
            UnusableFileError: it can't be written, or is something else.
        """
        self._db = open_sqlite(file, _SCHEMA, shared=True, survives_power_cuts=True)

    def close(self) -> None:
        self._db.close()

    def offset(self, archive: Path) -> int:
        """How far Kafka has the archive, in bytes; 0 for one that is new, or shorter than it was."""
        found = self._db.execute("SELECT offset FROM archives WHERE id = ?", (_identity(archive),)).fetchone()
        return int(found[0]) if found and found[0] <= archive.stat().st_size else 0

    def note(self, archive: Path, offset: int) -> None:
        """Note that Kafka has everything before this offset."""
        self._db.execute("INSERT OR REPLACE INTO archives VALUES (?, ?)", (_identity(archive), offset))


def _identity(archive: Path) -> bytes:
    with archive.open("rb") as opened:
        beginning = opened.read(_BEGINNING_BYTES)
    return blake2b(bytes(archive.resolve()) + b"\0" + beginning, digest_size=16).digest()


class Loader:
    """Loads archives one after another. ``counts``: what became of the responses, in words; ``offset``: how far it has read."""

    def __init__(self, noted: Noted, send: SendPage, clock: Callable[[], float] = time.time) -> None:
        """``clock``: seconds since 1970; Kafka would refuse an archive's time that is ahead of it."""
        self._noted = noted
        self._send = send
        self._clock = clock
        self._waiting: deque[tuple[int, int, asyncio.Future[Any] | None]] = deque()
        self._waiting_bytes = 0
        self._done = 0
        self.counts: Counter[str] = Counter()
        self.offset = 0

    async def load(self, archive: Path, *, again: bool = False) -> None:
        """Publish the pages of an archive that Kafka lacks; ``again``: from its beginning.

        Raises:
            OSError, BrokenArchiveError: it can't be read any further; what comes before that is published and noted.
            KafkaError: Kafka refuses a page.
        """
        self.offset = self._done = 0 if again else self._noted.offset(archive)
        found, taken = read_archive(archive, self.offset), 0
        try:
            while (each := await asyncio.to_thread(_next, found)) is not None:
                await self._take(each)
                while self._is_full():
                    await self._settle_first()
                if (taken := taken + 1) % _NOTE_EVERY == 0:
                    self._noted.note(archive, self._done)
        finally:
            try:
                while self._waiting:
                    await self._settle_first()
            finally:
                self._give_up()
                self._noted.note(archive, self._done)

    def _give_up(self) -> None:
        """Stop waiting; further refusals by Kafka are covered by the first one."""
        for _, _, sent in self._waiting:
            if sent is not None:
                sent.add_done_callback(lambda each: each.cancelled() or each.exception())
        self._waiting.clear()
        self._waiting_bytes = 0

    async def _take(self, found: tuple[Found, ArchivedPage | Passed]) -> None:
        record, page = found
        sent, weight = None, 0
        if isinstance(page, Passed):
            self.counts[page.why] += 1
        elif (sent := await self._sent(page)) is not None:
            weight = len(page.value)
        self._waiting.append((record.next_offset, weight, sent))
        self._waiting_bytes += weight
        self.offset = record.next_offset

    async def _sent(self, page: ArchivedPage) -> asyncio.Future[Any] | None:
        now_ms = int(self._clock() * 1000)
        timed = ArchivedPage(
            page.key, page.value, page.content_type, min(page.time_ms if page.time_ms is not None else now_ms, now_ms)
        )
        try:
            return await self._send(timed)
        except MessageSizeTooLargeError:
            self.counts["too large"] += 1
            return None

    def _is_full(self) -> bool:
        return len(self._waiting) >= _MOST_WAITING or self._waiting_bytes > _MOST_WAITING_BYTES

    async def _settle_first(self) -> None:
        offset, weight, sent = self._waiting[0]
        if sent is not None:
            try:
                await sent
                self.counts["published"] += 1
            except MessageSizeTooLargeError:
                self.counts["too large"] += 1
        self._waiting.popleft()
        self._waiting_bytes -= weight
        self._done = offset


def _next(found: Any) -> tuple[Found, ArchivedPage | Passed] | None:
    """The next response and what it becomes: both take time, so both happen in a thread."""
    each: Found | None = next(found, None)
    if each is None:
        return None
    return each, each.what if isinstance(each.what, Passed) else page_of(each.what)
