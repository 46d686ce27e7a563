"""Tables: the local copy by itself."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from rocksdict import Rdict

from streams.kafka import tables
from streams.kafka.observer import Wiped
from streams.kafka.progress import PROGRESS_KEY, Marks, Progress
from streams.kafka.tables import CopyDamagedError, TableChange, TableCopies, TableInUseError, TablePartition

KEEP_S = 3_600


def told(values: Mapping[bytes, bytes], stamp_s: int = 0) -> dict[bytes, TableChange]:
    return {key: TableChange(value, stamp_s) for key, value in values.items()}


async def opened(folder: Path, partition: int = 0) -> TablePartition:
    return await TableCopies(folder, KEEP_S).open(partition)


async def test_a_copy_remembers_what_it_was_told_however_often_it_is_closed_and_opened(tmp_path):
    """Often enough for RocksDB to compact it; the values are arbitrary, and may look like old times."""
    chance = random.Random(1)
    known: dict[bytes, bytes] = {}
    for life in range(12):
        table = await opened(tmp_path)
        assert table.position == len(known)
        assert table.get(list(known)) == list(known.values())
        for _ in range(20):
            changes = {chance.randbytes(16): chance.choice((b"", bytes(60), chance.randbytes(60))) for _ in range(10)}
            known |= changes
            table.put(told(changes), len(known))
            assert table.find_expired(40, KEEP_S) == []
        assert table.get([b"never told"]) == [None], life
        table.close()


def forget(table: TablePartition, count: int, now_s: int) -> None:
    """Look at some entries and forget those that are too old, as the following transaction does."""
    table.put(dict.fromkeys(table.find_expired(count, now_s), TableChange(None)), table.position + 1)


async def test_entries_that_are_too_old_leave_the_copy_and_the_disk(tmp_path):
    table = await opened(tmp_path)
    chance = random.Random(1)
    keys = [chance.randbytes(16) for _ in range(20_000)]
    now_s = 1_790_000_000
    table.put(told({key: chance.randbytes(60) for key in keys}, now_s), 20_000)
    table.put(told({keys[0]: b"kept"}, now_s), 20_001)
    table._database.flush()
    full = disk_bytes(tmp_path)

    forget(table, 30_000, now_s + KEEP_S)
    assert None not in table.get(keys), "forgotten too early"

    table.put(told({keys[0]: b"written again"}, now_s + KEEP_S), 20_002)
    for _ in range(30):
        forget(table, 1_000, now_s + KEEP_S + 1)
    assert table.get(keys) == [b"written again"] + [None] * 19_999
    table.close()
    table = await opened(tmp_path)
    assert table.position == 20_032
    deadline = time.monotonic() + 30
    while disk_bytes(tmp_path) > full / 10:
        assert time.monotonic() < deadline, f"{disk_bytes(tmp_path)} of {full} bytes are left"
        forget(table, 1_000, now_s)
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
    """Each has its own position, its own entries under the same keys, and forgets, or is rebuilt, independently."""
    copies = TableCopies(tmp_path, KEEP_S)
    tables_ = [await copies.open(partition) for partition in (0, 1, 255, 256)]
    for number, table in enumerate(tables_):
        table.put(told({b"key": b"%d" % number, b"own %d" % number: b"x"}), 10 + number)
    tables_[1]._wipe()
    assert [table.get([b"key"]) for table in tables_] == [[b"0"], [None], [b"2"], [b"3"]]
    assert [table.position for table in tables_] == [10, 0, 12, 13]
    tables_[0].close()
    tables_[2].put(told({b"key": b"still open"}), 20)
    for table in tables_[1:]:
        table.close()
    again = await TableCopies(tmp_path, KEEP_S).open(255)
    assert (again.position, again.get([b"key", b"own 2", b"own 3"])) == (20, [b"still open", b"x", None])
    again.close()


async def test_a_partition_forgets_only_its_own_entries_and_never_its_position(tmp_path):
    copies = TableCopies(tmp_path, KEEP_S)
    mine, other = await copies.open(1), await copies.open(2)
    progress = Progress(7, "me", Marks("cluster", "f00d", 4, (1, 2, 3)))
    for table in (mine, other):
        table.adopt("cluster/f00d")
        table.put(told({b"%d" % number: b"" for number in range(50)}, 1) | {PROGRESS_KEY: TableChange(progress.pack())}, 50)
    for _ in range(30):
        forget(mine, 7, KEEP_S + 2)
    assert mine.get([b"0", b"49"]) == [None, None]
    assert other.get([b"0", b"49"]) == [b"", b""]
    assert mine.progress() == other.progress() == progress
    mine.adopt("cluster/f00d")
    assert mine.progress() == progress
    mine.close()
    other.close()


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_a_hundred_partitions_take_no_more_descriptors_than_one(tmp_path):
    """Also while files of the database are created and read."""

    async def taken_by(count: int) -> int:
        before = descriptors()
        copies = TableCopies(tmp_path / str(count), KEEP_S)
        opened = [await copies.open(partition) for partition in range(count)]
        for table in opened * 3:
            table.put(told({b"%d" % number: bytes(100) for number in range(100)}), 1)
        taken = descriptors() - before
        for table in opened:
            table.close()
        assert descriptors() == before
        return taken

    assert await taken_by(100) <= await taken_by(1) + 8


async def test_files_of_a_former_version_are_removed(tmp_path):
    """It had one database per partition, in folders by number; the changelog has all of their contents."""
    former = Rdict(str(tmp_path / "table" / "12"))
    former[b"key"] = b"value"
    former.close()
    table = await opened(tmp_path / "table", 12)
    assert (table.position, table.get([b"key"])) == (0, [None])
    assert [path.name for path in (tmp_path / "table").iterdir()] == ["all"]
    table.close()


DAMAGE = {
    "the list of its files is garbage": ("MANIFEST-*", lambda content: bytes(byte ^ 255 for byte in content)),
    "the list of its files is cut short": ("MANIFEST-*", lambda content: content[:50]),
    "the list of its files is gone": ("MANIFEST-*", None),
    "the name of the list is garbage": ("CURRENT", lambda _: b"junk"),
    "the name of the list is gone": ("CURRENT", None),
    "a file is gone": ("*.sst", None),
    "a file is empty": ("*.sst", lambda _: b""),
    "some of a file's bytes are others, in each of its blocks": (
        "*.sst",
        lambda content: bytes(byte ^ 255 if at % 200 == 0 else byte for at, byte in enumerate(content)),
    ),
}


@pytest.mark.parametrize(("files", "harm"), DAMAGE.values(), ids=DAMAGE.keys())
async def test_a_damaged_copy_is_removed_and_rebuilt(tmp_path, files, harm):
    table = await opened(tmp_path)
    table.put(told({b"%d" % number: random.Random(number).randbytes(60) for number in range(5_000)}), 5_000)
    table._database.flush()
    table.put(told({b"more": b"in the log"}), 5_001)
    table.close()
    for path in (tmp_path / "all").glob(files):
        path.unlink() if harm is None else path.write_bytes(harm(path.read_bytes()))
    wiped: list[Wiped] = []
    table = await TableCopies(tmp_path, KEEP_S, wiped.append).open(0)
    assert (table.position, table.get([b"1"]), wiped) == (0, [None], [Wiped.DAMAGED])
    table.put(told({b"1": b"anew"}), 1)
    assert table.get([b"1"]) == [b"anew"]
    table.close()


async def test_damage_found_while_copies_are_read_is_repaired_once_all_of_them_are_closed(tmp_path):
    wiped: list[Wiped] = []
    copies = TableCopies(tmp_path, KEEP_S, wiped.append)
    table = await copies.open(0)
    table.put(told({b"%d" % number: random.Random(number).randbytes(60) for number in range(5_000)}), 5_000)
    table._database.flush()
    for path in (tmp_path / "all").glob("*.sst"):
        with path.open("r+b") as file:  # behind RocksDB's back: it has read the file's end, and nothing else
            file.write(bytes(100_000))
    with pytest.raises(CopyDamagedError):
        table.get([b"%d" % number for number in range(5_000)])
    with pytest.raises(CopyDamagedError):
        await copies.open(1)
    table.close()
    table = await copies.open(0)
    assert (table.position, table.get([b"1"]), wiped) == (0, [None], [Wiped.DAMAGED])
    table.close()


async def test_a_copy_whose_folder_is_gone_closes_without_an_error_and_is_rebuilt(tmp_path):
    wiped: list[Wiped] = []
    copies = TableCopies(tmp_path / "state", KEEP_S, wiped.append)
    table = await copies.open(0)
    table.put(told({b"%d" % number: random.Random(number).randbytes(60) for number in range(5_000)}), 5_000)
    shutil.rmtree(tmp_path / "state")
    table.close()
    table = await copies.open(0)
    assert (table.position, table.get([b"1"]), wiped) == (0, [None], [Wiped.DAMAGED])
    table.put(told({b"1": b"anew"}), 1)
    table.close()
    table = await copies.open(0)
    assert table.get([b"1"]) == [b"anew"]
    table.close()


async def test_a_copy_that_can_not_be_saved_any_more_closes_without_an_error(tmp_path):
    table = await opened(tmp_path)
    table.put(told({b"1": b"kept"}), 1)
    close = table._database.close

    def full(_: Rdict) -> None:
        close()
        raise Exception("IO error: No space left on device: While appending to file")  # noqa: TRY002 - as rocksdict does

    table._copies._database = SimpleNamespace(close=lambda: full(table._database))
    table.close()
    table = await opened(tmp_path)
    assert table.get([b"1"]) == [b"kept"]
    table.close()


@pytest.mark.parametrize("is_known", [True, False], ids=["of another changelog", "of one that it does not name"])
async def test_a_copy_of_another_incarnation_is_rebuilt_and_its_neighbour_stays(tmp_path, is_known):
    wiped: list[Wiped] = []
    copies = TableCopies(tmp_path, KEEP_S, wiped.append)
    ours, foreign = await copies.open(0), await copies.open(1)
    ours.adopt("cluster/ours")
    if is_known:
        foreign.adopt("cluster/deleted-since")
    for table in (ours, foreign):
        table.put(told({b"key": b"value"}), 7)
        table.adopt("cluster/ours")
    assert [table.get([b"key"]) for table in (ours, foreign)] == [[b"value"], [None]]
    assert [table.position for table in (ours, foreign)] == [7, 0]
    assert wiped == [Wiped.FOREIGN] * is_known
    foreign.put(told({b"key": b"anew"}), 1)
    foreign.adopt("cluster/ours")
    assert foreign.get([b"key"]) == [b"anew"]
    for table in (ours, foreign):
        table.close()
