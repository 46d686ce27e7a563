"""``page_phrases.toml``: the phrases of furniture, and the words of datelines, bylines and dates."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from streams import lazy_re as re
from streams.text.article import CutKind
from streams.word_lists import word_lists

BULLETS = " \t•·*»«›‹<>|–—-►▶→←↑○●▪■□+×"


class Phrases(NamedTuple):
    """``page_phrases.toml``, arranged so that a line is looked up instead of searched."""

    reasons: dict[CutKind, str]
    whole: dict[str, CutKind]
    weak: frozenset[str]
    starts: dict[str, list[tuple[str, CutKind]]]  # by their first two characters
    share_words: frozenset[str]
    byline: re.Pattern[str]
    agencies: frozenset[str]
    short_places: frozenset[str]
    colon_places: frozenset[str]
    colon_places_in_capitals: frozenset[str]
    not_places: frozenset[str]
    particles: frozenset[str]
    date_words: frozenset[str]
    date_company: frozenset[str]


@cache
def load_phrases() -> Phrases:
    lists = word_lists(__package__, "page_phrases.toml")
    kinds = {CutKind(name): entry for name, entry in lists.items() if "reason" in entry}

    def words(of: dict[str, list[str]]) -> list[str]:
        return [spelled for by_language in of.values() for word in by_language for spelled in _spellings(word.casefold())]

    starts = defaultdict(list)
    for kind, entry in kinds.items():
        for start in words(entry["start"]):
            starts[start[:2]].append((start, kind))
    return Phrases(
        reasons={kind: entry["reason"] for kind, entry in kinds.items()},
        whole={bare(phrase): kind for kind, entry in kinds.items() for phrase in words(entry["whole"])},
        weak=frozenset(bare(phrase) for entry in kinds.values() for phrase in words(entry.get("weak", {}))),
        starts=dict(starts),
        share_words=frozenset(word for phrase in words(lists["share-bar"]["weak"]) for word in phrase.split()),
        byline=re.compile(
            rf"(?:{'|'.join(map(re.escape, words(lists['byline-words'])))})(\s*[:：/／|｜]\s*|\s+)", re.IGNORECASE
        ),
        agencies=frozenset(name for names in lists["agencies"].values() for name in names),
        short_places=frozenset(words(lists["short-places"])),
        colon_places=frozenset(words(lists["colon-places"])),
        colon_places_in_capitals=frozenset(words(lists["colon-places-in-capitals"])),
        not_places=frozenset(words(lists["not-places"])),
        particles=frozenset(words(lists["particles"])),
        date_words=frozenset(words(lists["date-words"])),
        date_company=frozenset(words(lists["date-company"])),
    )


def _spellings(word: str) -> tuple[str, ...]:
    """A word, and without its accents one in Greek, which has none in capitals: "ΔΙΑΦΗΜΙΣΗ"."""
    return (word, word.translate(_UNACCENTED)) if word.translate(_UNACCENTED) != word else (word,)


_UNACCENTED = str.maketrans("άέήίόύώΐΰ", "αεηιουωϊϋ")


def bare(text: str) -> str:
    return text.replace("’", "'").lstrip(BULLETS).rstrip(" .:…»›>|→!?")
