"""Train the language model that ships: ``streams/text/language/model.xz``.

    pip install numpy==2.4.6 scipy==1.17.1 brotli msgpack==1.2.3 py3langid==0.4.0
    pip download --no-deps --only-binary :all: lingua-language-detector==1.3.5 wordfreq==3.1.1
    python -m bench.training.language DATA --lingua lingua_language_detector-1.3.5-py3-none-any.whl \
        --wordfreq wordfreq-3.1.1-py3-none-any.whl --out streams/text/language/model.xz

DATA holds ``language-dev.jsonl.gz``, ``headline-stories-dev.jsonl.gz`` and ``subjects-dev.jsonl.gz``. A quarter of the first
two's documents is not trained on, so that ``bench.quality.language`` has unseen texts to measure what ships; ``--leave-out ud``
leaves out a whole source, to see what texts of a source it never saw can expect. About 10 minutes of one core, and 4 GB.

For each script that languages share:

1. Texts are cut into spans of a few words (headlines are short), and words drawn from wordfreq's lists make more of them.
2. A prior: per n-gram and language, log(rate / RAREST) of its rate in lingua's counts, langdetect's profiles, py3langid's
   features and the spans.
3. Of all n-grams the most telling of each language are kept.
4. Multinomial logistic regression by full-batch Adam, in which the weights are the prior and a correction, which is held small.
5. The same again within each group of relatives, where the first fit is still too coarse.
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
from pathlib import Path
from typing import Any

from bench.data.language_sources import (
    Rates,
    langdetect_rates,
    lingua_rates,
    py3langid_rates,
    read_rows,
    read_sentences,
    serbian_in_latin,
    telling_words,
    wordfreq_words,
)
from streams.text.language.detect import READ_CHARS, prose
from streams.text.language.model import HEAVIEST, ngrams, words
from streams.text.language.scripts import main_script, script_of

np: Any = import_module("numpy")
sparse: Any = import_module("scipy.sparse")

LANGUAGES = {
    "Latn": "af az bs ca cs cy da de en eo es et eu fi fr ga gl ha hr hu id ig is it ku la lg lt lv mi ms nl no pl pt ro sk sl "
    "sn so sq sr st sv sw tl tn tr ts uz vi xh yo zu",
    "Cyrl": "be bg kk ky mk mn ru sr tg uk",
    "Arab": "ar fa ps ur",
    "Deva": "hi mr ne",
}
RELATIVES = ("bs hr sr", "id ms", "xh zu", "ca es gl pt", "da no sv", "cs sk sl", "af nl")

# In natural logarithms: what news is written in, and what is rather another language than itself.
HEAD_START = {"en": 2.0, "bs": -5.0, "eo": -1.0, "la": -1.0}

SPAN_WORDS = (2, 3, 4, 5, 6, 8, 10, 14)
SPANS_OF_TEXT, DRAWN_WORDS = 3_000, 6_000  # a language
# Telling words stand in so many spans each, with none or few others.
TELLING_SPANS, TELLING_SPAN_WORDS = 4, (1, 2, 3)
ARTICLE_WORDS = 200
NGRAMS_OF_LANGUAGE, NGRAM_IN_SPANS = 4_500, 20
RAREST = 2e-6
# What their rates weigh beside the letters of the spans.
LINGUA_LETTERS, LANGDETECT_LETTERS, PY3LANGID_LETTERS = 3e5, 1e5, 3e5
PRIOR_TRUST = 0.18
DRAWN_WEIGHT = 0.3
PER_NAT = 24
# Without it, Adam lets what was seen once move as far as what was seen a thousand times.
STEADINESS = 1e-5

Span = list[str]


@dataclass
class Examples:
    """Spans of one script, each with the position of its language; the first ``of_text`` are from texts."""

    tags: list[str]
    spans: list[Span]
    labels: list[int]
    of_text: int


def examples(script: str, rows: Iterable[dict[str, Any]], wordfreq: Path) -> Examples:
    chance = random.Random(0)
    tags = LANGUAGES[script].split()
    spans: list[Span] = []
    labels: list[int] = []
    by_language: defaultdict[str, dict[str, Span]] = defaultdict(dict)
    for row in rows:
        text = unicodedata.normalize("NFC", prose(row["text"][:READ_CHARS]))
        if row["lang"] == "sr" and script == "Latn":
            text = serbian_in_latin(text)
        if row["lang"] in tags and main_script(text)[0] == script:
            for span in _cut(words(text)[:ARTICLE_WORDS], chance):
                by_language[row["lang"]][" ".join(span)] = span
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


def _cut(text: Span, chance: random.Random, lengths: Sequence[int] = SPAN_WORDS) -> Iterator[Span]:
    start = 0
    while start < len(text):
        length = chance.choice(lengths)
        yield text[start : start + length]
        start += length


def rates_by_language(script: str, given: Examples, lingua: Path) -> list[Rates]:
    counts: list[Counter[str]] = [Counter() for _ in given.tags]
    for span, label in zip(given.spans, given.labels, strict=True):
        for word in span:
            counts[label].update(ngrams(word))
    found = []
    for tag, counted in zip(given.tags, counts, strict=True):
        prior = lingua_rates(lingua, tag, script)
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


def most_telling(script: str, given: Examples, rates: list[Rates]) -> list[str]:
    mean: defaultdict[str, float] = defaultdict(float)
    for of_language in rates:
        for ngram, rate in of_language.items():
            mean[ngram] += rate / len(rates)
    seen: Counter[str] = Counter()
    for span in given.spans:
        seen.update({ngram for word in span for ngram in ngrams(word)})
    chosen = {ngram for ngram, count in seen.items() if count >= NGRAM_IN_SPANS}
    for of_language in rates:
        telling = [
            (rate * math.log(rate / mean[ngram] + 0.3), ngram)
            for ngram, rate in of_language.items()
            if len(ngram) <= 3 or seen[ngram] or rate > 2 * RAREST
        ]
        chosen.update(ngram for _, ngram in sorted(telling, reverse=True)[:NGRAMS_OF_LANGUAGE])
    return sorted(ngram for ngram in chosen if all(script_of(letter) in {script, ""} for letter in ngram))


def design(spans: list[Span], known: list[str]) -> Any:
    """How often each known n-gram stands in each span."""
    position = {ngram: index for index, ngram in enumerate(known)}
    rows = [0]
    columns: list[int] = []
    counts: list[int] = []
    for span in spans:
        found = Counter(position[ngram] for word in span for ngram in ngrams(word) if ngram in position)
        columns += found.keys()
        counts += found.values()
        rows.append(len(columns))
    parts = (np.array(counts, np.float32), np.array(columns, np.int32), np.array(rows))
    return sparse.csr_matrix(parts, (len(spans), len(known)))


def fit(  # noqa: PLR0913
    texts: Any, labels: Any, weight: Any, prior: Any, *, iterations: int, rate: float, hold: float
) -> Any:
    """A correction of the prior's weights: least log loss of the weighted texts, and ``hold`` keeps it small."""
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
    """Of each known n-gram (rows) in each language (columns), in natural logarithms."""
    texts, labels = design(given.spans, known), np.array(given.labels)
    prior = np.array([[of.get(ngram, 0.0) for of in rates] for ngram in known], np.float32)
    prior = np.float32(PRIOR_TRUST) * np.log1p(prior / np.float32(RAREST))
    weight = np.ones(len(labels), np.float32)
    weight[given.of_text :] = DRAWN_WEIGHT
    share = np.bincount(labels, weight, minlength=len(given.tags)).astype(np.float32)
    weight *= (share.mean() / share[labels]) ** np.float32(0.7)
    found = prior + fit(texts, labels, weight / weight.sum(), prior, iterations=iterations, rate=0.03, hold=1e-4)
    for group in RELATIVES:
        positions = [given.tags.index(tag) for tag in group.split() if tag in given.tags]
        if len(positions) < 2:
            continue
        print(f"  {group}")
        inside = np.isin(labels, positions) & (np.arange(len(labels)) < given.of_text)
        some = texts[inside]
        used = np.unique(some.indices)
        own = np.searchsorted(positions, labels[inside])
        weight = (1 / np.bincount(own)[own]).astype(np.float32)
        grid = np.ix_(used, positions)
        more = fit(some[:, used].tocsr(), own, weight / weight.sum(), found[grid], iterations=40, rate=0.01, hold=5e-3)
        found[grid] += more - more.mean(1, keepdims=True)
    return found


