"""``python -m bench.quality.repeats DATA``: what is taken for a repeat, by kind, and how often rightly.

DATA is the folder with ``headline-stories-dev.jsonl.gz`` (headlines with their story, read in order at the same time,
without text), ``headline-pairs-dev.jsonl.gz`` (pairs of headlines, scored by people from 0 to 5), ``stories-dev.jsonl.gz``
(articles with their story) and ``subjects-dev.jsonl.gz`` (articles without one).
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from streams.text.duplicates import (
    DuplicateKind,
    Sighting,
    find_repeat,
    print_body,
    print_outlet,
    remember,
    remember_text,
)
from streams.text.headline import normalise_headline
from streams.text.wording import Likeness, fingerprint_headline, likeness, take_apart

_WINDOW_MS = 72 * 3_600_000
_EQUAL_BY_PEOPLE = 3.0  # "roughly equivalent"
# Stories of headline-stories-dev that are one story under two ids (checked by reading).
_ONE_STORY = {"dw0Jnf": "d8bRIS2P12vQAfMQyl607kCwJ9A5M"}


@dataclass(frozen=True, slots=True)
class RepeatArticle:
    """An article: its headline, text, outlet ("" for unknown), and the story it is of (None: unknown)."""

    headline: str
    text: str
    outlet: str
    story: str | None


def main() -> int:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    data: Path = parser.parse_args().data
    headlines = _rows(data, "headline-stories")
    _tell("headlines alone", [RepeatArticle(row["title"], "", _outlet(row), _story(row["cluster"])) for row in headlines])
    _tell(
        "articles with stories",
        [RepeatArticle(row["title"], row["text"], "", row["cluster"]) for row in _rows(data, "stories")],
    )
    strangers = (row for row in _rows(data, "subjects") if row["title"])
    _tell("articles without stories", [RepeatArticle(row["title"], row["text"], "", None) for row in strangers])
    _tell_pairs(list(_rows(data, "headline-pairs")))
    return 0


def _rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data / f"{name}-dev.jsonl.gz", "rb") as lines:
        yield from map(orjson.loads, lines)


def _outlet(row: dict[str, Any]) -> str:
    return str(row["publisher"]).replace("\\", "")


def _story(cluster: str) -> str:
    return next((one for other, one in _ONE_STORY.items() if cluster.startswith(other)), cluster)


def repeats(articles: Iterable[RepeatArticle]) -> Iterator[tuple[DuplicateKind, RepeatArticle, RepeatArticle]]:
    """Each repeat's kind, the article, and the one it repeats; all at one time, in the order given."""
    rows: dict[str, tuple[Sighting, ...]] = defaultdict(tuple)
    told: list[RepeatArticle] = []
    for offset, article in enumerate(articles):
        told.append(article)
        outlets = [article.outlet] if article.outlet else []
        headline = take_apart(normalise_headline(article.headline, outlets))
        key = fingerprint_headline(article.headline, outlets)
        seen = Sighting(
            offset, 0, f"{offset:032x}", print_outlet(article.outlet), print_body(article.text), wording=headline.wording
        )
        found = find_repeat(rows[key], seen, headline, _WINDOW_MS)
        if found is not None:
            yield found.kind, article, told[found.owner.offset]
        if found is None or found.kind is DuplicateKind.RUBRIC:
            rows[key] = remember(rows[key], seen)
        elif found.kind in (DuplicateKind.SAME_HEADLINE, DuplicateKind.SAME_WORDS):
            rows[key] = remember_text(rows[key], seen) or rows[key]


def _tell(name: str, articles: list[RepeatArticle]) -> None:
    found, same = Counter[DuplicateKind](), Counter[DuplicateKind]()
    for kind, article, owner in repeats(articles):
        found[kind] += 1
        same[kind] += article.story is not None and article.story == owner.story
    print(f"{name}: {len(articles):,}, of which {found.total() - found[DuplicateKind.RUBRIC]:,} repeat another")
    for kind, count in sorted(found.items()):
        share = f"{same[kind] / count:6.1%} of the same story" if articles[0].story is not None else ""
        print(f"  {count:5,}  {kind:<14}{share}")


def _tell_pairs(rows: list[dict[str, Any]]) -> None:
    scores: dict[Likeness, list[float]] = defaultdict(list)
    for row in rows:
        one, other = (take_apart(normalise_headline(row[side])) for side in "ab")
        if one.key_text == other.key_text and (like := likeness(other, one.wording)):
            scores[like].append(row["score"])
    print(f"pairs of headlines: {len(rows):,}")
    for like, each in sorted(scores.items()):
        wrong = sum(score < _EQUAL_BY_PEOPLE for score in each)
        mean = sum(each) / len(each)
        print(f"  {len(each):5,}  {like.name.lower():<14}{wrong} of them different to people, mean score {mean:.2f}")


if __name__ == "__main__":
    sys.exit(main())
