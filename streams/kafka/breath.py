"""Deciding is pure computation and can take seconds for a large article, so it is sliced to let the event loop run between."""

from __future__ import annotations

import asyncio
import time
from typing import Final

# Each of the three answers that a transaction waits for needs a few turns of the event loop to be noticed, and would otherwise
# wait for as many slices of computation. Those turns cost 2 % of the time. Slices grow with what has been decided so far,
# because a large transaction is not urgent.
_SLICE_S: Final = 0.005
_SLICE_SHARE: Final = 0.1
_TURNS: Final = 8
LONGEST_DECIDING_S: Final = 0.5  # in one transaction; the rest goes into the next


class Breath:
    """Lets the event loop run between slices of computation; says when a transaction has had enough, and what it cost."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        """Processor seconds spent on deciding alone; everything else that a worker uses is overhead of the stream."""
        self._began = self._drawn = time.monotonic()
        self._cpu_began_s = 0.0

    def draw(self) -> None:
        """Start a slice."""
        self._drawn = time.monotonic()
        self._cpu_began_s = time.thread_time()

    def let_go(self) -> None:
        """End the slice."""
        self.cpu_s += time.thread_time() - self._cpu_began_s

    @property
    def is_spent(self) -> bool:
        """Whether the remaining records go into the next transaction."""
        return time.monotonic() - self._began > LONGEST_DECIDING_S

    async def pause(self) -> None:
        """Call within a slice, between two records: starts another slice when it is time."""
        now = time.monotonic()
        if now - self._drawn > max(_SLICE_S, _SLICE_SHARE * (now - self._began)):
            self.let_go()
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self.draw()
