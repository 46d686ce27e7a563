"""The whole topology without a broker: articles in, outcomes out, one equality each."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import pipeline_steps
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.steps import Output
from streams.text.duplicates import DuplicateKind
from streams.text.language.detect import CREATOR
from streams.text.language.opinions import LANGDETECT_CREATOR, LanguageCheck, LanguageDetector
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, PREPARED, RAW, REJECTED

HOUR_MS = 3_600_000
NOON_MS = 1_790_000_000_000
TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Topology:
    """Publishes flat JSON articles and keeps every outcome."""

    def __init__(self, **overrides):
        self._pipeline = MemoryPipeline(pipeline_steps(Settings(**overrides)))

    def publish(self, value, *, at_ms=NOON_MS, key=None, headers=()) -> list[Output]:
        value = orjson.dumps(value) if isinstance(value, dict) else value
        outputs = list(self._pipeline.publish(RAW, key, value, headers, at_ms))
        return [output for output in outputs if output.topic in OUTCOMES]

    def topics(self, *articles, **record) -> list[str]:
        return [output.topic for article in articles for output in self.publish(article, **record)]


def article(title="Ferry service resumes after storm", text="Boats left the harbour at noon on Monday.", **fields):
    return {"title": title, "text": text, **fields}


def headers_of(output: Output) -> dict[str, str]:
    return {name: value.decode() for name, value in output.headers}


def test_the_first_article_of_a_headline_is_enriched_and_its_repeats_are_recorded():
    assert Topology().topics(article(), article(), article(title="Another headline of the day")) == [
        ENRICHED,
        DUPLICATES,
        ENRICHED,
    ]


def test_headlines_that_differ_only_in_decoration_are_the_same():
    dressed = article("UPDATE 1-FERRY service “resumes” after storm - Harbour Times", publisher="Harbour Times")
    assert Topology().topics(article(), dressed) == [ENRICHED, DUPLICATES]


def test_after_the_window_a_headline_is_new_again():
    topology = Topology(window_s=3600)
    times = [0, HOUR_MS, HOUR_MS + 1, HOUR_MS + 2]
    assert [topology.publish(article(), at_ms=NOON_MS + at)[0].topic for at in times] == [
        ENRICHED,
        DUPLICATES,
        ENRICHED,
        DUPLICATES,
    ]


def test_a_kind_of_duplicate_that_is_not_suppressed_is_enriched():
    topology = Topology(suppress=frozenset({DuplicateKind.SAME_ARTICLE}))
    other = article(text="A quite different story stands under the same headline at another paper this morning.")
    assert topology.topics(article(), article(), other) == [ENRICHED, DUPLICATES, ENRICHED]


def test_a_duplicate_names_its_owner_its_kind_itself_its_outlet_and_its_time():
    topology = Topology()
    [first] = topology.publish(article(url="https://a.example/story?utm_source=x"))
    [again] = topology.publish(article(url="https://b.example/other", id="b-7"), at_ms=NOON_MS + HOUR_MS)
    document = orjson.loads(again.value)
    assert again.key == document["id"].encode()
    assert document["owner"] == {"id": first.key.decode(), "time": "2026-09-21T14:13:20.000Z"}
    assert document["time"] == "2026-09-21T15:13:20.000Z"
    assert (document["kind"], document["outlet"], document["sourceId"]) == ("same-article", "b.example", "b-7")
    assert document["url"] == "https://b.example/other"


def test_an_articles_id_is_its_canonical_urls_wherever_it_comes_from():
    one = Topology().publish(article(url="https://a.example/story?utm_source=feed"))[0]
    same = Topology().publish(article("Changed headline later in the day", url="https://a.example/story"))[0]
    assert one.key == same.key


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param({}, {"ce_language": "en", "ce_languagecreator": CREATOR}, id="by default"),
        pytest.param(
            {"language_check": LanguageCheck.LANGDETECT},
            {"ce_language": "en", "ce_languagecreator": CREATOR, "ce_languagecheck": "en"},
            id="with a second opinion",
        ),
        pytest.param(
            {"language_detector": LanguageDetector.LANGDETECT},
            {"ce_language": "en", "ce_languagecreator": LANGDETECT_CREATOR},
            id="by langdetect",
        ),
    ],
)
def test_an_event_says_who_named_its_language(chosen, expected):
    (output,) = Topology(**chosen).publish(article())
    found = headers_of(output)
    names = {"ce_language", "ce_languagecreator", "ce_languagecheck"}
    assert {name: found[name] for name in names & found.keys()} == expected
    assert orjson.loads(output.value)["language"] == "en"


def test_outputs_keep_the_raw_records_time_and_name_its_place():
    topology = Topology()
    topology.publish(b"")
    [enriched] = topology.publish(article())
    assert enriched.timestamp_ms == NOON_MS
    assert headers_of(enriched)["ce_origin"] == "news.raw/0/1"
    assert headers_of(enriched)["ce_time"] == orjson.loads(enriched.value)["versionCreated"]


def test_a_trace_goes_with_the_article_all_the_way():
    [enriched] = Topology().publish(article(), headers=(("traceparent", TRACE), ("x-own", b"1")))
    assert headers_of(enriched)["traceparent"].split("-")[1] == TRACE.decode().split("-")[1], (
        "tests/test_traces.py has the rest"
    )
    assert "x-own" not in headers_of(enriched)


def test_a_rejected_record_keeps_its_bytes_key_and_headers():
    [rejected] = Topology().publish(b'{"title":', key=b"k", headers=(("x-own", b"1"), ("content-type", b"application/json")))
    assert (rejected.topic, rejected.key, rejected.value) == (REJECTED, b"k", b'{"title":')
    headers = headers_of(rejected)
    assert headers["x-own"] == "1"
    assert headers["__streams.errors.exception"] == "not-json"
    assert headers["__streams.errors.stage"] == "prepare"
    assert (headers["__streams.errors.topic"], headers["__streams.errors.offset"]) == (RAW, "0")


def test_a_record_without_key_and_value_can_still_be_sent():
    """Kafka's clients refuse a record that has neither."""
    [rejected] = Topology().publish(None)
    assert (rejected.key, rejected.value) == (None, b"")
    assert headers_of(rejected)["__streams.errors.exception"] == "tombstone"


