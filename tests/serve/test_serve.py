"""What feed readers and listeners get; the records are the pipeline's own, without Kafka."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import replace

import feedparser
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from agents import pipeline_steps
from streams.kafka.quiet import quieten
from streams.memory import MemoryPipeline, MemoryRecord
from streams.outgoing.items import ArticleFilter, item_of
from streams.serve import following
from streams.serve.published import Ring, mark_of, read_mark
from streams.serve.stories import StoryArticles
from streams.serve.web import Listener, Serving
from streams.serve.writing import ATOM, TOMBSTONES, atom, json_feed
from streams.settings import Settings
from tests.console.records import outcomes
from tests.outgoing.items import HOUR_S, LATER, record

NOW_S = 1_800_000_000.0  # 2027-01-15
BODY = "The city council voted on Monday to build the bridge over the river, and the mayor said that work would begin."


def raw(headline, text=BODY, **more):
    return orjson.dumps({"title": headline, "text": text, **more})


def wire(uri, version, headline="Bridge over the river to be built", **more):
    created = f"2026-11-0{version}T10:00:00Z"
    return orjson.dumps(
        {"uri": uri, "type": "text", "version": str(version), "versioncreated": created, "headline": headline,
         "body_text": BODY, "pubstatus": "usable", **more}
    )  # fmt: skip


class Served:
    """A server that is fed with records, with a clock that the test sets."""

    client: TestClient

    def __init__(self) -> None:
        self.now_s = NOW_S
        self.offset = 0
        self.serving = Serving(Settings(), title="News", public_url=None, names=("news.example",), clock=lambda: self.now_s)
        self.serving.follower.ready = True

    def publish(self, *values) -> None:
        for outcome in outcomes(values):
            if outcome.topic == "news.enriched":
                self.take(outcome)

    def take(self, record) -> None:
        item = item_of(
            MemoryRecord(*(record.topic, 0, self.offset), record.timestamp, record.key, record.value, record.headers)
        )
        self.offset += 1
        if item is not None and (taken := self.serving.follower.ring.take(item)) is not None:
            self.serving.changed(taken)

    async def titles(self, path="/atom"):
        body = await (await self.client.get(path)).read()
        return [entry.title for entry in feedparser.parse(body).entries]


@asynccontextmanager
async def served():
    own = Served()
    async with TestClient(TestServer(own.serving.application(follows=False))) as own.client:
        yield own


class Events:
    """A listener's events."""

    def __init__(self, response) -> None:
        self.response = response
        self.last_id = ""

    async def next(self, name=None):
        """The next event (of this name); its data."""
        while True:
            told = {}
            while line := (await asyncio.wait_for(self.response.content.readline(), 30)).decode().rstrip("\n"):
                field, _, value = line.partition(": ")
                told[field] = value
            self.last_id = told.get("id", self.last_id)
            if "event" in told and name in {None, told["event"]}:
                return told["event"], json.loads(told["data"])


@asynccontextmanager
async def listening(own, query="", last_id=None):
    async with own.client.get(f"/events{query}", headers={"Last-Event-ID": last_id} if last_id else {}) as response:
        events = Events(response)
        if last_id is None:
            assert await events.next() == ("hello", {})
        yield events


async def test_a_real_feed_parser_reads_our_atom():
    async with served() as own:
        own.publish(
            raw("Bridge <b>over</b> the river", url="https://a.example/1", author="Eva Klein", published="2026-11-02T10:00:00Z")
        )
        response = await own.client.get("/atom?lang=en")
        assert response.content_type == "application/atom+xml"
        feed = feedparser.parse(await response.read())
    assert not feed.bozo
    (entry,) = feed.entries
    assert (entry.link, entry.author, entry.published) == ("https://a.example/1", "Eva Klein", "2026-11-02T10:00:00+00:00")
    assert entry.id.startswith("urn:headwater:article:")
    assert BODY in entry.content[0].value


