"""Scripts and styles that a flattener took for text, as lxml's plain ``text_content()`` does.

Only a text that begins with them is searched, since an article about programs has sentences before its first listing. Code is
told by its build: lines that end in ";" or "{", that are full of brackets and equals signs, or that hold a browser's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from streams import lazy_re as re
from streams.text.cleaning.marks import Mark, blank_out
from streams.text.sentences import ends_sentence

_SIGNS = (
    "window.", "document.", "function(", "function (", "datalayer", "googletag", "gtag(", "jquery", "$(", '"@context"',
    "@media",
    "display:none", "display: none", "var ", "const ", ".push(", "typeof ", "===", "</script", "!important", "getelementbyid",
)  # fmt: skip
_FEWEST_SIGNS = 2
_STRONG = re.compile(
    r"\bfunction\b[^()]{0,40}\(|\b(?:var|let|const)\s+[\w$]+\s*=|\b(?:window|document|self|this)\.\w|\.push\(|=>|===|&&|\|\||\$\("
    r"|\btypeof\s|\breturn\b[^.!?]{0,80};|\bnew\s\w+\(|\}\s*\)|\)\s*\{|\{\s*[\"'\w-]+\s*:|[\w-]+\s*:[^:;{}.!?]{1,60};|\"@(?:context|type|id)\""
    r"|^\s*(?://|/\*|\*/|<!--|-->|<!\[CDATA\[|\]\]>|@media|@import|@font-face|@keyframes)|!important|[.#@]?[\w-]+\s*\{[^{}]*[:;]"
)
_EDGE = re.compile(r"^\s*[{}()\[\];,:*/<]|[;{}(\[,:=+>]\s*$")
_PUNCTUATION = re.compile(r"[{}()\[\];=<>_\"'\\/&|$:+]")
_LEAST_DENSITY = 0.08  # of such characters among all, in a line that is code by one more sign
_LEAST_DENSE = 0.2  # … by itself
_MOST_SPACES = 0.07  # share of a piece: words have more between them
_PROSE = 80  # characters of a sentence that ends the search for code at the beginning
_MOST_ABOVE = 5  # lines above the first code: a title
_MARKDOWN = re.compile(r"\]\((?:https?:|/|#)")
_LONG_LINE = 400  # characters: a longer one is looked at in pieces …
_PIECE = re.compile(r"\S[\s\S]{0,100}\S{0,200}\s*|\s+")  # … of this size
_WHOLE = re.compile(r".*")
_MOST_WITHIN = 3  # lines without a sign between two lines of code
_LEAST_RUN = 40  # characters of code, or it stays


class _Row(NamedTuple):
    start: int
    end: int
    is_code: bool
    may_be_code: bool  # blank, or a short line that code may hold
    is_filled: bool


def blank_code(text: str) -> tuple[str, tuple[Mark, ...]]:
    """The text with spaces for a page's scripts and styles, and where they were; as it is if it does not begin with them."""
    if "{" not in text or "(" not in text or _MARKDOWN.search(text):
        return text, ()
    lowered = text.lower()
    if sum(sign in lowered for sign in _SIGNS) < _FEWEST_SIGNS:
        return text, ()
    rows = list(_rows_of(text))
    first = next((at for at, row in enumerate(rows) if row.is_code), len(rows))
    above = [row for row in rows[:first] if row.is_filled]
    if first == len(rows) or len(above) > _MOST_ABOVE or any(_is_prose(text[row.start : row.end]) for row in above):
        return text, ()
    marks = tuple(_runs_of(text, rows))
    return blank_out(text, marks), marks


def _rows_of(text: str) -> Iterator[_Row]:
    """The lines of the text; a long one in pieces, as it may hold code between sentences."""
    start = 0
    for line in text.split("\n"):
        is_long = len(line) > _LONG_LINE
        for found in _PIECE.finditer(line) if is_long else (_WHOLE.match(line),):
            piece = found[0] if found else ""
            at = start + (found.start() if found else 0)
            is_code = _is_code(piece, is_piece=is_long)
            may_be = is_code or not piece.strip() or (len(piece) < _PROSE and not ends_sentence(piece.rstrip()))
            yield _Row(at, at + len(piece), is_code, may_be, bool(piece.strip()))
        start += len(line) + 1


def _is_code(line: str, *, is_piece: bool) -> bool:
    bare = line.strip()
    if not bare:
        return False
    density = len(_PUNCTUATION.findall(bare)) / len(bare)
    is_dense = bare.isascii() and len(bare) >= _LEAST_RUN and bare.count(" ") <= _MOST_SPACES * len(bare)
    if is_piece:
        return density >= _LEAST_DENSE / 2 or (density >= _LEAST_DENSITY / 2 and (is_dense or _STRONG.search(bare) is not None))
    if density >= _LEAST_DENSE:
        return _EDGE.search(bare) is not None or _STRONG.search(bare) is not None
    if len(bare) < _PROSE or density >= _LEAST_DENSITY:
        return _STRONG.search(bare) is not None and (density >= _LEAST_DENSITY or _EDGE.search(bare) is not None)
    return False


def _is_prose(line: str) -> bool:
    return len(line.strip()) >= _PROSE and ends_sentence(line.rstrip())


def _runs_of(text: str, rows: list[_Row]) -> Iterator[Mark]:
    """Runs of code, across a few lines that may be code, each from a visible character to another."""
    for code, at, end in _stretches(_with_gaps_filled(rows)):
        said = text[rows[at].start : rows[end - 1].end]
        if code and len(said.strip()) >= _LEAST_RUN:
            yield Mark(rows[at].start + len(said) - len(said.lstrip()), len(said.strip()))


def _with_gaps_filled(rows: list[_Row]) -> list[bool]:
    """For each row whether it is code, or one of a few between two that are."""
    filled = [row.is_code for row in rows]
    for code, at, end in _stretches(list(filled)):
        between = rows[at:end] if at > 0 and end < len(rows) else []
        if not code and between and all(row.may_be_code for row in between):
            filled[at:end] = [sum(row.is_filled for row in between) <= _MOST_WITHIN] * len(between)
    return filled


def _stretches(flags: list[bool]) -> Iterator[tuple[bool, int, int]]:
    """Runs of equal flags: which, the first, and the one behind the last."""
    at = 0
    for flag, group in groupby(flags):
        end = at + len(list(group))
        yield flag, at, end
        at = end
