"""How good the subjects are on texts that the shipped tables have not seen, by source and language.

    .venv/bin/python -m bench.quality.subjects DATA

DATA is the folder with the development data. Measured are one row in eight of the sources that were trained on (HuffPost,
Wikipedia, SIB-200), and sources that were not: headlines of stories and NTREX-128, labelled by hand, and headlines that were
written for it (``subject_rows``). Texts are tagged like articles without keywords. Printed for the IPTC's top levels: the
share of texts whose likeliest one is right, given or not; F1 averaged over the subjects with at least five texts; the share
of texts for which one of the likeliest two is right. Then, without the texts that confidences were fitted to: how many get a
subject and how many of these are right, the same at confidence 50 and more, and how often tags of each confidence are right.
The last line is the speed on articles of 2,000 characters, by processor time.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data.subject_rows import SubjectRow, labelled_rows, sib_rows, unseen_rows
from streams.text.article import Subject
from streams.text.subjects import words as subject_words
from streams.text.subjects.names import media_topics
from streams.text.subjects.tag import URI_PREFIX, rank_top_levels, tag_subjects
from streams.text.subjects.words import TOP_LEVELS

SURE = 50
# Sections that mean deeper terms: the second-level IPTC terms that are right, with all below them.
DEEPER = {
    "armed conflicts and attacks": {"20000053", "20000056", "20000065", "20000071", "20000073", "20000077", "20001377"},
    "disasters and accidents": {"20000139", "20000148", "20000168"},
    "law and crime": {"20000082", "20000106", "20000121", "20000129"},
    "politics and elections": {"20000574", "20000593", "20000621"},
    "international relations": {"20000638"},
    "CRIME": {"20000082", "20000106", "20000129"},
    "FOOD & DRINK": {"20000538", "20000565"},
    "TASTE": {"20000538", "20000565"},
    "TRAVEL": {"20000538"},
    "WEDDINGS": {"20000780", "20000501", "20000799", "20000538", "20000565"},
    "DIVORCE": {"20000780", "20000799"},
    "PARENTING": {"20000780"},
    "RELIGION": {"20000657", "20000690", "20000696", "20000697", "20000702", "20000703", "20000705"},
    "WELLNESS": {"20000446", "20000464", "20001339", "20001358"},
    "HEALTHY LIVING": {"20000446", "20000464", "20001339", "20001358", "20000485"},
}
ARTICLE_CHARS = 2_000
HEADER = (
    f"{'':22} {'texts':>6} {'accuracy':>9} {'F1':>6} {'of two':>7} {'given':>9} {'right':>9} {'given 50+':>9} {'right 50+':>9}"
)
ENOUGH = 5  # texts that a subject needs to have an F1


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A text, the top levels that come first and second (-1: none), and those that were given, with their confidence."""

    row: SubjectRow
    first: int
    second: int
    given: Sequence[tuple[int, int]]
    deeper: Sequence[str]


def judge(row: SubjectRow) -> JudgedText:
    """Tag a text as an article's headline or body."""
    headline, body = (row.text, "") if row.headline else ("", row.text)
    first, second = [TOP_LEVELS.index(code) for code in rank_top_levels(headline, body, row.language)[:2]] or [-1, -1]
    subjects = tag_subjects(headline, body, (), row.language)
    deeper = [code for subject in subjects if (code := subject.uri.removeprefix(URI_PREFIX)) not in TOP_LEVELS]
    return JudgedText(row, first, second, top_levels(subjects), deeper)


def top_levels(subjects: Sequence[Subject]) -> list[tuple[int, int]]:
    found = [(subject.uri.removeprefix(URI_PREFIX), subject.confidence) for subject in subjects]
    return [(TOP_LEVELS.index(code), confidence) for code, confidence in found if code in TOP_LEVELS]


def f1(judged: Sequence[JudgedText]) -> float:
    """Averaged over subjects; a text with several right ones counts for the one that was found, else for the first."""
    hits: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    missed: Counter[int] = Counter()
    for each in judged:
        if each.first in each.row.right:
            hits[each.first] += 1
        else:
            wrong[each.first] += 1
            missed[each.row.right[0]] += 1
    counted = [number for number in range(len(TOP_LEVELS)) if hits[number] + missed[number] >= ENOUGH]
    scores = [2 * hits[number] / (2 * hits[number] + wrong[number] + missed[number]) for number in counted]
    return sum(scores) / len(scores) if scores else 0.0


