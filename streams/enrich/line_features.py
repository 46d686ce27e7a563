"""What a line of a page looks like, as small numbers: no phrase of any language is in here.

Each feature is a bin, a number from 0. A line has own features (how it is written) and features of its place (what stands
around it); the second need a score of every line's own features first. ``line_model`` adds a weight for each bin.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence

_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WIDE_LETTERS = 3  # a Chinese, Japanese or Korean character says as much as so many letters
_BREAK = re.compile(r"[.!?…।؟۔][\"'”’»)\]]* |[。！？]")
_LINK_SIGN = re.compile(r"[|｜›»>•·→▶←@©®™*]|\s[-–—/]\s|https?:|www\.")
_PAUSE = re.compile(r"[,;،؛、，；]")

# Bounds of bins; a value is in the bin of the number of bounds that are not greater.
_LENGTHS = (5, 10, 16, 24, 34, 46, 60, 80, 110, 150, 220, 350, 600)  # characters
_SHARES = (0.001, 0.1, 0.2, 0.35, 0.5, 0.7, 0.99)
_WORDS = (2, 3, 4, 6, 8, 11, 15, 22, 40)
_MEANS = (3.0, 3.7, 4.3, 4.9, 5.6, 6.5, 8.0)
_COUNTS = (1, 2, 3, 5, 8, 14)
_SCORES = (-6.0, -4.5, -3.5, -2.7, -2.0, -1.3, -0.6, 0.0, 0.6, 1.3, 2.0, 3.0, 4.5)
_PLACES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_DISTANCES = (-80, -40, -20, -10, -5, -2, 0, 1, 3, 6, 11, 21, 41, 81)

_FROM_HEADLINE = (-40, -15, -4, 0, 1, 2, 4, 7, 12, 20, 35, 60, 100)
_LONGEST_HEADLINE = 200  # characters
_TOLD_LINES = 30  # a headline tells what so many lines below it tell
# Not \w: the vowel signs of Hindi are none. A Chinese character tells as much as a word.
_TELLING = re.compile(
    "[\u3400-\u9fff]|[\u30a0-\u30ff]{2,}|[^\\s\u3040-\u30ff\u3400-\u9fff!-/:-@\\[-`{-~।、。，：「」『』【】“”‘’«»„…–—|｜]{4,}"
)

_ENDS = {
    sign: kind for kind, signs in enumerate((".。।۔", "!?！？؟", "…", ":：", ",;،、", ")]）】»”\"’'」』"), 1) for sign in signs
}

OWN = (
    "length", "end", "sentences", "pauses", "digits", "capitals", "small words", "word length", "signs", "start", "words",
    "list",
)  # fmt: skip
HEADLINE = (
    "prose after", "words told", "share told", "times", "opening", "place", "length", "own score", "prose before",
    "from the heart", "end", "digits", "signs", "next lengths",
)  # fmt: skip
PLACE = (
    "from the headline", "own score", "own score and length", "before", "after", "two before", "two after", "wide before",
    "wide after", "place", "from the heart", "repeats", "like neighbours", "prose before", "prose after",
)  # fmt: skip


def own_features(text: str, mark: int) -> tuple[int, ...]:
    """The bins of a line by itself, in the order of ``OWN``.

    ``mark`` is what the lists of phrases say: 0 no furniture, 1 perhaps, 2 surely.
    """
    length = len(text)
    if not text.isascii() and (wide := len(_WIDE.findall(text))):
        length += (_WIDE_LETTERS - 1) * wide
    else:
        wide = 0
    words = text.split()
    count = len(words)
    last = text[-1]
    end = _ENDS.get(last, 0)
    if end == 6 and count > 1:  # the sign before the closing quote
        before = text.rstrip("\"'”’»)]）」』】")
        end = 6 + _ENDS.get(before[-1:], 0)
    sentences = len(_BREAK.findall(text))
    pauses = len(_PAUSE.findall(text))
    digits = sum(map(str.isdigit, text)) if count < 40 else sum(word.isdigit() for word in words)
    capitals = sum(word[0].isupper() for word in words)
    small = sum(len(word) < 4 and word.islower() for word in words)
    cased = capitals > 0 or small > 0 or text.lower() != text.upper()
    signs = len(_LINK_SIGN.findall(text))
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
    return (
        bisect(_LENGTHS, length),
        end,
        min(sentences, 4) if sentences < 4 else 4,
        bisect(_COUNTS, pauses),
        bisect(_SHARES, digits / length),
        (bisect(_SHARES, capitals / count) if cased else 8) + 9 * (text.isupper() and count > 1),
        bisect(_SHARES, small / count) if cased else 8,
        bisect(_MEANS, length / count) if not wide else 8,
        min(signs, 3),
        start,
        bisect(_WORDS, count) if not wide else 10,
        mark,
    )


def headline_features(scores: Sequence[float], lengths: Sequence[int], texts: Sequence[str]) -> dict[int, tuple[int, ...]]:
    """The bins, in the order of ``HEADLINE``, of each line that may be the article's headline, by its number."""
    count = len(texts)
    prose = [min(length, 400) if score > 0 else 0 for score, length in zip(scores, lengths, strict=True)]
    before, after = _sums(prose), _sums(prose[::-1])[::-1]
    heart = max(range(count), key=lambda index: before[index] + prose[index] + after[index], default=0)
    cores = [text.casefold() if length <= _LONGEST_HEADLINE else "" for text, length in zip(texts, lengths, strict=True)]
    times = Counter(cores)
    opening = cores[0] if cores else ""
    words = [
        frozenset(_TELLING.findall(text.casefold())) if size else frozenset() for text, size in zip(texts, prose, strict=True)
    ]
    seen: Counter[str] = Counter()  # in the prose of the next lines
    found: dict[int, tuple[int, ...]] = {}
    for index in range(count - 1, -1, -1):
        text, core = texts[index], cores[index]
        if core and after[index] and lengths[index] >= 8 and text[-1] not in ".。।۔":
            own = set(_TELLING.findall(core))
            shared = sum(word in seen for word in own)
            if own and (shared or times[core] > 1):
                found[index] = (
                    bisect((60, 150, 300, 500, 800, 1200), after[index]),
                    min(shared, 7),
                    bisect((0.2, 0.34, 0.5, 0.67, 0.8, 0.99), shared / len(own)),
                    min(times[core], 4) - 1,
                    2 if index == 0 else 1 if len(core) > 15 and core in opening else 0,
                    bisect(_PLACES, index / count),
                    bisect(_LENGTHS, lengths[index]),
                    bisect(_SCORES, scores[index]),
                    bisect((1, 60, 150, 300, 500, 800), before[index]),
                    bisect(_DISTANCES, index - heart),
                    _ENDS.get(text[-1], 0),
                    min(sum(map(str.isdigit, text)), 4),
                    min(len(_LINK_SIGN.findall(text)), 3),
                    bisect((30, 60, 100, 160), max(lengths[index + 1 : index + 4], default=0)),
                )
        for word in words[index]:
            seen[word] += 1
        if index + _TOLD_LINES < count:
            for word in words[index + _TOLD_LINES]:
                seen[word] -= 1
                if not seen[word]:
                    del seen[word]
    return found


