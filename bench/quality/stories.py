"""``python -m bench.quality.stories DATA``: how well articles of one event are found among strangers, and at what cost.

DATA is the folder with ``stories-dev.jsonl.gz`` (ECB+: whole articles with their stories), ``headline-stories-dev.jsonl.gz``
(only headlines) and ``subjects-dev.jsonl.gz`` (strangers). The limits were chosen on every other topic of ECB+; the rest is
printed first. B-cubed, averaged over articles: the share of an article's story that belongs with it (P), and the share of
what belongs with it that is in its story (R). Pairwise precision: of all pairs of articles in one story, the share that belongs
together. Strangers in a story count as wrong.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from streams.text.headline import normalise_headline
from streams.text.stories.headlines import sorted_words
from streams.text.stories.index import Limits, StoryIndex
from streams.text.stories.signature import Signature, print_of, weigh_words
from streams.text.stories.story import Relation

STRANGERS = 6_000
STRANGE_HEADLINES = 800
SEED = 7
JOINS = (340, 400, 440, 480)
WINDOW_MS = 72 * 3600 * 1000
NOON_MS = 1_750_000_000_000
MOST_STORIES = 1_000_000
FEW = 3  # a wrong story of at most this many articles is a small mistake
_BEGINNING = 80  # characters of a text without a headline


class StoryArticle(NamedTuple):
    """An article; ``story`` is None for a stranger."""

    headline: str
    body: str
    story: str | None
    outlet: str = ""


class Grouped(NamedTuple):
    """What an index made of rows: the story of each, how many have which mark, and processor milliseconds per row."""

    stories: Sequence[str]
    relations: Counter[Relation]
    ms: float


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    strange = read_strangers(data)
    for parity, what in ((1, "the half that nothing was chosen on"), (0, "the half that the limits were chosen on")):
        rows = shuffled([*read_events(data, parity), *strange[:STRANGERS]])
        print(f"ECB+, {what}: {sum(row.story is not None for row in rows)} articles among {STRANGERS:,} strangers")
        tell_curve(rows)
    headlines = read_headlines(data)
    among = [row for row in strange if not row.body][:STRANGE_HEADLINES]
    rows = interleaved(headlines, among)
    print(f"headlines alone: {len(headlines):,} in their order among {len(among)} strangers")
    tell(rows, Limits(), "as shipped")
    tell_strangers(strange)
    return 0


def tell_curve(rows: Sequence[StoryArticle]) -> None:
    """One line per threshold."""
    signed = sign(rows)
    for join in JOINS:
        name = f"at least {join}" + (", as shipped" if join == Limits().join else "")
        tell(rows, Limits(join=join), name, signed)


def tell(rows: Sequence[StoryArticle], limits: Limits, name: str, signed: Sequence[Signature] | None = None) -> None:
    """The figures of one run, in a line."""
    grouped = group(signed or sign(rows), limits)
    truth = [row.story for row in rows]
    precision, recall = b_cubed(truth, grouped.stories)
    f = 2 * precision * recall / (precision + recall)
    repeats = grouped.relations[Relation.SIMILAR_HEADLINE], grouped.relations[Relation.SAME_TEXT]
    print(
        f"  {name:24} P {precision:.3f}  R {recall:.3f}  F {f:.3f}  pairs {pairwise(truth, grouped.stories):.3f}"
        f"  {repeats[0]} similar headlines, {repeats[1]} same texts  {grouped.ms:.2f} ms an article"
    )


def tell_strangers(rows: Sequence[StoryArticle]) -> None:
    """How many stories strangers make among themselves; some are right, as the texts of a year tell of one war."""
    sizes = Counter(group(sign(rows), Limits()).stories).values()
    large = sorted((size for size in sizes if size > FEW), reverse=True)
    print(
        f"{len(rows):,} English strangers of some years at one second each: {len(sizes):,} stories, {len(large)} of more than"
        f" {FEW} articles, with {sum(large):,} articles; the largest: {', '.join(map(str, large[:5]))}"
    )


def sign(rows: Iterable[StoryArticle]) -> list[Signature]:
    """The signatures of rows, one per second."""
    return [_sign(number, row) for number, row in enumerate(rows)]


def _sign(number: int, row: StoryArticle) -> Signature:
    headline = row.headline or row.body[:_BEGINNING]
    return Signature(
        article_id=blake2b(b"%d" % number, digest_size=16).hexdigest(),
        time_ms=NOON_MS + 1_000 * number,
        language="en",
        outlet=row.outlet,
        headline=headline,
        compared=sorted_words(normalise_headline(headline, [row.outlet] if row.outlet else [])),
        words=weigh_words(row.headline, row.body, "en"),
        body=print_of(row.body),
    )


def group(signatures: Sequence[Signature], limits: Limits) -> Grouped:
    """Run an index over signatures."""
    index = StoryIndex(WINDOW_MS, MOST_STORIES, limits)
    story_of: dict[str, str] = {}
    relations: Counter[Relation] = Counter()
    began = time.process_time()
    for signature in signatures:
        told = index.decide(signature)
        index.remember(signature, told)
        for each in told:
            story_of.update((member.article_id, each.story.id) for member in each.story.members)
            if each.member is not None:
                relations[each.member.relation] += 1
    ms = (time.process_time() - began) * 1_000 / len(signatures)
    return Grouped([story_of[signature.article_id] for signature in signatures], relations, ms)


def b_cubed(truth: Sequence[str | None], found: Sequence[str]) -> tuple[float, float]:
    """Precision and recall of the rows that have a story."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for right, story in zip(truth, found, strict=True):
        together[story][right] += 1
    belonging = Counter(truth)
    judged = [(right, story) for right, story in zip(truth, found, strict=True) if right is not None]
    precision = sum(together[story][right] / together[story].total() for right, story in judged)
    recall = sum(together[story][right] / belonging[right] for right, story in judged)
    return precision / len(judged), recall / len(judged)


