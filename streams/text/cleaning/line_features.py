"""What a line of a page looks like, as small numbers, without any phrases of any language.

Each feature is a bin, numbered from 0. A line has features of its own (how it is written) and features of its place (what is
around it); the latter require a score of every line's own features, in hundredths of log-odds. ``line_model`` adds up the
weights of the bins.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, groupby
from string import digits
from typing import NamedTuple

from streams import lazy_re as re

PIECE, OF_A_CUT_PAGE = 3, 6  # added to the mark of a line that is a piece of one, and of every line on a page with pieces
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HEAD = 250  # characters of a line that are looked at
_WIDE_LETTERS = 3  # a Chinese, Japanese or Korean character says as much as this many letters
_BREAK = re.compile(r"[.!?…।؟۔][\"'”’»)\]]* |[。！？]")
_LINK_SIGN = re.compile(r"[|｜›»>•·→▶←@©®™*]| [-–—/] |http|www\.")
# These are the same in many languages.
_WEB = (
    "cookie", "newsletter", "javascript", "facebook", "twitter", "instagram", "whatsapp", "youtube", "mail", "website",
    "browser", "online", "blog", "copyright",
)  # fmt: skip
_PAUSE = re.compile(r"[,;،؛、，；]")

# Bounds of bins; a value's bin is the number of bounds that do not exceed it.
_LENGTHS = (5, 10, 16, 24, 34, 46, 60, 80, 110, 150, 220, 350, 600)  # characters
_SHARES = (0.001, 0.1, 0.2, 0.35, 0.5, 0.7, 0.99)
_WORDS = (2, 3, 4, 6, 8, 11, 15, 22, 40)
_MEANS = (3.0, 3.7, 4.3, 4.9, 5.6, 6.5, 8.0)
_COUNTS = (1, 2, 3, 5, 8, 14)
_SCORES = (-600, -450, -350, -270, -200, -130, -60, 0, 60, 130, 200, 300, 450)
_PLACES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_TENTHS = (1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99)  # of a hundred
_NEAR = (1, 2, 3, 4, 6, 9, 14, 22, 35, 60)  # lines
_DISTANCES = (-80, -40, -20, -10, -5, -2, 0, 1, 3, 6, 11, 21, 41, 81)

_FROM_HEADLINE = (-40, -15, -4, 0, 1, 2, 4, 7, 12, 20, 35, 60, 100)
_MOST_SIZE = 200  # characters; longer lines count as this in means
_LONGEST_HEADLINE = 200  # characters
_TOLD_LINES = 30  # lines below a headline that are compared with what it says
# Not \w, which does not match the vowel signs of Hindi. A Chinese character tells as much as a word.
_TELLING = re.compile(
    "[\u3400-\u9fff]|[\u30a0-\u30ff]{2,}|[^\\s\u3040-\u30ff\u3400-\u9fff!-/:-@\\[-`{-~।、。，：「」『』【】“”‘’«»„…–—|｜]{4,}"
)

_ENDS = {
    sign: kind for kind, signs in enumerate((".。।۔", "!?！？؟", "…", ":：", ",;،、", ")]）】»”\"’'」』"), 1) for sign in signs
}


class OwnBins(NamedTuple):
    """The bins of a line by itself."""

    length: int
    end: int
    sentences: int
    pauses: int
    digits: int
    capitals: int
    small_words: int
    word_length: int
    signs: int
    start: int
    words: int
    list: int
    web: int


class HeadlineBins(NamedTuple):
    """The bins of a line that may be the article's headline."""

    prose_after: int
    words_told: int
    share_told: int
    times: int
    opening: int
    place: int
    length: int
    own_score: int
    prose_before: int
    from_the_heart: int
    end: int
    digits: int
    signs: int
    next_lengths: int


class PlaceBins(NamedTuple):
    """The bins of the places of a page's lines: for each feature a list with one bin per line."""

    from_the_headline: list[int]
    own_score: list[int]
    own_score_and_length: list[int]
    before: list[int]
    after: list[int]
    two_before: list[int]
    two_after: list[int]
    wide_before: list[int]
    wide_after: list[int]
    place: list[int]
    from_the_heart: list[int]
    repeats: list[int]
    like_neighbours: list[int]
    prose_before: list[int]
    prose_after: list[int]
    share_of_the_prose: list[int]
    since_furniture: list[int]
    until_furniture: list[int]
    furniture_before: list[int]
    furniture_after: list[int]
    run_of_short_lines: list[int]


def _names(shape: type[OwnBins | HeadlineBins | PlaceBins]) -> tuple[str, ...]:
    """The names of the features in ``line_model.json``."""
    return tuple(name.replace("_", " ") for name in shape._fields)


