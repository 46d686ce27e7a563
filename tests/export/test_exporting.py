"""Files appear complete and once, whenever the process ends."""

from __future__ import annotations

import errno
import importlib
import json
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import duckdb
import pytest

from streams.export.exporting import BOOK, Exporter, FileBounds, FormatChangedError
from streams.export.files import MissingLibraryError
from streams.outgoing.book import Book
from streams.outgoing.source import Turn
from streams.settings import Settings
from streams.sqlite_file import UnusableFileError
from tests.outgoing.items import HOUR_S, LATER, NOW_S, kill, record

command = importlib.import_module("streams.commands.export")


class Folder:
    """A folder that is exported into, at a time that a test sets, by processes that come and go."""

    def __init__(self, path) -> None:
        self.path = path
        self.now_s = NOW_S

    @contextmanager
    def process(self, kind="jsonl", bounds=None):
        book = Book(self.path / BOOK)
        try:
            yield Exporter(self.path, book, kind, lambda: self.now_s, bounds or FileBounds())
        finally:
            book.close()  # what is not committed is lost, as by a kill

    def export(self, *records, kind="jsonl"):
        """One process that takes these records, and ends."""
        with self.process(kind) as exporter:
            take(exporter, *records)
            exporter.release()
            exporter.finish()

    @property
    def names(self):
        return sorted(each.name for each in self.path.iterdir() if not each.name.startswith("."))

    @property
    def rows(self):
        return [json.loads(line) for name in self.names for line in (self.path / name).read_text().splitlines()]

    @property
    def told(self):
        """(change, headline or id) in the order of the names."""
        return [
            (row["change"], row["document"]["headlines"][0]["value"] if "document" in row else row["id"]) for row in self.rows
        ]


def take(exporter, *records):
    by_partition = {}
    for each in records:
        by_partition.setdefault(each.partition, []).append(each)
    exporter.take(Turn(by_partition, {number: each[-1].offset + 1 for number, each in by_partition.items()}, at_end=True))


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "out")


def test_a_file_names_its_partition_and_the_offsets_of_its_first_and_last_row(folder):
    folder.export(record(4, "a"), record(9, "b"), record(7, "c", partition=2))
    assert folder.names == [
        "news.enriched-0-00000000000000000004-00000000000000000009.jsonl",
        "news.enriched-2-00000000000000000007-00000000000000000007.jsonl",
    ]
    first = folder.rows[0]
    assert (first["change"], first["id"], first["origin"]) == ("article", "urn:headwater:article:a", "news.enriched/0/4")
    assert first["document"]["version"] == "1"


def test_an_embargoed_article_is_held_over_a_restart_and_released_exactly_once(folder):
    folder.export(record(4, "a"), record(5, "b", embargoedUntil=LATER))
    assert folder.told == [("article", "Headline a 1")]
    folder.export(record(6, "c"))
    folder.now_s += HOUR_S
    for _ in range(3):
        folder.export()
    assert folder.told == [("article", "Headline a 1"), ("article", "Headline c 1"), ("article", "Headline b 1")]
    assert folder.names[-1] == "news.enriched-0-00000000000000000006-late-000001.jsonl"


def test_a_kill_is_a_row_without_any_text_of_the_article(folder):
    folder.export(record(4, "a"), kill(5, "a"))
    assert folder.told == [("article", "Headline a 1"), ("removed", "urn:headwater:article:a")]
    assert "Headline" not in json.dumps(folder.rows[1])


def test_a_kill_under_embargo_means_that_the_article_never_appears(folder):
    folder.export(record(4, "a", embargoedUntil=LATER))
    folder.export(kill(5, "a"))
    folder.now_s += 2 * HOUR_S
    folder.export()
    assert folder.told == [("removed", "urn:headwater:article:a")]


def test_an_article_that_expires_after_it_was_written_is_reported_as_removed_once(folder):
    folder.export(record(4, "a", expires=LATER))
    folder.now_s += HOUR_S
    folder.export()
    folder.export()
    assert folder.told == [("article", "Headline a 1"), ("removed", "urn:headwater:article:a")]


def test_the_names_sort_in_the_order_in_which_things_were_told(folder):
    """Released late and then killed: reading in order of names must not bring it back."""
    folder.export(record(4, "a", embargoedUntil=LATER), record(5, "b"))
    folder.now_s += HOUR_S
    with folder.process() as exporter:
        exporter.release()
        take(exporter, kill(6, "a"))
        exporter.finish()
    folder.export(record(7, "c", embargoedUntil="2027-01-15T10:00:00Z"))
    folder.now_s += HOUR_S
    folder.export()
    folder.export(kill(8, "c"))
    assert folder.told == [
        ("article", "Headline b 1"),
        ("article", "Headline a 1"),
        ("removed", "urn:headwater:article:a"),
        ("article", "Headline c 1"),
        ("removed", "urn:headwater:article:c"),
    ]


class _Killed(BaseException):
    """The process ends here."""


def killed_in(monkeypatch, exporter, of, name):
    """The process ends where this is called."""

    def killed(*_):
        raise _Killed

    monkeypatch.setattr(of, name, killed)
    with pytest.raises(_Killed):
        exporter.finish()
    monkeypatch.undo()


