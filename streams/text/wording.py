"""What a headline says, whatever the order, number and inflection of its words: the coarser fingerprint.

Everything here is a function of the normalised headline (:func:`streams.text.headline.normalise_headline`), so equal headlines
always share the coarser fingerprint. It is the key of news.prepared: headlines that may be the same meet under it, and their
wording then decides which of them really are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

from streams import lazy_re as re
from streams.text.headline import genre_of, normalise_headline, without_and
from streams.text.spelling import comparable, one_spelling
from streams.word_lists import word_lists

FEWEST_CONTENT_WORDS = 4
"""A headline with fewer is compared as it is: a few words in another order may say anything."""
_MOST_ORDERED_WORDS = 16
"""For a longer headline, the order is not kept."""
_PLACE_BITS, _PLACE = 5, 0b11111
# Dropped, but the order remembers which of them preceded a word, in the three bits above its place: "Alder says Lorn lied".
_BEFORE = (("of",), ("in", "during"), ("at",), ("on",), ("with",), ("as",), ("say", "says", "said"))
_PREPOSITIONS = {word: number for number, alike in enumerate(_BEFORE, 1) for word in alike}

# Scripts without spaces: three characters count as a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CHARACTERS_A_WORD = 3
_ORDINAL = re.compile(r"\d{1,4}(?:st|nd|rd|th|e|a|o)?")
_NUMBER = re.compile(r"[\d.]+(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is remembered of a headline beside its key; empty (the default) if the key says it all.

    ``fine``: a 32-bit hash of the normalised headline; ``genre``: of the genre it names, 0 for none; ``order``: for each
    content word in its written order, its place among the sorted ones, from 1, and the preposition before it; empty if there
    are too many.
    """

    fine: int = 0
    genre: int = 0
    order: bytes = b""


THE_KEYS_OWN = Wording()
"""For a headline that is compared as it is, and for one that an earlier version remembered."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A normalised headline, split into its parts.

    ``words``: its content words without number and inflection, in their order; empty if the headline is compared as it is.
    ``behind``: for each, the number of the dropped preposition before it; 0 for none.
    """

    normalised: str
    genre: str = ""
    words: tuple[str, ...] = ()
    behind: tuple[int, ...] = ()

    @property
    def key_text(self) -> str:
        """The text that the fingerprint hashes."""
        return " ".join(sorted(self.words)) if self.words else self.normalised

    @property
    def wording(self) -> Wording:
        if not self.words:
            return THE_KEYS_OWN
        order = b""
        if len(self.words) <= _MOST_ORDERED_WORDS:
            in_order = sorted(range(len(self.words)), key=self.words.__getitem__)
            places = {at: place for place, at in enumerate(in_order, 1)}
            order = bytes([places[at] | behind << _PLACE_BITS for at, behind in enumerate(self.behind)])
        return Wording(_hash(self.normalised), _hash(self.genre) if self.genre else 0, order)

    @property
    def tells_something(self) -> bool:
        """Whether it says what its article is about, so that another text under it is about the same."""
        return telling_words(self.normalised) >= FEWEST_CONTENT_WORDS


class Likeness(IntEnum):
    """How similar two headlines with one key are; higher is more similar."""

    OTHER = 0
    """Another genre, or the same words in an order that may say something else."""
    SAME_WORDS = 1
    EQUAL = 2


@lru_cache(maxsize=1_024)
def take_apart(normalised: str) -> Headline:
    """Split a normalised headline into its parts."""
    genre, said = genre_of(normalised)
    if said.partition(" ")[0] in _words("asking"):
        genre = f"{genre} question".strip()
    words, behind, preposition = [], [], 0
    for word in said.split():
        if word in _words("left_out"):
            preposition = _PREPOSITIONS.get(word, preposition)
        else:
            words.append(_stem(word))
            behind.append(preposition)
            preposition = 0
    if len(words) < FEWEST_CONTENT_WORDS:
        return Headline(normalised)
    return Headline(normalised, genre, tuple(words), tuple(behind))


@lru_cache(maxsize=1_024)  # called by `prepare`, and twice by `deduplicate`: for the key's owner and for the signature
def compared_headline(headline: str, outlets: tuple[str, ...], authors: tuple[str, ...], section: str | None) -> Headline:
    """A headline in the form for comparison: normalised and split into its parts."""
    return take_apart(normalise_headline(headline, outlets, authors=authors, section=section))


