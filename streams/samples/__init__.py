"""The articles that ``headwater run`` publishes to show the job; README.md says what each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

_SEED: Final = ("seed-article.txt", "text/plain")
_DOCUMENTS: Final = (
    ("flattened-page-es.txt", None),
    ("page-flood.html", "text/html; charset=utf-8"),
    ("page-museum-fr.html", None),
    ("news-article.jsonld", "application/ld+json"),
    ("ninjs-3.json", "application/json"),
    ("ninjs-1.json", None),
    ("cloudevent.json", "application/cloudevents+json; charset=UTF-8"),
)
_BAD: Final = (
    ("bad/not-json.json", "application/json"),
    ("bad/not-utf-8.txt", "text/plain"),
    ("bad/no-text.json", "application/json"),
    ("bad/number-as-title.json", "application/json"),
    ("bad/too-deep.json", "application/json"),
    ("bad/empty.txt", "text/plain"),
    ("bad/feed.xml", "application/rss+xml"),
    ("bad/no-article.html", "text/html"),
    ("bad/index-page.html", "text/html"),
    ("bad/consent-wall-de.txt", "text/plain"),
    ("bad/pay-wall.json", "application/json"),
)
_ARTICLES_BEFORE_DOCUMENTS: Final = 12  # articles.jsonl is long; what is not flat JSON should not have to wait for its end
_TOO_LARGE_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One record to publish: a name for people, the value (None: a tombstone) and its content type, where it has one."""

    name: str
    value: bytes | None
    content_type: str | None


def load_samples() -> list[Sample]:
    """All samples in the order in which they are published, always the same.

    The seed page comes first, repeats come after what they repeat, bad input is between the last articles.
    """
    lines = (files(__name__) / "articles.jsonl").read_bytes().splitlines()
    articles = [Sample(f"articles.jsonl:{number}", line, "application/json") for number, line in enumerate(lines, 1)]
    documents = [_read(*document) for document in _DOCUMENTS]
    bad = list(_bad_input())
    middle = len(articles) - len(bad)
    return [
        _read(*_SEED),
        *articles[:_ARTICLES_BEFORE_DOCUMENTS],
        *documents,
        *articles[_ARTICLES_BEFORE_DOCUMENTS:middle],
        *(sample for pair in zip(bad, articles[middle:], strict=True) for sample in pair),
    ]


def _bad_input() -> Iterator[Sample]:
    for document in _BAD:
        yield _read(*document)
    yield Sample("tombstone", None, None)
    yield Sample("5-mb-line", b"All work and no paragraph. ".ljust(_TOO_LARGE_BYTES, b"z"), "text/plain")


def _read(name: str, content_type: str | None) -> Sample:
    return Sample(name, (files(__name__) / name).read_bytes(), content_type)
