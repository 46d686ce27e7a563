"""The memory of a command in a SQLite file."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from streams.archives.loading import Noted
from streams.feeds.seen import Seen
from streams.outgoing.book import Book
from streams.sqlite_file import UnusableFileError, open_sqlite

MEMORIES = pytest.mark.parametrize(
    "memory",
    [
        pytest.param(Book, id="of a receiver"),
        pytest.param(lambda file: Seen(file, 0.0), id="of feeds"),
        pytest.param(Noted, id="of archives"),
    ],
)


@MEMORIES
def test_a_memory_that_cannot_be_written_is_named_and_nobody_is_said_to_have_it(memory, tmp_path):
    with pytest.raises(UnusableFileError) as raised:
        memory(tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert "each process" not in str(raised.value)


@MEMORIES
def test_a_file_that_is_something_else_is_named_and_stays_as_it_was(memory, tmp_path):
    file = tmp_path / "thesis.docx"
    file.write_bytes(b"This is three years of somebody's work. " * 100)
    with pytest.raises(UnusableFileError, match=r"thesis\.docx: file is not a database"):
        memory(file)
    assert file.read_bytes() == b"This is three years of somebody's work. " * 100


@MEMORIES
def test_a_folder_that_cannot_be_made_is_named(memory, tmp_path):
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(UnusableFileError, match=r"taken: "):
        memory(tmp_path / "taken" / "memory.sqlite3")


@pytest.mark.parametrize("memory", [Book, lambda file: Seen(file, 0.0)], ids=["of a receiver", "of feeds"])
def test_two_processes_cannot_share_it(memory, tmp_path):
    with contextlib.closing(memory(tmp_path / "memory")), pytest.raises(UnusableFileError, match="a file of its own"):
        memory(tmp_path / "memory")


def test_it_can_be_shared_where_that_is_meant(tmp_path):
    def shared() -> contextlib.closing[sqlite3.Connection]:
        return contextlib.closing(open_sqlite(tmp_path / "memory", "CREATE TABLE IF NOT EXISTS t (a)", shared=True))

    with shared() as one, shared() as other:
        one.execute("INSERT INTO t VALUES (1)")
        other.execute("INSERT INTO t VALUES (2)")
        assert one.execute("SELECT a FROM t ORDER BY a").fetchall() == [(1,), (2,)]
