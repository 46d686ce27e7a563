"""What the classes and ids of a page's elements say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.pages import asides, body
from streams.records.pages import bylines as page_bylines
from streams.records.pages import dates as page_dates
from streams.records.pages import images as page_images
from streams.records.pages import place as page_place
from streams.records.pages import summary as page_summary
from streams.records.pages.labels import Answers, Names

_PATTERN = r"related|\bnav|(?:^|[\s_-])ads?(?:[\s_-]|$)|cr[eé]dit|sk"
_PARTS = ["related", "NAV", "ads", "Byline", "x" * 150, "ad", "-", " ", "é", "É", "cr", "dit", "ſ", "K", "header"]


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map("".join))
def test_names_are_found_in_a_label_of_any_case_however_long_and_often_asked(label: str) -> None:
    names = Names(_PATTERN)
    for _ in range(2):
        assert names.are_in(label) == (re.search(_PATTERN, label, re.IGNORECASE) is not None)


def test_a_label_is_searched_as_far_as_pages_write_names() -> None:
    names = Names(_PATTERN)
    assert names.are_in("x " * 900 + "related")
    assert not names.are_in("x " * 10_000 + "related")


@pytest.mark.parametrize("module", [asides, body, page_bylines, page_dates, page_images, page_place, page_summary])
def test_names_are_written_in_small_letters_as_labels_are_compared_in_these(module: object) -> None:
    known = [names for names in vars(module).values() if isinstance(names, Names)]
    assert known
    for names in known:
        letters = re.sub(r"\\.", "", names.pattern)
        assert letters == letters.lower()


def test_a_question_is_asked_once_for_a_label_and_its_answers_take_bounded_memory() -> None:
    asked: list[str] = []
    answers = Answers(lambda label: not asked.append(label))
    for _ in range(2):
        assert answers["card"]
    assert asked == ["card"]
    for number in range(10_000):
        assert answers[f"card-{number}"]
        assert answers["x" * 300 + str(number)]
    assert len(answers) < 5_000
    assert not any(len(label) > 250 for label in answers)
