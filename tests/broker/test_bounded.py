"""Everything is bounded: a record that is too large is rejected with its reason, and a flood does not fill the memory."""

from __future__ import annotations

import asyncio
import os

import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from bench.speed.flood import Outcomes, memory_mb
from streams.kafka.clients import connection, opened
from streams.steps import header
from streams.topics import ENRICHED, PREPARED, REJECTED
from tests.broker.stream import Raw, Stream

LARGEST_BYTES = 4 << 20  # what HEADWATER_MAX_ARTICLE_BYTES can be at most
REASON = "__streams.errors.exception"


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, max_article_bytes=LARGEST_BYTES) as stream:
        yield stream


def article_of(size_bytes: int, headline: bytes = b"Ferry service resumes after storm") -> bytes:
    frame = b'{"title": "%s", "text": "%s"}'
    room = size_bytes - len(frame % (headline, b""))
    return frame % (headline, (b"Boats left at noon. " * room)[:room])


async def test_records_within_the_bound_pass_and_larger_ones_are_rejected_once_with_all_their_bytes(stream):
    largest, larger = article_of(LARGEST_BYTES), article_of(LARGEST_BYTES + 1)
    # JSON has to escape every character of this one, so its output is twice as large.
    doubles = b"Harbour bridge opens to traffic\n\n" + b'"' * (LARGEST_BYTES - 100)
    # About the largest record that news.raw accepts, and it does not compress.
    huge, note = os.urandom((11 << 20) + (900 << 10)), os.urandom(50_000)
    published = [
        Raw(largest, b"largest"),
        Raw(larger, b"larger"),
        Raw(doubles, b"doubles", [("content-type", b"text/plain")]),
        Raw(huge, b"huge" * 5_000, [("note", note)]),
        Raw(article_of(500, b"The next one is held up by nobody"), b"huge" * 5_000),
    ]
    assert (len(largest), len(larger)) == (LARGEST_BYTES, LARGEST_BYTES + 1)
    stream.start_worker()
    await stream.publish(published)
    outcomes = await stream.outcomes(len(published))
    assert len(outcomes) == len(published)

    bodies = {
        document["headlines"][0]["value"]: document["bodies"][0]["value"]
        for document in (orjson.loads(record.value) for record in outcomes if record.topic == ENRICHED)
    }
    assert {headline: len(body) for headline, body in bodies.items()} == {
        "Ferry service resumes after storm": pytest.approx(LARGEST_BYTES, abs=100),
        "Harbour bridge opens to traffic": pytest.approx(LARGEST_BYTES, abs=200),
        "The next one is held up by nobody": pytest.approx(500, abs=100),
    }
    rejected = {record.value: record for record in outcomes if record.topic == REJECTED}
    assert rejected.keys() == {larger, huge}
    assert {header(record, REASON) for record in rejected.values()} == {"too-large"}
    assert rejected[huge].key == b"huge" * 5_000
    assert dict(rejected[huge].headers)["note"] == note


async def test_a_flood_of_large_records_does_not_fill_the_memory(stream):
    """1 GB of records that compress to 4 MB: a fetch of 1 MiB may bring 250 MB of them from each partition.

    Without a bound on a batch's size, 300 of these records took 1.8 GB; with it, 260 MB.
    """
    count = 200
    large = article_of(5_000_000)
    await stream.publish([Raw(large, str(number).encode()) for number in range(count)])
    worker = stream.start_worker()
    outcomes = Outcomes(stream.settings)
    async with outcomes.counted():
        await asyncio.wait_for(outcomes.reach(count, worker), 120)
    assert memory_mb(worker.pid, "VmHWM") < 500


async def test_a_worker_does_not_start_on_a_topic_that_takes_only_smaller_records(stream):
    """A record that is too large for its topic would end every worker that tries to write it."""
    async with opened(AIOKafkaAdminClient(**connection(stream.settings))) as admin:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, PREPARED, {"max.message.bytes": "1000000"})])
    worker = stream.start_worker()
    assert await asyncio.to_thread(worker.wait, 60) == 1
    assert "news.prepared has max.message.bytes=1000000: " in stream.logs()
    assert "set it to 16777216" in stream.logs()


TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_headers_larger_than_any_output_stop_nobody_and_cut_records_are_replayed_whole(stream):
    """Compression brings 37 MB of headers into a topic that takes 12."""
    traces = [("traceparent", TRACE.ljust(500, b"x"))] * 75_000
    name = [("\u6f22" * 12_500_000, b"")]
    published = [
        Raw(article_of(500, b"An article with many traces"), b"k", traces),
        Raw(article_of(500, b"An article with a long name"), b"k", name),
        Raw(b"{", b"cut", [("content-type", b"application/json"), *name]),
        Raw(article_of(500, b"The next one is held up by nobody"), b"k"),
    ]
    stream.start_worker()
    for record in published:
        await stream.publish([record])
    outcomes = await stream.outcomes(len(published))
    assert sorted(record.topic for record in outcomes) == [ENRICHED] * 3 + [REJECTED]
    [cut] = [record for record in outcomes if record.topic == REJECTED]
    assert header(cut, "ce_origin") in header(cut, "__streams.errors.message")

    replay = await stream.start_command("rejected", "replay", "--yes")
    output, errors = await asyncio.wait_for(replay.communicate(), 60)
    assert (replay.returncode, output.decode().splitlines()[-1]) == (0, "1 accepted"), errors.decode()
    again = [record for record in await stream.outcomes(len(published) + 1) if record.topic == REJECTED]
    assert {header(record, "__streams.errors.original-bytes") is not None for record in again} == {True}
