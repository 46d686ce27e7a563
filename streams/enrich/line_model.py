"""How likely a line belongs to the article: an additive model over the bins of ``line_features``.

Its weights are in ``line_model.json``, made by ``python -m infra.train_line_model``: three tables of whole numbers, hundredths
of log-odds, one for a line's own features, one for headlines, one for a line in its place. Sums of whole numbers are the same
on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from streams.enrich.line_features import headline_features, own_features, place_features

_UNIT = 100  # of a weight in the tables
_LONGEST_REMEMBERED = 100  # characters


class _Table(NamedTuple):
    bias: int
    weights: list[list[int]]  # by feature and bin

    def add_up(self, bins: Iterable[int]) -> int:
        return self.bias + sum([row[number] for row, number in zip(self.weights, bins, strict=True)])


@cache
def load_tables() -> dict[str, _Table]:
    """The three tables of ``line_model.json``."""
    return read_tables(json.loads(files(__package__).joinpath("line_model.json").read_text("utf-8")))


def read_tables(tables: dict[str, Any]) -> dict[str, _Table]:
    """Tables as the trainer makes them."""
    return {name: _Table(table["bias"], [row["weights"] for row in table["features"]]) for name, table in tables.items()}


class PageScores(NamedTuple):
    """The lines of a page and their own scores, in log-odds."""

    texts: list[str]
    bins: list[tuple[int, ...]]
    lengths: list[int]
    scores: list[float]


def score_lines(texts: Sequence[str], marks: Iterable[int]) -> PageScores:
    """Score each line by itself. ``marks``: see ``own_features``."""
    scored = [
        (score_short_line if len(text) <= _LONGEST_REMEMBERED else _score)(text, mark)
        for text, mark in zip(texts, marks, strict=True)
    ]
    return PageScores(list(texts), [bins for bins, _ in scored], list(map(len, texts)), [score for _, score in scored])


def _score(text: str, mark: int) -> tuple[tuple[int, ...], float]:
    bins = own_features(text, mark)
    return bins, load_tables()["own"].add_up(bins) / _UNIT


score_short_line = lru_cache(maxsize=16_384)(_score)  # a site's menus are on all of its pages


def score_places(page: PageScores, start: int | None) -> list[float]:
    """Log-odds of each line to be of the article, by itself and by its place. ``start``: see ``place_features``."""
    table = load_tables()["place"]
    places = place_features(page.scores, page.lengths, page.texts, start)
    return [table.add_up(own + place) / _UNIT for own, place in zip(page.bins, places, strict=True)]


def score_headlines(page: PageScores) -> dict[int, float]:
    """Log-odds of each line that may be the headline, by its number."""
    table = load_tables()["headline"]
    return {
        number: table.add_up(bins) / _UNIT for number, bins in headline_features(page.scores, page.lengths, page.texts).items()
    }
