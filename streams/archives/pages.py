"""A response in an archive → a record, or why it is skipped. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from streams.feeds.entries import identity
from streams.records import Rejection
from streams.records.decoding.encodings import declared_charset, decode, unmarked
from streams.records.decoding.forms import Form, declared_form, form_of

MOST_PAGE_BYTES: Final = 8 << 20
"""Unpacked; news.raw accepts 12 MiB."""
_MOST_RECORD_BYTES: Final = 11 << 20
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """What an archive has of one request: ``body`` without transfer and content encoding, cut off above MOST_PAGE_BYTES."""

    url: str
    date: str
    status: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A future record. ``time_ms``: when it was archived, since 1970; None if that can't be read."""

    key: bytes
    value: bytes
    content_type: str
    time_ms: int | None


@dataclass(frozen=True, slots=True)
class Passed:
    """Anything that is not a page, and why, in words for a person."""

    why: str


def page_of(response: Response) -> ArchivedPage | Passed:
    """The page as a record with its address; if its text can't be decoded, its bytes, which the stream rejects and keeps."""
    if response.status != "200":
        return Passed("status other than 200")
    if not _is_html(response):
        return Passed("not HTML")
    if len(response.body) > MOST_PAGE_BYTES:
        return Passed("too large")
    key, time_ms = identity(response.url).encode("utf-8", "replace"), time_ms_of(response.date)
    body, marked = unmarked(response.body)
    decoded = decode(body, marked, declared_charset(body, response.content_type))
    if isinstance(decoded, Rejection):
        return ArchivedPage(key, response.body, response.content_type or "text/html", time_ms)
    value = orjson.dumps({"url": _text(response.url), "html": _text(decoded.text)})
    return ArchivedPage(key, value, _JSON, time_ms) if len(value) <= _MOST_RECORD_BYTES else Passed("too large")


def _is_html(response: Response) -> bool:
    if response.content_type:
        return declared_form(response.content_type) is Form.HTML
    return form_of(response.body, None) is Form.HTML


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def time_ms_of(date: str) -> int | None:
    """WARC-Date (ISO 8601 in UTC, with or without fractions) or ARC's fourteen digits, in milliseconds since 1970."""
    try:
        if date.isascii() and date.isdecimal():
            read = datetime.strptime(date, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        else:
            read = datetime.fromisoformat(date)
    except ValueError:
        return None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return max(round(read.timestamp() * 1000), 0)