async def test_our_atom_has_what_rfc_4287_demands():
    """One id, title and updated for the feed and each entry, an author, no text that XML forbids, ids that differ."""
    async with served() as own:
        own.publish(raw("Bridge to be built"), raw("Flood in the north of the country", "Water rose in the north." * 9))
        root = etree.fromstring(await (await own.client.get("/atom")).read())
    entries = root.findall(f"{{{ATOM}}}entry")
    assert len(entries) == 2
    for element in (root, *entries):
        assert all(len(element.findall(f"{{{ATOM}}}{name}")) == 1 for name in ("id", "title", "updated", "author"))
        assert element.findtext(f"{{{ATOM}}}updated").endswith("Z")
    assert all(entry.find(f"{{{ATOM}}}content").get("type") == "text" for entry in entries)
    assert root.find(f"{{{ATOM}}}link").get("rel") == "self"


async def test_the_json_feed_is_one():
    async with served() as own:
        own.publish(raw("Bridge to be built", url="https://a.example/1", published="2026-11-02T10:00:00Z", outlet="The Farm"))
        response = await own.client.get("/feed.json")
        feed = json.loads(await response.read())
    assert (response.content_type, feed["version"]) == ("application/feed+json", "https://jsonfeed.org/version/1.1")
    (item,) = feed["items"]
    assert (item["title"], item["url"], item["language"]) == ("Bridge to be built", "https://a.example/1", "en")
    assert item["authors"] == [{"name": "The Farm"}]


async def test_our_feeds_are_read_by_our_own_reader():
    from streams.feeds.entries import read_feed

    async with served() as own:
        own.publish(raw("Bridge to be built", url="https://a.example/1"))
        for path in ("/atom", "/feed.json"):
            (entry,) = read_feed(await (await own.client.get(path)).read(), "https://us.example/").entries
            assert (entry.facts["title"], entry.url) == ("Bridge to be built", "https://a.example/1")


async def test_repeats_are_not_served():
    async with served() as own:
        own.publish(raw("Bridge to be built", url="https://a.example/1"), raw("Bridge to be built", url="https://b.example/2"))
        assert len(await own.titles()) == 1


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Bridge to be built over the river", "Hochwasser im Norden des Landes"}),
        ("?lang=de", {"Hochwasser im Norden des Landes"}),
        ("?lang=de&lang=EN", {"Bridge to be built over the river", "Hochwasser im Norden des Landes"}),
        ("?outlet=the%20farm", {"Bridge to be built over the river"}),
        ("?q=MAYOR+bridge", {"Bridge to be built over the river"}),
        ("?q=mayor&q=Wasser", set()),
        ("?lang=de&outlet=The+Farm", set()),
        ("?subject=no+such+subject", set()),
        ("?count=1", {"Hochwasser im Norden des Landes"}),
    ],
)
async def test_a_feed_holds_what_is_asked_for(query, titles):
    german = "Das Wasser stieg in der Nacht, und viele Menschen mussten ihre Häuser verlassen, wie die Behörden mitteilten."
    async with served() as own:
        own.publish(raw("Bridge to be built over the river", outlet="The Farm"), raw("Hochwasser im Norden des Landes", german))
        assert set(await own.titles(f"/atom{query}")) == titles


@pytest.mark.parametrize("by", ["politics", "11000000", "medtop:11000000", "http://cv.iptc.org/newscodes/mediatopic/11000000"])
def test_a_subject_goes_by_its_name_its_code_and_its_address(by):
    document = {"subjects": [{"name": "Politics", "uri": "http://cv.iptc.org/newscodes/mediatopic/11000000"}]}
    item = item_of(MemoryRecord("news.enriched", 0, 0, 0, b"a", orjson.dumps(document), ()))
    assert ArticleFilter(subjects=(by,)).takes(item)
    assert not ArticleFilter(subjects=("sport",)).takes(item)


