"""Pieces of a text that are blanked out before its lines are read, and stand in the ledger afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams import lazy_re as re

_NOT_A_BREAK = re.compile(r"[^\n]")


class Mark(NamedTuple):
    """A piece of markup: where it is and how long it is, in characters."""

    offset: int
    length: int


def blank_out(text: str, marks: Sequence[Mark]) -> str:
    """The text with spaces for the marks, which are in order; line breaks stay."""
    pieces: list[str] = []
    at = 0
    for offset, length in marks:
        pieces += (text[at:offset], _NOT_A_BREAK.sub(" ", text[offset : offset + length]))
        at = offset + length
    return "".join((*pieces, text[at:])) if pieces else text
