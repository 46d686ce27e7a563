"""What a receiver's answer means. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from streams.feeds.waits import backoff_s

MOST_REFUSALS: Final = 5
"""Of one message, by an answer that is about the message itself."""
MOST_WAIT_S: Final = 300.0
_MOST_ASKED_S: Final = 3600.0
_ABOUT_THE_MESSAGE: Final = frozenset((400, 406, 413, 415, 422))


class Meaning(Enum):
    """``AGAIN``: as long as it takes. ``REFUSED``: again a few times, then no more. ``GONE``: nothing is wanted any more."""

    DONE = auto()
    AGAIN = auto()
    REFUSED = auto()
    GONE = auto()


def meaning_of(status: int) -> Meaning:
    """A wrong address or token (401, 403, 404) is not about the message: it waits until somebody mends that."""
    if 200 <= status < 300:
        return Meaning.DONE
    if status == 410:
        return Meaning.GONE
    return Meaning.REFUSED if status in _ABOUT_THE_MESSAGE else Meaning.AGAIN


def wait_s(failures: int, asked_s: float, chance: float) -> float:
    """How long to wait after so many failures in a row (1 and more): a second, then twice as long each time, to five minutes.

    Never shorter than the receiver ``asked`` for, up to an hour. ``chance``, 0 to 1, spreads it over half as much again.
    """
    return backoff_s(failures, min(asked_s, _MOST_ASKED_S), chance, first_s=1.0, most_s=MOST_WAIT_S)
