"""Write into the tables which words tell a subject by themselves, and which are no evidence.

    train-venv/bin/python -m bench.training.subject_telling streams/text/subjects/tables

Run after ``subjects`` and ``subject_languages``, before ``subject_confidence``. A telling word, of those that
``bench/data/telling_words.toml`` lists, speaks for its subject at least as clearly as ``TELLING`` says, and for the
others less clearly by ``AHEAD`` at least; a word that no table knew gets a row, and so does a beginning of words, for forms
that are in no list. The most frequent words of a language
("the", "against") are listed beside the table: how a text is written does tell something, but no reader takes them for
evidence. Run twice, it changes nothing more.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import wordfreq  # type: ignore[import-not-found]

from bench.training.subject_languages import WORDFREQ
from streams.text.subjects.words import BEGINNING, LONGEST_SEGMENT, TOP_LEVELS, words_of

DATA = Path(__file__).parents[1] / "data"
LISTED = tomllib.loads((DATA / "telling_words.toml").read_text(encoding="utf-8"))
SUBJECTS = tomllib.loads((DATA / "news_words.toml").read_text(encoding="utf-8"))["subjects"]
TELLING = 4.5  # log odds
AHEAD = 2.5  # log odds
FUNCTION_WORDS = 100  # the most frequent ones of wordfreq
FREQUENT = 30_000  # words of wordfreq that a beginning may mean
ZERO = 128  # of a row's bytes


def told_words(language: str, vocabulary: Iterable[str]) -> dict[str, int]:
    """The telling words of a language, and the number of the top level that each tells: the longest beginning decides."""
    known = {*vocabulary, *_frequent(language)}
    entries = [(name, entry) for name, listed in LISTED.get(language, {}).items() for entry in listed.split(", ")]
    found: dict[str, int] = {}
    for name, entry in sorted(entries, key=lambda each: (not each[1].endswith(BEGINNING), len(each[1]))):
        number, plain = TOP_LEVELS.index(SUBJECTS[name]), "".join(words_of(entry, language))
        found |= dict.fromkeys(_forms(plain, known, language) if entry.endswith(BEGINNING) else [plain], number)
    return found


def _forms(beginning: str, known: Iterable[str], language: str) -> list[str]:
    """The known words that begin so, and the beginning itself, for all others."""
    if language in LONGEST_SEGMENT:
        return [word for word in known if word.startswith(beginning)] or [beginning]
    return [word for word in known if word.startswith(beginning) and not word.endswith(BEGINNING)] + [beginning + BEGINNING]


def _frequent(language: str) -> set[str]:
    listed = wordfreq.available_languages("best")
    names = [name for name in WORDFREQ.get(language, [language]) if name in listed and language not in LONGEST_SEGMENT]
    return {word for name in names for entry in wordfreq.top_n_list(name, FREQUENT) for word in words_of(entry, language)}


def function_words(language: str) -> list[str]:
    """The words without which no sentence of a language is; none where wordfreq has no list of it."""
    listed = wordfreq.available_languages("best")
    names = [name for name in WORDFREQ.get(language, [language]) if name in listed]
    return [word for name in names for entry in wordfreq.top_n_list(name, FUNCTION_WORDS) for word in words_of(entry, language)]


def told_row(row: Sequence[int], number: int, scale: float) -> bytes:
    """A word's row, so that it speaks clearly for one top level alone; as bytes, 128 for nothing."""
    clear = min(255, ZERO + round(TELLING / scale))
    most = max(clear, row[number])
    others = max(ZERO, most - round(AHEAD / scale))
    return bytes(most if each == number else min(value, others) for each, value in enumerate(row))


def tell(vocabulary: Sequence[str], rows: bytes, told: Mapping[str, int], scale: float) -> tuple[list[str], bytes]:
    """The words and rows of a table in which the told words speak for their subjects."""
    width = len(TOP_LEVELS)
    own = {word: rows[width * place : width * (place + 1)] for place, word in enumerate(vocabulary)}
    nothing = bytes([ZERO]) * width
    for word, number in sorted(told.items()):
        own[word] = told_row(own.get(word, nothing), number, scale)
    return list(own), b"".join(own.values())


def main() -> None:
    parser = argparse.ArgumentParser(description="Write telling words into the tables of subjects.")
    parser.add_argument("tables", type=Path)
    parser.add_argument("--languages", nargs="+", default=sorted(LISTED))
    options = parser.parse_args()
    for language in options.languages:
        path = options.tables / f"{language}.zip"
        with ZipFile(path) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        vocabulary = contents["words.txt"].decode().split("\n")
        told, scale = told_words(language, vocabulary), json.loads(contents["numbers.json"])["scale"]
        words, rows = tell(vocabulary, contents["rows.bin"], told, scale)
        known = set(words) - told.keys()
        unheeded = sorted(known.intersection(function_words(language)))
        contents |= {"words.txt": "\n".join(words).encode(), "rows.bin": rows, "function.txt": "\n".join(unheeded).encode()}
        with ZipFile(path, "w") as archive:
            for name, content in contents.items():
                archive.writestr(ZipInfo(name), content, ZIP_DEFLATED, 9)  # without the time of day
        print(f"{language}: {len(told)} telling words, {len(words) - len(vocabulary)} new")


if __name__ == "__main__":
    main()
