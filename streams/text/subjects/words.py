"""What the words of a text say about its subject: a table of words, distilled from multilingual sentence encoders.

``tables/`` has one file per language, with seventeen small numbers for each word: how much the word speaks for each of the
IPTC's top levels. A text is the weighted sum of its words' rows. A word that is not in the table is read by the longest listed
beginning it has ("министер*"), or else by its pieces of three to five letters. ``bench/training/subjects.py`` makes the tables;
``words.md`` is their card: data, licences, figures.

Only whole numbers are added up, so that the sums are the same on every machine.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from itertools import count
from math import ceil, exp, fsum, log
from struct import Struct
from zipfile import ZipFile
from zlib import crc32

from streams import lazy_re as re
from streams.text.remembered import Remembered
from streams.word_lists import word_lists

TABLE_FOLDER = "tables"

# The top levels in the order of a row's numbers.
TOP_LEVELS = tuple(f"{number:02d}000000" for number in range(1, 18))

# A text of n words is judged by the sum of its rows divided by (n + SHORTNESS) ** LENGTH_POWER: between a mean, which
# ignores how much was read, and a sum, which is certain of everything after fifty words.
SHORTNESS = 2.0
LENGTH_POWER = 0.6
UNIT = 16  # weights are whole numbers: sixteenths

# A word that is also a figure of speech ("a race for mayor") counts in full for its subject if this many others, with other
# stems, speak clearly for that subject and for nothing more; for each missing one, it loses its share of them.
COMPANY = 3
WORDS_A_MEMBER = 12  # a short text needs less company: one more is required for every this many words
FIGURE_PARTS = 3
# Without company that speaks more clearly yet, a word of sport, war, weather, health or disaster loses all beside one that is
# no figure and speaks clearly for a subject that borrows such words, economy, politics or sport: "race for mayor".
BEYOND_DOUBT = 2.0  # log odds
CONTRADICTS = 2.5
FIGURES_ALONE = 0.45  # confidence at most, of a tag that figures alone speak for
MANY_FIGURES = 3  # this many of one subject are meant, if nothing contradicts
# The same limit holds, outside English, for a subject that lends its words if words that speak for it most are less than this
# share of what speaks for it: every word about a government speaks a little for war. (Chosen on half of the gold set and of the
# texts kept out of training; in English it made no difference, and is not used.)
OWN_SHARE = 0.2
LENDERS = frozenset({"03000000", "07000000", "15000000", "16000000", "17000000"})
BORROWERS = frozenset({"04000000", "11000000", "15000000"})
# Subjects of films and novels: beside a word for such a work, they need this much more company.
TOLD = ("02000000", "03000000", "16000000")
MORE_COMPANY = 3
# An event has a place, and a death a cause: where the headline has a fire and a hotel, or a death and an artist, what speaks
# for leisure or health is not the subject.
WORK, DEATH, PLACE = PARTS = ("works", "deaths", "places")
OF_NOTE = 28  # sixteenths: the weight of a word of the headline, or of one that the lead has three times
PART_OF = {"01000000": "artists", "02000000": "events", "03000000": "events"}  # words that speak so clearly for these
EVENT = 2.0  # log odds
BACKDROPS = {"07000000": {DEATH, "artists"}, "10000000": {PLACE, "events"}}
CLEAR = 1.5  # log odds
STEM = 5  # letters
# Letters: words like "and" do not count as company. Fewer where vowels are not written or a letter is a syllable or a word.
SHORT = 3
SHORT_IN = {"ar": 2, "fa": 2, "he": 2, "ja": 1, "ko": 1, "th": 1, "ur": 2, "zh": 1}
# A tag is also more certain the more clearly a second word speaks for it: odds for each log odd of that word above the usual,
# up to a limit. (Chosen on held-out texts in fourteen languages; in English it made no difference, and is not used.)
SUPPORT_ODDS = 0.5
USUAL_SUPPORT = 2.5
MOST_SUPPORT = 6.0
# In a text of fewer than WORDS_A_MEMBER known words outside English, a word that speaks so clearly for one top level, and so
# much less for others, makes that level as likely beforehand as any: few texts to learn from were about strikes or inflation.
TELLS = 4.5  # log odds
TELLS_AHEAD = 2.5
LOOKED_AT = 0.1  # share of a top level from which on its company is looked at
EVIDENT = 1.0  # log odds: a word that says less is not evidence
# In English a tag needs one word with at least these log odds for it, or the source: the rest of the text may be chance.
PLAIN = 2.5
SPORT = "15000000"
SCORE = "0-0"  # represents a score like 4-1 among a text's words: company for sport's
SCORE_COMPANY = 2

GRAM_LENGTHS = (3, 4, 5)
GRAM_ROWS = 8_192
LONGEST_WORD = 30  # characters
LONGEST_SEGMENT = {"ja": 10, "th": 16, "zh": 6}  # characters of a word where a language writes no spaces

WITHOUT_SPACES = frozenset(LONGEST_SEGMENT)
BEGINNING = "*"  # ends the beginnings of words among a table's words

# Languages read by the table of another one, whose words are the same or nearly so.
READ_AS = {"bs": "hr", "fil": "tl", "ms": "id", "nb": "no", "nn": "no", "pcm": "en", "sh": "hr", "sr": "hr", "yue": "zh"}
# Serbian in Cyrillic letters is read in Latin ones: the table of Croatian, Bosnian and Serbian is in Latin letters.
_LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)) | {"љ": "lj", "њ": "nj", "џ": "dž"}
)

_ROWS_REMEMBERED = 32_768
_ZERO = 128  # rows are stored as bytes, 128 for nothing
_LANE_BYTES = 4
_SUMS = Struct("<17I")
# For `re`, the vowel signs of Arabic and Indic scripts are not part of a word, so they are listed here.
_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036F\u064B-\u065F\u0670\u0900-\u0963\u0966-\u0DFF\u0E31-\u0E4E\u200C\u200D]*")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SCRIPTS = re.compile(f"{_UNSPACED.pattern}+|[^{_UNSPACED.pattern[1:]}+")
_APOSTROPHE = re.compile("['\u2019\u02bc]")


def words_of(text: str, language: str) -> list[str]:
    """The words of a text in lower case; whole runs of characters in languages without spaces."""
    if language != "uk" and (words := _western_words(text)) is not None:
        return words
    plain = text.replace("İ", "i").replace("_", " ")
    if not unicodedata.is_normalized("NFKC", plain):
        plain = unicodedata.normalize("NFKC", plain)
    plain = plain.casefold()
    if language == "hr":
        plain = plain.translate(_LATIN)
    return _WORD.findall(_APOSTROPHE.sub("", plain) if language == "uk" else plain)  # in Ukrainian it is a letter


def _fold_byte(code: int) -> int:
    """The byte in Windows-1252 of what becomes of a character; a space for what is in no word, and 0 for several letters."""
    folded = unicodedata.normalize("NFKC", bytes([code]).decode("cp1252", "replace")).casefold()
    if not any(map(str.isalnum, folded)):
        return ord(" ")
    return int.from_bytes(folded.encode("cp1252", "ignore"), "big") if len(folded) == 1 else 0


# Most news in Western languages needs only the 256 characters of Windows-1252. What has no byte here, as "µ", is left to `re`.
_FOLDED = bytes(map(_fold_byte, range(256)))
_FIRST_DIGITS = re.compile("[0-9](?<= [0-9])[0-9]*")


def _western_words(text: str) -> list[str] | None:
    """What :func:`words_of` gives for a text in Windows-1252, in half the time; None of any other text."""
    try:
        folded = text.replace("ß", "ss").encode("cp1252").translate(_FOLDED)
    except UnicodeEncodeError:
        return None
    return None if 0 in folded else _FIRST_DIGITS.sub("", " " + folded.decode("cp1252")).split()


def segment_lengths(words: Iterable[str]) -> dict[str, list[int]]:
    """How long the words are that begin with a character, the longest first: what :func:`segments` tries."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in words:
        lengths[word[:1]].add(len(word))
    return {first: sorted(found, reverse=True) for first, found in lengths.items()}


