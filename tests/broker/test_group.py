"""Stories on a real Kafka: decided exactly once, the same after every restart, also beside workers without stories."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import defaultdict

import orjson

from agents import pipeline_steps
from streams.topics import ENRICHED, SIGNATURES, STORIES
from tests.broker.stream import Raw, Stream

ARTICLES = 600
EVENTS = 60
NAMES = [
    f"{first}{last}" for first in ("Kell", "Dun", "Varn", "Gull", "Aur", "Ost") for last in ("mouth", "marrow", "holm", "elia")
]
TEXTS = {
    "en": "The council of {0} met on Monday with delegates from {1} and {2} and spoke of the bridge that {3} wants to build.",
    "de": "Der Rat von {0} hat am Montag mit Abgesandten aus {1} und {2} über die Brücke beraten, die {3} dort bauen will.",
}
NOON_MS = int(time.time() * 1000) - 48 * 3_600_000


def article(number: int) -> Raw:
    """Ten articles per event, in two languages, each with its own headline; some are canceled later."""
    event, language = number % EVENTS, "de" if number % 2 else "en"
    names = [NAMES[(event * step + step) % len(NAMES)] + str(event) for step in range(1, 5)]
    url = f"https://post.example/{number}"
    if number % 50 == 49:
        return raw({"title": "withdrawn", "url": f"https://post.example/{number - 10}", "pubStatus": "canceled"}, number)
    title = f"{names[number % 4]} and {names[(number + 1) % 4]}: report {chr(97 + number // EVENTS)} of {names[3]}"
    return raw(
        {"title": title, "text": TEXTS[language].format(*names), "url": url, "publisher": f"Outlet {number % 7}"}, number
    )


def raw(document, number: int) -> Raw:
    return Raw(orjson.dumps(document), b"%d" % number, timestamp_ms=NOON_MS + number * 60_000)


async def test_stories_are_decided_exactly_once_and_as_the_log_says_whatever_happens_to_the_workers(tmp_path):
    async with Stream(tmp_path, max_batch_records=40) as stream:
        places = await stream.publish(article(number) for number in range(ARTICLES))
        first, second = stream.start_worker(), stream.start_worker()
        await until(stream, lambda stories, _: len(stories) > 50)
        first.kill()
        first.wait()
        await until(stream, lambda stories, _: len(stories) > 150)
        second.terminate()
        assert await asyncio.to_thread(second.wait, 20) == 0, stream.logs()
        shutil.rmtree(stream.state_of(second))
        third = stream.start_worker(again=second)  # rebuilds its stories from the changelog
        await stream.outcomes(len(places), timeout_s=120)
        await until(stream, lambda stories, signatures: len(stories) == len(grouped(signatures, stream)))
        assert third.poll() is None, stream.logs()

        stories, signatures = await stream.read([STORIES]), await stream.read([SIGNATURES])
        assert sorted(whole(stories)) == sorted(grouped(signatures, stream))
        assert len(signatures) >= len(await stream.read([ENRICHED]))
        changes = defaultdict(int)
        for record in stories:
            changes[dict(record.headers)["ce_change"]] += 1
        assert changes[b"founded"] >= EVENTS
        assert changes[b"joined"] > EVENTS
        assert changes[b"left"] > 0


async def test_a_worker_without_stories_and_one_with_them_share_a_stream(tmp_path):
    """The upgrade from a version before stories: the old worker neither sends nor reads signatures."""
    async with Stream(tmp_path, max_batch_records=40) as stream:
        old = stream.start_worker(module="tests.broker.worker_without_stories")
        places = await stream.publish(article(number) for number in range(ARTICLES // 2))
        await stream.outcomes(20)
        assert await stream.read([STORIES]) == []
        new = stream.start_worker()
        places += await stream.publish(article(number) for number in range(ARTICLES // 2, ARTICLES))
        await stream.outcomes(len(places), timeout_s=120)
        old.terminate()
        assert await asyncio.to_thread(old.wait, 20) == 0, stream.logs()
        places += await stream.publish(article(number) for number in range(ARTICLES, ARTICLES + 100))
        await stream.outcomes(len(places), timeout_s=120)
        await until(stream, lambda stories, signatures: stories and len(stories) == len(grouped(signatures, stream)))
        assert new.poll() is None, stream.logs()
        assert sorted(whole(await stream.read([STORIES]))) == sorted(grouped(await stream.read([SIGNATURES]), stream))


async def until(stream: Stream, is_so, timeout_s: float = 120) -> None:
    """Wait until a condition holds for the stories and signatures in Kafka."""
    deadline = time.monotonic() + timeout_s
    while not is_so(await stream.read([STORIES]), await stream.read([SIGNATURES])):
        assert time.monotonic() < deadline, stream.logs()
        await asyncio.sleep(0.5)


def whole(records):
    """Records in a form that can be compared."""
    return [(record.key, record.value, tuple(record.headers), record.timestamp) for record in records]


def grouped(signatures, stream: Stream):
    """What the pure decision makes of the current news.signatures."""
    step = next(step for step in pipeline_steps(stream.settings) if step.source == SIGNATURES)
    made = step.changelog.whole
    assert made is not None
    stories = defaultdict(lambda: made([]))
    outputs = []
    for record in signatures:  # read in the order of each partition
        outputs += step.decide(record, stories[record.partition]).outputs
    return [(each.key, each.value, each.headers, each.timestamp_ms) for each in outputs]
