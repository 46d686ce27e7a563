"""The line model: what it says of lines, and that its tables fit its features."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.text.cleaning import line_model
from streams.text.cleaning.line_features import (
    HEADLINE,
    OF_A_CUT_PAGE,
    OWN,
    PLACE,
    headline_features,
    own_features,
    place_features,
)
from streams.text.cleaning.line_model import load_tables, score_headlines, score_lines, score_places

MENU = ["Home", "News", "World", "Business", "Sport", "Weather", "Log in", "Search"]
PROSE = [
    "The city council decided on Monday to close the old bridge for two years, as its pillars no longer carry the traffic.",
    "“We have looked at every other way, and there is none,” the mayor told reporters after a session late into the night.",
    "Shopkeepers on both banks fear for their trade; a ferry that the council has promised will cross four times an hour.",
]
HEADING = "Council closes the old bridge for two years"
PAGE = [*MENU, HEADING, *PROSE, *MENU]

texts = st.lists(st.text(min_size=1, max_size=80).map(str.strip).filter(bool), min_size=1, max_size=30)


def test_a_paragraph_scores_above_a_menu():
    scores = score_lines([*PROSE, *MENU], [0] * 11).scores
    assert min(scores[:3]) > max(scores[3:])


def test_a_lines_place_counts():
    page = score_lines(PAGE, [0] * len(PAGE))
    scores = score_places(page, 9)
    assert min(scores[9:12]) > max(0, *scores[:8], *scores[13:])
    assert min(scores[9:12]) > scores[12]


def test_the_line_that_tells_what_the_article_tells_is_the_likeliest_headline():
    odds = score_headlines(score_lines(PAGE, [0] * len(PAGE)))
    assert PAGE[max(odds, key=odds.__getitem__)] == HEADING


def test_the_tables_name_the_features():
    tables = load_tables()
    assert {name: len(table.weights) for name, table in tables.items()} == {
        "own": len(OWN),
        "headline": len(HEADLINE),
        "place": len(OWN) + len(PLACE),
        "own of pieces": len(OWN),
        "place of pieces": len(OWN) + len(PLACE),
    }


def test_pages_cut_at_their_seams_have_tables_of_their_own():
    marks = [OF_A_CUT_PAGE] * len(PAGE)
    assert score_places(score_lines(PAGE, marks), 9) != score_places(score_lines(PAGE, [0] * len(PAGE)), 9)


@given(texts, st.one_of(st.none(), st.integers(0, 30)))
def test_every_bin_has_a_weight(lines, start):
    tables = load_tables()
    own = [own_features(line, 0) for line in lines]
    scores, lengths = [50 if len(line) > 30 else -200 for line in lines], list(map(len, lines))
    places = place_features(scores, lengths, lines, [len(line) % 3 for line in lines], start)
    for name, rows in (("own", own), ("place", [a + b for a, b in zip(own, zip(*places, strict=True), strict=True)])):
        for row in rows:
            assert all(0 <= number < len(weights) for number, weights in zip(row, tables[name].weights, strict=True))
    for row in headline_features(scores, lengths, lines).values():
        assert all(0 <= number < len(weights) for number, weights in zip(row, tables["headline"].weights, strict=True))


def test_each_line_of_a_long_text_is_looked_at_once(monkeypatch):
    """However often a page of as many lines as are cleaned is scored."""
    looks = Counter()

    def counted(text, mark):
        looks[text] += 1
        return own_features(text, mark)

    monkeypatch.setattr(line_model, "own_features", counted)
    texts = [f"The council's {number}th line of a text that is as long as any that is cleaned." for number in range(10_000)]
    for _ in range(3):
        score_lines(texts, [0] * len(texts))
    assert set(looks.values()) == {1}
