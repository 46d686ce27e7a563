"""A step of the pipeline: one record in, a decision out. Pure; Kafka's discipline is in :mod:`streams.kafka.delivery`.

The same steps run on Kafka (:mod:`streams.kafka.delivery`) and in memory (:mod:`streams.memory`), so that what a test or
``headwater pipe`` shows is what Kafka's consumers get.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.faults import Fault

Headers = tuple[tuple[str, bytes], ...]


class Record(Protocol):
    """What a step may know of a Kafka record; aiokafka's ``ConsumerRecord`` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970; -1 when the producer gave none."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class Output:
    """A record to send."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What to send for one record, and what the step's table shall remember under the record's key (None: no change).

    ``fault``: a bug of ours, for which the record was rejected. Where most records have one, Kafka's side stops the worker.
    """

    outputs: tuple[Output, ...]
    remember: bytes | None = None
    fault: Fault | None = None


class ForeignRecordError(ValueError):
    """A record of an internal topic that none of our steps wrote, or of a version that this one can't read."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where its records come from, where its outputs may go, and how it decides.

    ``decide`` gets the record and, where the step has a ``table``, what that remembers under the record's key. It must
    depend on nothing else: every replay asks it again. It returns a :class:`Decision` for any record of its source; an
    exception stops the worker before anything is committed. :class:`ForeignRecordError` says that the record is not one.

    ``check_remembered`` raises ValueError for a value that ``decide`` can't have told the table to remember.
    """

    name: str
    source: str
    sends_to: tuple[str, ...]
    decide: Callable[[Record, bytes | None], Decision]
    table: str | None = None
    check_remembered: Callable[[bytes], object] = bytes


def header(record: Record, name: str) -> str | None:
    """The last header of that name as text (undecodable bytes replaced), or None."""
    for key, value in reversed(record.headers):
        if key == name:
            return value.decode("utf-8", "replace") if value is not None else None
    return None


def origin(record: Record) -> str:
    """Where a record stands in its log: ``topic/partition/offset``."""
    return f"{record.topic}/{record.partition}/{record.offset}"
