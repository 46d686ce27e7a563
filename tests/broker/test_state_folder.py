"""A worker whose state folder is removed while it runs, on a real Kafka."""

from __future__ import annotations

import asyncio
import shutil

from tests.broker.stream import Raw, Stream

END_TIMEOUT_S = 60.0


def articles(first: int, end: int) -> list[Raw]:
    text = b'{"title": "The council opens bridge %d", "text": "It is open since Monday."}'
    return [Raw(text % number, b"%d" % number) for number in range(first, end)]


async def test_a_worker_whose_state_folder_is_removed_works_on_ends_when_asked_and_its_partitions_are_anothers(tmp_path):
    """It used to stay in the group, with partitions but without work, until somebody killed it."""
    async with Stream(tmp_path, partitions=2) as stream:
        worker = stream.start_worker()
        await stream.publish(articles(0, 10))
        await stream.outcomes(10)
        shutil.rmtree(stream.state_of(worker))
        await stream.publish(articles(10, 20))
        await stream.outcomes(20)
        worker.terminate()
        assert await asyncio.to_thread(worker.wait, END_TIMEOUT_S) == 0, stream.logs()
        stream.start_worker()
        await stream.publish(articles(20, 30))
        await stream.outcomes(30)