def test_a_record_too_large_to_be_sent_on_keeps_its_beginning_and_its_place():
    """Compression brings 40 MB into a topic that takes 12; its client would never send them again."""
    [rejected] = Topology().publish(b"x" * 40_000_000, key=b"k", headers=(("x-own", b"1" * 100),))
    headers = headers_of(rejected)
    assert headers["__streams.errors.exception"] == "too-large"
    assert int(headers["__streams.errors.original-bytes"]) > 40_000_000
    assert headers["ce_origin"] == "news.raw/0/0"
    assert rejected.value == b"x" * (1 << 20)


def test_two_runs_over_the_same_records_give_the_same_bytes():
    def run():
        topology = Topology()
        return [
            output
            for number in range(20)
            for output in topology.publish(article(f"Council {number % 7} votes on its budget plan", id=str(number)))
        ]

    assert run() == run()


def test_internal_records_are_keyed_by_the_headlines_fingerprint():
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    prepared, enriched, *_ = pipeline.publish(RAW, None, orjson.dumps(article()))
    assert (prepared.topic, enriched.topic) == (PREPARED, ENRICHED)
    roles = {each["role"]: each["value"] for each in orjson.loads(enriched.value)["altIds"]}
    assert roles["headline-fingerprint"] == prepared.key.hex()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["title", "text", "url", "published", "keywords", "publisher", "language", "id", "author"])


@settings(max_examples=200)
@given(
    value=st.none()
    | st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.dictionaries(fields, json_values, max_size=5).map(lambda value: repr(value).encode())
    | st.dictionaries(fields, st.text(max_size=50), max_size=5).map(orjson.dumps),
    key=st.none() | st.binary(max_size=8),
    content_type=st.sampled_from([None, b"application/json", b"text/plain", b"text/html", b"\xff"]),
    at_ms=st.integers(-1, 2**62),
)
def test_every_record_whatever_its_bytes_ends_in_exactly_one_outcome(value, key, content_type, at_ms):
    headers = (("content-type", content_type),) if content_type else ()
    [outcome] = Topology().publish(value, at_ms=at_ms, key=key, headers=headers)
    assert outcome.topic in OUTCOMES
    assert outcome.key is not None or outcome.value is not None


@pytest.mark.parametrize("title", ["Ünï 日本 😀 عربي", "x" * 5_000, "<b>Bold</b> headline", 'Quote " and \\ slash'])
def test_any_headline_makes_a_readable_document(title):
    [outcome] = Topology().publish(article(title))
    assert outcome.topic == ENRICHED
    assert orjson.loads(outcome.value)["headlines"][0]["value"]


def test_with_a_source_header_nobody_can_replace_anothers_article():
    topology = Topology(source_header="x-source")
    url = "https://a.example/story"
    [own] = topology.publish(article(url=url), headers=(("x-source", b"a"),))
    [same] = topology.publish(article("A corrected headline", url=url), headers=(("x-source", b"a"),))
    [others] = topology.publish(article("A false headline", url=url), headers=(("x-source", b"b"),))
    [nobodys] = topology.publish(article("Nobody knows whose this is", url=url))
    assert own.key == same.key
    assert len({own.key, others.key, nobodys.key}) == 3


def test_without_a_source_header_no_header_changes_the_id():
    url = "https://a.example/story"
    assert (
        Topology().publish(article(url=url))[0].key
        == Topology().publish(article(url=url), headers=(("x-source", b"a"),))[0].key
    )
