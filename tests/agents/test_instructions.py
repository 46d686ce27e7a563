"""Wires' instructions for users of their items, from news.raw to the consumers."""

from __future__ import annotations

import itertools

import orjson
import pytest

from agents import pipeline_steps
from streams.documents import RELEASE_HEADER
from streams.memory import MemoryPipeline
from streams.rejected.deadletters import replay_headers
from streams.settings import EmbargoPolicy, Settings
from streams.steps import Output
from streams.text.duplicates import DuplicateKind
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED
from tests.ninjs import ninjs_errors

NOON_MS = 1_790_000_000_000  # 2026-09-21T14:13:20Z
URI = "urn:example:item:77"
BODY = "The minister for fisheries will step down on Friday, two people in her office said. A successor is not yet named."


class Wire:
    """Publishes items of a wire and keeps every outcome."""

    def __init__(self, **overrides):
        self._pipeline = MemoryPipeline(pipeline_steps(Settings(**overrides)))

    def send(self, *, headers=(), at_ms=NOON_MS, **fields) -> Output:
        value = orjson.dumps({"uri": URI, "versioncreated": "2026-09-21T10:00:00Z", **fields})
        return self.publish(value, headers=headers, at_ms=at_ms)

    def story(self, **fields) -> Output:
        return self.send(
            **{"type": "text", "pubstatus": "usable", "headline": "Minister to resign", "body_text": BODY, **fields}
        )

    def publish(self, value, *, headers=(), at_ms=NOON_MS) -> Output:
        outputs = self._pipeline.publish(RAW, None, value, headers, at_ms)
        [outcome] = [output for output in outputs if output.topic in OUTCOMES]
        return outcome


def headers_of(output: Output) -> dict[str, str]:
    return {name: value.decode() for name, value in output.headers}


def document_of(output: Output) -> dict:
    document = orjson.loads(output.value)
    assert output.topic == DUPLICATES or ninjs_errors(document) == []
    return document


SPELLINGS = {
    "ninjs 1 and 2": {
        "embargoed": "2030-01-01T00:00:00Z",
        "expires": "2031-01-01T00:00:00+01:00",
        "ednote": "Eds: adds quote.",
        "usageterms": "No archive.",
        "copyrightholder": "Example Wire",
        "copyrightnotice": "(c) 2026 Example Wire",
        "urgency": 2,
        "version": "3",
    },
    "ninjs 3": {
        "embargoedUntil": "2030-01-01T00:00:00Z",
        "expires": "2031-01-01T00:00:00+01:00",
        "edNote": "Eds:\nadds quote.",
        "usageTerms": "No archive.",
        "copyrightHolder": "Example Wire",
        "copyrightNotice": "(c) 2026 Example Wire",
        "urgency": "2",
        "version": 3,
    },
}


@pytest.mark.parametrize("fields", SPELLINGS.values(), ids=SPELLINGS)
def test_a_wires_instructions_are_in_the_document_and_in_the_headers(fields):
    outcome = Wire().story(**fields)
    document, headers = document_of(outcome), headers_of(outcome)
    assert {name: document[name] for name in SPELLINGS["ninjs 3"]} == {
        "embargoedUntil": "2030-01-01T00:00:00+00:00",
        "expires": "2031-01-01T00:00:00+01:00",
        "edNote": "Eds: adds quote.",
        "usageTerms": "No archive.",
        "copyrightHolder": "Example Wire",
        "copyrightNotice": "(c) 2026 Example Wire",
        "urgency": 2,
        "version": "3",
    }
    assert (document["pubStatus"], document["versionCreated"]) == ("usable", "2026-09-21T10:00:00+00:00")
    assert {name: headers["ce_" + name.lower()] for name in SPELLINGS["ninjs 3"]} == {
        **{name: str(document[name]) for name in SPELLINGS["ninjs 3"]}
    }
    assert headers["ce_pubstatus"] == "usable"


