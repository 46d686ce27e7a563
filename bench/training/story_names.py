"""``python -m bench.training.story_names DATA``: which of the listed English words are no names, for `group`.

Writes streams/text/stories/plain.txt. Headlines in title case don't show names. A word is plain if the development texts
capitalise it less often than not, within sentences most of whose words have no capital.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from streams.text.stories.signature import rarities

OUTPUT = Path(__file__).parents[2] / "streams" / "text" / "stories" / "plain.txt"
_SOURCES = (("subjects-dev", "text"), ("stories-dev", "text"), ("language-dev", "text"), ("pages-dev", "article_body"))
_PAGES = ("pages-more-dev", "article_body")
_SENTENCE = re.compile(r"(?<=[.!?:;\n“\"])\s+")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS = 4


def main() -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    plain = sorted(find_plain(_texts(parser.parse_args().data)) & rarities("en").keys())
    OUTPUT.write_text("\n".join(plain) + "\n")
    print(f"{len(plain):,} words")
    return 0


def find_plain(texts: Iterable[str]) -> set[str]:
    """The words that are not mostly capitalised."""
    capitals: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for sentence in _SENTENCE.split(text):
            words = _WORD.findall(sentence)
            shown = sum(word[0].isupper() for word in words)
            if len(words) < _FEWEST_WORDS or 2 * shown > len(words):
                continue
            for word in words[1:]:
                (capitals if word[0].isupper() else small)[word.lower()] += 1
    return {word for word, count in small.items() if capitals[word] < count}


def _texts(data: Path) -> Iterator[str]:
    for source, field in _SOURCES:
        with gzip.open(data / f"{source}.jsonl.gz", "rb") as lines:
            yield from (row[field] for row in map(orjson.loads, lines) if row.get("lang", "en").startswith("en"))
    source, field = _PAGES
    with lzma.open(data / f"{source}.jsonl.xz", "rb") as lines:
        yield from (row[field] for row in map(orjson.loads, lines))


if __name__ == "__main__":
    sys.exit(main())
