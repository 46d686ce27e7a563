"""The safety net: a bug triggered by one article becomes a rejection; a fault of our machine does not."""

from __future__ import annotations

import orjson
import pytest

import agents.deduplicate
import agents.prepare
import streams.records.pages.reading
from agents import pipeline_steps
from agents.deduplicate import deduplicate_step
from streams.faults import Fault, caught
from streams.kafka.failures import RunOfFaults, TooManyFaultsError
from streams.kafka.progress import PROGRESS_KEY
from streams.kafka.tables import Foreign
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.steps import ForeignRecordError
from streams.topics import ENRICHED, OUTCOMES, PREPARED, RAW, REJECTED

STORY = orjson.dumps({"title": "Ferry service resumes after storm", "text": "Boats left the harbour at noon on Monday."})


def fails(error):
    def fail(*_, **__):
        raise error

    return fail


def outcome(pipeline, value=STORY, headers=()):
    return next(output for output in pipeline.publish(RAW, b"k", value, headers) if output.topic in OUTCOMES)


POISON = {
    "a name": {"@type": "NewsArticle", "name": 123, "articleBody": "hello world this is it"},
    "a headline in fields": {"fields": {"headline": 5}, "title": "x"},
    "a body in fields": {"fields": {"body": 5}, "title": "x y z"},
    "a list in fields": {"fields": {"bodyText": [7]}, "webTitle": "x"},
}


@pytest.mark.parametrize("record", POISON.values(), ids=POISON)
def test_a_headline_or_text_of_a_wrong_type_is_reported_wherever_it_is(record):
    rejected = outcome(MemoryPipeline(pipeline_steps(Settings())), orjson.dumps(record))
    assert dict(rejected.headers)["__streams.errors.exception"] == b"wrong-type"


@pytest.mark.parametrize(
    ("module", "name", "stage"),
    [
        (agents.prepare, "read_article", "prepare"),
        (agents.prepare, "encode_article", "prepare"),
        (agents.deduplicate, "print_body", "deduplicate"),
        (agents.deduplicate, "tag_article", "deduplicate"),
        (agents.deduplicate, "ninjs_document", "deduplicate"),
    ],
)
def test_a_bug_over_one_article_is_a_rejection_that_names_type_and_line_and_makes_no_owner(monkeypatch, module, name, stage):
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    with monkeypatch.context() as patch:
        patch.setattr(module, name, fails(StopIteration(object())))
        rejected = outcome(pipeline, headers=(("headwater-replay-of", b"0/7"),))
    headers = {key: value.decode() for key, value in rejected.headers}
    assert rejected.topic == REJECTED
    assert headers["__streams.errors.exception"] == "internal-error"
    assert headers["__streams.errors.stage"] == stage
    assert headers["ce_origin"] == "news.raw/0/0"
    assert headers["headwater-replay-of"] == "0/7"
    assert headers["__streams.errors.message"].startswith(f"StopIteration at agents/{stage}.py:")
    assert "0x" not in headers["__streams.errors.message"]
    assert outcome(pipeline).topic == ENRICHED


@pytest.mark.parametrize("name", ["read_facts", "signs_of", "without_asides"])
def test_a_bug_over_a_page_is_not_taken_for_a_broken_page(monkeypatch, name):
    prose = "".join(
        f"<p>Boats left the harbour at noon on day {number}, said the mayor of the town.</p>" for number in range(9)
    )
    page = f"<html><head><title>Ferry service resumes</title></head><body><h1>Ferry service resumes</h1>{prose}".encode()
    monkeypatch.setattr(streams.records.pages.reading, name, fails(ValueError()))
    rejected = outcome(MemoryPipeline(pipeline_steps(Settings())), page)
    headers = {key: value.decode() for key, value in rejected.headers}
    assert headers["__streams.errors.exception"] == "internal-error"
    assert headers["__streams.errors.message"].startswith("ValueError at streams/records/pages/reading.py:")


@pytest.mark.parametrize("error", [ImportError, MemoryError, OSError, KeyboardInterrupt])
def test_errors_for_which_no_record_is_to_blame_pass_the_net(error):
    with pytest.raises(error):
        caught(fails(error))


def test_an_error_caused_by_our_machine_passes_the_net():
    error = ValueError()
    error.__cause__ = OSError()
    with pytest.raises(ValueError):
        caught(fails(error))


def test_whether_a_recursion_is_too_deep_does_not_depend_on_the_caller():
    def down(levels):
        return levels and down(levels - 1)

    def ask_from(depth, levels):
        return ask_from(depth - 1, levels) if depth else caught(lambda: down(levels))

    for levels in (100, 900, 5_000):
        assert isinstance(ask_from(0, levels), Fault) is isinstance(ask_from(200, levels), Fault) is (levels == 5_000)


FOREIGN = {
    "no value": (b"f" * 16, None),
    "no JSON": (b"f" * 16, b"hello"),
    "a list": (b"f" * 16, b"[]"),
    "another shape": (b"f" * 16, b'{"title":"x"}'),
    "no key": (None, None),
}


@pytest.mark.parametrize(("key", "value"), FOREIGN.values(), ids=FOREIGN)
def test_a_record_of_news_prepared_that_prepare_did_not_write_is_reported(key, value):
    deduplicate = deduplicate_step(Settings())
    with pytest.raises(ForeignRecordError):
        deduplicate.decide(MemoryRecord(PREPARED, 0, 0, 0, key, value), None)


def test_an_article_under_another_key_or_with_a_number_for_a_body_is_foreign():
    steps = pipeline_steps(Settings())
    [prepared] = steps[0].decide(MemoryRecord(RAW, 0, 0, 0, None, STORY), None).outputs
    wrong = orjson.dumps(orjson.loads(prepared.value) | {"body": 5})
    for key, value in ((None, prepared.value), (b"f" * 16, prepared.value), (prepared.key, wrong)):
        with pytest.raises(ForeignRecordError):
            steps[1].decide(MemoryRecord(PREPARED, 0, 0, 0, key, value), None)


@pytest.mark.parametrize(("key", "value"), [(PROGRESS_KEY, None), (None, b"v"), (PROGRESS_KEY, b"x y"), (b"k", b"short")])
def test_a_foreign_change_is_named_with_its_place_and_skipped_only_if_that_is_set(key, value):
    record, check = MemoryRecord("a-headlines-changelog", 3, 17, 0, key, value), pipeline_steps(Settings())[1].changelog.check
    with pytest.raises(ForeignRecordError, match="a-headlines-changelog/3/17"):
        Foreign(check).lets_through(record)
    assert not Foreign(check, skip=True).lets_through(record)


def test_a_run_of_a_hundred_records_of_which_most_have_a_fault_stops():
    fault, run = Fault("KeyError", "streams/x.py:1"), RunOfFaults()
    for _ in range(50):
        run.add([fault, None, None, None])
    run.add([fault] * 25 + [None] * 75)
    with pytest.raises(TooManyFaultsError, match="KeyError at streams"):
        run.add([fault] * 100)
