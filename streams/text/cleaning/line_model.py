"""How likely a line belongs to the article: an additive model over the bins of ``line_features``.

Its weights are in ``line_model.json``, made by ``python -m bench.training.line_model``: tables of whole numbers, in hundredths
of log-odds, for a line's own features, for headlines, and for a line in its place; the first and the last again for pages that
were cut at their seams (``seams``). All sums are of whole numbers, and so the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from streams.text.cleaning.line_features import OF_A_CUT_PAGE, OWN, headline_features, own_features, place_features

_LONGEST_REMEMBERED = 600  # characters
OF_PIECES = " of pieces"
"""The suffix of the tables for pages that were cut at their seams."""


class _Table(NamedTuple):
    bias: int
    weights: list[list[int]]  # by feature and bin

    def add_up(self, bins: Iterable[int]) -> int:
        # The table for places has more features than that for a line by itself; the first ones are the line's own.
        return self.bias + sum([row[number] for row, number in zip(self.weights, bins, strict=False)])


@cache
def load_tables() -> dict[str, _Table]:
    """The tables of ``line_model.json``."""
    return read_tables(json.loads(files(__package__).joinpath("line_model.json").read_text("utf-8")))


def read_tables(tables: dict[str, Any]) -> dict[str, _Table]:
    """Tables as the trainer makes them."""
    return {name: _Table(table["bias"], [row["weights"] for row in table["features"]]) for name, table in tables.items()}


class PageScores(NamedTuple):
    """The lines of a page and their scores, in hundredths of log-odds."""

    texts: list[str]
    marks: list[int]
    lengths: list[int]
    scores: list[int]  # of the lines by themselves
    shares: list[int]  # what their own features add to their score in their place


def score_lines(texts: Sequence[str], marks: Sequence[int]) -> PageScores:
    """Score each line by itself. ``marks``: see ``own_features``."""
    scored = [
        (score_short_line if len(text) <= _LONGEST_REMEMBERED else _score)(text, mark)
        for text, mark in zip(texts, marks, strict=True)
    ]
    return PageScores(
        list(texts), list(marks), list(map(len, texts)), [score for score, _ in scored], [share for _, share in scored]
    )


def _score(text: str, mark: int) -> tuple[int, int]:
    bins = own_features(text, mark)
    tables = load_tables()
    of = OF_PIECES if mark >= OF_A_CUT_PAGE else ""
    return tables["own" + of].add_up(bins), tables["place" + of].add_up(bins)


# A page is scored more than once, and all pages of a site have its menus. A text that is cleaned has at most 5,000 lines: with
# less room, scoring a long one would drop what the next scoring asks for first.
score_short_line = lru_cache(maxsize=16_384)(_score)


def score_places(page: PageScores, start: int | None) -> list[int]:
    """Hundredths of log-odds for each line that it belongs to the article. ``start``: see ``place_features``."""
    is_cut = bool(page.marks) and page.marks[0] >= OF_A_CUT_PAGE
    rows = load_tables()["place" + (OF_PIECES if is_cut else "")].weights[len(OWN) :]
    scores = page.shares
    for row, bins in zip(rows, place_features(page.scores, page.lengths, page.texts, page.marks, start), strict=True):
        scores = [score + row[number] for score, number in zip(scores, bins, strict=True)]
    return scores


def score_headlines(page: PageScores) -> dict[int, int]:
    """Hundredths of log-odds for each line that may be the headline, by its number."""
    table = load_tables()["headline"]
    return {number: table.add_up(bins) for number, bins in headline_features(page.scores, page.lengths, page.texts).items()}