@pytest.mark.parametrize(
    ("fields", "name", "kept"),
    [
        pytest.param({"usageterms": ["No archive.", "No web."]}, "usageTerms", "No archive.; No web.", id="several terms"),
        pytest.param(
            {"rightsinfo": {"linkedrights": "https://w.example/r"}}, "usageTerms", "https://w.example/r", id="ninjs 2"
        ),
        pytest.param({"rightsInfo": [{"usageTerms": "No web."}]}, "usageTerms", "No web.", id="terms within rights"),
        pytest.param({"rightsline": "For use in Lorn."}, "usageTerms", "For use in Lorn.", id="a line of rights"),
        pytest.param({"ednote": [{"value": "One."}, {"value": "Two."}]}, "edNote", "One.; Two.", id="several notes"),
        pytest.param({"correction": {"text": "It is Friday."}}, "edNote", "It is Friday.", id="schema.org's correction"),
        pytest.param({"urgency": {"qcode": "urg:3"}}, "urgency", 3, id="an urgency as a code"),
        pytest.param({"urgency": "urg:3"}, "urgency", 3, id="an urgency as a code in a string"),
        pytest.param(
            {"embargo": {"until": "2030-01-01T00:00:00Z"}}, "embargoedUntil", "2030-01-01T00:00:00+00:00", id="object"
        ),
    ],
)
def test_instructions_in_other_shapes_are_kept_whole(fields, name, kept):
    assert document_of(Wire().story(**fields))[name] == kept


def test_rights_of_a_news_item_are_kept():
    rights = {"copyrightHolder": {"name": "Example Wire"}, "copyrightNotice": "(c) Example Wire", "usageTerms": "No archive."}
    item = {
        "guid": URI,
        "rightsInfo": [rights],
        "itemMeta": {"pubStatus": {"qcode": "stat:usable"}},
        "contentMeta": {"headline": "Minister to resign"},
        "contentSet": {"inlineXML": {"value": f"<p>{BODY}</p>"}},
    }
    document = document_of(Wire().publish(orjson.dumps({"newsItem": item})))
    assert (document["copyrightHolder"], document["usageTerms"]) == ("Example Wire", "No archive.")


def test_rights_of_a_schema_org_article_are_kept_too():
    article = {
        "@type": "NewsArticle",
        "headline": "Minister to resign",
        "articleBody": BODY,
        "copyrightHolder": {"@type": "Organization", "name": "Example Wire"},
        "usageInfo": "https://example.net/terms",
        "expires": "2031-01-01T00:00:00Z",
        "version": 4,
    }
    document = document_of(Wire().publish(orjson.dumps(article)))
    assert (document["copyrightHolder"], document["usageTerms"]) == ("Example Wire", "https://example.net/terms")
    assert (document["expires"], document["version"]) == ("2031-01-01T00:00:00+00:00", "4")


def test_a_version_of_something_else_is_not_the_articles():
    document = document_of(Wire().publish(orjson.dumps({"version": "1.1", "title": "Minister to resign", "text": BODY})))
    assert "version" not in document


@pytest.mark.parametrize("urgency", [0, 10, "high", None, True, [2], 1.5])
def test_an_urgency_outside_the_nine_is_left_out(urgency):
    assert "urgency" not in document_of(Wire().story(urgency=urgency))


def test_a_wires_item_has_its_id_from_its_uri_whatever_its_address():
    wire = Wire()
    first = wire.story(url="https://wire.example/a", headline="One headline")
    second = wire.story(url="https://wire.example/b", headline="Another headline")
    plain = wire.publish(orjson.dumps({"title": "A third headline", "text": BODY, "url": "https://wire.example/a"}))
    assert first.key == second.key != plain.key


def test_an_item_that_is_withheld_is_rejected():
    outcome = Wire().story(pubstatus="withheld")
    assert (outcome.topic, headers_of(outcome)["__streams.errors.exception"]) == (REJECTED, "withdrawn")


# ---- Embargoes


def test_an_embargoed_article_is_passed_on_marked_unless_it_has_to_be_held():
    assert Wire().story(embargoed="2030-01-01T00:00:00Z").topic == ENRICHED
    held = Wire(embargo=EmbargoPolicy.HOLD).story(embargoed="2030-01-01T00:00:00Z")
    assert (held.topic, headers_of(held)["__streams.errors.exception"]) == (REJECTED, "embargoed")


