"""JSON as it is in a page's script: wrapped in comments or CDATA, with comments, trailing commas and raw line breaks."""

from __future__ import annotations

import re
from typing import Any

import orjson

_CONTROL = re.compile("[\x00-\x1f]")
# Strings are matched first, so that what they hold is no comment and no comma too many.
_LOOSE = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|(?<![:\w])//[^\n]*|,(?=\s*[}\]])', re.DOTALL)
_WRAPPING = re.compile(r"^(?:\s|/[/*]|\*/|<!--|<!\[CDATA\[)+|(?:\s|//|/\*|\*/|-->|\]\]>|;)+$")


def read_script(script: str) -> Any:
    """The value that a script holds, or None where it cannot be read."""
    text = _WRAPPING.sub("", script)
    try:  # raw line breaks in strings are a common fault of these scripts
        return orjson.loads(_CONTROL.sub(" ", text))
    except orjson.JSONDecodeError:
        pass
    try:
        return orjson.loads(_CONTROL.sub(" ", _without_loose(text)))
    except orjson.JSONDecodeError:
        return None


def _without_loose(text: str) -> str:
    """JSON without comments and without commas before a closing bracket, once more for ``,,]``."""
    bare = _LOOSE.sub(lambda found: found[1] or " ", text)
    return _LOOSE.sub(lambda found: found[1] or " ", bare)
