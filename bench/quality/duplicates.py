"""``python -m bench.quality.duplicates DATA``: how well a sketch tells a body's edited copies from other bodies.

DATA is the folder with ``body-edits-dev.jsonl.gz``: bodies and nine edits of each by a script; copies have one ``cluster``.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path

import orjson

from streams.text.duplicates import SAME_BODY_CONTAINMENT, BodyPrint, containment, print_body


def main() -> int:
    """Print the share of pairs taken for one article: for copies, by kind of edit and in total, and for different bodies."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    with gzip.open(parser.parse_args().data / "body-edits-dev.jsonl.gz", "rb") as lines:
        rows = [orjson.loads(line) for line in lines]
    copies: dict[str, dict[str, BodyPrint]] = defaultdict(dict)
    for row in rows:
        copies[row["cluster"]][row["kind"]] = print_body(row["text"])
    for kind in sorted({row["kind"] for row in rows} - {"orig"}):
        print(f"{share((each['orig'], each[kind]) for each in copies.values()):6.1%}  {kind}")
    same = [pair for each in copies.values() for pair in combinations(each.values(), 2)]
    other = [pair for one, two in combinations(copies.values(), 2) for pair in product(one.values(), two.values())]
    print(f"{share(same):6.1%}  of {len(same):,} pairs of one article\n{share(other):6.2%}  of {len(other):,} pairs of two")
    return 0


def share(pairs: Iterable[tuple[BodyPrint, BodyPrint]]) -> float:
    """How many of the pairs are taken for one article."""
    judged = [containment(one, two) >= SAME_BODY_CONTAINMENT for one, two in pairs]
    return sum(judged) / len(judged)


if __name__ == "__main__":
    sys.exit(main())
