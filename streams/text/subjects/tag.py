"""What an article is about: IPTC Media Topics, from its words and from what its source says.

A table gives for each word how much it speaks for each of the top levels (:mod:`~streams.text.subjects.words`). A section's
name or a keyword that names a subject is the source's claim, and counts as evidence. A deeper term is given if the text names
it (:mod:`~streams.text.subjects.names`) and its top level is given too. No subject is better than a wrong one: below a set
confidence, and in a language without a table, only the subjects that the source itself claims are given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from streams import lazy_re as re
from streams.text.article import Subject, Witness
from streams.text.games import is_game
from streams.text.headline import without_labels
from streams.text.subjects.keywords import telling_keywords
from streams.text.subjects.names import Term, media_topics, named_terms, term_named
from streams.text.subjects.words import SCORE, SPORT, TOP_LEVELS, UNIT, WITHOUT_SPACES, Reading, WordTable, word_table

# Names the method and its version in ninjs ``subjects[].creator``: what changes tags raises the number.
CREATOR = "urn:headwater:model:mediatopic-table:7"
URI_PREFIX = "http://cv.iptc.org/newscodes/mediatopic/"

MAX_TOP_LEVELS = 3
MAX_DEEPER_TERMS = 4
MAX_EVIDENCE = 5  # words
# Top levels need at least this confidence.
FLOOR = 25

# How much each part counts, in halves: news says in headline and lead what it is about, and wanders further down.
TITLE_ATTENTION = 6
KEYWORD_ATTENTION = 2
LEAD_ATTENTION = 2
REST_ATTENTION = 1
LEAD_WORDS = 120
READ_CHARS = 2_000  # of headline and body; half of it where a character is a syllable or a word

# What the source's claim adds to the log odds of a top level.
SECTION_ODDS = 5.5
KEYWORD_ODDS = 3.0
# A headline that is a result is about sport, whatever clubs are called: Hurricanes, Flames, Energie.
GAME_ODDS = 5.5
# The confidence of the source's claim alone, if the text can't be judged.
SECTION_CONFIDENCE = 80
KEYWORD_CONFIDENCE = 60
# A keyword that names a subject is dropped where the text gives it a smaller share than this, and another one a larger: a
# budget debate with the keyword "Sport" is not about sport.
BORNE_OUT = 0.05
CLEAR_SHARE = 0.3

# A deeper term must be named in headline or keywords, or twice in the lead (once if there is little text).
DEEPER_ATTENTION = 4  # halves
LITTLE_TEXT = 60  # different words
DEEPER_TRUST = 0.7
DEEPER_FLOOR = 50  # confidence of the top level, below which the text's naming a deeper term is chance


@dataclass(frozen=True, slots=True)
class SourceWord:
    """A section's name or a keyword that names a term."""

    term: Term
    witness: Witness
    word: str


def tag_subjects(
    headline: str, body: str, keywords: Sequence[str], language: str, section: str | None = None
) -> tuple[Subject, ...]:
    """The subjects of an article, best first: up to three top levels and up to four deeper terms below them.

    ``language`` is a BCP 47 tag that selects the table: English for "und"; in a language without a table only the source's
    claims count. ``section`` is the article's section at its source. Any text is accepted.
    """
    keywords = telling_keywords(keywords, f"{headline[:READ_CHARS]}\n{body[:READ_CHARS]}", language) if keywords else ()
    table = _table(language)
    words = None if table is None else Words(headline, body, table)
    if table is not None and words is not None:
        keywords = _borne_out(keywords, words, table)
        # What names a subject is the source's word, and counts as such: not a second time as a word.
        words.add_keywords([keyword for keyword in keywords if term_named(keyword) is None])
    said = _source_words(keywords, section)
    top_levels: list[Subject] = []
    if table is not None and words is not None:
        reading = table.read(words.weights(), _source_odds(said, headline))
        if reading is not None:
            top_levels = _top_levels(reading, said)
    if not top_levels:
        top_levels = _by_source_alone(said)
    deeper_terms = _deeper_terms(words, said, top_levels)
    return tuple(sorted([*top_levels, *deeper_terms], key=lambda subject: (-subject.confidence, subject.uri)))


