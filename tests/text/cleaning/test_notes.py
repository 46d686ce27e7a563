"""Notes below an article, and a few last words: gone in whatever language; what an article says of changes stays."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.notes import is_last_words, is_note
from streams.text.cleaning.phrases import BULLETS

HEADLINE = "Ferry strike enters its third week"
PARAGRAPHS = [
    "The crews of the harbour ferries stayed ashore for the fifteenth day on Monday, and the council called a meeting.",
    "The line carries nine thousand people a day, and the buses that stand in for it take forty minutes longer.",
    "“We will sail when the contract is signed,” the union said on Sunday evening, after talks that lasted until midnight.",
    "Shopkeepers on the island say that they have lost a third of their trade since the strike began.",
]
LINES = tomllib.loads(Path(__file__).with_name("notes.toml").read_text("utf-8"))["lines"]


def body_of(*lines: str, is_extracted: bool) -> list[str]:
    return clean_text("\n\n".join(lines), HEADLINE, is_extracted=is_extracted).body.splitlines()


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("is_extracted", [pytest.param(True, id="extracted"), pytest.param(False, id="flattened")])
def test_a_note_below_an_article_is_none_of_its_lines(line: str, is_extracted: bool) -> None:
    assert body_of(*PARAGRAPHS, line, is_extracted=is_extracted) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "This article was updated at 18:20 with the union's answer.",
        "Dieser Text wurde um 18.20 Uhr aktualisiert.",
        "Correction: the line carries nine thousand people, not ninety thousand.",
        "Статья обновлена в 18:20: добавлен ответ профсоюза.",
    ],
)
def test_a_note_above_an_article_is_none_of_its_lines(line: str) -> None:
    assert body_of(line, *PARAGRAPHS, is_extracted=False) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "The timetable was updated on Friday, and nobody noticed.",
        "Corrections officers met the governor on Tuesday.",
        "Updated timetables hang at every pier, the council says.",
        "The Herald's earlier reports were denied by the company.",
        "Das Gesetz wurde 2019 ergänzt, doch niemand hielt sich daran.",
        "La ley fue modificada en 2019 y nadie la cumple.",
        "Закон был изменён в 2019 году.",
        "UPDATE: The union said on Tuesday that the crews would sail again on Friday at noon.",
        "Update 18:20: The first ferry sailed at six in the evening, with two hundred people on board.",
        "Updated timetables hang at all 12 piers, the council says.",
        "Mise à jour : le premier bac est parti à dix-huit heures.",
        "更新された時刻表が桟橋に貼られた。",
    ],
)
def test_a_sentence_about_a_change_is_an_articles_own(line: str) -> None:
    assert not is_note(line)
    assert body_of(*PARAGRAPHS, line, is_extracted=False) == [*PARAGRAPHS, line]


@pytest.mark.parametrize(
    "line",
    [
        "The views expressed in the survey are those of two hundred islanders.",
        "The author's own views are not known.",
        "The views expressed in this book are the author's own, and they angered many.",
        "The opinions expressed in this report are those of two hundred islanders.",
        "Die in diesem Dorf lebende Autorin schweigt.",
        "The opinions expressed by the mayor do not reflect the council's.",
        "Die Meinung der Autorin teilt auf der Insel niemand.",
        "Мнение автора проекта не изменилось.",
        "The strike ends.",
        "It is 30.",
    ],
)
def test_a_sentence_about_views_is_an_articles_own(line: str) -> None:
    assert body_of(*PARAGRAPHS, line, is_extracted=True) == [*PARAGRAPHS, line]


@pytest.mark.parametrize("line", ["-30-", "# # #", "ENDS"])
def test_a_mark_of_the_end_leaves_a_text_of_one_paragraph(line: str) -> None:
    assert body_of(PARAGRAPHS[0], line, is_extracted=True) == PARAGRAPHS[:1]


def test_a_notice_of_views_between_paragraphs_stays() -> None:
    lines = [*PARAGRAPHS[:2], "The views expressed in this article are the author's own.", *PARAGRAPHS[2:]]
    assert body_of(*lines, is_extracted=True) == lines


def test_a_note_between_paragraphs_stays() -> None:
    """Only above and below an article is it sure to be about the article."""
    lines = [*PARAGRAPHS[:2], "This report was amended twice before the vote.", *PARAGRAPHS[2:]]
    assert body_of(*lines, is_extracted=False) == lines


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["The results:", "Aldern 3, Lorn 1", "Bexley 2, Calder 2"], id="a table"),
        pytest.param(["The winners are", "Ida Holm", "Jo Marsh"], id="a list"),
        pytest.param(["The last ferry", "leaves at night"], id="a verse"),
        pytest.param(["Final score: Aldern 3, Lorn 1"], id="figures"),
        pytest.param(["“Never again”"], id="a quotation"),
        pytest.param(["He waits. Still."], id="sentences"),
    ],
)
def test_what_ends_an_article_in_short_lines_stays(lines: list[str]) -> None:
    assert body_of(*PARAGRAPHS, *lines, is_extracted=True) == [*PARAGRAPHS, *lines]


def test_a_short_text_keeps_its_last_words() -> None:
    assert not is_last_words("Ends here", "A line without an end")
    lines = ["The strike goes on.", "Ida Holm"]
    assert body_of(*lines, is_extracted=True) == lines


@given(st.text(st.sampled_from(f'{BULLETS}[]()【】（）:：/.,;?!"“”+@©#1aA年'), max_size=30))
@example("[ · ] Ferry")
@example("(··) Lorn")
def test_a_line_of_marks_is_read(line: str) -> None:
    """A label of nothing but bullets ended the reading of the article with an IndexError."""
    cleaned = clean_text("\n\n".join([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]]), HEADLINE)
    assert cleaned.body.startswith(PARAGRAPHS[0])
