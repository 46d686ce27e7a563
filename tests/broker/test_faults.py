"""Bugs of ours on a real Kafka: one triggered by single articles rejects them, one triggered by most stops the worker."""

from __future__ import annotations

import asyncio
from collections import Counter

import orjson
import pytest

from streams.documents import REASON_HEADER
from streams.steps import header
from streams.topics import ENRICHED, OUTCOMES, REJECTED, STORIES
from tests.broker.faulty_worker import GROUPING, READING, TAGGING
from tests.broker.stream import Raw, Stream

FAULTY = "tests.broker.faulty_worker"


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path, partitions=1) as stream:
        yield stream


def article(number: int, word: str = "") -> Raw:
    document = {
        "title": f"Harbour {number} opens {word}",
        "text": f"Boats left pier {number}.",
        "url": f"https://a.example/{number}",
    }
    return Raw(orjson.dumps(document), b"%d" % number)


async def test_articles_rejected_by_a_bug_in_tagging_come_out_once_a_fixed_worker_runs_and_they_are_replayed(stream):
    places = await stream.publish([article(1), article(2, TAGGING), article(3)])
    faulty = stream.start_worker(module=FAULTY)
    outcomes = await stream.outcomes(3)
    [rejected] = [record for record in outcomes if record.topic == REJECTED]
    assert (header(rejected, REASON_HEADER), header(rejected, "__streams.errors.stage")) == ("internal-error", "deduplicate")
    assert header(rejected, "ce_origin") == places[1]
    assert "KeyError" in (header(rejected, "__streams.errors.message") or "")
    faulty.terminate()
    assert await asyncio.to_thread(faulty.wait, 60) == 0

    stream.start_worker(again=faulty)
    replay = await stream.start_command("rejected", "replay", "--reason", "internal-error", "--yes")
    said, errors = await asyncio.wait_for(replay.communicate(), 60)
    assert replay.returncode == 0, errors.decode()
    assert b"1 accepted" in said
    enriched = [
        orjson.loads(record.value)["headlines"][0]["value"] for record in await stream.outcomes(4) if record.topic == ENRICHED
    ]
    assert Counter(headline.split()[1] for headline in enriched) == Counter("123")


async def test_articles_hit_by_a_bug_in_grouping_are_reported_missing_from_the_stories_and_still_enriched(stream):
    await stream.publish([article(1), article(2, GROUPING), article(3)])
    faulty = stream.start_worker(module=FAULTY)
    assert [record.topic for record in await stream.outcomes(3)] == [ENRICHED] * 3
    async with asyncio.timeout(60):
        while len(await stream.read([STORIES])) < 2:
            await asyncio.sleep(0.2)
    assert " is missing from news.stories because of a bug in Headwater: KeyError" in stream.log_of(faulty)
    assert "is rejected" not in stream.log_of(faulty)
    assert faulty.poll() is None


async def test_a_bug_that_most_records_meet_stops_the_worker_before_they_are_committed_and_all_come_out_once_fixed(stream):
    places = await stream.publish(article(number, READING) for number in range(150))
    faulty = stream.start_worker(module=FAULTY)
    assert await asyncio.to_thread(faulty.wait, 120) == 70
    assert "TooManyFaultsError" in stream.log_of(faulty)
    before = await stream.read(OUTCOMES)
    assert {record.topic for record in before} <= {REJECTED}
    assert len(before) < 100

    stream.start_worker(again=faulty)
    outcomes = await stream.outcomes(len(places))
    assert Counter(header(record, "ce_origin") for record in outcomes) == Counter(places)
    assert [record.topic for record in outcomes].count(ENRICHED) == len(places) - len(before)
