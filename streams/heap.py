"""What memory a process keeps that it does not use."""

from __future__ import annotations

import ctypes
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # glibc's malloc.h
_LARGE_BYTES: Final = 1 << 20


def return_large_blocks() -> bool:
    """Have each block of a megabyte or more go back to the system as soon as it is free; returns whether that can be asked for.

    Left alone, glibc takes such blocks from its heap once the first of them was freed. With texts of some megabytes the
    heap then grows by what lies between them: about 50 MB in a worker of 64 partitions. Other libraries have no such rule.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES) == 1
