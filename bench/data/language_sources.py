"""What the language model learns from: n-gram rates and word lists inside wheels, and labelled news texts.

Rates are per letter of running text; word ends are spaces. Sources, all of them statistics, no running text:

- lingua-language-detector 1.3.5 (Apache-2.0; counted on news of the Leipzig Corpora Collection, CC BY): the probability of
  a letter after up to four others, inside words. Words' beginnings and ends follow from what is missing.
- langdetect 1.0.9 (Apache-2.0; counted on Wikipedia): n-grams of up to three characters.
- py3langid 0.4.0 (BSD-3-Clause): a naive Bayes model, whose features are strings of up to six bytes.
- wordfreq 3.1.1 (data CC BY-SA 4.0): words by frequency.
"""

from __future__ import annotations

import gzip
import json
import tomllib
import zipfile
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from langdetect import PROFILES_DIRECTORY

from streams.text.language.model import words
from streams.text.language.scripts import script_of

Rates = dict[str, float]

_LINGUA_FILES = ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams")
_LINGUA_NAMES = {"no": ("nb", "nn")}
_RAREST = 1.5e-6
# Differences of rates are exact up to rounding: less than this is nothing.
_ROUNDING = 1e-8
# How many features a letter counts for, by which their rates are multiplied: the median of what lingua gives the same n-grams.
_PY3LANGID_MATCHES_A_LETTER = {"Latn": 2.0, "Cyrl": 3.2, "Arab": 3.2, "Deva": 3.2}
_WORDFREQ_NAMES = {"tl": "fil", "no": "nb"}
_TO_LATIN = {
    **dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)),
    "љ": "lj", "њ": "nj", "џ": "dž",
}  # fmt: skip


def lingua_rates(wheel: Path, tag: str, script: str) -> Rates:
    """All n-grams of up to five characters of a language, {} where lingua does not know it."""
    names = _LINGUA_NAMES.get(tag, (tag,))
    rates: Rates = {}
    for name in names:
        for ngram, rate in _lingua_counts(wheel, name).items():
            rates[ngram] = rates.get(ngram, 0) + rate / len(names)
    if tag == "sr" and script == "Latn":  # lingua's Serbian is Cyrillic
        latin = ((serbian_in_latin(ngram), rate) for ngram, rate in rates.items())
        return {ngram: rate for ngram, rate in latin if len(ngram) <= len(_LINGUA_FILES)}
    return rates


def serbian_in_latin(text: str) -> str:
    """Serbian in Cyrillic letters as it is written in Latin ones, in lower case."""
    return "".join(_TO_LATIN.get(letter, letter) for letter in text.lower())


@cache
def _lingua_counts(wheel: Path, name: str) -> Rates:
    brotli: Any = import_module("brotli")
    by_length: list[Rates] = [{}]
    with zipfile.ZipFile(wheel) as archive:
        for length, file in enumerate(_LINGUA_FILES, 1):
            path = f"lingua/language-models/{name}/{file}.json.br"
            if path not in archive.namelist():
                return {}
            rates: Rates = {}
            for fraction, ngrams in json.loads(brotli.decompress(archive.read(path)))["ngrams"].items():
                numerator, denominator = map(int, fraction.split("/"))
                for ngram in ngrams.split(" "):
                    before = by_length[length - 1].get(ngram[:-1], 0.0) if length > 1 else 1.0
                    if before:
                        rates[ngram] = before * numerator / denominator
            by_length.append(rates)
    return {ngram: rate for ngram, rate in _with_ends(by_length).items() if rate > _RAREST}


def _with_ends(by_length: list[Rates]) -> Rates:
    """What follows no letter begins a word: rate(" ab") = rate("ab") - the sum of rate("xab"); likewise for ends."""
    found: Rates = {}
    for rates in by_length[1:]:
        found.update(rates)
    for length in range(1, len(by_length) - 1):
        starts, ends = dict(by_length[length]), dict(by_length[length])
        for ngram, rate in by_length[length + 1].items():
            if ngram[1:] in starts:
                starts[ngram[1:]] -= rate
            ends[ngram[:-1]] -= rate
        if length + 2 < len(by_length):
            whole = {ngram: starts[ngram] + ends[ngram] - rate for ngram, rate in by_length[length].items()}
            for ngram, rate in by_length[length + 2].items():
                if ngram[1:-1] in whole:
                    whole[ngram[1:-1]] += rate
            found.update({f" {ngram} ": rate for ngram, rate in whole.items() if rate > _ROUNDING})
        found.update({f" {ngram}": rate for ngram, rate in starts.items() if rate > _ROUNDING})
        found.update({f"{ngram} ": rate for ngram, rate in ends.items() if rate > _ROUNDING})
    return found


def langdetect_rates(tag: str) -> Rates:
    """n-grams of up to three characters of a language, {} where langdetect does not know it."""
    path = Path(PROFILES_DIRECTORY) / tag
    if not path.exists():
        return {}
    profile = json.loads(path.read_text(encoding="utf-8"))
    rates: Rates = {}
    for ngram, count in profile["freq"].items():
        rates[ngram.lower()] = rates.get(ngram.lower(), 0) + count / profile["n_words"][0]
    return rates


