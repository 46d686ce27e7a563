"""What those who watch a worker are told; :class:`streams.watch.metrics.Metrics` counts it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from streams.kafka.progress import SourceChange
from streams.steps import Output, Record, Step


class Times(NamedTuple):
    """What a transaction took: to decide, how much of that was processor time, and to be written and committed."""

    decide_s: float
    decide_cpu_s: float
    transaction_s: float


class Wiped(StrEnum):
    """Why a local copy was made anew: it is only a copy, so that costs time and nothing else."""

    DAMAGED = "damaged"
    """RocksDB can't read its files."""
    FOREIGN = "foreign"
    """It is of another changelog: of one that was deleted since, or of another cluster."""


class Observer(Protocol):
    """Told from the worker's event loop alone; it decides nothing, and what it does must be quick."""

    def began(self, step: Step, version: int) -> None:
        """A new producer of the step's has started, with Kafka's transactions of this version: 2, or 0 for those of old."""

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None:
        """A batch of ``records`` became ``outputs`` in one transaction, which has just been committed."""

    def lost(self, step: Step) -> None:
        """A transaction failed, or nobody knows its outcome."""

    def gap(self, step: Step) -> None:
        """Faust left records out and was sent back."""

    def unread(self, step: Step, offsets: int) -> None:
        """So many offsets of the source are gone from Kafka and were never read."""

    def restored(self, step: Step, changes: int, restore_s: float) -> None:
        """The local state of a partition is up to date again, after reading so many changes."""

    def changed(self, step: Step, change: SourceChange) -> None:
        """The source of a partition is not the topic that was worked on: its work is begun anew, or refused."""

    def wiped(self, step: Step, reason: Wiped) -> None:
        """Local state was removed, to be read anew from the changelog."""

    def faulted(self, step: Step, records: int) -> None:
        """So many records of a transaction that was committed have met bugs of ours."""


class Unobserved:
    """Nobody watches."""

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
    """Several, told one after the other."""

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
