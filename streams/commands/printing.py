"""How commands print: no wider than the terminal, and third-party text without control characters."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

_PIPE_COLUMNS: Final = 200  # the width of a table in a file or a pipe, unless COLUMNS is set
_NARROWEST: Final = 40


def columns() -> int:
    """The width of lines: COLUMNS, else the terminal's, else wide enough for a file."""
    wide = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return max(_NARROWEST, shutil.get_terminal_size().columns) if wide else _PIPE_COLUMNS


def table_console() -> Console:
    """The console that prints tables."""
    return Console(highlight=False, width=columns())


def shortened(text: str, width: int) -> str:
    """A line of at most ``width`` cells (a Chinese character takes two); a cut is marked by "…"."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def counted(number: int, thing: str) -> str:
    """A number with its noun: "1 process", "2 processes"."""
    plural = "es" if thing.endswith("s") else "s"
    return f"{number:,} {thing}{'' if number == 1 else plural}"


def wrapped(text: str, width: int, indent: str = "") -> Iterator[str]:
    """A text in lines of at most ``width`` cells, each after the indent."""
    for line in Text(text).wrap(Console(width=width), width - cell_len(indent)):
        yield indent + line.plain.rstrip()


def hung(head: str, text: str, width: int) -> Iterator[str]:
    """A text after a head that only its first line has, in lines of at most ``width`` cells."""
    indent = " " * cell_len(head)
    for number, line in enumerate(wrapped(text, width, indent)):
        yield line if number else (head + line.removeprefix(indent)).rstrip()


def folded(text: str, width: int) -> Iterator[str]:
    """A text's lines, broken wherever ``width`` cells are full; every character is shown unchanged."""
    for line in text.expandtabs(4).split("\n"):
        begin = used = 0
        for at, character in enumerate(line):
            wide = cell_len(character)
            if used + wide > width:
                yield line[begin:at]
                begin, used = at, 0
            used += wide
        yield line[begin:]


def table_lines(table: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Rows in columns two spaces apart, numbers right-aligned; the first row is the header. Cut at ``width`` cells."""
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (_aligned(text, wide) for text, wide in zip(row, widths, strict=True))
        yield shortened("  ".join(cells).rstrip(), width)


def _aligned(text: str, width: int) -> str:
    space = " " * (width - cell_len(text))
    return space + text if text[:1].isdigit() and " of " not in text else text + space
