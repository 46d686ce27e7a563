"""What passes, counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console.counts import Accounts, Ages, Look, Minutes, Rate, balance, drain_s


def test_a_rate_is_the_mean_of_the_last_ten_seconds_and_falls_to_nothing():
    rate = Rate()
    for second in range(100, 110):
        rate.add(second + 0.5, 30)
    assert rate.per_second(110.0) == 30
    assert rate.per_second(115.0) == 15
    assert rate.per_second(130.0) == 0


def test_minutes_hold_the_last_hour_and_leave_out_what_lies_before_and_after():
    minutes = Minutes()
    now_s = 100 * 60.0
    for at_s, value in ((now_s, "en"), (now_s - 59 * 60, "fr"), (now_s - 60 * 60, "old"), (now_s + 60, "future")):
        minutes.add(at_s, now_s, [value])
    series = dict(minutes.series(now_s))
    assert series == {"en": [0] * 59 + [1], "fr": [1] + [0] * 59}


@given(st.lists(st.floats(0.001, 86_400), min_size=1, max_size=200))
def test_percentiles_of_ages_are_right_within_the_steps_they_are_kept_in(values):
    ages = Ages()
    for age_s in values:
        ages.add(0.0, age_s)
    p50, p99 = ages.of_late(0.0)
    ordered = sorted(values)
    for share, found in ((0.5, p50), (0.99, p99)):
        exact = ordered[min(len(ordered) - 1, -(-int(share * 1000) * len(ordered) // 1000) - 1)]
        assert exact / 1.1 <= found <= exact * 1.1


def test_no_age_is_shown_if_nothing_came():
    ages = Ages()
    assert ages.of_late(0.0) is None
    ages.add(0.0, 1.0)
    assert ages.of_late(600.0) is None


@pytest.mark.parametrize(
    ("looks", "lag", "expected"),
    [
        pytest.param([], 0, 0.0, id="nothing waits"),
        pytest.param([Look(0, 0, 100)], 100, None, id="one look tells nothing"),
        pytest.param([Look(0, 0, 100), Look(10, 50, 100)], 50, 10.0, id="half is done in ten seconds: ten more"),
        pytest.param([Look(0, 0, 100), Look(10, 50, 130)], 80, 40.0, id="what arrives meanwhile counts against it"),
        pytest.param([Look(0, 0, 100), Look(10, 50, 150)], 100, None, id="as much arrives as is done"),
        pytest.param([Look(0, 0, 100), Look(10, 0, 100)], 100, None, id="it does not move"),
    ],
)
def test_the_time_to_drain(looks, lag, expected):
    assert drain_s(looks, lag) == expected


def settled(accounts, idle_s=60.0):
    counts = {"all": accounts.came_out + accounts.earlier + accounts.twice}
    return balance(accounts, counts, idle_s=idle_s)


@given(st.permutations(range(30)), st.permutations(range(30)))
def test_all_is_accounted_for_in_whatever_order_both_sides_are_read(entering, leaving):
    accounts = Accounts({0: 0}, window=64)
    for offset in entering:
        accounts.enters(0, offset)
    for offset in leaving:
        accounts.leaves(0, offset)
    assert settled(accounts) == {"came_in": 30, "under_way": 0, "missing": 0, "twice": 0}


def test_records_that_have_not_come_out_are_under_way_and_missing_once_nothing_waits():
    accounts = Accounts({0: 0})
    for offset in range(5):
        accounts.enters(0, offset)
    for offset in (0, 1, 3):
        accounts.leaves(0, offset)
    assert settled(accounts, idle_s=1.0) == {"came_in": 5, "under_way": 2, "missing": 0, "twice": 0}
    assert settled(accounts, idle_s=60.0) == {"came_in": 5, "under_way": 0, "missing": 2, "twice": 0}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=200))
def test_records_that_come_out_twice_are_noticed_within_the_window_whatever_is_between(offsets):
    accounts = Accounts({0: 0}, window=1024)
    for offset in offsets:
        accounts.leaves(0, offset)
    assert accounts.twice == len(offsets) - len(set(offsets))


def test_records_from_before_the_console_looked_are_counted_apart():
    accounts = Accounts({0: 100})
    accounts.enters(0, 99)
    accounts.leaves(0, 99)
    accounts.leaves(3, 5)
    assert (accounts.came_in, accounts.came_out, accounts.earlier, accounts.twice) == (0, 0, 2, 0)


def test_memory_stays_the_same_however_far_the_offsets_go():
    accounts = Accounts({0: 0}, window=64)
    for offset in range(0, 1_000_000, 997):
        accounts.leaves(0, offset)
    assert len(accounts._out[0]) == 8
    assert accounts.twice == 0
