"""Server-sent events, as the bytes of a stream."""

from __future__ import annotations

from typing import Any

import orjson


def event(name: str, data: Any, event_id: str = "") -> bytes:
    """A server-sent event. JSON has no line breaks of its own, so one line is enough."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
