"""Outputs are compressed with a codec that consumers can read, and the broker need not recompress them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from streams.kafka.admin import topic_config
from streams.settings import Codec
from streams.topics import COMPRESSION, DUPLICATES, ENRICHED, INTERNAL, OUTCOMES, PREPARED, RAW, REJECTED
from tests.broker.node import CLIENTS, needs_node, run_node
from tests.broker.stream import Raw, Stream

STORIES = [
    Raw(b'{"title": "Harbour bridge opens", "text": "The mayor cut the ribbon.", "url": "https://a.example/1"}', b"k"),
    Raw(b'{"title": "Harbour bridge opens", "text": "The mayor cut the ribbon.", "url": "https://b.example/2"}', b"k"),
    Raw(b'{"title": ', b"k", [("content-type", b"application/json")]),
]
EXPECTED = {ENRICHED: 1, DUPLICATES: 1, REJECTED: 1}


@pytest.fixture(params=Codec)
async def stream(request, tmp_path):
    async with Stream(tmp_path, compression=request.param) as stream:
        stream.start_worker()
        await stream.publish(STORIES)
        await stream.outcomes(len(STORIES))
        yield stream


@pytest.fixture
def node(tmp_path):
    """An empty folder for scripts."""
    (tmp_path / "node").mkdir()
    return tmp_path / "node"


def codecs(stream: Stream, topic: str) -> set[str]:
    """How the batches of a topic are compressed on the broker's disk."""
    names = ("none", "gzip", "snappy", "lz4", "zstd")
    found = set()
    for log in stream.folder.glob(f"kafka/data/{topic}-*/*.log"):
        data, at = log.read_bytes(), 0
        while at + 61 <= len(data):
            attributes = int.from_bytes(data[at + 21 : at + 23], "big")
            if not attributes & 0x20:  # not a control batch
                found.add(names[attributes & 7])
            at += 12 + int.from_bytes(data[at + 8 : at + 12], "big")
    return found


async def node_has_zstd(folder: Path) -> bool:
    """Node 22.15 and later have it; kafkajs does not use it."""
    script = folder / "zstd.mjs"
    script.write_text('import zlib from "node:zlib"; console.log("zstdDecompress" in zlib);')
    return (await run_node(folder, script))[1].strip() == "true"


@needs_node
async def test_the_codec_is_that_of_the_setting_and_each_client_reads_what_the_table_says(stream, node):
    """kafkajs and @platformatic/kafka as they come from npm: the table in docs/consumers.md."""
    codec = stream.settings.compression
    for topic in OUTCOMES:
        assert codecs(stream, topic) == {codec.value}
        assert await topic_config(stream.settings, topic, [COMPRESSION]) == {COMPRESSION: codec.value}
    for topic in INTERNAL:
        assert codecs(stream, topic) == {"zstd"}
    assert codecs(stream, RAW) == {"lz4"}, "the producer's own"
    for client in ("kafkajs", "platformatic"):
        arguments = (stream.settings.brokers[0], str(len(STORIES)), *OUTCOMES)
        status, output, errors = await run_node(node, CLIENTS / f"read.{client}.mjs", *arguments)
        read = Counter(json.loads(line)["topic"] for line in output.splitlines())
        if codec is Codec.GZIP or (client == "platformatic" and await node_has_zstd(node)):
            assert (status, read) == (0, EXPECTED), errors
        else:
            assert status == 3
            assert "zstd" in errors.lower()


async def test_a_worker_says_which_topics_the_broker_recompresses(tmp_path):
    async with Stream(tmp_path, compression=Codec.GZIP) as stream:
        worker = stream.start_worker(HEADWATER_COMPRESSION="zstd")
        await stream.publish(STORIES)
        await stream.outcomes(len(STORIES))
        assert codecs(stream, ENRICHED) == {"gzip"}
        assert f"{ENRICHED} has {COMPRESSION}=gzip: the broker recompresses" in stream.log_of(worker)
        assert PREPARED + " has" not in stream.log_of(worker)


async def test_topics_that_leave_it_to_the_producer_get_the_settings_codec(tmp_path):
    """Topics of an earlier version do not set compression.type."""
    async with Stream(tmp_path, compression=Codec.GZIP, topic_settings={COMPRESSION: "producer"}) as stream:
        worker = stream.start_worker()
        await stream.publish(STORIES)
        await stream.outcomes(len(STORIES))
        assert {codec for topic in OUTCOMES for codec in codecs(stream, topic)} == {"gzip"}
        assert "recompresses" not in stream.log_of(worker)
