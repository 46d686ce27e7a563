"""The trace that a record belongs to, continued by every step. Pure, so that a replay of the log writes the same ids.

A step's decision on a record is a span of the record's trace (W3C Trace Context). Its id is derived from the record's place in
the log, so that the worker's spans (:mod:`streams.watch.tracing`), the headers of outputs and ``headwater trace`` agree on it
without exchanging it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from streams.bounds import trace_headers
from streams.steps import Headers, Record, origin

_SAMPLED = 0x01
_RANDOM = 0x02  # flag: the trace's id is random, which remains true


class Trace(NamedTuple):
    """A traceparent: ids in hex, of 32 and 16 digits, and whether the producer's spans are recorded."""

    trace_id: str
    span_id: str
    flags: int

    @property
    def sampled(self) -> bool:
        return bool(self.flags & _SAMPLED)

    def header(self) -> str:
        """The header in version 00."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


def trace_of(record: Record) -> Trace | None:
    """The trace that a record belongs to, by its last valid traceparent; None if it has none.

    From a version later than 00, only what this one knows is read, as the specification requires.
    """
    found = dict(trace_headers(record)).get("traceparent")
    if found is None:
        return None
    version, trace_id, span_id, flags = found.decode().split("-")[:4]
    return Trace(trace_id, span_id, int(flags, 16) & (_SAMPLED | _RANDOM if version == "00" else _SAMPLED))


def span_id(record: Record) -> str:
    """The id of the span for deciding on a record: 16 hex digits derived from its place, never all zeros."""
    digest = blake2b(origin(record).encode(), digest_size=8, person=b"headwater span").hexdigest()
    return digest if digest.strip("0") else "0000000000000001"


def continued(record: Record) -> Headers:
    """The trace headers for outputs made from a record: the same trace, with the step's span as parent; none without one."""
    trace = trace_of(record)
    if trace is None:
        return ()
    child = trace._replace(span_id=span_id(record))
    state = tuple(header for header in trace_headers(record) if header[0] == "tracestate")
    return (("traceparent", child.header().encode()), *state)
