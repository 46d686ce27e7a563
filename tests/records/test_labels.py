"""What the classes and ids of a page's elements say."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.records.labels import says

_NAMES = re.compile(r"related|\bnav|(?:^|[\s_-])ads?(?:[\s_-]|$)", re.IGNORECASE)
_OTHERS = re.compile(r"byline")


@given(
    st.lists(st.sampled_from(["related", "NAV", "ads", "byline", "x" * 150, "ad", "-", " ", "é", "header"]), max_size=8).map(
        "".join
    )
)
def test_a_label_says_what_the_pattern_finds_in_it_however_long_and_often_asked(label: str) -> None:
    for _ in range(2):
        assert says(_NAMES, label) == (_NAMES.search(label) is not None)
        assert says(_OTHERS, label) == (_OTHERS.search(label) is not None)
