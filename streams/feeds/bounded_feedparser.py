"""feedparser, with a bound on its search for an address in an author's name.

That search is quadratic: 100 kB of a name without a space take half a minute, and hold up all other feeds.
"""

from __future__ import annotations

from typing import Any, Final

from feedparser import parse
from feedparser.mixin import _FeedParserMixin

__all__ = ["parse"]

_MOST_AUTHOR_CHARACTERS: Final = 300

_part_author: Final = _FeedParserMixin._sync_author_detail


def _part_bounded_author(parser: Any, key: str = "author") -> None:
    """Separate the name and the address of an author, or another role, as feedparser does."""
    context = parser._get_context()
    if author := context.get(key):
        context[key] = author[:_MOST_AUTHOR_CHARACTERS]
    _part_author(parser, key)


_FeedParserMixin._sync_author_detail = _part_bounded_author
