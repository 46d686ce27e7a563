"""Texts with known subjects, and which of them are kept out of training."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from streams.text.subjects.words import TOP_LEVELS

LEADS = Path(__file__).with_name("news_leads.txt")
LINES = Path(__file__).with_name("subject_lines.txt")
LABELS = Path(__file__).with_name("subject_labels.json")

# Languages of languages-200-dev that subjects-dev has no sentences of, by their codes there.
SIB_LANGUAGES = {
    "bul_Cyrl": "bg",
    "cat_Latn": "ca",
    "est_Latn": "et",
    "guj_Gujr": "gu",
    "hrv_Latn": "hr",
    "bos_Latn": "bs",
    "srp_Cyrl": "sr",
    "kan_Knda": "kn",
    "lit_Latn": "lt",
    "lvs_Latn": "lv",
    "mal_Mlym": "ml",
    "mar_Deva": "mr",
    "nno_Latn": "nn",
    "pan_Guru": "pa",
    "slk_Latn": "sk",
    "slv_Latn": "sl",
    "tgl_Latn": "tl",
    "zsm_Latn": "ms",
}

READ_CHARS = 300
KEPT_OUT = 8  # one row in this many


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A text with the top levels (by number) that are right for it: several if any of them counts, none if unknown.

    ``kept_out``: not used in training; ``calibrates``: but used to fit confidences. ``section`` is the source's name for
    the subject, ``headline`` whether the text is a headline.
    """

    text: str
    language: str
    source: str
    right: tuple[int, ...] = ()
    kept_out: bool = False
    calibrates: bool = False
    section: str = ""
    headline: bool = False


def labelled_rows(data: Path) -> list[SubjectRow]:
    """HuffPost, Wikipedia's current events and SIB-200, one row in eight kept out (of SIB-200, in all languages the same)."""
    seen: Counter[tuple[str, str]] = Counter()
    rows = []
    for each in read_lines(data / "subjects-dev.jsonl.gz"):
        key = (each["ds"], each["lang"])
        text = f"{each['title'] or ''} {each['text'] or ''}".strip()[:READ_CHARS]
        number = seen[key] if each["ds"] == "sib200" else crc32(text.encode())
        right = tuple(TOP_LEVELS.index(code) for code in each["ok"])
        kept_out, calibrates = number % KEPT_OUT == 0, number % (2 * KEPT_OUT) == 0
        headline = each["ds"] == "huffpost"
        rows.append(SubjectRow(text, each["lang"], each["ds"], right, kept_out, calibrates, each["fine"][0], headline))
        seen[key] += 1
    return rows


def sib_rows(data: Path) -> list[SubjectRow]:
    """SIB-200 in the languages that are only in languages-200-dev; ``labelled_rows`` keeps out the same sentences."""
    english = {row.text: row for row in labelled_rows(data) if (row.source, row.language) == ("sib200", "en")}
    sentences: dict[str, list[str]] = defaultdict(list)
    for each in read_lines(data / "languages-200-dev.jsonl.gz"):
        if each["code"] in SIB_LANGUAGES or each["code"] == "eng_Latn":
            sentences[each["code"]].append(each["text"][:READ_CHARS])
    rows = []
    for code, language in SIB_LANGUAGES.items():
        for original, text in zip(sentences["eng_Latn"], sentences[code], strict=True):
            if original in english:  # the others are on geography, which is not a top level
                rows.append(replace(english[original], text=text, language=language))
    return rows


def lead_rows() -> list[SubjectRow]:
    """Headlines and leads that were written for training."""
    return [SubjectRow(text, language, "leads", right) for language, right, text in _written(LEADS)]


def unseen_rows(data: Path) -> list[SubjectRow]:
    """News from sources that are not used in training.

    Headlines of stories and NTREX-128, labelled by hand, and headlines that were written for it.
    """
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    rows = [
        SubjectRow(each["title"], "en", "stories", _numbers(labels["stories"][each["cluster"]]), kept_out=True, headline=True)
        for each in read_lines(data / "headline-stories-dev.jsonl.gz")
    ]
    of_language = {language: iter(text.split()) for language, text in labels["ntrex"].items()}
    for each in read_lines(data / "language-dev.jsonl.gz"):
        if each["set"] == "ntrex" and each["kind"] in {"headline", "paragraph"} and each["lang"] in of_language:
            right = _numbers(next(of_language[each["lang"]]))
            if right:
                rows.append(
                    SubjectRow(each["text"], each["lang"], "ntrex", right, kept_out=True, headline=each["kind"] == "headline")
                )
    return [*rows, *written_rows()]


def written_rows() -> list[SubjectRow]:
    """Headlines that were written for measuring."""
    return [
        SubjectRow(text, language, "written", right, kept_out=True, headline=True) for language, right, text in _written(LINES)
    ]


def _written(path: Path) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Language, top levels and text of each line: [language] is above, the rest is divided by a tab."""
    language = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            numbers, text = line.split("\t")
            yield language, _numbers(numbers), text


def _numbers(text: str) -> tuple[int, ...]:
    return () if text == "-" else tuple(int(number) - 1 for number in text.split(","))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a gzipped file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