def segments(runs: Iterable[str], listed: Container[str], lengths: Mapping[str, Sequence[int]]) -> list[str]:
    """Runs of characters split into listed words, always the longest that fits; anything not listed is left out.

    ``lengths`` is what :func:`segment_lengths` says of the listed words. Foreign words ("NATO") are whole, or left out.
    """
    found = []
    for run in runs:
        for part in _SCRIPTS.findall(run):
            if _UNSPACED.match(part) is None:
                found += [part] if part in listed else []
                continue
            position = 0
            while position < len(part):
                for length in lengths.get(part[position], ()):
                    segment = part[position : position + length]
                    if segment in listed:
                        found.append(segment)
                        position += len(segment)
                        break
                else:
                    position += 1
    return found


def gram_rows(word: str) -> list[int]:
    """The rows of a word's pieces of three to five letters, with its beginning and end marked."""
    marked = f"<{word}>"
    return [
        crc32(marked[start : start + length].encode("utf-8", "replace")) % GRAM_ROWS
        for length in GRAM_LENGTHS
        for start in range(len(marked) - length + 1)
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text's words say together.

    ``shares``: of each top level, 0.0 to 1.0, together 1.0. ``confidences``: 0.0 to 1.0, the share of right answers among such
    ones. ``telling``: gives the words that spoke most for a top level (by its number in ``TOP_LEVELS``), the best first, each
    with the log odds that it added; none that speaks for it less than half as clearly as another, or hardly at all.
    """

    shares: Sequence[float]
    confidences: Sequence[float]
    telling: Callable[[int, int], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that turn a table's sums into shares and confidences.

    ``scale``: of a row's steps, in log odds; ``bias``: of each top level, in log odds; ``slope`` and ``offset``: log odds of a
    tag being right = slope x log odds of its share + offset.
    """

    scale: float
    bias: Sequence[float]
    slope: float
    offset: float


@dataclass(frozen=True, slots=True, eq=False)
class WordRow:
    """A word's row: its ``numbers``, and ``lanes``, the same side by side in one integer; and what follows from them.

    ``stem``: its first letters, "" of a short word; ``figures``: the top levels (by number) for which it may only be a figure
    of speech; ``speaks_for``: the one that it speaks for most; ``contradicts``: the same, if it says so clearly that others'
    figures of speech mean nothing beside it; ``parts``: what it is in a story, as a film is a work (`PARTS`); ``tells``:
    whether it speaks for one top level alone (`TELLS`); ``is_marked``: whether it has figures, parts or contradicts, as few do.
    """

    word: str
    numbers: bytes
    lanes: int
    stem: str
    figures: frozenset[int]
    speaks_for: int
    contradicts: int | None
    parts: frozenset[str]
    tells: bool
    is_marked: bool


class _Text:
    """The words of a text that are known, each with its weight."""

    def __init__(self, known: Sequence[tuple[WordRow, int]]) -> None:
        self.known = known
        marked = [(row, weight) for row, weight in known if row.is_marked]
        self.figures = [(row, weight) for row, weight in marked if row.figures]
        self.contradictions = {row.contradicts for row, _ in marked} - {None}
        self.tells_of_work = any(WORK in row.parts for row, _ in marked)
        self.parts_of_note: frozenset[str] = frozenset().union(*(row.parts for row, weight in marked if weight >= OF_NOTE))
        self._numbers = b"".join([row.numbers for row, _ in known])

    def numbers_for(self, number: int) -> bytes:
        """What each word says of a top level."""
        return self._numbers[number :: len(TOP_LEVELS)]

    def company_for(self, number: int) -> list[WordRow]:
        """The words that speak for a top level more than for others, and are neither short nor figures of speech."""
        return [row for row, _ in self.known if row.speaks_for == number and row.stem and number not in row.figures]


class WordTable:
    """The rows of one language.

    ``function_words`` ("the", "against") count like others, but are not shown as evidence.
    """

    def __init__(  # noqa: PLR0913
        self,
        language: str,
        words: Iterable[str],
        rows: bytes,
        grams: bytes,
        numbers: Numbers,
        *,
        function_words: Container[str] = (),
    ) -> None:
        """``rows`` are of ``words``, ``grams`` of word pieces (or b""): seventeen bytes each, 128 for nothing."""
        self.language = language
        self._index = dict(zip(words, count(step=len(TOP_LEVELS)), strict=False))
        self._lengths = segment_lengths(self._index) if language in WITHOUT_SPACES else {}
        self._longest_beginning = max((len(word) - 1 for word in self._index if word.endswith(BEGINNING)), default=0)
        self.function_words = function_words
        self._rows = rows
        self._grams = grams
        self.numbers = numbers
        self._figures, self._beginnings = _figures_of_speech(language)
        self._parts = _parts(language)
        self._short = SHORT_IN.get(language, SHORT)
        # At most 8 MB for the wide rows of the most recent words.
        self._wide_rows = Remembered(self._widen_row, _ROWS_REMEMBERED)

    def __contains__(self, word: str) -> bool:
        return word in self._index

    def row(self, word: str) -> list[float]:
        """What a listed word says of each top level, in log odds."""
        start = self._index[word]
        return [(value - _ZERO) * self.numbers.scale for value in self._rows[start : start + len(TOP_LEVELS)]]

    def split(self, text: str) -> list[str]:
        """The words of a text, as this table has them."""
        words = words_of(text, self.language)
        return segments(words, self._index, self._lengths) if self.language in WITHOUT_SPACES else words

    def read(self, weights: Mapping[str, int], source: Mapping[int, float] | None = None) -> Reading | None:
        """Judge a text by its words and their weights (1/16 and up); None if no word says anything.

        ``source``: what the source itself claims for a top level (by number), in units of log odds.
        """
        rows = map(self._wide_rows.__getitem__, weights)
        text = _Text([(row, weight) for row, weight in zip(rows, weights.values(), strict=True) if row])
        if not text.known and not source:
            return None
        total = sum([weight for _, weight in text.known])
        # One addition adds a whole row, whose numbers are side by side in one long integer.
        sums = _SUMS.unpack(sum([weight * row.lanes for row, weight in text.known]).to_bytes(_SUMS.size, "little"))
        length = (total / UNIT + SHORTNESS) ** LENGTH_POWER
        factor = self.numbers.scale / UNIT / length
        scores = [(value - _ZERO * total) * factor + bias for value, bias in zip(sums, self.numbers.bias, strict=True)]
        shares = _shares(scores)
        in_figures = {number for row, _ in text.figures for number in row.figures}
        scored = TOP_LEVELS.index(SPORT) if SCORE in weights else None
        for number in [number for number in in_figures if shares[number] >= LOOKED_AT]:
            company = SCORE_COMPANY if number == scored else 0
            scores[number] -= self._without_company(number, text, company) * factor
        for number in [number for number in _backdrops(text) if shares[number] >= LOOKED_AT]:
            said_of_it = sum(max(0, row.numbers[number] - _ZERO) * weight for row, weight in text.known)
            scores[number] -= said_of_it * factor
        if len(text.known) < WORDS_A_MEMBER and (told := self._told_alone(text)) is not None:
            scores[told] += max(self.numbers.bias) - self.numbers.bias[told]
        said = source or {}
        for number, odds in said.items():
            scores[number] += odds
        shares = _shares(scores)

        def telling(number: int, count: int) -> dict[str, float]:
            numbers = text.numbers_for(number)
            # A little, said often, is not evidence: "the" speaks for something in every table.
            least = _ZERO + ceil(max(EVIDENT / self.numbers.scale, (max(numbers, default=_ZERO) - _ZERO) / 2))
            said = [(value - _ZERO, *text.known[place]) for place, value in enumerate(numbers) if value >= least]
            shown = sorted([(-value * weight, row.word) for value, row, weight in said if row.word not in self.function_words])
            return {word: -worth * factor for worth, word in shown[:count]}

        confidences = [
            self._confidence(share, number, text, is_said=number in said, is_scored=number == scored)
            for number, share in enumerate(shares)
        ]
        return Reading(shares, confidences, telling)

    def _told_alone(self, text: _Text) -> int | None:
        """The top level of a short text outside English in which words tell one, and none tells another; else None."""
        if self.language == "en":
            return None
        told = {row.speaks_for for row, _ in text.known if row.tells and row.speaks_for not in row.figures}
        return told.pop() if len(told) == 1 else None

    def _confidence(self, share: float, number: int, text: _Text, *, is_said: bool, is_scored: bool) -> float:
        """The share of right answers among such ones; ``is_said``: by the source, ``is_scored``: by a result."""
        if not is_said and not self._is_plain(share, number, text):
            return 0.0
        bounded = min(max(share, 1e-6), 1 - 1e-6)
        odds = self.numbers.slope * log(bounded / (1 - bounded)) + self.numbers.offset
        if share >= LOOKED_AT and text.known and self.language != "en":
            odds += SUPPORT_ODDS * (min(self._support(number, text), MOST_SUPPORT) - USUAL_SUPPORT)
        confidence = 1 / (1 + exp(-odds))
        if is_said or share < LOOKED_AT or TOP_LEVELS[number] not in LENDERS or confidence <= FIGURES_ALONE:
            return confidence
        is_lone = not is_scored and self._is_lone(number, text)
        return FIGURES_ALONE if is_lone or self._is_lent(number, text) else confidence

    def _is_plain(self, share: float, number: int, text: _Text) -> bool:
        if self.language != "en":
            return True
        return share >= LOOKED_AT and max(text.numbers_for(number), default=0) >= _ZERO + PLAIN / self.numbers.scale

    def _is_lent(self, number: int, text: _Text) -> bool:
        """Whether words that speak more for other subjects are nearly all that speaks for a lender."""
        if self.language == "en":
            return False
        said = [(value - _ZERO) * weight for value, (_, weight) in zip(text.numbers_for(number), text.known, strict=True)]
        own = [worth for worth, (row, _) in zip(said, text.known, strict=True) if row.speaks_for == number and row.stem]
        return sum(own) < OWN_SHARE * sum([worth for worth in said if worth > 0])

    def _is_lone(self, number: int, text: _Text) -> bool:
        """Whether figures of speech alone speak clearly for a lender: few of them, or beside a word that contradicts."""
        clear = _ZERO + CLEAR / self.numbers.scale
        figures = {row.word[:STEM] for row, _ in text.figures if number in row.figures and row.numbers[number] >= clear}
        if not figures:
            return False
        if any(row.numbers[number] >= clear for row in text.company_for(number)):
            return False
        return len(figures) < MANY_FIGURES or self._is_contradicted(number, text)

    def _without_company(self, number: int, text: _Text, others: int) -> int:
        """How much a text's words overstate a top level: figures of speech count in full only in company.

        ``others`` is company other than words.
        """
        said = sum(max(0, row.numbers[number] - _ZERO) * weight for row, weight in text.figures if number in row.figures)
        company: dict[str, int] = {}
        for row in text.company_for(number):
            company[row.stem] = max(row.numbers[number], company.get(row.stem, 0))
        clear, clearest = _ZERO + CLEAR / self.numbers.scale, max(company.values(), default=0)
        wanted = min(COMPANY, 1 + len(text.known) // WORDS_A_MEMBER)
        if TOP_LEVELS[number] in TOLD and text.tells_of_work:
            wanted += MORE_COMPANY
        missing = max(0, wanted - others - sum(value >= clear for value in company.values()))
        if not others and clearest < _ZERO + BEYOND_DOUBT / self.numbers.scale and self._is_contradicted(number, text):
            missing = FIGURE_PARTS
        return said * min(missing, FIGURE_PARTS) // FIGURE_PARTS

    def _is_contradicted(self, number: int, text: _Text) -> bool:
        """Whether a word that is not a figure speaks clearly for a top level that borrows others' words."""
        return TOP_LEVELS[number] in LENDERS and bool(text.contradictions - {number})

    def _support(self, number: int, text: _Text) -> float:
        """How clearly, in log odds, the second of a text's words speaks for a top level: a single word may be chance."""
        numbers = text.numbers_for(number)
        first = ""
        for place in sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True):
            row, _ = text.known[place]
            if numbers[place] > _ZERO and row.stem not in {"", first} and number not in row.figures:
                if first:
                    return self.numbers.scale * (numbers[place] - _ZERO)
                first = row.stem
        return 0.0

    def _widen_row(self, word: str) -> WordRow | None:
        """The row of a word, ready to be added up; None if it has none."""
        start = self._index.get(word)
        if start is None and self._longest_beginning:
            start = self._find_beginning(word)
        if start is not None:
            numbers = self._rows[start : start + len(TOP_LEVELS)]
        elif word != SCORE and 3 <= len(word) <= LONGEST_WORD and self._grams:
            numbers = self._read_pieces(word)
        else:
            return None
        lanes = bytearray(len(numbers) * _LANE_BYTES)
        lanes[::_LANE_BYTES] = numbers
        *_, second, most = sorted(numbers)
        scale, speaks_for, figures = self.numbers.scale, numbers.index(most), self._find_figures(word)
        stem = word[:STEM] if len(word) > self._short else ""
        borrows = bool(stem) and TOP_LEVELS[speaks_for] in BORROWERS and speaks_for not in figures
        contradicts = borrows and most >= _ZERO + CONTRADICTS / scale
        parts = self._find_parts(word)
        if (most - _ZERO) * scale >= EVENT and TOP_LEVELS[speaks_for] in PART_OF and word not in self.function_words:
            parts |= {PART_OF[TOP_LEVELS[speaks_for]]}
        return WordRow(
            word,
            numbers,
            int.from_bytes(lanes, "little"),
            stem,
            figures,
            speaks_for,
            contradicts=speaks_for if contradicts else None,
            parts=parts,
            tells=(most - _ZERO + 1) * scale >= TELLS and (most - second + 1) * scale >= TELLS_AHEAD,
            is_marked=bool(figures or parts) or contradicts,
        )

    def _find_beginning(self, word: str) -> int | None:
        """Where the row of the longest listed beginning of a word is: most forms of most words are in no list."""
        for length in range(min(len(word), self._longest_beginning), 0, -1):
            if (start := self._index.get(word[:length] + BEGINNING)) is not None:
                return start
        return None

    def _find_figures(self, word: str) -> frozenset[int]:
        begun = (numbers for beginning, numbers in self._beginnings.items() if word.startswith(beginning))
        return self._figures.get(word, frozenset()).union(*begun)

    def _find_parts(self, word: str) -> frozenset[str]:
        return frozenset(
            part for part, (whole, beginnings) in self._parts.items() if word in whole or word.startswith(beginnings)
        )

    def _read_pieces(self, word: str) -> bytes:
        size = len(TOP_LEVELS)
        pieces = [self._grams[row * size : (row + 1) * size] for row in gram_rows(word)]
        return bytes((sum(column) + len(pieces) // 2) // len(pieces) for column in zip(*pieces, strict=True))


def _backdrops(text: _Text) -> list[int]:
    """The top levels that only a text's place or a death's cause speak for."""
    return [TOP_LEVELS.index(code) for code, parts in BACKDROPS.items() if parts <= text.parts_of_note]


def _shares(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    powers = [exp(score - highest) for score in scores]
    total = fsum(powers)
    return [power / total for power in powers]


def word_table(language: str) -> WordTable | None:
    """The table of a language, by the first part of its BCP 47 tag; None if it has none.

    Read once and kept: about 6 MB of memory for English, 2 for most others, and 30 ms.
    """
    return _read_table(READ_AS.get(language, language))


@cache
def _read_table(language: str) -> WordTable | None:
    if language not in table_languages():
        return None
    with ZipFile(BytesIO(_tables().joinpath(f"{language}.zip").read_bytes())) as archive:
        words = archive.read("words.txt").decode().split("\n")
        rows, grams = (archive.read(f"{name}.bin") for name in ("rows", "grams"))
        numbers = Numbers(**json.loads(archive.read("numbers.json")))
        function_words = frozenset(archive.read("function.txt").decode().split("\n"))
    return WordTable(language, words, rows, grams, numbers, function_words=function_words)


@cache
def _figures_of_speech(language: str) -> tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]]:
    """Words, and beginnings of words, that also have meanings outside their top levels (by number): ``figures.toml``."""
    listed = word_lists(__package__, "figures.toml")
    found: dict[str, set[int]] = {}
    for subject, words in listed.get(language, {}).items():
        for word in words.split(", "):
            found.setdefault(word, set()).add(TOP_LEVELS.index(listed["subjects"][subject]))
    whole = {word: frozenset(numbers) for word, numbers in found.items() if not word.endswith("*")}
    return whole, {word.rstrip("*"): frozenset(numbers) for word, numbers in found.items() if word.endswith("*")}


@cache
def _parts(language: str) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Words, and beginnings of words, for each of `PARTS`: ``figures.toml``."""
    listed = word_lists(__package__, "figures.toml")
    words = {part: listed[part].get(language, "").casefold().split(", ") for part in PARTS}
    return {
        part: (
            frozenset(word for word in of_part if word and not word.endswith(BEGINNING)),
            tuple(word.removesuffix(BEGINNING) for word in of_part if word.endswith(BEGINNING)),
        )
        for part, of_part in words.items()
    }


@cache
def table_languages() -> frozenset[str]:
    """The languages with a table of their own; those in ``READ_AS`` use another's."""
    return frozenset(table.name.removesuffix(".zip") for table in _tables().iterdir())


def _tables() -> Traversable:
    return files(__package__).joinpath(TABLE_FOLDER)