def fingerprint_headline(
    headline: str, outlets: Sequence[str] = (), *, authors: Sequence[str] = (), section: str | None = None
) -> str:
    """The 128-bit BLAKE2b hash of a headline's sorted content words: 32 hexadecimal digits.

    ``headline`` and what its event says about its source are those of :func:`~streams.text.headline.normalise_headline`.
    """
    read = compared_headline(headline, tuple(outlets), tuple(authors), section)
    return blake2b(read.key_text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def likeness(seen: Headline, remembered: Wording) -> Likeness:
    """How similar a headline and a remembered one with the same fingerprint are."""
    wording = seen.wording
    if remembered == THE_KEYS_OWN or remembered.fine == wording.fine:
        return Likeness.EQUAL
    if remembered.genre != wording.genre or not (remembered.order and wording.order):
        return Likeness.OTHER
    inflected = sorted(seen.words)
    before = [inflected[(place & _PLACE) - 1] for place in remembered.order if (place & _PLACE) <= len(inflected)]
    if before == list(seen.words):
        return Likeness.SAME_WORDS
    behind = {word: place >> _PLACE_BITS for word, place in zip(before, remembered.order, strict=False)}
    is_said = says_the_same(before, seen.words) and _agree(behind, dict(zip(seen.words, seen.behind, strict=True)))
    return Likeness.SAME_WORDS if is_said else Likeness.OTHER


def _agree(behind: Mapping[str, int], behind_now: Mapping[str, int]) -> bool:
    """Whether two orders of the same words have the same prepositions before the same words, or one lacks some.

    "Alder at Lorn" differs from "Lorn at Alder", and "with Alder on Lorn" from "with Lorn on Alder"; "revenue in January"
    equals "January revenue".
    """
    lost = [word for word, preposition in behind.items() if preposition and not behind_now.get(word)]
    new = [word for word, preposition in behind_now.items() if preposition and not behind.get(word)]
    changed = [word for word, preposition in behind.items() if preposition and behind_now.get(word, 0) not in (0, preposition)]
    return not changed and not (lost and new)


def says_the_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the same words in two orders say the same: at most one part of the headline has moved.

    True for "Five dead in Kabul blast" and "Kabul blast: five dead"; false for "Alder beats Lorn" and "Lorn beats Alder", where
    two parts have moved. Numbers keep their order, those of a score their place, and words after "after" or "not" stay there.
    """
    if list(one) == list(other):
        return True
    return (
        _is_one_move(one, other)
        and _numbers(one) == _numbers(other)
        and not _has_score(one)
        and not _has_score(other)
        and _bound(one) == _bound(other)
    )


def _is_one_move(one: Sequence[str], other: Sequence[str]) -> bool:
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    moved, into = list(one[start : len(one) - end]), list(other[start : len(other) - end])
    return any(moved[cut:] + moved[:cut] == into for cut in range(len(moved)))


def _numbers(words: Sequence[str]) -> list[str]:
    return [word for word in words if word[0].isdigit()]


def _has_score(words: Sequence[str]) -> bool:
    return any(one[0].isdigit() and other[0].isdigit() for one, other in pairwise(words))


def _bound(words: Sequence[str]) -> list[tuple[str, str]]:
    """The words that reverse a meaning, each with the word after it."""
    return sorted((word, after) for word, after in zip(words, [*words[1:], ""], strict=True) if word in _words("binding"))


_VOWEL = re.compile("[aeiouy]")
_SHORTEST_STEM = 3


def _stem(word: str) -> str:
    """A word without plural, third person and "-ing". "-ed" stays: someone who "sues" is not someone who is "sued"."""
    if len(word) <= _SHORTEST_STEM or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    elif word.endswith("ing") and len(word) > _SHORTEST_STEM + 2 and _VOWEL.search(word[:-3]):
        word = word[:-3]
        if word[-1] == word[-2] and word[-1] not in "lsz":
            word = word[:-1]
    # "making" and "makes"; but not of "tuée", which would be "tue".
    return word[:-1] if word.endswith("e") and not word.endswith("ee") and len(word) > _SHORTEST_STEM else word


def telling_words(normalised: str) -> int:
    """How many words say what the article is about: no number, function word, weekday, nor what columns are called."""
    text = f" {normalised} "
    columns = columns_of(normalised)
    for part in columns:
        text = text.replace(part, " ")
    unspaced = len(_UNSPACED.findall(text))
    spaced = [word for word in _UNSPACED.sub(" ", text).split() if len(word) > 1 and not _NUMBER.fullmatch(word)]
    small = _untelling_words()
    told = sum(word not in small for word in spaced) + unspaced // _CHARACTERS_A_WORD
    return max(0, told - FEWEST_CONTENT_WORDS) if columns else told


@cache
def _untelling_words() -> frozenset[str]:
    everyday = (comparable(word) for word in _words("everyday"))  # they are written as they are spelled
    return _words("left_out") | _words("small") | _words("weekdays") | _words("rubrics") | frozenset(everyday)


def columns_of(normalised: str) -> tuple[str, ...]:
    """What a normalised headline says of the columns or services it belongs to: "Horoscope for today", "今日天气预报"."""
    return _named_in(normalised, "columns")


@lru_cache(maxsize=4_096)
def is_serial(headline: str) -> bool:
    """Whether a headline, as written, is of something that is told every day: markets, weather, standings."""
    plain = one_spelling(comparable(headline))
    return bool(_named_in(plain, "columns") or _named_in(plain, "serials"))


@lru_cache(maxsize=4_096)
def counted_parts(headline: str) -> Mapping[str, str]:
    """The numbered parts that a headline names: {"matchday": "20"}."""
    pairs = list(pairwise(one_spelling(comparable(headline)).split()))
    parts = {word: number for word, number in pairs if word in _words("parts") and _ORDINAL.fullmatch(number)}
    return parts | {word: number for number, word in pairs if word in _words("counted") and _ORDINAL.fullmatch(number)}


def _named_in(normalised: str, table: str) -> tuple[str, ...]:
    text = f" {normalised} "
    starts = {word[:_START] for word in normalised.split()}
    if _UNSPACED.search(normalised):
        starts.update(normalised[at : at + _START] for at in range(len(normalised)))
        starts.update(normalised[at : at + 2] for at in range(len(normalised)))
    columns = _columns(table)
    named = (parts for start in starts if start in columns for parts in columns[start] if all(part in text for part in parts))
    return tuple(sorted({part for parts in named for part in parts}, key=lambda part: (-len(part), part)))


_START = 3  # characters by which columns are found


@cache
def _columns(kind: str) -> dict[str, list[tuple[str, ...]]]:
    """What columns or serials are called, by how the first part begins: parts that all have to be there, a space where a word
    begins."""
    table = word_lists("streams.text", "wording_words.toml")[kind]
    columns: dict[str, list[tuple[str, ...]]] = {}
    for name in (name for line in table.values() for name in line.split(",")):
        for spelled in (comparable, lambda part: one_spelling(comparable(part))):  # Vietnamese tones may stay
            parts = tuple(_as_in_text(part, without_and(spelled(part).split())) for part in name.split("+"))
            columns.setdefault(parts[0].split()[0][:_START], []).append(parts)
    return columns


def _as_in_text(written: str, word: str) -> str:
    """A part as it appears in a headline: at the beginning of a word, and to its end where it is written with a stop."""
    if _UNSPACED.match(word):
        return word
    return f" {word} " if written.rstrip().endswith(".") else f" {word}"


_LONG = 4  # characters


def says_much(word: str) -> bool:
    """Whether a word in place of another makes a headline say something else: any but function words, "UK" as well."""
    return len(word) >= _LONG or (word not in _words("left_out") and word not in _words("small"))


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script without spaces, so that it may be many."""
    return _UNSPACED.search(word) is not None


def turns(words: Iterable[str]) -> bool:
    """Whether one of the words reverses what a headline says: "not", "up", "loses"."""
    return not _words("turning").isdisjoint(words)


def is_next_of_column(one: str, other: str) -> bool:
    """Whether two normalised headlines of one outlet, with words in any order, mean that its column has come again.

    Either they are equal and say too little ("Letters to the editor"), or they name different weekdays and a column ("Weather
    on Monday", "Weather on Tuesday: showers"), or differ only in the weekday.
    """
    if one == other:
        return telling_words(one) < FEWEST_CONTENT_WORDS
    words, others = set(one.split()), set(other.split())
    day, other_day = (words - others) & _words("weekdays"), (others - words) & _words("weekdays")
    if not day or not other_day:
        return False
    return words - day == others - other_day or bool(words & others & _words("rubrics"))


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _words(name: str) -> frozenset[str]:
    table = word_lists("streams.text", "wording_words.toml")[name]
    return frozenset(word.strip() for line in table.values() for word in line.split(","))
