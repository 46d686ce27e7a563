"""The headline on a page: its repeats, and which line it is if the producer names none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from streams.text.article import Cut, CutKind
from streams.text.cleaning.dateline import read_dateline, states_fact
from streams.text.cleaning.extent import find_article, guess_start, has_surroundings, score_page
from streams.text.cleaning.ledger import Verdict, make_cut
from streams.text.cleaning.line_model import score_headlines
from streams.text.cleaning.lines import LONGEST_LINK, Line
from streams.text.headline import SEPARATOR
from streams.text.sentences import FULL_STOP, SENTENCE_BREAK, TELLING_WORD, ends_in_full_stop, is_worded
from streams.text.spelling import comparable

_LONGEST_HEADLINE, _LONGEST_FOUND_HEADLINE = 200, 120  # characters
_LONGEST_LABEL_WORDS = 5  # of the outlet or section beside a headline
_OPENING_LINES = 8  # a line repeated among this many lines is a headline
_HEADLINE_LINES = 30  # lines above the article that are searched for a headline
_SUBHEAD_LINES = 8  # lines below the headline that may hold a subhead
_MANY_LINES = 25  # a text with this many may be a page with unknown furniture
# Hundredths of log-odds.
_SURE = 150
_FAR = 100  # subtracted for a line that is not just above the article
_ALIKE = 100  # a line at most this much less likely than the likeliest may be the headline

_THE_HEADLINE = Verdict(CutKind.HEADLINE, "the headline")
_HEADLINE_AGAIN = Verdict(CutKind.HEADLINE_REPEAT, "the headline once more")


def settle_headline(lines: list[Line], headline: str) -> tuple[str, list[Line], list[Cut], int]:
    """The headline in its shortest form, the other lines, the cuts, and the line where the article may start."""
    core = headline_core(headline)
    if not core:
        return headline, lines, [], 0
    is_statement = ends_in_full_stop(headline)
    others: list[Line] = []
    cuts: list[Cut] = []
    starts = [0]
    probe = max((word for word in core.split() if word.isalpha()), key=len, default="")[:4] if core.isascii() else ""
    for line in lines:
        # A sentence that repeats the headline opens the article, so it stays.
        if (
            len(core) <= 2 * len(line.text) <= 2 * (len(headline) + LONGEST_LINK)
            and (probe in line.text.lower() or "'" in line.text or not line.text.isascii())  # the cheap tests
            and (line.text == headline or headline_core(line.text) == core)
            and (is_statement or not ends_in_full_stop(line.text))
        ):
            cuts.append(make_cut(line, _HEADLINE_AGAIN if cuts else _THE_HEADLINE))
            starts.append(len(others))
            headline = min(headline, line.text, key=len)
        else:
            others.append(line)
    return headline, others, cuts, _heaviest_start(others, starts)


def headline_core(text: str) -> str:
    """What "Headline", "Headline - Outlet" and "Section | Headline" have in common, for comparison."""
    parts = [part for part in map(comparable, SEPARATOR.split(text)) if part]
    if len(parts) < 2:
        return parts[0] if parts else ""
    longest = max(parts, key=len)
    labels = [part for part in parts if part is not longest]
    if is_worded(longest, 3) and all(len(label.split()) <= _LONGEST_LABEL_WORDS for label in labels):
        return longest
    return " ".join(parts)


def _heaviest_start(lines: list[Line], starts: Sequence[int]) -> int:
    """Among the places after a headline (and the text's beginning), the one with the most prose before the next one."""
    ends = [*starts[1:], len(lines)]
    weights = [
        sum(line.weight for line in lines[start:end] if line.weight > 0) for start, end in zip(starts, ends, strict=True)
    ]
    return starts[max(range(len(starts)), key=weights.__getitem__)]


def find_headline(lines: list[Line]) -> tuple[str, bool]:
    """The headline of a text whose producer names none ("" if there is no text), and whether it is certain."""
    if (is_sure_page := has_surroundings(lines)) or len(lines) >= _MANY_LINES:
        found, odds = _likeliest_headline(lines)
        if found and (is_sure_page or odds > 0):
            return found, odds >= _SURE
    return _guess_headline(lines), False


def _guess_headline(lines: list[Line]) -> str:
    if not lines:
        return ""
    chosen = find_article(lines, 0)
    start = chosen.index(True) if True in chosen else 0
    opening = _first_plain(lines)
    if _is_repeated(opening, lines[:_OPENING_LINES]) or (start == 0 and _may_be_headline(opening.text, _LONGEST_HEADLINE)):
        return opening.text
    above = [line.text for line in lines[max(0, start - _HEADLINE_LINES) : start + 1] if line.is_plain and start]
    candidates = {text: headline_core(text) for text in above if _may_be_headline(text, _LONGEST_FOUND_HEADLINE)}
    if not candidates:
        return _first_sentence(_first_plain(lines[start:]).text)
    if len(candidates) == 1:
        return next(iter(candidates))
    # A headline says what the article says, and occurs on its page more than once.
    told = _telling_words(" ".join(line.text for line in lines[start + 1 : start + _HEADLINE_LINES]))
    times = Counter(map(headline_core, above))
    return max(candidates, key=lambda text: len(told & _telling_words(text)) * min(times[candidates[text]], 2))


def _likeliest_headline(lines: list[Line]) -> tuple[str, int]:
    """The likeliest line just above the article; the first of several likely ones, as a subhead is below the headline."""
    page = score_page(lines)
    odds = {number: odd for number, odd in score_headlines(page).items() if _may_be_found(lines[number])}
    if not odds:
        return "", 0
    start = guess_start(lines, page) if len(odds) > 1 else None
    near = range(len(lines)) if start is None else range(start - _HEADLINE_LINES, start + 1)
    best = max(odds, key=lambda at: odds[at] - (at not in near) * _FAR)
    least = max(0, odds[best] - _ALIKE)
    best = min((at for at, odd in odds.items() if best - _SUBHEAD_LINES <= at and odd >= least), default=best)
    return lines[best].text, odds[best] if best in near else 0


def _may_be_found(line: Line) -> bool:
    return line.is_plain and _may_be_headline(line.text, _LONGEST_HEADLINE)


def _first_plain(lines: list[Line]) -> Line:
    return next((line for line in lines if line.is_plain and not states_fact(line.text)), lines[0])


def _is_repeated(line: Line, lines: list[Line]) -> bool:
    is_like_headline = len(line.text) <= _LONGEST_HEADLINE and is_worded(line.text, 3)
    return is_like_headline and sum(other.text == line.text for other in lines) > 1


def _may_be_headline(text: str, longest: int) -> bool:
    if len(text) > longest or ends_in_full_stop(text) or not comparable(text) or states_fact(text) or read_dateline(text):
        return False
    return longest == _LONGEST_HEADLINE or not SENTENCE_BREAK.search(text, 0, len(text) - 2)


def _telling_words(text: str) -> set[str]:
    return set(TELLING_WORD.findall(text.casefold()))


def _first_sentence(text: str) -> str:
    """The first sentence, without its full stop, at most 200 characters."""
    if (dateline := read_dateline(text)) and dateline.length < len(text):
        text = text[dateline.length :]
    if found := SENTENCE_BREAK.search(text, 0, _LONGEST_HEADLINE):
        text = text[: found.end()]
    if len(text) > _LONGEST_HEADLINE:
        text = text[:_LONGEST_HEADLINE].rsplit(" ", 1)[0]
    # Without its full stop it is not a repeat of the sentence, so the sentence stays in the body.
    while ends_in_full_stop(text) and (shorter := FULL_STOP.sub(r"\1", text).rstrip()):
        text = shorter
    return text
