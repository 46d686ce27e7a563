"""Whether this machine's clock is right, by the brokers': they write their own time into what is appended to a changelog."""

from __future__ import annotations

from typing import Final

from streams.kafka.failures import RefusedError

_MOST_S: Final = 600
"""How far clocks may be apart: no decision looks at one, but ages and records that are sent without a time are wrong by it."""


class ClockError(RefusedError):
    """This machine's clock is far from the brokers'; the message says by how much."""


def check_clock(asked_s: float, appended_ms: int | None, answered_s: float) -> None:
    """Compare our clock, when a record was sent and when that was confirmed, with the broker's when it was appended.

    ``appended_ms`` is None where the topic keeps the producer's time.

    Raises:
        ClockError: they are more than ten minutes apart.
    """
    if appended_ms is None:
        return
    behind_s, ahead_s = appended_ms / 1000 - answered_s, asked_s - appended_ms / 1000
    if max(behind_s, ahead_s) > _MOST_S:
        apart = f"{behind_s:,.0f} s behind" if behind_s > 0 else f"{ahead_s:,.0f} s ahead of"
        raise ClockError(f"the clock of this machine is {apart} the broker's: set the one that is wrong, then start again")
