"""What `group` compares of an article: its heaviest words, its headline, its body's print.

A word's weight depends on how often it occurs in headline and text, how rare it is in its language (``words.zip``, made by
``bench/training/story_words.py``), and whether it is written like a name. Only whole numbers are used.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from math import log
from zipfile import ZipFile
from zlib import crc32

from streams import lazy_re as re
from streams.text.duplicates import BodyPrint, print_body
from streams.text.stories.vectors import Vector, scaled

MOST_WORDS = 40
"""In an article's vector."""
READ_WORDS = 300
"""Of the body: news says at the beginning what happened."""
_READ_CHARACTERS = 12 * READ_WORDS
HEADLINE_TIMES = 3
"""A word of the headline counts as this many in the body."""

_TIMES = tuple(round(16 * (1 + log(max(1, count)))) for count in range(64))
_NAME_NINTHS = 16  # the weight of a name, in ninths of another word's; chosen like all numbers here on one half of ECB+
_PLAIN_NINTHS = 9
_STEP_TENTHS = 2  # of a decade of frequency: the step between the lists
_COMMON_TENTHS = 22  # words more frequent than one in 1,600 say nothing
_UNLISTED_TENTHS = 58
_BY_LENGTH_TENTHS = (0, 0, 15, 24, 38, 50)  # of a word by its length, in languages without a list

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u200c\u200d"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|[^\W\d_][\w{_MARKS}]*")
# For scripts without spaces, and Hangul, whose words include their particles: pairs of characters serve as words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SMALL_NUMBER = re.compile(r"\d{1,2}")  # "5 tips"; a headline's numbers are compared separately
_YEAR = re.compile(r"(?:19|20)\d\d")  # distinguishes two events of one kind, but does not say what a headline is about
_NAMES_STAND_OUT = 6  # tenths: in a headline with more capitals, they do not mark names

_LISTED_AS = {"nb": "no", "nn": "no", "hr": "sr", "bs": "sr", "me": "sr"}
WITHOUT_CASE_FOR_NAMES = frozenset({"de"})  # all its nouns have capitals


@dataclass(frozen=True, slots=True)
class Signature:
    """An article as `group` sees it.

    ``article_id``: 32 hex digits; ``time_ms``: of its record, since 1970; ``compared``: the words of its normalised headline,
    sorted; ``words``: its heaviest words with their weights; ``body``: the body's print, None if there is no body;
    ``subjects``: codes of IPTC's top levels, at most three; ``canceled``: it was withdrawn.
    """

    article_id: str
    time_ms: int
    language: str
    outlet: str
    headline: str
    compared: str
    words: Mapping[str, int]
    body: BodyPrint | None
    subjects: tuple[str, ...] = ()
    canceled: bool = False

    @property
    def vector(self) -> Vector:
        """Its words, hashed; each time anew."""
        return {hash_word(word, self.language): weight for word, weight in self.words.items()}


def weigh_words(headline: str, body: str, language: str) -> dict[str, int]:
    """The heaviest words of an article in a language (BCP 47), with weights that make a vector of length :data:`UNIT`."""
    return scaled(_weights(headline, body, language), MOST_WORDS)


def print_of(body: str) -> BodyPrint | None:
    """A body's print; None if there is no body."""
    return print_body(body) if body.strip() else None


def _weights(headline: str, body: str, language: str) -> dict[str, int]:
    """The weight of each word of an article, without common ones."""
    language = primary(language)
    in_headline = _TOKEN.findall(_plain(headline))
    in_body = _TOKEN.findall(_plain(body[:_READ_CHARACTERS]))[:READ_WORDS]
    counts = Counter(_cased_down(in_body, language))
    for word in _cased_down(in_headline, language):
        counts[word] += HEADLINE_TIMES
    names = frozenset[str]() if language in WITHOUT_CASE_FOR_NAMES else _names(in_headline, in_body)
    rarity_of = rarities(language)
    weights = {}
    for word, count in counts.items():
        if (rarity := rarity_of[word]) and (in_body or not _YEAR.fullmatch(word)):
            ninths = _NAME_NINTHS if word in names else _PLAIN_NINTHS
            weights[word] = _TIMES[min(count, len(_TIMES) - 1)] * rarity * ninths
    return weights


@lru_cache(maxsize=65_536)
def hash_word(word: str, language: str) -> int:
    """32 bits for a word; the same spelling in another language is a different word."""
    return crc32(f"{primary(language)} {word}".encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF


def primary(language: str) -> str:
    """The language itself of a BCP 47 tag: "sr" of "sr-Latn"."""
    return language.partition("-")[0].lower()


def _plain(text: str) -> str:
    return text if text.isascii() or unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def _cased_down(tokens: Iterable[str], language: str) -> list[str]:
    joined = " ".join(tokens)
    lowered = joined.replace("İ", "i").replace("I", "ı").lower() if language in ("tr", "az") else joined.lower()
    words = lowered.split(" ")
    return list(_in_pairs(words)) if UNSPACED.search(lowered) else words


def _in_pairs(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if len(word) > 2 and UNSPACED.match(word):
            yield from map("".join, pairwise(word))
        else:
            yield word


def _names(in_headline: list[str], in_body: list[str]) -> frozenset[str]:
    """Words that are always capitalised; a headline's capitals only count if most of its words have none."""
    words = set(in_body)
    capitals = {word for word in words if word[0].isupper()}
    small = words - capitals
    letters = [word for word in in_headline if word[0].isalpha()]
    shown = [word for word in letters[1:] if word[0].isupper()]
    if 10 * len(shown) <= _NAMES_STAND_OUT * len(letters):
        capitals.update(shown)
        small.update(word for word in letters if not word[0].isupper())
    return frozenset(lowered for word in capitals if (lowered := word.lower()) not in small)


class _WordRarities(dict[str, int]):
    """How rare the words of a language are, in tenths of a decade below one in ten; 0 for one that says nothing.

    Words that its list lacks are judged by their build, each time: there is no end of them.
    """

    def __missing__(self, word: str) -> int:
        if len(word) < 2 or _SMALL_NUMBER.fullmatch(word):
            return 0
        if self:
            return _UNLISTED_TENTHS
        if word[0].isdigit() or UNSPACED.match(word):
            return _BY_LENGTH_TENTHS[-1]
        return _BY_LENGTH_TENTHS[min(len(word), len(_BY_LENGTH_TENTHS) - 1)]


@cache
def rarities(language: str) -> _WordRarities:
    """How rare the words of a language ("en") are; see :class:`_WordRarities`."""
    with ZipFile(BytesIO((files(__package__) / "words.zip").read_bytes())) as archive:
        name = f"{_LISTED_AS.get(language, language)}.txt"
        if name not in archive.namelist():
            return _WordRarities()
        lines = archive.read(name).decode().split("\n")
    steps = (step * _STEP_TENTHS + 1 for step in range(len(lines)))
    return _WordRarities(
        (word, rarity if rarity >= _COMMON_TENTHS else 0)
        for rarity, line in zip(steps, lines, strict=True)
        for word in line.split(" ")
        if len(word) > 1 and not _SMALL_NUMBER.fullmatch(word)
    )
