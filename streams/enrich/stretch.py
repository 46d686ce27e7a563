"""The stretch of lines that holds the article."""

from __future__ import annotations

from collections.abc import Sequence

from streams.enrich.line_model import PageScores, score_lines, score_places
from streams.enrich.lines import Line

# Weights in characters of prose, and limits, chosen on 80 pages of the article-extraction-benchmark.
_MOST_LEVEL = 500  # so much against it ends any article, however long it was
_LEAST_ARTICLE_WEIGHT = 200
_LEAST_FIRST_ARTICLE_WEIGHT = 300  # of what stands right below its headline
_PAGE_SIGNS = 6  # lines of furniture that make a text a page: with fewer, nothing is cut for its place


# How much of a line's weight is the model's; log-odds that are added to its score; where the score is cut off.
_SHARE_BELOW, _LEAN_BELOW = 0.5, 0.6  # below a headline that the producer named
_SHARE, _LEAN = 0.7, 1.0
_MOST_SCORE = 3.0
_FULL_LENGTH, _LENGTH_BASE = 300, 40  # characters: a longer line is no better evidence; what a line weighs beside its length
_AGAINST_BASE, _AGAINST_SHARE = 60, 0.4


def is_page(lines: Sequence[Line]) -> bool:
    """Whether the text holds so much furniture that there is something around the article."""
    return sum(not line.is_plain for line in lines) >= _PAGE_SIGNS


def score_page(lines: Sequence[Line]) -> PageScores:
    """The model's scores of the lines by themselves."""
    return score_lines([line.text for line in lines], [2 if line.kind else 0 if line.is_plain else 1 for line in lines])


def find_article(lines: Sequence[Line], start: int, near: int = 0) -> tuple[int, int]:
    """The first line of the article and the one behind its last, if the text is a page: else all of the text.

    That is the stretch with the greatest sum of weights, after Pasternack and Roth, "Extracting article text from the web
    with maximum subsequence segmentation" (WWW 2009); below a known headline (``start`` is not 0) the first that is great
    enough. ``near`` is the line that follows a headline that was only found, or 0. A stretch ends where the lines against it
    have used up what spoke for it, at most ``_MOST_LEVEL``. Of equal ends the last, so that the stretch of a stretch is itself.
    """
    article, best = (0, len(lines)), float(_LEAST_ARTICLE_WEIGHT)
    if not is_page(lines):
        return article
    weights = _weigh_lines(lines, start, near)
    first = start
    while first < len(lines) and (best < _LEAST_FIRST_ARTICLE_WEIGHT or not start):
        end, weight, behind = _read_stretch(weights, first)
        if weight > best:
            article, best = (first, end), weight
        first = behind
    return article[0], _with_list(lines, article[1])


def _weigh_lines(lines: Sequence[Line], start: int, near: int) -> list[float]:
    share, lean = (_SHARE_BELOW, _LEAN_BELOW) if start else (_SHARE, _LEAN)
    scores = score_places(score_page(lines), start or near or None)
    weights = []
    for line, score in zip(lines, scores, strict=True):
        odds = max(-_MOST_SCORE, min(_MOST_SCORE, score + lean)) / _MOST_SCORE
        length = min(len(line.text), _FULL_LENGTH)
        size = length + _LENGTH_BASE if odds > 0 else _AGAINST_BASE + _AGAINST_SHARE * length
        weights.append((1 - share) * line.weight + share * odds * size)
    return weights


def _read_stretch(weights: list[float], first: int) -> tuple[int, float, int]:
    """Where a stretch from the ``first`` line on ends, its weight up to there, and where the next may begin."""
    level = top = weight = weight_at_end = 0.0
    end = first
    for index in range(first, len(weights)):
        weight += weights[index]
        level = min(level + weights[index], _MOST_LEVEL)
        if level < 0:
            return end, weight_at_end, index + 1
        if level >= top:
            top, end, weight_at_end = level, index + 1, weight
    return end, weight_at_end, len(weights)


def _with_list(lines: Sequence[Line], end: int) -> int:
    """The article's end behind the list that "The dates:" announces there."""
    if end < len(lines) and lines[end].text.endswith((":", "：")):
        while end < len(lines) and lines[end].is_plain:
            end += 1
    return end