OWN, HEADLINE, PLACE = _names(OwnBins), _names(HeadlineBins), _names(PlaceBins)


def own_features(text: str, mark: int) -> OwnBins:
    """The bins of a line by itself.

    ``mark`` is what the lists of phrases say: 0 not furniture, 1 maybe, 2 certainly; plus ``PIECE`` for a piece of a line.
    """
    length = len(text)
    head = text[:_HEAD]
    wide = 0 if text.isascii() else len(_WIDE.findall(head))
    words = head.split()
    count = len(words)
    end = _ENDS.get(text[-1], 0)
    if end == 6 and count > 1:  # the sign before the closing quote
        end = 6 + _ENDS.get(text.rstrip("\"'”’»)]）」』】")[-1:], 0)
    capitals = sum([word[0].isupper() for word in words])
    small = sum([len(word) < 4 and word.islower() for word in words])
    folded = head.lower()
    cased = capitals > 0 or small > 0 or folded != head.upper()
    first = text[0]
    start = (
        0
        if first.isupper()
        else 1
        if first.islower()
        else 2
        if first.isdigit()
        else 3
        if first.isalpha()
        else 4
        if first in "\"'“«„‘「『"
        else 5
    )
    size = len(head) + (_WIDE_LETTERS - 1) * wide
    return OwnBins(
        length=bisect(_LENGTHS, length + (_WIDE_LETTERS - 1) * wide),
        end=end,
        sentences=min(len(_BREAK.findall(head)), 4),
        pauses=bisect(_COUNTS, head.count(",") + head.count(";") if text.isascii() else len(_PAUSE.findall(head))),
        digits=bisect(_SHARES, (sum(map(head.count, digits)) if head.isascii() else sum(map(str.isdigit, head))) / size),
        capitals=(bisect(_SHARES, capitals / count) if cased else 8) + 9 * (head.isupper() and count > 1),
        small_words=bisect(_SHARES, small / count) if cased else 8,
        word_length=bisect(_MEANS, size / count) if not wide else 8,
        signs=min(len(_LINK_SIGN.findall(head)), 3),
        start=start,
        words=bisect(_WORDS, count) if not wide else 10,
        list=mark % OF_A_CUT_PAGE,
        web=min(sum([word in folded for word in _WEB]), 3),
    )


def headline_features(scores: Sequence[int], lengths: Sequence[int], texts: Sequence[str]) -> dict[int, HeadlineBins]:
    """The bins of each line that may be the article's headline, by its number."""
    count = len(texts)
    prose = [min(length, 400) if score > 0 else 0 for score, length in zip(scores, lengths, strict=True)]
    before, after = _sums(prose), _sums(prose[::-1])[::-1]
    heart = max(range(count), key=lambda index: before[index] + prose[index] + after[index], default=0)
    cores = [text.casefold() if length <= _LONGEST_HEADLINE else "" for text, length in zip(texts, lengths, strict=True)]
    times = Counter(cores)
    opening = cores[0] if cores else ""
    next_told: dict[str, int] = {}  # the next line of prose with a word
    found: dict[int, HeadlineBins] = {}
    for index in range(count - 1, -1, -1):
        text, core = texts[index], cores[index]
        if core and after[index] and lengths[index] >= 8 and text[-1] not in ".。।۔":
            own = set(_TELLING.findall(core))
            shared = sum([next_told.get(word, count + _TOLD_LINES) <= index + _TOLD_LINES for word in own])
            if own and (shared or times[core] > 1):
                found[index] = HeadlineBins(
                    prose_after=bisect((60, 150, 300, 500, 800, 1200), after[index]),
                    words_told=min(shared, 7),
                    share_told=bisect((0.2, 0.34, 0.5, 0.67, 0.8, 0.99), shared / len(own)),
                    times=min(times[core], 4) - 1,
                    opening=2 if index == 0 else 1 if len(core) > 15 and core in opening else 0,
                    place=bisect(_PLACES, index / count),
                    length=bisect(_LENGTHS, lengths[index]),
                    own_score=bisect(_SCORES, scores[index]),
                    prose_before=bisect((1, 60, 150, 300, 500, 800), before[index]),
                    from_the_heart=bisect(_DISTANCES, index - heart),
                    end=_ENDS.get(text[-1], 0),
                    digits=min(sum(map(str.isdigit, text)), 4),
                    signs=min(len(_LINK_SIGN.findall(text)), 3),
                    next_lengths=bisect((30, 60, 100, 160), max(lengths[index + 1 : index + 4], default=0)),
                )
        if prose[index]:
            next_told.update(dict.fromkeys(_TELLING.findall(text.casefold()), index))
    return found


