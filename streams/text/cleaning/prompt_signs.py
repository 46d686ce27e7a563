"""Finds the words of ``prompt_words.toml`` in a line: which groups have one there, and where, in one pass over its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from streams import lazy_re as re
from streams.word_lists import word_lists

# Scripts without spaces, or with articles and prepositions attached to the word: there a word may begin at any letter.
_JOINED = "\u0590-\u06ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD_START = re.compile(rf"(?<![^\W\d_])[^\W\d_]|[{_JOINED}]")
_APOSTROPHES = "’‘ʻʼ"
_LENGTHS = (3, 2, 1)  # leading characters by which words are looked up: as many as a word has
_LONG, _SHORT, _ = _LENGTHS
_FIRST_KANA = "\u3040"  # from here on, one character may be a word
_PLAIN = frozenset(
    (
        "credit",
        "source",
        "editor",
        "tags",
        "minutes",
        "person",
        "also",
        "bio",
        "go-on",
        "a-month",
        "reading-time",
        "rubric",
        "more",
        "piece",
        "here",
        "contact",
        "changed",
        "added",
        "this-text",
        "correction",
        "earlier",
    )
)
"""Groups that are compared with whole words or labels instead of being searched in a line."""
_WHOLE = frozenset(("help-us", "app"))
"""Groups whose words must end where a word of the line ends."""
_VERBS = frozenset(("act", "act-first"))
_DOER = re.compile(r"e?rs?\b")


class SignSpan(NamedTuple):
    """Where a group's words begin in a line: the first and the last of them, in characters."""

    first: int
    last: int


PromptSigns = dict[str, SignSpan]
"""By group."""


class _Words(NamedTuple):
    """Words with the same start: all of them, and each with its group."""

    all: tuple[str, ...]
    grouped: tuple[tuple[str, str], ...]


def find_signs(folded: str) -> PromptSigns:
    """The groups with a word in a line: one that a word of the line begins with."""
    index = _index()
    signs: PromptSigns = {}
    for found in _WORD_START.finditer(folded):
        at = found.start()
        for length in _LENGTHS if folded[at] >= _FIRST_KANA else _LENGTHS[:-1]:
            # Hardly ever true: only then are the words looked at one by one.
            if (words := index.get(folded[at : at + length])) is not None and folded.startswith(words.all, at):
                _note(signs, words.grouped, folded, at)
    return signs


def _note(signs: PromptSigns, grouped: Iterable[tuple[str, str]], folded: str, at: int) -> None:
    for word, group in grouped:
        if folded.startswith(word, at) and not _is_within(folded, at + len(word), group):
            before = signs.get(group)
            signs[group] = SignSpan(before.first if before else at, at)


def _is_within(folded: str, end: int, group: str) -> bool:
    """Whether a group's word that ends there is a piece of one that says something else: "follow" in "followers"."""
    if group in _WHOLE:
        return folded[end : end + 1].isalpha()
    return group in _VERBS and _DOER.match(folded, end) is not None


def starts_with(folded: str, group: str) -> bool:
    """Whether a text begins with a word of the group."""
    return folded.startswith(_by_start(group).get(folded[:_SHORT], ()))


def word_at(folded: str, group: str, at: int = 0) -> str | None:
    """The group's word that begins at a place of a text; the longest if there are several."""
    words = _by_start(group).get(folded[at : at + _SHORT])
    return next((word for word in words if folded.startswith(word, at)), None) if words else None


def has_word_within(folded: str, group: str, end: int) -> bool:
    """Whether a word of the text's first characters, before ``end``, begins with one of the group."""
    starts = _by_start(group)
    places = (found.start() for found in _WORD_START.finditer(folded, 0, end))
    return any(folded.startswith(starts.get(folded[at : at + _SHORT], ()), at) for at in places)


def fold(text: str) -> str:
    """A text without capitals, and with one apostrophe for the many; "i\u0307" is the Turkish dotted capital's."""
    if text.isascii():
        return text.lower()
    folded = text.casefold()
    for each in _APOSTROPHES:  # five quick searches, where a table is asked for each character
        folded = folded.replace(each, "'")
    return folded.replace("i\u0307", "i")


@cache
def group_words(group: str) -> frozenset[str]:
    """The words of a group, folded."""
    return frozenset(fold(word) for words in _lists()[group].values() for word in words)


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return word_lists(__package__, "prompt_words.toml")


@cache
def _index() -> dict[str, _Words]:
    """Words by the first three characters of the word, or all of a shorter one."""
    index: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in sorted(_lists().keys() - _PLAIN):
        for word in sorted(group_words(group)):
            bare = word.lstrip("¿¡(«„“ ")
            index[bare[:_LONG] if len(bare) >= _LONG else bare].append((bare, group))
    return {start: _Words(tuple(word for word, _ in words), tuple(words)) for start, words in index.items()}


@cache
def _by_start(group: str) -> dict[str, tuple[str, ...]]:
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(group_words(group), key=len, reverse=True):
        starts[word[:_SHORT]].append(word)
    return {start: tuple(words) for start, words in starts.items()}
