"""What an article is about: IPTC Media Topics, found by words.

Two lists are looked for in the text. ``news_words.toml`` holds words that news uses when it is about one of the IPTC's
seventeen top-level subjects, in sixteen languages; ``mediatopics.json`` holds the names of all the IPTC's terms, in ten.
Words and names together decide the top levels; a deeper term is given when the text says its very name and its top level
is given too. No subject rather than a wrong one: where too few words speak, or they speak for everything at once,
nothing is given.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from math import fsum, sqrt

from streams.enrich.article import Subject

# Names the method and its version in ninjs ``subjects[].creator``: what changes tags raises the number.
CREATOR = "urn:headwater:model:mediatopic-words:1"
URI_PREFIX = "http://cv.iptc.org/newscodes/mediatopic/"

MAX_TOP_LEVELS = 3
MAX_DEEPER_TERMS = 4
MAX_EVIDENCE = 5  # words
# No top level below this confidence: on the development data, two of three tags between 30 and 40 are wrong.
FLOOR = 35

# How strongly a word speaks: about the logarithm of how much more often texts on the subject have it than others.
STRENGTH = {"strong": 3.0, "fair": 2.0, "weak": 1.0}
NAME_STRENGTH = 1.0
LONG_NAME_STRENGTH = 2.0  # of two words or more
# How much a place is heeded: news says in headline and lead what it is about, and wanders further down.
TITLE_ATTENTION = 4.0  # headline and keywords
LEAD_ATTENTION = 1.0
REST_ATTENTION = 0.5
LEAD_WORDS = 200
READ_CHARS = 2_000  # of headline and body; half of it where a character is a syllable or a word
READ_KEYWORDS = 50
LONGEST_WORD = 40  # characters; what is longer is no word of the lists
# Confidence is E² / (E² + DOUBT + RIVALRY x the sum of E² of the other top levels), where E is the evidence for one. The
# numbers were fitted to half of the development data: its texts alone, and put together to articles on one subject or two.
DOUBT = 12.0
RIVALRY = 0.5
# A deeper term must be named in headline or keywords, or twice in the lead.
DEEPER_ATTENTION = 2.0
# A deeper term that is named in an article of its branch is what the article is about in two of three cases (.66 of 1,961
# HuffPost and Wikipedia texts with known sections; not measured for the seldom ones).
DEEPER_TRUST = 0.66


@dataclass(frozen=True, slots=True)
class Term:
    """One IPTC Media Topic: its code, the code of its top level, and its names by language."""

    code: str
    top: str
    names: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Clue:
    """What a word or phrase of the text says: this term, so strongly."""

    term: Term
    strength: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What one language has to look for.

    ``phrases`` are joined by single spaces (by nothing where a language writes none); ``lengths`` says by a phrase's first
    word how many words a phrase may have, the longest first. ``clues_of_word`` answers for a single word.
    """

    phrases: dict[str, list[Clue]]
    lengths: dict[str, list[int]]
    clues_of_word: Callable[[str], Sequence[Clue]]


@dataclass(slots=True)
class Find:
    """Words of the text that are clues, and the attention that the places where they stand deserve, summed up."""

    clues: Sequence[Clue]
    attention: float = 0.0


def tag_subjects(headline: str, body: str, keywords: Sequence[str], language: str) -> tuple[Subject, ...]:
    """The subjects of an article, best first: up to three top levels and up to four deeper terms below them.

    ``language`` is a BCP 47 tag and says which words to look for: for "und" the English ones, for a language without a
    list none. The confidence, 1 to 100, is about the share of right answers, measured on headlines and short texts.
    ``evidence`` holds up to five words in lower case, the most telling first. Any text is fine.
    """
    listed = _listed_language(language)
    if listed is None:
        return ()
    finds = _read_text(headline, body, keywords, listed)
    top_levels = _top_levels(finds)
    deeper_terms = _deeper_terms(finds, {subject.uri: subject.confidence for subject in top_levels})
    return tuple(sorted(top_levels + deeper_terms, key=lambda subject: (-subject.confidence, subject.uri)))


def load(*languages: str) -> None:
    """Read the words of these languages now instead of at the first article (0.1 s for the first, then 20 ms each)."""
    for listed in filter(None, map(_listed_language, languages)):
        _lexicon(listed)