@cache
def py3langid_rates(script: str) -> dict[str, Rates]:
    """By language: those of the model's features that are n-grams of a word of this script, {} where it has none.

    Every language has the same features, so that what is missing from a language's rates is rare in it.
    """
    np: Any = import_module("numpy")
    model, texts = _py3langid()
    features = [(number, ngram) for number, text in texts if (ngram := _ngram_of_word(text, script))]
    logs = np.asarray(model.nb_ptc, np.float64)
    rates = (np.exp(logs) - np.exp(logs.min(0)))[[number for number, _ in features]] * _PY3LANGID_MATCHES_A_LETTER[script]
    found: dict[str, Rates] = {}
    for tag in set(model.nb_classes):
        # Serbian and Uzbek stand there twice, once in each script.
        column = max((c for c, label in enumerate(model.nb_classes) if label == tag), key=lambda c: rates[:, c].sum())
        found[tag] = {}
        for (_, ngram), rate in zip(features, rates[:, column].tolist(), strict=True):
            found[tag][ngram] = found[tag].get(ngram, 0.0) + rate
    for ngram, rate in found.pop("nn").items():
        found["no"][ngram] = (found["no"][ngram] + rate) / 2
    return found


@cache
def _py3langid() -> tuple[Any, list[tuple[int, str]]]:
    langid: Any = import_module("py3langid.langid")
    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    return model, list(_features(model))


def _features(model: Any) -> Iterator[tuple[int, str]]:
    """Each feature's number and text: the shortest way through the automaton to a state that counts it."""
    ways, todo, seen = {0: b""}, deque([0]), set()
    while todo:
        state = todo.popleft()
        row = model.tk_row[state] << 8
        for byte in range(256):
            after = int(model.tk_nextmove[row + byte])
            if after not in ways:
                ways[after] = ways[state] + bytes([byte])
                todo.append(after)
    for state, way in ways.items():
        number = int(model.tk_output[state])
        if number >= 0 and number not in seen:
            seen.add(number)
            with suppress(UnicodeDecodeError):
                yield number, way.decode()


def _ngram_of_word(text: str, script: str) -> str:
    """As the language model would look it up; "" if it is not within one word of the script."""
    letters = text.strip(" ").lower()
    if words(letters) != [letters] or any(script_of(letter) not in {script, ""} for letter in letters):
        return ""
    return f"{' ' * text.startswith(' ')}{letters}{' ' * text.endswith(' ')}"


def wordfreq_words(wheel: Path, tag: str) -> Rates:
    """Words by frequency, {} where wordfreq has no list of the language."""
    msgpack: Any = import_module("msgpack")
    path = f"wordfreq/data/small_{_WORDFREQ_NAMES.get(tag, tag)}.msgpack.gz"
    with zipfile.ZipFile(wheel) as archive:
        if path not in archive.namelist():
            return {}
        buckets = msgpack.unpackb(gzip.decompress(archive.read(path)))
    return {word: 10 ** (-centibels / 100) for centibels, words in enumerate(buckets) if centibels for word in words}


def read_rows(data: Path) -> list[dict[str, Any]]:
    """The development texts whose licences allow it; "held" marks those that are not trained on but measured with.

    English has two thousand headlines of its own: titles in which hardly a word but names stands are English mostly.
    """
    with gzip.open(data / "language-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["lic"] != "LGPL-LR"]
    with gzip.open(data / "headline-stories-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        stories = [row for row in map(json.loads, lines) if zlib.crc32(row["cluster"].encode()) % 2]
    rows += [{"text": row["title"], "lang": "en", "set": row["cluster"], "kind": "headline"} for row in stories]
    return [{**row, "held": held} for row, held in zip(rows, _held_out(rows), strict=True)]


def telling_words(tag: str) -> list[str]:
    """Words by which Bosnian, Croatian and Serbian differ, [] for other languages."""
    lists = tomllib.loads((Path(__file__).with_name("serbo_croatian.toml")).read_text(encoding="utf-8"))
    return [word for tags, listed in lists.items() if tag in tags.split("_") for word in listed.split()]


def read_sentences(data: Path) -> list[dict[str, Any]]:
    """SIB-200's sentences of 30 languages, translations of one another: for training alone."""
    with gzip.open(data / "subjects-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["ds"] == "sib200"]


def _held_out(rows: list[dict[str, Any]]) -> list[bool]:
    """Whether each row is of the quarter of documents that measures; a text within a longer one is of its document."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row["lang"], row["set"] if row["set"][:2] != "ud" else "ud"].append(index)
    held = [False] * len(rows)
    for key, indexes in groups.items():
        documents: list[str] = []
        for index in sorted(indexes, key=lambda index: -len(rows[index]["text"])):
            excerpt = rows[index]["text"][5:45]
            number = next((n for n, text in enumerate(documents) if excerpt in text), len(documents))
            if number == len(documents):
                documents.append(rows[index]["text"])
            held[index] = zlib.crc32(repr((key, number)).encode()) % 4 == 0
    return held
