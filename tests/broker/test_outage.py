"""Brokers that are away: workers continue without one of three, and wait quietly if all are away."""

from __future__ import annotations

import asyncio
import re

from streams.kafka.admin import topic_config
from streams.topics import ENRICHED
from tests.broker.stream import Raw, Stream, origins

OUTAGE_S = 20.0
KINDS = 25  # of warnings that an outage may cause: each is logged once, then one line a minute
LIMIT_S = 180.0


def articles(first, count):
    return [Raw(b'{"title": "Story %d of the day", "text": "It is told."}' % n, b"%d" % n) for n in range(first, first + count)]


def loud(text):
    return [line for line in text.splitlines() if re.search(r"WARNING|ERROR|CRITICAL", line)]


async def test_a_worker_starts_while_one_of_three_brokers_is_away(tmp_path):
    async with Stream(tmp_path, brokers=3) as stream:
        assert await topic_config(stream.settings, ENRICHED, ["min.insync.replicas"]) == {"min.insync.replicas": "2"}
        await stream.kill_broker(0)
        worker = stream.start_worker()
        places = await stream.publish(articles(0, 40))
        assert origins(await stream.outcomes(40, timeout_s=LIMIT_S)) == sorted(places)
        assert worker.poll() is None, stream.logs()


async def test_an_outage_ends_no_worker_and_floods_no_log(tmp_path):
    async with Stream(tmp_path) as stream:
        workers = [stream.start_worker(), stream.start_worker()]
        places = await stream.publish(articles(0, 40))
        await stream.outcomes(40, timeout_s=LIMIT_S)
        marks = [len(stream.log_of(worker)) for worker in workers]
        await stream.kill_broker()
        await asyncio.sleep(OUTAGE_S)
        for worker, mark in zip(workers, marks, strict=True):
            assert 0 < len(loud(stream.log_of(worker)[mark:])) <= KINDS, stream.log_of(worker)[mark:]
        await stream.restart_broker()
        places += await stream.publish(articles(40, 40))
        assert origins(await stream.outcomes(80, timeout_s=LIMIT_S)) == sorted(places)
        assert [worker.poll() for worker in workers] == [None, None], stream.logs()
