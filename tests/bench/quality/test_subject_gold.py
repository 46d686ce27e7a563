"""The figures of the gold set."""

from __future__ import annotations

import pytest

from bench.data.subject_gold import Label, Text
from bench.quality.subject_gold import Tagged, agreement, bands, mean_of_languages, measure, of_subject, report, scores, tag

SPORT, POLITICS, ECONOMY = 14, 10, 3
MADE_UP = [
    Tagged("made-up", "en", [(SPORT, 90), (POLITICS, 60)], frozenset({SPORT})),
    Tagged("made-up", "en", [(ECONOMY, 40)], frozenset({ECONOMY, POLITICS})),
    Tagged("made-up", "de", [(POLITICS, 80)], frozenset({POLITICS})),
    Tagged("made-up", "de", [], frozenset()),
]


def test_precision_is_of_sure_tags_and_recall_of_all_that_is_right():
    """Three tags at 50 or more, two of them right; four subjects right, two of them found."""
    found = scores(MADE_UP)
    assert found["texts"] == 4
    assert found["tagged"] == pytest.approx(2 / 4)
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 4)
    assert found["f1"] == pytest.approx(4 / 7)


def test_where_one_subject_is_labelled_any_right_tag_finds_the_text():
    """A text that may be economy or politics is found by either."""
    either = Tagged("made-up", "en", [(POLITICS, 60)], frozenset({ECONOMY, POLITICS}), all_of_them=False)
    assert scores([either])["recall"] == 1.0


def test_the_mean_counts_each_language_once():
    """However many texts it has."""
    assert mean_of_languages(MADE_UP)["precision"] == pytest.approx((1 / 2 + 1) / 2)
    assert mean_of_languages([*MADE_UP, *MADE_UP[2:]])["precision"] == pytest.approx((1 / 2 + 1) / 2)
    assert mean_of_languages(MADE_UP)["texts"] == 4


def test_a_subject_is_judged_by_its_own_tags():
    """Politics: two tags, one right; two texts are about it, one is found."""
    found = of_subject(MADE_UP, POLITICS)
    assert (found["precision"], found["recall"]) == (1 / 2, 1 / 2)


def test_a_band_tells_what_its_tags_say_and_how_many_are_right():
    """Tags below 50 too."""
    assert bands(MADE_UP) == [
        {"from": 40, "tags": 1, "said": 40.0, "right": 100.0},
        {"from": 60, "tags": 1, "said": 60.0, "right": 0.0},
        {"from": 80, "tags": 1, "said": 80.0, "right": 100.0},
        {"from": 90, "tags": 1, "said": 90.0, "right": 100.0},
    ]


def test_kappa_is_one_for_the_same_readings_and_less_for_others():
    """None at all agree by chance alone: about nought."""

    def label(first, second):
        return Label("made-up", "en", "0" * 16, frozenset(first), frozenset(second), frozenset(first))

    assert agreement([label({SPORT}, {SPORT}), label(set(), set())]) == {"texts": 2, "same": 2, "kappa": 1.0}
    assert agreement([label({SPORT}, {POLITICS})])["kappa"] == pytest.approx(-1 / 16)


def test_the_whole_measure_runs_on_a_made_up_sample():
    """Texts are tagged by the shipped tables, and every part of the report has its lines."""
    text = Text(
        "made-up", "en", "Striker scores twice as United win the cup final", "The team beat their rivals in the league match."
    )
    label = Label("made-up", "en", text.hash, frozenset({SPORT}), frozenset({SPORT}), frozenset({SPORT}))
    gold = [tag(text, label)]
    assert gold[0].sure == {SPORT}
    lines = report(measure(gold, MADE_UP, [label]))
    assert lines[0] == "two readings: 1 of 1 texts alike, kappa 1.00"
    assert any(line.startswith("sport ") and line.endswith("1.000  1.000  1.000") for line in lines)
    assert any("other languages, made-up, mean" in line for line in lines)
