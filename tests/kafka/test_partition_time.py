"""A partition's own time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.partition_time import PartitionTime

DAY_MS = 86_400_000
TODAY_MS = 20_000 * DAY_MS
TIMES = st.integers(-1, 2**63 - 1) | st.integers(TODAY_MS, TODAY_MS + 1_000)


def days(*timestamps_ms: int) -> tuple[float, list[float]]:
    """The time after records with these timestamps, and their stamps, in days from today."""
    time = PartitionTime()
    stamps = [time.see(each) for each in timestamps_ms]
    return (time.now_s * 1000 - TODAY_MS) / DAY_MS, [(stamp * 1000 - TODAY_MS) / DAY_MS for stamp in stamps]


LIVE = [TODAY_MS] * 5
AHEAD_MS = TODAY_MS + 900 * DAY_MS
CASES = {
    "a stream that is live": (LIVE, 0, [0] * 5),
    "a backfill behind it is stamped with today": ([*LIVE, *range(0, 4_000 * DAY_MS, 500 * DAY_MS)], 0, [0] * 13),
    "records from the far future, up to four, age nothing": (
        [*LIVE, *[TODAY_MS + 900 * DAY_MS] * 4, TODAY_MS],
        0,
        [0] * 5 + [900] * 4 + [0],
    ),
    "after a pause of a month each is stamped with its own time, and the fifth ages what was before": (
        [*LIVE, *[TODAY_MS + 30 * DAY_MS] * 5],
        30,
        [0] * 5 + [30] * 5,
    ),
    "records without a time": ([*LIVE, -1, -1], 0, [0] * 7),
}


@pytest.mark.parametrize(("timestamps_ms", "now", "stamps"), CASES.values(), ids=CASES.keys())
def test_time_is_what_five_records_agree_on(timestamps_ms, now, stamps):
    assert days(*timestamps_ms) == (now, stamps)


@given(st.lists(TIMES), st.lists(TIMES))
def test_it_goes_on_from_what_was_kept_and_never_goes_back(before, after):
    whole, first = PartitionTime(), PartitionTime()
    for each in before:
        first.see(each)
    taken_up = PartitionTime(first.latest_ms)
    reached_s = taken_up.now_s
    stamps = [whole.see(each) for each in before + after]
    assert [taken_up.see(each) for each in after] == stamps[len(before) :]
    assert (taken_up.latest_ms, taken_up.now_s) == (whole.latest_ms, whole.now_s)
    assert taken_up.now_s >= reached_s
    assert all(0 <= stamp < 2**32 for stamp in stamps)


def test_what_was_kept_goes_no_further_than_a_stamp():
    assert PartitionTime([1 << 62] * 5).see(0) == 2**32 - 1


@given(st.lists(TIMES, min_size=5), st.lists(st.integers(TODAY_MS, 2**63 - 1), max_size=4))
def test_four_records_cannot_take_it_beyond_the_others(records, far_ahead):
    time = PartitionTime()
    for each in [*records, *far_ahead]:
        time.see(each)
    assert time.now_s <= max(0, *records) // 1000
