"""What a flattener did to the lines is undone, and what nobody did is left alone."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.article import CutKind
from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.unfolding import unfold, unmark

PARAGRAPHS = [
    "The city council decided on Monday to close the old bridge for two years, as its pillars no longer carry the traffic.",
    "“We have looked at every other way, and there is none,” the mayor told reporters after a session late into the night.",
    "Shopkeepers on both banks fear for their trade; a ferry that the council has promised will cross four times an hour.",
    "Engineers had warned of the damage since a flood three years ago, but the money was spent on the new stadium.",
]
ARTICLE = "\n".join(PARAGRAPHS)


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("width", [60, 72, 78])
def test_paragraphs_wrapped_at_a_width_are_whole_again(width):
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS)
    assert clean_text(wrapped, "Bridge").body == ARTICLE


def test_short_lines_beside_wrapped_ones_stay_lines():
    wrapped = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in [*PARAGRAPHS, *PARAGRAPHS[::-1]])
    verse = "Roses are red\nViolets are blue"
    assert clean_text(f"{wrapped}\n\n{verse}", "Bridge").body.endswith(verse)


def test_paragraphs_broken_at_their_links_are_whole_again():
    broken = (
        "The council closed\nthe old bridge\n, as its pillars no longer carry the traffic.\n"
        "The mayor,\nJane Doe\n, told\nThe Courier\n, a newspaper, that there is no other way.\n"
        "A ferry will cross\nfour times an hour\n. It has been promised\nfor years\n."
    )
    assert words(unfold(broken)) == words(broken)
    assert clean_text(broken, "Bridge").body.split("\n") == [
        "The council closed the old bridge , as its pillars no longer carry the traffic.",
        "The mayor, Jane Doe , told The Courier , a newspaper, that there is no other way.",
        "A ferry will cross four times an hour . It has been promised for years .",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARTICLE, id="an article"),
        pytest.param("Roses are red\nviolets are blue\nsugar is sweet\nand so are you", id="a poem"),
        pytest.param("2 cups of flour\nsalt\nmilk\nbutter\neggs", id="a list"),
        pytest.param("one\n\ntwo\n\nthree", id="short paragraphs"),
        pytest.param("He said (x) [y] and #z", id="brackets"),
    ],
)
def test_whatever_was_not_folded_stays(text):
    assert unfold(text) == text
    assert unmark(text) == (text, ())


MARKDOWN = """\
# Council closes the old bridge

[Home](/) [News](/news) [Sport](/sport)

