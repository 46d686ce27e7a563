"""Retracting articles, and releasing embargoed ones, on a real Kafka."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from streams.settings import EmbargoPolicy
from streams.topics import DUPLICATES, ENRICHED, REJECTED
from tests.broker.stream import Raw, Stream

LIMIT_S = 60.0
STORY = {
    "title": "Minister to resign",
    "text": "The minister will go on Friday, two people in her office said.",
    "section": "Home",
}


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, embargo=EmbargoPolicy.HOLD) as stream:
        yield stream


async def said_by(stream: Stream, *arguments: str) -> str:
    process = await stream.start_command(*arguments)
    output, errors = await asyncio.wait_for(process.communicate(b""), LIMIT_S)
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def test_a_retracted_article_is_canceled_for_consumers_and_gives_up_its_headline(stream):
    stream.start_worker()
    url = "https://paper.example/minister"
    await stream.publish([Raw(orjson.dumps({**STORY, "url": url}))])
    [story] = await stream.outcomes(1)
    said = await said_by(stream, "retract", url, "--note", "Court order")
    kill = next(each for each in await stream.outcomes(2) if b'"canceled"' in each.value)
    assert (kill.topic, kill.partition, kill.key) == (ENRICHED, story.partition, story.key)
    assert orjson.loads(kill.value)["edNote"] == "Court order"
    assert f"stands in {ENRICHED}/{story.partition}/{story.offset}" in said
    assert "7 days" in said
    await stream.publish([Raw(orjson.dumps({**STORY, "url": "https://other.example/again"}))])
    topics = [each.topic for each in await stream.outcomes(3)]
    assert DUPLICATES not in topics


async def test_an_embargoed_article_is_held_until_a_replay_releases_it(stream):
    stream.start_worker()
    await stream.publish([Raw(orjson.dumps({**STORY, "embargo": "2999-01-01T00:00:00Z"}))])
    [held] = await stream.outcomes(1)
    assert (held.topic, dict(held.headers)["__streams.errors.exception"]) == (REJECTED, b"embargoed")
    await said_by(stream, "rejected", "replay", "--reason", "embargoed", "--yes")
    released = next(each for each in await stream.outcomes(2) if each.topic == ENRICHED)
    assert dict(released.headers)["ce_embargoeduntil"] == b"2999-01-01T00:00:00Z"
