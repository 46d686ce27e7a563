"""How many files and connections a process may hold open."""

from __future__ import annotations

import resource
from typing import Final

# A worker with a hundred partitions takes some 300. Beyond this, some systems (macOS) refuse the limit that they report.
_ENOUGH: Final = 10_240


def raise_limit() -> int:
    """Raise the limit of open file descriptors as far as this process may; returns the new limit.

    Systems start with 1,024 or 256 for the sake of programs that call ``select``. A lower hard limit is deliberate.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