The **city council** decided on Monday to close the [old bridge](https://example.com/bridge "The bridge") for two years.

![The bridge](https://example.com/a.jpg)

  * The mayor said there was [no other way](</way (new)>).
"""


def test_markdown_is_read_as_text():
    plain, marks = unmark(MARKDOWN)
    assert len(plain) == len(MARKDOWN)
    assert [" ".join(line.split()) for line in plain.split("\n") if line.strip()] == [
        "Council closes the old bridge",
        "Home News Sport",
        "The city council decided on Monday to close the old bridge for two years.",
        "The mayor said there was no other way .",
    ]
    assert all(0 <= mark.offset < mark.offset + mark.length <= len(MARKDOWN) for mark in marks)


def test_marks_stand_in_the_ledger():
    cuts = clean_text(MARKDOWN, "Council closes the old bridge").cuts
    excerpts = [cut.excerpt for cut in cuts if cut.kind is CutKind.NAVIGATION]
    assert any("https://example.com/bridge" in excerpt for excerpt in excerpts)


@given(st.text(st.sampled_from("aB .,;)(\n[]*_#!x’—\r\u200b"), max_size=300))
def test_unfolding_keeps_every_place(text):
    plain, _ = unmark(text)
    assert len(plain) == len(text)
    assert len(unfold(plain)) == len(text)
    assert unfold(plain).split() == plain.split()


MARKS = [
    ", he said",
    ".",
    "the bridge",
    "[a](b)",
    "[c](/d)",
    "![x](y)",
    "# Bridge",
    "Home",
    "Leave a Comment",
    ") x",
    "",
    "A b, f",
]
pieces = st.sampled_from([*PARAGRAPHS, *MARKS])


@given(st.lists(pieces, max_size=30).map("\n".join), st.sampled_from(["Bridge", None, "the bridge"]))
def test_cleaning_folded_text_twice_is_cleaning_it_once(text, headline):
    once = clean_text(text, headline)
    twice = clean_text(once.body, once.headline)
    assert (twice.headline, twice.body) == (once.headline, once.body)


@given(st.lists(pieces, max_size=30).map("\n".join), st.sampled_from(["Bridge", None]))
def test_whatever_leaves_folded_text_stands_in_the_ledger(text, headline):
    cleaned = clean_text(text, headline)
    rest, end = [], 0
    for cut in cleaned.cuts:
        assert end <= cut.offset < cut.offset + cut.length <= len(text)
        rest.append(text[end : cut.offset])
        end = cut.offset + cut.length
    assert "".join("".join([*rest, text[end:]]).split()) == "".join(cleaned.body.split())


def test_a_page_in_markdown_with_its_links_becomes_its_article():
    menu = "".join(f"  * [{name}](https://news.example.com/{name.lower()}/)\n" for name in ["Home", "News", "World", "Sport"])
    linked = PARAGRAPHS[0].replace("old bridge", "[old bridge](https://news.example.com/2022/the-old-bridge-of-the-town/)")
    article = "\n\n".join(textwrap.fill(text, 45, break_long_words=False) for text in [linked, *PARAGRAPHS[1:]])
    related = "".join(f"[{text}](https://news.example.com/{text[:3]}/)\n\n" for text in ["Ten bridges to see", "A ferry sinks"])
    page = f"{menu}\n# Council closes the old bridge\n\n{article}\n\n{related}{menu}"
    cleaned = clean_text(page)
    assert cleaned.headline == "Council closes the old bridge"
    assert cleaned.body.split("\n") == PARAGRAPHS


LYNX = """\
     * [2]Home
          + [3]Weather on the coast
          + [4]Reports from the council
               o [5]Correctional facilities
               o [6]Department stores of the town

""" + "\n\n".join(textwrap.fill(paragraph, 72, initial_indent="   ", subsequent_indent="   ") for paragraph in PARAGRAPHS * 2)
W3M = """\
                               □ News of the harbour
                             □ Pictures from the harbour
                         • Pilots and crews of the coastal line
                                  ☆ All the results

""" + "\n\n".join(textwrap.fill(paragraph, 79) for paragraph in PARAGRAPHS * 2)


@pytest.mark.parametrize("dump", [pytest.param(LYNX, id="lynx"), pytest.param(W3M, id="w3m")])
def test_a_text_browsers_paragraphs_are_unwrapped_beside_its_indented_lists(dump):
    """Items begin with a bullet, or are centred: they are not full, and say nothing of the width."""
    lines = [" ".join(line.split()) for line in unfold(dump).splitlines()]
    assert [line for line in lines if line in PARAGRAPHS] == PARAGRAPHS * 2
    assert any(line.endswith(("stores of the town", "coastal line")) for line in lines)


def test_paragraphs_are_unwrapped_beside_some_longer_lines():
    """Pandoc's plain text leaves headings and rows of tables as long as they are."""
    long = "A row of a table that pandoc does not wrap, however long it may become: row number"
    headings = [f"{long} {number}" for number in range(3)]
    wrapped = "\n\n".join([*headings, *(textwrap.fill(paragraph, 72) for paragraph in PARAGRAPHS * 2)])
    assert [" ".join(line.split()) for line in unfold(wrapped).splitlines() if line.strip()] == [*headings, *PARAGRAPHS * 2]


def test_a_heading_at_the_top_is_enough_of_a_sign() -> None:
    plain, marks = unmark("# Bridge closed\n\nCars are sent round by the mill.")
    assert (plain.split("\n")[0].strip(), len(marks)) == ("Bridge closed", 1)
    assert unmark("#bridge is closed\n\nCars are sent round.")[1] == ()
