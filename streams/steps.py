"""A step of the pipeline: one record in, a decision out. Pure; Kafka's discipline is in :mod:`streams.kafka.delivery`.

The same steps run on Kafka (:mod:`streams.kafka.delivery`) and in memory (:mod:`streams.memory`), so a test or
``headwater pipe`` shows exactly what Kafka's consumers get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self, TypeVar

from streams import lazy_re as re
from streams.faults import Fault
from streams.formats import NewerFormatError

Headers = tuple[tuple[str, bytes], ...]
Read = TypeVar("Read")

_NAME: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")  # Kafka's rule for topics


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


def check_name(name: str) -> str:
    """The name of a topic, a step or a changelog, if Kafka accepts it in a topic's name, and a file system as a folder's.

    Raises:
        ValueError: it does not.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name: expected at most 249 letters, digits, '.', '_' and '-'")
    return name


class Topic(str):
    """The name of a Kafka topic, its purpose, and how ``topics create`` makes it: ``config`` holds Kafka's own settings."""

    __slots__ = ("config", "purpose")
    purpose: str
    config: Mapping[str, str]

    def __new__(cls, name: str, purpose: str, config: Mapping[str, str]) -> Self:
        topic = super().__new__(cls, check_name(name))
        topic.purpose = purpose
        topic.config = config
        return topic

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, Mapping[str, str]]]:
        """What a copy or a pickle is made of again."""
        return type(self), (str(self), self.purpose, dict(self.config))


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

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.whole is not None and not self.remembers:
            raise ValueError(f"the changelog {self.name!r} makes a whole of what it remembers, so it must remember")

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
    not one of its source's. Pipelines call :meth:`ask`, which lets through only what the step has declared.

    ``patience_ms``: how long its outputs may wait under load, in favour of other steps: its transactions are at least so far
    apart then, and other steps decide first.
    """

    name: str
    source: Topic
    sends_to: tuple[Topic, ...]
    decide: Callable[[Record, Any], Decision]
    changelog: Changelog
    patience_ms: int = 0

    def __post_init__(self) -> None:
        check_name(self.name)

    def ask(self, record: Record, remembered: Any) -> Decision:
        """The decision on a record, if it keeps to what the step has declared.

        Raises:
            UndeclaredError: it does not; nothing of the decision may be used.
        """
        decision = self.decide(record, remembered)
        for output in decision.outputs:
            if output.topic not in self.sends_to:
                raise UndeclaredError(f"the step {self.name!r} writes to {output.topic!r}, which is not in its `sends_to`")
        if decision.remember is not None and (not self.changelog.remembers or self.changelog.whole is not None):
            raise UndeclaredError(f"the step {self.name!r} remembers a value under a key, which its changelog does not declare")
        if decision.changes and self.changelog.whole is None:
            raise UndeclaredError(f"the step {self.name!r} changes several keys, but its changelog declares no `whole`")
        return decision


class UndeclaredError(RuntimeError):
    """A bug in a step: it decided what it has not declared, so that its topic or its memory would lack Kafka's discipline."""


class StepsConflictError(ValueError):
    """Two steps that can't be in one pipeline; the message names both."""


def check_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, if they fit together.

    Each has a name, a source and a changelog of its own. Steps that shared a changelog would share their offset, and one would
    skip what the other has done. Steps that shared a source would each get a part of it. No other step reads or writes a
    changelog's topic; those who write a topic agree on how Kafka keeps it; and no record leads back to a step it came from.

    Raises:
        StepsConflictError: two of them conflict.
    """
    steps = tuple(steps)
    _check_owned(steps)
    _check_topics(steps)
    _check_changelogs(steps)
    _check_direction(steps)
    return steps


def _alike(name: str) -> str:
    """What two names must not share: Kafka takes "." and "_" for the same in topics, file systems may ignore case."""
    return name.replace(".", "_").casefold()


def _check_owned(steps: Sequence[Step]) -> None:
    owned: dict[tuple[str, str], tuple[Step, str]] = {}
    for step in steps:
        for what, name in (("name", step.name), ("source", step.source), ("changelog", step.changelog.name)):
            other, its = owned.setdefault((what, _alike(name)), (step, name))
            if other is not step:
                same = (
                    f"the same {what}, {str(name)!r}"
                    if its == name
                    else f"too similar a {what}, {str(its)!r} and {str(name)!r}"
                )
                raise StepsConflictError(f"the steps {other.name!r} and {step.name!r} have {same}")


def _check_topics(steps: Sequence[Step]) -> None:
    """One spelling for each topic, and one configuration from all who write it; a reader takes it as it is."""
    spelt: dict[str, tuple[Step, Topic]] = {}
    written: dict[Topic, tuple[Step, Topic]] = {}
    for step in steps:
        for each in (step.source, *step.sends_to):
            other, same = spelt.setdefault(_alike(each), (step, each))
            if same != each:
                raise StepsConflictError(
                    f"the steps {other.name!r} and {step.name!r} have topics that Kafka can't tell apart: {same!r} and {each!r}"
                )
        for each in step.sends_to:
            other, same = written.setdefault(each, (step, each))
            if same.config != each.config:
                raise StepsConflictError(f"the steps {other.name!r} and {step.name!r} configure the topic {each!r} differently")


def _check_changelogs(steps: Sequence[Step]) -> None:
    for owner in steps:
        for step in steps:
            for each in (step.source, *step.sends_to):
                if each.endswith(owner.changelog.topic("")):
                    raise StepsConflictError(f"the step {step.name!r} uses {each!r}, the changelog of the step {owner.name!r}")


def _check_direction(steps: Sequence[Step]) -> None:
    readers = {step.source: step for step in steps}
    for step in steps:
        behind = [step]
        for each in behind:  # grows as it is walked
            for topic in each.sends_to:
                if topic == step.source:
                    raise StepsConflictError(
                        f"the steps {step.name!r} and {each.name!r} form a loop: {each.name!r} writes {topic!r}, which "
                        f"{step.name!r} reads"
                    )
                if (reader := readers.get(topic)) is not None and reader not in behind:
                    behind.append(reader)


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
