"""HTML pages per second and their accuracy, beside plain trafilatura: ``python -m bench.speed.html_speed [FILE …]``.

Each FILE is a page, or JSON lines (``.jsonl``, ``.jsonl.gz``) with a field "html"; without any, the sample pages are read.
The ways take turns reading all pages, ``--rounds`` times; the best round of each counts, so that a busy machine matters less.
If rows have the true text ("article_body", as in the article-extraction-benchmark), F1 is that benchmark's.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from trafilatura import bare_extraction, load_html

from bench.quality.cleaning import f1, shingles
from streams.articles import Article, prepare_article
from streams.records import Draft, read_record
from streams.samples import load_samples


class TimedPage(NamedTuple):
    """A page and, if known, the text of its article."""

    html: bytes
    body: str | None = None


def pages(files: Iterable[str]) -> Iterator[TimedPage]:
    paths = [Path(each) for each in files]
    if not paths:
        yield from (TimedPage(each.value) for each in load_samples() if each.value and each.name.startswith("page-"))
    for path in paths:
        if ".jsonl" in path.suffixes:
            lines = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).splitlines()
            rows = (orjson.loads(line) for line in lines if line.strip())
            yield from (TimedPage(row["html"].encode(), row.get("article_body")) for row in rows)
        else:
            yield TimedPage(path.read_bytes())


def cleaned(page: bytes) -> str:
    draft = read_record(page, "text/html")
    article = prepare_article(draft) if isinstance(draft, Draft) else draft
    return article.body if isinstance(article, Article) else ""


def read(page: bytes) -> str:
    draft = read_record(page, "text/html")
    return draft.text if isinstance(draft, Draft) else ""


def library_fast(page: bytes) -> str:
    """As Headwater uses it: the text, by its own rules, without the fallbacks to other extractors."""
    text = page.decode("utf-8", "replace")
    return _text(bare_extraction(load_html(text), fast=True, favor_precision=True, include_comments=False, with_metadata=False))


def library(page: bytes) -> str:
    """Its defaults, with metadata."""
    return _text(bare_extraction(page.decode("utf-8", "replace"), with_metadata=True))


def _text(document: Any) -> str:
    return (document.text if document else None) or ""


LIBRARY = "trafilatura: text and metadata"
WAYS: dict[str, Callable[[bytes], str]] = {
    "headwater: text and metadata, judged and cleaned": cleaned,
    "headwater: text and metadata": read,
    "trafilatura, fast, precise: text alone": library_fast,
    LIBRARY: library,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    all_pages = list(pages(options.files))
    for way in WAYS.values():  # libraries and lists are loaded by the first page
        way(all_pages[0].html)
    best = dict.fromkeys(WAYS, float("inf"))
    found: dict[str, list[str]] = {}
    for _ in range(options.rounds):
        for name, way in WAYS.items():
            began = time.process_time()
            found[name] = [way(page.html) for page in all_pages]
            best[name] = min(best[name], time.process_time() - began)
    size = sum(len(page.html) for page in all_pages) / len(all_pages)
    print(f"{len(all_pages)} pages, {size / 1000:,.0f} kB each on average; seconds of one core")
    for name, seconds in best.items():
        known = [(page.body, text) for page, text in zip(all_pages, found[name], strict=True) if page.body is not None]
        right = f"   F1 {f1([(shingles(true), shingles(text)) for true, text in known])[0]:.3f}" if known else ""
        speed = f"{len(all_pages) / seconds:7.1f} pages/s   {1000 * seconds / len(all_pages):6.1f} ms a page"
        print(f"{speed}   {best[LIBRARY] / seconds:5.2f} times {LIBRARY.partition(':')[0]}{right}   {name}")


if __name__ == "__main__":
    main()