def place_features(
    scores: Sequence[int], lengths: Sequence[int], texts: Sequence[str], marks: Sequence[int], start: int | None
) -> PlaceBins:
    """The bins of all lines' places.

    ``scores`` are the sums for the own features; ``marks``: see ``own_features``; ``start`` is the number of the line after the
    headline, None if no headline is known.
    """
    count = len(scores)
    times = Counter(texts)
    sizes = [min(length, _MOST_SIZE) + 20 for length in lengths]
    before_wide = _run(scores, sizes)
    after_wide = _run(scores[::-1], sizes[::-1])[::-1]
    prose = [min(length, 400) if score > 0 else 0 for score, length in zip(scores, lengths, strict=True)]
    before, after = _sums(prose), _sums(prose[::-1])[::-1]
    heart = max(range(count), key=lambda index: before[index] + prose[index] + after[index], default=0)
    whole = sum(prose) or 1
    so_far = [total * 100 // whole for total in accumulate(prose, initial=0)]
    marks = [mark % PIECE for mark in marks]
    furniture = [100 if mark > 1 else 30 if mark else 0 for mark in marks]
    levels = [bisect(_SCORES, score) for score in scores]
    rough = [0 if score < -200 else 5 if score < 0 else 10 if score < 200 else 15 for score in scores]
    first = -1 if start is None else start - 1
    return PlaceBins(
        from_the_headline=[0] * count
        if first < 0
        else [bisect(_FROM_HEADLINE, distance) + 1 for distance in range(-first, count - first)],
        own_score=levels,
        own_score_and_length=[kind + bisect((30, 70, 130, 250), length) for kind, length in zip(rough, lengths, strict=True)],
        before=[0, *levels[:-1]],
        after=[*levels[1:], 0],
        two_before=[0, 0, *levels][:count],
        two_after=[*levels[2:], 0, 0][-count:],
        wide_before=[bisect(_SCORES, mean) for mean in before_wide],
        wide_after=[bisect(_SCORES, mean) for mean in after_wide],
        place=[bisect(_PLACES, index / count) for index in range(count)],
        from_the_heart=[bisect(_DISTANCES, distance) for distance in range(-heart, count - heart)],
        repeats=[min(times[text], 3) - 1 for text in texts],
        like_neighbours=_like_neighbours(lengths),
        prose_before=[bisect((1, 100, 250, 500, 1000), total) for total in before],
        prose_after=[bisect((1, 100, 250, 500, 1000), total) for total in after],
        share_of_the_prose=[bisect(_TENTHS, share) for share in so_far[:count]],
        since_furniture=_since(marks),
        until_furniture=_since(marks[::-1])[::-1],
        furniture_before=[bisect(_TENTHS, total // 4) for total in _sums(furniture)],
        furniture_after=[bisect(_TENTHS, total // 4) for total in _sums(furniture[::-1])[::-1]],
        run_of_short_lines=_runs([length < 60 and score < -100 for length, score in zip(lengths, scores, strict=True)]),
    )


def _like_neighbours(lengths: Sequence[int]) -> list[int]:
    """Each line's length, and how many of the two lines beside it are about as long."""
    edges = [-1000, *lengths, -1000]
    return [
        4 * ((abs(before - length) <= 0.35 * length) + (abs(after - length) <= 0.35 * length)) + bisect((20, 50, 120), length)
        for before, length, after in zip(edges, lengths, edges[2:], strict=False)
    ]


def _run(scores: Sequence[int], sizes: Sequence[int]) -> list[int]:
    """Running means of the scores up to each line, weighted by length, with decay."""
    means = []
    total, weight = -700 * 30, 30
    for score, size in zip(scores, sizes, strict=True):
        means.append(total // weight)
        total, weight = total * 7 // 8 + score * size, weight * 7 // 8 + size
    return means


def _sums(values: Sequence[int]) -> list[int]:
    """Running sums of the values before each line, with decay."""
    sums = []
    total = 0
    for value in values:
        sums.append(total)
        total = total * 3 // 4 + value
    return sums


def _since(marks: Sequence[int]) -> list[int]:
    """How many lines ago the last furniture was."""
    bins = []
    distance = _NEAR[-1]
    for mark in marks:
        bins.append(bisect(_NEAR, distance))
        distance = 0 if mark > 1 else distance + 1
    return bins


def _runs(are_short: Sequence[bool]) -> list[int]:
    """The length of the run of short lines that each line is in."""
    bins: list[int] = []
    for is_short, run in groupby(are_short):
        length = len(list(run))
        bins += [bisect(_NEAR, length) if is_short else 0] * length
    return bins
