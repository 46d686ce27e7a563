"""Whatever comes in, no output is larger than its topic takes, and its headers are printable."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents import pipeline_steps
from streams.bounds import (
    MOST_OUTPUT_BYTES,
    OversizedOutputError,
    bounded,
    header_text,
    is_tracestate,
    record_bytes,
    trace_headers,
)
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.steps import Headers, Output
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED

TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
GOOD = orjson.dumps({"title": "Ferry service resumes after storm", "text": "Boats left the harbour at noon on Monday."})
LARGEST_BYTES = 4 << 20


def outputs_of(value: bytes | None, headers: Headers = (), key: bytes | None = None) -> list[Output]:
    """All outputs for a record and its repeat, news.prepared included."""
    pipeline = MemoryPipeline(pipeline_steps(Settings(max_article_bytes=LARGEST_BYTES)))
    return [output for _ in range(2) for output in pipeline.publish(RAW, key, value, headers, 1_790_000_000_000)]


def check_outputs(outputs: list[Output]) -> None:
    for output in outputs:
        assert record_bytes(output.key, output.value, output.headers) <= MOST_OUTPUT_BYTES
        for name, value in output.headers:
            if name.startswith(("ce_", "__streams.errors.")):
                assert value.decode().isprintable(), name
    assert len([output for output in outputs if output.topic in OUTCOMES]) == 2


@pytest.mark.parametrize(
    ("value", "headers", "key", "topics"),
    [
        pytest.param(
            GOOD, (("traceparent", TRACE.ljust(500, b"x")),) * 75_000, None, [ENRICHED, DUPLICATES], id="75,000 traces"
        ),
        pytest.param(GOOD, (("traceparent", TRACE),) * 75_000, None, [ENRICHED, DUPLICATES], id="75,000 valid traces"),
        pytest.param(GOOD, (("\u6f22" * 12_500_000, b""),), None, [ENRICHED, DUPLICATES], id="a name of 37 MB, on an article"),
        pytest.param(b"{", (("\u6f22" * 12_500_000, b""),), None, [REJECTED] * 2, id="a name of 37 MB, on what is not one"),
        pytest.param(b"{", (("", b""),) * 2_000_000, None, [REJECTED] * 2, id="two million empty headers"),
        pytest.param(b"{", (), b"k" * 40_000_000, [REJECTED] * 2, id="a key of 40 MB"),
        pytest.param(
            b'{"title":"T","text":"' + b"\\u0001" * 690_000 + b'"}', (), None, None, id="a text of control characters"
        ),
        pytest.param(b"News of the harbour\n\n" + b"#a" * 2_000_000, (), None, None, id="hashtags"),
        pytest.param(
            b"News of the harbour\n\n" + b" ".join(b"#a%d" % n for n in range(300_000)), (), None, None, id="distinct hashtags"
        ),
        pytest.param(b"News of the harbour\n\n" + b"Share\n" * 600_000, (), None, None, id="a ledger of many cuts"),
        pytest.param(
            b"News of the harbour\n\n" + b"\xb1\xb2\xb3\xc4 " * 800_000,
            (("content-type", b"text/plain; charset=shift_jis"),),
            None,
            None,
            id="bytes that become three each",
        ),
    ],
)
def test_hostile_records_give_outputs_that_fit(value, headers, key, topics):
    outputs = outputs_of(value, headers, key)
    check_outputs(outputs)
    if topics:
        assert [output.topic for output in outputs if output.topic in OUTCOMES] == topics


@settings(max_examples=100, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["title", "text", "url", "language", "publisher", "keywords", "author", "published", "id", "section"]),
        st.text(max_size=40) | st.lists(st.text(max_size=10), max_size=80),
    ),
    times=st.integers(1, 2_000),
    headers=st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.none() | st.binary(max_size=50)),
        max_size=5,
    ),
    copies=st.integers(1, 500),
)
def test_any_record_gives_outputs_that_fit_with_printable_headers(fields, times, headers, copies):
    grown = {name: value * times if isinstance(value, str) else value for name, value in fields.items()}
    check_outputs(outputs_of(orjson.dumps(grown), tuple(headers) * copies))


def test_a_cut_record_says_so_and_names_the_place_of_the_whole():
    rejected = outputs_of(b"{" * 40_000_000)[0]
    headers = dict(rejected.headers)
    assert headers["__streams.errors.exception"] == b"too-large"
    assert b"the whole is news.raw/0/0" in headers["__streams.errors.message"]


def test_an_article_that_grows_beyond_its_topic_is_rejected_as_too_large(monkeypatch):
    monkeypatch.setattr("streams.articles.MOST_ARTICLE_BYTES", 100)
    rejected = outputs_of(GOOD)[0]
    assert (rejected.topic, rejected.value) == (REJECTED, GOOD)
    assert dict(rejected.headers)["__streams.errors.exception"] == b"too-large"


def test_a_producer_cannot_write_what_only_a_rejection_says():
    forged = (("__streams.errors.original-bytes", b"9"), ("__streams.errors.stage", b"x"), ("x-own", b"1"))
    rejected = outputs_of(b"{", forged)[0]
    assert "__streams.errors.original-bytes" not in dict(rejected.headers)
    assert [value for name, value in rejected.headers if name == "__streams.errors.stage"] == [b"prepare"]
    assert dict(rejected.headers)["x-own"] == b"1"


def test_an_output_that_is_too_large_is_a_bug():
    with pytest.raises(OversizedOutputError):
        bounded(Output(ENRICHED, None, b"x" * (MOST_OUTPUT_BYTES + 1), (), 0))


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        pytest.param(TRACE, True, id="as W3C writes it"),
        pytest.param(TRACE.upper(), False, id="upper case"),
        pytest.param(TRACE + b"-x", False, id="version 00 with more"),
        pytest.param(b"01" + TRACE[2:] + b"-x", True, id="a later version with more"),
        pytest.param(b"ff" + TRACE[2:], False, id="version ff"),
        pytest.param(b"00-" + b"0" * 32 + TRACE[35:], False, id="a trace of zeros"),
        pytest.param(TRACE[:36] + b"0" * 16 + b"-01", False, id="a parent of zeros"),
        pytest.param(TRACE + b"\n", False, id="a line feed"),
        pytest.param(b"", False, id="empty"),
        pytest.param(None, False, id="no value"),
    ],
)
def test_a_traceparent_is_passed_on_when_it_is_valid(value, passes):
    record = MemoryRecord(RAW, 0, 0, 0, None, None, (("traceparent", value), ("tracestate", b"a=1")))
    assert [name for name, _ in trace_headers(record)] == (["traceparent", "tracestate"] if passes else [])


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        (b"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", True),
        (b"a@b=1 , c/d=x", True),
        (b"a=1\r\nb: 2", False),
        (b"A=1", False),
        (b"a", False),
        (b",".join([b"a=1"] * 33), False),
    ],
)
def test_a_tracestate_is_judged_member_by_member(value, valid):
    assert is_tracestate(value) is valid


@given(st.text(), st.integers(1, 20))
def test_a_header_is_printable_and_bounded_and_the_same_when_made_twice(text, most_bytes):
    made = header_text(text, most_bytes)
    assert len(made) <= most_bytes
    assert made.decode().isprintable()
    assert header_text(made.decode(), most_bytes) == made
