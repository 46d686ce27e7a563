"""The sample articles: what `headwater run` shows, without Kafka."""

from __future__ import annotations

import re
from collections import Counter

import orjson
import pytest

from agents import pipeline_steps
from streams.memory import MemoryPipeline
from streams.samples import load_samples
from streams.settings import Settings
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED, STORIES
from tests.ninjs import ninjs_errors


@pytest.fixture(scope="module")
def outcomes():
    """The outcome of each sample, in their order."""
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    found = []
    for sample in load_samples():
        headers = (("content-type", sample.content_type.encode()),) if sample.content_type else ()
        outputs = pipeline.publish(RAW, b"samples", sample.value, headers, 1_790_000_000_000)
        [outcome] = [output for output in outputs if output.topic in OUTCOMES]
        found.append((sample.name, outcome))
    return found


def test_every_sample_has_an_outcome_and_all_three_kinds_occur(outcomes):
    counts = Counter(outcome.topic for _, outcome in outcomes)
    assert counts.keys() == set(OUTCOMES)
    assert counts.total() == len(load_samples()) >= 36


def test_every_enriched_sample_is_a_valid_ninjs_document(outcomes):
    for name, outcome in outcomes:
        if outcome.topic == ENRICHED:
            assert ninjs_errors(orjson.loads(outcome.value)) == [], name


def test_the_samples_show_many_languages_and_subjects(outcomes):
    documents = [orjson.loads(outcome.value) for _, outcome in outcomes if outcome.topic == ENRICHED]
    assert len({document["language"] for document in documents}) >= 10
    assert len({each["uri"] for document in documents for each in document.get("subjects", []) if "uri" in each}) >= 10


def test_the_samples_show_every_kind_of_duplicate(outcomes):
    kinds = {orjson.loads(outcome.value)["kind"] for _, outcome in outcomes if outcome.topic == DUPLICATES}
    assert kinds == {"same-article", "updated", "same-words"}


def test_the_samples_hold_a_story_of_three_outlets_in_two_languages_and_no_false_one():
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    stories = {}
    for sample in load_samples():
        headers = (("content-type", sample.content_type.encode()),) if sample.content_type else ()
        for output in pipeline.publish(RAW, b"samples", sample.value, headers, 1_790_000_000_000):
            if output.topic == STORIES:
                stories[output.key] = orjson.loads(output.value)
    told = [story for story in stories.values() if re.search("Lorn ?(?:valley|tal)", str(story["headlines"]))]
    assert sorted((story["language"], len(story["associations"])) for story in told) == [("de", 1), ("en", 2)]
    several = [[each["headlines"][0]["value"] for each in story["associations"]] for story in stories.values()]
    assert [headlines for headlines in several if len(headlines) > 1 and "Cable car" not in headlines[0]] == []


def test_bad_samples_are_rejected_for_what_they_are(outcomes):
    reasons = {
        name: dict(outcome.headers)["__streams.errors.exception"].decode()
        for name, outcome in outcomes
        if outcome.topic == REJECTED
    }
    assert len(reasons) >= 6
    assert {"not-json", "not-utf-8", "no-text", "wrong-type", "too-deep", "tombstone", "too-large"} <= set(reasons.values())
