"""Workers join, leave and die while the others continue."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import time

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from agents import pipeline_steps
from streams.kafka.clients import connection, opened
from streams.topics import ENRICHED
from tests.broker.stream import Raw, Stream, origins

PARTITIONS = 4


def articles(count):
    return [Raw(b'{"title": "Story %d of the day", "text": "It is told."}' % n, b"%d" % n) for n in range(count)]


async def trickle(stream, places, until):
    """Publish an article to every partition twice a second until the task is done."""
    for number in itertools.count(1_000):
        if until.done():
            return
        article = Raw(b'{"title": "Late story %d", "text": "It is told."}' % number)
        places += await stream.publish([article._replace(key=b"%d-%d" % (number, each)) for each in range(8)])
        await asyncio.sleep(0.5)


def owned_by(stream, worker):
    """The source partitions that a worker has acquired, by its log."""
    return {match[1] for match in re.finditer(r"(news\.\w+/\d+): ready from offset", stream.log_of(worker))}


async def until(condition, timeout_s, message):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, message()
        await asyncio.sleep(0.1)


async def two_at_work(stream, **variables):
    """Two workers, each with partitions of its own."""
    count = len(pipeline_steps(stream.settings)) * PARTITIONS
    first = stream.start_worker(**{key: value + "1" for key, value in variables.items()})
    await until(lambda: len(owned_by(stream, first)) == count, 60, stream.logs)
    second = stream.start_worker(**{key: value + "2" for key, value in variables.items()})
    # Half of each topic. Its first partitions come so soon that the rest may still be on their way.
    await until(lambda: len(owned_by(stream, second)) == count // 2, 60, stream.logs)
    return first, second


async def test_a_dead_workers_partitions_are_at_work_again_within_the_session_timeout_and_a_few_seconds(tmp_path):
    async with Stream(tmp_path, partitions=PARTITIONS, session_timeout_s=10) as stream:
        first, second = await two_at_work(stream)
        mark = len(stream.log_of(first))
        theirs = owned_by(stream, second)
        second.kill()
        began = time.monotonic()

        def taken_up():
            since = stream.log_of(first)[mark:]
            return all(f"{partition}: ready from offset" in since for partition in theirs)

        await until(taken_up, 60, stream.logs)
        took_s = time.monotonic() - began
        print(f"acquired {took_s:.1f} s after the kill")
        assert took_s < 15, stream.logs()
        places = await stream.publish(articles(40))
        assert origins(await stream.outcomes(40)) == sorted(places)
        assert first.poll() is None


@contextlib.asynccontextmanager
async def onlooker(stream):
    """A member of the group that reads none of the workers' topics: the group rebalances for it, and nothing moves."""
    guest = AIOKafkaConsumer(
        ENRICHED,
        **connection(stream.settings),
        group_id=stream.settings.app_id,
        enable_auto_commit=False,
        heartbeat_interval_ms=600,
        partition_assignment_strategy=[StickyPartitionAssignor],
    )
    async with opened(guest):
        yield guest


def generation_of(stream, worker):
    """The generation of the group that a worker is in, by its log."""
    return max(map(int, re.findall(r"Successfully synced group \S+ with generation (\d+)", stream.log_of(worker))))


