"""How much of the article Headwater finds on pages of HTML, bytes to document, beside other extractors in the same run.

    python -m bench.quality.pages FILE … [--fold 0|1] [--peers] [--worst 20]

Each FILE is JSON lines (plain, ``.gz`` or ``.xz``) of {html, article_body} and, where given, ``kind``: a row of another kind
than "article" is a page that should be recognised as such (pages-dev.jsonl.gz, pages-more-dev.jsonl.xz). F1 is that of the mean
four-word shingles; a refused article counts as found nothing (recall 0, F1 0). ``--fold`` takes every other page: rules are
chosen on one half and checked on the other. ``rs-trafilatura`` is measured if installed (``pip install rs-trafilatura``).
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from bench.data.pages import rows_of
from bench.quality.cleaning import f1, shingles
from streams.articles import Article, prepare_article
from streams.records import Rejection, read_record


class Outcome(NamedTuple):
    """What came out of a page: a text, or the reason why it was refused."""

    text: str
    reason: str | None = None


def headwater(page: bytes) -> Outcome:
    draft = read_record(page, "text/html")
    article = draft if isinstance(draft, Rejection) else prepare_article(draft)
    return Outcome(article.body) if isinstance(article, Article) else Outcome("", str(article.reason.value))


def trafilatura(page: bytes) -> Outcome:
    return Outcome(import_module("trafilatura").extract(page.decode("utf-8", "replace"), include_comments=False) or "")


def rs_trafilatura(page: bytes) -> Outcome:
    return Outcome(import_module("rs_trafilatura").extract(page.decode("utf-8", "replace")).main_content or "")


def extractors(*, peers: bool) -> dict[str, Callable[[bytes], Outcome]]:
    ways: dict[str, Callable[[bytes], Outcome]] = {"headwater": headwater}
    if peers:
        ways["trafilatura"] = trafilatura
        if find_spec("rs_trafilatura"):
            ways["rs-trafilatura"] = rs_trafilatura
    return ways


def report(
    name: str, articles: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]], way: Callable[[bytes], Outcome]
) -> None:
    found = [way(row["html"].encode()) for row in articles]
    quality, precision, recall = f1(
        [(shingles(row["article_body"]), shingles(each.text)) for row, each in zip(articles, found, strict=True)]
    )
    refused = Counter(each.reason or "nothing found" for each in found if not each.text)
    passed = Counter(row["kind"] for row in others if way(row["html"].encode()).text)
    print(f"{name:15} F1 {quality:.3f}  P {precision:.3f}  R {recall:.3f}   {len(articles)} articles, refused {dict(refused)}")
    if others:
        print(f"{'':15} {passed.total()} of {len(others)} pages that are not articles pass: {dict(passed)}")


def show_worst(articles: Sequence[dict[str, Any]], count: int) -> None:
    """The pages with the greatest loss, a line each: F1, precision, recall, characters of the true and the found text."""
    lines = []
    for number, row in enumerate(articles):
        outcome = headwater(row["html"].encode())
        true, found = shingles(row["article_body"]), shingles(outcome.text)
        shared = (true & found).total()
        precision, recall = shared / (found.total() or 1), shared / (true.total() or 1)
        harmonic = 2 * precision * recall / ((precision + recall) or 1)
        sizes = f"{len(row['article_body'] or ''):6} {len(outcome.text):6}"
        said = f"{outcome.reason or ''} {(row.get('title') or '')[:60]}"
        lines.append((harmonic, f"{number:4} F1 {harmonic:.2f} P {precision:.2f} R {recall:.2f} {sizes} {said}"))
    for _, line in sorted(lines)[:count]:
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--fold", type=int, choices=(0, 1), help="only every other page")
    parser.add_argument("--peers", action="store_true", help="other extractors too")
    parser.add_argument("--worst", type=int, default=0, metavar="PAGES", help="show this many pages with the greatest loss")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for path in options.files:
        rows = [row for number, row in enumerate(rows_of(path)) if options.fold in {None, number % 2}]
        articles = [row for row in rows if row.get("kind", "article") == "article"]
        others = [row for row in rows if row.get("kind", "article") != "article"]
        print(path.name)
        for name, way in extractors(peers=options.peers).items():
            report(name, articles, others, way)
        if options.worst:
            show_worst(articles, options.worst)


if __name__ == "__main__":
    main()
