"""What those who watch a worker are told; :class:`streams.watch.metrics.Metrics` counts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from streams.steps import Output, Record, Step


class Times(NamedTuple):
    """What a transaction took: to decide, how much of that was processor time, and to be written and committed."""

    decide_s: float
    decide_cpu_s: float
    transaction_s: float


class Observer(Protocol):
    """Told from the worker's event loop alone; it decides nothing, and what it does must be quick."""

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


class Unobserved:
    """Nobody watches."""

    def committed(self, step: Step, records: Sequence[Record], outputs: Sequence[Output], times: Times) -> None: ...
    def lost(self, step: Step) -> None: ...
    def gap(self, step: Step) -> None: ...
    def unread(self, step: Step, offsets: int) -> None: ...
    def restored(self, step: Step, changes: int, restore_s: float) -> None: ...
