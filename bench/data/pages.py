"""Rows of JSON lines, plain or compressed, as in the development data."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

_OPENERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".xz": lzma.decompress}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    value = _OPENERS.get(path.suffix, bytes)(path.read_bytes())
    yield from (orjson.loads(line) for line in value.splitlines() if line.strip())
