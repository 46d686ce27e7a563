"""When a server may be asked again: Retry-After, backoff with jitter, the usual round. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

DAY_S: Final = 24 * 3600.0


def retry_after_s(written: str | None, now_s: float) -> float:
    """A Retry-After header, in seconds or as a date, as seconds from now: 0 to a day; 0 if it can't be read."""
    if not written:
        return 0.0
    if written.strip().isascii() and written.strip().isdigit():
        return min(float(written.strip()[:9]), DAY_S)
    try:
        moment = parsedate_to_datetime(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now_s, UTC)).total_seconds()
    except (ValueError, OverflowError, IndexError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), DAY_S)


def backoff_s(failures: int, asked_s: float, chance: float, *, first_s: float = 60.0, most_s: float = DAY_S) -> float:
    """How long to leave a server alone after this many failures in a row (1 or more): doubles each time, up to ``most_s``.

    At least as long as the server ``asked`` for. ``chance``, 0 to 1, adds up to half as much again, to spread requests that
    failed together.
    """
    doubled: float = min(first_s * 2 ** min(failures - 1, 20), most_s)
    return max(doubled, asked_s) * (1 + chance / 2)


def round_s(every_s: float, ttl_s: float, chance: float) -> float:
    """When to poll again: as often as configured, but no more often than the feed asks; 10 % earlier or later."""
    return max(every_s * (0.9 + chance / 5), min(ttl_s, DAY_S))
