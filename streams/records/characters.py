"""Characters that do not belong in any text."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def without_controls(text: str) -> str:
    """Text without control characters: databases refuse them (PostgreSQL U+0000), and so does XML."""
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text
