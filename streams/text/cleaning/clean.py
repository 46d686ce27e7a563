"""From a page that someone else flattened to text, to the article on it.

First, what the flattener did to the lines is undone (``unfolding``): Markdown's marks, hard wraps, paragraphs broken at links.
Then the text is a list of lines, and every step removes lines from it:

    read_lines         white space and invisible characters; a line knows its place in the text, and what it is by itself:
                       prose (a weight) or furniture (a kind)
    settle_headline    the headline and its repeats
    find_article       which lines belong to the article, if the text is a page: by ``line_model``
    read_top           dateline, byline and date at its beginning
    read_end           a byline below it
    judge_furniture    forms, bars, notices, hashtags
    judge_surroundings what is before, after and between its lines
    judge_form_labels  what is below a comment form
    judge_menus        runs of links within the article

The steps from ``find_article`` on are repeated until nothing changes, so cleaning a clean text changes nothing. If they would
remove too much, the text stays whole (``_is_safe``): an article with furniture is better than furniture alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from streams.text.article import CleanText, Cut, CutKind, first_of_each
from streams.text.cleaning.dateline import Dateline, is_date, is_one_of_labels, read_byline, read_dateline, read_signature
from streams.text.cleaning.extent import find_article
from streams.text.cleaning.furniture import HASHTAG
from streams.text.cleaning.ledger import CODE, Verdict, join_ledgers, make_cut, with_marks
from streams.text.cleaning.lines import LONGEST_LINK, Line, join_lines, read_page, split_line, tidy, tidy_lines
from streams.text.cleaning.notes import is_end_mark, is_last_words, is_note, is_views_notice
from streams.text.cleaning.page_code import blank_code
from streams.text.cleaning.page_headline import find_headline, settle_headline
from streams.text.cleaning.phrases import load_phrases
from streams.text.cleaning.prompts import (
    is_bio,
    is_enclosed,
    is_kicker_line,
    is_label,
    is_network,
    is_related_heading,
    names_source,
)
from streams.text.cleaning.seams import find_seams
from streams.text.cleaning.unfolding import unfold, unmark, with_newlines
from streams.text.headline import is_section_name
from streams.text.sentences import ends_sentence

# What must be left after the cuts. Shares of characters, 0.0 to 1.0. Most of a page may be furniture, so any one measure will
# do.
_LEAST_KEPT = 0.4  # of everything …
_LEAST_PROSE_KEPT, _LEAST_PROSE = 0.4, 600  # … or of the prose, with at least this many characters …
_LEAST_KEPT_BELOW, _LEAST_PROSE_BELOW = 0.3, 300  # … or of what is below the headline, with this many characters of prose

_LEAST_PROSE_OF_PAGE, _LEAST_SHARE = 300, 0.6  # … or fewer characters, but this share of the prose
_MANY_SIGNS, _LEAST_SHARE_OF_PAGE = 12, 0.2  # with this many lines of furniture, this share of the prose is enough
_FEWEST_PARAGRAPHS = 3  # of an article whose last line may be a few words of furniture
_MOST_TEASERS = 12  # lines below "More from …"
_BARE_BULLETS = frozenset("-–•·*◦▪●■○□‣∙")  # what a list leaves of an item without words
_LONGEST_KICKER, _MOST_KICKER_WORDS, _LEAST_BELOW_KICKER = 30, 3, 60  # characters, words, characters
_TOP_LINES = 8  # lines above the first paragraph that are searched for a byline
_END_LINES = 4  # furniture in this many lines after the article shows that it ended there
_MOST_ROUNDS, _MOST_PASSES = 8, 4
_MOST_LINES = 5_000  # or links: the longest development text has 449, the longest page of a manual 4,509 blocks
_MARKS_OF_LINK = 2  # what is before its text, and its address
_LONGEST_HEADLINE = 200  # characters; for a text that is not cleaned


def clean_text(text: str, headline: str | None = None, *, is_extracted: bool = False) -> CleanText:
    """Take the article out of a page's text.

    ``text`` is a page as its flattener left it, or an article's body; ``headline`` is the producer's title, or None to find it
    on the page (then it is "" only if the text is empty). ``is_extracted``: the text was extracted from a page, so its menus
    are gone: only repeats and credits are cut because of their place.

    The body keeps one line per paragraph. Everything else that was removed, except white space and invisible characters, is in
    ``cuts``, in the order of the text. ``clean_text(c.body, c.headline)`` gives the same body and headline. A text of more than
    5,000 lines or links, or 10,000 of Markdown's other marks, is not an article: it stays whole.
    """
    text, told = with_newlines(text), tidy(headline or "")
    if len(text) > 2 * _MOST_LINES:
        texts = tidy_lines(text)
        if max(len(texts), len(unmark(text)[1]) // _MARKS_OF_LINK) > _MOST_LINES:
            headline = told or texts[0][:_LONGEST_HEADLINE].rstrip()
            return CleanText(headline=headline, body="\n".join(texts), left_whole=True)
    blanked, code = blank_code(text)
    clean = _clean_to_the_end(blanked, told, _MOST_PASSES, is_extracted=is_extracted)
    return replace(clean, cuts=with_marks(text, clean.cuts, code, CODE)) if code else clean


def _clean_to_the_end(text: str, headline: str, passes: int, *, is_extracted: bool) -> CleanText:
    """Clean, and clean again if that joined paragraphs that a flattener had torn apart, or lines lost their links."""
    first, was_in_pieces = _clean_text_once(text, headline, is_extracted=is_extracted)
    if passes <= 1 or not (
        was_in_pieces  # they are lines now, and may be judged otherwise
        or unmark(text)[1]
        or unmark(first.body)[1]
        or unfold(first.body, first.body) != first.body
        or find_seams(first.body)
    ):
        return first
    second = _clean_to_the_end(first.body, first.headline, passes - 1, is_extracted=is_extracted)
    return replace(
        second,
        dateline=first.dateline or second.dateline,
        agencies=first_of_each((*first.agencies, *second.agencies)),
        byline=first.byline or second.byline,
        keywords=first_of_each((*first.keywords, *second.keywords)),
        cuts=join_ledgers(text, first.cuts, first.body, second.cuts),
    )


def _clean_text_once(text: str, told: str, *, is_extracted: bool) -> tuple[CleanText, bool]:
    """The text cleaned by one pass, and whether it was cut at seams."""
    lines, marks = read_page(text, told)
    headline, is_sure = (told, True) if told else find_headline(lines)
    every, asked = lines, headline
    headline, lines, repeats, start = settle_headline(lines, headline)
    cleaned = None if is_sure else _clean_lines(lines, 0, start, is_extracted=is_extracted)
    cleaned = cleaned or _clean_lines(lines, start, start, is_extracted=is_extracted)
    if not cleaned and start:  # all of it stays, including the headline, so that a second cleaning sees the same
        headline, lines, repeats = asked, every, []
    page = cleaned or _Page(lines)
    if page.without_head:  # without its dateline, a line may equal the headline
        headline, page.lines, more, _ = settle_headline(page.lines, headline)
        repeats += more
    cuts = sorted(repeats + page.cuts, key=lambda cut: cut.offset)
    clean = CleanText(
        headline=headline,
        body=join_lines(page.lines),
        dateline=page.dateline,
        agencies=first_of_each(page.agencies),
        byline=page.byline,
        keywords=first_of_each(page.keywords),
        cuts=with_marks(text, cuts, marks) if marks else tuple(cuts),
        left_whole=cleaned is None,
    )
    return clean, any(line.joint != "\n" for line in every)


@dataclass(slots=True)
class _Page:
    """The remaining lines of a page, what was cut, and what was found on the way."""

    lines: list[Line]
    cuts: list[Cut] = field(default_factory=list)
    dateline: str | None = None
    agencies: list[str] = field(default_factory=list)
    byline: str | None = None
    keywords: list[str] = field(default_factory=list)
    without_head: set[int] = field(default_factory=set)  # numbers of the lines that lost a dateline


def _clean_lines(lines: list[Line], start: int, near: int, *, is_extracted: bool) -> _Page | None:
    """Cut until nothing is left to cut; None if that would remove the article, or there is none.

    ``start``: the line below a certain headline; ``near``: the line below one that may be wrong; 0 if there is none.
    """
    page = _Page(list(lines))
    if near and not _clean_once(page, start, near, is_extracted=is_extracted):
        return None
    for _ in range(_MOST_ROUNDS):
        cuts = len(page.cuts)
        _clean_once(page, 0, 0, is_extracted=is_extracted)
        if len(page.cuts) == cuts:
            return page if not cuts or _is_safe(lines, page.lines, start) else None
    return None


_BEFORE = Verdict(CutKind.SURROUNDINGS, "before the article")
_BETWEEN = Verdict(CutKind.SURROUNDINGS, "between the article's paragraphs")
_AFTER = Verdict(CutKind.SURROUNDINGS, "after the article")
_LINKS = Verdict(CutKind.NAVIGATION, "in a run of links")
_FORM = Verdict(CutKind.COMMENT_FORM, "below a comment form")
_STRETCHES = (_BEFORE, _BETWEEN, _AFTER, _LINKS, _FORM)


def _clean_once(page: _Page, start: int, near: int, *, is_extracted: bool) -> bool:
    """Cut what can be recognised now. Returns whether there was an article."""
    found = find_article(page.lines, near, is_extracted=is_extracted)
    chosen = found or [True] * len(page.lines)
    first = chosen.index(True) if True in chosen else 0
    end = len(chosen) - (chosen[::-1].index(True) if True in chosen else 0)
    verdicts: dict[int, Verdict] = {}
    _read_top(page, max(start, first - _TOP_LINES), verdicts)
    _read_end(page, end, verdicts)
    _judge_furniture(page, verdicts)
    _judge_tail(page.lines, verdicts)
    if False in chosen:
        _judge_surroundings(page.lines, chosen, first, end, verdicts)
    _judge_form_labels(page.lines, verdicts)
    _judge_menus(page.lines[first:end], verdicts)
    if verdicts:
        page.cuts += _carry_out(page, verdicts)
        page.lines = [line for line in page.lines if line.number not in verdicts]
    return bool(found)


def _is_safe(before: list[Line], after: list[Line], start: int) -> bool:
    """Whether what remains after the cuts is the article, and not just a piece of it."""
    kept, prose = _count_characters(after), _count_characters(line for line in after if line.weight > 0)
    if kept < _count_characters(line for line in _within(before, after) if line.is_plain):
        return False  # more was removed from between its lines, without any sign of furniture, than remains
    all_prose = sum(map(len, {line.text for line in before if line.weight > 0}))  # repeated lines count once
    is_page = sum(not line.is_plain for line in before) >= _MANY_SIGNS
    if (
        kept >= _LEAST_KEPT * _count_characters(before)
        or prose >= max(_LEAST_PROSE, _LEAST_PROSE_KEPT * all_prose)
        or prose >= max(_LEAST_PROSE_OF_PAGE, (_LEAST_SHARE_OF_PAGE if is_page else _LEAST_SHARE) * all_prose)
    ):
        return True
    if not start or prose < _LEAST_PROSE_BELOW:
        return False
    behind = [line for line in before if line.number > after[-1].number][:_END_LINES]
    return kept >= _LEAST_KEPT_BELOW * _count_characters(before[start:]) or any(not line.is_plain for line in behind)


def _within(before: list[Line], after: list[Line]) -> list[Line]:
    """The lines that were removed from between those that stay."""
    kept = {line.number for line in after}
    first, last = min(kept, default=0), max(kept, default=0)
    return [line for line in before if first < line.number < last and line.number not in kept]


def _count_characters(lines: Iterable[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _judge_furniture(page: _Page, verdicts: dict[int, Verdict]) -> None:
    for line in page.lines:
        if line.kind is CutKind.HASHTAGS:
            page.keywords += HASHTAG.findall(line.text)
            verdicts[line.number] = Verdict(line.kind, "nothing but hashtags")
        elif line.kind:
            verdicts[line.number] = Verdict(line.kind, load_phrases().reasons[line.kind])
        elif line.text in _BARE_BULLETS:
            verdicts[line.number] = Verdict(CutKind.NAVIGATION, "the bullet of an empty item")


def _judge_tail(lines: list[Line], verdicts: dict[int, Verdict]) -> None:
    """Below the last paragraph: its author, notes, last words, and teasers under "More from" or with labels in capitals."""
    is_article = sum(line.weight > 0 for line in lines) >= _FEWEST_PARAGRAPHS
    for before, line in reversed(list(pairwise(lines))):
        if line.number in verdicts:
            continue
        if is_bio(line.text) or is_kicker_line(line.text) or is_network(line.text):
            verdicts[line.number] = _AFTER
        elif is_note(line.text):
            verdicts[line.number] = _NOTE
        elif is_views_notice(line.text):
            verdicts[line.number] = _VIEWS
        elif is_end_mark(line.text):
            verdicts[line.number] = _LAST_WORDS
        elif names_source(line.text) or is_enclosed(line.text):
            verdicts[line.number] = _SOURCE
        elif is_article and before.weight > 0 and is_last_words(line.text, before.text):
            verdicts[line.number] = _LAST_WORDS
        else:
            break
    related = next((at for at, line in enumerate(lines) if at and line.kind and is_related_heading(line.kind, line.text)), None)
    below = lines[related + 1 :] if related else []
    if 0 < len(below) <= _MOST_TEASERS and all(len(line.text) <= LONGEST_LINK * 2 for line in below):
        titles = sum(line.kind is CutKind.RELATED or not ends_sentence(line.text) for line in below)
        verdicts |= {line.number: _AFTER for line in below if 3 * titles >= len(below) and line.number not in verdicts}


def _judge_surroundings(lines: list[Line], chosen: list[bool], first: int, end: int, verdicts: dict[int, Verdict]) -> None:
    for index, (line, is_chosen) in enumerate(zip(lines, chosen, strict=True)):
        if not is_chosen:
            verdicts.setdefault(line.number, _BEFORE if index < first else _BETWEEN if index < end else _AFTER)


def _judge_form_labels(lines: list[Line], verdicts: dict[int, Verdict]) -> None:
    """Nothing below a comment form is part of the article, unless paragraphs follow."""
    tail = list(takewhile(lambda line: line.weight < 0, reversed(lines)))
    is_form = False
    for line in reversed(tail):
        is_form = is_form or line.kind is CutKind.COMMENT_FORM
        if is_form:
            verdicts.setdefault(line.number, _FORM)


def _judge_menus(lines: list[Line], verdicts: dict[int, Verdict]) -> None:
    """Runs of links: mostly lines that count as furniture in such company."""
    run: list[Line] = []
    for line in [*lines, None]:
        if line and line.weight < 0 and len(line.text) <= LONGEST_LINK:
            run.append(line)
            continue
        if run:
            if sum(not line.is_plain for line in run) >= max(2, len(run) / 2):
                for link in run:
                    verdicts.setdefault(link.number, _LINKS)
            run = []


def _carry_out(page: _Page, verdicts: dict[int, Verdict]) -> list[Cut]:
    """One ledger entry for each line, or one for a whole run of lines that was cut because of its place."""
    cuts: list[Cut] = []
    stretch: list[Line] = []
    for line in page.lines:
        verdict = verdicts.get(line.number)
        if stretch and (
            verdict != verdicts[stretch[0].number]
            or line.number != stretch[-1].number + 1
            or line.number in page.without_head  # what was split off has an entry of its own
        ):
            cuts.append(make_cut(stretch[0], verdicts[stretch[0].number], until=stretch[-1]))
            stretch = []
        if verdict in _STRETCHES:
            stretch.append(line)
        elif verdict:
            cuts.append(make_cut(line, verdict))
    if stretch:
        cuts.append(make_cut(stretch[0], verdicts[stretch[0].number], until=stretch[-1]))
    return cuts


def _read_top(page: _Page, first: int, verdicts: dict[int, Verdict]) -> None:
    """Take dateline, byline and date from the lines above the first paragraph, and the dateline at its beginning.

    The second paragraph keeps its dateline: a survey of several places has one in each.
    """
    sentences = 0
    for index in range(first, min(len(page.lines), first + 2 * _TOP_LINES)):
        line = page.lines[index]
        dateline = None if line.kind else read_dateline(line.text)
        if dateline and dateline.is_label and not _is_alone(page.lines[index:], dateline):
            dateline = None
        if dateline and (sentences == 0 or dateline.length == len(line.text)):
            page.dateline = page.dateline or dateline.place or None
            page.agencies += dateline.agencies
            if dateline.length == len(line.text):
                verdicts[line.number] = _DATELINE
                continue
            head, line = split_line(line, dateline.length)
            page.cuts.append(make_cut(head, _DATELINE))
            page.lines[index] = line
            page.without_head.add(line.number)
        if byline := read_byline(line.text):
            page.byline = page.byline or byline
            verdicts[line.number] = _BYLINE
        elif verdict := _told_above(line.text):
            verdicts[line.number] = verdict
        elif index == first and _is_kicker(page.lines, index):
            verdicts[line.number] = _KICKER
        elif line.weight > 0:
            sentences += 1
            if sentences > 1:  # the first may be a summary above the byline
                return


def _is_alone(lines: list[Line], dateline: Dateline) -> bool:
    """Whether a place and a colon stand before the first paragraph, and no line below has a label."""
    paragraph = lines[1:2] if dateline.length == len(lines[0].text) else lines[:1]
    return any(line.weight > 0 for line in paragraph) and not is_one_of_labels([line.text for line in lines[1:]])


def _told_above(text: str) -> Verdict | None:
    """What a line above an article says of it: when it is from or was changed, and where it is from."""
    if is_date(text):
        return _DATE
    if is_note(text):
        return _NOTE
    return _SOURCE if names_source(text) else None


def _is_kicker(lines: list[Line], index: int) -> bool:
    """Whether the line above the first paragraph is the name of a section, or a word or two in capitals."""
    text = lines[index].text
    if len(text) > _LONGEST_KICKER or len(text.split()) > _MOST_KICKER_WORDS or not is_label(text):
        return False
    below = next((line for line in lines[index + 1 :] if not (line.kind or is_date(line.text) or read_byline(line.text))), None)
    return below is not None and below.weight >= _LEAST_BELOW_KICKER and (text.isupper() or is_section_name(text))


def _read_end(page: _Page, end: int, verdicts: dict[int, Verdict]) -> None:
    """Take the byline below the last paragraph: the article's last line, or the first one after it."""
    for line in reversed(page.lines[max(0, end - _END_LINES) : end]):
        if is_date(line.text):
            verdicts.setdefault(line.number, _DATE)
        elif not line.kind:
            break
    for paragraph, line in pairwise(page.lines[max(0, end - 2) : end + 1]):
        if paragraph.weight > 0 and (byline := read_signature(line.text)):
            page.byline = page.byline or byline
            verdicts.setdefault(line.number, _BYLINE)


_DATELINE = Verdict(CutKind.DATELINE, "where it was reported, and by which agency")
_BYLINE = Verdict(CutKind.BYLINE, "who wrote it")
_KICKER = Verdict(CutKind.NAVIGATION, "the name of a section")
_SOURCE = Verdict(CutKind.CREDIT, "where the news is from")
_NOTE = Verdict(CutKind.DATE_LINE, "what was changed in the article")
_VIEWS = Verdict(CutKind.SURROUNDINGS, "whose views the article has")
_LAST_WORDS = Verdict(CutKind.SURROUNDINGS, "a few words below the last sentence")
_DATE = Verdict(CutKind.DATE_LINE, "nothing but a date")
