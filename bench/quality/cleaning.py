"""How well text cleaning finds the article on a page that someone else flattened, and how fast.

    python -m bench.quality.cleaning DATA_FOLDER            # needs what bench/data/flatteners.py names
    python -m bench.quality.cleaning DATA_FOLDER --folds 5 --more MORE  # with models that never saw the page; also needs the
                                                            # trainer's packages and pages (bench/training/line_model.py)

The folder holds ``pages-dev.jsonl.gz`` ({html, article_body}) and, if there, ``seed-article.txt``. F1 is that of the
article-extraction-benchmark: precision and recall of four-word shingles, averaged over the pages. "told": the producer names
the page's title; "found": it does not. "headline": how many pages get one of their own titles as headline. "refused":
not taken for an article; these count as found nothing. Times are of a process that has not seen the page.
The dumps of w3m and lynx are measured if these programs are installed.
The weights of ``line_model.json`` were trained on these pages: only ``--folds`` says what to expect of other pages.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.training.line_model import (
    FlattenedPage,
    is_one_of,
    make_piece_samples,
    make_samples,
    read_more_pages,
    read_pages,
    train,
    train_pieces,
)
from streams.records import judge_text
from streams.text.cleaning import line_model, lines
from streams.text.cleaning.clean import clean_text
from streams.text.cleaning.page_headline import headline_core
from streams.text.cleaning.unfolding import tell_lines

SHINGLE = 4  # words
REPEATS = 200  # of the seed page, best of ROUNDS
ROUNDS = 10
_WORD = re.compile(r"\w+")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()


def f1(pairs: Sequence[tuple[Counter[Any], Counter[Any]]]) -> tuple[float, float, float]:
    """F1, precision and recall (0.0 to 1.0) of (true, found) shingles."""
    precisions = [(true & found).total() / found.total() for true, found in pairs if found]
    recalls = [(true & found).total() / true.total() for true, found in pairs if true]
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / ((precision + recall) or 1), precision, recall


def measure(pages: Sequence[dict[str, Any]], models: Sequence[dict[str, Any] | None]) -> None:
    """``models``: one per page, None for the one in use. Prints a line for each flattener."""
    true = [shingles(page["article_body"]) for page in pages]
    print(f"{'flattened by':24} {'':5}    F1  precision  recall  headline  ms a page  us a kB  refused")
    every: list[float] = []
    for name in pages[0]["texts"]:
        for way in ("told", "found"):
            pairs, hits, spent, refused = [], 0, 0.0, 0
            for page, body, model in zip(pages, true, models, strict=True):
                title = page["titles"][0] if way == "told" and page["titles"] else None
                forget_lines()
                with using(model):
                    start = time.process_time()
                    clean = clean_text(page["texts"][name], title)
                    spent += time.process_time() - start
                is_refused = judge_text(title, tell_lines(page["texts"][name])) is not None
                refused += is_refused
                pairs.append((body, shingles("" if is_refused else clean.body)))
                hits += is_one_of(headline_core(clean.headline), list(map(headline_core, page["titles"])))
            quality, precision, recall = f1(pairs)
            print(
                f"{name:24} {way:5} {quality:.3f}      {precision:.3f}   {recall:.3f}  {hits:3}/{len(pages):3}  "
                f"{spent / len(pages) * 1000:9.1f}  {spent / sum(len(page['texts'][name]) for page in pages) * 1e9:7.0f}"
                f"  {refused:7}"
            )
            every.append(quality)
    print(f"mean F1: {sum(every) / len(every):.3f}; least: {min(every):.3f}")


def forget_lines() -> None:
    """Forget the lines of pages seen before."""
    line_model.score_short_line.cache_clear()
    lines.judge_short_line.cache_clear()


@contextmanager
def using(model: dict[str, Any] | None) -> Iterator[None]:
    """Let the cleaning use another model for a while."""
    if model is None:
        yield
        return
    tables = line_model.read_tables(model)
    forget_lines()
    with patch.object(line_model, "load_tables", lambda: tables):
        yield
    forget_lines()


def measure_bodies(pages: Sequence[dict[str, Any]]) -> None:
    """The share of characters that stays when the true bodies are cleaned as if they were pages."""
    kept = whole = 0
    for page in pages:
        body = "".join(page["article_body"].split())
        whole += len(body)
        kept += len("".join(clean_text(page["article_body"], page["titles"][0] if page["titles"] else None).body.split()))
    print(f"true bodies: {kept / whole:.2%} of their characters stay")


def measure_speed(text: str) -> None:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(REPEATS):
            clean_text(text)
        best = min(best, (time.process_time() - start) / REPEATS)
    print(f"seed page ({len(text)} characters): {1 / best:,.0f} a second")


def _without(samples: Sequence[FlattenedPage], pages: int, folds: int, fold: int) -> list[FlattenedPage]:
    return [sample for sample in samples if sample.page >= pages or sample.page % folds != fold]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", default="pages-dev.jsonl.gz", metavar="FILE", help="of the folder; pages-more-dev.jsonl.xz")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth page")
    parser.add_argument("--folds", type=int, default=0, help="measure each of this many parts with a model of the others")
    parser.add_argument("--more", type=Path, help="the trainer's folder of more pages, for --folds")
    arguments = parser.parse_args()
    pages = read_pages(arguments.folder / arguments.pages)[:: arguments.every]
    models: list[dict[str, Any] | None] = [None] * len(pages)
    if arguments.folds:
        more = read_more_pages(arguments.more) if arguments.more else ()
        samples, pieces = make_samples(pages, more), make_piece_samples(pages, len(pages), more)
        by_fold = [
            train(_without(samples, len(pages), arguments.folds, fold))
            | train_pieces(_without(pieces, len(pages), arguments.folds, fold))
            for fold in range(arguments.folds)
        ]
        models = [by_fold[number % arguments.folds] for number in range(len(pages))]
    measure(pages, models)
    measure_bodies(pages)
    seed = arguments.folder / "seed-article.txt"
    if seed.exists():
        measure_speed(seed.read_text("utf-8"))


if __name__ == "__main__":
    main()
