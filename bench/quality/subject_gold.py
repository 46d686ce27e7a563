"""How good the subjects are on the gold set, where a text may have several, and on the sets with one subject per text.

    .venv/bin/headwater bench quality DATA --only gold
    .venv/bin/python -m bench.quality.subject_gold DATA --output bench/results      # keep the figures, for BENCHMARKS.md

DATA is the folder with the development data. A tag is a top level at confidence 50 or more. Precision: how many of the tags are
right. Recall: how many of the right ones are given; in the sets with one subject, how many texts have a right tag. F1 combines
these two; means over several languages count each language once. Agreement is between the two readings: the share of texts
with exactly the same subjects, and Cohen's kappa over all decisions, seventeen per text.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.data.subject_gold import Label, Text, chosen_texts, labelled_texts, labels
from bench.data.subject_rows import labelled_rows, sib_rows, unseen_rows
from bench.quality.subjects import SURE, judge, share, top_levels
from streams.text.subjects.names import media_topics
from streams.text.subjects.tag import tag_subjects
from streams.text.subjects.words import READ_AS, TOP_LEVELS, table_languages

RESULTS = "subjects"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text's tags, (top level, confidence) each, and what is right: all of ``right``, or any one of them."""

    source: str
    language: str
    given: Sequence[tuple[int, int]]
    right: frozenset[int]
    all_of_them: bool = True

    @property
    def sure(self) -> set[int]:
        return {number for number, confidence in self.given if confidence >= SURE}


def tag(text: Text, label: Label) -> Tagged:
    """Tag a text like an article without keywords."""
    given = top_levels(tag_subjects(text.headline, text.body, (), text.language))
    return Tagged(text.source, text.language, given, label.settled)


def single_sets(data: Path) -> list[Tagged]:
    """The texts of one subject (or one of several), as ``bench.quality.subjects`` measures them."""
    tables = table_languages() | READ_AS.keys()
    rows = [row for row in (*labelled_rows(data), *sib_rows(data)) if row.kept_out and not row.calibrates]
    judged = [judge(row) for row in (*rows, *unseen_rows(data)) if row.language in tables]
    return [
        Tagged(each.row.source, each.row.language, each.given, frozenset(each.row.right), all_of_them=False)
        for each in judged
        if each.row.right
    ]


def scores(tagged: Sequence[Tagged]) -> dict[str, float]:
    """Texts, the share that gets a tag, precision, recall and F1."""
    given = sum(len(each.sure) for each in tagged)
    hits = sum(len(each.sure & each.right) for each in tagged)
    wanted = sum(len(each.right) if each.all_of_them else 1 for each in tagged)
    found = sum(len(each.sure & each.right) if each.all_of_them else bool(each.sure & each.right) for each in tagged)
    precision, recall = hits / given if given else 0.0, found / wanted if wanted else 0.0
    return {
        "texts": len(tagged),
        "tagged": share([bool(each.sure) for each in tagged]),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    }


def mean_of_languages(tagged: Sequence[Tagged]) -> dict[str, float]:
    """The scores of each language, averaged; ``texts`` are all of them."""
    each = list(by(tagged, lambda text: text.language).values())
    found = [scores(texts) for texts in each]
    return {
        name: sum(one[name] for one in found) / (1 if name == "texts" else len(found)) for name in (found[0] if found else ())
    }


def by(tagged: Iterable[Tagged], name_of: Callable[[Tagged], str]) -> dict[str, list[Tagged]]:
    """The texts of each group, groups in order."""
    found: dict[str, list[Tagged]] = defaultdict(list)
    for each in tagged:
        found[name_of(each)].append(each)
    return {name: found[name] for name in sorted(found)}


def of_subject(tagged: Sequence[Tagged], number: int) -> dict[str, float]:
    """How one top level is found; ``texts`` are those about it, ``tagged`` is the share of all."""
    only = {number}
    found = scores(
        [
            Tagged(each.source, each.language, [tag for tag in each.given if tag[0] in only], each.right & only)
            for each in tagged
        ]
    )
    return found | {"texts": sum(number in each.right for each in tagged)}


