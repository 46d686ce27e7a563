"""Rows into a file: JSON Lines, or Parquet by pyarrow, which has to be installed separately."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from streams.outgoing.decisions import Notice, told_of
from streams.outgoing.items import Item

_GROUP_BYTES: Final = 2 << 20
"""Size as JSON of the rows that a Parquet file collects in memory before it writes a row group."""


class MissingLibraryError(Exception):
    """Parquet needs pyarrow; the message says how to install it."""


class RowFile(Protocol):
    """A file being written."""

    def add(self, change: Notice, item: Item) -> int:
        """Add a row; returns its size as JSON, in bytes."""

    def close(self) -> None:
        """Finish the file: everything is on the disk afterwards."""


class LineRows:
    """One JSON object per line."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("wb")

    def add(self, change: Notice, item: Item) -> int:
        return self._file.write(orjson.dumps(told_of(change, item), option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class ParquetRows:
    """Columns for the fields that are queried most, and one for the whole document as JSON."""

    def __init__(self, file: Path) -> None:
        arrow, parquet = load_pyarrow()
        self._file = file
        text = arrow.string()
        columns = dict.fromkeys(_COLUMNS, text) | {
            "time": arrow.timestamp("ms", tz="UTC"),
            "subjects": arrow.list_(text),
        }
        self._schema = arrow.schema(list(columns.items()))
        self._table = arrow.Table
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def add(self, change: Notice, item: Item) -> int:
        document = "" if change is Notice.REMOVED else orjson.dumps(item.document).decode()
        self._rows.append(_columns_of(change, item, document))
        self._bytes += len(document)
        if self._bytes >= _GROUP_BYTES:
            self._write()
        return len(document)

    def _write(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, self._schema))
        self._rows, self._bytes = [], 0

    def close(self) -> None:
        self._write()
        self._writer.close()
        with self._file.open("rb") as written:
            os.fsync(written.fileno())


_COLUMNS: Final = (
    *("change", "id", "origin", "time", "version", "version_created", "published", "expires", "language", "headline"),
    *("summary", "body", "byline", "outlet", "url", "subjects", "document"),
)


_SAID: Final = {
    "version": "version",
    "version_created": "versionCreated",
    "published": "firstCreated",
    "expires": "expires",
    "language": "language",
    "byline": "by",
}
"""The columns that hold a text of the document unchanged."""


def _text(said: Any) -> str | None:
    """A text; anything else as JSON, because the column holds only texts."""
    return said if said is None or isinstance(said, str) else orjson.dumps(said).decode()


def _columns_of(change: Notice, item: Item, document: str) -> dict[str, Any]:
    told = told_of(change, item)
    row: dict[str, Any] = {"change": told["change"], "id": told["id"], "origin": told["origin"], "time": _moment(item.time_ms)}
    if change is Notice.REMOVED:
        return row
    said = item.document
    subjects = [name for each in said.get("subjects") or () if (name := each.get("name") or each.get("literal"))]
    return row | {
        **{column: _text(said.get(name)) for column, name in _SAID.items()},
        "headline": item.headline,
        "summary": item.summary or None,
        "body": item.body or None,
        "outlet": item.outlet or None,
        "url": item.url or None,
        "subjects": subjects,
        "document": document,
    }


def _moment(time_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def load_pyarrow() -> tuple[Any, Any]:
    """pyarrow's two modules.

    Raises:
        MissingLibraryError: it is not installed.
    """
    try:
        import pyarrow as arrow  # noqa: ICN001, PLC0415 - 90 MB that only Parquet needs
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingLibraryError(f"--format parquet needs pyarrow: pip install pyarrow ({error})") from error
    return arrow, parquet


KINDS: Final[Mapping[str, type[LineRows | ParquetRows]]] = {"jsonl": LineRows, "parquet": ParquetRows}
"""By file name suffix."""
