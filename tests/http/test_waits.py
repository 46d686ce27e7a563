"""When a server may be asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.http.waits import backoff_s, retry_after_s, round_s


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("120", 120), ("0", 0), (None, 0), ("", 0), ("soon", 0), ("-5", 0), ("99999999999999999999", 86_400), ("1.5", 0), ("²", 0),
     ("Thu, 01 Jan 1970 00:10:00 GMT", 540), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 01 Jan 9999 00:00:00 GMT", 86_400)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_up_to_a_day(written, seconds):
    assert retry_after_s(written, now_s=60) == seconds


@given(st.text())
def test_any_retry_after_is_between_now_and_a_day(written):
    assert 0 <= retry_after_s(written, now_s=60) <= 86_400


@given(st.integers(1, 1000), st.floats(0, 86_400), st.floats(0, 1))
def test_backoff_grows_and_is_never_shorter_than_asked(failures, asked_s, chance):
    wait_s = backoff_s(failures, asked_s, chance)
    assert max(asked_s, 60) <= wait_s <= 86_400 * 1.5
    assert backoff_s(failures + 1, asked_s, chance) >= wait_s


def test_a_round_is_no_shorter_than_the_feed_asks():
    assert round_s(900, 3_600, 0.5) == 3_600
    assert (round_s(900, 0, 0.0), round_s(900, 0, 1.0)) == pytest.approx((810, 990))
