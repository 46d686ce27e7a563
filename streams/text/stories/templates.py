"""When headlines that are alike tell of different events: a template filled with another name, the next part of a serial.

"Okafor wins Ohio" and "Okafor wins Iowa" share all but what they tell. What most headlines of a story name is what the story is
about; a headline that has another name in its place is about something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from streams import lazy_re as re
from streams.text.spelling import comparable, one_alphabet, one_spelling
from streams.text.stories.headlines import are_forms
from streams.text.stories.signature import WITHOUT_CASE_FOR_NAMES, primary, rarities
from streams.text.stories.story import Member
from streams.text.stories.unspaced import take_apart_unspaced
from streams.text.wording import counted_parts, is_serial, is_unspaced

MOST_PER_CENT = 60
"""What this share of a story's headlines name is what it is about."""
TEMPLATE_PER_CENT = 60
"""A headline with this share of its words in the story's headlines is written like them."""
UNSPACED_PER_CENT = 50
"""The same where characters count as words: a verb is two or more of them, a name is one word."""
SERIAL_MS = 16 * 3_600_000
"""A daily serial's next part comes after this long; one day's is told by many outlets within it."""
_SHORTEST_WORD = 4
_SELDOM_TENTHS = 34  # of a decade of frequency below one in ten: well-known names are written so often
_NAMES_STAND_OUT = 6  # tenths: in a headline with more capitals, they do not mark names
_TOKEN = re.compile(r"[^\W\d_][\w'’]*")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a headline or a story's headlines say: ``words``, and how many of them have each; ``names``: those that are names;
    ``count``: the number of headlines."""

    words: Mapping[str, int]
    names: frozenset[str]
    count: int

    @property
    def subjects(self) -> frozenset[str]:
        """The names that most of the headlines have."""
        return frozenset(name for name in self.names if 100 * self.words[name] >= MOST_PER_CENT * self.count)


@lru_cache(maxsize=4_096)
def naming(compared: str, headline: str, language: str) -> Naming:
    """What one headline says, given by its sorted words and as written."""
    spaced = [word for word in compared.split() if not is_unspaced(word)]
    words = {word: 1 for word in spaced if len(word) >= _SHORTEST_WORD or word[0].isdigit() or not word.isascii()}
    names = _names_among(words, headline, primary(language))
    for word in filter(is_unspaced, compared.split()):
        found, characters = take_apart_unspaced(word)
        words |= dict.fromkeys(found | characters, 1)
        names |= found
    return Naming(words, frozenset(names), 1)


def _names_among(words: Iterable[str], headline: str, language: str) -> set[str]:
    """The names among the words of a headline that are written with spaces."""
    shown = None if language in WITHOUT_CASE_FOR_NAMES else _shown_names(headline)
    may_be = [word for word in words if word[0].isalpha()]
    if shown is None:
        return {word for word in may_be if _is_name(word, language)}
    first, *rest = shown
    return {word for word in may_be if word in rest or (word == first and _is_name(word, language))}


def naming_of(members: Iterable[Member], language: str, before: Naming | None = None) -> Naming:
    """What the headlines of a story say. ``before``: what those before these say; it must not be used any more."""
    words = before.words if before else Counter[str]()
    names = set(before.names) if before else set[str]()
    assert isinstance(words, Counter)
    count = before.count if before else 0
    for member in members:
        one = naming(member.compared, member.headline, language)
        words.update(one.words.keys())
        names |= one.names
        count += 1
    return Naming(words, frozenset(names), count)


def other_names(one: Naming, story: Naming) -> frozenset[str]:
    """The names that a headline has in place of what the story's headlines name; none if it may be about the same."""
    least_per_cent = UNSPACED_PER_CENT if any(map(is_unspaced, one.words)) else TEMPLATE_PER_CENT
    if 100 * len(one.words.keys() & story.words.keys()) < least_per_cent * len(one.words):
        return frozenset()
    if not _lacking(story.subjects, one):
        return frozenset()
    return frozenset(_lacking(one.names, story))


def name_others(one: Naming, other: Naming) -> bool:
    """Whether two stories are about different things: each about something that the other never names."""
    return bool(_lacking(one.subjects, other)) and bool(_lacking(other.subjects, one))


def _lacking(names: Iterable[str], where: Naming) -> set[str]:
    return {name for name in names if name not in where.words and not any(are_forms(name, word) for word in where.words)}


def are_parts_of_serials(one: str, other: str) -> bool:
    """Whether two headlines number their parts differently: "Matchday 20", "Matchday 21"."""
    parts, others = counted_parts(one), counted_parts(other)
    if any(others.get(part, number) != number for part, number in parts.items()):
        return True
    return bool(parts and others) and set(parts.values()).isdisjoint(others.values())


def are_next_of_serial(one: str, other: str, apart_ms: int) -> bool:
    """Whether two headlines are of a daily serial (markets, weather), and so far apart that they are of two days."""
    return apart_ms > SERIAL_MS and is_serial(one) and is_serial(other)


def _shown_names(headline: str) -> list[str] | None:
    """The first word and those that capitals mark as names, comparable; None if they mark none, as in title case."""
    words = _TOKEN.findall(headline)
    shown = [word for word in words[1:] if word[0].isupper()]
    if not shown or 10 * len(shown) > _NAMES_STAND_OUT * len(words):
        return None
    return [part for word in (words[0], *shown) for part in one_alphabet(one_spelling(comparable(word))).split()] or None


def _is_name(word: str, language: str) -> bool:
    """Whether a word may be a name: it is none of the language's common words, or is a name in English, where it is listed."""
    common = _common_words(language)
    if not common:
        return False
    return word not in common or (language != "en" and word in _english_names())


@cache
def _common_words(language: str) -> frozenset[str]:
    """Words of a language that are no names, as compared: in English those of ``plain.txt`` (made by
    ``bench/training/story_names.py``), elsewhere all that are listed, in scripts without capitals only the very common ones;
    none for a language without a list."""
    words = _english_words() if language == "en" else _often_written(language)
    return frozenset(one_alphabet(one_spelling(comparable(word))) for word in words)


def _often_written(language: str) -> set[str]:
    return {word for word, tenths in rarities(language).items() if tenths < _SELDOM_TENTHS or word.upper() != word.lower()}


@cache
def _english_names() -> frozenset[str]:
    return frozenset(rarities("en").keys() - _english_words())


def _english_words() -> set[str]:
    return set((files(__package__) / "plain.txt").read_text("utf-8").split())
