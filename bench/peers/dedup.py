"""The dedup-only job, the same for every contestant: an event repeats if its id was seen within 72 hours of record time."""

from __future__ import annotations

import struct

import orjson

WINDOW_MS = 72 * 3600 * 1000
_SEEN = struct.Struct(">q")


def is_first(value: bytes, timestamp_ms: int, remembered: bytes | None) -> bool:
    """Whether an event passes: ``remembered`` is when its id was last let through, as :func:`seen_at` packs it.

    The event is read, as it would have to be; the ids of this job are also the records' keys.
    """
    orjson.loads(value)["id"]
    return remembered is None or abs(timestamp_ms - _SEEN.unpack(remembered)[0]) > WINDOW_MS


def seen_at(timestamp_ms: int) -> bytes:
    """What is remembered about an event that passed: 8 bytes."""
    return _SEEN.pack(timestamp_ms)