def rank_top_levels(headline: str, body: str, language: str) -> list[str]:
    """The codes of the top levels, likeliest first, however unlikely: for measuring, not for tagging.

    Empty if no word of the text is known.
    """
    table = _table(language)
    reading = None if table is None else table.read(Words(headline, body, table).weights())
    if reading is None:
        return []
    return sorted(TOP_LEVELS, key=lambda code: (-reading.shares[TOP_LEVELS.index(code)], code))


def table_read(language: str) -> str | None:
    """The language of the table that articles in a language are read by: "en" for "und", "hr" for "sr"; None without one."""
    table = _table(language)
    return None if table is None else table.language


def load(*languages: str) -> None:
    """Read the tables of these languages now instead of at the first article (50 ms each)."""
    for language in languages:
        _table(language)


def _borne_out(keywords: Sequence[str], words: Words, table: WordTable) -> Sequence[str]:
    """The keywords without those that name a subject where the text is clearly of another, and not of this one."""
    named = {keyword: TOP_LEVELS.index(term.top) for keyword in keywords if (term := term_named(keyword)) is not None}
    own = table.read(words.weights()) if named else None
    if own is None or max(own.shares) < CLEAR_SHARE:
        return keywords
    return [keyword for keyword in keywords if keyword not in named or own.shares[named[keyword]] >= BORNE_OUT]


def _top_levels(reading: Reading, said: Iterable[SourceWord]) -> list[Subject]:
    found = []
    for number, code in enumerate(TOP_LEVELS):
        confidence = round(100 * reading.confidences[number])
        if confidence >= FLOOR:
            own = [each for each in said if each.term.top == code]
            telling = reading.telling(number, MAX_EVIDENCE)
            relevance = max(1, round(100 * reading.shares[number]))
            found.append(_subject(code, confidence, relevance, own, telling))
    found.sort(key=lambda subject: (-subject.confidence, subject.uri))
    return found[:MAX_TOP_LEVELS]


def _by_source_alone(said: Iterable[SourceWord]) -> list[Subject]:
    by_top: dict[str, list[SourceWord]] = defaultdict(list)
    for each in said:
        by_top[each.term.top].append(each)
    found = []
    for code, own in by_top.items():
        by_section = any(each.witness is Witness.SECTION for each in own)
        confidence = SECTION_CONFIDENCE if by_section else KEYWORD_CONFIDENCE
        found.append(_subject(code, confidence, 100, own, {}))
    found.sort(key=lambda subject: (-subject.confidence, subject.uri))
    return found[:MAX_TOP_LEVELS]


def _deeper_terms(words: Words | None, said: Sequence[SourceWord], top_levels: Iterable[Subject]) -> list[Subject]:
    """Terms that text or source names, below the top levels that are given."""
    above = {subject.uri.removeprefix(URI_PREFIX): subject for subject in top_levels}
    sure = {code for code, subject in above.items() if subject.confidence >= DEEPER_FLOOR}
    attention: dict[str, int] = defaultdict(int)
    names: dict[str, dict[str, float]] = defaultdict(dict)
    topics = media_topics()
    for code, name, heed in words.named_terms() if words is not None and sure else ():
        if topics[code].top in sure:
            attention[code] += heed
            names[code][name] = 0.0
    own = defaultdict(list)
    for each in said:
        if each.term.code != each.term.top and each.term.top in above:
            attention[each.term.code] += DEEPER_ATTENTION
            own[each.term.code].append(each)
    enough = DEEPER_ATTENTION // 2 if words is None or len(words.attention) < LITTLE_TEXT else DEEPER_ATTENTION
    heeded = [code for code, total in attention.items() if total >= enough]
    most = sorted(heeded, key=lambda code: (-attention[code], code))[:MAX_DEEPER_TERMS]
    found = []
    for code in most:
        top = above[topics[code].top]
        found.append(_subject(code, DEEPER_TRUST * top.confidence, top.relevance, own[code], names[code]))
    return found


def _subject(code: str, confidence: float, relevance: int, said: Sequence[SourceWord], words: Mapping[str, float]) -> Subject:
    """``said`` is what the source says of the term, ``words`` what the text does, each with its log odds."""
    witnesses = {each.witness for each in said} | ({Witness.TEXT} if words else set())
    of_source = {each.word: SECTION_ODDS if each.witness is Witness.SECTION else KEYWORD_ODDS for each in said}
    evidence = list((of_source | {word: odds for word, odds in words.items() if word not in of_source}).items())[:MAX_EVIDENCE]
    return Subject(
        URI_PREFIX + code,
        media_topics()[code].names["en"][0],
        max(1, round(confidence)),
        tuple([word for word, _ in evidence]),
        relevance,
        tuple([witness for witness in _WITNESSES if witness in witnesses]) or (Witness.TEXT,),
        tuple([odds for _, odds in evidence]),
    )


