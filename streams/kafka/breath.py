"""Deciding is pure computation and can take seconds for a large article, so it is sliced to let the event loop run between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

# Each of the three answers that a transaction waits for needs a few turns of the event loop to be noticed, and would otherwise
# wait for as many slices of computation. Those turns cost 2 % of the time. Slices grow with what has been decided so far,
# because a large transaction is not urgent; but not for long, because other steps wait for their end.
_SLICE_S: Final = 0.005
_LONGEST_SLICE_S: Final = 0.02
_SLICE_SHARE: Final = 0.1
_TURNS: Final = 8
LONGEST_DECIDING_S: Final = 0.5  # in one transaction; the rest goes into the next


async def _nobody_waits() -> None:
    """There is no other step."""


class Breath:
    """Lets the event loop run between slices of computation; says when a transaction has had enough, and what it cost.

    ``give_way`` lets more urgent steps go between two slices; the time they take is not ours.
    """

    def __init__(self, give_way: Callable[[], Awaitable[None]] = _nobody_waits) -> None:
        self.cpu_s = 0.0
        """Processor seconds spent on deciding alone; everything else that a worker uses is overhead of the stream."""
        self._give_way = give_way
        self._spent_s = 0.0  # in slices
        self._drawn = self._ends_at = 0.0
        self._cpu_began_s = 0.0

    def draw(self) -> None:
        """Start a slice."""
        self._drawn = time.monotonic()
        self._ends_at = self._drawn + min(max(_SLICE_S, _SLICE_SHARE * self._spent_s), _LONGEST_SLICE_S)
        self._cpu_began_s = time.thread_time()

    def let_go(self) -> None:
        """End the slice."""
        self.cpu_s += time.thread_time() - self._cpu_began_s
        self._spent_s += time.monotonic() - self._drawn

    @property
    def is_spent(self) -> bool:
        """Whether the remaining records go into the next transaction."""
        return self._spent_s > LONGEST_DECIDING_S

    @property
    def is_over(self) -> bool:
        """Whether the slice has been long enough. To be asked between two records."""
        return time.monotonic() > self._ends_at

    async def pause(self) -> None:
        """End the slice, let others run, and start another one."""
        self.let_go()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await self._give_way()
        self.draw()
