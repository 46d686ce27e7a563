"""How many files and connections a process may hold open."""

from __future__ import annotations

import resource
from typing import Final

# A worker of a hundred partitions takes some 300; beyond this, systems refuse what they themselves name as the limit (macOS).
_ENOUGH: Final = 10_240


def raise_limit() -> int:
    """Raise the limit of open descriptors as far as this process is allowed to; returns what it is then.

    Systems begin with 1,024 or 256 for the sake of programs that call ``select``. Whoever sets a lower hard limit means it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
