"""What a receiver's answer means. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from streams.http.waits import backoff_s

MOST_REFUSALS: Final = 5
"""How many refusals of one message, by answers about the message itself, before it is given up."""
MOST_WAIT_S: Final = 300.0
_MOST_ASKED_S: Final = 3600.0
_ABOUT_THE_MESSAGE: Final = frozenset((400, 406, 413, 415, 422))


class Meaning(Enum):
    """``AGAIN``: retried as long as it takes. ``REFUSED``: retried a few times. ``GONE``: nothing more is sent."""

    DONE = auto()
    AGAIN = auto()
    REFUSED = auto()
    GONE = auto()


def meaning_of(status: int) -> Meaning:
    """A wrong address or token (401, 403, 404) is not about the message: it waits until somebody fixes that."""
    if 200 <= status < 300:
        return Meaning.DONE
    if status == 410:
        return Meaning.GONE
    return Meaning.REFUSED if status in _ABOUT_THE_MESSAGE else Meaning.AGAIN


def wait_s(failures: int, asked_s: float, chance: float) -> float:
    """How long to wait after this many failures in a row (1 or more): a second, doubling each time, up to five minutes.

    At least as long as the receiver ``asked`` for, up to an hour. ``chance``, 0 to 1, adds up to half as much again.
    """
    return backoff_s(failures, min(asked_s, _MOST_ASKED_S), chance, first_s=1.0, most_s=MOST_WAIT_S)