@cache
def listed_languages() -> frozenset[str]:
    """The BCP 47 tags of the languages that have words to look for."""
    return frozenset(tag for term in media_topics().values() for tag in term.names) | _news_words().keys()


@cache
def media_topics() -> dict[str, Term]:
    """The IPTC Media Topics in use, by code."""
    rows = json.loads(_read("mediatopics.json"))["terms"]
    parents: dict[str, str | None] = {row["code"]: row["parent"] for row in rows}

    def top_of(code: str) -> str:
        parent = parents[code]
        return code if parent is None else top_of(parent)

    return {row["code"]: Term(row["code"], top_of(row["code"]), row["names"]) for row in rows}


def _top_levels(finds: Mapping[str, Find]) -> list[Subject]:
    evidence: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for words, find in finds.items():
        for clue in find.clues:
            # A word said four times counts as two: the root. A word that is a clue to several terms of a top level
            # counts once, as the strongest of them.
            strength = clue.strength * sqrt(find.attention)
            evidence[clue.term.top][words] = max(evidence[clue.term.top][words], strength)

    squares = {top: fsum(words.values()) ** 2 for top, words in evidence.items()}  # fsum: the same on every machine
    doubt = DOUBT + RIVALRY * fsum(squares.values())
    found = [
        _subject(top, 100 * square / (square + doubt - RIVALRY * square), evidence[top]) for top, square in squares.items()
    ]
    found.sort(key=lambda subject: (-subject.confidence, subject.uri))
    return [subject for subject in found[:MAX_TOP_LEVELS] if subject.confidence >= FLOOR]


def _deeper_terms(finds: Mapping[str, Find], confidences: Mapping[str, int]) -> list[Subject]:
    """Terms that the text names, below the top levels that are given (by URI, with their confidence)."""
    attention: dict[str, dict[str, float]] = defaultdict(dict)
    for words, find in finds.items():
        for clue in find.clues:
            if clue.term.code != clue.term.top and URI_PREFIX + clue.term.top in confidences:
                attention[clue.term.code][words] = find.attention
    heeded = {code: total for code, words in attention.items() if (total := sum(words.values())) >= DEEPER_ATTENTION}
    most = sorted(heeded, key=lambda code: (-heeded[code], code))[:MAX_DEEPER_TERMS]
    return [_subject(code, DEEPER_TRUST * confidences[URI_PREFIX + media_topics()[code].top], attention[code]) for code in most]


def _subject(code: str, confidence: float, evidence: Mapping[str, float]) -> Subject:
    words = sorted(evidence, key=lambda words: (-evidence[words], words))
    name = media_topics()[code].names["en"][0]
    return Subject(URI_PREFIX + code, name, max(1, round(confidence)), tuple(words[:MAX_EVIDENCE]))


def _read_text(headline: str, body: str, keywords: Sequence[str], listed: str) -> dict[str, Find]:
    """All clues that the article holds, by their words."""
    finds: dict[str, Find] = {}
    read = READ_CHARS // 2 if listed in _WITHOUT_SPACES else READ_CHARS
    for title in (headline, *(_CAMEL_HUMP.sub(" ", keyword) for keyword in keywords[:READ_KEYWORDS])):
        for _, words, clues in _clues(_words(title[:read], listed), listed):
            finds[words] = Find(clues, TITLE_ATTENTION)  # once: hashtags often just repeat the headline
    for position, words, clues in _clues(_words(body[:read], listed), listed):
        find = finds.setdefault(words, Find(clues))
        find.attention += LEAD_ATTENTION if position < LEAD_WORDS else REST_ATTENTION
    return finds


def _clues(text: list[str], listed: str) -> Iterator[tuple[int, str, Sequence[Clue]]]:
    """Position, words and clues of all that is listed; a phrase hides its own words ("trade war" is no war)."""
    lexicon = _lexicon(listed)
    space = _space(listed)
    position = 0
    while position < len(text):
        word, step = text[position], 1
        for length in lexicon.lengths.get(word, ()):
            phrase = space.join(text[position : position + length])
            if phrase in lexicon.phrases:
                yield position, phrase, lexicon.phrases[phrase]
                step = length
                break
        else:
            if clues := lexicon.clues_of_word(word[:LONGEST_WORD]):
                yield position, word, clues
        position += step


