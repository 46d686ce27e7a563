"""``headwater trace`` on a real Kafka: an article that waits, that is there, and that Kafka has deleted in part."""

from __future__ import annotations

import asyncio

import pytest

from streams.steps import header
from tests.broker.stream import Raw, Stream

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACED = [("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01".encode())]
URL = "https://a.example/1"
ARTICLE = b'{"title": "Harbour bridge opens", "text": "The mayor cut the ribbon.", "url": "https://a.example/1"}'


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path) as stream:
        yield stream


async def traced(stream: Stream, named: str) -> list[str]:
    """The lines that the command prints, or its error."""
    output, errors = await (await stream.start_command("trace", named)).communicate()
    return (output or errors).decode().splitlines()


async def test_an_article_is_followed_from_where_it_waits_to_its_outcome(stream):
    [place] = await stream.publish([Raw(ARTICLE, b"k", TRACED, 1_790_000_000_000)])
    for named in (place, TRACE_ID):
        assert (await traced(stream, named))[-1].strip() == "waits in news.raw: no outcome yet"
    assert await traced(stream, URL) == [f"Error: nothing in Kafka is of {URL}"]
    stream.start_worker()
    [outcome, *_] = await stream.outcomes(1)
    enriched = f"{outcome.topic}/{outcome.partition}/{outcome.offset}"
    told = await traced(stream, place)
    assert told[0] == f"2026-09-21T14:13:20.000Z  trace {TRACE_ID}"
    assert [line.split()[0] for line in told[1:4]] == [place, told[2].split()[0], enriched]
    assert told[2].startswith("  news.prepared/")
    assert told[-1] == f"now: article {outcome.key.decode()} is usable, by {enriched}"
    for named in (URL, outcome.key.decode(), enriched, told[2].split()[0], TRACE_ID, TRACED[0][1].decode()):
        assert await traced(stream, named) == told, named


async def test_what_is_not_there_is_one_line(stream):
    for named in ("news.raw/0/99", "news.raw/99/0", "news.other/0/0", "https://a.example/none", "f" * 32):
        assert await traced(stream, named) == [f"Error: nothing in Kafka is of {named}"]


async def test_a_workers_spans_are_those_that_the_records_name(stream):
    """By OpenTelemetry's console exporter: the consumer of news.enriched finds its parent among them."""
    worker = stream.start_worker(OTEL_TRACES_EXPORTER="console", OTEL_BSP_SCHEDULE_DELAY="100")
    await stream.publish([Raw(ARTICLE, b"k", TRACED)])
    [outcome, *_] = await stream.outcomes(1)
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 60) == 0
    log = stream.log_of(worker)
    parent = header(outcome, "traceparent").split("-")[2]
    for name, span in (("prepare news.raw", None), ("deduplicate news.prepared", parent)):
        assert f'"name": "{name}"' in log
        assert span is None or f'"span_id": "0x{span}"' in log
    assert f'"parent_id": "0x{TRACED[0][1].decode().split("-")[2]}"' in log
