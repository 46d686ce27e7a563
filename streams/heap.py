"""Memory that a process keeps: unused blocks, and what the garbage collector need not look through."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator
from typing import Any, Final

_M_MMAP_THRESHOLD: Final = -3  # glibc's malloc.h
_LARGE_BYTES: Final = 1 << 20


def return_large_blocks() -> bool:
    """Return each block of a megabyte or more to the system as soon as it is freed; False if the C library can't do that.

    By default, glibc takes such blocks from its heap once the first of them has been freed. With texts of several megabytes the
    heap then grows by whatever is allocated between them: about 50 MB in a worker with 64 partitions. Other C libraries do not
    do this.
    """
    import ctypes  # noqa: PLC0415 - 5 ms, which only long-running commands should pay

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES) == 1


@contextlib.contextmanager
def no_garbage() -> Iterator[None]:
    """For imports: they make many objects and no garbage. Looking for it, then and later, takes a tenth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


_LONG_S: Final = 0.02
_MOST_TIMES: Final = 20


class SurvivorsFreezer:
    """Takes what survives a long look of the garbage collector at everything out of its later looks.

    In a worker these are mostly models and tables of words: each look at them holds up articles for nearly a tenth
    of a second. What has died in a cycle is never freed if it was taken out alive; so it is done ``times`` times at most.
    """

    def __init__(self, least_s: float = _LONG_S, times: int = _MOST_TIMES) -> None:
        self._least_s = least_s
        self._times_left = times
        self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, facts: dict[str, Any]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        elif facts["generation"] == 2 and time.thread_time() - self._began >= self._least_s:
            gc.freeze()
            self._times_left -= 1
            if not self._times_left:
                gc.callbacks.remove(self._note)
