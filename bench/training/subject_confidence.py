"""Make confidences of subjects say how many such tags are right: new slopes and offsets for the existing tables.

    .venv/bin/python -m bench.training.subject_confidence DATA                                # what it would do
    .venv/bin/python -m bench.training.subject_confidence DATA --write streams/text/subjects/tables --war -0.2

DATA is the folder with the development data. Half of the texts that no table was trained on (``subject_rows``) and half of
the gold set choose slope and offset, the other half is only for checking; the texts' hashes divide them. A source weighs
the root of its number of texts, so that 3,687 headlines do not outvote 200 articles; a table's former values weigh as much as
a few texts. The tables of ``subject_languages`` are left unchanged, but for three in which shorter words came to count as
company: their texts are too few, and all from one source.

Outside English these tables took too much of politics for war: ``--war`` first adds this many log odds to the bias of war.
The shipped tables have -0.2: the choosing half asked for -0.3 to -0.5, but the German written headlines allow no more. Each
run adds it again, so start from the tables that ``subjects`` makes.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

from bench.data.subject_gold import chosen_texts, labelled_texts, labels
from bench.data.subject_rows import SubjectRow, labelled_rows, sib_rows, unseen_rows
from streams.text.subjects import words as subject_words
from streams.text.subjects.tag import Words
from streams.text.subjects.words import LOOKED_AT, READ_AS, TOP_LEVELS, WordTable, word_table

LANGUAGES = (
    "am", "ar", "bn", "de", "en", "es", "fa", "fr", "ha", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sw", "ta",
    "te", "th", "tr", "uk", "ur", "zh",
)  # fmt: skip
BELIEF = 5.0  # the weight of a table's former values, on the scale of the weights below
WEIGHT = 10.0  # of a source's texts together, for each root of their number
ROUNDS = 50
BOUNDED = 1e-6
SURE = 0.5
WAR = TOP_LEVELS.index("16000000")


@dataclass(frozen=True, slots=True)
class Tag:
    """A top level of a text: log odds of its share, what other evidence adds (log odds), whether it is right."""

    share: float
    support: float
    right: bool

    def confidence(self, slope: float, offset: float) -> float:
        odds = slope * self.share + offset + self.support
        return 1 / (1 + exp(-min(max(odds, -30.0), 30.0)))


Tags = dict[tuple[str, bool], list[Tag]]
"""By source, and by whether they are for choosing."""


def tags_of_text(table: WordTable, headline: str, body: str, right: frozenset[int]) -> list[Tag]:
    """The likelier top levels of a text, except those without a clear word for them, which are never given."""
    reading = table.read(Words(headline, body, table).weights())
    found = []
    for number, share in enumerate(reading.shares if reading else ()):
        if reading and share >= LOOKED_AT and reading.confidences[number] > 0:
            odds = _log_odds(share)
            support = _log_odds(reading.confidences[number]) - table.numbers.slope * odds - table.numbers.offset
            found.append(Tag(odds, support, number in right))
    return found


def _log_odds(share: float) -> float:
    bounded = min(max(share, BOUNDED), 1 - BOUNDED)
    return log(bounded / (1 - bounded))


def tags_by_language(data: Path, languages: Collection[str] = LANGUAGES) -> dict[str, Tags]:
    """All tags of the texts that no table was trained on, by the language of the table."""
    found: dict[str, Tags] = defaultdict(lambda: defaultdict(list))
    for text, label in labelled_texts(chosen_texts(data), labels()):
        _add(found, text.language, ("gold", int(text.hash, 16) % 2 == 0), (text.headline, text.body), label.settled)
    for row, chooses in _rows(data):
        parts = (row.text, "") if row.headline else ("", row.text)
        _add(found, row.language, (row.source, chooses), parts, frozenset(row.right))
    return {language: tags for language, tags in found.items() if language in languages}


def _rows(data: Path) -> Iterator[tuple[SubjectRow, bool]]:
    for row in (*labelled_rows(data), *sib_rows(data)):
        if row.kept_out and row.right:
            yield row, row.calibrates
    for row in unseen_rows(data):
        if row.right:
            yield row, crc32(row.text.encode()) % 2 == 0


def _add(found: dict[str, Tags], language: str, group: tuple[str, bool], text: tuple[str, str], right: frozenset[int]) -> None:
    table = word_table(READ_AS.get(language, language))
    if table is not None and table.language in LANGUAGES:
        found[table.language][group] += tags_of_text(table, *text, right)


def fit(tags: Tags, slope: float, offset: float) -> tuple[float, float]:
    """Slope and offset that make the tags of the choosing half likeliest, near what they were (Newton's method)."""
    weighed = [(tag, WEIGHT / sqrt(len(each))) for (_, chooses), each in tags.items() if chooses for tag in each]
    before = (slope, offset)
    for _ in range(ROUNDS):
        by_slope, by_offset = BELIEF * (slope - before[0]), BELIEF * (offset - before[1])
        slopes, both, offsets = BELIEF, 0.0, BELIEF
        for tag, weight in weighed:
            confidence = tag.confidence(slope, offset)
            error, bend = weight * (confidence - tag.right), weight * confidence * (1 - confidence)
            by_slope, by_offset = by_slope + error * tag.share, by_offset + error
            slopes, both, offsets = slopes + bend * tag.share**2, both + bend * tag.share, offsets + bend
        volume = slopes * offsets - both * both
        steps = ((offsets * by_slope - both * by_offset) / volume, (slopes * by_offset - both * by_slope) / volume)
        short = min(1.0, 0.5 / max(map(abs, steps), default=1.0)) if any(steps) else 1.0
        slope, offset = slope - short * steps[0], offset - short * steps[1]
    return round(slope, 3), round(offset, 3)


def said_and_right(tags: Sequence[Tag], slope: float, offset: float) -> tuple[int, float, float]:
    """Of the tags at confidence 50 and more: how many, their mean confidence, how many of 100 are right."""
    sure = [(confidence, tag.right) for tag in tags if (confidence := tag.confidence(slope, offset)) >= SURE]
    if not sure:
        return 0, 0.0, 0.0
    return len(sure), 100 * sum(said for said, _ in sure) / len(sure), 100 * sum(right for _, right in sure) / len(sure)


def lean(folder: Path, language: str, war: float) -> None:
    """Add to the bias of war, in log odds."""
    bias = list(_numbers(folder / f"{language}.zip")["bias"])
    bias[WAR] = round(bias[WAR] + war, 4)
    write(folder, language, {"bias": bias})


def _numbers(path: Path) -> dict[str, Any]:
    with ZipFile(path) as archive:
        numbers: dict[str, Any] = json.loads(archive.read("numbers.json"))
    return numbers


def write(folder: Path, language: str, changed: Mapping[str, Any]) -> None:
    """The table's file with other numbers, otherwise unchanged."""
    path = folder / f"{language}.zip"
    numbers = {**_numbers(path), **changed}
    with ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["numbers.json"] = json.dumps(numbers).encode()
    with ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED, 9)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the confidences of subjects.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", type=Path, help="folder of the tables to change")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, help="tables that are looked at")
    parser.add_argument("--war", type=float, default=0.0, help="log odds that war's bias gets outside English")
    options = parser.parse_args()
    if options.write is not None:
        subject_words.TABLE_FOLDER = str(options.write.resolve())
        for language in options.languages:
            if options.war and language != "en":
                lean(options.write, language, options.war)
    for language, tags in sorted(tags_by_language(options.data, options.languages).items()):
        table = word_table(language)
        assert table is not None
        before = (table.numbers.slope, table.numbers.offset)
        after = fit(tags, *before)
        told = []
        for chooses in (True, False):
            own = [tag for (_, chose), each in tags.items() if chose == chooses for tag in each]
            told += ["{:5,} said {:4.1f} right {:4.1f}".format(*said_and_right(own, *numbers)) for numbers in (before, after)]
        print(f"{language}: {before} -> {after}; 50+ chosen on {told[0]} -> {told[1]}; looked at {told[2]} -> {told[3]}")
        if options.write is not None:
            write(options.write, language, {"slope": after[0], "offset": after[1]})


if __name__ == "__main__":
    main()
