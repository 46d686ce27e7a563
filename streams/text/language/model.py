"""Which of a script's languages a text is written in: a linear model over the n-grams of its words.

Each n-gram (2 to 5 characters of a word, with spaces for its ends; single characters; whole words) has a weight for every
language of the script. The weights come from lingua's and langdetect's counts, py3langid's features and wordfreq's word lists,
corrected by training on news texts (``bench/training/language.py``; data, licences and quality: ``model.md``).

The weights of a word are packed into one Python integer, 16 bits per language, so that one addition adds them for all
languages; those of an n-gram take 8 bits. A letter belongs to at most five n-grams, so no sum over `MOST_LETTERS` letters can
overflow. Sums of whole numbers are the same in every order and on every machine. The weights of words are remembered: few words
make up most of the news.
"""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, compress, pairwise
from operator import add
from pathlib import Path
from typing import Final

from streams.text.language.model_file import LANE_BYTES, ModelFile, open_model
from streams.text.remembered import Remembered

_MODEL_FILE = Path(__file__).with_name("model.bin")
LONGEST_NGRAM: Final = 5
MOST_LETTERS: Final = 200
HEAVIEST: Final = (1 << 8 * LANE_BYTES) // (MOST_LETTERS * LONGEST_NGRAM) - 2
# Of each script so many words are remembered, with 400 bytes each at most. Only speed and memory depend on it.
_WORDS_REMEMBERED = 56_000

_NOT_YET: Final = -1  # sums are never negative

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
        weights: Weights,
        head_start: Sequence[int] = (),
        usual: Sequence[Usual] = (),
    ) -> None:
        self.tags = tuple(tags)
        self.per_nat = per_nat
        self.head_start = dict(zip(self.tags, head_start, strict=False))
        self.usual = dict(zip(self.tags, usual, strict=False))
        self._head_start = sum(score << 8 * LANE_BYTES * lane for lane, score in enumerate(head_start))
        self._lanes = struct.Struct(f"<{len(tags) + 1}H")  # the last lane: each word's best score
        self._words = _Words(weights, len(tags))

    def scores(self, text: str) -> Scores:
        """The score of each language for a text (in NFC)."""
        found = words(text)
        ends = [len(found)]
        if len(text) > MOST_LETTERS:
            found = [word[:MOST_LETTERS] for word in found]
            ends = _ends(found)
        worths = list(map(self._words.__getitem__, found))
        sums = self._unpacked(sum(worths[: ends[0]], self._head_start))
        for start, end in pairwise(ends):
            sums = tuple(map(add, sums, self._unpacked(sum(worths[start:end]))))
        return Scores(sums[:-1], self.tags, sum(map(len, compress(found, worths))), self.per_nat, sums[-1])

    def _unpacked(self, total: int) -> tuple[int, ...]:
        return self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))


def _ends(found: Sequence[str]) -> list[int]:
    """Where to divide words, none longer than `MOST_LETTERS`, so that no part has more letters; at least the end of all."""
    letters, ends = [0, *accumulate(map(len, found))], [0]
    while ends[-1] < len(found):
        ends.append(bisect_right(letters, letters[ends[-1]] + MOST_LETTERS) - 1)
    return ends[1:] or ends


class Weights:
    """The n-grams of a script, and the weights of each with those of its own beginnings added, 8 bits a language.

    So the longest known n-gram at each place of a word represents all that begin there, and a word costs a third of the
    look-ups. Whole words are looked up on their own and add nothing. Sums are worked out when they are first needed: a process
    needs few of them.
    """

    def __init__(self, ngrams: Sequence[str], own: Callable[[int], int]) -> None:
        """``ngrams`` in alphabetical order; ``own``: the weights of one by its place among them, as `WeightRows` gives them."""
        self._ngrams = ngrams
        self._own = own
        self.of = dict.fromkeys(ngrams, _NOT_YET)
        """Of each n-gram its sum, once it was needed; they are built from keys alone, as numbers would cost as much again."""

    def own(self, ngram: str) -> int:
        """The weights of an n-gram that is known, without those of its beginnings."""
        return self._own(bisect_left(self._ngrams, ngram))

    def sum_of(self, ngram: str) -> int:
        """The sum of the longest known beginning of some characters, remembered from now on; 0 if none is known."""
        known = 0
        while ngram and not (known := self.of.get(ngram, 0)):
            ngram = ngram[:-1]
        if known < 0:
            known = self.own(ngram) + self.sum_of(ngram[:-1])
            self.of[ngram] = known
        return known


class _Words(Remembered[str, int]):
    """The weights of each word, 16 bits a language, and above them the highest."""

    def __init__(self, weights: Weights, languages: int) -> None:
        super().__init__(self._add_up, _WORDS_REMEMBERED)
        self._weights = weights
        self._lanes = struct.Struct(f"<{languages}H")
        self._half = 8 * LANE_BYTES * ((languages + 1) // 2)
        self._low_bytes = (1 << self._half) // ((1 << 8 * LANE_BYTES) - 1) * 255

    def _add_up(self, word: str) -> int:
        weights, low_bytes = self._weights, self._low_bytes
        get, sum_of = weights.of.get, weights.sum_of
        padded = f" {word} "
        length = len(padded)
        both = weights.own(padded) if length > LONGEST_NGRAM and padded in weights.of else 0
        second = both >> 8 & low_bytes  # the weights of the second half of the languages
        for start in range(length - 1):
            # The longest known n-gram, up to `LONGEST_NGRAM`; written without a loop, since most time is spent here.
            found = (
                get(padded[start : start + 5])
                or get(padded[start : start + 4])
                or get(padded[start : start + 3])
                or get(padded[start : start + 2])
                or get(padded[start])
            )
            if found:
                if found < 0:
                    found = sum_of(padded[start : start + LONGEST_NGRAM])
                both += found
                second += found >> 8 & low_bytes
        total = both - (second << 8) + (second << self._half)
        best: int = max(self._lanes.unpack(total.to_bytes(2 * self._half // 8, "little")[: self._lanes.size]))
        return total + (best << 8 * self._lanes.size)


class Models(Mapping[str, Model]):
    """The models by script (ISO 15924), each put together when it is first used."""

    def __init__(self, file: ModelFile) -> None:
        self._file = file
        self._made: dict[str, Model] = {}

    def __getitem__(self, script: str) -> Model:
        made = self._made.get(script)
        if made is None:
            of = self._file.scripts[script]
            weights = Weights(*self._file.read(script))
            usual = [Usual(*(value / 1000 for value in values)) for values in of["usual"]]
            made = self._made[script] = Model(of["tags"], of["per_nat"], weights, of["head_start"], usual)
        return made

    def __contains__(self, script: object) -> bool:
        return script in self._file.scripts

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.scripts)

    def __len__(self) -> int:
        return len(self._file.scripts)

    def tags(self, script: str) -> Sequence[str]:
        """The languages of a script, without putting its model together."""
        tags: Sequence[str] = self._file.scripts[script]["tags"]
        return tags


@cache
def models() -> Models:
    """The models that ship; the file is mapped and checked once.

    Raises:
        OSError: the file can't be read, or is damaged.
    """
    return Models(open_model(_MODEL_FILE))
