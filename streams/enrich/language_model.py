"""Which of a script's languages a text is written in: a linear model over the n-grams of its words.

Each n-gram (2 to 5 characters of a word, its ends marked by spaces; single characters; whole words) has a weight for every
language of the script. The weights come from lingua's and langdetect's counts and wordfreq's word lists, corrected by
training on news texts (``bench/train_language.py``; data, licences and quality: ``language_model.md``).

The weights of one n-gram are packed into one Python integer, 32 bits a language, so that one addition adds them for all
languages. Sums of whole numbers are the same in every order and on every machine. What a word is worth is remembered: few
words make up most of the news.
"""

from __future__ import annotations

import json
import lzma
import struct
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

_MODEL_FILE = Path(__file__).with_name("language_model.xz")
_LANE_BYTES = 4
LONGEST_NGRAM: Final = 5
# 400 bytes each. Other than speed nothing depends on it.
_WORDS_REMEMBERED = 20_000

_APOSTROPHES = "'’ʻʼ‘`´ʹ"
_TATWEEL = "ـ"  # stretches an Arabic line, and is no letter


@dataclass(frozen=True, slots=True)
class Scores:
    """What the words of a text are worth in each language, best first; ``letters``: how many letters were looked at.

    A unit is ``1 / per_nat`` of a natural logarithm of odds.
    """

    of: tuple[tuple[int, str], ...]
    letters: int
    per_nat: float


class _Letters(dict[int, str]):
    """Each character as the model knows it, for `str.translate`: lower case; a space for what is no letter."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _APOSTROPHES:
            self[code] = "' "  # "l'école" is two words, the first of which ends in an apostrophe
        elif character == _TATWEEL:
            self[code] = ""
        elif character == "İ":
            self[code] = "i"  # lower() would leave a dot behind
        elif character.isalpha() or unicodedata.category(character) in {"Mn", "Mc"}:
            self[code] = character.lower()
        else:
            self[code] = " "
        return self[code]


_LETTERS = _Letters()


def words(text: str) -> list[str]:
    """The words of a text in NFC, in lower case; an apostrophe ends a word and stays with it."""
    return text.translate(_LETTERS).split()


def ngrams(word: str) -> Iterator[str]:
    """What the model looks up of one word, each as often as it stands there."""
    padded = f" {word} "
    length = len(padded)
    for size in range(2, LONGEST_NGRAM + 1):
        for start in range(length - size + 1):
            yield padded[start : start + size]
    yield from word
    if length > LONGEST_NGRAM:
        yield padded


class Model:
    """The languages of one script, and what each n-gram is worth in them."""

    def __init__(self, tags: Sequence[str], per_nat: float, weights: dict[str, int]) -> None:
        self.tags = tuple(tags)
        self.per_nat = per_nat
        self._lanes = struct.Struct(f"<{len(tags)}I")
        self._of_word = _remembering(weights)

    def scores(self, text: str) -> Scores:
        """What each language is worth for a text (in NFC); all zero where no n-gram is known."""
        total = letters = 0
        of_word = self._of_word
        for word in words(text):
            worth = of_word(word)
            if worth:
                total += worth
                letters += len(word)
        sums = self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))
        return Scores(tuple(sorted(zip(sums, self.tags, strict=True), reverse=True)), letters, self.per_nat)


def _remembering(weights: dict[str, int]) -> Callable[[str], int]:
    get = weights.get

    @lru_cache(maxsize=_WORDS_REMEMBERED)
    def of_word(word: str) -> int:
        return sum(get(ngram, 0) for ngram in ngrams(word))

    return of_word


@cache
def models() -> dict[str, Model]:
    """By script (ISO 15924), read from the file once."""
    raw = lzma.decompress(_MODEL_FILE.read_bytes())
    header_size = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + header_size])
    position = 4 + header_size
    found = {}
    for script in header["scripts"]:
        names = raw[position : position + script["ngram_bytes"]].decode().split("\n")
        position += script["ngram_bytes"]
        weights = _unpack(raw[position : position + script["weight_bytes"]], len(names), len(script["tags"]))
        position += script["weight_bytes"]
        found[script["script"]] = Model(script["tags"], script["per_nat"], dict(zip(names, weights, strict=True)))
    return found


def _unpack(columns: bytes, rows: int, languages: int) -> Iterator[int]:
    """The file holds a column a language, which packs better; one integer a row is wanted."""
    lanes = bytearray(rows * languages * _LANE_BYTES)
    width = languages * _LANE_BYTES
    for language in range(languages):
        lanes[language * _LANE_BYTES :: width] = columns[language * rows : (language + 1) * rows]
    for start in range(0, len(lanes), width):
        yield int.from_bytes(lanes[start : start + width], "little")
