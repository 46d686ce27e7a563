"""Pages in which a flattener put lines together: cut where they lay while they are judged, and whole again where they stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.lines import join_lines, read_lines, read_page
from streams.text.cleaning.seams import find_seams
from streams.text.cleaning.unfolding import unfold, unmark

HEADLINE = "Swimming pool closed for two years"
PARAGRAPHS = [
    "The council closed the old swimming pool on Monday because the roof leaks in eleven places, as everybody knew it would.",
    "The mayor said that the pool would open again in two years if the county pays a third of the bill and the club the rest.",
    "Swimmers who came at six in the morning found the door locked, and some of them went on to the lake and swam there.",
    "Three hundred people signed a letter within a day, and the club wants to pay for a part of the work on the old roof.",
    "The county will look at the plans in April, when it knows what the new school in the next town is going to cost.",
]
MENU = [
    "Home",
    "News",
    "Sport",
    "Weather",
    "Culture",
    "Opinion",
    "Local",
    "Jobs",
    "Motoring",
    "Property",
    "Contact",
    "Subscribe",
]
FOOT = ["About us", "Privacy policy", "Terms of use", "Cookie policy", "Advertise with us", "Site map"]
PAGE = [*MENU, HEADLINE, *PARAGRAPHS, *FOOT]


def said(text: str) -> list[str]:
    return text.replace("\n", " ").split()


@pytest.mark.parametrize("gap", ["", " "], ids=["no separator", "spaces"])
def test_a_page_in_one_line_becomes_its_article(gap: str) -> None:
    assert said(clean_text(gap.join(PAGE), HEADLINE).body) == said("\n".join(PARAGRAPHS))


def test_paragraphs_that_ran_into_each_other_are_lines_again() -> None:
    assert clean_text("".join(PAGE), HEADLINE).body.splitlines() == PARAGRAPHS


def test_an_article_in_one_line_stays_one_line() -> None:
    """The producer's paragraph is not ours to break, however long it is and however many names it holds."""
    text = " ".join(PARAGRAPHS * 4) + " Present were Ann Lee, Bo Gray, Jo Marsh, Per Lind, Ruth Amsel, Ida Holm and Tom Reed."
    assert clean_text(text, HEADLINE).body == text


@pytest.mark.parametrize(
    "line",
    [
        "They use JavaScript, TypeScript, YouTube, LinkedIn, WhatsApp, GitHub, PayPal, iPhone, eBay and McDonald wraps.",
        "Call getUserName, then setUserName, readAllLines, writeLine, closeFile, openFile, splitText, joinText and endTask.",
        "Add Microsoft.Extensions.Logging, System.Text.Json, Newtonsoft.Json, System.Linq and Serilog.Sinks.Console to it.",
    ],
    ids=["names", "code", "dotted names"],
)
def test_capitals_within_words_are_no_seams(line: str) -> None:
    assert find_seams("\n".join([*PARAGRAPHS, line, *PARAGRAPHS])) == []


@given(
    st.lists(st.sampled_from([*PAGE, "“No,” he said.", "2026", "Фото", "天气。", "\u200b"]), max_size=40),
    st.sampled_from(["", " ", "\n"]),
)
def test_what_is_cut_at_its_seams_loses_and_gains_nothing(pieces: list[str], gap: str) -> None:
    """Joined again, the pieces say what the text said; and each knows where it stood."""
    text = gap.join(pieces)
    lines = read_lines(text, find_seams(text))
    assert "".join(join_lines(lines).split()) == "".join(text.replace("\u200b", "").split())
    assert all(text.startswith(line.raw, line.offset) for line in lines)


@given(st.lists(st.sampled_from(PAGE), max_size=40), st.sampled_from(["", " "]))
def test_what_came_out_of_a_page_in_one_line_comes_out_again(pieces: list[str], gap: str) -> None:
    first = clean_text(gap.join(pieces), HEADLINE)
    again = clean_text(first.body, first.headline)
    assert (again.headline, again.body) == (first.headline, first.body)


def wrapped(paragraph: str, indent: str, width: int) -> str:
    lines, line = [], indent
    for word in paragraph.split():
        if len(line) + len(word) > width:
            lines.append(line.rstrip())
            line = indent
        line += word + " "
    return "\n".join([*lines, line.rstrip()])


def test_a_dump_with_menus_and_tables_is_unwrapped() -> None:
    """Short lines that were never full say nothing about the width; those that go on with a small letter do."""
    table = "\n".join(f"  Roof part {number}      {number} 000 kr       not yet ordered" for number in range(24))
    text = "\n\n".join([table, *(wrapped(paragraph, "   ", 72) for paragraph in PARAGRAPHS * 3)])
    assert next(" ".join(line.split()) for line in unfold(text).split("\n") if "council" in line) == PARAGRAPHS[0]


def test_the_numbers_of_links_and_their_list_leave_a_dump() -> None:
    """Only where the list is there: a note's number in an article stays."""
    listed = "The [1]council closed the [2]pool.\n\nReferences\n\n   1. https://a.example/1\n   2. https://a.example/2\n"
    assert [line.text for line in read_page(listed)[0]] == ["The council closed the pool.", "References"]
    assert unmark("As Lee [1] and Gray [2] say.")[1] == ()


def test_what_is_longer_than_any_page_is_not_cut():
    """A look at each of its words would hold up a worker for seconds."""
    menu = "Home News Sport Culture Travel Weather Money Science Opinion Video Letters Crosswords Podcasts Newsletters "
    page = menu + "The mayor said that the council will vote on the harbour in May. " * 10
    assert find_seams(page)
    assert not find_seams(page * 1_000)


def test_a_line_of_more_pieces_than_a_page_has_lines_is_not_cut() -> None:
    """Each piece would be judged as a line: a text of half a megabyte took ten seconds."""
    names = "Mr. Linden met Ms. Voss. J. R. Okafor, Dr. "
    assert find_seams(names * 20)
    assert not find_seams(names * 1_500)
