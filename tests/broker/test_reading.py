"""Hostile batches on a real Kafka: each has its outcome, and so do the articles before, in and after it."""

from __future__ import annotations

import asyncio
import time

import orjson
import pytest

from bench.speed.flood import Outcomes, memory_mb
from streams.steps import header
from streams.topics import ENRICHED, PREPARED, RAW, REJECTED
from tests.broker.stream import Stream, origins
from tests.broker.wire import Codec, Producer, Wire, batch

MIB = 1 << 20
ERRORS = "__streams.errors."
COMPRESSED = [Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD]
BOMB_BYTES = 100 * MIB


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        yield stream


def article(number: int, headers=()) -> Wire:
    document = {
        "title": f"Harbour council number {number} opens its bridge",
        "text": f"The bridge number {number} was opened on Monday after years of work, said the mayor of the town.",
    }
    return Wire(orjson.dumps(document), b"%d" % number, headers)


async def send(stream: Stream, *records: Wire, codec: Codec = Codec.NONE, topic: str = RAW) -> int:
    """Send records as one batch; returns the offset of the first."""
    wire = await asyncio.to_thread(batch, records, int(time.time() * 1000), codec)
    sent = await Producer(stream.settings.brokers[0]).send(topic, 0, wire)
    assert sent.error is None
    return sent.base_offset


async def run(stream: Stream, *arguments: str) -> bytes:
    process = await stream.start_command(*arguments)
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    return output


async def test_a_bomb_of_any_codec_is_one_rejection_and_its_neighbours_are_enriched(stream):
    """19 kB of it would take 2 GB in a consumer without bounds; a restarted worker continues after it."""
    worker = stream.start_worker()
    expected: list[str] = []
    bombs = {}
    for number, codec in enumerate(COMPRESSED):
        before = await send(stream, article(3 * number), codec=codec)
        bomb = await send(stream, Wire(b"first"), Wire(BOMB_BYTES), article(99), codec=codec)
        after = await send(stream, article(3 * number + 1), codec=codec)
        bombs[bomb] = codec
        expected += [f"{RAW}/0/{offset}" for offset in (before, bomb + 2, after)]
    outcomes = await stream.outcomes(len(expected))
    assert origins(outcomes) == sorted(expected)
    rejected = [record for record in outcomes if record.topic == REJECTED]
    assert len(rejected) == len(bombs)
    for record in rejected:
        told = {name.removeprefix(ERRORS): value.decode() for name, value in record.headers}
        first = int(told["batch-first-offset"])
        codec = bombs[first]
        assert (told["exception"], told["batch-records"]) == ("too-large", "3")
        assert (told["batch-last-offset"], told["offset"], told["batch-compression"]) == (
            *[str(first + 2)] * 2,
            codec.name.lower(),
        )
        wire = batch([Wire(b"first"), Wire(BOMB_BYTES), article(99)], 0, codec)
        assert record.value == wire[61:]
    assert memory_mb(worker.pid, "VmHWM") < 700

    worker.kill()
    worker.wait()
    stream.start_worker(again=worker)
    place = await send(stream, article(1000))
    outcomes = await stream.outcomes(len(expected) + 1)
    assert origins(outcomes) == sorted([*expected, f"{RAW}/0/{place}"])

    listed = await run(stream, "rejected", "list", "--json")
    assert len(listed.splitlines()) == len(bombs)
    replay = await run(stream, "rejected", "replay", "--yes")
    assert b"accepted" not in replay or b"0 accepted" in replay


async def test_names_of_headers_that_are_not_utf_8_stop_no_worker_and_no_command(stream):
    """On articles, on bad records, and in a command that reads news.raw itself."""
    evil = [(b"\xff\xfe\x80", b"1"), (b"content-type", b"application/json")]
    stream.start_worker()
    for number, codec in enumerate(Codec):
        await send(stream, article(number), article(10 + number, evil), Wire(b"{", b"bad", evil), codec=codec)
    outcomes = await stream.outcomes(3 * len(Codec))
    assert sorted(record.topic for record in outcomes) == [ENRICHED] * 2 * len(Codec) + [REJECTED] * len(Codec)
    for record in outcomes:
        if record.topic == REJECTED:
            assert (record.value, header(record, "%FF%FE%80"), header(record, ERRORS + "exception")) == (b"{", "1", "not-json")
    assert len((await run(stream, "tail", RAW, "--json", "--once")).splitlines()) >= 3 * len(Codec)


async def test_a_batch_of_a_foreign_producer_in_an_internal_topic_stops_the_worker_with_its_place(stream):
    await send(stream, Wire(BOMB_BYTES), codec=Codec.ZSTD, topic=PREPARED)
    worker = stream.start_worker()
    assert await asyncio.to_thread(worker.wait, 60) == 70
    assert f"{PREPARED}/0/0 was not written by Headwater" in stream.logs()
    assert "67,108,864 bytes once unpacked" in stream.logs()


async def test_large_batches_of_many_partitions_at_once_do_not_fill_the_memory(tmp_path):
    """Each of 64 partitions has a batch just within the bound, in records of 4 MB: all at once they would be 3 GB."""
    partitions, records = 64, 12
    async with Stream(tmp_path, partitions=partitions) as stream:
        producer = Producer(stream.settings.brokers[0])
        wire = await asyncio.to_thread(batch, [Wire(4_000_000)] * records, int(time.time() * 1000), Codec.ZSTD)
        for partition in range(partitions):
            assert (await producer.send(RAW, partition, wire)).error is None
        worker = stream.start_worker()
        outcomes = Outcomes(stream.settings)
        async with outcomes.counted():
            await asyncio.wait_for(outcomes.reach(partitions * records, worker), 300)
        assert memory_mb(worker.pid, "VmHWM") < 500