async def test_work_goes_on_while_members_that_take_nothing_join_and_leave(tmp_path):
    """Nothing is taken over again, delivered twice or left out."""
    async with Stream(tmp_path, partitions=PARTITIONS) as stream:
        first, second = await two_at_work(stream)
        all_of = len(pipeline_steps(stream.settings)) * PARTITIONS
        await until(lambda: len(owned_by(stream, first) & owned_by(stream, second)) == all_of // 2, 60, stream.logs)
        marks = [len(stream.log_of(each)) for each in (first, second)]
        places: list[str] = []
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        publishing = asyncio.create_task(trickle(stream, places, over))
        for _ in range(3):
            generation = max(generation_of(stream, each) for each in (first, second))
            async with onlooker(stream) as guest:
                while not guest.assignment():
                    await asyncio.sleep(0.1)
            # If a rebalance begins before a worker has finished the last one, the worker sees them as one.
            left = generation + 2
            await until(lambda left=left: min(generation_of(stream, each) for each in (first, second)) >= left, 60, stream.logs)
        over.set_result(None)
        await publishing
        assert origins(await stream.outcomes(len(places))) == sorted(places)
        for worker, mark in zip((first, second), marks, strict=True):
            since = stream.log_of(worker)[mark:]
            assert since.count("Revoking previously assigned") >= 3, "the group has rebalanced each time"
            assert "ready from offset" not in since
            assert "were not delivered" not in since


async def test_sigterm_hands_partitions_over_within_seconds_and_without_waiting_for_the_session_timeout(tmp_path):
    async with Stream(tmp_path, partitions=PARTITIONS, session_timeout_s=60) as stream:
        first, second = await two_at_work(stream)
        places: list[str] = []
        handed_over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        publishing = asyncio.create_task(trickle(stream, places, handed_over))
        await stream.outcomes(8)
        mark = len(stream.log_of(first))
        theirs = owned_by(stream, second)
        began = time.monotonic()
        second.terminate()

        def taken_up():
            since = stream.log_of(first)[mark:]
            return all(f"{partition}: ready from offset" in since for partition in theirs)

        await until(taken_up, 30, stream.logs)
        took_s = time.monotonic() - began
        handed_over.set_result(None)
        await publishing
        print(f"handed over in {took_s:.1f} s")
        assert took_s < 10, stream.logs()
        assert second.wait(10) == 0
        assert origins(await stream.outcomes(len(places))) == sorted(places)
        assert first.poll() is None


async def test_a_worker_with_an_instance_id_restarts_without_disturbing_the_others(tmp_path):
    async with Stream(tmp_path, partitions=PARTITIONS, session_timeout_s=45) as stream:
        first, second = await two_at_work(stream, HEADWATER_INSTANCE_ID="worker-")
        theirs = owned_by(stream, second)
        mark = len(stream.log_of(first))
        second.terminate()
        assert await asyncio.to_thread(second.wait, 20) == 0
        again = stream.start_worker(again=second, HEADWATER_INSTANCE_ID="worker-2")
        await until(lambda: owned_by(stream, again) == theirs, 30, stream.logs)
        places = await stream.publish(articles(40))
        assert origins(await stream.outcomes(40)) == sorted(places)
        assert "ready from offset" not in stream.log_of(first)[mark:], "the other worker was disturbed"


async def test_of_two_workers_with_one_instance_id_the_older_ends_and_says_why(tmp_path):
    """Otherwise each would shut the other out for ever: no article would come out, and nobody would know."""
    async with Stream(tmp_path, partitions=PARTITIONS) as stream:
        first = stream.start_worker(HEADWATER_INSTANCE_ID="worker-1")
        places = await stream.publish(articles(40))
        await stream.outcomes(40)
        second = stream.start_worker(HEADWATER_INSTANCE_ID="worker-1")
        assert await asyncio.to_thread(first.wait, 60) == 78, stream.logs()
        assert "another worker has joined the group with HEADWATER_INSTANCE_ID=worker-1" in stream.log_of(first)
        places += await stream.publish([article._replace(key=b"again" + article.key) for article in articles(40)])
        assert origins(await stream.outcomes(80)) == sorted(places)
        assert second.poll() is None


async def test_more_workers_than_partitions_idle_quietly_and_take_over(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        workers = [stream.start_worker()]
        places = await stream.publish(articles(40))
        await stream.outcomes(40)
        workers += [stream.start_worker() for _ in range(3)]
        await until(lambda: all("Worker ready" in stream.log_of(each) for each in workers), 60, stream.logs)
        idle = [each for each in workers if not owned_by(stream, each)]
        assert idle, "all have work"
        for each in idle:
            loud = [line for line in stream.log_of(each).splitlines() if re.search("WARNING|ERROR|CRITICAL", line)]
            assert all("because it is rebalancing" in line for line in loud), loud
        for each in workers:
            if each not in idle:
                each.kill()
        places += await stream.publish([Raw(b'{"title": "Another", "text": "It is told."}')])
        assert origins(await stream.outcomes(41)) == sorted(places)
        assert all(each.poll() is None for each in idle)
