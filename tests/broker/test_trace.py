"""``headwater trace`` on a real Kafka: an article that waits, one that is complete, and one that is partly deleted."""

from __future__ import annotations

import asyncio
import json

import pytest

from streams.steps import header
from tests.broker.stream import Raw, Stream
from tests.text.stories.articles import FERRY, FERRY_AGAIN, NOON_MS

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
    assert await traced(stream, URL) == [f"Error: nothing in Kafka belongs to {URL}"]
    stream.start_worker()
    [outcome, *_] = await stream.outcomes(1)
    enriched = f"{outcome.topic}/{outcome.partition}/{outcome.offset}"
    told = await traced(stream, place)
    assert told[0] == f"2026-09-21T14:13:20.000Z  trace {TRACE_ID}"
    assert [line.split()[0] for line in told[1:4]] == [place, told[2].split()[0], enriched]
    assert told[2].startswith("  news.prepared/")
    assert f"now: article {outcome.key.decode()} is usable, by {enriched}" in told
    for named in (URL, outcome.key.decode(), enriched, told[2].split()[0], TRACE_ID, TRACED[0][1].decode()):
        assert await traced(stream, named) == told, named


def published(number: int, headline: str, text: str) -> Raw:
    item = {"title": headline, "text": text, "url": f"https://ferry.example/{number}", "publisher": f"Outlet {number}"}
    return Raw(json.dumps(item).encode(), b"k", timestamp_ms=NOON_MS + number)


async def test_an_article_is_followed_into_its_story_and_the_story_article_by_article(stream):
    stream.start_worker()
    [first] = await stream.publish([published(1, "Ferry runs aground off Kellmouth", FERRY)])
    await stream.outcomes(1)
    [second] = await stream.publish([published(2, "All 214 passengers saved from the Aurelia", FERRY_AGAIN)])
    ids = {header(each, "ce_origin"): each.key.decode() for each in await stream.outcomes(2)}
    lines: list[str] = []
    async with asyncio.timeout(120):
        while not any(line.startswith("  news.stories/") for line in lines):
            lines = await traced(stream, second)
    uri = f"urn:headwater:story:{ids[first]}"
    assert any(line.split()[1:4] == ["joins", "story", f"{ids[first]},"] for line in lines)
    said = " ".join(" ".join(lines).split())  # however it is wrapped at 80 columns
    assert f" it is in story {ids[first]} of 2 articles of 2 outlets, version 2, by news.stories/" in said
    told = await traced(stream, uri)
    changes = [line.split()[:3] for line in told if line.startswith("  news.stories/")]
    assert [change[1:] for change in changes] == [[ids[first], "founds"], [ids[second], "joins,"]]
    assert [line.split()[:2] for line in told[-2:]] == [[ids[first], "founded"], [ids[second], "same-event"]]
    assert await traced(stream, changes[1][0]) == lines


async def test_an_unknown_name_gives_one_line(stream):
    for named in ("news.raw/0/99", "news.raw/99/0", "news.other/0/0", "https://a.example/none", "f" * 32):
        assert await traced(stream, named) == [f"Error: nothing in Kafka belongs to {named}"]


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
