"""How large an output may be and what its headers may hold: every output passes through here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import quote_from_bytes

from streams import lazy_re as re
from streams.steps import Headers, Output, Record

MOST_OUTPUT_BYTES: Final = 14 << 20
"""Key, value and headers, uncompressed. The topics accept 16 MiB, which leaves room for Kafka's own frame."""
MOST_HEADER_BYTES: Final = 64 << 10
"""Of the value of one of our headers."""

_PRINTABLE = bytes(each for each in range(0x21, 0x7F) if each != ord("%"))
_HEADER_FRAME_BYTES = 10  # two lengths, varints of at most five bytes each
_MOST_TRACE_BYTES = 512  # of a tracestate, as W3C Trace Context requires
_MOST_TRACE_MEMBERS = 32
_TRACEPARENT_BYTES = 55  # of version 00

# https://www.w3.org/TR/trace-context/: version ff, ids of zeros and upper case are invalid.
# A later version may continue after "-".
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?")
_TRACE_KEY = rb"[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}"
_TRACE_MEMBER = re.compile(rb"[ \t]*(?:(?:%s)=[ -+\--<>-~]{0,255}[!-+\--<>-~])?[ \t]*" % _TRACE_KEY)


class OversizedOutputError(AssertionError):
    """A bug: an output is larger than its topic accepts."""


def headers_bytes(headers: Iterable[tuple[str, bytes | None]]) -> int:
    """The most that headers take in Kafka, in bytes; undecodable names count as written."""
    sizes = [len(name.encode("utf-8", "surrogatepass")) + len(value or b"") + _HEADER_FRAME_BYTES for name, value in headers]
    return sum(sizes)


def record_bytes(key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> int:
    """The size of a record in Kafka, uncompressed."""
    return len(key or b"") + len(value or b"") + headers_bytes(headers)


def bounded(output: Output) -> Output:
    """The output, unchanged.

    Raises:
        OversizedOutputError: it is larger than its topic accepts, which its maker has to prevent.
    """
    size = record_bytes(output.key, output.value, output.headers)
    if size > MOST_OUTPUT_BYTES:
        raise OversizedOutputError(f"an output of {size:,} bytes for {output.topic}, which takes {MOST_OUTPUT_BYTES:,}")
    return output


def header_text(text: str, most_bytes: int = MOST_HEADER_BYTES) -> bytes:
    """Text as a header's value: in UTF-8, other characters than printable ones replaced by spaces, cut to whole characters."""
    beginning = text[:most_bytes]
    if not beginning.isprintable():
        beginning = "".join(each if each.isprintable() else " " for each in beginning)
    encoded = beginning.encode("utf-8", "replace")
    return encoded if len(encoded) <= most_bytes else encoded[:most_bytes].decode("utf-8", "ignore").encode()


def printable_name(name: bytes) -> str:
    """A header's name as printable ASCII, with every other byte written as ``%FF``; from its first 64 KiB."""
    return quote_from_bytes(name[:MOST_HEADER_BYTES], _PRINTABLE)


def trace_headers(record: Record) -> Headers:
    """The trace a record belongs to: its last valid traceparent and, only beside that, its last valid tracestate."""
    parent = _last_valid(record, "traceparent", is_traceparent)
    state = _last_valid(record, "tracestate", is_tracestate) if parent else ()
    return (*parent, *state)


def _last_valid(record: Record, name: str, is_valid: Callable[[bytes], bool]) -> Headers:
    for each, value in reversed(record.headers):
        if each == name and value is not None and len(value) <= _MOST_TRACE_BYTES and is_valid(value):
            return ((name, value),)
    return ()


def is_traceparent(value: bytes) -> bool:
    return _TRACEPARENT.fullmatch(value) is not None and (value[:2] != b"00" or len(value) == _TRACEPARENT_BYTES)


def is_tracestate(value: bytes) -> bool:
    members = value.split(b",")
    return len(members) <= _MOST_TRACE_MEMBERS and all(_TRACE_MEMBER.fullmatch(member) for member in members)
