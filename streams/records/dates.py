"""Dates as sources write them, as RFC 3339 where they name an instant. No zone is ever guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_S, _LAST_S = 631_152_000, 4_102_444_800  # 1990 to 2100: a number outside is no time of a news article
_UNITS_A_SECOND: Final = (1, 1_000, 1_000_000, 1_000_000_000)  # seconds, milli-, micro-, nanoseconds

_LONGEST = 64  # characters
_NAMED_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACED_ZONE = re.compile(r"(?<=\d)\s+(?=[+-]\d{2}:?\d{2}$)")
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
_NUMBER = re.compile(r"\d{9,19}(?:\.\d+)?")


def instant_text(written: str) -> str | None:
    """The instant that a date names, as RFC 3339 with the source's own zone; None where it names none.

    Read are ISO 8601 in its usual spellings (a space for the "T", "UTC" or "GMT" for the "Z", GDELT's
    ``20260330T082500Z``), RFC 5322 as in feeds, and Unix time in seconds to nanoseconds, which is UTC by its nature.
    """
    written = written.strip()
    if len(written) > _LONGEST:
        return None
    if _NUMBER.fullmatch(written):
        return _unix_time(float(written)) if "." in written else _unix_time(int(written))
    text = _SPACED_ZONE.sub("", _LONG_FRACTION.sub(r"\1", written))
    for spelling in (text, _NAMED_UTC.sub("+00:00", text)):
        try:
            moment = datetime.fromisoformat(spelling)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            return moment.isoformat()
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.isoformat() if moment.tzinfo is not None else None


def _unix_time(number: float) -> str | None:
    for units in _UNITS_A_SECOND:
        if _FIRST_S <= number / units <= _LAST_S:
            moment = _EPOCH + timedelta(microseconds=int(number * 1_000_000 // units))
            return moment.isoformat().replace("+00:00", "Z")
    return None