def place_features(
    scores: Sequence[float], lengths: Sequence[int], texts: Sequence[str], start: int | None
) -> list[tuple[int, ...]]:
    """The bins of every line's place, in the order of ``PLACE``.

    ``scores`` are what the own features add up to; ``start`` is the number of the line that follows the headline, None if no
    headline is known.
    """
    count = len(scores)
    times = Counter(texts)
    # Running means of the scores, weighted by length, forgetting as they go.
    before_wide = _run(scores, lengths, 0.88)
    after_wide = _run(scores[::-1], lengths[::-1], 0.88)[::-1]
    prose = [min(length, 400) if score > 0 else 0 for score, length in zip(scores, lengths, strict=True)]
    prose_before, prose_after = _sums(prose), _sums(prose[::-1])[::-1]
    heart = max(range(count), key=lambda index: prose_before[index] + prose[index] + prose_after[index], default=0)
    features: list[tuple[int, ...]] = []
    for index in range(count):
        score, length = scores[index], lengths[index]
        b1 = scores[index - 1] if index else -7.0
        b2 = scores[index - 2] if index > 1 else -7.0
        a1 = scores[index + 1] if index + 1 < count else -7.0
        a2 = scores[index + 2] if index + 2 < count else -7.0
        alike = (index > 0 and abs(lengths[index - 1] - length) <= 0.35 * length) + (
            index + 1 < count and abs(lengths[index + 1] - length) <= 0.35 * length
        )
        features.append((
            0 if start is None else bisect(_FROM_HEADLINE, index - start + 1) + 1,
            bisect(_SCORES, score),
            (0 if score < -2 else 1 if score < 0 else 2 if score < 2 else 3) * 5 + bisect((30, 70, 130, 250), length),
            bisect(_SCORES, b1), bisect(_SCORES, a1), bisect(_SCORES, b2), bisect(_SCORES, a2),
            bisect(_SCORES, before_wide[index]), bisect(_SCORES, after_wide[index]),
            bisect(_PLACES, index / count),
            bisect(_DISTANCES, index - heart),
            min(times[texts[index]], 3) - 1,
            alike * 4 + bisect((20, 50, 120), length),
            bisect((1, 100, 250, 500, 1000), prose_before[index]),
            bisect((1, 100, 250, 500, 1000), prose_after[index]),
        ))  # fmt: skip
    return features


def _run(scores: Sequence[float], lengths: Sequence[int], keep: float) -> list[float]:
    means = []
    total, weight = -7.0 * 30, 30.0
    for score, length in zip(scores, lengths, strict=True):
        means.append(total / weight)
        size = min(length, 200) + 20
        total, weight = total * keep + score * size, weight * keep + size
    return means


def _sums(prose: Sequence[int]) -> list[float]:
    sums = []
    total = 0.0
    for length in prose:
        sums.append(total)
        total = total * 0.75 + length
    return sums