async def test_a_canceled_article_leaves_the_feed_and_is_announced():
    async with served() as own:
        own.publish(wire("urn:w:1", 1))
        assert len(await own.titles()) == 1
        async with listening(own) as events:
            own.publish(wire("urn:w:1", 1), wire("urn:w:1", 2, pubstatus="canceled"))
            _, removed = await events.next("removed")
        assert await own.titles() == []
        root = etree.fromstring(await (await own.client.get("/atom")).read())
        assert [each.get("ref") for each in root.findall(f"{{{TOMBSTONES}}}deleted-entry")] == [removed["id"]]
        assert json.loads(await (await own.client.get("/feed.json")).read())["_headwater"] == {"removed": [removed["id"]]}
        own.publish(wire("urn:w:1", 1))
        assert await own.titles() == [], "an older version that comes late does not bring it back"


@pytest.mark.parametrize(
    "until", ["2027-01-15T10:00:00Z", "2027-01-15T10:00:00"], ids=["with a zone", "without a zone, as late as it may be"]
)
async def test_an_embargoed_article_is_not_shown_before_its_time(until):
    async with served() as own:
        async with listening(own) as events:
            own.publish(wire("urn:w:1", 1, embargoed=until))
            assert await own.titles() == await own.titles("/feed.json") == []
            assert own.serving.follower.ring.removed(own.now_s, 9) == []
            own.now_s = NOW_S + 86_400
            own.serving.look()
            assert (await events.next())[0] == "article", "nothing was said of it before"
        assert len(await own.titles()) == 1


async def test_an_embargo_that_can_not_be_read_never_ends():
    async with served() as own:
        document = {"headlines": [{"value": "Secret"}], "embargoedUntil": "after the speech"}
        own.take(MemoryRecord("news.enriched", 0, 0, 0, b"a", orjson.dumps(document), ()))
        assert await own.titles() == []


async def test_an_expired_article_leaves_the_feed_and_is_announced():
    async with served() as own:
        own.publish(wire("urn:w:1", 1, expires="2027-01-15T10:00:00Z"))
        assert len(await own.titles()) == 1
        async with listening(own) as events:
            own.now_s = NOW_S + 86_400
            own.serving.look()
            assert (await events.next())[0] == "removed"
        assert await own.titles() == []


async def test_a_returning_listener_gets_what_it_missed_once():
    async with served() as own:
        async with listening(own) as events:
            own.publish(raw("Bridge to be built over the river"))
            _, first = await events.next("article")
        own.publish(raw("Flood in the north of the country", "Water rose in the north. " * 9))
        async with listening(own, last_id=events.last_id) as again:
            name, second = await again.next()
            assert (name, second["title"]) == ("article", "Flood in the north of the country")
            assert (await again.next())[0] == "hello"
        async with listening(own, last_id=again.last_id) as third:
            assert (await third.next())[0] == "hello"
    assert first["id"] != second["id"]


async def test_a_returning_listener_gets_embargoes_that_ended_meanwhile():
    async with served() as own:
        async with listening(own) as events:
            own.publish(
                wire("urn:w:1", 1, embargoed="2027-01-15T10:00:00Z"),
                raw("Vote in the south of the country", "They voted. " * 9),
            )
            await events.next("article")
        own.now_s = NOW_S + 86_400
        async with listening(own, last_id=events.last_id) as again:
            assert (await again.next())[1]["title"] == "Bridge over the river to be built"


@pytest.mark.parametrize("last_id", ["nonsense", "0=5", "0=-1@1", "0=99999@1800000000000", "@1"])
async def test_a_gap_is_reported(last_id):
    """For an id that is invalid, older than what is kept, or of another topic."""
    async with served() as own:
        own.serving.follower.ring.begin(0, 100)
        own.offset = 100
        own.publish(raw("Bridge to be built over the river"))
        async with listening(own, last_id=last_id) as events:
            assert (await events.next())[0] == "gap"
            assert (await events.next())[0] == "article"


async def test_a_listener_hears_what_it_asked_for():
    async with served() as own, listening(own, "?q=flood") as events:
        own.publish(raw("Bridge to be built over the river"), raw("Flood in the north of the country", "Water rose. " * 9))
        name, told = await events.next()
    assert (name, told["title"]) == ("article", "Flood in the north of the country")


