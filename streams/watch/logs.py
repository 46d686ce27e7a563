"""How a worker writes its log: to standard error, a line an event, for people or as JSON.

At level warning, the default, it says what is wrong, and how it is doing whenever that changes. At info it tells of each
partition, and the libraries speak, too.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

_TEXT: Final = "[%(asctime)s] [%(process)s] [%(levelname)s] %(message)s"
_ALWAYS_TOLD: Final = ("streams.watch.standing", "streams.watch.supervisor")


class LogFormat(StrEnum):
    """One line an event: as text, or as a JSON object."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """A JSON object a line: time (RFC 3339, UTC), level, logger, process, message; with an exception also its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage().strip(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def set_up_logs(level: str, form: LogFormat) -> None:
    """Write what is of this level (debug, info, warning, error) or above to standard error; replaces an earlier set-up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else logging.Formatter(_TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _ALWAYS_TOLD:
        logging.getLogger(name).setLevel(logging.INFO if level == "warning" else logging.NOTSET)