@pytest.mark.parametrize(
    ("until", "topic"),
    [
        pytest.param("2026-09-21T14:13:20Z", ENRICHED, id="ends with the record's own time"),
        pytest.param("2026-09-21T14:13:21Z", REJECTED, id="ends a second later"),
        pytest.param("2026-09-21T16:13:20+02:00", ENRICHED, id="the same instant in another zone"),
        pytest.param("2026-09-21T02:13:20", ENRICHED, id="no zone, and over in every one"),
        pytest.param("2026-09-21T02:13:21", REJECTED, id="no zone, and not over in the last one"),
        pytest.param("until the verdict", REJECTED, id="no time at all"),
    ],
)
def test_an_embargo_is_judged_by_the_records_own_time(until, topic):
    outcome = Wire(embargo=EmbargoPolicy.HOLD).story(embargoed=until)
    assert outcome.topic == topic
    assert topic == REJECTED or headers_of(outcome)["ce_embargoeduntil"].startswith("2026-09-21T")


@pytest.mark.parametrize(
    "fields",
    [{"embargoed": True}, {"embargo": "yes"}, {"pubstatus": "embargoed"}, {"embargo": {"reason": "a budget"}}],
    ids=str,
)
def test_an_embargo_without_an_end_is_marked_or_held(fields):
    assert headers_of(Wire().story(**fields))["ce_embargoeduntil"] == "unknown"
    assert Wire(embargo=EmbargoPolicy.HOLD).story(**fields).topic == REJECTED


@pytest.mark.parametrize("embargoed", [False, "false", "no", "0", "", None, 0], ids=repr)
def test_what_says_that_there_is_no_embargo_is_none(embargoed):
    outcome = Wire(embargo=EmbargoPolicy.HOLD).story(embargoed=embargoed)
    assert outcome.topic == ENRICHED
    assert "ce_embargoeduntil" not in headers_of(outcome)


def test_a_replay_releases_only_what_was_held():
    wire = Wire(embargo=EmbargoPolicy.HOLD)
    held = wire.story(embargoed="2030-01-01T00:00:00Z")
    released = wire.publish(held.value, headers=replay_headers(_letter(held)))
    assert released.topic == ENRICHED
    assert document_of(released)["embargoedUntil"] == "2030-01-01T00:00:00+00:00"
    broken = wire.publish(b'{"title":')
    assert RELEASE_HEADER not in dict(replay_headers(_letter(broken)))


def _letter(output: Output):
    from streams.memory import MemoryRecord

    return MemoryRecord(REJECTED, 0, 0, output.timestamp_ms, output.key, output.value, output.headers)


# ---- Cancellations


def test_a_kill_reaches_consumers_under_the_articles_id_and_key():
    wire = Wire()
    story = wire.story(version="1")
    kill = wire.send(pubstatus="canceled", version="2", ednote="Source withdrew its statement.")
    assert (kill.topic, kill.key) == (ENRICHED, story.key)
    document = document_of(kill)
    assert document["uri"] == document_of(story)["uri"]
    assert (document["pubStatus"], document["version"]) == ("canceled", "2")
    assert document["edNote"] == "Source withdrew its statement."
    assert headers_of(kill)["ce_pubstatus"] == "canceled"


@pytest.mark.parametrize(
    "status", ["canceled", "Cancelled", "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled"]
)
def test_a_kill_says_so_in_words_or_codes(status):
    assert document_of(Wire().send(pubstatus=status))["pubStatus"] == "canceled"


@pytest.mark.parametrize(
    "fields", [{"pubstatus": "deleted"}, {"state": "killed"}, {"operation": "kill"}, {"state": "recalled"}], ids=str
)
def test_a_kill_is_told_in_other_words_and_fields_too(fields):
    assert document_of(Wire().send(**fields))["pubStatus"] == "canceled"


def test_an_article_on_something_cancelled_is_not_killed():
    """Only a wire's item has its status in fields that mean other things elsewhere."""
    page = {
        "title": "Minister to resign",
        "text": BODY,
        "url": "https://paper.example/m",
        "status": "cancelled",
        "state": "removed",
    }
    assert document_of(Wire().publish(orjson.dumps(page)))["pubStatus"] == "usable"
    assert document_of(Wire().story(state="Texas", pubstatus=""))["pubStatus"] == "usable"


def test_nothing_of_a_killed_text_is_published_again():
    kill = Wire().story(pubstatus="canceled", subject=[{"name": "fisheries"}])
    assert BODY[:30].encode() not in kill.value
    assert "subjects" not in document_of(kill)