async def test_an_unchanged_feed_costs_a_304():
    async with served() as own:
        own.publish(raw("Bridge to be built"))
        etag = (await own.client.get("/atom")).headers["ETag"]
        assert (await own.client.get("/atom", headers={"If-None-Match": etag})).status == 304
        own.publish(raw("Flood in the north of the country", "Water rose in the north. " * 9))
        assert (await own.client.get("/atom", headers={"If-None-Match": etag})).status == 200


async def test_before_kafka_has_been_read_there_is_no_feed():
    async with served() as own:
        own.serving.follower.ready = False
        for path in ("/atom", "/feed.json", "/events"):
            assert (await own.client.get(path)).status == 503


@pytest.mark.parametrize(
    ("host", "status"), [("news.example", 200), ("localhost:8421", 200), ("[::1]", 200), ("evil.example", 403), ("[", 403)]
)
async def test_only_our_own_names_are_answered(host, status):
    async with served() as own:
        assert (await own.client.get("/atom", headers={"Host": host})).status == status


def enriched(number, offset, size=10, **document):
    value = orjson.dumps({"headlines": [{"value": "x" * size}], **document})
    return item_of(MemoryRecord("news.enriched", 0, offset, 1_000 + offset, f"{number}".encode(), value, ()))


def test_the_ring_is_bounded_in_number_and_weight_and_knows_what_left_it():
    ring = Ring(most=3, most_bytes=10_000)
    for number in range(5):
        ring.take(enriched(number, number))
    assert len(ring) == 3
    assert ring.floor == {0: 1}
    ring.take(enriched(9, 9, size=9_990))
    assert len(ring) == 1
    assert not ring.has_all_since({0: 3})
    assert ring.has_all_since({0: 4})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=30))
def test_in_any_order_the_greatest_version_decides(versions):
    """Whatever order versions come in, an article is shown as its greatest version says, the later of equals."""
    ring, last = Ring(), {}
    for offset, (number, version, canceled) in enumerate(versions):
        ring.take(enriched(number, offset, version=str(version), pubStatus="canceled" if canceled else "usable"))
        if version >= last.get(number, (0, False))[0]:
            last[number] = (version, canceled)
    shown = {item.id for item in ring.newest(ArticleFilter(), NOW_S, 99)}
    assert shown == {str(number) for number, (_, canceled) in last.items() if not canceled}
    assert {item.id for item in ring.removed(NOW_S, 99)} == {str(number) for number, (_, canceled) in last.items() if canceled}


FOREIGN = [
    b'{"headlines": 5}', b'{"bodies": [7]}', b'{"by": {}}', b'{"subjects": {}}', b'{"language": []}', b'{"infoSources": ["x"]}',
    b'{"expires": 7, "version": 3}', b'{"altIds": [null]}', b'{"versionCreated": []}', b'{"subjects": [{"name": 1, "uri": 2}]}',
]  # fmt: skip


@given(
    st.one_of(st.binary(), st.just(b"a")),
    st.one_of(st.none(), st.binary(), st.just(b"[]"), st.sampled_from(FOREIGN)),
)
def test_any_record_is_an_article_or_none(key, value):
    item = item_of(MemoryRecord("news.enriched", 0, 0, 0, key, value, ()))
    if item is not None:
        assert ArticleFilter(languages=("x",), subjects=("x",), outlets=("x",), words=("x",)).takes(item) in {True, False}
        assert atom("News", "https://us.example/", [item], [item])
        assert json_feed("News", "https://us.example/", [item], [item])


@given(st.dictionaries(st.integers(0, 99), st.integers(-1, 1 << 60), min_size=1), st.integers(0, 1 << 40))
def test_an_id_says_the_positions_and_the_time(positions, at_ms):
    assert read_mark(mark_of(positions, at_ms / 1000)) == (positions, pytest.approx(at_ms / 1000, abs=0.0011))


@given(st.text())
def test_any_text_is_a_mark_or_none(text):
    read_mark(text)


def test_a_revised_article_that_no_longer_fits_is_taken_back():
    ring = Ring()
    ring.take(enriched(1, 0))
    assert ring.take(enriched(1, 1)).revises
    assert ring.take(replace(enriched(1, 2), rank=(-1, 0))) is None


