"""A request's head and body → future records, or why they are refused. Pure.

Only what concerns HTTP is judged here. The stream decides whether a record is an article, and keeps its bytes if it is not.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from streams import lazy_re as re
from streams.records.decoding.forms import Form, declared_form

MOST_BODY_BYTES: Final = 16 << 20
"""Of one request. news.raw takes records of 12 MiB, as they are compressed."""
MOST_ARTICLES: Final = 10_000
"""Of one request."""
MOST_KEY_CHARACTERS: Final = 1_024
NDJSON: Final = "application/x-ndjson"
_ARTICLE_A_LINE: Final = {NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"}
_JSON: Final = "application/json"
_WIDE_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?\s*(?:utf-?_?(?:16|32)|ucs|iso-10646)", re.IGNORECASE)
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_WIDE_LINES: Final = "lines can be separated only in UTF-8 and other charsets whose line feed is one byte"
_TAKEN: Final = f"{_JSON}, {NDJSON}, text/html, text/plain"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: an HTTP status, and a message for its sender."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a request says about its body. ``length``: in bytes, None if unknown."""

    content_type: str = ""
    encoding: str = ""
    length: int | None = None
    key: str = ""

    @property
    def is_lines(self) -> bool:
        """Whether each line of the body is an article."""
        return self.content_type.partition(";")[0].strip().lower() in _ARTICLE_A_LINE

    @property
    def record_type(self) -> str:
        """The content type of each record, with the request's charset."""
        _, semicolon, parameters = self.content_type.strip().partition(";")
        return f"{_JSON}{semicolon}{parameters}" if self.is_lines else self.content_type.strip()

    @property
    def record_key(self) -> bytes | None:
        return self.key.encode("utf-8", "surrogateescape") if self.key else None


def check_head(head: Head) -> Refusal | None:
    """Why a request is refused before its body is read."""
    refusal: Refusal | None = None
    if head.encoding.strip().lower() not in {"", "identity"}:
        refusal = Refusal(415, f"Content-Encoding {head.encoding[:80]!r} is not read: send the body as it is")
    elif not head.content_type.strip():
        refusal = Refusal(415, f"Content-Type is missing: must be one of {_TAKEN}")
    elif not head.is_lines and declared_form(head.content_type) in {None, Form.XML}:
        refusal = Refusal(415, f"Content-Type {head.content_type[:80]!r} is not read: must be one of {_TAKEN}")
    elif head.is_lines and _WIDE_CHARSET.search(head.content_type):
        refusal = Refusal(415, f"Content-Type {head.content_type[:80]!r} is not read: {_WIDE_LINES}")
    elif head.length is not None and head.length > MOST_BODY_BYTES:
        refusal = too_large(f"{head.length:,} bytes")
    elif len(head.key) > MOST_KEY_CHARACTERS:
        refusal = Refusal(400, f"Idempotency-Key is longer than {MOST_KEY_CHARACTERS:,} characters")
    return refusal


def too_large(found: str) -> Refusal:
    return Refusal(413, f"the body has {found}; at most {MOST_BODY_BYTES:,} are taken: send several requests")


def split_body(head: Head, body: bytes) -> list[bytes] | Refusal:
    """The values of the future records, one or more: the body, or its lines, unchanged."""
    if not body.strip():
        return Refusal(400, "the body is empty")
    if head.is_lines and body.startswith(_WIDE_MARKS):
        return Refusal(400, f"the body is in UTF-16 or UTF-32: {_WIDE_LINES}")
    if head.is_lines:
        return _split_lines(body)
    if declared_form(head.content_type) is Form.JSON and _is_array(body):
        return Refusal(400, f"the body is a JSON array: send its elements as {NDJSON}, one per line")
    return [body]


def _split_lines(body: bytes) -> list[bytes] | Refusal:
    values: list[bytes] = []
    for value in _filled_lines(body):
        if len(values) == MOST_ARTICLES:
            return Refusal(413, f"the body has more than {MOST_ARTICLES:,} articles: send several requests")
        values.append(value)
    return values


def _filled_lines(body: bytes) -> Iterator[bytes]:
    for line in io.BytesIO(body):
        value = line.rstrip(b"\r\n")
        if value.strip():
            yield value


def _is_array(body: bytes) -> bool:
    return body[:1_024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
