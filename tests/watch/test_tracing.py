"""A worker's spans: only for sampled traces, with the ids that the records' headers name, and linked to their transaction."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from agents import pipeline_steps
from streams.kafka.observer import Observers, Times, Unobserved, Wiped
from streams.kafka.progress import SourceChange
from streams.memory import MemoryRecord
from streams.settings import Settings
from streams.topics import RAW
from streams.traces import span_id, trace_of
from streams.watch.spans import Spans
from streams.watch.tracing import is_installed, is_wanted, traced

PREPARE = pipeline_steps(Settings())[0]
TRACE_ID, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ARTICLE = b'{"title": "Harbour bridge opens", "text": "The mayor cut the ribbon."}'


def raw(offset, trace_id=TRACE_ID, flags="01"):
    headers = (("traceparent", f"00-{trace_id}-{PARENT}-{flags}".encode()),) if trace_id else ()
    return MemoryRecord(RAW, 0, offset, 1_790_000_000_000, b"k", ARTICLE, headers)


def spans_of(*records):
    """The spans of one transaction, the transaction's last."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    outputs = [output for record in records for output in PREPARE.decide(record, None).outputs]
    Spans(provider, "headwater").committed(PREPARE, records, outputs, Times(0.25, 0.2, 0.5))
    return exporter.get_finished_spans(), outputs


def test_a_records_span_has_the_id_that_its_output_names_and_the_producers_for_its_parent():
    (span, _), [output] = spans_of(raw(7))
    assert f"{span.context.span_id:016x}" == trace_of(MemoryRecord("any", 0, 0, 0, None, None, output.headers)).span_id
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert f"{span.parent.span_id:016x}" == PARENT
    assert (span.name, span.kind) == ("prepare news.raw", SpanKind.CONSUMER)
    assert span.attributes["messaging.kafka.offset"] == 7
    assert span.attributes["messaging.destination.name"] == "news.raw"
    assert span.end_time - span.start_time == 750_000_000


def test_the_transaction_has_a_span_of_its_own_linked_with_those_of_its_records():
    other = "f" * 31 + "e"
    (*spans, transaction), _ = spans_of(raw(0), raw(1, other), raw(2, None))
    assert [f"{span.context.span_id:016x}" for span in spans] == [span_id(raw(0)), span_id(raw(1))]
    assert [f"{link.context.trace_id:032x}" for link in transaction.links] == [TRACE_ID, other]
    assert all(span.links[0].context == transaction.context for span in spans)
    assert transaction.parent is None
    assert transaction.context.trace_id not in {span.context.trace_id for span in spans}
    assert transaction.attributes["messaging.batch.message_count"] == 3


@pytest.mark.parametrize("record", [raw(0, None), raw(0, flags="00")], ids=["no trace", "not sampled"])
def test_records_outside_a_sampled_trace_have_no_span(record):
    assert spans_of(record)[0] == ()


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
    ],
)
def test_opentelemetrys_own_variables_say_whether_spans_are_told(variables, wanted):
    assert is_wanted(variables) is wanted


def test_a_missing_exporter_costs_the_spans_and_not_the_worker(monkeypatch, caplog):
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "nowhere")
    observer = Unobserved()
    assert traced(observer, Settings()) is observer
    assert "no exporter 'nowhere' is installed" in caplog.text


def test_without_opentelemetry_a_worker_says_so_and_works(monkeypatch, caplog):
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    monkeypatch.setattr("streams.watch.tracing.find_spec", lambda _: None)
    observer = Unobserved()
    assert not is_installed()
    assert traced(observer, Settings()) is observer
    assert "not installed" in caplog.text


def test_several_observers_are_all_told_of_everything():
    told = []

    class Telling:
        def __init__(self, name):
            self._name = name

        def __getattr__(self, event):
            return lambda *arguments: told.append((self._name, event, *arguments))

    observers = Observers(Telling("a"), Telling("b"))
    change = next(iter(SourceChange))
    events = {
        "began": (PREPARE, 2),
        "committed": (PREPARE, [], [], Times(0, 0, 0)),
        "lost": (PREPARE,),
        "gap": (PREPARE,),
        "unread": (PREPARE, 3),
        "restored": (PREPARE, 3, 0.5),
        "changed": (PREPARE, change),
        "wiped": (PREPARE, Wiped.DAMAGED),
        "faulted": (PREPARE, 3),
    }
    assert events.keys() == {name for name in vars(Unobserved) if not name.startswith("_")}
    for event, arguments in events.items():
        getattr(observers, event)(*arguments)
    assert told == [(name, event, *arguments) for event, arguments in events.items() for name in "ab"]