_WITHOUT_SPACES = frozenset({"ja", "zh-Hans", "zh-Hant"})
_CHARACTER = re.compile(r"[\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF]|[a-z0-9]+")
# For `re`, the vowel signs of Arabic and Hindi are no part of a word: they are named here, up to but not the danda.
_WORD = re.compile(r"[\w\u0300-\u036F\u064B-\u065F\u0670\u0900-\u0963\u0966-\u0DFF\u200C\u200D]+")
_APOSTROPHE = re.compile("['\u2019\u02bc]")
_CAMEL_HUMP = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
# What Arabic writes before a noun without a space: the, and, and the, in, in the, for, for the.
_ARABIC_PREFIXES = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل")


def _words(text: str, listed: str) -> list[str]:
    """Words in lower case; single characters where a language writes no spaces, so that words there are phrases."""
    plain = unicodedata.normalize("NFKC", text.replace("İ", "i").replace("_", " ")).casefold()
    if listed in _WITHOUT_SPACES:
        return _CHARACTER.findall(plain)
    return _WORD.findall(_APOSTROPHE.sub("", plain) if listed == "uk" else plain)  # in Ukrainian it is a letter


def _space(listed: str) -> str:
    return "" if listed in _WITHOUT_SPACES else " "


def _listed_language(language: str) -> str | None:
    """The language whose words to look for, None if there are none."""
    if language in {"", "und"}:
        return "en"
    primary = language.partition("-")[0].lower()
    relatives = (language, {"zh": "zh-Hans", "nb": "no", "nn": "no"}.get(primary, primary))
    return next((tag for tag in relatives if tag in listed_languages()), None)


@cache
def _lexicon(listed: str) -> Lexicon:
    words: dict[str, list[Clue]] = defaultdict(list)
    beginnings: dict[str, list[Clue]] = defaultdict(list)
    phrases: dict[str, list[Clue]] = defaultdict(list)
    lengths: dict[str, set[int]] = defaultdict(set)

    for form, clue in _entries(listed):
        first, *more = _words(form, listed)
        if more:
            phrases[_space(listed).join((first, *more))].append(clue)
            lengths[first].add(1 + len(more))
        else:
            (beginnings if form.endswith("*") else words)[first].append(clue)

    @lru_cache(maxsize=16_384)  # 3 MB a language; few words make up most of the news
    def clues_of_word(word: str) -> tuple[Clue, ...]:
        beginning = (beginnings.get(word[:length], ()) for length in range(1, len(word) + 1))
        return (*words.get(word, ()), *chain.from_iterable(beginning))

    longest_first = {first: sorted(found, reverse=True) for first, found in lengths.items()}
    return Lexicon(dict(phrases), longest_first, clues_of_word)


def _entries(listed: str) -> Iterator[tuple[str, Clue]]:
    """All that the two lists hold in one language."""
    for code, strength, form in _news_words().get(listed, ()):
        for prefix in _ARABIC_PREFIXES if listed == "ar" else ("",):
            yield prefix + form, Clue(media_topics()[code], strength)
    for term in media_topics().values():
        # A top level is named by several words, which are in the other list. "fine (penalty)" says that "fine" misleads.
        for name in term.names.get(listed, ()) if term.code != term.top else ():
            if "(" not in name:
                strength = NAME_STRENGTH if len(_words(name, listed)) == 1 else LONG_NAME_STRENGTH
                yield name, Clue(term, strength)
                if listed == "en":
                    yield name + "s", Clue(term, strength)


@cache
def _news_words() -> dict[str, list[tuple[str, float, str]]]:
    """By language: code of a top level, strength, and a word, phrase or beginning of a word ("negotiat*")."""
    lists = tomllib.loads(_read("news_words.toml"))
    codes = lists.pop("subjects")
    found: dict[str, list[tuple[str, float, str]]] = {}
    for language, subjects in lists.items():
        found[language] = []
        for subject, words in subjects.items():
            by_strength = words if isinstance(words, dict) else {"fair": words}
            for strength, forms in by_strength.items():
                entries = ((codes[subject], STRENGTH[strength], form.strip()) for form in forms.split(","))
                found[language].extend(entries)
    return found


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
