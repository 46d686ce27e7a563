"""``headwater trace`` says of what Kafka holds where an article is and was; tests/broker/test_trace.py asks a real Kafka."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from agents import pipeline_steps
from streams.commands.journeys import Journey, Sought, articles_of, sought, told
from streams.commands.storybook import StoryBook
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.steps import header
from streams.topics import OUTCOMES, PREPARED, RAW, SIGNATURES, STORIES
from tests.text.stories.articles import FERRY, FERRY_AGAIN

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACED = (("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01".encode()),)
URL = "https://a.example/1"


def article(headline, url=URL):
    return json.dumps({"title": headline, "text": "The mayor cut the ribbon.", "url": url}).encode()


class Kafka:
    """What a stream writes to the topics, decided in memory."""

    def __init__(self):
        self.records = []
        self._pipeline = MemoryPipeline(pipeline_steps(Settings()))
        self._offsets = {}

    def publish(self, value, headers=()):
        when = 1_790_000_000_000
        outputs = list(self._pipeline.publish(RAW, b"k", value, headers, when))
        for topic, key, content, own in (
            (RAW, b"k", value, headers),
            *((each.topic, each.key, each.value, each.headers) for each in outputs),
        ):
            offset = self._offsets[topic] = self._offsets.get(topic, -1) + 1
            self.records.append(MemoryRecord(topic, 0, offset, when, key, content, own))

    def journeys(self, looked_for: Sought):
        outcomes = [each for each in self.records if each.topic in OUTCOMES and looked_for.matches(each)]
        found = {}
        for each in outcomes:
            came = header(each, "ce_origin")
            found.setdefault(came, Journey(came)).outcomes.append(each)
        for each in self.records:
            if each.topic == RAW and f"{RAW}/0/{each.offset}" in found:
                found[f"{RAW}/0/{each.offset}"].raw = each
            if each.topic == PREPARED and (came := header(each, "ce_origin")) in found:
                found[came].prepared = each
            if each.topic in (SIGNATURES, STORIES) and (came := header(each, "ce_origin")) in found:
                (found[came].signatures if each.topic == SIGNATURES else found[came].stories).append(each)
        return list(found.values())

    def book(self, journeys):
        book = StoryBook(articles_of(journeys))
        for each in self.of(STORIES):
            book.take(each)
        return book

    def of(self, topic):
        return [each for each in self.records if each.topic == topic]


@pytest.fixture
def kafka():
    kafka = Kafka()
    kafka.publish(article("Harbour bridge opens"), TRACED)
    kafka.publish(article("Another story", "https://a.example/2"))
    kafka.publish(article("Harbour bridge opens", "https://b.example/3"))
    kafka.publish(b"{", TRACED)
    kafka.publish(article("Harbour bridge opens late"))
    return kafka


def article_id(kafka):
    return next(each.key.decode() for each in kafka.records if each.topic == "news.enriched")


def origins(journeys):
    return [each.origin for each in journeys]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(URL, ["news.raw/0/0", "news.raw/0/4"], id="a URL"),
        pytest.param(URL + "?utm_source=x#top", ["news.raw/0/0", "news.raw/0/4"], id="another form of it"),
        pytest.param("news.raw/0/2", ["news.raw/0/2"], id="a raw record"),
        pytest.param(TRACE_ID, ["news.raw/0/0", "news.raw/0/3"], id="a trace"),
        pytest.param(TRACED[0][1].decode(), ["news.raw/0/0", "news.raw/0/3"], id="a traceparent"),
        pytest.param("https://c.example/9", [], id="an article that is not there"),
    ],
)
def test_whatever_is_named_is_found(kafka, name, expected):
    assert origins(kafka.journeys(sought(name))) == expected


def test_an_article_is_found_by_its_id_and_by_its_uri(kafka):
    for name in (article_id(kafka), f"urn:headwater:article:{article_id(kafka)}"):
        assert origins(kafka.journeys(sought(name))) == ["news.raw/0/0", "news.raw/0/4"]


def test_each_place_is_shown_with_its_outcome(kafka):
    lines = list(told(kafka.journeys(sought(TRACE_ID))))
    assert lines[0] == f"2026-09-21T14:13:20.000Z  trace {TRACE_ID}"
    assert lines[1].startswith("  news.raw/0/0              published, ")
    assert lines[1].endswith("key k; span b7ad6b7169203331")
    assert lines[2].startswith("  news.prepared/0/0         cleaned; span ")
    assert lines[3].startswith("  news.enriched/0/0         usable: Harbour bridge opens; span ")
    assert any("news.rejected/0/0         rejected: not-json: not JSON: unexpected end" in line for line in lines)
    assert lines[-1] == f"now: article {article_id(kafka)} is usable, by news.enriched/0/0"


def test_of_several_versions_the_last_is_named_as_the_one_that_counts(kafka):
    assert list(told(kafka.journeys(sought(URL))))[-1].endswith("is usable, by news.enriched/0/2")


def test_of_a_wires_versions_the_highest_counts_in_whatever_order_they_came():
    kafka = Kafka()
    for version, headline in (("2", "Harbour bridge opens late"), ("1", "Harbour bridge opens")):
        item = {"uri": "urn:example:wire:7", "version": version, "headline": headline, "body_text": "The mayor cut the ribbon."}
        kafka.publish(json.dumps(item | {"versioncreated": f"2026-09-21T1{version}:00:00Z"}).encode())
    assert list(told(kafka.journeys(sought("urn:example:wire:7"))))[-1].endswith("is usable, by news.enriched/0/0")


def test_a_repeat_names_the_article_that_owns_its_headline(kafka):
    lines = list(told(kafka.journeys(sought("news.raw/0/2"))))
    assert f"same-article of {article_id(kafka)}: Harbour bridge opens" in lines[3]
    assert not any(line.startswith("now:") for line in lines)


@pytest.mark.parametrize(
    ("prepared", "decided", "said"),
    [
        pytest.param(False, False, "waits in news.raw: no outcome yet", id="not read yet"),
        pytest.param(True, False, "waits in news.prepared: no outcome yet", id="half-way"),
        pytest.param(True, True, "its outcome is no longer in Kafka", id="long ago"),
    ],
)
def test_a_record_without_an_outcome_says_where_it_waits(kafka, prepared, decided, said):
    raw, half_way = kafka.records[0], kafka.records[1] if prepared else None
    assert said in list(told([Journey("news.raw/0/0", raw, half_way, decided=decided)]))[-1]


def test_a_raw_record_that_kafka_has_deleted_is_said_to_be_gone(kafka):
    [journey, _] = kafka.journeys(sought(URL))
    journey.raw = None
    assert "published; no longer in Kafka" in list(told([journey]))[1]


def test_third_party_text_does_nothing_to_the_terminal():
    kafka = Kafka()
    kafka.publish(article("Harbour \x1b[31mbridge\x1b[0m opens"))
    assert "\x1b" not in "\n".join(told(kafka.journeys(sought(URL))))


@pytest.fixture
def ferry():
    """Two articles of one event, a newer version of the second, and a repeat of the first."""
    kafka = Kafka()
    for number, headline, text in (
        (1, "Ferry runs aground off Kellmouth", FERRY),
        (2, "All 214 passengers saved from the Aurelia", FERRY_AGAIN),
        (2, "All 214 passengers of the Aurelia are saved", FERRY_AGAIN + " An inquiry was opened."),
        (3, "Ferry runs aground off Kellmouth", FERRY),
    ):
        item = {"title": headline, "text": text, "url": f"https://ferry.example/{number}", "publisher": f"Outlet {number}"}
        kafka.publish(json.dumps(item).encode())
    return kafka


def lines_of(kafka, named, width=200):
    journeys = kafka.journeys(sought(named))
    return list(told(journeys, kafka.book(journeys), width))


def test_an_article_is_followed_into_its_story_with_what_spoke_for_it(ferry):
    lines = lines_of(ferry, "news.raw/0/1")
    assert lines[4].startswith("  news.signatures/0/1       handed to `group`, among articles in en")
    assert lines[5].startswith("  news.stories/0/1          joins story ")
    assert ", now of 2 articles of 2 outlets: same-event, " in lines[5]
    assert "aurelia" in lines[5]
    assert lines[-2].startswith("now: article ")
    story = ferry.of(STORIES)[0].key.decode()
    assert lines[-1].startswith(f"     it is in story {story} of 2 articles of 2 outlets, version 2, by news.stories/0/1: ")


def test_a_newer_version_that_stays_in_its_story_says_so(ferry):
    journeys = ferry.journeys(sought("news.raw/0/2"))
    journeys[0].decided = True
    lines = list(told(journeys, ferry.book(journeys)))
    assert "nothing of its own in news.stories: it changed no story" in lines[5]
    assert "it is in story " in lines[-1]


def test_an_article_that_waits_to_be_grouped_says_so(ferry):
    journeys = ferry.journeys(sought("news.raw/0/2"))
    journeys[0].decided = False
    assert "waits in news.signatures: no story yet" in list(told(journeys, ferry.book(journeys)))[5]


def test_a_repeat_names_the_story_of_the_article_that_it_repeats(ferry):
    lines = lines_of(ferry, "news.raw/0/3")
    owner = ferry.of("news.enriched")[0].key.decode()
    assert lines[-2] == f"now: a repeat is in no story; it repeats article {owner}"
    assert lines[-1].startswith(f"     it is in story {owner} of 2 articles")


def test_a_canceled_article_leaves_its_story(ferry):
    [_, second, *_] = ferry.of("news.enriched")
    kill = {"uri": f"urn:headwater:article:{second.key.decode()}", "type": "text", "pubstatus": "canceled"}
    ferry.publish(json.dumps(kill).encode())
    lines = lines_of(ferry, "news.raw/0/4")
    assert any(line.split()[1:3] == ["leaves", "story"] for line in lines)
    assert lines[-1] == "     the article is in no story that is remembered"


def test_if_nothing_is_grouped_stories_are_not_mentioned(ferry):
    assert "story" not in list(told(ferry.journeys(sought("news.raw/0/1")), None))[-1]


@pytest.mark.parametrize("name", [f"news.raw/0/{number}" for number in range(4)])
def test_the_way_of_an_article_is_told_in_80_columns(ferry, name):
    assert max(map(cell_len, lines_of(ferry, name, 80))) <= 80


def test_a_storys_uri_names_the_story():
    assert sought("urn:headwater:story:" + "ab" * 16).story == "ab" * 16
    assert sought("urn:headwater:story:x").story is None
