"""Deciding is pure computing, of a large article for seconds: between its slices the event loop breathes."""

from __future__ import annotations

import asyncio
import time
from typing import Final

# Each of the three answers that a transaction waits for takes some turns of the event loop to be heard, and would otherwise
# wait for as many slices of computing. Those turns cost two hundredths of the time, so slices grow with what has been decided
# on: a large transaction is in no hurry.
_SLICE_S: Final = 0.005
_SLICE_SHARE: Final = 0.1
_TURNS: Final = 8
_LONGEST_DECIDING_S: Final = 0.5  # in one transaction: what is left goes into the next


class Breath:
    """Lets the event loop in between slices of computing, says when it has been enough, and what it has cost."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        """Processor time spent on deciding alone: all that a worker takes but this is the stream's."""
        self._began = self._drawn = time.monotonic()
        self._cpu_began_s = 0.0

    def draw(self) -> None:
        """A slice begins."""
        self._drawn = time.monotonic()
        self._cpu_began_s = time.thread_time()

    def let_go(self) -> None:
        """It ends."""
        self.cpu_s += time.thread_time() - self._cpu_began_s

    @property
    def is_spent(self) -> bool:
        """Whether the rest shall go into the next transaction."""
        return time.monotonic() - self._began > _LONGEST_DECIDING_S

    async def pause(self) -> None:
        """To be called within a slice, between two records: another slice begins if it is time."""
        now = time.monotonic()
        if now - self._drawn > max(_SLICE_S, _SLICE_SHARE * (now - self._began)):
            self.let_go()
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self.draw()
