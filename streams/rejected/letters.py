"""How dead letters are shown to a person; untrusted bytes can't affect the terminal."""

from __future__ import annotations

import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from streams import lazy_re as re
from streams.documents import ERRORS, REPLAY_HEADER, time_text
from streams.rejected.deadletters import (
    Place,
    bytes_before_cut,
    origin_of,
    own_headers,
    place_of,
    reason_of,
)
from streams.steps import Headers, Record, header

_BEGINNING = 120  # bytes
_SHOWN_BYTES = 16 << 10


_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\udc80-\udcff]")


def as_text(value: bytes, *, whole: bool = True) -> str | None:
    """The bytes as text, with those that are not UTF-8 as lone surrogates; None for binary data.

    Data is binary if ten or more in a hundred bytes do not occur in text. ``whole`` is false if the value was cut off, perhaps
    within a character.
    """
    text = getincrementaldecoder("utf-8")("surrogateescape").decode(value, final=whole)
    wrong = sum(1 for _ in _NOT_TEXT.finditer(text))
    return None if wrong * 10 >= max(len(value), 1) else text


def plain(text: str, keep: str = "") -> str:
    """Text that can't affect a terminal: unprintable characters are escaped, except for those in ``keep``."""
    return "".join(
        each if each.isprintable() or each in keep or unicodedata.category(each) == "Zs" else _escaped(each) for each in text
    )


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number - 0xDC00:02x}" if 0xDC80 <= number <= 0xDCFF else character.encode("unicode_escape").decode()


def plain_bytes(value: bytes | None) -> str:
    """A key or a header in one line: as text, or in hexadecimal."""
    if value is None:
        return "none"
    text = as_text(value)
    return plain(text) if text is not None else f"0x{value.hex()}"


def beginning(value: bytes | None) -> str:
    """The first bytes in one line."""
    if value is None:
        return "no value (a tombstone)"
    text = as_text(value[:_BEGINNING], whole=len(value) <= _BEGINNING)
    return f"0x{value[:32].hex(' ')}" if text is None else plain(" ".join(text.split()))


def hexdump(value: bytes) -> str:
    """Sixteen bytes per line: offset, hexadecimal, ASCII."""
    lines = []
    for at in range(0, len(value), 16):
        row = value[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  |{letters}|")
    return "\n".join(lines)


def readable(value: bytes | None) -> str:
    """The value over several lines: as text if it is text, else as a hexdump; the first 16 KiB."""
    if value is None:
        return "no value (a tombstone)"
    shown = value[:_SHOWN_BYTES]
    text = as_text(shown, whole=len(value) == len(shown))
    lines = hexdump(shown) if text is None else plain(text.replace("\r\n", "\n"), keep="\t\n")
    more = len(value) - len(shown)
    return f"{lines}\n… {more:,} bytes more: --raw writes all of them" if more else lines


def by_reason(counts: Mapping[str, int]) -> str:
    """For instance "12 (8 too-large, 4 not-json)"."""
    each = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = f"{sum(counts.values()):,}"
    return f"{total} ({', '.join(f'{count:,} {plain(reason)}' for reason, count in each)})" if each else total


@dataclass(frozen=True, slots=True)
class Letter:
    """What a list says about a dead letter."""

    place: Place
    timestamp_ms: int
    reason: str
    message: str
    key: bytes | None
    origin: str
    stage: str
    headers: Headers
    size: int | None
    size_before_cut: str | None
    beginning: str
    replayed: bool
    replay_of: str | None

    @classmethod
    def of(cls, record: Record, *, replayed: bool) -> Letter:
        return cls(
            place=place_of(record),
            timestamp_ms=record.timestamp,
            reason=reason_of(record),
            message=header(record, ERRORS + "message") or "",
            key=record.key,
            origin=origin_of(record),
            stage=header(record, ERRORS + "stage") or "unknown",
            headers=own_headers(record),
            size=None if record.value is None else len(record.value),
            size_before_cut=bytes_before_cut(record),
            beginning=beginning(record.value),
            replayed=replayed,
            replay_of=header(record, REPLAY_HEADER),
        )

    @property
    def state(self) -> str:
        """What replays have done with it, in a word or two."""
        came_back = "came back" if self.replay_of is not None else ""
        return ", ".join(filter(None, (came_back, "replayed" if self.replayed else "")))

    def as_json(self) -> bytes:
        return orjson.dumps(
            {
                "id": str(self.place),
                "time": time_text(self.timestamp_ms),
                "timestamp": self.timestamp_ms,
                "reason": self.reason,
                "message": self.message,
                "key": None if self.key is None else plain_bytes(self.key),
                "origin": self.origin,
                "stage": self.stage,
                "headers": [[plain(name), plain_bytes(value)] for name, value in self.headers],
                "bytes": self.size,
                "bytesBeforeCut": self.size_before_cut,
                "beginning": self.beginning,
                "replayed": self.replayed,
                "replayOf": self.replay_of,
            }
        )
