"""Upgrading from 0.1.0 on a real Kafka: stop all, then start. A forgotten old worker loses nothing."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import orjson
import pytest

from agents import pipeline_steps
from streams.kafka.admin import create_topics
from streams.topics import DUPLICATES, ENRICHED, topics_of
from tests.broker.releases import RELEASE_0_1_0, OldWorkers, unpack_release
from tests.broker.stream import Raw, Stream, origins
from tests.broker.test_rebalance import owned_by, until

LIMIT_S = 240.0
HEADLINES = 600


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    return unpack_release(RELEASE_0_1_0, tmp_path_factory.mktemp("0.1.0"))


async def ended(worker: subprocess.Popen[bytes]) -> int:
    """The exit status of a worker that ends by itself."""
    return await asyncio.to_thread(worker.wait, LIMIT_S)


async def outcomes(stream: Stream, old: OldWorkers, worker: subprocess.Popen[bytes], at_least: int):
    try:
        return await stream.outcomes(at_least, timeout_s=LIMIT_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n== old\n{old.log_of(worker)[-4000:]}") from None


def numbered(numbers: range) -> list[Raw]:
    """Articles with 600 headlines, so short that both versions give the same fingerprint, each with its own body."""
    bodies = (
        (number, f"Paper {number % HEADLINES} was adopted after a short debate of the council. " * 4) for number in numbers
    )
    return [
        Raw(orjson.dumps({"title": f"Budget {number % HEADLINES}", "text": body, "id": str(number)}), str(number).encode())
        for number, body in bodies
    ]


async def test_work_of_0_1_0_is_continued_exactly_once_and_its_headlines_are_remembered(tmp_path, release):
    async with Stream(tmp_path, makes_topics=False, keeps_contract=False, max_batch_records=100) as stream:
        with OldWorkers(stream, release) as old:
            old.create_topics()
            first, again = numbered(range(HEADLINES)), numbered(range(HEADLINES, 2 * HEADLINES))
            places = await stream.publish(first)
            worker = old.start()
            before = await outcomes(stream, old, worker, 50)
            worker.kill()
            worker.wait()
            assert len(before) < len(first), "the stream was over before the kill: nothing was tested"
            places += await stream.publish(again)
            await create_topics(stream.settings, topics_of(pipeline_steps(stream.settings), stream.settings))
            stream.start_worker()
            found = await outcomes(stream, old, worker, len(places))
        assert origins(found) == sorted(places)
        counts = {topic: sum(record.topic == topic for record in found) for topic in (ENRICHED, DUPLICATES)}
        assert counts == {ENRICHED: len(first), DUPLICATES: len(again)}


async def test_in_a_mixed_group_nothing_is_lost_or_doubled_and_0_1_0_stops_where_this_version_has_worked(tmp_path, release):
    async with Stream(tmp_path, makes_topics=False, keeps_contract=False, max_batch_records=100) as stream:
        with OldWorkers(stream, release) as old:
            old.create_topics()
            places = await stream.publish(numbered(range(HEADLINES)))
            forgotten = old.start()
            await outcomes(stream, old, forgotten, 50)
            await create_topics(stream.settings, topics_of(pipeline_steps(stream.settings), stream.settings))
            new = stream.start_worker()
            await until(lambda: owned_by(stream, new), LIMIT_S, stream.logs)
            places += await stream.publish(numbered(range(HEADLINES, 2 * HEADLINES)))
            found = await outcomes(stream, old, forgotten, len(places))
            assert origins(found) == sorted(places)

            # Its partitions go to the old worker, which must not touch them.
            new.terminate()
            new.wait()
            assert await ended(forgotten) == 70, old.log_of(forgotten)[-4000:]
            assert "worker stops, nothing more is committed" in old.log_of(forgotten)

            places += await stream.publish(numbered(range(2 * HEADLINES, 3 * HEADLINES)))
            stream.start_worker(again=new)
            found = await outcomes(stream, old, forgotten, len(places))
        assert origins(found) == sorted(places)
