"""Train the model of pages without an article: writes ``streams/records/pages/page_model.json``.

    python -m bench.training.page_kinds pages-more-dev.jsonl.xz pages-dev.jsonl.gz [--folds 10]

Rows are {html, kind}, where a row without a kind is an article. One logistic regression with L2 regularisation over the signs
of :mod:`streams.records.pages.signs`, by Newton's method: only the division by ``--folds`` is random, with a fixed seed.
With ``--folds`` nothing is written: each page is judged by a model that has not seen it, and the table shows how many pages
without an article are recognised when a given number of articles is refused.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from math import exp
from pathlib import Path
from statistics import fmean, pstdev

from bench.data.pages import rows_of
from streams.records.pages.reading import read_signs

TARGET = Path(__file__).parents[2] / "streams" / "records" / "pages" / "page_model.json"
STRENGTH = 30.0  # of regularisation
ROUNDS = 12
SEED = 1
REFUSED = (0, 1, 2, 3, 5, 8)

SignValues = list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--folds", type=int, default=0, help="judge each page by a model that has not seen it")
    options = parser.parse_args()
    pages = [
        (signs, row.get("kind", "article") != "article")
        for path in options.files
        for row in rows_of(path)
        if (signs := read_signs(row["html"]))
    ]
    names = sorted(pages[0][0])
    rows, others = [[signs[name] for name in names] for signs, _ in pages], [float(other) for _, other in pages]
    if options.folds:
        show_folds(rows, others, options.folds)
        return
    weights, bias = fit(rows, others)
    model = {"bias": round(bias, 3), "weights": {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}}
    TARGET.write_text(json.dumps(model, indent=1) + "\n", "utf-8")


def show_folds(rows: Sequence[SignValues], others: Sequence[float], folds: int) -> None:
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)
    scores = [0.0] * len(rows)
    for fold in range(folds):
        held = set(order[fold::folds])
        weights, bias = fit(
            [row for number, row in enumerate(rows) if number not in held],
            [each for number, each in enumerate(others) if number not in held],
        )
        for number in held:
            scores[number] = bias + sum(weight * value for weight, value in zip(weights, rows[number], strict=True))
    articles = sorted((score for score, other in zip(scores, others, strict=True) if not other), reverse=True)
    for refused in REFUSED:
        told = sum(1 for score, other in zip(scores, others, strict=True) if other and score > articles[refused])
        above = f"{refused} of {len(articles)} articles refused (above {articles[refused]:.2f})"
        print(f"{above}: {told} of {sum(others):.0f} others told apart")


def fit(rows: Sequence[SignValues], others: Sequence[float]) -> tuple[SignValues, float]:
    """The weights of the columns and the bias; the columns are regularised as if each had the same spread."""
    columns = list(zip(*rows, strict=True))
    means, spreads = [fmean(column) for column in columns], [pstdev(column) or 1.0 for column in columns]
    scaled = [
        [*((value - mean) / spread for value, mean, spread in zip(row, means, spreads, strict=True)), 1.0] for row in rows
    ]
    weights = [0.0] * len(scaled[0])
    for _ in range(ROUNDS):
        weights = [weight - step for weight, step in zip(weights, newton_step(scaled, others, weights), strict=True)]
    plain = [weight / spread for weight, spread in zip(weights, spreads, strict=False)]
    return plain, weights[-1] - sum(weight * mean for weight, mean in zip(plain, means, strict=True))


def newton_step(rows: Sequence[SignValues], others: Sequence[float], weights: SignValues) -> SignValues:
    size = len(weights)
    slope = [STRENGTH * weight for weight in weights[:-1]] + [0.0]
    bend = [[STRENGTH * (row == column < size - 1) for column in range(size)] for row in range(size)]
    for row, other in zip(rows, others, strict=True):
        chance = 1 / (1 + exp(-sum(weight * value for weight, value in zip(weights, row, strict=True))))
        for number, value in enumerate(row):
            slope[number] += (chance - other) * value
            scale = chance * (1 - chance) * value
            line = bend[number]
            for column in range(number + 1):
                line[column] += scale * row[column]
    for number in range(size):
        for column in range(number):
            bend[column][number] = bend[number][column]
    return solved(bend, slope)


def solved(matrix: list[SignValues], right: SignValues) -> SignValues:
    """The solution of a symmetric positive system of equations, by elimination."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda number: abs(rows[number][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        for lower in range(pivot + 1, size):
            factor = rows[lower][pivot] / rows[pivot][pivot]
            if factor:
                rows[lower] = [value - factor * above for value, above in zip(rows[lower], rows[pivot], strict=True)]
    answer = [0.0] * size
    for number in reversed(range(size)):
        rest = sum(rows[number][column] * answer[column] for column in range(number + 1, size))
        answer[number] = (rows[number][size] - rest) / rows[number][number]
    return answer


if __name__ == "__main__":
    main()
