"""Records of others, or of newer workers, in topics that only workers write, on a real Kafka."""

from __future__ import annotations

import asyncio

import pytest

from agents.deduplicate import HEADLINES
from streams.kafka.progress import PROGRESS_KEY
from tests.broker.stream import Raw, Stream

END_TIMEOUT_S = 60.0


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(b'{"format": 3, "next_offset": 5}', "was written by a newer Headwater, in format 3", id="a newer worker"),
        pytest.param(b"garbage", "was not written by Headwater", id="somebody else"),
    ],
)
async def test_a_changelog_whose_last_record_is_foreign_stops_a_worker_at_its_start_with_one_line_and_the_place(
    tmp_path, left, said
):
    """This is what an older worker finds after newer ones have ended in good order."""
    async with Stream(tmp_path, partitions=1) as stream:
        worker = stream.start_worker()
        await stream.publish([Raw(b'{"title": "The council opens a bridge", "text": "It is open since Monday."}')])
        await stream.outcomes(1)
        worker.terminate()
        assert await asyncio.to_thread(worker.wait, END_TIMEOUT_S) == 0
        [place] = await stream.publish([Raw(left, PROGRESS_KEY)], HEADLINES.topic(stream.settings.app_id))
        worker = stream.start_worker()
        assert await asyncio.to_thread(worker.wait, END_TIMEOUT_S) == 70
        log = stream.log_of(worker)
        assert f"worker stops, nothing more is committed: start: {place} {said}" in log
        assert "Traceback" not in log
