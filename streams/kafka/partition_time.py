"""A partition's own time: how far the timestamps in it have come, whatever any clock says. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Final

_WITNESSES: Final = 5
_MOST_MS: Final = (2**32 - 1) * 1000
"""The year 2106: a stamp has four bytes. What is later than that counts as this."""


class PartitionTime:
    """The time that five records of a partition agree has come: the fifth largest timestamp decided on so far.

    A few records from the far future move it no further than the others have come; after a pause it is right again with the
    fifth record. It never goes back. What is made of the same log is the same, however often it is made anew.
    """

    def __init__(self, latest_ms: Iterable[int] = ()) -> None:
        """``latest_ms``: what :attr:`latest_ms` was, up to five timestamps in milliseconds since 1970."""
        self._latest_ms = sorted(latest_ms)[-_WITNESSES:]

    @property
    def latest_ms(self) -> tuple[int, ...]:
        """The largest timestamps so far, ascending: all there is to know of the time."""
        return tuple(self._latest_ms)

    @property
    def now_s(self) -> int:
        """The time, in seconds since 1970; 0 before there are five records."""
        return self._latest_ms[0] // 1000 if len(self._latest_ms) == _WITNESSES else 0

    def see(self, timestamp_ms: int) -> int:
        """Note that a record of this time is decided on; returns the stamp, in seconds, of what is remembered of it.

        That is the time of the partition, whatever an article's own date: a backfill is remembered for as long as today's
        news. A record that is ahead has its own: it may be the first after a long pause, or from the far future.
        """
        latest, timestamp_ms = self._latest_ms, min(timestamp_ms, _MOST_MS)
        if len(latest) < _WITNESSES:
            if timestamp_ms >= 0:
                insort(latest, timestamp_ms)
        elif timestamp_ms > latest[0]:
            insort(latest, timestamp_ms)
            del latest[0]
        return max(self.now_s, timestamp_ms // 1000, 0)
