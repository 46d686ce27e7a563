"""A worker's spans, by OpenTelemetry's SDK: one for each record of a sampled trace, and one per transaction, with links
between.

A record's span begins when its batch starts to be decided on and ends when that is committed. Its id is the one that the
headers of the record's outputs name as their parent (:mod:`streams.traces`), so that the consumer's spans find it; its parent
is the record's own. A transaction without a record of a sampled trace has no span. Names and attributes follow OpenTelemetry's
conventions for messaging.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from typing import Final

from opentelemetry import trace as otel
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Tracer, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.util.types import AttributeValue

from streams.kafka.observer import Times, Unobserved
from streams.settings import Settings
from streams.steps import Output, Record, Step
from streams.traces import Trace, span_id, trace_of

_NS: Final = 1_000_000_000
_EXPORTERS: Final = "opentelemetry_traces_exporter"  # of OpenTelemetry's entry points


def spans(settings: Settings) -> Spans:
    """An observer that reports spans: to the provider that an embedding program has set, else to one set up by OTEL_….

    Raises:
        LookupError: an exporter is not installed.
    """
    provider = otel.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = _provider(settings)
    return Spans(provider, settings.app_id)


def _provider(settings: Settings) -> TracerProvider:
    name = os.environ.get("OTEL_SERVICE_NAME") or settings.app_id
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    for exporter in (os.environ.get("OTEL_TRACES_EXPORTER") or "otlp").split(","):
        [*found] = entry_points(group=_EXPORTERS, name=exporter.strip())
        if not found:
            raise LookupError(f"no exporter {exporter.strip()!r} is installed (pip install opentelemetry-exporter-otlp)")
        provider.add_span_processor(BatchSpanProcessor(found[0].load()()))
    return provider


class _Ids(RandomIdGenerator):
    """Random ids, except for a span with a given id."""

    told: int | None = None

    def generate_span_id(self) -> int:
        told, self.told = self.told, None
        return super().generate_span_id() if told is None else told


class Spans(Unobserved):
    """Learns what is committed, only from the worker's event loop."""

    def __init__(self, provider: TracerProvider, group: str) -> None:
        self._tracer = provider.get_tracer("headwater")
        self._ids = _Ids()
        if isinstance(self._tracer, Tracer):
            self._tracer.id_generator = self._ids
        self._group = group

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None:  # noqa: ARG002
        """A span for each record of a sampled trace, and one for the transaction, if it has any such record."""
        traced = [(record, found) for record in records if (found := trace_of(record)) is not None and found.sampled]
        if not traced:
            return
        end_ns = time.time_ns()
        begin_ns = end_ns - int((times.decide_s + times.transaction_s) * _NS)
        links = [Link(_context(found)) for _, found in traced]
        attributes = dict(self._attributes(step, {"messaging.batch.message_count": len(records)}))
        transaction = self._tracer.start_span(
            f"{step.name} transaction", Context(), SpanKind.INTERNAL, attributes, links, start_time=begin_ns
        )
        for record, found in traced:
            self._tell(step, record, found, transaction.get_span_context(), begin_ns, end_ns)
        transaction.end(end_ns)

    def _tell(  # noqa: PLR0913, PLR0917
        self, step: Step, record: Record, found: Trace, transaction: SpanContext, begin_ns: int, end_ns: int
    ) -> None:
        self._ids.told = int(span_id(record), 16)
        place: dict[str, AttributeValue] = {
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
        }
        span = self._tracer.start_span(
            f"{step.name} {step.source}",
            otel.set_span_in_context(NonRecordingSpan(_context(found)), Context()),
            SpanKind.CONSUMER,
            dict(self._attributes(step, place)),
            [Link(transaction)],
            start_time=begin_ns,
        )
        self._ids.told = None
        span.end(end_ns)

    def _attributes(self, step: Step, more: dict[str, AttributeValue]) -> Iterator[tuple[str, AttributeValue]]:
        yield "messaging.system", "kafka"
        yield "messaging.operation.type", "process"
        yield "messaging.operation.name", step.name
        yield "messaging.destination.name", str(step.source)
        yield "messaging.consumer.group.name", self._group
        yield from more.items()


def _context(found: Trace) -> SpanContext:
    return SpanContext(int(found.trace_id, 16), int(found.span_id, 16), is_remote=True, trace_flags=TraceFlags(found.flags))
