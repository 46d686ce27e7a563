"""Which of a script's languages a text is written in: a linear model over the n-grams of its words.

Each n-gram (2 to 5 characters of a word, with spaces for its ends; single characters; whole words) has a weight for every
language of the script. The weights come from lingua's and langdetect's counts, py3langid's features and wordfreq's word lists,
corrected by training on news texts (``bench/training/language.py``; data, licences and quality: ``model.md``).

The weights of one n-gram are packed into one Python integer, 16 bits per language, so that one addition adds them for all
languages. A letter belongs to at most five n-grams, so no sum over `MOST_LETTERS` letters can overflow. Sums of whole numbers
are the same in every order and on every machine. The score of a word is cached: few words make up most of the news.
"""

from __future__ import annotations

import json
import lzma
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import add
from pathlib import Path
from typing import Final

_MODEL_FILE = Path(__file__).with_name("model.xz")
_LANE_BYTES = 2
_BLOCK_ROWS = 512
LONGEST_NGRAM: Final = 5
MOST_LETTERS: Final = 200
HEAVIEST: Final = (1 << 8 * _LANE_BYTES) // (MOST_LETTERS * LONGEST_NGRAM) - 2
# 300 bytes each. Only speed depends on it.
_WORDS_REMEMBERED = 50_000

_APOSTROPHES = "'’ʻʼ‘`´ʹ"
_TATWEEL = "ـ"  # stretches an Arabic line, and is not a letter


@dataclass(frozen=True, slots=True)
class Usual:
    """How texts of a language score in it, per letter, in natural logarithms of odds; each with its spread over 100 letters.

    ``worth`` is high if the n-grams are the language's own; ``regret`` is how much more its words would score if each were
    taken for another language. Texts in a language that the model was not taught have little worth or much regret.
    """

    worth: float
    worth_spread: float
    regret: float
    regret_spread: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a text's words in each language. ``letters``: the number of letters in words with at least one known
    n-gram; ``best_of_words``: the score if each word is taken for the language in which it scores most.

    A unit is ``1 / per_nat`` of a natural logarithm of odds.
    """

    sums: tuple[int, ...]
    tags: tuple[str, ...]
    letters: int
    per_nat: float
    best_of_words: int

    @property
    def of(self) -> tuple[tuple[int, str], ...]:
        """The scores with the tags of their languages."""
        return tuple(zip(self.sums, self.tags, strict=True))


class _Letters(dict[int, str]):
    """Each character as the model knows it, for `str.translate`: in lower case; a space for anything but a letter."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _APOSTROPHES:
            self[code] = "' "  # "l'école" is two words, the first of which ends in an apostrophe
        elif character == _TATWEEL:
            self[code] = ""
        elif character == "İ":
            self[code] = "i"  # lower() would leave a dot
        elif character.isalpha() or unicodedata.category(character) in {"Mn", "Mc"}:
            self[code] = character.lower()
        else:
            self[code] = " "
        return self[code]


_LETTERS = _Letters()


def words(text: str) -> list[str]:
    """The words of a text in NFC, in lower case; an apostrophe ends a word and stays with it."""
    return text.translate(_LETTERS).split()


def ngrams(word: str) -> list[str]:
    """What the model looks up for one word, each as often as it occurs: at most five per letter."""
    padded = f" {word} "
    length = len(padded)
    found = [padded[start : start + size] for size in range(2, LONGEST_NGRAM + 1) for start in range(length - size + 1)]
    found += word
    if length > LONGEST_NGRAM:
        found.append(padded)
    return found