@pytest.mark.parametrize("where", [(Book, "promise"), (Book, "commit"), (Exporter, "_keep_promises"), (Book, "forget_files")])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_process_that_is_killed_while_files_appear_leaves_each_article_once(folder, monkeypatch, where, kind):
    with folder.process(kind) as exporter:
        take(exporter, record(4, "a"), record(5, "b"))
        killed_in(monkeypatch, exporter, *where)
    with folder.process(kind) as exporter:
        positions = exporter._book.positions()
        take(
            exporter, *(each for each in (record(4, "a"), record(5, "b"), record(6, "c")) if each.offset >= positions.get(0, 0))
        )
        exporter.finish()
    folder.export(record(7, "d"), kind=kind)
    read = "read_json" if kind == "jsonl" else "read_parquet"
    found = duckdb.sql(f"SELECT origin FROM {read}('{folder.path}/*.{kind}') ORDER BY origin").fetchall()
    assert found == [(f"news.enriched/0/{offset}",) for offset in (4, 5, 6, 7)]


def test_a_kill_between_two_renames_is_made_up_for_at_the_next_start(folder, monkeypatch):
    with folder.process() as exporter:
        take(exporter, record(4, "a"), record(4, "b", partition=1))
        replace, done = Path.replace, []

        def once(self, target):
            if done:
                raise _Killed
            done.append(target)
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", once)
        with pytest.raises(_Killed):
            exporter.finish()
        monkeypatch.undo()
    assert len(folder.names) == 1
    with folder.process():
        assert len(folder.names) == 2
    assert [row["origin"] for row in folder.rows] == ["news.enriched/0/4", "news.enriched/1/4"]


def test_files_are_finished_when_they_are_full_or_old(folder):
    with folder.process(bounds=FileBounds(rows=3, every_s=60)) as exporter:
        take(exporter, record(4, "a"))
        assert not exporter.is_due
        folder.now_s += 61
        assert exporter.is_due
        exporter.finish()
        assert not exporter.is_due
        take(exporter, record(5, "b"), record(6, "c"), record(7, "d"))
        assert exporter.is_due


def test_a_folder_has_one_format_and_one_process_at_a_time(folder):
    folder.export(record(4, "a"))
    with pytest.raises(FormatChangedError, match="begun as jsonl"), folder.process("parquet"):
        pass
    with folder.process(), pytest.raises(UnusableFileError):
        Book(folder.path / BOOK)


def test_another_reader_of_parquet_finds_columns_and_the_whole_document(folder):
    subjects = [{"name": "politics", "uri": "http://cv.iptc.org/newscodes/mediatopic/11000000"}, {"literal": "bridge"}]
    folder.export(record(4, "a", language="en", subjects=subjects), kill(5, "b"), kind="parquet")
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{folder.path}/*.parquet')")
    names = rows.columns
    first, second = (dict(zip(names, row, strict=True)) for row in rows.fetchall())
    assert (first["language"], first["headline"], first["subjects"]) == ("en", "Headline a 1", ["politics", "bridge"])
    assert first["time"].isoformat().startswith("2027-01-15T05:13:20")
    assert json.loads(first["document"])["version"] == "1"
    assert (second["change"], second["headline"], second["document"]) == ("removed", None, None)


def test_a_missing_library_is_reported_before_anything_is_read(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibraryError, match=r"pyarrow"), folder.process("parquet"):
        pass
    with folder.process("jsonl"):
        pass


ODD = {
    "numbers where texts belong": {"version": 7, "expires": 5, "embargoedUntil": None},
    "objects where texts belong": {"version": {"a": [1]}, "expires": ["x"]},
    "nothing": {"headlines": None, "bodies": [], "subjects": [None][:0], "version": None, "language": ""},
    "a long text": {"bodies": [{"value": "word " * 200_000}]},
    "a deep one": {"more": json.loads("[" * 120 + "]" * 120)},
}


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
@pytest.mark.parametrize("said", ODD.values(), ids=ODD)
def test_an_odd_document_is_a_row_like_any_other(tmp_path, said, kind):
    folder = Folder(tmp_path)
    folder.export(record(1, "a", **said), record(2, "b"), kind=kind)
    read = "read_json" if kind == "jsonl" else "read_parquet"
    found = duckdb.sql(f"SELECT origin FROM {read}('{tmp_path}/*.{kind}')").fetchall()
    assert found == [("news.enriched/0/1",), ("news.enriched/0/2",)]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_document_that_is_too_deep_to_be_written_again_holds_up_no_other(tmp_path, kind):
    folder = Folder(tmp_path)
    folder.export(record(1, "a", more=json.loads("[" * 240 + "]" * 240)), record(2, "b"), kind=kind)
    assert folder.names == [f"news.enriched-0-00000000000000000002-00000000000000000002.{kind}"]


async def test_once_reports_that_the_disk_was_full_at_the_last_step(tmp_path, monkeypatch):
    """It used to finish the broken file a second time, which a disk may even answer with success."""

    class AtEnd:
        async def read(self):
            return Turn({0: [record(1, "a")]}, {0: 2}, at_end=True)

    @asynccontextmanager
    async def reading(*_):
        yield AtEnd()

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(command, "reading", reading)
    folder = Folder(tmp_path)
    with folder.process() as exporter:
        exporter.finish = full
        with pytest.raises(OSError, match="No space left"):
            await command._Following(Settings(), exporter, exporter._book, once=True).run()
    assert folder.names == []
