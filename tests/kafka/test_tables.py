"""Tables: the local copy by itself."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest
from rocksdict import Rdict

from streams.kafka import tables
from streams.kafka.tables import PROGRESS_KEY, TableCopies, TableInUseError, TablePartition

KEEP_S = 3_600


async def opened(folder: Path, partition: int = 0) -> TablePartition:
    return await TableCopies(folder, KEEP_S).open(partition)


async def test_a_copy_remembers_what_it_was_told_however_often_it_is_closed_and_opened(tmp_path):
    """Often enough for RocksDB to compact it; the values look like anything, also like times long gone."""
    chance = random.Random(1)
    told: dict[bytes, bytes] = {}
    for life in range(12):
        table = await opened(tmp_path)
        assert table.position == len(told)
        assert table.get(list(told)) == list(told.values())
        for _ in range(20):
            changes = {chance.randbytes(16): chance.choice((b"", bytes(60), chance.randbytes(60))) for _ in range(10)}
            told |= changes
            table.put(changes, len(told))
            table.forget_expired(40)
        assert table.get([b"never told"]) == [None], life
        table.close()


async def test_what_is_too_old_to_be_of_use_leaves_the_copy_and_the_disk(tmp_path, monkeypatch):
    table = await opened(tmp_path)
    chance = random.Random(1)
    keys = [chance.randbytes(16) for _ in range(20_000)]
    now_s = 1_790_000_000
    monkeypatch.setattr(tables.time, "time", lambda: now_s)
    table.put({key: chance.randbytes(60) for key in keys}, 20_000)
    table.put({keys[0]: b"kept"}, 20_001)
    table._database.flush()
    full = disk_bytes(tmp_path)

    now_s += KEEP_S
    table.forget_expired(30_000)
    assert None not in table.get(keys), "forgotten too early"

    table.put({keys[0]: b"written again"}, 20_002)
    now_s += 1
    for _ in range(30):
        table.forget_expired(1_000)
    assert table.get(keys) == [b"written again"] + [None] * 19_999
    table.close()
    table = await opened(tmp_path)
    assert table.position == 20_002
    deadline = time.monotonic() + 30
    while disk_bytes(tmp_path) > full / 10:
        assert time.monotonic() < deadline, f"{disk_bytes(tmp_path)} of {full} bytes are left"
        table.forget_expired(1_000)
        await asyncio.sleep(0.05)
    table.close()


def disk_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*.sst"))


async def test_a_copy_that_another_holds_open_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_OPEN_TIMEOUT_S", 0.3)
    held = await opened(tmp_path)
    with pytest.raises(TableInUseError, match="HEADWATER_STATE_DIR"):
        await opened(tmp_path)
    held.close()


async def test_the_partitions_of_a_database_know_nothing_of_each_other(tmp_path):
    """Each has its own position, its own entries under the same keys, and forgets, or is made anew, by itself."""
    copies = TableCopies(tmp_path, KEEP_S)
    tables_ = [await copies.open(partition) for partition in (0, 1, 255, 256)]
    for number, table in enumerate(tables_):
        table.put({b"key": b"%d" % number, b"own %d" % number: b"x"}, 10 + number)
    tables_[1]._wipe()
    assert [table.get([b"key"]) for table in tables_] == [[b"0"], [None], [b"2"], [b"3"]]
    assert [table.position for table in tables_] == [10, 0, 12, 13]
    tables_[0].close()
    tables_[2].put({b"key": b"still open"}, 20)
    for table in tables_[1:]:
        table.close()
    again = await TableCopies(tmp_path, KEEP_S).open(255)
    assert (again.position, again.get([b"key", b"own 2", b"own 3"])) == (20, [b"still open", b"x", None])
    again.close()


async def test_a_partition_forgets_its_own_entries_alone_and_never_how_far_it_has_come(tmp_path, monkeypatch):
    copies = TableCopies(tmp_path, KEEP_S)
    mine, other = await copies.open(1), await copies.open(2)
    now_s = 1_790_000_000
    monkeypatch.setattr(tables.time, "time", lambda: now_s)
    for table in (mine, other):
        table.put({b"%d" % number: b"" for number in range(50)} | {PROGRESS_KEY: b"7 me"}, 50)
    now_s += KEEP_S + 1
    for _ in range(30):
        mine.forget_expired(7)
    assert [mine.get([b"%d" % number, PROGRESS_KEY]) for number in (0, 49)] == [[None, b"7 me"]] * 2
    assert other.get([b"0", b"49"]) == [b"", b""]
    mine.close()
    other.close()


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_a_hundred_partitions_take_no_more_descriptors_than_one(tmp_path):
    """Also while files of the database are made and looked into."""

    async def taken_by(count: int) -> int:
        before = descriptors()
        copies = TableCopies(tmp_path / str(count), KEEP_S)
        opened = [await copies.open(partition) for partition in range(count)]
        for table in opened * 3:
            table.put({b"%d" % number: bytes(100) for number in range(100)}, 1)
        taken = descriptors() - before
        for table in opened:
            table.close()
        assert descriptors() == before
        return taken

    assert await taken_by(100) <= await taken_by(1) + 8


async def test_what_a_former_version_left_is_removed(tmp_path):
    """It had a database a partition, in folders by number; the changelog has all that is in there."""
    former = Rdict(str(tmp_path / "table" / "12"))
    former[b"key"] = b"value"
    former.close()
    table = await opened(tmp_path / "table", 12)
    assert (table.position, table.get([b"key"])) == (0, [None])
    assert [path.name for path in (tmp_path / "table").iterdir()] == ["all"]
    table.close()
