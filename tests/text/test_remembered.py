"""What is worked out once and remembered within a bound."""

from __future__ import annotations

from streams.text.remembered import Remembered


def test_what_is_remembered_is_worked_out_once():
    asked = []
    remembered = Remembered(asked.append, 8)
    assert [remembered[word] for word in "abab"] == [None] * 4
    assert asked == ["a", "b"]


def test_what_is_seldom_needed_is_forgotten_and_what_is_needed_stays():
    asked = []
    remembered = Remembered(lambda number: asked.append(number) or -number, 8)
    for number in range(100):
        assert remembered[number] == -number
        assert remembered[0] == 0
        assert len(remembered) <= 4
    assert asked == list(range(100))
