"""Numbers from several rounds: medians, spreads, percentiles, ratios."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple


class Spread(NamedTuple):
    """A figure measured several times: its median, and the smallest and largest found."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError if there is no value."""
    if not values:
        raise ValueError("no values")
    return Spread(median(values), min(values), max(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours divided by theirs, round by round: both ran in turns, so other load on the machine affects both.

    Raises:
        ValueError: they have different numbers of rounds.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds against {len(theirs)}")
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def bends(points: Sequence[tuple[float, float]], allowance: float = 1.1) -> list[tuple[float, float, float]]:
    """Where a cost grows faster than its size: the sizes before and after, and the factor beyond proportion.

    ``points`` are ascending sizes with their costs; growth within ``allowance`` counts as chance. A size of 0 has no
    proportion: the cost after it may grow by the allowance.
    """
    found = []
    for (size, cost), (larger, more) in pairwise(points):
        growth = more / cost / (larger / size if size else 1.0)
        if growth > allowance:
            found.append((size, larger, growth))
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0.0 to 1.0) of the values do not exceed ("nearest rank").

    Raises:
        ValueError: there are no values, or the share is out of range.
    """
    if not values or not 0.0 <= share <= 1.0:
        raise ValueError("needs values, and a share between 0 and 1")
    rank = -int(-share * len(values) // 1)  # rounded up
    return sorted(values)[max(rank, 1) - 1]
