"""Stories without a broker: articles in, stories out."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from agents import pipeline_steps
from agents.group import group_step
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.steps import ForeignRecordError, UnreadBatch
from streams.stories import signature_from_json, signature_to_json
from streams.text.stories.index import StoryIndex
from streams.topics import ENRICHED, RAW, SIGNATURES, STORIES
from tests.ninjs import ninjs_errors
from tests.text.stories.articles import FERRY, FERRY_AGAIN, FERRY_BRIEF, NOON_MS, signed

GERMAN = (
    "Die Fähre Aurelia ist am frühen Dienstag vor Kellmouth mit 214 Fahrgästen auf Grund gelaufen, teilte die Küstenwache mit."
    " Rettungsboote aus Kellmouth und Dunmarrow brachten alle an Land."
)


class Newsroom:
    """Publishes articles and keeps their stories."""

    def __init__(self, **overrides):
        self._pipeline = MemoryPipeline(pipeline_steps(Settings(**overrides)))
        self._number = 0

    def publish(self, title, text, **fields):
        self._number += 1
        value = {"title": title, "text": text, "url": f"https://post.example/{self._number}", **fields}
        outputs = self._pipeline.publish(RAW, None, orjson.dumps(value), (), NOON_MS + self._number)
        return [output for output in outputs if output.topic == STORIES]


def headers_of(output):
    return {name: value.decode() for name, value in output.headers}


def test_a_story_of_three_outlets_is_founded_once_and_joined_twice():
    newsroom = Newsroom()
    [founded] = newsroom.publish("Ferry runs aground off Kellmouth", FERRY, publisher="The Kellmouth Post")
    [joined] = newsroom.publish("All 214 passengers saved from the Aurelia", FERRY_AGAIN, publisher="Dunmarrow Times")
    [again] = newsroom.publish("Ferry runs aground off Kellmouth coast", FERRY_BRIEF, publisher="Gull Radio")
    assert [headers_of(each)["ce_change"] for each in (founded, joined, again)] == ["founded", "joined", "joined"]
    assert founded.key == joined.key == again.key
    document, headers = orjson.loads(again.value), headers_of(again)
    assert document["type"] == "composite"
    assert document["uri"] == headers["ce_subject"] == f"urn:headwater:story:{again.key.decode()}"
    assert document["version"] == headers["ce_version"] == "3"
    assert [each["name"] for each in document["associations"]] == ["founded", "same-event", "similar-headline"]
    assert (headers["ce_articles"], headers["ce_outlets"], headers["ce_languages"]) == ("3", "3", "1")
    assert headers["ce_relation"] == "similar-headline"
    assert headers["ce_repeats"] == document["associations"][0]["uri"]
    assert "aurelia" in headers["ce_words"].split()
    assert not ninjs_errors(document)


def test_another_language_is_another_story():
    newsroom = Newsroom()
    [english] = newsroom.publish("Ferry runs aground off Kellmouth", FERRY)
    [german] = newsroom.publish("Fähre läuft vor Kellmouth auf Grund", GERMAN)
    assert english.key != german.key
    assert [orjson.loads(each.value)["language"] for each in (english, german)] == ["en", "de"]


def test_a_canceled_article_leaves_its_story_whatever_language_its_cancellation_seems_to_be_in():
    newsroom = Newsroom()
    url = "https://post.example/ferry"
    newsroom.publish("Ferry runs aground off Kellmouth", FERRY, url=url)
    newsroom.publish("All 214 passengers saved from the Aurelia", FERRY_AGAIN)
    [left] = newsroom.publish("Fähre läuft vor Kellmouth auf Grund", "", url=url, pubStatus="canceled")
    assert headers_of(left)["ce_change"] == "left"
    assert [each["headlines"][0]["value"] for each in orjson.loads(left.value)["associations"]] == [
        "All 214 passengers saved from the Aurelia"
    ]


def test_a_story_whose_articles_are_all_canceled_is_canceled():
    newsroom = Newsroom()
    url = "https://post.example/ferry"
    newsroom.publish("Ferry runs aground off Kellmouth", FERRY, url=url)
    [over] = newsroom.publish("Ferry runs aground off Kellmouth", "", url=url, pubStatus="canceled")
    document = orjson.loads(over.value)
    assert (document["pubStatus"], headers_of(over)["ce_pubstatus"]) == ("canceled", "canceled")
    assert "associations" not in document
    assert not ninjs_errors(document)


def test_a_repeated_headline_that_is_withheld_joins_nothing():
    newsroom = Newsroom()
    newsroom.publish("Ferry runs aground off Kellmouth", FERRY)
    assert newsroom.publish("Ferry runs aground off Kellmouth", FERRY) == []


def test_outputs_for_consumers_do_not_wait_for_stories():
    """The enriched article and its signature are outputs of one decision; the article comes first."""
    outputs = list(
        MemoryPipeline(pipeline_steps(Settings())).publish(RAW, None, orjson.dumps({"title": "Ferry aground", "text": FERRY}))
    )
    assert [output.topic for output in outputs if output.topic in (ENRICHED, SIGNATURES, STORIES)] == [
        ENRICHED,
        SIGNATURES,
        STORIES,
    ]


TEXT = st.text(max_size=80)


@given(title=TEXT, text=TEXT)
@examples(deadline=None)
def test_whatever_can_be_enriched_can_be_grouped(title, text):
    stories = Newsroom().publish(title, text)
    for story in stories:
        assert not ninjs_errors(orjson.loads(story.value))


@given(headline=TEXT, body=TEXT, language=st.sampled_from(["en", "de", "ja", "th", "sw", "sr-Latn", "und"]))
@examples(deadline=None)
def test_a_signature_is_read_as_it_was_written(headline, body, language):
    signature = signed(1, headline, body, language=language)
    assert signature_from_json(signature_to_json(signature)) == signature


def test_a_signatures_later_fields_are_ignored_and_fields_that_earlier_versions_lack_are_empty():
    stored = orjson.loads(signature_to_json(signed(1, "Ferry runs aground", FERRY)))
    later = orjson.dumps({**stored, "version": 2, "mood": "sombre"})
    assert signature_from_json(later) == signed(1, "Ferry runs aground", FERRY)
    earlier = orjson.dumps({name: stored[name] for name in ("id", "time", "language")})
    assert signature_from_json(earlier).words == {}


STORED = orjson.loads(signature_to_json(signed(1, "Ferry runs aground", FERRY)))
TOO_LARGE_FIELDS = [
    {"time": -1},
    {"time": 2**64 - 1},
    {"language": "x" * 300},
    {"outlet": "x" * 1_000_000},
    {"headline": "x" * 20_000_000},
    {"compared": "x " * 1_000},
    {"words": {f"ferry{number}": 1 for number in range(100)}},
    {"subjects": ["01000000"] * 300},
    {"canceled": "no"},
]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": 7}',
        b'{"id": "00", "time": 1, "language": "en"}',
        b'{"id": "%b", "time": "now", "language": "en"}' % (b"0" * 32),
        b'{"id": "%b", "time": 1, "language": "en", "words": {"ferry": -1}}' % (b"0" * 32),
        b'{"id": "%b", "time": 1, "language": "en", "body": ["x"]}' % (b"0" * 32),
        None,
        *(orjson.dumps(STORED | field) for field in TOO_LARGE_FIELDS),
    ],
)
def test_anything_that_is_not_a_signature_is_foreign(value):
    step = group_step(Settings())
    record = MemoryRecord(SIGNATURES, 0, 0, NOON_MS, b"en", value)
    with pytest.raises(ForeignRecordError):
        step.decide(record, StoryIndex(1, 1))


def test_a_batch_that_nobody_could_read_is_foreign():
    batch = UnreadBatch(b"", offsets=range(1), records=1, codec="zstd", problem="cut off", too_large=False)
    with pytest.raises(ForeignRecordError):
        group_step(Settings()).decide(MemoryRecord(SIGNATURES, 0, 0, NOON_MS, b"en", batch), StoryIndex(1, 1))