@pytest.mark.parametrize("headline", ["Minister to resign", "MANDATORY KILL: Minister to resign", "KILL - Minister to resign"])
def test_a_killed_article_gives_up_its_headline_if_the_kill_finds_it(headline):
    wire = Wire()
    assert wire.story().topic == ENRICHED
    copy = orjson.dumps({"title": "Minister to resign", "text": BODY, "url": "https://paper.example/minister"})
    assert wire.publish(copy).topic == DUPLICATES
    wire.send(pubstatus="canceled", headline=headline)
    assert wire.publish(copy).topic == ENRICHED


def test_a_kill_without_the_headline_leaves_it_taken():
    wire = Wire()
    wire.story()
    wire.send(pubstatus="canceled")
    copy = orjson.dumps({"title": "Minister to resign", "text": BODY, "url": "https://paper.example/minister"})
    assert wire.publish(copy).topic == DUPLICATES


def test_a_kill_takes_no_headline_from_another_article():
    wire = Wire()
    copy = orjson.dumps({"title": "Minister to resign", "text": BODY, "url": "https://paper.example/minister"})
    assert wire.publish(copy).topic == ENRICHED
    wire.send(pubstatus="canceled", headline="Minister to resign")
    assert wire.publish(copy).topic == DUPLICATES


def test_an_article_is_canceled_by_the_uri_or_the_fingerprint_that_headwater_gave_it():
    """What `headwater retract` publishes."""
    wire = Wire()
    article = orjson.dumps({"title": "Minister to resign", "text": BODY, "publisher": "Port Gazette", "section": "Politics"})
    story = wire.publish(article)
    document = document_of(story)
    kill = wire.send(uri=document["uri"], pubstatus="canceled", altids=document["altIds"])
    assert kill.key == story.key
    assert wire.publish(article).topic == ENRICHED


def test_an_article_without_a_wires_uri_is_canceled_by_its_url():
    wire = Wire()
    story = wire.publish(orjson.dumps({"title": "Minister to resign", "text": BODY, "url": "https://paper.example/minister"}))
    kill = wire.publish(orjson.dumps({"pubstatus": "canceled", "url": "https://paper.example/minister"}))
    assert kill.key == story.key


# ---- Corrections


def test_a_correction_reaches_consumers_under_its_headline_and_id():
    wire = Wire()
    story = wire.story(version="1")
    corrected = wire.story(version="2", versioncreated="2026-09-21T11:00:00Z", body_text=BODY.replace("Friday", "Monday"))
    assert (corrected.topic, corrected.key) == (ENRICHED, story.key)
    assert document_of(corrected)["version"] == "2"


def test_a_new_version_of_instructions_alone_reaches_consumers():
    wire = Wire()
    wire.story(embargoed="2030-01-01T00:00:00Z")
    assert wire.story(versioncreated="2026-09-21T11:00:00Z").topic == ENRICHED


def test_the_same_version_again_and_an_older_one_are_repeats():
    wire = Wire()
    older = {"version": "1", "body_text": "An early flash said that the minister for fisheries would go."}
    newer = {"version": "2", "versioncreated": "2026-09-21T11:00:00Z"}
    assert [wire.story(**each).topic for each in (newer, newer, older)] == [ENRICHED, DUPLICATES, DUPLICATES]


def test_a_correction_without_a_wire_is_recognised_by_id_and_body():
    wire = Wire()
    page = {"title": "Minister to resign", "text": BODY, "url": "https://paper.example/minister"}
    assert wire.publish(orjson.dumps(page)).topic == ENRICHED
    assert wire.publish(orjson.dumps({**page, "expires": "2030-01-01T00:00:00Z"})).topic == DUPLICATES
    assert wire.publish(orjson.dumps({**page, "text": BODY + " She gave no reason."})).topic == ENRICHED


def test_new_versions_can_be_suppressed():
    wire = Wire(suppress=frozenset(DuplicateKind))
    wire.story()
    repeat = wire.story(versioncreated="2026-09-21T11:00:00Z", body_text=BODY + " She gave no reason.")
    assert (repeat.topic, headers_of(repeat)["ce_kind"]) == (DUPLICATES, "new-version")


def test_whatever_the_order_a_kill_and_a_story_both_reach_consumers():
    for order in itertools.permutations(("story", "kill")):
        wire = Wire()
        outcomes = {
            each: wire.story() if each == "story" else wire.send(pubstatus="canceled", headline="Minister to resign")
            for each in order
        }
        assert {output.topic for output in outcomes.values()} == {ENRICHED}
