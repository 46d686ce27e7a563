"""The made-up articles that everything is measured on."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest

from agents import pipeline_steps
from bench.peers.dedup import WINDOW_MS, is_first, seen_at
from bench.peers.names import Job
from bench.speed.articles import dedup_events, mixed_articles
from bench.speed.race import make_load
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW

COUNT = 1_000
FEWER = 300
"""For what takes milliseconds an article."""


def test_a_seed_always_gives_the_same_articles_and_another_seed_gives_others():
    assert mixed_articles(50, seed=3) == mixed_articles(50, seed=3)
    assert not {each.value for each in mixed_articles(50, seed=3)} & {each.value for each in mixed_articles(50, seed=4)}


def test_the_mix_is_as_it_says():
    shapes = Counter(each.content_type.partition(";")[0] for each in mixed_articles(COUNT))
    for shape, share in {"application/json": 0.7, "text/plain": 0.2, "text/html": 0.1}.items():
        assert shapes[shape] / COUNT == pytest.approx(share, abs=0.04), shape


def test_the_pipeline_takes_every_article_and_finds_the_repeats():
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    outcomes: Counter[str] = Counter()
    languages = set()
    for raw in mixed_articles(FEWER):
        for output in pipeline.publish(RAW, None, raw.value, (("content-type", raw.content_type.encode()),), 1):
            outcomes[output.topic] += output.topic in OUTCOMES
            languages.add(dict(output.headers).get("ce_language"))
    assert outcomes[ENRICHED] + outcomes[DUPLICATES] == FEWER
    assert outcomes[DUPLICATES] / FEWER == pytest.approx(0.4, abs=0.04)
    assert {b"en", b"de", b"fr", b"es"} <= languages


@pytest.mark.parametrize("body_bytes", [1_000, 10_000])
def test_articles_are_as_large_as_they_are_asked_to_be(body_bytes):
    sizes = [len(each.value) for each in mixed_articles(200, body_bytes=body_bytes)]
    assert body_bytes < sum(sizes) / len(sizes) < body_bytes + 2_000


def test_an_events_key_is_its_id_and_four_in_ten_are_repeats():
    events = dedup_events(COUNT)
    assert all(orjson.loads(event.value)["id"].encode() == event.key for event in events)
    assert len({event.key for event in events}) / COUNT == pytest.approx(0.6, abs=0.04)
    assert 1_800 < sum(len(event.value) for event in events) / COUNT < 2_400


@pytest.mark.parametrize(
    ("after_ms", "passes"),
    [
        pytest.param(0, False, id="again at once"),
        pytest.param(WINDOW_MS, False, id="at the end of the window"),
        pytest.param(WINDOW_MS + 1, True, id="after the window"),
        pytest.param(-WINDOW_MS - 1, True, id="long before"),
    ],
)
def test_a_repeat_is_an_event_within_the_window_of_one_that_passed(after_ms, passes):
    value, time_ms = b'{"id":"a"}', 1_790_000_000_000
    assert is_first(value, time_ms, None)
    assert is_first(value, time_ms + after_ms, seen_at(time_ms)) is passes


def test_a_load_knows_how_many_outcomes_to_wait_for():
    dedup, whole = make_load(Job.DEDUP, 500), make_load(Job.WHOLE, 500)
    assert dedup.outcomes == len({each.key for each in dedup.main}) < len(dedup.main) == 500
    assert whole.outcomes == len(whole.main) == 500
    assert not {each.key for each in dedup.warm} & {each.key for each in dedup.main}
