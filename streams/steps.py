"""A step of the pipeline: one record in, a decision out. Pure; Kafka's discipline is in :mod:`streams.kafka.delivery`.

The same steps run on Kafka (:mod:`streams.kafka.delivery`) and in memory (:mod:`streams.memory`), so a test or
``headwater pipe`` shows exactly what Kafka's consumers get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

from streams.faults import Fault
from streams.formats import NewerFormatError

Headers = tuple[tuple[str, bytes], ...]
Read = TypeVar("Read")


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
        """Milliseconds since 1970; -1 if the producer gave none."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class UnreadBatch(bytes):
    """The value of a record that represents a producer's whole batch, or the rest of it: the bytes as they came.

    The batch's records were not read, because they would take too much room (``too_large``) or are malformed; ``problem`` says
    so in words. ``offsets`` are those of the records, ``records`` is their number according to the producer. Producers cannot
    send such a value.
    """

    offsets: range
    records: int
    codec: str
    problem: str
    too_large: bool

    def __new__(  # noqa: PLR0913
        cls, content: bytes, *, offsets: range, records: int, codec: str, problem: str, too_large: bool
    ) -> Self:
        made = super().__new__(cls, content)
        made.offsets, made.records, made.codec = offsets, records, codec
        made.problem, made.too_large = problem, too_large
        return made

    def __str__(self) -> str:
        where = f"offsets {self.offsets[0]} to {self.offsets[-1]}"
        return f"a batch of {self.records:,} records, {where}, compression {self.codec}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Output:
    """A record to send; ``everywhere``: to every partition of its topic, whatever its key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to send for one record, and what the step should remember under the record's key (None: no change).

    ``changes``: what it should remember under other keys (None: forget), if its changelog makes a ``whole`` of them. ``fault``:
    a bug of ours because of which the record was rejected, or has no output. If most records have one, the worker stops.
    """

    outputs: tuple[Output, ...]
    remember: bytes | None = None
    fault: Fault | None = None
    changes: Mapping[bytes, bytes | None] = field(default_factory=dict)


class ForeignRecordError(ValueError):
    """A record of an internal topic that none of our steps wrote, or of a version that this one can't read."""


def read_internal(record: Record, read: Callable[[bytes], Read]) -> Read:
    """What ``read`` makes of a record of an internal topic, which only our steps write.

    Raises:
        ForeignRecordError: something else wrote it: ``read`` raised ValueError.
        NewerFormatError: a newer version wrote it, in a format that this one must not read.
    """
    if isinstance(record.value, UnreadBatch):
        raise ForeignRecordError(str(record.value))
    try:
        return read(record.value or b"")
    except NewerFormatError:
        raise
    except ValueError as error:
        raise ForeignRecordError("no value" if record.value is None else str(error)) from error


class Topic(str):
    """The name of a Kafka topic, its purpose, and how ``topics create`` makes it: ``config`` holds Kafka's own settings."""

    __slots__ = ("config", "purpose")
    purpose: str
    config: Mapping[str, str]

    def __new__(cls, name: str, purpose: str, config: Mapping[str, str]) -> Self:
        topic = super().__new__(cls, name)
        topic.purpose = purpose
        topic.config = config
        return topic


@dataclass(frozen=True, slots=True)
class Changelog:
    """What a step records in the transaction of its outputs: how far it has come, and what it remembers by key.

    A changelog belongs to one step only: its name is the name of its topic and of its local state. ``remembers`` says whether
    ``decide`` gets what was remembered under the record's key; ``check`` raises ValueError for a value that ``decide`` can't
    have told it to remember.

    A step that decides on everything it remembers at once has a ``whole``: a function that builds one object from all keys and
    values, in any order, whenever a partition is taken over. ``decide`` then gets that object, keeps it up to date itself, and
    reports the same changes through ``Decision.changes``: an object that is rebuilt must behave exactly like the previous one.
    """

    name: str
    purpose: str
    remembers: bool = False
    check: Callable[[bytes], object] = bytes
    whole: Callable[[Iterable[tuple[bytes, bytes]]], Any] | None = None

    def topic(self, app_id: str) -> str:
        """The name of its topic, following Faust's naming."""
        return f"{app_id}-{self.name}-changelog"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where its records come from, where its outputs may go, and how it decides. It is all there is to an agent: its
    topics, its changelog, the Faust agent that reads for it and the checks at start follow from this.

    ``decide`` gets the record and, if the ``changelog`` remembers, the value remembered under the record's key, or the
    ``whole``. It must depend on nothing else, because every replay repeats it. It returns a :class:`Decision` for any record of
    its source; an exception stops the worker before anything is committed. :class:`ForeignRecordError` says that the record is
    not one of its source's.
    """

    name: str
    source: Topic
    sends_to: tuple[Topic, ...]
    decide: Callable[[Record, Any], Decision]
    changelog: Changelog


class StepsConflictError(ValueError):
    """Two steps that can't be in one pipeline; the message names both."""


def check_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, if they fit together: each has a name, a source and a changelog of its own.

    Steps that shared a changelog would share their offset, and one of them would skip what the other has done. Steps that
    shared a source would each get a part of it.

    Raises:
        StepsConflictError: two of them conflict.
    """
    steps = tuple(steps)
    owned: dict[tuple[str, str], Step] = {}
    for step in steps:
        for what, name in (("name", step.name), ("source", step.source), ("changelog", step.changelog.name)):
            other = owned.setdefault((what, name), step)
            if other is not step:
                raise StepsConflictError(f"the steps {other.name!r} and {step.name!r} have the same {what}, {str(name)!r}")
    return steps


def header(record: Record, name: str) -> str | None:
    """The last header of that name as text (undecodable bytes replaced), or None."""
    for key, value in reversed(record.headers):
        if key == name:
            return value.decode("utf-8", "replace") if value is not None else None
    return None


def content_type(record: Record) -> str | None:
    """The content type, whatever the case of its header's name; CloudEvents' spelling is preferred."""
    spelt = (name for name, _ in reversed(record.headers) if name.lower() == "content-type")
    return header(record, "content-type") or next((found for name in spelt if (found := header(record, name))), None)


def origin(record: Record) -> str:
    """The place of a record in its log: ``topic/partition/offset``."""
    return f"{record.topic}/{record.partition}/{record.offset}"
