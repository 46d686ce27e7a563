"""What is in Kafka has a format: the previous version's records are read, the next one's read or refused, none misread."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import fields
from pathlib import Path

import orjson
import pytest
from aiokafka import TopicPartition

from agents import pipeline_steps
from streams.articles import Article, article_from_json
from streams.formats import FORMAT, NewerFormatError, read_stamp, stamp
from streams.kafka import failures
from streams.kafka.group import GROUP_NOTE, GroupAheadError, GroupOffset, reached
from streams.kafka.progress import PROGRESS_KEY, Marks, Progress
from streams.kafka.tables import Foreign
from streams.memory import MemoryRecord
from streams.records import Image, Instructions, Repair
from streams.settings import Settings
from streams.steps import Step
from streams.stories import signature_from_json
from streams.text.article import Cut, CutKind
from streams.text.duplicates import unpack_owners
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW, SIGNATURES
from tests.previous import rules_0_1_0

FORMAT_1 = json.loads((Path(__file__).parent / "previous" / "format_1.json").read_text("utf-8"))
PROGRESS = Progress(12, "headwater-deduplicate-0f3a")
WIRE = {
    "uri": "urn:newsml:example.org:1",
    "pubstatus": "usable",
    "version": "2",
    "versioncreated": "2025-11-03T10:00:00Z",
    "embargoed": "2025-11-04T10:00:00Z",
    "headline": "Council adopts budget",
    "body_text": "The council adopted its budget on Monday after a long debate about schools and roads.",
}


def steps() -> tuple[Step, Step]:
    prepare, deduplicate, *_ = pipeline_steps(Settings())
    return prepare, deduplicate


def prepared(raw: dict) -> MemoryRecord:
    """The record of news.prepared that this version makes of a raw one."""
    [output] = steps()[0].decide(MemoryRecord(RAW, 0, 0, 1_762_164_000_000, None, orjson.dumps(raw)), None).outputs
    return MemoryRecord(output.topic, 0, 0, output.timestamp_ms, output.key, output.value, output.headers)


def with_value(record: MemoryRecord, value: dict) -> MemoryRecord:
    return MemoryRecord(record.topic, 0, 7, record.timestamp, record.key, orjson.dumps(value), record.headers)


def signed(raw: dict) -> bytes:
    """The record of news.signatures that this version makes of a raw one."""
    return next(each.value for each in steps()[1].decide(prepared(raw), None).outputs if each.topic == SIGNATURES)


def remembered(raw: dict) -> bytes:
    """What this version remembers of an article."""
    value = steps()[1].decide(prepared(raw), None).remember
    assert value is not None
    return value


# The previous version's records, read by this one.


def test_the_articles_of_0_1_0_are_read_and_passed_on():
    for number, each in enumerate(FORMAT_1["prepared"]):
        record = MemoryRecord(PREPARED, 0, number, each["timestamp_ms"], bytes.fromhex(each["key"]), each["value"].encode())
        output, _ = steps()[1].decide(record, None).outputs
        assert output.topic == ENRICHED
        article, stored = article_from_json(record.value), orjson.loads(record.value)
        assert (article.headline, article.body, len(article.cuts)) == (stored["headline"], stored["body"], len(stored["cuts"]))
        assert article.instructions == Instructions()


def test_a_headline_that_0_1_0_remembered_has_its_owner():
    for number, each in enumerate(FORMAT_1["prepared"]):
        owner = bytes.fromhex(each["remembered"])
        [sighting] = unpack_owners(owner)
        assert (sighting.offset, sighting.timestamp_ms) == (number, each["timestamp_ms"])
        again = MemoryRecord(PREPARED, 0, 9, each["timestamp_ms"], bytes.fromhex(each["key"]), each["value"].encode())
        [output] = steps()[1].decide(again, owner).outputs
        assert output.topic == DUPLICATES


def test_the_progress_of_0_1_0_is_read():
    assert Progress.unpack(FORMAT_1["progress"].encode()) == PROGRESS
    assert Progress.unpack(FORMAT_1["progress_let_go"].encode()) == Progress(12, None)


# This version's records, read by the previous one: it must stop, never misread.


def test_0_1_0_stops_at_this_versions_progress_before_it_decides_on_anything():
    for progress in (PROGRESS, Progress(12, None), Progress(0, "x")):
        with pytest.raises(ValueError, match="invalid literal for int"):
            rules_0_1_0.unpack_progress(progress.pack())


def test_0_1_0_stops_at_this_versions_articles_whose_embargo_it_would_drop():
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        rules_0_1_0.article_from_json(prepared(WIRE).value)


# The next version's records, read by this one.


def test_fields_that_a_newer_version_added_are_dropped_everywhere():
    record = prepared(WIRE)
    article = article_from_json(record.value)
    newer = orjson.loads(record.value)
    newer["mood"] = "glad"
    newer["instructions"]["colour"] = "red"
    newer["image"] = {"url": "https://e.org/1.jpg", "width": 640}
    newer["repairs"] = [{"kind": "encoding", "reason": "mojibake", "confidence": 3}]
    newer["cuts"] = [{"kind": "headline", "reason": "it", "offset": 0, "length": 2, "excerpt": "it", "page": 1}]
    read = article_from_json(orjson.dumps(newer))
    assert read.instructions == article.instructions
    assert read.instructions.embargoed_until
    assert read.image == Image(url="https://e.org/1.jpg")
    assert read.repairs == (Repair("encoding", "mojibake"),)
    assert read.cuts == (Cut(CutKind.HEADLINE, "it", 0, 2, "it"),)
    output, _ = steps()[1].decide(with_value(record, newer), None).outputs
    assert output.topic == ENRICHED


def test_a_newer_versions_kind_of_cut_is_read_as_other_text_around_the_article():
    newer = orjson.loads(prepared(WIRE).value)
    newer["cuts"] = [{"kind": "crossword", "reason": "a puzzle", "offset": 0, "length": 2, "excerpt": "it"}]
    assert article_from_json(orjson.dumps(newer)).cuts == (Cut(CutKind.SURROUNDINGS, "a puzzle", 0, 2, "it"),)


def test_fields_that_are_missing_have_defaults():
    least = {
        name: value
        for name, value in orjson.loads(prepared(WIRE).value).items()
        if name in ("id", "fingerprint", "headline", "body")
    }
    article = article_from_json(orjson.dumps(least))
    assert article == Article(id=article.id, fingerprint=article.fingerprint, headline=article.headline, body=article.body)
    assert Progress.unpack(b'{"format":2,"next_offset":5}') == Progress(5, None)
    assert Progress.unpack(b'{"format":2,"next_offset":5,"owner":"me","mood":1}') == Progress(5, "me")


@pytest.mark.parametrize("skip", [False, True])
def test_a_newer_format_stops_the_worker_even_if_foreign_records_are_skipped(skip):
    check = steps()[1].changelog.check
    changes = [
        (b"k" * 16, bytes((0x80 | FORMAT + 1,)) + b"whatever it remembers"),
        (PROGRESS_KEY, orjson.dumps({"format": FORMAT + 1, "next_offset": 4})),
    ]
    for key, value in changes:
        record = MemoryRecord("a-headlines-changelog", 3, 17, 0, key, value)
        with pytest.raises(NewerFormatError, match=r"^a-headlines-changelog/3/17 .* format 3; this one reads formats up to 2"):
            Foreign(check, skip=skip).lets_through(record)


def test_an_article_of_a_newer_format_is_not_read():
    record = prepared(WIRE)
    ahead = with_value(record, orjson.loads(record.value) | {"format": FORMAT + 1})
    with pytest.raises(NewerFormatError):
        steps()[1].decide(ahead, None)


@pytest.mark.parametrize("found", ["2", 0, -1, True, None, 2.0], ids=repr)
def test_what_is_not_a_format_is_foreign(found):
    value = orjson.loads(prepared(WIRE).value) | {"format": found}
    with pytest.raises(ValueError, match="is not a format") as raised:
        article_from_json(orjson.dumps(value))
    assert not isinstance(raised.value, NewerFormatError)


@pytest.mark.parametrize("value", [b"[]", b"{}x", b'{"next_offset":"5"}', b'{"next_offset":true}', b'{"owner":5}', b"x y"])
def test_what_is_not_progress_is_foreign(value):
    with pytest.raises(ValueError):
        Progress.unpack(value)


def test_a_signature_is_read_with_fields_added_or_missing_and_refused_in_a_newer_format():
    value = signed(WIRE)
    stored, read = orjson.loads(value), signature_from_json(value)
    assert stored["format"] == FORMAT
    assert signature_from_json(orjson.dumps(stored | {"mood": "glad"})) == read
    least = signature_from_json(orjson.dumps({name: stored[name] for name in ("id", "time", "language")}))
    assert (least.article_id, least.words, least.canceled) == (read.article_id, {}, False)
    with pytest.raises(NewerFormatError):
        signature_from_json(orjson.dumps(stored | {"format": FORMAT + 1}))


# Every value says its format, and whoever adds a field decides what dropping it would do.


def test_everything_that_is_written_for_other_workers_says_its_format():
    assert orjson.loads(prepared(WIRE).value)["format"] == FORMAT
    assert orjson.loads(PROGRESS.pack())["format"] == FORMAT
    assert read_stamp(remembered(WIRE))[0] == FORMAT
    assert f"format {FORMAT}" in GROUP_NOTE
    assert read_stamp(stamp(b"x")) == (FORMAT, b"x")


def test_every_step_that_remembers_refuses_what_a_newer_version_remembered():
    for step in pipeline_steps(Settings()):
        if step.changelog.remembers:
            with pytest.raises(NewerFormatError):
                step.changelog.check(bytes((0x80 | FORMAT + 1,)))


# Format 2 as it was released, and what came later without harm to a worker that drops it. A field whose loss does harm
# (whoever may not publish the article would) raises `streams.formats.FORMAT` instead.
FORMAT_2 = {
    Article: "id fingerprint headline body url source_id outlet byline published modified summary image language section"
    " dateline agencies keywords instructions cuts repairs",
    Instructions: "uri pub_status version version_created embargoed_until expires urgency ed_note usage_terms"
    " copyright_holder copyright_notice fingerprint",
    Image: "url caption credit",
    Cut: "kind reason offset length excerpt",
    Repair: "kind reason offset length excerpt",
}
HARMLESS_SINCE: dict[type, str] = {Article: "article_confidence"}


@pytest.mark.parametrize("shape", FORMAT_2, ids=lambda shape: shape.__name__)
def test_whoever_adds_a_field_to_news_prepared_says_whether_losing_it_does_harm(shape):
    assert {each.name for each in fields(shape)} == {*FORMAT_2[shape].split(), *HARMLESS_SINCE.get(shape, "").split()}
    assert Progress._fields == ("next_offset", "owner", "marks")
    # Without these a worker takes up source and changelog as it finds them, and forgets nothing until five records have come.
    assert Marks._fields == ("cluster", "topic_id", "partitions", "latest_ms", "changelog")


# The group's word beside the changelog's.

SOURCE = TopicPartition(RAW, 3)


@pytest.mark.parametrize(
    ("own", "told", "expected"),
    [
        pytest.param(None, None, None, id="nobody has said anything: from the beginning"),
        pytest.param(None, GroupOffset(7, ""), 7, id="the changelog says nothing: as the group says"),
        pytest.param(7, None, 7, id="the group says nothing"),
        pytest.param(7, GroupOffset(5, ""), 7, id="the group is behind"),
        pytest.param(7, GroupOffset(7, ""), 7, id="0.1.0 has told the group the same"),
        pytest.param(7, GroupOffset(9, GROUP_NOTE), 7, id="Kafka lost a transaction of ours after it had confirmed it"),
        pytest.param(7, GroupOffset(9, "headwater format 1"), 7, id="or one of an older format"),
    ],
)
def test_the_changelog_counts_if_the_groups_offset_can_be_explained(own, told, expected):
    assert reached(SOURCE, "headwater", own, told) == expected


@pytest.mark.parametrize("note", ["", "reset by hand", "headwater format x"], ids=repr)
def test_a_group_that_somebody_else_moved_ahead_stops_the_worker(note):
    with pytest.raises(GroupAheadError, match=r"news\.raw/3: the group headwater is at offset 9, and the changelog at 7"):
        reached(SOURCE, "headwater", 7, GroupOffset(9, note))


@pytest.mark.parametrize("own", [None, 7, 20])
def test_a_group_that_a_newer_version_told_stops_the_worker(own):
    with pytest.raises(NewerFormatError, match=r"the group's offset of news\.raw/3 .* format 3"):
        reached(SOURCE, "headwater", own, GroupOffset(9, "headwater format 3"))


@pytest.mark.parametrize(
    ("error", "has_traceback"),
    [(NewerFormatError(3, "news.prepared/0/5"), False), (GroupAheadError("ahead"), False), (KeyError("x"), True)],
)
def test_a_worker_stopped_by_something_an_operator_can_fix_ends_with_one_clear_line(error, has_traceback, caplog, monkeypatch):
    monkeypatch.setattr(os, "_exit", lambda _: None)
    monkeypatch.setattr(logging, "shutdown", lambda: None)
    failures.stop_worker("deduplicate news.prepared/0", error)
    [line] = caplog.records
    assert line.getMessage().startswith("worker stops, nothing more is committed: deduplicate news.prepared/0: ")
    assert str(error) in line.getMessage()
    assert (line.exc_info is not None) == has_traceback
