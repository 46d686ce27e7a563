"""A group that will never admit a worker, on a real Kafka: it ends and says why, where it used to wait for ever."""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer

from streams.kafka.clients import connection, opened
from streams.topics import RAW
from tests.broker.stream import Stream

END_TIMEOUT_S = 90.0


async def test_a_worker_that_its_group_will_never_admit_ends_with_one_line_that_says_what_to_do(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        patient = stream.start_worker(HEADWATER_SESSION_TIMEOUT_S="3600")
        assert await asyncio.to_thread(patient.wait, END_TIMEOUT_S) == 70
        assert "do not take HEADWATER_SESSION_TIMEOUT_S=3600" in stream.log_of(patient)
        another = AIOKafkaConsumer(RAW, **connection(stream.settings), group_id=stream.settings.app_id)
        async with opened(another):
            while not another.assignment():
                await another.getmany(timeout_ms=100)
            worker = stream.start_worker()
            assert await asyncio.to_thread(worker.wait, END_TIMEOUT_S) == 70
        assert "another program goes by that name" in stream.log_of(worker)
        assert "Traceback" not in stream.logs()