def pairwise(truth: Sequence[str | None], found: Sequence[str]) -> float:
    """Of the pairs in one story with at most one stranger, the share that belongs together."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for right, story in zip(truth, found, strict=True):
        together[story][right] += 1
    right_pairs = all_pairs = 0
    for counts in together.values():
        right_pairs += sum(_pairs(count) for right, count in counts.items() if right is not None)
        all_pairs += _pairs(counts.total()) - _pairs(counts[None])
    return right_pairs / all_pairs if all_pairs else 1.0


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def read_events(data: Path, parity: int) -> list[StoryArticle]:
    """The articles of every other topic of ECB+: a topic is two events that are easily confused."""
    rows = _read(data / "stories-dev.jsonl.gz")
    topics = sorted({row["topic"] for row in rows})[parity::2]
    return [
        StoryArticle(row["title"], row["text"].removeprefix(row["title"]), row["cluster"])
        for row in rows
        if row["topic"] in topics
    ]


def read_headlines(data: Path) -> list[StoryArticle]:
    """An aggregator's headlines, in order of time."""
    return [
        StoryArticle(row["title"], "", row["cluster"], row["publisher"])
        for row in _read(data / "headline-stories-dev.jsonl.gz")
    ]


def read_strangers(data: Path) -> list[StoryArticle]:
    """English texts of many years, shuffled."""
    rows = [
        StoryArticle(row["title"], row["text"], None) for row in _read(data / "subjects-dev.jsonl.gz") if row["lang"] == "en"
    ]
    return shuffled(rows)


def shuffled(rows: list[StoryArticle]) -> list[StoryArticle]:
    """The rows in a random but fixed order."""
    random.Random(SEED).shuffle(rows)
    return rows


def interleaved(rows: Sequence[StoryArticle], others: Sequence[StoryArticle]) -> list[StoryArticle]:
    """The rows in order, with the others spread evenly between them."""
    found = list(rows)
    for number, other in enumerate(others):
        found.insert(number * (len(found) + 1) // len(others), other)
    return found


def _read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rb") as lines:
        return [orjson.loads(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main())
