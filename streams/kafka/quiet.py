"""While Kafka is away, its clients report it a hundred times a second; this reduces that to one line a minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

_AGAIN_AFTER_S: Final = 60.0
_NEWS_AFTER_S: Final = 600.0

retries: Final = logging.getLogger("streams.kafka.retries")
"""The logger for retries."""

CLIENTS: Final = ("aiokafka", "faust", "mode", retries.name)
"""The loggers that repeat themselves, each with all its children."""


class Repeats(logging.Filter):
    """Lets the first warning of each kind through, then one a minute for all kinds together, with the number left out.

    Warnings are of one kind if they come from the same line of code, about the same kinds of error: that a password is refused
    must not go under where nobody could be reached before. A kind that was quiet for ten minutes counts as new.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._heard_at: dict[tuple[str, int, tuple[type, ...]], float] = {}
        self._passed_at = 0.0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        if record.levelno < logging.WARNING:
            return True
        now, kind = self._clock(), (record.pathname, record.lineno, _errors_of(record))
        is_new = now - self._heard_at.get(kind, -_NEWS_AFTER_S) >= _NEWS_AFTER_S
        self._heard_at[kind] = now
        if not is_new and now - self._passed_at < _AGAIN_AFTER_S:
            self._left_out += 1
            return False
        if not is_new:
            record.exc_info = record.exc_text = None
        self._passed_at = now
        if self._left_out:
            record.msg, record.args = "%s (and %d more warnings of kinds already seen)", (record.getMessage(), self._left_out)
            self._left_out = 0
        return True


def _errors_of(record: logging.LogRecord) -> tuple[type, ...]:
    """The classes of the errors that a record is about."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    return tuple(type(each) for each in arguments if isinstance(each, BaseException))


_REPEATS: Final = Repeats()


def quieten() -> None:
    """Share one :class:`Repeats` among all loggers of a worker's clients, which must have been imported."""
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(tuple(f"{each}." for each in CLIENTS)) or name in CLIENTS:
            logging.getLogger(name).addFilter(_REPEATS)
