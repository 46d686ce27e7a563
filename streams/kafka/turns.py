"""Which step of a worker decides: one at a time, because deciding is computation; of those that wait, the most urgent.

What a later step finishes is finished for good, so it is more urgent than an earlier one; steps that can wait (``patience_ms``)
come last. A turn gives way between two slices of computation when a more urgent step has come. No step waits for ever: one that
has waited for a second goes next, and then keeps its turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from streams.steps import Step

_LONGEST_WAIT_S: Final = 1.0


def ranks(steps: Sequence[Step]) -> dict[str, int]:
    """The rank of each step of a pipeline, by its name; 0 is the most urgent."""
    late_first = steps[::-1]
    return {step.name: rank for rank, step in enumerate(sorted(late_first, key=lambda step: step.patience_ms))}


class Turns:
    """The turns of the steps that share a processor. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._holder: DecidingTurn | None = None
        self._waiting: list[DecidingTurn] = []

    def turn(self, rank: int) -> DecidingTurn:
        """A turn for a step of this rank; ``async with`` waits for it."""
        return DecidingTurn(self, rank)

    async def wait_for(self, turn: DecidingTurn) -> None:
        """Wait until it is this one's turn."""
        if self._holder is None:
            self._holder = turn
            return
        turn.comes = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn.comes
        except asyncio.CancelledError:
            if self._holder is turn:
                self.pass_on(turn)
            else:
                self._waiting.remove(turn)
            raise

    def pass_on(self, turn: DecidingTurn) -> None:
        """Let the next one go, if it is this one's turn."""
        if self._holder is not turn:
            return
        self._holder = min(self._waiting, key=DecidingTurn.precedence, default=None)
        if self._holder is not None:
            self._waiting.remove(self._holder)
            if not self._holder.comes.done():  # one that is being cancelled passes it on itself
                self._holder.comes.set_result(None)

    def has_before(self, turn: DecidingTurn) -> bool:
        """Whether somebody waits who goes before this one."""
        return any(each.precedence() < turn.precedence() for each in self._waiting)


class DecidingTurn:
    """One step's turn to decide."""

    comes: asyncio.Future[None]

    def __init__(self, turns: Turns, rank: int) -> None:
        self._turns = turns
        self._rank = rank
        self._overdue_at = turns.clock() + _LONGEST_WAIT_S

    def precedence(self) -> tuple[int, float]:
        """The order of turns at this moment: those that waited for too long, by how long; then by rank."""
        is_overdue = self._turns.clock() >= self._overdue_at
        return (-1 if is_overdue else self._rank), self._overdue_at

    async def __aenter__(self) -> Self:
        await self._turns.wait_for(self)
        return self

    async def give_way(self) -> None:
        """Within the turn: let a more urgent step go before the rest of it."""
        if self._turns.has_before(self):
            self._turns.pass_on(self)
            await self._turns.wait_for(self)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._turns.pass_on(self)