def bands(tagged: Iterable[Tagged]) -> list[dict[str, float]]:
    """For tags in bands of ten: their confidence, and how many are right."""
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for each in tagged:
        for number, confidence in each.given:
            found[min(confidence // 10, 9)].append((confidence, number in each.right))
    return [
        {
            "from": 10 * band,
            "tags": len(tags),
            "said": sum(said for said, _ in tags) / len(tags),
            "right": 100 * share([right for _, right in tags]),
        }
        for band, tags in sorted(found.items())
    ]


def agreement(found: Sequence[Label]) -> dict[str, float]:
    """Of the two readings: texts, how many got the same subjects, and kappa over seventeen decisions per text."""
    pairs = Counter((number in label.first, number in label.second) for label in found for number in range(len(TOP_LEVELS)))
    total = pairs.total()
    same = (pairs[True, True] + pairs[False, False]) / total
    first, second = ((pairs[True, True] + pairs[one]) / total for one in ((True, False), (False, True)))
    chance = first * second + (1 - first) * (1 - second)
    alike = sum(label.first == label.second for label in found)
    return {"texts": len(found), "same": alike, "kappa": (same - chance) / (1 - chance) if chance < 1 else 1.0}


def measure(gold: Sequence[Tagged], single: Sequence[Tagged], found: Sequence[Label]) -> dict[str, Any]:
    """All figures, in the form that is stored."""
    english = [each for each in gold if each.language == "en"]
    others = [each for each in gold if each.language != "en"]
    own = [each for each in single if each.language == "en"]
    foreign = by((each for each in single if each.language != "en"), lambda text: text.source)
    counted = [number for number in range(len(TOP_LEVELS)) if any(number in each.right for each in gold)]
    return {
        "agreement": agreement(found),
        "gold": {
            **{language: scores(texts) for language, texts in by(gold, lambda text: text.language).items()},
            "mean of the languages": mean_of_languages(gold),
        },
        "single": {
            **{f"en, {source}": scores(texts) for source, texts in by(own, lambda text: text.source).items()},
            **{f"other languages, {source}, mean": mean_of_languages(texts) for source, texts in foreign.items()},
        },
        "subjects": {_name(number): of_subject(gold, number) for number in counted},
        "bands": {
            "gold, en": bands(english),
            "gold, other languages": bands(others),
            "one subject a text, en": bands(own),
            "one subject a text, other languages": bands(each for each in single if each.language != "en"),
        },
    }


def _name(number: int) -> str:
    return media_topics()[TOP_LEVELS[number]].names["en"][0]


def report(figures: dict[str, Any]) -> list[str]:
    """The figures as lines for people."""
    read = figures["agreement"]
    lines = [f"two readings: {read['same']} of {read['texts']} texts alike, kappa {read['kappa']:.2f}"]
    for part in ("gold", "single", "subjects"):
        lines.append(f"{part:38} {'texts':>6} {'tagged':>7} {'P':>6} {'R':>6} {'F1':>6}")
        for name, row in figures[part].items():
            numbers = f"{row['precision']:6.3f} {row['recall']:6.3f} {row['f1']:6.3f}"
            lines.append(f"{name:38} {row['texts']:6,.0f} {row['tagged']:7.2f} {numbers}")
    for name, rows in figures["bands"].items():
        lines.append(f"how often a tag of some confidence is right: {name}")
        lines += [
            f"  {row['from']:3}-{row['from'] + 9}: {row['tags']:6,} tags, said {row['said']:5.1f}, right {row['right']:5.1f}"
            for row in rows
        ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Figures of the subjects on the gold set, beside the sets with one subject per text."
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--alone", action="store_true", help="without the sets with one subject per text")
    parser.add_argument("--output", type=Path, help="folder for the figures as JSON")
    options = parser.parse_args()
    found = labels()
    gold = [tag(text, label) for text, label in labelled_texts(chosen_texts(options.data), found)]
    single = [] if options.alone else single_sets(options.data)
    figures = measure(gold, single, found)
    print(*report(figures), sep="\n")
    if options.output is not None:
        (options.output / f"{RESULTS}.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
