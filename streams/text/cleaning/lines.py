"""A page as lines: what each says, where it was, and what it is by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from streams import lazy_re as re
from streams.text.article import CutKind
from streams.text.cleaning.furniture import LONGEST_FURNITURE, recognise_furniture
from streams.text.cleaning.line_features import OF_A_CUT_PAGE, PIECE
from streams.text.cleaning.marks import Mark
from streams.text.cleaning.seams import Seam, find_seams
from streams.text.cleaning.unfolding import is_link, unfold, unmark
from streams.text.sentences import IDEOGRAPH, IDEOGRAPH_WEIGHT, SENTENCE_BREAK, ends_sentence

# Weights in characters of prose.
_MOST_WEIGHT = 300  # longer paragraphs are not better evidence
_NO_SENTENCE_WEIGHT = -60  # for a line without a sentence
_FURNITURE_WEIGHT = -120  # for a line that is, or may be, furniture
_SHORTEST_UNSTOPPED_PROSE = 200
LONGEST_LINK, _LONGEST_REMEMBERED = 60, 120  # characters
# Excludes the joiners U+200C and U+200D and the direction marks, which Persian, Hindi and emoji need.
_INVISIBLE_CHARACTERS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff"
_INVISIBLE = re.compile(f"[{_INVISIBLE_CHARACTERS}]")
VISIBLE = re.compile(rf"[^\s{_INVISIBLE_CHARACTERS}]")
VISIBLE_RUN = re.compile(rf"[^\s{_INVISIBLE_CHARACTERS}]+")


class Line(NamedTuple):
    """A line, the place of its first character in the original text, and what it is by itself."""

    number: int
    offset: int
    raw: str
    text: str
    weight: int
    kind: CutKind | None
    is_plain: bool  # never furniture, not even beside other furniture
    joint: str = "\n"  # what separates it from the line before it, if both stay


def read_page(text: str, headline: str = "") -> tuple[list[Line], tuple[Mark, ...]]:
    """The lines of a page, with what its flattener did to them undone, and the Markdown marks that were removed.

    ``headline``: the producer's title of the page, or "".
    """
    unmarked, marks = unmark(text)
    unfolded = unfold(unmarked, text)
    lines = read_lines(unfolded, find_seams(unfolded, headline))
    if marks:
        lines = [
            line._replace(weight=_FURNITURE_WEIGHT, is_plain=False)
            if line.is_plain and is_link(text, line.offset, line.offset + len(line.raw))
            else line
            for line in lines
        ]
    return lines, marks


def read_lines(text: str, seams: Sequence[Seam] = ()) -> list[Line]:
    """The lines of a text with a visible character, with single spaces; a line is split at its seams."""
    lines: list[Line] = []
    start = 0
    for piece, joint in _pieces(text, seams) if seams else ((piece, "\n") for piece in text.splitlines(keepends=True)):
        raw = piece.strip()
        if raw.isprintable():  # nothing invisible, and no space but " "
            said = " ".join(raw.split()) if "  " in raw else raw
        else:
            visible = VISIBLE.search(raw)
            raw = raw[visible.start() :] if visible else ""
            said = tidy(raw)
        if raw:
            line = judge_line(len(lines), text.index(raw[0], start), raw, said)
            lines.append(line if joint == "\n" else line._replace(joint=joint))
        start += len(piece)
    return lines


def _pieces(text: str, seams: Sequence[Seam]) -> Iterator[tuple[str, str]]:
    """The lines of a text, cut at the seams, each with what joins it to the previous one."""
    start, number = 0, 0
    for line in text.splitlines(keepends=True):
        at, joint, end = start, "\n", start + len(line)
        while number < len(seams) and seams[number].at < end:
            if seams[number].at > at:
                yield text[at : seams[number].at], joint
                at, joint = seams[number]
            number += 1
        yield text[at:end], joint
        start = end


def mark_lines(lines: Sequence[Line]) -> list[int]:
    """The marks for the line model: 0 not furniture, 1 maybe, 2 certainly; with additions on pages that were cut at seams."""
    pieces = [line.joint != "\n" for line in lines]
    more = OF_A_CUT_PAGE if any(pieces) else 0
    return [
        more + (PIECE if is_piece else 0) + (2 if line.kind else 0 if line.is_plain else 1)
        for line, is_piece in zip(lines, pieces, strict=True)
    ]


def join_lines(lines: Sequence[Line]) -> str:
    """The lines as a text, one per line; pieces of one line are rejoined as they were if nothing between them was removed."""
    pieces: list[str] = []
    before = -2
    for line in lines:
        if pieces:
            pieces.append(line.joint if line.number == before + 1 else "\n")
        pieces.append(line.text)
        before = line.number
    return "".join(pieces)


def tidy_lines(text: str) -> list[str]:
    """The lines of a text with a visible character, tidied."""
    return [line for piece in text.splitlines() if (line := tidy(piece))]


def tidy(text: str) -> str:
    """The text without invisible characters and with single spaces."""
    return " ".join(_INVISIBLE.sub("", text).split())


def judge_line(number: int, offset: int, raw: str, text: str) -> Line:
    """What a line is by itself. ``text`` is ``raw`` tidied."""
    return Line(number, offset, raw, text, *(judge_short_line(text) if len(text) <= _LONGEST_REMEMBERED else _judge(text)))


def _judge(text: str) -> tuple[int, CutKind | None, bool]:
    kind, is_weak = recognise_furniture(text) if len(text) <= LONGEST_FURNITURE else (None, False)
    return _FURNITURE_WEIGHT if kind or is_weak else _weigh(text), kind, not (kind or is_weak)


judge_short_line = lru_cache(maxsize=16_384)(_judge)  # all pages of a site have its menus


def _weigh(text: str) -> int:
    """How strongly a line indicates an article: its length, if it holds a sentence."""
    length = len(text)
    if length < _MOST_WEIGHT and not text.isascii() and IDEOGRAPH.search(text):
        length *= IDEOGRAPH_WEIGHT
    if ends_sentence(text) or (length >= _SHORTEST_UNSTOPPED_PROSE and SENTENCE_BREAK.search(text)):
        return min(length, _MOST_WEIGHT)
    return _NO_SENTENCE_WEIGHT


def split_line(line: Line, length: int) -> tuple[Line, Line]:
    """The first ``length`` characters of the tidied line, and the rest, both with their places in the original."""
    visible = sum(not character.isspace() for character in line.text[:length])
    places = (found.start() for found in VISIBLE.finditer(line.raw))
    at = next(place for count, place in enumerate(places) if count == visible)
    head = line._replace(raw=line.raw[:at].rstrip(), text=line.text[:length].rstrip())
    return head, judge_line(line.number, line.offset + at, line.raw[at:], line.text[length:].lstrip())._replace(
        joint=line.joint
    )
