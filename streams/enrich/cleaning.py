"""From a page that someone else flattened to text, to the article on it.

The text is a list of lines, and every step takes lines out of it:

    read_lines         white space and invisible characters; a line knows where it stood, and what it is by itself:
                       prose (a weight) or furniture (a kind)
    settle_headline    the headline and its repeats
    find_article       the stretch of lines that holds the article, where the text is a page
    read_top           dateline, byline and date at its head
    judge_furniture    forms, bars, notices, hashtags
    judge_surroundings what lies before and after the article
    judge_form_labels  what stands below a comment form
    judge_menus        runs of links within the article

The steps from ``find_article`` on are repeated until nothing changes, so cleaning a clean text changes nothing. Where they
would take too much the text stays whole (``_is_safe``): an article with furniture is better than furniture alone.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import NamedTuple

from streams.enrich.article import CleanText, Cut, CutKind
from streams.enrich.headline import SEPARATOR, comparable

# Weights in characters of prose, and limits, chosen on 80 pages of the article-extraction-benchmark under three flatteners.
_MOST_WEIGHT = 300  # a longer paragraph is no better evidence
_NO_SENTENCE_WEIGHT = -60  # a line without a sentence
_FURNITURE_WEIGHT = -120  # a line that is, or may be, furniture
_MOST_LEVEL = 500  # so much against it ends any article, however long it was
_LEAST_ARTICLE_WEIGHT = 200
_LEAST_FIRST_ARTICLE_WEIGHT = 300  # of what stands right below its headline
_PAGE_SIGNS = 6  # lines of furniture that make a text a page: with fewer, nothing is cut for its place

# What the cuts must leave. Shares of characters are 0.0 to 1.0. Most of a page may be furniture, hence more than one measure.
_LEAST_KEPT = 0.4  # of all …
_LEAST_PROSE_KEPT, _LEAST_PROSE = 0.4, 600  # … or of the prose, and so many characters of it …
_LEAST_KEPT_BELOW, _LEAST_PROSE_BELOW = 0.3, 300  # … or of what stands below the headline, and so many characters of prose

# Lengths in characters, where nothing else is said.
_LONGEST_HEADLINE, _LONGEST_FOUND_HEADLINE = 200, 120
_LONGEST_LABEL_WORDS = 5  # of the outlet or section beside a headline
_HEADLINE_LINES = 30  # in so many lines above the article a headline is looked for
_LONGEST_FURNITURE = 400  # cookie notices
_LONGEST_LINK, _LONGEST_BAR = 60, 200  # a bar is links beside each other
_SHORTEST_UNSTOPPED_PROSE = 200
_LONGEST_DATELINE, _LONGEST_PLACE, _LONGEST_PLACE_WORDS, _LONGEST_ACRONYM = 110, 50, 6, 4
_LONGEST_BYLINE, _LONGEST_BYLINE_WORDS = 90, 12
_LONGEST_DATE = 80
_TOP_LINES = 8  # in so many lines above the first paragraph a byline is looked for
_END_LINES = 4  # furniture in so many lines behind the article says that it ended there
_MOST_ROUNDS = 8
_EXCERPT = 60

_LINE = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# Not among them: the joiners U+200C and U+200D and the marks of direction. Persian, Hindi and emoji are spelt with them.
_INVISIBLE_CHARACTERS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_INVISIBLE_CHARACTERS}]")
_VISIBLE = re.compile(rf"[^\s{_INVISIBLE_CHARACTERS}]")

_CLOSING = "\"'”’»›)\\]）」』】*"
_TAIL = 12  # the end of a sentence is looked for in so many characters
_SENTENCE_END = re.compile(rf"[.!?…。！？।॥؟۔][{_CLOSING}]*$")
_FULL_STOP = re.compile(rf"(?<![.…])[.。।۔]([{_CLOSING}]*)$")
_ABBREVIATED = re.compile(r"\b(?:[^\W\d_]\.){2,}$")
_SENTENCE_BREAK = re.compile(rf"[.!?…।؟۔][{_CLOSING}]*(?=\s)|[。！？][{_CLOSING}]*")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IDEOGRAPH_WEIGHT = 3  # one says as much as so many letters
_TELLING_WORD = re.compile(rf"\w{{4,}}|{_IDEOGRAPH.pattern}")

_BULLETS = " \t•·*»«›‹<>|–—-►▶→←↑○●▪■□+×"
_HASHTAG = re.compile(r"[#＃]([^\s#＃,،、]+)")
_HASHTAG_LINE = re.compile(r"(?:[^\W\d_]{2,12}\s?[:：]\s*)?(?:[#＃][^\s#＃,،、]+[\s,،、]*)+")
_LINK_SIGN = re.compile(r"\s*[|｜›»>•·]\s*")
_COPYRIGHT = re.compile(
    r"©\s?(?:copyright\s)?(?:19|20)\d\d|^copyright[^.]{0,60}\b(?:19|20)\d\d$|all rights reserved\W{0,3}$", re.IGNORECASE
)


def clean_text(text: str, headline: str | None = None) -> CleanText:
    """Take the article out of a page's text.

    ``text`` is a page as its flattener left it, or an article's body; ``headline`` is what the producer calls its title,
    or None: then it is found on the page, and is "" only when the text holds nothing at all.

    The body keeps one line a paragraph. Whatever else left the text, but for white space and invisible characters,
    stands in ``cuts``, in the order of the text. ``clean_text(c.body, c.headline)`` gives the same body and headline.
    """
    lines = _read_lines(text)
    headline = _tidy(headline or "") or _find_headline(lines)
    headline, lines, repeats, start = _settle_headline(lines, headline)
    # A start that was wrong must not cost the text, and a second cleaning knows no start.
    page = _clean_lines(lines, start) or (_clean_lines(lines, 0) if start else None) or _Page(lines)
    if page.without_head:  # without its dateline a line may say just what the headline says
        headline, page.lines, more, _ = _settle_headline(page.lines, headline)
        repeats += more
    return CleanText(
        headline=headline,
        body="\n".join(line.text for line in page.lines),
        dateline=page.dateline,
        agencies=_first_of_each(page.agencies),
        byline=page.byline,
        keywords=_first_of_each(page.keywords),
        cuts=tuple(sorted(repeats + page.cuts, key=lambda cut: cut.offset)),
    )


# ---- Lines


class _Line(NamedTuple):
    """A line, where its first character stood in the original text, and what it is by itself."""

    number: int
    offset: int
    raw: str
    text: str
    weight: int
    kind: CutKind | None
    is_plain: bool  # no furniture, nor what is furniture beside other furniture


@dataclass(slots=True)
class _Page:
    """What is left of a page, what left it, and what was learnt on the way."""

    lines: list[_Line]
    cuts: list[Cut] = field(default_factory=list)
    dateline: str | None = None
    agencies: list[str] = field(default_factory=list)
    byline: str | None = None
    keywords: list[str] = field(default_factory=list)
    without_head: set[int] = field(default_factory=set)  # numbers of the lines that a dateline was split off


class _Verdict(NamedTuple):
    kind: CutKind
    reason: str


def _read_lines(text: str) -> list[_Line]:
    is_dirty = _INVISIBLE.search(text) is not None
    lines: list[_Line] = []
    for found in _LINE.finditer(text):
        if first := _VISIBLE.search(text, found.start(), found.end()):
            raw = text[first.start() : found.end()].rstrip()
            tidy = _tidy(raw) if is_dirty else " ".join(raw.split())
            lines.append(_judge_line(len(lines), first.start(), raw, tidy))
    return lines


def _tidy(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def _judge_line(number: int, offset: int, raw: str, text: str) -> _Line:
    kind, is_weak = _recognise(text) if len(text) <= _LONGEST_FURNITURE else (None, False)
    weight = _FURNITURE_WEIGHT if kind or is_weak else _weigh(text)
    return _Line(number, offset, raw, text, weight, kind, not (kind or is_weak))


def _weigh(text: str) -> int:
    """How much a line speaks for an article: its length if it holds a sentence."""
    length = len(text)
    if length < _MOST_WEIGHT and not text.isascii() and _IDEOGRAPH.search(text):
        length *= _IDEOGRAPH_WEIGHT
    if _ends_sentence(text) or (length >= _SHORTEST_UNSTOPPED_PROSE and _SENTENCE_BREAK.search(text)):
        return min(length, _MOST_WEIGHT)
    return _NO_SENTENCE_WEIGHT


def _ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text, max(0, len(text) - _TAIL)) is not None


def _ends_in_full_stop(text: str) -> bool:
    """Whether the line is a statement: not so after "?", "…" or "U.S."."""
    tail = max(0, len(text) - _TAIL)
    return _FULL_STOP.search(text, tail) is not None and _ABBREVIATED.search(text, tail) is None


def _cut(line: _Line, verdict: _Verdict, *, until: _Line | None = None) -> Cut:
    last = until or line
    return Cut(*verdict, line.offset, last.offset + len(last.raw) - line.offset, line.text[:_EXCERPT].rstrip())


def _first_of_each(words: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for word in words:
        seen.setdefault(word.casefold(), word)
    return tuple(seen.values())


# ---- Furniture that shows in the line alone


class _Phrases(NamedTuple):
    """``page_phrases.toml``, turned so that a line is looked up, not searched."""

    reasons: dict[CutKind, str]
    whole: dict[str, CutKind]
    weak: frozenset[str]
    starts: dict[str, list[tuple[str, CutKind]]]  # by their first two characters
    share_words: frozenset[str]
    byline: re.Pattern[str]
    agencies: frozenset[str]
    short_places: frozenset[str]
    not_places: frozenset[str]
    particles: frozenset[str]
    date_words: frozenset[str]
    date_company: frozenset[str]


_STATEMENTS = frozenset((CutKind.COOKIE_NOTICE, CutKind.COMMENT_FORM, CutKind.SUBSCRIPTION, CutKind.COPYRIGHT))
"""Kinds whose lines may be sentences; a sentence that begins like one of the others is prose."""


@cache
def _phrases() -> _Phrases:
    lists = tomllib.loads(files(__package__).joinpath("page_phrases.toml").read_text("utf-8"))
    kinds = {CutKind(name): entry for name, entry in lists.items() if "reason" in entry}

    def words(of: dict[str, list[str]]) -> list[str]:
        return [word.casefold() for by_language in of.values() for word in by_language]

    starts = defaultdict(list)
    for kind, entry in kinds.items():
        for start in words(entry["start"]):
            starts[start[:2]].append((start, kind))
    return _Phrases(
        reasons={kind: entry["reason"] for kind, entry in kinds.items()},
        whole={_bare(phrase): kind for kind, entry in kinds.items() for phrase in words(entry["whole"])},
        weak=frozenset(_bare(phrase) for entry in kinds.values() for phrase in words(entry.get("weak", {}))),
        starts=dict(starts),
        share_words=frozenset(word for phrase in words(lists["share-bar"]["weak"]) for word in phrase.split()),
        byline=re.compile(
            rf"(?:{'|'.join(map(re.escape, words(lists['byline-words'])))})(\s*[:：/／|｜]\s*|\s+)", re.IGNORECASE
        ),
        agencies=frozenset(name for names in lists["agencies"].values() for name in names),
        short_places=frozenset(words(lists["short-places"])),
        not_places=frozenset(words(lists["not-places"])),
        particles=frozenset(words(lists["particles"])),
        date_words=frozenset(words(lists["date-words"])),
        date_company=frozenset(words(lists["date-company"])),
    )


def _bare(text: str) -> str:
    return text.replace("’", "'").lstrip(_BULLETS).rstrip(" .:…»›>|→!?")


def _recognise(text: str) -> tuple[CutKind | None, bool]:
    """The kind of furniture that a line is whatever stands around it, and whether it may be some beside other furniture."""
    phrases = _phrases()
    folded = text.casefold().replace("’", "'")
    bare = _bare(folded)
    kind = phrases.whole.get(bare) or _recognise_start(folded.lstrip(_BULLETS), text)
    if kind or not bare or bare in phrases.weak:
        return kind, not kind
    if _is_hashtags(text):
        kind = CutKind.HASHTAGS
    elif len(text) > _LONGEST_BAR:
        pass
    elif _COPYRIGHT.search(text):
        kind = CutKind.COPYRIGHT
    elif _is_share_bar(folded):
        kind = CutKind.SHARE_BAR
    elif _is_link_bar(folded):
        kind = CutKind.NAVIGATION
    return kind, False


def _recognise_start(folded: str, text: str) -> CutKind | None:
    for start, kind in _phrases().starts.get(folded[:2], ()):
        if folded.startswith(start) and (kind in _STATEMENTS or not _ends_in_full_stop(text)):
            return kind
    return None


def _is_hashtags(text: str) -> bool:
    if "#" not in text and "＃" not in text:
        return False
    return _HASHTAG_LINE.fullmatch(text) is not None and all(map(_has_letter, _HASHTAG.findall(text)))


def _is_share_bar(folded: str) -> bool:
    words = folded.replace(",", " ").replace("|", " ").split()
    return len(words) > 1 and _phrases().share_words.issuperset(words)


def _is_link_bar(folded: str) -> bool:
    """ "Home | About | Contact", "Home > News > World"; not the row of a table."""
    links = [link for link in _LINK_SIGN.split(folded) if link]
    if len(links) < 3 or any(len(link.split()) > 4 or not _has_letter(link) for link in links):
        return False
    phrases = _phrases()
    return any(link in phrases.weak or link in phrases.whole for link in links)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


# ---- The headline


_THE_HEADLINE = _Verdict(CutKind.HEADLINE, "the headline")
_HEADLINE_AGAIN = _Verdict(CutKind.HEADLINE_REPEAT, "the headline once more")


def _settle_headline(lines: list[_Line], headline: str) -> tuple[str, list[_Line], list[Cut], int]:
    """The headline in its shortest form, the other lines, the cuts, and where among the lines the article may start."""
    core = _headline_core(headline)
    if not core:
        return headline, lines, [], 0
    is_statement = _ends_in_full_stop(headline)
    others: list[_Line] = []
    cuts: list[Cut] = []
    starts = [0]
    for line in lines:
        # A sentence that says what the headline says opens the article: it stays.
        if (
            len(line.text) <= len(headline) + _LONGEST_LINK
            and (line.text == headline or _headline_core(line.text) == core)
            and (is_statement or not _ends_in_full_stop(line.text))
        ):
            cuts.append(_cut(line, _HEADLINE_AGAIN if cuts else _THE_HEADLINE))
            starts.append(len(others))
            headline = min(headline, line.text, key=len)
        else:
            others.append(line)
    return headline, others, cuts, _heaviest_start(others, starts)


def _headline_core(text: str) -> str:
    """What "Headline", "Headline - Outlet" and "Section | Headline" have in common, for comparison."""
    parts = [part for part in map(comparable, SEPARATOR.split(text)) if part]
    if len(parts) < 2:
        return parts[0] if parts else ""
    longest = max(parts, key=len)
    labels = [part for part in parts if part is not longest]
    if _is_worded(longest, 3) and all(len(label.split()) <= _LONGEST_LABEL_WORDS for label in labels):
        return longest
    return " ".join(parts)


def _heaviest_start(lines: list[_Line], starts: Sequence[int]) -> int:
    """Of the places behind a headline (and the text's beginning), the one with the most prose before the next."""
    ends = [*starts[1:], len(lines)]
    weights = [
        sum(line.weight for line in lines[start:end] if line.weight > 0) for start, end in zip(starts, ends, strict=True)
    ]
    return starts[max(range(len(starts)), key=weights.__getitem__)]


def _find_headline(lines: list[_Line]) -> str:
    """The headline of a text whose producer names none: "" if there is no text."""
    if not lines:
        return ""
    start, end = _find_article(lines, 0)
    opening = _first_plain(lines)
    if _is_repeated(opening, lines[:_TOP_LINES]) or (start == 0 and _may_be_headline(opening.text, _LONGEST_HEADLINE)):
        return opening.text
    above = [line.text for line in lines[max(0, start - _HEADLINE_LINES) : start + 1] if line.is_plain and start]
    candidates = {text: _headline_core(text) for text in above if _may_be_headline(text, _LONGEST_FOUND_HEADLINE)}
    if not candidates:
        return _first_sentence(_first_plain(lines[start:]).text)
    if len(candidates) == 1:
        return next(iter(candidates))
    # A headline tells what the article tells, and stands on its page more than once.
    told = _telling_words(" ".join(line.text for line in lines[start + 1 : min(end, start + _HEADLINE_LINES)]))
    times = Counter(map(_headline_core, above))
    return max(candidates, key=lambda text: len(told & _telling_words(text)) * min(times[candidates[text]], 2))


def _first_plain(lines: list[_Line]) -> _Line:
    return next((line for line in lines if line.is_plain and not _states_fact(line.text)), lines[0])


def _is_repeated(line: _Line, lines: list[_Line]) -> bool:
    is_like_headline = len(line.text) <= _LONGEST_HEADLINE and _is_worded(line.text, 3)
    return is_like_headline and sum(other.text == line.text for other in lines) > 1


def _may_be_headline(text: str, longest: int) -> bool:
    if len(text) > longest or _ends_in_full_stop(text) or not comparable(text) or _states_fact(text) or _read_dateline(text):
        return False
    return longest == _LONGEST_HEADLINE or not _SENTENCE_BREAK.search(text, 0, len(text) - 2)


def _telling_words(text: str) -> set[str]:
    return set(_TELLING_WORD.findall(text.casefold()))


def _states_fact(text: str) -> bool:
    if len(text) > _LONGEST_DATELINE:
        return False
    return bool(_read_byline(text) or _is_date(text) or ((found := _read_dateline(text)) and found.length == len(text)))


def _is_worded(text: str, words: int) -> bool:
    return len(text.split()) >= words or len(_IDEOGRAPH.findall(text)) >= 2 * words


def _first_sentence(text: str) -> str:
    """The first sentence, without its full stop, at most 200 characters."""
    if (dateline := _read_dateline(text)) and dateline.length < len(text):
        text = text[dateline.length :]
    if found := _SENTENCE_BREAK.search(text, 0, _LONGEST_HEADLINE):
        text = text[: found.end()]
    if len(text) > _LONGEST_HEADLINE:
        text = text[:_LONGEST_HEADLINE].rsplit(" ", 1)[0]
    # Without its stop it is no repeat of the sentence, which therefore stays in the body.
    while _ends_in_full_stop(text) and (shorter := _FULL_STOP.sub(r"\1", text).rstrip()):
        text = shorter
    return text


# ---- The article on the page


def _clean_lines(lines: list[_Line], start: int) -> _Page | None:
    """Cut until nothing is left to cut; None where that would eat the article. ``start``: see ``_settle_headline``."""
    page = _Page(list(lines))
    if start:
        _clean_once(page, start)
    for _ in range(_MOST_ROUNDS):
        cuts = len(page.cuts)
        _clean_once(page, 0)
        if len(page.cuts) == cuts:
            return page if _is_safe(lines, page.lines, start) else None
    return None


_BEFORE = _Verdict(CutKind.SURROUNDINGS, "before the article")
_AFTER = _Verdict(CutKind.SURROUNDINGS, "after the article")
_LINKS = _Verdict(CutKind.NAVIGATION, "in a run of links")
_FORM = _Verdict(CutKind.COMMENT_FORM, "below a comment form")
_STRETCHES = (_BEFORE, _AFTER, _LINKS, _FORM)


def _clean_once(page: _Page, start: int) -> None:
    first, end = _find_article(page.lines, start)
    verdicts: dict[int, _Verdict] = {}
    _read_top(page, max(start, first - _TOP_LINES), verdicts)
    _judge_furniture(page, verdicts)
    _judge_surroundings(page.lines, first, end, verdicts)
    _judge_form_labels(page.lines, verdicts)
    _judge_menus(page.lines[first:end], verdicts)
    page.cuts += _carry_out(page, verdicts)
    page.lines = [line for line in page.lines if line.number not in verdicts]


def _find_article(lines: list[_Line], start: int) -> tuple[int, int]:
    """The first line of the article and the one behind its last, if the text is a page: else all of the text.

    That is the stretch with the greatest sum of weights, after Pasternack and Roth, "Extracting article text from the web
    with maximum subsequence segmentation" (WWW 2009); below a known headline (``start`` is not 0) the first that is great
    enough. A stretch ends where the lines against it have used up what spoke for it, at most ``_MOST_LEVEL``.
    Of equal ends the last, so that the stretch of a stretch is itself.
    """
    article, best = (0, len(lines)), _LEAST_ARTICLE_WEIGHT
    if sum(not line.is_plain for line in lines) < _PAGE_SIGNS:
        return article
    first = start
    while first < len(lines) and (best < _LEAST_FIRST_ARTICLE_WEIGHT or not start):
        end, weight, behind = _read_stretch(lines, first)
        if weight > best:
            article, best = (first, end), weight
        first = behind
    return article[0], _with_list(lines, article[1])


def _read_stretch(lines: list[_Line], first: int) -> tuple[int, int, int]:
    """Where a stretch from the ``first`` line on ends, its weight up to there, and where the next may begin."""
    level = top = weight = weight_at_end = 0
    end = first
    for index in range(first, len(lines)):
        weight += lines[index].weight
        level = min(level + lines[index].weight, _MOST_LEVEL)
        if level < 0:
            return end, weight_at_end, index + 1
        if level >= top:
            top, end, weight_at_end = level, index + 1, weight
    return end, weight_at_end, len(lines)


def _with_list(lines: list[_Line], end: int) -> int:
    """The article's end behind the list that "The dates:" announces there."""
    if end < len(lines) and lines[end].text.endswith((":", "：")):
        while end < len(lines) and lines[end].is_plain:
            end += 1
    return end


def _is_safe(before: list[_Line], after: list[_Line], start: int) -> bool:
    """Whether what the cuts leave is the article, and not a piece of it."""
    kept, prose = _count_characters(after), _count_characters(line for line in after if line.weight > 0)
    if kept >= _LEAST_KEPT * _count_characters(before):
        return True
    if prose >= max(_LEAST_PROSE, _LEAST_PROSE_KEPT * _count_characters(line for line in before if line.weight > 0)):
        return True
    if not start or prose < _LEAST_PROSE_BELOW:
        return False
    behind = [line for line in before if line.number > after[-1].number][:_END_LINES]
    return kept >= _LEAST_KEPT_BELOW * _count_characters(before[start:]) or any(not line.is_plain for line in behind)


def _count_characters(lines: Iterable[_Line]) -> int:
    return sum(len(line.text) for line in lines)


def _judge_furniture(page: _Page, verdicts: dict[int, _Verdict]) -> None:
    for line in page.lines:
        if line.kind is CutKind.HASHTAGS:
            page.keywords += _HASHTAG.findall(line.text)
            verdicts[line.number] = _Verdict(line.kind, "nothing but hashtags")
        elif line.kind:
            verdicts[line.number] = _Verdict(line.kind, _phrases().reasons[line.kind])


def _judge_surroundings(lines: list[_Line], first: int, end: int, verdicts: dict[int, _Verdict]) -> None:
    for line in lines[:first]:
        verdicts.setdefault(line.number, _BEFORE)
    for line in lines[end:]:
        verdicts.setdefault(line.number, _AFTER)


def _judge_form_labels(lines: list[_Line], verdicts: dict[int, _Verdict]) -> None:
    """Below a comment form that no paragraph follows nothing else is part of the article."""
    tail = list(takewhile(lambda line: line.weight < 0, reversed(lines)))
    is_form = False
    for line in reversed(tail):
        is_form = is_form or line.kind is CutKind.COMMENT_FORM
        if is_form:
            verdicts.setdefault(line.number, _FORM)


def _judge_menus(lines: list[_Line], verdicts: dict[int, _Verdict]) -> None:
    """Runs of links: mostly lines that are furniture in such company."""
    run: list[_Line] = []
    for line in [*lines, None]:
        if line and line.weight < 0 and len(line.text) <= _LONGEST_LINK:
            run.append(line)
            continue
        if sum(not line.is_plain for line in run) >= max(2, len(run) / 2):
            for link in run:
                verdicts.setdefault(link.number, _LINKS)
        run = []


def _carry_out(page: _Page, verdicts: dict[int, _Verdict]) -> list[Cut]:
    """One entry of the ledger for each line, but one for a whole stretch that was cut for its place."""
    cuts: list[Cut] = []
    stretch: list[_Line] = []
    for line in page.lines:
        verdict = verdicts.get(line.number)
        if stretch and (
            verdict != verdicts[stretch[0].number]
            or line.number != stretch[-1].number + 1
            or line.number in page.without_head  # what was split off it has an entry of its own
        ):
            cuts.append(_cut(stretch[0], verdicts[stretch[0].number], until=stretch[-1]))
            stretch = []
        if verdict in _STRETCHES:
            stretch.append(line)
        elif verdict:
            cuts.append(_cut(line, verdict))
    if stretch:
        cuts.append(_cut(stretch[0], verdicts[stretch[0].number], until=stretch[-1]))
    return cuts


# ---- Dateline, byline, date


class _Dateline(NamedTuple):
    place: str
    agencies: tuple[str, ...]
    length: int  # characters of the line, with what parts it from the text


class _Place(NamedTuple):
    name: str
    is_dated: bool


_DATELINE_SIGN = re.compile(r"[-–—―(（/\[［【日]")  # no dateline without one: the cheap test
_AGENCY_MARK = re.compile(r"[(（]([^()（）]{2,60})[)）]|/([^/()]{2,40})/|\[([^\[\]]{2,60})\]")
_AGENCY_BREAK = re.compile(r"\s*[/,;&+|、،]\s*|\s+[-–]\s+|\s+(?:and|und|et|y|e|и|و)\s+")
_LONGEST_CASED_AGENCY, _LONGEST_AGENCY_DESK = 3, 3  # "AP", not "ap"; "dpa/lno"
_MARK_DASH = re.compile(r"[\s.:।]*(?:--|[-–—―:।])\s*|[\s.:।]*$")
_PLACE_DASH = re.compile(r"\s*(?:--|[–—―])\s*|\s+-\s+|\s*-$")
_AGENCY_STOP = re.compile(rf"{_PLACE_DASH.pattern}|\.\s")
_NO_PLACE_SIGN = re.compile(r"[:;!?\"“”„«»()\[\]#&=+*|<>]")
_PLACE_WORD_BREAK = re.compile(r"[\s/-]+")
_CHINESE_DATELINE = re.compile(
    r"[（(]?(新华社|中新社|中新网|新华网|中央社|人民网)([\u3400-\u9fff]{2,10}?)??(?:\d{1,2}月)?\d{1,2}日[电電讯訊](?:\s*[（(][^（）()]{1,40}[)）])?[)）]?\s*"
)
_JAPANESE_DATELINE = re.compile(
    r"[【［\[]([^】］\]\d\s＝=]{1,12}?)[\s＝=]*(?:\d{1,2}日)?[\s＝=]*(共同|時事|ロイター|AFP時事|AFP|AP|CNN)[】］\]]\s*[-－—–]?\s*"
)


def _read_top(page: _Page, first: int, verdicts: dict[int, _Verdict]) -> None:
    """Take dateline, byline and date from the lines above the first paragraphs, and the dateline at the first one's beginning.

    Not at the second one's: a survey of several places has a dateline in each.
    """
    sentences = 0
    for index in range(first, min(len(page.lines), first + 2 * _TOP_LINES)):
        line = page.lines[index]
        dateline = None if line.kind else _read_dateline(line.text)
        if dateline and (sentences == 0 or dateline.length == len(line.text)):
            page.dateline = page.dateline or dateline.place or None
            page.agencies += dateline.agencies
            if dateline.length == len(line.text):
                verdicts[line.number] = _DATELINE
                continue
            head, line = _split_line(line, dateline.length)
            page.cuts.append(_cut(head, _DATELINE))
            page.lines[index] = line
            page.without_head.add(line.number)
        if byline := _read_byline(line.text):
            page.byline = page.byline or byline
            verdicts[line.number] = _BYLINE
        elif _is_date(line.text):
            verdicts[line.number] = _DATE
        elif line.weight > 0:
            sentences += 1
            if sentences > 1:  # the first may be a summary above the byline
                return


_DATELINE = _Verdict(CutKind.DATELINE, "where it was reported, and by which agency")
_BYLINE = _Verdict(CutKind.BYLINE, "who wrote it")
_DATE = _Verdict(CutKind.DATE_LINE, "nothing but a date")


def _split_line(line: _Line, length: int) -> tuple[_Line, _Line]:
    """The first ``length`` characters of the tidied line, and the rest, both with their places in the original."""
    visible = sum(not character.isspace() for character in line.text[:length])
    places = (found.start() for found in _VISIBLE.finditer(line.raw))
    at = next(place for count, place in enumerate(places) if count == visible)
    head = line._replace(raw=line.raw[:at].rstrip(), text=line.text[:length].rstrip())
    return head, _judge_line(line.number, line.offset + at, line.raw[at:], line.text[length:].lstrip())


def _read_dateline(text: str) -> _Dateline | None:
    """The dateline that the line begins with or is: "LONDON (AP) — ", "New Delhi, Nov 3 (PTI): ", "BEIRUT, June 2 — "…"""
    head = text[:_LONGEST_DATELINE]
    if not _DATELINE_SIGN.search(head):
        return None
    if found := _CHINESE_DATELINE.match(head):
        return _Dateline(found[2] or "", (found[1],), found.end())
    if found := _JAPANESE_DATELINE.match(head):
        return _Dateline(found[1], (found[2],), found.end())
    return _read_marked_dateline(head, text) or _read_dashed_dateline(head, text)


def _read_marked_dateline(head: str, text: str) -> _Dateline | None:
    """With the agency in brackets or between slashes."""
    mark = _AGENCY_MARK.search(head)
    agencies = _read_agencies(mark[mark.lastindex or 0]) if mark else ()
    if not mark or not agencies:
        return None
    before = head[: mark.start()].rstrip(" ,-–—")
    place = _read_place(before) if before else _Place("", is_dated=False)
    if not place:
        return None
    dash = _MARK_DASH.match(head, mark.end())
    if dash and (dash.end() < len(head) or len(text) == len(head)):
        return _Dateline(place.name, agencies, dash.end())
    # Some have no dash: "London (CNN) The…", "नई दिल्ली, 3 नवंबर (भाषा) …"; or a stop: "МОСКВА, 3 ноября. /ТАСС/. …".
    rest = head[mark.end() :].lstrip(" .")
    is_sure = not before or place.is_dated or mark[0].startswith("/") or "CNN" in agencies or _is_capital(place.name)
    return _Dateline(place.name, agencies, len(head) - len(rest)) if rest and not rest[0].islower() and is_sure else None


def _read_dashed_dateline(head: str, text: str) -> _Dateline | None:
    """Without a mark only what hardly anything else looks like: a place before an agency, or with a date, or in capitals."""
    dash = _PLACE_DASH.search(head)
    place = _read_place(head[: dash.start()]) if dash else None
    if not dash or not place:
        return None
    rest = text[dash.end() :]
    stop = _AGENCY_STOP.search(head, dash.end())
    if agencies := _read_agencies(head[dash.end() : stop.start()] if stop else rest[:_LONGEST_PLACE]):
        return _Dateline(place.name, agencies, stop.end() if stop else len(text))
    is_place = place.is_dated or (_is_capital(place.name) and rest != "")
    return _Dateline(place.name, (), dash.end()) if is_place and not rest[:1].islower() else None


def _read_agencies(text: str) -> tuple[str, ...]:
    """The agencies that ``text`` lists, () if it says anything else."""
    names = [name.strip(" .") for name in _AGENCY_BREAK.split(text)]
    known = _phrases().agencies  # a short one counts as it is written there: "(app)" is no agency
    agencies = tuple(
        name for name in names if name in known or (len(name) > _LONGEST_CASED_AGENCY and name.casefold() in known)
    )
    others = [name for name in names[1:] if name not in agencies]
    return agencies if names[0] in agencies and all(len(name) <= _LONGEST_AGENCY_DESK for name in others) else ()


def _read_place(text: str) -> _Place | None:
    """The place that ``text`` names, and whether a date stood there too; None if it says anything else."""
    parts = [part.strip() for part in text.split(",")]
    names = [_without_date(part) for part in parts]
    place = ", ".join(name for name in names if name)
    words = [word.strip(".'’") for word in _PLACE_WORD_BREAK.split(place.replace(",", " ")) if word]
    if not names[0] or len(place) > _LONGEST_PLACE or len(words) > _LONGEST_PLACE_WORDS or _NO_PLACE_SIGN.search(place):
        return None
    phrases = _phrases()
    if any(not word[:1].isalpha() or (word[0].islower() and word not in phrases.particles) for word in words):
        return None
    if phrases.date_words.issuperset(word.casefold() for word in words):
        return None
    is_dated = any(name != part and not _YEAR.fullmatch(part) for name, part in zip(names, parts, strict=True))
    return _Place(place, is_dated=is_dated)


def _without_date(part: str) -> str:
    """ "ROMA 03 NOV" is "ROMA"; "June 2" and "2022" are ""."""
    words = part.split()
    folded = [word.strip(".").casefold() for word in words]
    if _DIGIT.search(part) and any(word in _phrases().date_words or _FULL_DATE.match(word) for word in folded):
        while folded and _is_date_word(folded[-1]):
            folded.pop()
    return "" if _YEAR.fullmatch(part) else " ".join(words[: len(folded)])


def _is_capital(place: str) -> bool:
    """Whether the first of the place's names is in capitals, and not likely an acronym or a label."""
    name = place.split(",", maxsplit=1)[0]
    folded = name.casefold()
    phrases = _phrases()
    return (
        name.isupper() and (len(name) > _LONGEST_ACRONYM or folded in phrases.short_places) and folded not in phrases.not_places
    )


def _read_byline(text: str) -> str | None:
    """The name in "By Jane Doe", "Von Max Muster und Eva Beispiel", "Автор: Иван Иванов"."""
    if len(text) > _LONGEST_BYLINE or not (found := _phrases().byline.match(text)):
        return None
    name = _NAME_END.split(text[found.end() :])[0]
    words = name.split()
    if not 1 <= len(words) <= _LONGEST_BYLINE_WORDS or any(map(str.isdigit, name)) or _ends_sentence(name) or words[0] == "The":
        return None
    if any(word[0].islower() and word.casefold() not in _phrases().particles for word in words):
        return None
    # Scripts without capitals cannot tell a name from a sentence: there the word must be set off.
    return name if any(word[0].isupper() for word in words) or found[1].strip() else None


def _is_date(text: str) -> bool:
    """Whether the line holds a date and nothing else: "October 9, 2018 at 4:02 pm", "20.11.2019 08:00", "2022年11月8日"."""
    if len(text) > _LONGEST_DATE or not any(map(str.isdigit, text)):
        return False
    words = re.split(r"[\s,/|•·()]+", text.casefold().strip(" -–—"))
    words = [word.strip(".:") for word in words if word.strip(".:")]
    phrases = _phrases()
    has_date = any(word in phrases.date_words or _FULL_DATE.match(word) for word in words) or _NUMERIC_DATE.search(text)
    return bool(has_date) and all(_is_date_word(word) or word in phrases.date_company for word in words)


_NAME_END = re.compile(r"\s*[|•·]\s*")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FULL_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.\d{4}|\d{4}年\d\d?月\d\d?日")
_NUMERIC_DATE = re.compile(r"\b\d\d?/\d\d?/(?:19|20)\d\d\b|\b(?:19|20)\d\d/\d\d?/\d\d?\b")
_DATE_NUMBER = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|º|er|日|月|年)?|\d{1,2}[:.h]\d\d(?::\d\d)?(?:am|pm)?|\d\d?(?:am|pm)|[\d.:年月日時分-]{4,19}(?:t[\d:.+z-]+)?|[-–—]"
)


def _is_date_word(word: str) -> bool:
    return word in _phrases().date_words or _DATE_NUMBER.fullmatch(word) is not None
