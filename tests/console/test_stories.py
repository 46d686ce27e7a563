"""The stories that the console lists."""

from __future__ import annotations

import orjson

from agents import pipeline_steps
from streams.console.stories import MOST_STORIES, StoryRows
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.topics import RAW, STORIES
from tests.text.stories.articles import BUDGET, FERRY, FERRY_AGAIN, NOON_MS


class Page:
    """The stories of the articles that were published."""

    def __init__(self):
        self.stories = StoryRows()
        self._pipeline = MemoryPipeline(pipeline_steps(Settings()))
        self._number = 0

    def publish(self, title, text, **fields):
        self._number += 1
        value = orjson.dumps({"title": title, "text": text, "url": f"https://post.example/{self._number}", **fields})
        for each in self._pipeline.publish(RAW, None, value, (), NOON_MS + self._number):
            if each.topic == STORIES:
                self.stories.add(MemoryRecord(STORIES, 0, 0, each.timestamp_ms, each.key, each.value, each.headers))

    def headlines(self, **order):
        return [row["headline"] for row in self.stories.listed(**order)]


def test_a_story_is_listed_with_its_members_and_counts_as_it_last_was():
    page = Page()
    page.publish("Ferry runs aground off Kellmouth", FERRY, publisher="The Kellmouth Post")
    page.publish("All 214 passengers saved from the Aurelia", FERRY_AGAIN, publisher="Dunmarrow Times")
    [row] = page.stories.listed(by_size=False)
    assert (row["articles"], row["outlets"], row["language"]) == (2, 2, "en")
    assert [member["outlet"] for member in row["members"]] == ["The Kellmouth Post", "Dunmarrow Times"]
    assert [member["relation"] for member in row["members"]] == ["founded", "same-event"]
    assert page.stories.founded == 1


def test_stories_come_by_their_latest_change_or_by_size():
    page = Page()
    page.publish("Ferry runs aground off Kellmouth", FERRY, publisher="The Kellmouth Post")
    page.publish("All 214 passengers saved from the Aurelia", FERRY_AGAIN, publisher="Dunmarrow Times")
    page.publish("Okafor presents a timid budget", BUDGET)
    assert page.headlines(by_size=False)[0] == "Okafor presents a timid budget"
    assert page.headlines(by_size=True)[-1] == "Okafor presents a timid budget"


def test_a_story_that_is_over_leaves_the_list():
    page = Page()
    url = "https://post.example/ferry"
    page.publish("Ferry runs aground off Kellmouth", FERRY, url=url)
    page.publish("Ferry runs aground off Kellmouth", "", url=url, pubStatus="canceled")
    assert page.headlines(by_size=False) == []


def test_foreign_stories_are_skipped_and_the_list_is_bounded():
    page = Page()
    for value in (None, b"", b"[]", b"7", b'{"associations": 7}', b'{"associations": [{"rel": "member"}]}'):
        page.stories.add(MemoryRecord(STORIES, 0, 0, NOON_MS, b"x", value))
    assert page.headlines(by_size=False) == []
    for number in range(MOST_STORIES + 5):
        association = {"rel": "member", "uri": "urn:x", "name": "founded"}
        value = orjson.dumps({"headlines": [{"value": f"{number}"}], "associations": [association]})
        page.stories.add(MemoryRecord(STORIES, 0, 0, NOON_MS, b"%d" % number, value))
    assert len(page.stories._rows) == MOST_STORIES
    assert page.headlines(by_size=False)[0] == f"{MOST_STORIES + 4}"
