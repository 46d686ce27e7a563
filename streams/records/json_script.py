"""JSON as found in a page's scripts: wrapped in comments or CDATA, with comments, trailing commas and raw line breaks."""

from __future__ import annotations

from typing import Any

import orjson

from streams import lazy_re as re

_CONTROL = re.compile("[\x00-\x1f]")
# Strings are matched first, so that comments and commas inside them are left alone.
_LOOSE = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|(?<![:\w])//[^\n]*|,(?=\s*[}\]])', re.DOTALL)
_WRAPPING = re.compile(r"^(?:\s|/[/*]|\*/|<!--|<!\[CDATA\[)+|(?:\s|//|/\*|\*/|-->|\]\]>|;)+$")


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
    return None


def _without_loose(text: str) -> str:
    """JSON without comments and without commas before a closing bracket; run a second time for ``,,]``."""
    bare = _LOOSE.sub(lambda found: found[1] or " ", text)
    return _LOOSE.sub(lambda found: found[1] or " ", bare)