@pytest.fixture
def _quiet():
    """As a command is; the loggers are other tests' too."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    before = [list(each.filters) for each in loggers]
    quieten()
    yield
    for logger, filters in zip(loggers, before, strict=True):
        logger.filters = filters


@pytest.mark.usefixtures("_quiet")
async def test_a_kafka_that_is_away_is_reported_once_and_not_with_every_attempt(caplog, monkeypatch):
    monkeypatch.setattr("streams.kafka.following._PAUSE_S", 0.0)
    follower = following.Follower(Settings(brokers=("127.0.0.1:1",)), lambda _: None, lambda: None)
    tries = []
    monkeypatch.setattr(follower, "_follow", lambda: tries.append(1) or _refused())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(follower.run())
        while len(tries) < 20:
            await asyncio.sleep(0)
        running.cancel()
    assert [each.getMessage() for each in caplog.records] == ["Kafka is away: nobody answers; trying again"]


async def _refused():
    raise OSError("nobody answers")


FERRY = """The ferry Saint Brendan ran aground on rocks off Kellmouth harbour on Monday night with forty passengers and eleven
crew aboard. Coastguard helicopters and two lifeboats from Carrick took everybody off within three hours, and nobody was hurt.
Captain Moira Doyle said that fog and a failed radar had led the vessel out of the marked channel near Gannet Point. Divers will
inspect the hull today, before tugs try to refloat it tonight, and the marine accident branch has opened an inquiry."""
HEADLINES = ("Ferry runs aground off Kellmouth", "Kellmouth ferry aground, forty rescued", "Coastguard rescues forty")


def ferry(number, **more):
    """An article of one story, each in other words."""
    return wire(f"urn:w:{number}", 1, HEADLINES[number], body_text=f"{FERRY} Our reporter {number} saw it.", **more)


class WithStories(Served):
    """A server that is fed with what the pipeline says of stories too."""

    def publish(self, *values) -> None:
        pipeline = MemoryPipeline(pipeline_steps(Settings()))
        for number, value in enumerate(values):
            for out in pipeline.publish("news.raw", b"k", value, JSON, int(NOW_S - 300 + number) * 1_000):
                record = MemoryRecord(out.topic, 0, self.offset, out.timestamp_ms, out.key, out.value, tuple(out.headers))
                if out.topic == "news.enriched":
                    self.take(record)
                elif out.topic == "news.stories":
                    self.serving.follower.stories.take(record)


JSON = (("content-type", b"application/json"),)


@asynccontextmanager
async def served_with_stories():
    own = WithStories()
    async with TestClient(TestServer(own.serving.application(follows=False))) as own.client:
        yield own


async def test_of_stories_each_has_one_entry_its_first_article():
    async with served_with_stories() as own:
        own.publish(ferry(0), raw("Bridge over the river to be built"), ferry(1), ferry(2))
        assert len(await own.titles("/atom")) == 4
        assert await own.titles("/atom?of=stories") == ["Bridge over the river to be built", "Ferry runs aground off Kellmouth"]


async def test_another_article_represents_a_story_whose_first_one_may_not_be_shown():
    async with served_with_stories() as own:
        own.publish(ferry(0, embargoed="2027-02-01T00:00:00Z"), ferry(1), ferry(2))
        assert await own.titles("/atom?of=stories") == ["Kellmouth ferry aground, forty rescued"]
        assert await own.titles("/atom?of=stories&q=reporter+2") == ["Coastguard rescues forty"]


async def test_an_article_waits_to_be_grouped_and_then_represents_itself():
    async with served() as own:
        own.publish(raw("Bridge over the river to be built"))
        (item,) = own.serving.follower.ring.newest(ArticleFilter(), NOW_S, 1)
        own.now_s = item.time_ms / 1_000 + 59
        assert await own.titles("/atom?of=stories") == []
        own.now_s += 2
        assert await own.titles("/atom?of=stories") == ["Bridge over the river to be built"]


async def test_a_story_stays_folded_after_its_first_article_has_been_dropped():
    async with served_with_stories() as own:
        own.serving.follower.ring = Ring(most=2)
        own.publish(ferry(0), ferry(1), ferry(2))
        assert await own.titles("/atom?of=stories") == []
        assert len(await own.titles("/atom")) == 2


@pytest.mark.parametrize("path", ["/atom?of=story", "/events?of=stories"])
async def test_a_request_that_stories_do_not_support_is_refused(path):
    async with served() as own:
        response = await own.client.get(path)
        assert (response.status, response.content_type) == (400, "text/plain")
        assert "of=stories" in await response.text()


@given(st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 9), min_size=1, max_size=4)), min_size=1, max_size=30))
def test_whatever_becomes_of_stories_the_one_told_last_has_one_entry(changes):
    stories = StoryArticles(most=3)
    for story, articles in changes:
        associations = [{"rel": "member", "uri": f"urn:headwater:article:{each}"} for each in articles]
        stories.take(MemoryRecord("news.stories", 0, 0, 0, b"%d" % story, orjson.dumps({"associations": associations}), ()))
    (item,) = (item_of(record) for record in outcomes([raw("Bridge")]) if record.topic == "news.enriched")
    told = [replace(item, id=str(each)) for each in set(articles)]
    assert [each.id for each in told if stories.stands(each, (), NOW_S)] == [str(articles[0])]


@pytest.mark.parametrize(
    "said",
    [
        {"language": "de\x01"},
        {"language": "no tag at all"},
        {"versionCreated": "yesterday\x00"},
        {"versionCreated": "2027-01-15"},
        {"versionCreated": "2027-01-15T06:00:00"},
        {"versionCreated": "2027-01-15T06:00:00+00:00:30"},
        {"versionCreated": "0001-01-01T00:00:00+14:00"},
        {"firstCreated": "\ud7ff"},
        {"by": "\x00", "copyrightNotice": "]]>\x1b\ufffe"},
        {"altIds": [{"role": "url", "value": "javascript:alert(1)"}]},
        {"subjects": [{"name": "\x00"}, {"literal": "a\x08b", "uri": "\x00"}]},
    ],
    ids=str,
)
async def test_one_odd_article_does_not_spoil_the_feed_of_all(said):
    """Times are written as RFC 3339, language tags as BCP 47, and there are no URLs that a reader would run."""
    async with served() as own:
        own.take(record(0, "odd", **said))
        own.take(record(1, "even"))
        assert await own.titles() == ["Headline even 1", "Headline odd 1"]
        for path in ("/atom", "/feed.json"):
            assert b"javascript:" not in await (await own.client.get(path)).read()
        feed = etree.fromstring(await (await own.client.get("/atom")).read())
        moments = [each.text for name in ("updated", "published") for each in feed.iter(f"{{{ATOM}}}{name}")]
        moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
        assert [each for each in moments if not re.fullmatch(moment, each)] == []


async def test_events_can_be_asked_for_their_head_and_nobody_listens_then():
    async with served() as own:
        response = await asyncio.wait_for(own.client.head("/events"), 30)
        assert (response.status, response.content_type) == (200, "text/event-stream")
        assert not own.serving._listeners


async def test_an_article_that_expires_before_a_slow_listener_gets_it_is_not_sent():
    async with served() as own:
        own.take(record(0, "a"))
        own.take(record(1, "b", expires=LATER))
        missed = iter(own.serving._missed(Listener(ArticleFilter()), "0=-1@0"))
        assert b"Headline a 1" in next(missed)
        own.now_s += HOUR_S
        rest = b"".join(missed)
        assert b"Headline b 1" not in rest
        assert b"event: removed" in rest


@pytest.mark.parametrize("host", ["127.0.0.1:99999", "localhost:abc", "localhost/x", "evil@localhost"])
async def test_a_host_that_is_not_a_name_and_port_is_refused_in_words(host):
    async with served() as own:
        response = await own.client.get("/atom", headers={"Host": host})
        assert response.status == 403
        assert "--name" in await response.text()
