"""A feed's bytes before any parser sees them: decoded, and checked for nesting that would exhaust a parser. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

import orjson

from streams import lazy_re as re
from streams.records import Rejection
from streams.records.decoding.encodings import declared_charset, decode, unmarked

MOST_DEPTH: Final = 256
"""libxml2's own limit. feedparser has none, and takes minutes for half a megabyte of nested elements."""
_ASIDE: Final = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_TAG: Final = re.compile(r"<(/?)([A-Za-z_][^\s<>/]*)([^<>]*)>")
_FEED_TYPES: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_ENTRY: Final = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_END_OF_ENTRY: Final = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)


class NotAFeedError(ValueError):
    """The document is not a feed that can be read; the message says what it is."""


def text_of(body: bytes, content_type: str) -> str | None:
    """The text of a feed, decoded by its byte order mark, as UTF-8, or as server or document declare; None if all fail."""
    inner, marked = unmarked(body)
    decoded = decode(inner, marked, declared_charset(inner, content_type))
    return None if isinstance(decoded, Rejection) else decoded.text


def read_json(text: str) -> Any:
    """JSON as it is, or with line breaks in its strings, as templates write it.

    Raises:
        NotAFeedError: it is broken in another way.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(f"not a feed: broken JSON ({error})") from error


def check_depth(text: str) -> None:
    """Check how deeply elements are nested; those that are never closed end with the one around them.

    Raises:
        NotAFeedError: they are nested too deeply.
    """
    around: list[str] = []
    for closes, name in _tags(text):
        if not closes:
            around.append(name)
            if len(around) > MOST_DEPTH:
                raise NotAFeedError(f"not a feed that can be read: elements nested more than {MOST_DEPTH} deep")
        elif name in around:
            while around.pop() != name:
                pass


def _tags(text: str) -> Iterator[tuple[bool, str]]:
    """Whether each tag closes, and its name; without comments, CDATA, and tags that close themselves."""
    at = text.find("<")
    while at >= 0:
        aside = next((each for each in _ASIDE if text.startswith(each[0], at)), None)
        if aside is not None:
            end = text.find(aside[1], at + len(aside[0]))
            at = -1 if end < 0 else text.find("<", end)
            continue
        tag = _TAG.match(text, at)
        if tag is not None and not tag[3].endswith("/"):
            yield bool(tag[1]), tag[2].lower()
        at = text.find("<", at + 1 if tag is None else tag.end())


def is_cut_short(text: str) -> bool:
    """Whether RSS or Atom breaks off within its last entry, which may then be incomplete."""
    last = max((each.start() for each in _ENTRY.finditer(text)), default=len(text))
    return last < len(text) and _END_OF_ENTRY.search(text, last) is None


def feeds_of_page(text: str) -> list[str]:
    """The feeds that an HTML page names, as it writes their addresses; at most five."""
    finder = _Finder()
    finder.feed(text[: 256 << 10])
    return list(dict.fromkeys(finder.found))[:5]


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "link" and told.get("type", "").lower() in _FEED_TYPES and told.get("href"):
            self.found.append(told["href"].strip())