class Model:
    """The languages of one script, and the weight of each n-gram in them.

    ``head_start``: the score of a language before any word is read (news is more often in English than in Latin).
    """

    def __init__(
        self,
        tags: Sequence[str],
        per_nat: float,
        weights: dict[str, int],
        head_start: Sequence[int] = (),
        usual: Sequence[Usual] = (),
    ) -> None:
        self.tags = tuple(tags)
        self.per_nat = per_nat
        self.head_start = dict(zip(self.tags, head_start, strict=False))
        self.usual = dict(zip(self.tags, usual, strict=False))
        self._head_start = sum(score << 8 * _LANE_BYTES * lane for lane, score in enumerate(head_start))
        self._lanes = struct.Struct(f"<{len(tags) + 1}H")  # the last lane: each word's best score
        self._of_word = _remembering(weights, len(tags))

    def scores(self, text: str) -> Scores:
        """The score of each language for a text (in NFC)."""
        of_word = self._of_word
        totals, total, letters, known = [], self._head_start, 0, 0
        for word in words(text):
            letters += len(word)
            if letters > MOST_LETTERS:
                totals.append(total)
                word = word[:MOST_LETTERS]  # noqa: PLW2901
                total, letters = 0, len(word)
            worth = of_word(word)
            if worth:
                total += worth
                known += len(word)
        totals.append(total)
        size = self._lanes.size
        sums = self._lanes.unpack(totals[0].to_bytes(size, "little"))
        for more in totals[1:]:
            sums = tuple(map(add, sums, self._lanes.unpack(more.to_bytes(size, "little"))))
        return Scores(sums[:-1], self.tags, known, self.per_nat, sums[-1])


def _remembering(weights: dict[str, int], languages: int) -> Callable[[str], int]:
    get = weights.get
    lanes = struct.Struct(f"<{languages}H")
    size, best_at = lanes.size, 8 * lanes.size

    @lru_cache(maxsize=_WORDS_REMEMBERED)
    def of_word(word: str) -> int:
        padded = f" {word} "
        length = len(padded)
        total = get(padded, 0) if length > LONGEST_NGRAM else 0
        for start in range(length - 1):
            # The longest known n-gram, up to `LONGEST_NGRAM`; written without a loop, since most time is spent here.
            total += (
                get(padded[start : start + 5])
                or get(padded[start : start + 4])
                or get(padded[start : start + 3])
                or get(padded[start : start + 2])
                or get(padded[start], 0)
            )
        best: int = max(lanes.unpack(total.to_bytes(size, "little")))
        return total + (best << best_at)

    return of_word


def with_beginnings(weights: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Each n-gram with the weights of all its own beginnings added.

    So the longest known n-gram at each place of a word represents all that begin there, and a word costs a third of the
    look-ups. Whole words are looked up on their own and add nothing. The n-grams must be in alphabetical order: sorting them
    here would hold all weights twice.
    """
    found: dict[str, int] = {}
    beginnings: list[str] = []  # of the previous n-gram in alphabetical order; the longest last
    for ngram, weight in weights:
        total = weight
        if len(ngram) <= LONGEST_NGRAM:
            while beginnings and not ngram.startswith(beginnings[-1]):
                beginnings.pop()
            if beginnings:
                total += found[beginnings[-1]]
            beginnings.append(ngram)
        found[ngram] = total
    return found


@cache
def models() -> dict[str, Model]:
    """By script (ISO 15924), read from the file once."""
    found = {}
    with lzma.open(_MODEL_FILE) as file:
        header = json.loads(file.read(int.from_bytes(file.read(4), "little")))
        for script in header["scripts"]:
            names = file.read(script["ngram_bytes"]).decode().split("\n")
            weights = _unpack(file.read(script["weight_bytes"]), len(names), len(script["tags"]))
            with_all = with_beginnings(zip(names, weights, strict=True))
            usual = [Usual(*(value / 1000 for value in values)) for values in script["usual"]]
            found[script["script"]] = Model(script["tags"], script["per_nat"], with_all, script["head_start"], usual)
    return found


def _unpack(columns: bytes, rows: int, languages: int) -> Iterator[int]:
    """Turns the file's columns, one per language because that compresses better, into one integer per row.

    By blocks of rows that fit a processor's cache: the whole table at once takes twice as long.
    """
    size = languages * _LANE_BYTES
    for first in range(0, rows, _BLOCK_ROWS):
        count = min(_BLOCK_ROWS, rows - first)
        packed = bytearray(count * size)
        for language in range(languages):
            at = language * rows + first
            packed[language * _LANE_BYTES :: size] = columns[at : at + count]
        for start in range(0, count * size, size):
            yield int.from_bytes(packed[start : start + size], "little")
