"""``python -m bench.training.story_words``: how common words are, for `group`, by wordfreq's lists.

Writes streams/text/stories/words.zip.

Needs ``pip install -r bench/train-requirements.txt``. One file per language; line n holds the words whose frequency is about
10 ** (8 - n / 5) in a billion: steps of a fifth of a decade, the most common words first.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from math import log10
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import wordfreq  # type: ignore[import-not-found, import-untyped, unused-ignore]

OUTPUT = Path(__file__).parents[2] / "streams" / "text" / "stories" / "words.zip"
STEPS_A_DECADE = 5
RAREST = 4.0
"""Zipf value: words below ten in a million are left out, and count as rare …"""
RAREST_IN = {"en": 3.2}
"""… but in English, where most news is written."""
NAMES = {"nb": "no", "sh": "sr", "fil": "tl"}
"""Our tags for languages to which wordfreq gives other names; its Serbo-Croatian serves four."""
_NOT_WORTH_LISTING = frozenset("0123456789")


def main() -> int:
    """Write the file."""
    with ZipFile(OUTPUT, "w", ZIP_LZMA) as archive:
        for language in sorted(wordfreq.available_languages("small")):
            listed = lines(language)
            archive.writestr(ZipInfo(f"{NAMES.get(language, language)}.txt"), "\n".join(listed), ZIP_LZMA)
            print(language, sum(len(line.split()) for line in listed))
    print(f"{OUTPUT.stat().st_size:,} bytes")
    return 0


def lines(language: str) -> list[str]:
    """The words of each step, in alphabetical order."""
    steps: dict[int, list[str]] = defaultdict(list)
    for word, frequency in wordfreq.get_frequency_dict(language, wordlist="small").items():
        zipf = log10(frequency) + 9
        if zipf >= RAREST_IN.get(language, RAREST) and not _NOT_WORTH_LISTING & set(word) and len(word.split()) == 1:
            steps[max(0, int((8 - zipf) * STEPS_A_DECADE))].append(word)
    return [" ".join(sorted(steps[step])) for step in range(max(steps) + 1)]


if __name__ == "__main__":
    sys.exit(main())
