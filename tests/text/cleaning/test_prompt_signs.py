"""How lines are compared with words: folded, and looked up by their beginnings."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.cleaning.prompt_signs import SignSpan, find_signs, fold

LETTERS = st.text(alphabet=st.sampled_from("aEiİIıßſŒ’‘ʻʼ' \u0307άΣς"), max_size=12) | st.text(max_size=12)


@given(LETTERS)
def test_a_folded_text_has_no_capitals_one_apostrophe_and_no_dotted_i(text):
    one_apostrophe = "".join("'" if character in "’‘ʻʼ" else character for character in text.casefold())
    assert fold(text) == one_apostrophe.replace("i\u0307", "i")


@pytest.mark.parametrize(
    ("line", "group", "span"),
    [
        pytest.param("sign up, or sign up later", "act", SignSpan(0, 12), id="the first and the last place"),
        pytest.param("we assign upgrades", "act", None, id="not within a word"),
    ],
)
def test_a_group_is_found_where_one_of_its_words_begins(line, group, span):
    assert find_signs(line).get(group) == span


def test_a_letter_that_begins_no_word_costs_no_look_at_the_lists() -> None:
    """Where a word may begin at any letter, each was looked up by three lengths: 2 MB of Thai took a second."""
    find_signs("鑫")  # reads the lists
    calls = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        signs = find_signs("鑫" * 4_000)
    finally:
        sys.setprofile(None)
    assert signs == {}
    assert calls < 100
