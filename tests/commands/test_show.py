"""Events as a person reads them."""

from __future__ import annotations

import orjson
import pytest
from rich.text import Text

from agents import pipeline_steps
from streams.commands.show import show
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.topics import DUPLICATES, ENRICHED, RAW, REJECTED, STORIES
from tests.text.stories.articles import FERRY, FERRY_AGAIN, NOON_MS


@pytest.fixture
def told():
    """What is shown of each record of news.stories, for articles one after the other."""
    pipeline = MemoryPipeline(pipeline_steps(Settings()))

    def publish(title, text, **fields):
        value = orjson.dumps({"title": title, "text": text, **fields})
        outputs = [each for each in pipeline.publish(RAW, None, value, (), NOON_MS) if each.topic == STORIES]
        records = [MemoryRecord(STORIES, 0, 0, NOON_MS, each.key, each.value, each.headers) for each in outputs]
        return [Text.from_markup(show(record)).plain for record in records]

    return publish


def test_a_story_is_shown_with_what_became_of_it_and_what_spoke_for_the_article(told):
    url = "https://post.example/1"
    [founded] = told("Ferry runs aground off Kellmouth", FERRY, url=url, publisher="The Kellmouth Post")
    assert founded.splitlines()[0] == "story      Ferry runs aground off Kellmouth"
    assert "founded · en · 1 article of 1 outlet" in founded
    [joined] = told("All 214 passengers saved from the Aurelia", FERRY_AGAIN, publisher="Dunmarrow Times")
    assert "joined · en · 2 articles of 2 outlets" in joined
    assert "+ All 214 passengers saved from the Aurelia" in joined
    assert "same-event" in joined
    assert "aurelia" in joined
    [left] = told("Ferry runs aground off Kellmouth", "", url=url, pubStatus="canceled")
    assert "left · en · 1 article of 1 outlet" in left


def test_a_story_that_is_over_says_so(told):
    url = "https://post.example/1"
    told("Ferry runs aground off Kellmouth", FERRY, url=url)
    [over] = told("Ferry runs aground off Kellmouth", "", url=url, pubStatus="canceled")
    assert "no article is left" in over


@pytest.mark.parametrize("headline", ["Ferry runs aground", ""])
def test_a_canceled_article_is_shown_as_canceled(headline):
    canceled = {"uri": "urn:newsml:x:1", "headline": headline, "pubStatus": "canceled"}
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    [output] = (each for each in pipeline.publish(RAW, None, orjson.dumps(canceled)) if each.topic == ENRICHED)
    shown = Text.from_markup(show(MemoryRecord(ENRICHED, 0, 0, 0, output.key, output.value, output.headers))).plain
    assert shown.splitlines()[0].startswith(f"enriched   {headline or 'urn:headwater:article:'}")
    assert "canceled" in shown


FOREIGN = (
    None, b"", b"\xff", b"5", b"[]", b"null", b"{}", b'{"headlines":[]}', b'{"headlines":[{}],"language":5,"subjects":5}',
    b'{"kind":null,"owner":{},"headline":5}', b'{"associations":[5]}', b'{"a":' * 2_000,
)  # fmt: skip


@pytest.mark.parametrize("value", FOREIGN)
@pytest.mark.parametrize("topic", [ENRICHED, STORIES, DUPLICATES, REJECTED, RAW])
def test_a_foreign_record_is_shown_by_its_beginning(topic, value):
    headers = (("ce_change", b"joined"), ("ce_articles", b"x"), ("ce_cuts", b"{"), ("ce_languageconfidence", b"x"))
    assert Text.from_markup(show(MemoryRecord(topic, 0, 0, 1 << 62, None, value, headers))).plain