def line(name: str, judged: Sequence[JudgedText]) -> str:
    accuracy = share([each.first in each.row.right for each in judged])
    of_two = share([bool({each.first, each.second} & set(each.row.right)) for each in judged])
    measured = [each for each in judged if not each.row.calibrates]
    best = [(each.given[0][0] in each.row.right, each.given[0][1]) for each in measured if each.given]
    sure = [number in each.row.right for each in measured for number, confidence in each.given if confidence >= SURE]
    sure_texts = sum(1 for _, confidence in best if confidence >= SURE)
    return (
        f"{name:22} {len(judged):6,} {accuracy:9.3f} {f1(judged):6.3f} {of_two:7.3f} {len(best) / len(measured):9.2f} "
        f"{share([right for right, _ in best]):9.3f} {sure_texts / len(measured):9.2f} {share(sure):9.3f}"
    )


def table(judged: Sequence[JudgedText], name_of: Callable[[SubjectRow], str]) -> list[str]:
    """One line per group, in order of name."""
    groups: dict[str, list[JudgedText]] = defaultdict(list)
    for each in judged:
        groups[name_of(each.row)].append(each)
    return [HEADER, *(line(name, groups[name]) for name in sorted(groups))]


def share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0


def calibration(judged: Sequence[JudgedText]) -> list[str]:
    bands: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for each in (each for each in judged if not each.row.calibrates):
        for number, confidence in each.given:
            bands[min(confidence // 10, 9)].append((confidence, number in each.row.right))
    return [
        f"  {10 * band:3}-{10 * band + 9}: {len(tags):6,} tags, said {sum(said for said, _ in tags) / len(tags):5.1f}, "
        f"right {100 * share([right for _, right in tags]):5.1f}"
        for band, tags in sorted(bands.items())
    ]


def deeper_terms(judged: Sequence[JudgedText]) -> str:
    """How often a deeper term's second-level ancestor is one that the section means."""
    known = [each for each in judged if each.row.section in DEEPER]
    right = [second_level(code) in DEEPER[each.row.section] for each in known for code in each.deeper]
    given = sum(1 for each in known if each.deeper)
    return (
        f"deeper terms: {given / len(known):.2f} of {len(known):,} texts have one, {share(right):.3f} of {len(right):,} right"
    )


def second_level(code: str) -> str:
    """The ancestor of a deeper term that is right below the top level."""
    parent = media_topics()[code].parent
    return code if parent is None or media_topics()[parent].parent is None else second_level(parent)


def speed(judged: Sequence[JudgedText]) -> float:
    """Articles a second of processor time, best of five: English texts joined to 2,000 characters."""
    joined = " ".join(each.row.text for each in judged)
    articles = [joined[start : start + ARTICLE_CHARS] for start in range(0, min(len(joined), 200_000), ARTICLE_CHARS)]
    times = []
    for _ in range(5):
        begun = time.process_time()
        for article in articles:
            tag_subjects(article[:80], article[80:], (), "en")
        times.append(time.process_time() - begun)
    return len(articles) / min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description="Figures of the subjects on development data.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", type=Path, help="a folder of tables instead of the shipped one")
    options = parser.parse_args()
    if options.tables is not None:
        subject_words.TABLE_FOLDER = str(options.tables.resolve())

    tables = subject_words.table_languages() | subject_words.READ_AS.keys()
    labelled = [*labelled_rows(options.data), *sib_rows(options.data)]
    seen = [judge(row) for row in labelled if row.kept_out and row.language in tables]
    unseen = [judge(row) for row in unseen_rows(options.data)]
    english = [each for each in (*seen, *unseen) if each.row.language == "en"]
    others = [each for each in (*seen, *unseen) if each.row.language != "en"]
    written = [each for each in unseen if each.row.source == "written"]
    print("English, by source", *table(english, lambda row: row.source), sep="\n")
    print("sources that were trained on, by language", *table(seen, lambda row: row.language), sep="\n")
    print("sources that were not, by language", *table(unseen, lambda row: row.language), sep="\n")
    print("all that was written, by subject", *table(written, _subject), sep="\n")
    print("how often a tag of some confidence is right, English:", *calibration(english), sep="\n")
    print("other languages:", *calibration(others), sep="\n")
    print(deeper_terms(english))
    print(f"{speed(english):,.0f} articles of {ARTICLE_CHARS:,} characters a second (processor time)")


def _subject(row: SubjectRow) -> str:
    return media_topics()[TOP_LEVELS[row.right[0]]].names["en"][0][:22]


if __name__ == "__main__":
    main()
