"""What a watcher of a worker is told; :class:`streams.watch.metrics.Metrics` counts it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from streams.kafka.progress import SourceChange
from streams.steps import Output, Record, Step


class Times(NamedTuple):
    """How long a transaction took: to decide, the processor time within that, and to be written and committed."""

    decide_s: float
    decide_cpu_s: float
    transaction_s: float


class Wiped(StrEnum):
    """Why a local copy was rebuilt. It is only a copy, so that costs nothing but time."""

    DAMAGED = "damaged"
    """RocksDB can't read its files."""
    FOREIGN = "foreign"
    """It belongs to another changelog: one that was deleted since, or one of another cluster."""


class Observer(Protocol):
    """Called only from the worker's event loop. It decides nothing and must return quickly."""

    def began(self, step: Step, version: int) -> None:
        """A step has started a new producer, with this version of Kafka's transactions: 2 or 0."""

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None:
        """A batch of ``records`` became ``outputs`` in one transaction, which was just committed."""

    def lost(self, step: Step) -> None:
        """A transaction failed, or its outcome is unknown."""

    def gap(self, step: Step) -> None:
        """Faust left records out and was sent back."""

    def unread(self, step: Step, offsets: int) -> None:
        """This many offsets of the source were deleted by Kafka before they were read."""

    def restored(self, step: Step, changes: int, restore_s: float) -> None:
        """The local state of a partition is up to date again, after reading this many changes."""

    def changed(self, step: Step, change: SourceChange) -> None:
        """A partition's source is not the topic that was worked on: its work starts over or is refused."""

    def wiped(self, step: Step, reason: Wiped) -> None:
        """Local state was removed and will be read again from the changelog."""

    def faulted(self, step: Step, records: int) -> None:
        """This many records of a committed transaction met bugs of ours."""


class Unobserved:
    """An observer that ignores everything."""

    def began(self, step: Step, version: int) -> None: ...
    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None: ...
    def lost(self, step: Step) -> None: ...
    def gap(self, step: Step) -> None: ...
    def unread(self, step: Step, offsets: int) -> None: ...
    def restored(self, step: Step, changes: int, restore_s: float) -> None: ...
    def changed(self, step: Step, change: SourceChange) -> None: ...
    def wiped(self, step: Step, reason: Wiped) -> None: ...
    def faulted(self, step: Step, records: int) -> None: ...


class Observers:
    """Several observers, called one after the other."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def began(self, step: Step, version: int) -> None:
        for each in self._observers:
            each.began(step, version)

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None:
        for each in self._observers:
            each.committed(step, records, outputs, times)

    def lost(self, step: Step) -> None:
        for each in self._observers:
            each.lost(step)

    def gap(self, step: Step) -> None:
        for each in self._observers:
            each.gap(step)

    def unread(self, step: Step, offsets: int) -> None:
        for each in self._observers:
            each.unread(step, offsets)

    def restored(self, step: Step, changes: int, restore_s: float) -> None:
        for each in self._observers:
            each.restored(step, changes, restore_s)

    def changed(self, step: Step, change: SourceChange) -> None:
        for each in self._observers:
            each.changed(step, change)

    def wiped(self, step: Step, reason: Wiped) -> None:
        for each in self._observers:
            each.wiped(step, reason)

    def faulted(self, step: Step, records: int) -> None:
        for each in self._observers:
            each.faulted(step, records)
