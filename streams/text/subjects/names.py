"""The names of subjects: IPTC Media Topics by their labels, and the sections of newspapers.

``mediatopics.json`` holds the IPTC's terms with their labels in ten languages; ``section_names.toml`` what newspapers call the
top levels, in any language; ``term_words.toml`` words that mean a deeper term without being its name.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import compress, count

from streams.text.subjects.words import WITHOUT_SPACES, words_of
from streams.word_lists import word_lists

NO_TERM = "none"  # in term_words.toml: phrases in which a name does not mean its term
LONGEST_NAME = 60  # characters of a section or keyword


@dataclass(frozen=True, slots=True)
class Term:
    """One IPTC Media Topic: its code, the code of its top level and of its parent (if any), and its names by language."""

    code: str
    top: str
    parent: str | None
    names: Mapping[str, Sequence[str]]


@cache
def media_topics() -> dict[str, Term]:
    """The IPTC Media Topics in use, by code."""
    rows = json.loads(_read("mediatopics.json"))["terms"]
    parents: dict[str, str | None] = {row["code"]: row["parent"] for row in rows}

    def top_of(code: str) -> str:
        parent = parents[code]
        return code if parent is None else top_of(parent)

    return {row["code"]: Term(row["code"], top_of(row["code"]), row["parent"], row["names"]) for row in rows}


def term_named(name: str) -> Term | None:
    """The term that a section's name or a keyword means, in any language; None if it does not name one.

    "Sports", "Политика" and "#ClimateChange" (as "Climate Change") are such names; "Russia" is not. Among terms with the same
    name, the higher one counts.
    """
    code = _codes().get(_plain(name[:LONGEST_NAME]))
    return None if code is None else media_topics()[code]


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for section in word_lists("streams.text", "section_names.toml").values():
        for name in section["names"].split(","):
            found.setdefault(_plain(name), section["code"])
    by_level = sorted(media_topics().values(), key=lambda term: (term.code != term.top, term.code))
    for term in by_level:
        for names in term.names.values():
            for name in names:
                found.setdefault(_plain(name), term.code)
    return found


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name.replace("İ", "i").replace("_", " ")).casefold().split())


def named_terms(words: Sequence[str], language: str) -> Iterator[tuple[int, str, Sequence[str]]]:
    """Position, name and codes of the deeper terms that a text's words name; the longest name if several begin there."""
    names = _names(language)
    behind = 0  # words before this belong to a name already
    for position in compress(count(), map(names.lengths.__contains__, words)):
        if position >= behind:
            for length in names.lengths[words[position]]:
                name = names.space.join(words[position : position + length])
                if name in names.codes:
                    yield position, name, names.codes[name]
                    behind = position + length
                    break


@dataclass(frozen=True, slots=True)
class _Names:
    """Names as the words of a text, joined by ``space``; ``lengths``: by first word, the numbers of words, longest first."""

    codes: Mapping[str, Sequence[str]]
    lengths: Mapping[str, Sequence[int]]
    space: str


@cache
def _names(language: str) -> _Names:
    codes: dict[str, list[str]] = defaultdict(list)
    lengths: dict[str, set[int]] = defaultdict(set)
    space = "" if language in WITHOUT_SPACES else " "
    for form, code in _forms(language):
        words = words_of(form, language) if space else list("".join(words_of(form, language)))
        if words and code not in codes[space.join(words)]:
            codes[space.join(words)] += [code] if code != NO_TERM else []
            lengths[words[0]].add(len(words))
    return _Names(dict(codes), {first: sorted(found, reverse=True) for first, found in lengths.items()}, space)


def _forms(language: str) -> Iterator[tuple[str, str]]:
    """Every expression for a deeper term in a language, and the term's code."""
    for term in media_topics().values():
        # "fine (penalty)" shows that "fine" is ambiguous; names of top levels do not occur in texts.
        for name in term.names.get({"zh": "zh-Hans"}.get(language, language), ()) if term.code != term.top else ():
            if "(" not in name:
                yield name, term.code
                if language == "en":
                    yield name + "s", term.code
    for code, words in word_lists(__package__, "term_words.toml").get(language, {}).items():
        for word in words.split(","):
            yield word, code


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
