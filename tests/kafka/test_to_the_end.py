"""Whoever reads a log up to its present end is not kept waiting by what lies there."""

from __future__ import annotations

import pytest
from aiokafka import TopicPartition

from streams.kafka.fitting import last_progress
from streams.kafka.tables import Foreign, TableCopies
from streams.rejected import deadletters
from streams.rejected.deadletters import Span
from streams.watch.lag import LagReader

TP = TopicPartition("a-log", 0)
END = 2


class EndsWithMarkers:
    """A reader of a log whose last offsets are markers: they move its position, and wake nobody who waits for records."""

    def __init__(self) -> None:
        self._position = 0
        self.waited_ms = 0

    def assign(self, _) -> None:
        pass

    def unsubscribe(self) -> None:
        pass

    def seek(self, _, position: int) -> None:
        self._position = position

    async def beginning_offsets(self, asked):
        return dict.fromkeys(asked, 0)

    async def end_offsets(self, asked):
        return dict.fromkeys(asked, END)

    async def position(self, _):
        return self._position

    async def getmany(self, *_, timeout_ms: int, **__):
        self.waited_ms += timeout_ms
        self._position = END
        return {}


async def restored(reader, folder):
    table = await TableCopies(folder, 3_600).open(0)
    try:
        assert await table.restore(TP, reader) == 0
        assert table.position == END
    finally:
        table.close()


async def progress_read(reader, _):
    assert await last_progress(reader, [TP], Foreign(bytes)) == {}


async def lag_told(reader, _):
    teller = LagReader(reader)
    await teller.lags({TP: 0})
    assert await teller.lags({TP: 0}) == {TP: 0}  # looked into only if it does not move


async def letters_read(reader, _):
    assert [each async for each in deadletters._records(reader, [Span(TP, 0, END)])] == []


@pytest.mark.parametrize("read", [restored, progress_read, lag_told, letters_read])
async def test_markers_at_the_end_of_a_log_keep_nobody_waiting(read, tmp_path):
    """Each of these waited half a second for records that were not to come: a takeover too, for each partition."""
    reader = EndsWithMarkers()
    await read(reader, tmp_path)
    assert 0 < reader.waited_ms <= 50
