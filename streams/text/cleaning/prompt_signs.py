"""Finds the words of ``prompt_words.toml`` in a line: which groups have one there, and where, in one pass over its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import repeat
from operator import add
from typing import NamedTuple

from streams import lazy_re as re
from streams.word_lists import word_lists

# Scripts without spaces, or with articles and prepositions attached to the word: there a word may begin at any letter.
_JOINED = "\u0590-\u06ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD_START = re.compile(rf"(?<![^\W\d_])[^\W\d_]|[{_JOINED}]")
_JOINED_LETTER = re.compile(f"[{_JOINED}]")
_WORD = re.compile(r"[^\W\d_]+")
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
        "place-in-time",
        "an-article",
        "to-read",
        "see",
        "to-see",
        "play",
        "views",
        "of-the-author",
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
    signs: PromptSigns = {}
    if not folded.isascii() and _JOINED_LETTER.search(folded):
        groups = _searched_groups()
        index, beginnings = _index(groups), _beginnings(groups)
        for at, two in enumerate(map(add, folded, folded[1:] + " ")):
            if (two not in beginnings and two[0] not in beginnings) or not _WORD_START.match(folded, at):
                continue
            for length in _LENGTHS if folded[at] >= _FIRST_KANA else _LENGTHS[:-1]:
                # Hardly ever true: only then are the words looked at one by one.
                if (words := index.get(folded[at : at + length])) is not None and folded.startswith(words.all, at):
                    _note(signs, words.grouped, folded, at)
    else:
        for hints in filter(None, map(_hinted_by, set(folded.split()), repeat(_searched_groups()))):
            for word, group in hints:
                if word in folded:
                    _note_all(signs, word, group, folded)
    return signs


def may_have(folded: str, groups: frozenset[str]) -> bool:
    """A cheap test: False only if no word of the groups is in the text."""
    is_joined = not folded.isascii() and _JOINED_LETTER.search(folded) is not None
    return is_joined or any(map(_hinted_by, folded.split(), repeat(groups)))


def _note_all(signs: PromptSigns, word: str, group: str, folded: str) -> None:
    at = folded.find(word)
    while at >= 0:
        if at == 0 or not _WORD.match(folded, at - 1):
            _note(signs, ((word, group),), folded, at)
        at = folded.find(word, at + 1)


@lru_cache(maxsize=16_384)  # most of any text is a few thousand words
def _hinted_by(piece: str, groups: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The words with their groups that a line may have if this is in it, between two spaces."""
    stems, whole = _hints(groups)
    return tuple(
        hint
        for word in _WORD.findall(piece)
        for hints in (whole.get(word, ()), *(stems.get(word[:end], ()) for end in range(1, len(word) + 1)))
        for hint in hints
    )


def _note(signs: PromptSigns, grouped: Iterable[tuple[str, str]], folded: str, at: int) -> None:
    for word, group in grouped:
        if folded.startswith(word, at) and not _is_within(folded, at + len(word), group):
            first, last = signs.get(group, (at, at))
            signs[group] = SignSpan(min(first, at), max(last, at))


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
def longest_word(group: str) -> int:
    """How long the longest word of a group is, in characters."""
    return max(map(len, group_words(group)))


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return word_lists(__package__, "prompt_words.toml")


@cache
def _searched_groups() -> frozenset[str]:
    return frozenset(_lists().keys() - _PLAIN)


@cache
def _index(groups: frozenset[str]) -> dict[str, _Words]:
    """Words by the first three characters of the word, or all of a shorter one."""
    index: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in sorted(groups):
        for word in sorted(group_words(group)):
            bare = word.lstrip("¿¡(«„“ ")
            index[bare[:_LONG] if len(bare) >= _LONG else bare].append((bare, group))
    return {start: _Words(tuple(word for word, _ in words), tuple(words)) for start, words in index.items()}


@cache
def _beginnings(groups: frozenset[str]) -> frozenset[str]:
    """The first two characters of each word, or the only one: what rules out nearly every place of a line."""
    return frozenset(start[:_SHORT] for start in _index(groups))


class _Hints(NamedTuple):
    """Words with their groups, each by the longest of its parts: one that the line's word must begin with, or be."""

    stems: dict[str, list[tuple[str, str]]]
    whole: dict[str, list[tuple[str, str]]]


@cache
def _hints(groups: frozenset[str]) -> _Hints:
    stems: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    whole: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for words in _index(groups).values():
        for word, group in words.grouped:
            if _WORD.match(word):
                # Of parts as long as each other the last, as most begin with an article or a preposition.
                part = max(reversed(list(_WORD.finditer(word))), key=lambda found: found.end() - found.start())
                (stems if part.end() == len(word) else whole)[part[0]].append((word, group))
    return _Hints(dict(stems), dict(whole))


@cache
def _by_start(group: str) -> dict[str, tuple[str, ...]]:
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(group_words(group), key=len, reverse=True):
        starts[word[:_SHORT]].append(word)
    return {start: tuple(words) for start, words in starts.items()}
