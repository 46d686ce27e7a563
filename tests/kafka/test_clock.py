"""Our clock compared with the broker's."""

from __future__ import annotations

import pytest

from streams.kafka.clock import ClockError, check_clock


@pytest.mark.parametrize(
    ("asked_s", "appended_ms", "answered_s"),
    [
        pytest.param(5_000, 5_000_000, 5_000, id="the same time"),
        pytest.param(5_000, 5_600_000, 5_000, id="ten minutes behind"),
        pytest.param(5_600, 5_000_000, 5_600, id="ten minutes ahead"),
        pytest.param(5_000, 6_000_000, 6_500, id="a broker that took twenty-five minutes to answer"),
        pytest.param(5_000, None, 5_000, id="a topic that does not tell"),
    ],
)
def test_a_clock_that_may_be_right_is_right(asked_s, appended_ms, answered_s):
    check_clock(asked_s, appended_ms, answered_s)


@pytest.mark.parametrize(
    ("asked_s", "appended_ms", "answered_s", "words"),
    [
        pytest.param(9_000, 1_800_000, 9_001, "7,200 s ahead of the broker's", id="two hours ahead"),
        pytest.param(5_000, 1_733_001_000, 5_001, "1,728,000 s behind the broker's", id="twenty days behind"),
        pytest.param(5_000, 5_700_000, 5_010, "690 s behind", id="just too far"),
    ],
)
def test_a_clock_that_is_wrong_says_by_how_much(asked_s, appended_ms, answered_s, words):
    with pytest.raises(ClockError, match=words):
        check_clock(asked_s, appended_ms, answered_s)
