"""Turns files and standard input into records, in the same way for every command that reads them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import orjson

JSON = "application/json"
HTML = "text/html"
TEXT = "text/plain"

_TYPE_BY_SUFFIX = {".html": HTML, ".htm": HTML, ".xhtml": HTML, ".txt": TEXT, ".text": TEXT}
_JSON_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class RawInput:
    """A future raw record: its bytes and, if known, its content type."""

    value: bytes
    content_type: str | None


def read_documents(paths: Iterable[str]) -> Iterator[RawInput]:
    """Read every path in turn; "-" (or no path at all) is standard input.

    JSON lines give one document per line; a JSON array one per element; anything else is one document as a whole. The format is
    determined by the suffix (.jsonl, .ndjson, .html, .xhtml, .txt), else by the content.

    Raises:
        OSError: a file can't be read.
    """
    for path in list(paths) or ["-"]:
        if path == "-":
            yield from split_documents(sys.stdin.buffer)
        elif Path(path).suffix.lower() in _JSON_LINES:
            with Path(path).open("rb") as lines:
                yield from _json_lines(lines)
        elif (content_type := _TYPE_BY_SUFFIX.get(Path(path).suffix.lower())) is not None:
            yield RawInput(Path(path).read_bytes(), content_type)
        else:
            with Path(path).open("rb") as lines:
                yield from split_documents(lines)


def split_documents(lines: Iterable[bytes]) -> Iterator[RawInput]:
    """Determine a stream's format from its content; JSON lines are passed on as they come, anything else is read whole."""
    lines = iter(lines)
    first = next((line for line in lines if line.strip()), b"")
    if first.lstrip().startswith(b"{") and _is_json(first):
        yield from _json_lines(chain([first], lines))
        return
    whole = first + b"".join(lines)
    if not whole.strip():
        return
    if whole.lstrip().startswith((b"{", b"[")) and _is_json(whole):
        document = orjson.loads(whole)
        elements = document if isinstance(document, list) else [document]
        try:
            yield from [RawInput(orjson.dumps(element), JSON) for element in elements]
        except TypeError:  # nested too deeply to be written, and so to be read
            yield RawInput(whole, JSON)
        return
    filled = [line for line in whole.splitlines() if line.strip()]
    if sum(line.lstrip().startswith(b"{") for line in filled) * 2 > len(filled) > 1:
        yield from _json_lines(filled)  # JSON lines whose first one is broken
    else:
        yield RawInput(whole, None)


def _json_lines(lines: Iterable[bytes]) -> Iterator[RawInput]:
    return (RawInput(line.rstrip(b"\r\n"), JSON) for line in lines if line.strip())


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
