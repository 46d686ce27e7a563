"""The gold set: which texts of the development data it contains, and their subjects.

    .venv/bin/python -m bench.data.subject_gold DATA          # the chosen texts' hashes, in the order of the file

``subject_gold.tsv`` has one line per text: its source, language and hash, and its subjects at the first reading, at the second
and as finally decided, as numbers from 1 to 17; "-" for none. ``subject_gold.md`` has the rules.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.data.pages import rows_of
from streams.text.language.detect import detect_language
from streams.text.subjects.words import TOP_LEVELS

LABELS = Path(__file__).with_name("subject_gold.tsv")
ENGLISH = 200
OTHERS = {"ar": 29, "de": 29, "es": 29, "fr": 29, "hi": 28, "ja": 28, "ru": 28}
KINDS = {"article", "paragraph"}
RIGHTS = "udhr"  # the Declaration of Human Rights: not news
HASH_DIGITS = 16
NONE = "-"

Subjects = frozenset[int]
"""Top levels, by their number in ``TOP_LEVELS``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A chosen text: ``headline`` is "" if it is not separate."""

    source: str
    language: str
    headline: str
    body: str

    @property
    def hash(self) -> str:
        return sha256(f"{self.headline}\n{self.body}".encode()).hexdigest()[:HASH_DIGITS]


@dataclass(frozen=True, slots=True)
class Label:
    """A text's subjects at the first reading, at the second, and as finally decided."""

    source: str
    language: str
    hash: str
    first: Subjects
    second: Subjects
    settled: Subjects


def labels(path: Path = LABELS) -> list[Label]:
    """The labels of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Label(source, language, name, *map(_subjects, subjects)) for source, language, name, *subjects in rows]


def _subjects(text: str) -> Subjects:
    numbers = () if text == NONE else [int(number) - 1 for number in text.split(",")]
    if not all(0 <= number < len(TOP_LEVELS) for number in numbers):
        raise ValueError(f"{text!r}: expected numbers from 1 to {len(TOP_LEVELS)}, or {NONE}")
    return frozenset(numbers)


def labelled_texts(texts: Sequence[Text], found: Sequence[Label]) -> Iterator[tuple[Text, Label]]:
    """Each label with its text; labels whose text is missing are left out."""
    by_hash = {text.hash: text for text in texts}
    return ((by_hash[label.hash], label) for label in found if label.hash in by_hash)


def chosen_texts(data: Path) -> list[Text]:
    """The texts of the gold set, from the folder of the development data."""
    return [*english_texts(data / "pages-more-dev.jsonl.xz"), *other_texts(data / "language-dev.jsonl.gz")]


def english_texts(pages: Path) -> list[Text]:
    articles = [
        Text("pages", "en", row["title"] or "", row["article_body"]) for row in rows_of(pages) if row["kind"] == "article"
    ]
    in_order = sorted(articles, key=lambda text: text.hash)
    return [text for text in in_order if detect_language("", text.body).tag == "en"][:ENGLISH]


def other_texts(rows: Path) -> list[Text]:
    """An article's first line is its headline."""
    by_language: dict[str, list[Text]] = {language: [] for language in OTHERS}
    for row in rows_of(rows):
        if row["kind"] in KINDS and row["set"] != RIGHTS and row["lang"] in OTHERS:
            headline, _, body = row["text"].partition("\n") if row["kind"] == "article" else ("", "", row["text"])
            by_language[row["lang"]].append(Text(row["set"], row["lang"], headline, body))
    return [
        text
        for language, wanted in OTHERS.items()
        for text in sorted(by_language[language], key=lambda text: text.hash)[:wanted]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="The texts of the gold set, by their hashes.")
    parser.add_argument("data", type=Path)
    for text in chosen_texts(parser.parse_args().data):
        print(text.source, text.language, text.hash, sep="\t")


if __name__ == "__main__":
    main()
