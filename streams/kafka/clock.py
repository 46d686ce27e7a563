"""Checks this machine's clock against the brokers', who put their own time on what is appended to a changelog."""

from __future__ import annotations

from typing import Final

from streams.kafka.failures import RefusedError

_MOST_S: Final = 600
"""How far apart clocks may be. Decisions ignore clocks, but ages, and records sent without a time, are off by this much."""


class ClockError(RefusedError):
    """This machine's clock is far off the brokers'; the message says by how much."""


def check_clock(asked_s: float, appended_ms: int | None, answered_s: float) -> None:
    """Compare our clock, read before a record was sent and after it was confirmed, with the broker's when it was appended.

    ``appended_ms`` is None if the topic keeps the producer's time.

    Raises:
        ClockError: they are more than ten minutes apart.
    """
    if appended_ms is None:
        return
    behind_s, ahead_s = appended_ms / 1000 - answered_s, asked_s - appended_ms / 1000
    if max(behind_s, ahead_s) > _MOST_S:
        apart = f"{behind_s:,.0f} s behind" if behind_s > 0 else f"{ahead_s:,.0f} s ahead of"
        raise ClockError(f"the clock of this machine is {apart} the broker's: set the one that is wrong, then start again")