def pack(models: list[tuple[str, list[str], list[str], Any]]) -> bytes:
    """The file that `streams.text.language.model` reads."""
    header, parts = [], []
    for script, tags, known, found in models:
        whole = np.clip(np.rint((found - found.min(1, keepdims=True)) * PER_NAT), 0, HEAVIEST).astype(np.uint8)
        names, columns = "\n".join(known).encode(), np.ascontiguousarray(whole.T).tobytes()
        start = [round((HEAD_START.get(tag, 0.0) - min(HEAD_START.values())) * PER_NAT) for tag in tags]
        sizes = {"ngram_bytes": len(names), "weight_bytes": len(columns)}
        header.append({"script": script, "tags": tags, "per_nat": PER_NAT, "head_start": start, **sizes})
        parts += [names, columns]
    head = json.dumps({"scripts": header}).encode()
    return lzma.compress(len(head).to_bytes(4, "little") + head + b"".join(parts), preset=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    parser.add_argument("--lingua", type=Path, required=True, help="lingua's wheel")
    parser.add_argument("--wordfreq", type=Path, required=True, help="wordfreq's wheel")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--leave-out", help="sets that begin so are not trained on")
    arguments = parser.parse_args()
    rows = [row for row in read_rows(arguments.data) if not row["held"]]
    if arguments.leave_out:
        rows = [row for row in rows if not row["set"].startswith(arguments.leave_out)]
    rows += read_sentences(arguments.data)
    models = []
    for script in LANGUAGES:
        given = examples(script, rows, arguments.wordfreq)
        rates = rates_by_language(script, given, arguments.lingua)
        known = most_telling(script, given, rates)
        print(f"{script}: {len(given.spans)} spans ({given.of_text} of texts), {len(known)} n-grams", flush=True)
        models.append((script, given.tags, known, weights(given, known, rates, arguments.iterations)))
    packed = pack(models)
    arguments.out.write_bytes(packed)
    print(f"{len(packed):,} bytes written to {arguments.out}")


if __name__ == "__main__":
    main()
