"""JSON as found in a page's scripts: wrapped in comments or CDATA, with comments, trailing commas and raw line breaks.

Several values in a row are read as a list; quotation marks that are not escaped, or JSON that is as HTML, are mended.
"""

from __future__ import annotations

import html
import json
from typing import Any, Final

import orjson

from streams import lazy_re as re

_CONTROL = re.compile("[\x00-\x1f]")
# Strings are matched first, so that comments and commas inside them are left alone.
_LOOSE = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|(?<![:\w])//[^\n]*|,(?=\s*[}\]])', re.DOTALL)
_WRAPPING = re.compile(r"^(?:\s|/[/*]|\*/|<!--|<!\[CDATA\[)+|(?<![\s;])(?:\s|//|/\*|\*/|-->|\]\]>|;)+$")


def read_script(script: str) -> Any:
    """The value in a script, or None if it cannot be read."""
    text = _WRAPPING.sub("", script)
    try:  # raw line breaks in strings are a common fault of these scripts
        return orjson.loads(_CONTROL.sub(" ", text))
    except orjson.JSONDecodeError:
        pass
    for each in (text, script):  # the second begins with a whole comment
        try:
            return orjson.loads(_CONTROL.sub(" ", _WRAPPING.sub("", _without_loose(each))))
        except orjson.JSONDecodeError:
            continue
    if _ESCAPED.match(text):
        return read_script(html.unescape(text))
    return _several(_CONTROL.sub(" ", text)) or _with_marks_escaped(text)


_ESCAPED = re.compile(r"[\[{\s]+&quot;")
_MOST_VALUES: Final = 20
_BEHIND_VALUE = re.compile(r"[\s,;]*")


def _several(text: str) -> list[Any] | None:
    """The values that a script has one behind the other; None if one of them, or what is between them, is no JSON."""
    decoder, values, at = json.JSONDecoder(), list[Any](), 0
    while at < len(text) and len(values) < _MOST_VALUES:
        if text[at] not in "{[":
            return None
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        found = _BEHIND_VALUE.match(text, end)
        at = found.end() if found else end
    return values


# A mark that neither opens nor ends a string: no sign of JSON's stands before or behind it.
_MARK = re.compile(r'\\.|(?P<opens>[{\[,:]\s{0,9})?"(?P<ends>(?=\s{0,99}[,:}\]]))?', re.DOTALL)


def _with_marks_escaped(text: str) -> Any:
    try:
        return orjson.loads(_CONTROL.sub(" ", _MARK.sub(_escaped_mark, text)))
    except orjson.JSONDecodeError:
        return None


def _escaped_mark(found: re.Match[str]) -> str:
    is_structure = found[0][0] == "\\" or found["opens"] is not None or found["ends"] is not None
    return found[0] if is_structure else '\\"'


def _without_loose(text: str) -> str:
    """JSON without comments and without commas before a closing bracket; run a second time for ``,,]``."""
    bare = _LOOSE.sub(lambda found: found[1] or " ", text)
    return _LOOSE.sub(lambda found: found[1] or " ", bare)
