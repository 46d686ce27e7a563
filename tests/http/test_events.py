"""Server-sent events."""

from __future__ import annotations

from streams.http.events import event


def test_an_event_is_one_line_of_data_whatever_a_headline_holds():
    payload = event("rows", {"headline": "a\n\nevent: evil\ndata: {}\r\u2028"}, "x-1")
    lines = payload.decode().split("\n")
    assert lines[:2] == ["id: x-1", "event: rows"]
    assert lines[2].startswith("data: {")
    assert lines[3:] == ["", ""]
