"""A trace continues from step to step, with ids that every replay of the log repeats."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import pipeline_steps
from streams.bounds import is_traceparent
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW, REJECTED, SIGNATURES, STORIES
from streams.traces import Trace, continued, span_id, trace_of

TRACE_ID, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{PARENT}-01"
ARTICLE = b'{"title": "Harbour bridge opens", "text": "The mayor cut the ribbon.", "url": "https://a.example/1"}'


def record(*headers, topic=RAW, partition=0, offset=0):
    return MemoryRecord(topic, partition, offset, 0, None, None, headers)


TOPICS = (PREPARED, ENRICHED, SIGNATURES, STORIES, DUPLICATES, REJECTED)


def traces(*raws):
    """The trace of each output, by topic."""
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    return [
        (output.topic, trace_of(MemoryRecord("any", 0, 0, 0, None, None, output.headers)))
        for value, headers in raws
        for output in pipeline.publish(RAW, b"k", value, headers, 1_790_000_000_000)
        if output.topic in TOPICS
    ]


def test_each_topic_has_the_trace_and_the_step_before_it_for_a_parent():
    traced = (("traceparent", TRACEPARENT.encode()), ("tracestate", b"vendor=x"))
    found = traces((ARTICLE, traced), (ARTICLE, traced))
    assert found == [
        (topic, Trace(TRACE_ID, span_id(record(topic=source, offset=offset)), 1))
        for topic, source, offset in (
            (PREPARED, RAW, 0),
            (ENRICHED, PREPARED, 0),
            (SIGNATURES, PREPARED, 0),
            (STORIES, SIGNATURES, 0),
            (PREPARED, RAW, 1),
            (DUPLICATES, PREPARED, 1),
        )
    ]
    assert found == traces((ARTICLE, traced), (ARTICLE, traced)), "decided anew"


def test_a_record_without_a_trace_gets_none():
    assert {trace for _, trace in traces((ARTICLE, ()))} == {None}
    assert {trace for _, trace in traces((ARTICLE, (("traceparent", b"00-1"),)))} == {None}


def test_a_rejected_record_keeps_the_producers_own_headers():
    assert traces((b"{", (("traceparent", TRACEPARENT.encode()),))) == [(REJECTED, Trace(TRACE_ID, PARENT, 1))]


@pytest.mark.parametrize(
    ("written", "flags"),
    [
        pytest.param(f"00-{TRACE_ID}-{PARENT}-00", 0, id="not sampled"),
        pytest.param(f"00-{TRACE_ID}-{PARENT}-03", 3, id="sampled, and a random id"),
        pytest.param(f"00-{TRACE_ID}-{PARENT}-ff", 3, id="flags that nobody knows"),
        pytest.param(f"01-{TRACE_ID}-{PARENT}-03-more", 1, id="a later version"),
    ],
)
def test_the_flags_that_we_know_go_on(written, flags):
    [(_, value), *_] = continued(record(("traceparent", written.encode())))
    assert value.decode() == f"00-{TRACE_ID}-{span_id(record())}-{flags:02x}"


def test_the_state_goes_along_unchanged_and_not_by_itself():
    state = ("tracestate", b"vendor=x,other=y")
    assert continued(record(("traceparent", TRACEPARENT.encode()), state))[1] == state
    assert continued(record(state)) == ()


@given(st.text("news.raw-", min_size=1), st.integers(0, 1 << 31), st.integers(0, 1 << 62))
def test_every_id_is_valid_and_its_places_alone(topic, partition, offset):
    here = record(("traceparent", TRACEPARENT.encode()), topic=topic, partition=partition, offset=offset)
    [(_, value)] = continued(here)
    assert is_traceparent(value)
    assert span_id(here) != span_id(record(topic=topic, partition=partition, offset=offset + 1))


def test_the_document_says_nothing_of_it():
    """Traces are the transport's: the same article has the same document, traced or not."""
    documents = []
    for headers in ((), (("traceparent", TRACEPARENT.encode()),)):
        pipeline = MemoryPipeline(pipeline_steps(Settings()))
        documents.append([json.loads(each.value) for each in pipeline.publish(RAW, b"k", ARTICLE, headers, 1)])
    assert documents[0] == documents[1]
