"""Entries of the ledger: which lines were cut, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from streams.text.article import Cut, CutKind
from streams.text.cleaning.lines import VISIBLE, Line, tidy
from streams.text.cleaning.marks import Mark

_EXCERPT = 60  # characters


class Verdict(NamedTuple):
    """What a line that must be cut is, and why it is cut."""

    kind: CutKind
    reason: str


def make_cut(line: Line, verdict: Verdict, *, until: Line | None = None) -> Cut:
    """The ledger's entry for a line, or for a run of lines ``until`` another."""
    last = until or line
    return Cut(*verdict, line.offset, last.offset + len(last.raw) - line.offset, line.text[:_EXCERPT].rstrip())


MARKUP = Verdict(CutKind.NAVIGATION, "Markdown's mark, or a link's address")
CODE = Verdict(CutKind.NAVIGATION, "a page's script or style")


def with_marks(text: str, cuts: Sequence[Cut], marks: Iterable[Mark], what: Verdict = MARKUP) -> tuple[Cut, ...]:
    """The ledger with marks that were blanked out added: part of a cut if within or beside it, else an entry of their own."""
    entries = [(cut.offset, cut.offset + cut.length, Verdict(cut.kind, cut.reason)) for cut in cuts]
    entries += [(mark.offset, mark.offset + mark.length, what) for mark in marks]
    joined: list[tuple[int, int, Verdict]] = []
    for start, end, verdict in sorted(entries, key=lambda entry: entry[:2]):
        if joined:
            first, last, before = joined[-1]
            is_touching = start <= last or (what in {verdict, before} and not text[last:start].strip())
            if start < last or (is_touching and (what in {verdict, before})):
                joined[-1] = (first, max(last, end), before if verdict is what else verdict)
                continue
        joined.append((start, end, verdict))
    return tuple(_cut_of(text, *entry) for entry in joined)


def join_ledgers(text: str, first: Sequence[Cut], body: str, second: Sequence[Cut]) -> tuple[Cut, ...]:
    """One ledger for the ``text`` of two cleanings; the ``second`` one refers to the ``body`` that the ``first`` left."""
    kept: list[int] = []  # the positions in the text of the body's visible characters
    at = 0
    for cut in first:
        kept += [found.start() for found in VISIBLE.finditer(text, at, cut.offset)]
        at = cut.offset + cut.length
    kept += [found.start() for found in VISIBLE.finditer(text, at)]
    seen = [found.start() for found in VISIBLE.finditer(body)]
    gaps = [cut.offset for cut in first]
    joined = list(first)
    for cut in second:
        places = kept[bisect_left(seen, cut.offset) : bisect_left(seen, cut.offset + cut.length)]
        # What the first cleaning cut in between keeps its own entries.
        for _, run in groupby(places, key=lambda place: bisect_left(gaps, place)):
            some = list(run)
            joined.append(_cut_of(text, some[0], some[-1] + 1, Verdict(cut.kind, cut.reason)))
    return tuple(sorted(joined, key=lambda cut: cut.offset))


def _cut_of(text: str, start: int, end: int, verdict: Verdict) -> Cut:
    excerpt = tidy(text[start : min(end, start + 4 * _EXCERPT)])[:_EXCERPT].rstrip()
    return Cut(*verdict, start, end - start, excerpt)
