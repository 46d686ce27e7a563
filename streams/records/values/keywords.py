"""Keywords as sources give them: words, not slugs or ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from streams import lazy_re as re

_SEPARATOR = re.compile("[,;|،、，；]")
_LEAST_OF_A_LIST = 2  # separators in one of several keywords: a single one may be part of a name ("Port, Lorn")
# Numbers other than years, UUIDs, "topic:12345", "t-12345", hexadecimal digests.
_ID = re.compile(
    r"\d{1,3}|\d{5,}|[0-9a-f]{8}-[0-9a-f-]{20,}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{10,}|[a-z]{1,12}[-_:#/]?\d{3,}(?<!-\d{4})|\w+:\d+|[\W_\d]*",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){2,}|[a-z0-9]+(?:_[a-z0-9]+)+")
_PATH = re.compile(r"(?:[\w-]+[/:])+(?=[\w-])")
# What tells machines something else than what the article is about.
_FACET = re.compile(
    r"(?:author|byline|section|type|content-?type|id|site|source|publisher|template|layout|format|paywall|access|lang(?:uage)?|status)[:=]",
    re.IGNORECASE,
)
_URL = re.compile(r"\w+://|^www\.", re.IGNORECASE)
_MOST_CHARACTERS: Final = 1_000


def read_keywords(words: Iterable[str]) -> Iterator[str]:
    """The real keywords among what a source gives: without "#", slugs as words, without ids, addresses and blanks."""
    written = [each for word in words for each in listed(word)]
    if len(written) == 1:
        tokens = written[0].split()
        is_tags = all(token.startswith(("#", "＃")) for token in tokens)
        written = tokens if is_tags else _SEPARATOR.split(written[0])
    else:
        written = [
            part
            for word in written
            for part in (_SEPARATOR.split(word) if len(_SEPARATOR.findall(word)) >= _LEAST_OF_A_LIST else [word])
        ]
    for word in written:
        keyword = _keyword(word.strip().strip("\"'“”").lstrip("#＃").strip()[:_MOST_CHARACTERS])
        if keyword:
            yield keyword


def listed(word: str) -> list[str]:
    """A list written as a string, as JSON and Python print it; or the string itself."""
    text = word.strip()
    if text.startswith("[") and text.endswith("]"):
        for written in (text, text.replace("'", '"')):
            try:
                listed = orjson.loads(written)
            except orjson.JSONDecodeError:
                continue
            return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else [word]
    return [word]


def _keyword(word: str) -> str:
    if _URL.search(word) or _ID.fullmatch(word) or _FACET.match(word):
        return ""
    if " " not in word and word == word.lower():
        word = _PATH.sub("", word) if word.count("/") or word.count(":") else word
        if _SLUG.fullmatch(word):
            word = re.sub("[-_]+", " ", word)
    return "" if _ID.fullmatch(word) else word
