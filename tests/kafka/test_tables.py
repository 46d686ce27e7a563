"""Tables: the local copy by itself."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from streams.kafka import tables
from streams.kafka.tables import TableInUseError, TablePartition

KEEP_S = 3_600


async def test_a_copy_remembers_what_it_was_told_however_often_it_is_closed_and_opened(tmp_path):
    """Often enough for RocksDB to compact it; the values look like anything, also like times long gone."""
    chance = random.Random(1)
    told: dict[bytes, bytes] = {}
    for life in range(12):
        table = await TablePartition.open(tmp_path / "table", KEEP_S)
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
    table = await TablePartition.open(tmp_path / "table", KEEP_S)
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
    table = await TablePartition.open(tmp_path / "table", KEEP_S)
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
    held = await TablePartition.open(tmp_path / "table", KEEP_S)
    with pytest.raises(TableInUseError, match="HEADWATER_STATE_DIR"):
        await TablePartition.open(tmp_path / "table", KEEP_S)
    held.close()
