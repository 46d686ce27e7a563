"""Counts of what passes: rates, the last hour by minute, ages, whether everything is accounted for, and when a backlog is gone.

Pure: the caller gives the time, in seconds that never decrease.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

HOUR_MINUTES: Final = 60
_RATE_WINDOW_S: Final = 10
_VALUES_A_MINUTE: Final = 200
_SERIES: Final = 8

# Ages in steps of 5 %, from a millisecond to about a week: percentiles are exact to one step.
_AGE_STEP: Final = math.log(1.05)
_AGE_FLOOR_S: Final = 0.001
_MOST_AGE_S: Final = 7 * 86_400.0


class Rate:
    """How many per second, over the last ten seconds."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, int]] = deque()

    def add(self, now_s: float, count: int = 1) -> None:
        second = int(now_s)
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, self._seconds[-1][1] + count)
        else:
            self._seconds.append((second, count))
            self._forget(second)

    def per_second(self, now_s: float) -> float:
        """The mean of the last ten whole seconds, without the one that is still running."""
        second = int(now_s)
        self._forget(second)
        return sum(count for at, count in self._seconds if second - _RATE_WINDOW_S <= at < second) / _RATE_WINDOW_S

    def _forget(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] < second - _RATE_WINDOW_S:
            self._seconds.popleft()


class Minutes:
    """Counts of the last hour by minute and by value, such as languages or subjects."""

    def __init__(self) -> None:
        self._minutes: dict[int, Counter[str]] = {}

    def add(self, at_s: float, now_s: float, values: Iterable[str]) -> None:
        """Count values that passed at ``at_s``; those from more than an hour ago, or from the future, are left out."""
        minute, now = int(at_s // 60), int(now_s // 60)
        if not now - HOUR_MINUTES < minute <= now:
            return
        counts = self._minutes.setdefault(minute, Counter())
        for value in values:
            if value in counts or len(counts) < _VALUES_A_MINUTE:
                counts[value] += 1
        for old in [each for each in self._minutes if each <= now - HOUR_MINUTES]:
            del self._minutes[old]

    def series(self, now_s: float, most: int = _SERIES) -> list[tuple[str, list[int]]]:
        """The most frequent values, each with its sixty minutes, oldest first."""
        now = int(now_s // 60)
        minutes = [self._minutes.get(minute, Counter()) for minute in range(now - HOUR_MINUTES + 1, now + 1)]
        totals = sum(minutes, Counter[str]())
        return [(value, [minute[value] for minute in minutes]) for value, _ in totals.most_common(most)]


class Ages:
    """How old articles were when they came out: the median and the 99th percentile, by minute and for the last five minutes."""

    def __init__(self) -> None:
        self._minutes: dict[int, Counter[int]] = {}

    def add(self, now_s: float, age_s: float) -> None:
        minute = int(now_s // 60)
        bounded = min(max(age_s, _AGE_FLOOR_S), _MOST_AGE_S)
        self._minutes.setdefault(minute, Counter())[round(math.log(bounded / _AGE_FLOOR_S) / _AGE_STEP)] += 1
        for old in [each for each in self._minutes if each <= minute - HOUR_MINUTES]:
            del self._minutes[old]

    def of_late(self, now_s: float) -> tuple[float, float] | None:
        """Median and 99th percentile in seconds over the last five minutes; None if nothing came."""
        now = int(now_s // 60)
        return _percentiles(sum((self._minutes.get(now - each, Counter()) for each in range(5)), Counter()))

    def by_minute(self, now_s: float) -> list[tuple[float, float] | None]:
        now = int(now_s // 60)
        return [_percentiles(self._minutes.get(minute, Counter())) for minute in range(now - HOUR_MINUTES + 1, now + 1)]


def _percentiles(counts: Counter[int]) -> tuple[float, float] | None:
    if not counts:
        return None
    return _percentile(counts, 0.50), _percentile(counts, 0.99)


def _percentile(counts: Counter[int], share: float) -> float:
    wanted, seen = share * counts.total(), 0
    step = 0
    for step, count in sorted(counts.items()):  # noqa: B007
        seen += count
        if seen >= wanted:
            break
    return float(f"{_AGE_FLOOR_S * math.exp(step * _AGE_STEP):.2g}")


class Accounts:
    """The promise, checked as records pass: every raw record comes out, and none comes out twice.

    Only raw records from ``since`` on are judged: the first offset of each partition that came after the console began. Which
    of them have come out is remembered for the last ``window`` offsets of a partition, one bit each.
    """

    def __init__(self, since: dict[int, int], window: int = 1 << 18) -> None:
        self._since = since
        self._window = window
        self._out = {partition: bytearray(window // 8) for partition in since}
        self._high = dict(since)
        self.came_in = 0
        self.came_out = 0
        self.twice = 0
        self.earlier = 0
        """Outcomes of raw records from before the console began."""

    def enters(self, partition: int, offset: int) -> None:
        """A record has come into news.raw."""
        self.came_in += offset >= self._since.get(partition, 0)

    def leaves(self, partition: int, offset: int) -> None:
        """An outcome of the raw record at this place has come out."""
        if partition not in self._since or offset < self._since[partition]:
            self.earlier += 1
            return
        self._advance(partition, offset)
        if offset <= self._high[partition] - self._window:
            self.came_out += 1  # too long ago to check for repeats
            return
        byte, bit = divmod(offset % self._window, 8)
        if self._out[partition][byte] >> bit & 1:
            self.twice += 1
        else:
            self._out[partition][byte] |= 1 << bit
            self.came_out += 1

    @property
    def under_way(self) -> int:
        """Raw records that have not come out yet, as far as both have been read."""
        return max(0, self.came_in - self.came_out)

    def _advance(self, partition: int, offset: int) -> None:
        """Make room for offsets up to this one; those that leave the window are forgotten."""
        high, bits = self._high[partition], self._out[partition]
        if offset - high >= self._window:
            self._out[partition] = bytearray(self._window // 8)
        else:
            for each in range(high + 1, offset + 1):
                byte, bit = divmod(each % self._window, 8)
                bits[byte] &= ~(1 << bit) & 0xFF
        self._high[partition] = max(high, offset)


class Look(NamedTuple):
    """A look at a partition of a source: the time, the next offset to be decided, and the end of what may be read."""

    at_s: float
    next_offset: int
    end: int


def drain_s(looks: Sequence[Look], lag: int) -> float | None:
    """How long until a partition's ``lag`` is gone at the pace of these looks; 0: none is waiting; None: it never drains."""
    if lag <= 0:
        return 0.0
    if len(looks) < 2:
        return None
    first, last = looks[0], looks[-1]
    gained = (last.next_offset - first.next_offset) - (last.end - first.end)
    elapsed_s = last.at_s - first.at_s
    return lag * elapsed_s / gained if gained > 0 and elapsed_s > 0 else None


def balance(accounts: Accounts, counts: dict[str, int], *, idle_s: float) -> dict[str, Any]:
    """The sum below news.raw, in numbers: what came in, what came of it, what is under way, and what is wrong.

    ``idle_s``: for how long no record has been waiting anywhere. Records under way while none is waiting are missing.
    """
    missing = accounts.under_way if idle_s >= _MISSING_AFTER_S else 0
    return {
        "came_in": sum(counts.values()) - accounts.twice + accounts.under_way,
        "under_way": accounts.under_way - missing,
        "missing": missing,
        "twice": accounts.twice,
    }


_MISSING_AFTER_S: Final = 10.0
