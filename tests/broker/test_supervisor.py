"""A supervisor and its workers, on a real Kafka."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from infra.ports import claim_port
from tests.broker.stream import Raw, Stream, origins

LIMIT_S = 90.0


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, web_port=claim_port()) as stream:
        yield stream


def articles(first, count):
    return [Raw(b'{"title": "Story %d of the day", "text": "It is told."}' % n, b"%d" % n) for n in range(first, first + count)]


def processes(stream, supervisor):
    """The process ids of the workers, in the order of their starts."""
    return [int(pid) for pid in re.findall(r"worker process \d+ is (\d+)", stream.log_of(supervisor))]


async def until(condition, stream):
    deadline = time.monotonic() + LIMIT_S
    while not await condition():
        assert time.monotonic() < deadline, stream.logs()
        await asyncio.sleep(0.2)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # without it, ended processes are removed at once
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_two_processes_share_the_work_one_port_and_the_life_of_their_supervisor(stream):
    async with aiohttp.ClientSession() as session:

        async def answers(path, *words):
            try:
                async with session.get(f"http://127.0.0.1:{stream.settings.web_port}{path}") as response:
                    text = await response.text()
                    return response.status == 200 and all(word in text for word in words)
            except aiohttp.ClientConnectionError:
                return False

        supervisor = stream.start_worker("--processes", "2")
        await until(lambda: answers("/ready"), stream)
        places = await stream.publish(articles(0, 100))
        await stream.outcomes(100)
        assert await answers("/metrics", 'process="0"', 'process="1"')
        assert await answers("/health")

        killed = processes(stream, supervisor)[0]
        os.kill(killed, signal.SIGKILL)

        async def started_again():
            return len(processes(stream, supervisor)) == 3

        await until(started_again, stream)
        places += await stream.publish(articles(100, 100))
        assert origins(await stream.outcomes(200)) == sorted(places)
        await until(lambda: answers("/ready"), stream)
        assert "ended with status -9; starting again in 1 s" in stream.log_of(supervisor)

        supervisor.terminate()
        assert await asyncio.to_thread(supervisor.wait, 30) == 0, stream.logs()
        assert not any(map(is_alive, processes(stream, supervisor)))
        assert "Fatal Python error" not in stream.log_of(supervisor)


async def test_when_the_supervisor_is_killed_its_workers_end_in_good_order(stream):
    supervisor = stream.start_worker("--processes", "2")
    places = await stream.publish(articles(0, 10))
    await stream.outcomes(10)
    workers = processes(stream, supervisor)
    supervisor.kill()

    async def ended():
        return not any(map(is_alive, workers))

    await until(ended, stream)
    assert origins(await stream.outcomes(10)) == sorted(places)
