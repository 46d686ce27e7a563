"""kill -9 in mid-stream: every input is still accounted for exactly once."""

from __future__ import annotations

import asyncio
import time

import orjson

from streams.topics import DUPLICATES, ENRICHED, PREPARED, REJECTED
from tests.broker.stream import Raw, Stream, origins

ARTICLES = 3_000
HEADLINES = 2_000


def article(number: int) -> Raw:
    """An article whose headline repeats after 2,000 others; every hundredth one is not an article."""
    if number % 100 == 99:
        return Raw(b'{"title": %d}' % number, str(number).encode())
    headline = f"Council number {number % HEADLINES} votes on its budget"
    body = f"The council met on Monday and voted. Paper {number % HEADLINES} was adopted after a short debate. " * 4
    return Raw(orjson.dumps({"title": headline, "text": body, "id": str(number)}), str(number).encode())


async def test_after_kill_9_every_input_is_in_exactly_one_outcome_exactly_once(tmp_path):
    async with Stream(tmp_path, max_batch_records=100) as stream:
        places = await stream.publish(article(number) for number in range(ARTICLES))
        first = stream.start_worker()
        before = await stream.outcomes(50)
        first.kill()
        first.wait()
        assert len(before) < ARTICLES, "the stream was over before the kill: nothing was tested"
        stream.start_worker()
        outcomes = await stream.outcomes(ARTICLES, timeout_s=120)

        assert origins(outcomes) == sorted(places)
        counts = {topic: sum(record.topic == topic for record in outcomes) for topic in (ENRICHED, DUPLICATES, REJECTED)}
        articles = {number % HEADLINES for number in range(ARTICLES) if number % 100 != 99}
        assert counts[REJECTED] == ARTICLES // 100
        assert counts[ENRICHED] == len(articles)
        assert counts[DUPLICATES] == ARTICLES - ARTICLES // 100 - len(articles)
        assert len(await stream.read([PREPARED])) == ARTICLES - ARTICLES // 100


async def test_sigterm_ends_a_worker_in_good_order_and_the_next_continues(tmp_path):
    async with Stream(tmp_path, max_batch_records=100) as stream:
        places = await stream.publish(article(number) for number in range(1_000))
        first = stream.start_worker()
        assert len(await stream.outcomes(50)) < len(places), "the stream was over before the signal: nothing was tested"
        began = time.monotonic()
        first.terminate()
        assert await asyncio.to_thread(first.wait, 20) == 0, stream.logs()
        assert time.monotonic() - began < 10
        stream.start_worker()
        assert origins(await stream.outcomes(len(places))) == sorted(places)


async def test_records_that_faust_loses_are_fetched_again(tmp_path):
    async with Stream(tmp_path, max_batch_records=50) as stream:
        worker = stream.start_worker(module="tests.broker.forgetful_worker")
        places = await stream.publish(article(number) for number in range(1_000))
        outcomes = await stream.outcomes(len(places), timeout_s=120)
        assert origins(outcomes) == sorted(places)
        assert worker.poll() is None, stream.logs()
        assert "were not delivered; going back" in stream.logs()
