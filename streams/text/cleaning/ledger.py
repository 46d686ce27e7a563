"""Entries of the ledger: which lines were cut, and why."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from streams.text.article import Cut, CutKind
from streams.text.cleaning.lines import VISIBLE_RUN, Line, tidy
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
    if not second:
        return tuple(sorted(first, key=lambda cut: cut.offset))
    kept = _Runs()
    at = 0
    for cut in first:
        kept.add(text, at, cut.offset)
        at = cut.offset + cut.length
    kept.add(text, at, len(text))
    seen = _Runs()
    seen.add(body, 0, len(body))
    gaps = [cut.offset for cut in first]
    joined = list(first)
    for cut in second:
        places = kept.places(seen.count_before(cut.offset), seen.count_before(cut.offset + cut.length))
        # What the first cleaning cut in between keeps its own entries.
        for _, run in groupby(places, key=lambda place: bisect_left(gaps, place[0])):
            some = list(run)
            joined.append(_cut_of(text, some[0][0], some[-1][1], Verdict(cut.kind, cut.reason)))
    return tuple(sorted(joined, key=lambda cut: cut.offset))


class _Runs:
    """The visible characters of a text, counted from 0, as runs: a text has several times fewer runs than characters."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._counts: list[int] = []  # of the visible characters before each run
        self._count = 0

    def add(self, text: str, start: int, end: int) -> None:
        """Count on with the visible characters from ``start`` to ``end``."""
        for found in VISIBLE_RUN.finditer(text, start, end):
            first, last = found.span()
            self._starts.append(first)
            self._counts.append(self._count)
            self._count += last - first

    def count_before(self, place: int) -> int:
        """How many visible characters there are before a place in the text, if all of it was counted."""
        run = bisect_right(self._starts, place) - 1
        if run < 0:
            return 0
        return min(self._counts[run] + place - self._starts[run], self._count_after(run))

    def places(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Where the visible characters from number ``first`` to before ``last`` are: the start and end of each run."""
        last = min(last, self._count)
        run = bisect_right(self._counts, first) - 1
        while first < last:
            end = min(last, self._count_after(run))
            before = self._starts[run] - self._counts[run]
            yield before + first, before + end
            first, run = end, run + 1

    def _count_after(self, run: int) -> int:
        """The number of visible characters up to the end of a run."""
        return self._counts[run + 1] if run + 1 < len(self._counts) else self._count


def _cut_of(text: str, start: int, end: int, verdict: Verdict) -> Cut:
    excerpt = tidy(text[start : min(end, start + 4 * _EXCERPT)])[:_EXCERPT].rstrip()
    return Cut(*verdict, start, end - start, excerpt)
