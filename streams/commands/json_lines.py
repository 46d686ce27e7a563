"""JSON for standard output: one value per line, in which third-party text cannot affect a terminal. Pure."""

from __future__ import annotations

from typing import Any, Final

import orjson

from streams import lazy_re as re

# In UTF-8: DEL, the controls U+0080 to U+009F, U+2028, U+2029, and what changes the direction of the text around it. JSON
# itself escapes only the controls below U+0020.
_ACTING: Final = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


def json_line(value: Any) -> bytes:
    """The value as one line of JSON, without the line break; characters that could affect a terminal are escaped.

    Raises:
        TypeError: it is nested more than 254 levels deep, or is not JSON.
    """
    return _ACTING.sub(_escaped, orjson.dumps(value))


def _escaped(match: re.Match[bytes]) -> bytes:
    return rb"\u%04x" % ord(match[0].decode())
