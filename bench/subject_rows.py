"""Texts with known subjects, and which of them no training sees."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from streams.enrich.subject_words import TOP_LEVELS

READ_CHARS = 300
KEPT_OUT = 8  # one row in so many


@dataclass(frozen=True, slots=True)
class Row:
    """A text with the top levels (by number) that are right for it: several if any of them is, none if nobody knows.

    ``section`` is what its source calls the subject.
    """

    text: str
    language: str
    source: str
    right: tuple[int, ...] = ()
    kept_out: bool = False
    section: str = ""


def labelled_rows(data: Path) -> list[Row]:
    """HuffPost, Wikipedia's current events and SIB-200, one row in eight kept out (of SIB-200, in all languages the same)."""
    seen: Counter[tuple[str, str]] = Counter()
    rows = []
    for each in read_lines(data / "subjects-dev.jsonl.gz"):
        key = (each["ds"], each["lang"])
        text = f"{each['title'] or ''} {each['text'] or ''}".strip()[:READ_CHARS]
        kept_out = (seen[key] if each["ds"] == "sib200" else crc32(text.encode())) % KEPT_OUT == 0
        rows.append(
            Row(text, each["lang"], each["ds"], tuple(TOP_LEVELS.index(code) for code in each["ok"]), kept_out, each["fine"][0])
        )
        seen[key] += 1
    return rows


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a packed file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