_WITNESSES = tuple(Witness)
_WEIGHTS = [round(UNIT * sqrt(halves / 2)) for halves in range(2 * READ_CHARS)]  # more entries than a text can need


class Words:
    """The words of an article as a table has them: how much each counts because of its place, in halves (``attention``)."""

    def __init__(self, headline: str, body: str, table: WordTable) -> None:
        self._table = table
        read = READ_CHARS // 2 if table.language in WITHOUT_SPACES else READ_CHARS
        self._title, self._body = without_labels(headline[:read]), body[:read]
        self._keywords: Sequence[str] = ()
        self._words_of_body = words = table.split(self._body)
        self._words_of_title = table.split(self._title)
        self.attention = Counter(words[:LEAD_WORDS] * LEAD_ATTENTION + words[LEAD_WORDS:] * REST_ATTENTION)
        if _has_score(headline) or _has_score(self._body):
            self.attention[SCORE] = LEAD_ATTENTION
        self._add(set(self._words_of_title), TITLE_ATTENTION)

    def add_keywords(self, keywords: Sequence[str]) -> None:
        """Count the words of keywords, where they are new: a hashtag often just repeats a word of the headline."""
        self._keywords = keywords
        words = {word for keyword in keywords for word in self._table.split(keyword)}
        self._add(words.difference(self._words_of_title), KEYWORD_ATTENTION)

    def _add(self, words: Iterable[str], attention: int) -> None:
        for word in words:
            self.attention[word] = self.attention.get(word, 0) + attention

    def weights(self) -> dict[str, int]:
        """A word that occurs four times counts as two: the root. In sixteenths."""
        return dict(zip(self.attention, map(_WEIGHTS.__getitem__, self.attention.values()), strict=True))

    def named_terms(self) -> Iterator[tuple[str, str, int]]:
        """The deeper terms that headline, keywords and body name: code, name, attention."""
        for text, words in ((self._title, self._words_of_title), *((each, self._table.split(each)) for each in self._keywords)):
            for _, name, codes in self._named(text, words):
                for code in codes:
                    yield code, name, TITLE_ATTENTION
        for position, name, codes in self._named(self._body, self._words_of_body):
            for code in codes:
                yield code, name, LEAD_ATTENTION if position < LEAD_WORDS else REST_ATTENTION

    def _named(self, text: str, words: Sequence[str]) -> Iterator[tuple[int, str, Sequence[str]]]:
        language = self._table.language
        return named_terms(list(text) if language in WITHOUT_SPACES else words, language)


# 4-1, 28–12, 2:1; 10:30 is a time.
_SCORE = re.compile(r"(?<![\d.,:-])\d{1,3}(?:[-–]\d{1,3}|:\d)(?![\d.,:-]?\d)")
_SCORE_SIGN = re.compile(r"[-–:]\d")


def _has_score(text: str) -> bool:
    # Cheap tests first.
    if "-" not in text and "–" not in text and ":" not in text:
        return False
    return _SCORE_SIGN.search(text) is not None and _SCORE.search(text) is not None


def _source_words(keywords: Sequence[str], section: str | None) -> list[SourceWord]:
    named = [(Witness.SECTION, part.strip()) for part in re.split(r"[/|>;]", section or "")[:5]]
    named += [(Witness.KEYWORD, keyword.strip()) for keyword in keywords]
    return [SourceWord(term, witness, word) for witness, word in named if word and (term := term_named(word))]


def _source_odds(said: Iterable[SourceWord], headline: str) -> Mapping[int, float]:
    odds: dict[int, float] = {TOP_LEVELS.index(SPORT): GAME_ODDS} if is_game(headline.strip()) else {}
    for each in said:
        number = TOP_LEVELS.index(each.term.top)
        odds[number] = max(odds.get(number, 0.0), SECTION_ODDS if each.witness is Witness.SECTION else KEYWORD_ODDS)
    return odds


def _table(language: str) -> WordTable | None:
    primary = language.partition("-")[0].lower()
    return word_table("en" if primary in {"", "und"} else primary)
