"""Who is watching: viewers with the same filter share what is made for them; one that does not keep up is dropped.

Rows are sent at most four times a second. In a flood, a viewer gets only the newest: after 200 rows at once, four a second. The
counts cover all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from streams.console.rows import Row
from streams.console.wire import Filter

FLUSH_S: Final = 0.25
MOST_VIEWERS: Final = 100
SNAPSHOT_ROWS: Final = 200
_ROWS_A_SECOND: Final = 4.0
_WAITING_EVENTS: Final = 16


class Allowance:
    """How many rows may be shown: a stock that refills with time. Pure."""

    def __init__(self, most: float = SNAPSHOT_ROWS, a_second: float = _ROWS_A_SECOND) -> None:
        self._most, self._a_second = most, a_second
        self._stock = most

    def take(self, wanted: int, elapsed_s: float) -> int:
        """How many of the wanted rows may be shown, ``elapsed_s`` after the last call."""
        self._stock = min(self._most, self._stock + elapsed_s * self._a_second)
        allowed = min(wanted, int(self._stock))
        self._stock -= allowed
        return allowed


class Viewer:
    """One open page. ``events`` are waiting to be sent to it; None means that it is dropped."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_EVENTS)
        self.dropped = False

    def tell(self, payload: bytes) -> None:
        """Queue an event, unless too many are waiting already: then the viewer is dropped, and can reconnect."""
        if self.dropped:
            return
        try:
            self.events.put_nowait(payload)
        except asyncio.QueueFull:
            self.dropped = True
            while not self.events.empty():
                self.events.get_nowait()
            self.events.put_nowait(None)


class Audience:
    """Viewers with one filter."""

    def __init__(self, wanted: Filter) -> None:
        self.wanted = wanted
        self.viewers: set[Viewer] = set()
        self._fresh: dict[str, Row] = {}
        self._matched = 0
        self._allowance = Allowance()

    def changed(self, row: Row) -> None:
        if self.wanted.wants(row):
            self._matched += 1
            self._fresh.pop(row.id, None)
            self._fresh[row.id] = row

    def flush(self, elapsed_s: float) -> dict[str, Any] | None:
        """What to send about the rows that changed since the last call: the newest, as many as allowed; None for nothing."""
        allowed = self._allowance.take(len(self._fresh), elapsed_s)
        if not self._matched:
            return None
        rows = list(self._fresh.values())[len(self._fresh) - allowed :]
        told = {"rows": [row.listed() for row in rows], "matched": self._matched, "skipped": len(self._fresh) - allowed}
        self._fresh.clear()
        self._matched = 0
        return told

    def tell(self, payload: bytes) -> None:
        for viewer in self.viewers:
            viewer.tell(payload)


class Viewers:
    """All of them."""

    def __init__(self) -> None:
        self._audiences: dict[Filter, Audience] = {}

    def __len__(self) -> int:
        return sum(len(each.viewers) for each in self._audiences.values())

    def __iter__(self) -> Iterator[Audience]:
        return iter(tuple(self._audiences.values()))

    def enter(self, wanted: Filter) -> Viewer | None:
        """Add a viewer; None if there are too many already."""
        if len(self) >= MOST_VIEWERS:
            return None
        viewer = Viewer()
        self._audiences.setdefault(wanted, Audience(wanted)).viewers.add(viewer)
        return viewer

    def leave(self, wanted: Filter, viewer: Viewer) -> None:
        audience = self._audiences.get(wanted)
        if audience is not None:
            audience.viewers.discard(viewer)
            if not audience.viewers:
                del self._audiences[wanted]

    def changed(self, row: Row) -> None:
        for audience in self._audiences.values():
            audience.changed(row)

    def drop_all(self) -> None:
        """End every stream: the pages reconnect and start over."""
        for audience in self:
            for viewer in audience.viewers:
                viewer.dropped = True
                while not viewer.events.empty():
                    viewer.events.get_nowait()
                viewer.events.put_nowait(None)
