"""Which story has an article, by the records of news.stories, and why: what ``headwater trace`` tells of stories."""

from __future__ import annotations

import itertools

import pytest
from rich.cells import cell_len

from agents.group import tell
from streams.commands.journeys import told_of_story
from streams.commands.storybook import StoryBook, told_change
from streams.memory import MemoryRecord
from streams.text.stories.index import Limits, StoryIndex
from tests.text.stories.articles import FERRY, FERRY_AGAIN, NOON_MS, article_id, signed


class Topic:
    """news.stories, as `group` writes it: each story in a partition of its own."""

    def __init__(self, **limits):
        self._index = StoryIndex(72 * 3600 * 1000, 1000, Limits(**limits))
        self.records = []

    def take(self, signature):
        cause = MemoryRecord("news.signatures", 0, len(self.records), signature.time_ms, b"en", b"{}")
        decided = self._index.decide(signature)
        self._index.remember(signature, decided)
        for told in decided:
            output = tell(cause, told)
            partition = int(told.story.id[-2:], 16)
            offset = sum(each.partition == partition for each in self.records)
            self.records.append(
                MemoryRecord("news.stories", partition, offset, cause.timestamp, output.key, output.value, output.headers)
            )
        return self

    def book(self, *numbers, partitions=None):
        """What is read of the topic, partition by partition; by default all of them."""
        book = StoryBook(frozenset(map(article_id, numbers)))
        for partition in sorted({each.partition for each in self.records}) if partitions is None else partitions:
            for record in self.records:
                if record.partition == partition:
                    book.take(record)
        return book


@pytest.fixture
def ferry():
    topic = Topic()
    topic.take(signed(1, "Ferry runs aground off Kellmouth", FERRY, outlet="Post"))
    return topic.take(signed(2, "All 214 passengers saved from the Aurelia", FERRY_AGAIN, outlet="Times", time_ms=NOON_MS + 1))


def test_an_article_is_in_the_story_that_it_joined(ferry):
    book = ferry.book(2, 7)
    assert book.story_of(article_id(2)) == article_id(1)
    assert book.latest[article_id(1)] is ferry.records[-1]
    assert book.story_of(article_id(7)) is None


def test_an_article_whose_record_was_compacted_is_found_among_the_articles_of_the_last(ferry):
    del ferry.records[:-1]
    assert ferry.book(1).story_of(article_id(1)) == article_id(1)


def test_an_article_that_was_canceled_is_in_no_story(ferry):
    ferry.take(signed(2, "", canceled=True))
    assert ferry.book(2).story_of(article_id(2)) is None
    assert told_change(ferry.records[-1]) == f"leaves story {article_id(1)}: 1 article of 1 outlet left"


def test_the_evidence_for_a_story_is_shown(ferry):
    founded, joined = map(told_change, ferry.records)
    assert founded == f"founds story {article_id(1)}: no other is like it"
    assert joined.startswith(f"joins story {article_id(1)}, now of 2 articles of 2 outlets: same-event, ")
    assert " % alike, by kellmouth, aurelia, " in joined


def merged_topic():
    topic = Topic(merge=400)
    half = FERRY.index("Lifeboats")
    topic.take(signed(1, "Aurelia aground: coastguard alarmed", FERRY[:half]))
    topic.take(signed(2, "Lifeboats and Captain Idris Vaughan", FERRY[half:], time_ms=NOON_MS + 1, outlet="Dunmarrow Times"))
    for number in range(3, 12):
        topic.take(signed(number, "Aurelia aground: coastguard alarmed, Captain Idris Vaughan", FERRY))
    assert any("goes into" in told_change(each) for each in topic.records)
    return topic


def test_an_article_of_a_story_that_went_into_another_is_in_that_one_in_whatever_order_partitions_are_read():
    topic = merged_topic()
    for partitions in itertools.permutations({each.partition for each in topic.records}):
        book = topic.book(2, partitions=partitions)
        assert book.story_of(article_id(2)) == article_id(1)
        assert book.latest[article_id(1)] is next(
            each for each in reversed(topic.records) if each.key == article_id(1).encode()
        )


def test_the_story_that_took_another_in_is_asked_for_where_its_records_do_not_name_the_article():
    topic = merged_topic()
    alias = next(each for each in topic.records if "goes into" in told_change(each))
    book = topic.book(2, partitions=[alias.partition])
    assert book.missing() == {article_id(1)}
    assert book.story_of(article_id(2)) == article_id(1)


def test_a_story_is_told_change_by_change_and_article_by_article(ferry):
    lines = list(told_of_story(ferry.records, 400))
    assert lines[0].split()[1:3] == [article_id(1), "founds"]
    assert f"{article_id(2)} joins, now of 2 articles" in lines[1]
    assert lines[2].startswith(f"now: story {article_id(1)} of 2 articles of 2 outlets, version 2, by news.stories/")
    assert [line.split()[:2] for line in lines[3:]] == [[article_id(1), "founded"], [article_id(2), "same-event"]]
    assert "(Times)" in lines[4]


def test_a_story_is_told_in_80_columns(ferry):
    assert all(cell_len(line) <= 80 for line in told_of_story(ferry.records, 80))
