"""How commands print: no wider than the terminal, and somebody else's words without control characters."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

_PIPE_COLUMNS: Final = 200  # of a table that goes into a file or a pipe, and COLUMNS says nothing else
_NARROWEST: Final = 40


def columns() -> int:
    """How wide lines may be: COLUMNS, else the terminal, else wide enough for a file."""
    wide = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return max(_NARROWEST, shutil.get_terminal_size().columns) if wide else _PIPE_COLUMNS


def table_console() -> Console:
    """What prints tables."""
    return Console(highlight=False, width=columns())


def shortened(text: str, width: int) -> str:
    """A line of at most ``width`` cells (a Chinese character takes two); what is cut is shown by "…"."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def wrapped(text: str, width: int, indent: str = "") -> Iterator[str]:
    """A text in lines of at most ``width`` cells, each behind the indent."""
    for line in Text(text).wrap(Console(width=width), width - cell_len(indent)):
        yield indent + line.plain.rstrip()


def rows(pairs: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Labels and what is said of each, side by side: what does not fit goes on below itself."""
    pairs = list(pairs)
    margin = max((cell_len(label) for label, _ in pairs), default=0) + 2
    for label, said in pairs:
        first = True
        for line in wrapped(said, width, " " * margin):
            yield set_cell_size(label, margin) + line[margin:] if first else line
            first = False
        if first:
            yield label
