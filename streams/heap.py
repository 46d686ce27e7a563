"""Memory that a process keeps without using it."""

from __future__ import annotations

import ctypes
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # glibc's malloc.h
_LARGE_BYTES: Final = 1 << 20


def return_large_blocks() -> bool:
    """Return each block of a megabyte or more to the system as soon as it is freed; False if the C library can't do that.

    By default, glibc takes such blocks from its heap once the first of them has been freed. With texts of several megabytes the
    heap then grows by whatever is allocated between them: about 50 MB in a worker with 64 partitions. Other C libraries do not
    do this.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES) == 1
