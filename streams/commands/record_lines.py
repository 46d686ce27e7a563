"""Records as JSON lines: what `tail --json` and `pipe` write, and what `pipe --records` reads."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import orjson

from streams.commands.json_lines import json_line
from streams.steps import Headers
from streams.topics import REJECTED


def record_line(
    topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], timestamp_ms: int
) -> bytes:
    """One record as {topic, key, headers, value, timestamp}: bytes as text, or as {"base64": …} if they are not text.

    The value of our own documents is their JSON; a rejected record's stays the text it came as, and so does JSON that is
    nested too deeply to be written again.
    """
    line: dict[str, Any] = {
        "topic": topic,
        "key": _shown(key),
        "headers": {name: _shown(text) for name, text in headers},
        "value": _shown(value) if topic == REJECTED else _document(value),
        "timestamp": timestamp_ms,
    }
    try:
        return json_line(line)
    except TypeError:
        return json_line(line | {"value": _shown(value)})


def read_line(line: bytes) -> tuple[bytes | None, bytes | None, Headers, int]:
    """The key, value, headers and timestamp (ms) of such a line.

    Raises:
        ValueError: it is not a JSON object with a value.
    """
    fields = orjson.loads(line)
    if not isinstance(fields, dict) or "value" not in fields:
        raise ValueError("must be a JSON object with key, value, headers, timestamp")
    headers = tuple((name, _bytes(text) or b"") for name, text in (fields.get("headers") or {}).items())
    return _bytes(fields.get("key")), _bytes(fields.get("value")), headers, int(fields.get("timestamp") or 0)


def _document(value: bytes | None) -> Any:
    try:
        return orjson.loads(value) if value else _shown(value)
    except orjson.JSONDecodeError:
        return _shown(value)


def _shown(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def _bytes(shown: Any) -> bytes | None:
    if shown is None:
        return None
    if isinstance(shown, str):
        return shown.encode()
    if isinstance(shown, dict) and shown.keys() == {"base64"}:
        return base64.b64decode(shown["base64"])
    return orjson.dumps(shown)
