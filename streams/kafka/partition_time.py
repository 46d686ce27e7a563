"""A partition's own time: how far its timestamps have advanced, whatever any clock says. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import Final

_WITNESSES: Final = 5
_MOST_MS: Final = (2**32 - 1) * 1000
"""The year 2106: a stamp has four bytes. Anything later counts as this."""


class PartitionTime:
    """The time that at least five records of a partition have reached: the fifth largest timestamp decided on so far.

    A few records from the far future advance it no further than the others have come; after a pause it is right again with the
    fifth record. It never goes back. The same log always gives the same times, however often it is replayed.
    """

    def __init__(self, latest_ms: Iterable[int] = ()) -> None:
        """``latest_ms``: an earlier value of :attr:`latest_ms`, up to five timestamps in milliseconds since 1970."""
        self._latest_ms = sorted(min(each, _MOST_MS) for each in latest_ms)[-_WITNESSES:]

    @property
    def latest_ms(self) -> tuple[int, ...]:
        """The largest timestamps so far, ascending; they are the complete state."""
        return tuple(self._latest_ms)

    @property
    def now_s(self) -> int:
        """The time, in seconds since 1970; 0 before there are five records."""
        return self._latest_ms[0] // 1000 if len(self._latest_ms) == _WITNESSES else 0

    def see(self, timestamp_ms: int) -> int:
        """Note that a record with this timestamp is decided on; returns the stamp, in seconds, for what is remembered from it.

        The stamp is the partition's time, whatever an article's own date, so a backfill is remembered for as long as today's
        news. A record ahead of the partition's time gets its own: it may be the first after a long pause, or from the far
        future.
        """
        latest, timestamp_ms = self._latest_ms, min(timestamp_ms, _MOST_MS)
        if len(latest) < _WITNESSES:
            if timestamp_ms >= 0:
                insort(latest, timestamp_ms)
        elif timestamp_ms > latest[0]:
            insort(latest, timestamp_ms)
            del latest[0]
        return max(self.now_s, timestamp_ms // 1000, 0)
