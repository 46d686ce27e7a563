"""Numbers from several rounds: medians, spreads, percentiles, ratios."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Spread(NamedTuple):
    """A figure measured several times: its median, and the smallest and largest found."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError where there is no value."""
    if not values:
        raise ValueError("no values")
    return Spread(median(values), min(values), max(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """How many times theirs ours is, round by round: both ran in turn, so what else the machine did weighs on both.

    Raises:
        ValueError: they have not as many rounds.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds against {len(theirs)}")
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` (0.0 to 1.0) of the values do not exceed ("nearest rank").

    Raises:
        ValueError: there is no value, or no such share.
    """
    if not values or not 0.0 <= share <= 1.0:
        raise ValueError("wants values, and a share between 0 and 1")
    rank = -int(-share * len(values) // 1)  # rounded up
    return sorted(values)[max(rank, 1) - 1]
