"""Medians, ratios and percentiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.speed.figures import Spread, bends, percentile, ratio, spread

numbers = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50)


def test_a_spread_is_the_median_between_the_extremes():
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)


def test_a_ratio_is_taken_round_by_round():
    """A slow round weighs on both: the ratio of the medians would not know."""
    assert ratio([10.0, 1.0, 20.0], [5.0, 0.5, 10.0]) == Spread(2.0, 2.0, 2.0)


def test_missing_rounds_give_no_ratio():
    with pytest.raises(ValueError, match="3 rounds against 2"):
        ratio([1.0, 2.0, 3.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (0.991, 100), (1.0, 100)],
)
def test_a_percentile_is_the_nearest_rank(share, expected):
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.1), ([1.0], -0.1)])
def test_no_values_or_a_share_out_of_range_is_an_error(values, share):
    with pytest.raises(ValueError, match="needs values"):
        percentile(values, share)


@given(numbers, st.floats(0.0, 1.0))
def test_a_percentile_is_one_of_the_values_and_enough_of_them_do_not_exceed_it(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param([(1, 10), (4, 40), (16, 160)], [], id="in proportion"),
        pytest.param([(1, 10), (4, 12), (16, 15)], [], id="slower than in proportion"),
        pytest.param([(1, 10), (4, 40), (16, 320)], [(4, 16, 2.0)], id="twice as much at the last step"),
        pytest.param([(1, 10), (4, 43)], [], id="by chance"),
        pytest.param([(0, 10), (100, 10.5), (1000, 20)], [], id="nothing to begin with"),
        pytest.param([(0, 10), (100, 20)], [(0, 100, 2.0)], id="dearer than nothing"),
        pytest.param([], [], id="no points"),
    ],
)
def test_a_bend_is_where_a_cost_grows_faster_than_its_size(points, expected):
    assert bends(points) == expected
