"""Searches in the classes and ids of a page's elements, cached: the same few labels occur on many elements."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST_KEPT = 200  # characters; longer ones are rare, and not cached
_MOST_KEPT = 8_192  # labels, each with the pattern that was searched


def says(pattern: re.Pattern[str], label: str) -> bool:
    """Whether ``pattern`` is found in a label."""
    return _says(pattern, label) if len(label) <= _LONGEST_KEPT else pattern.search(label) is not None


@lru_cache(maxsize=_MOST_KEPT)
def _says(pattern: re.Pattern[str], label: str) -> bool:
    return pattern.search(label) is not None
