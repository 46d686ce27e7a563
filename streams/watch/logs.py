"""How a worker writes its log: to standard error, one line per event, for people or as JSON.

At level warning, the default, it reports what is wrong, and its status whenever that changes. At info it also reports on each
partition, and so do the libraries.
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
    """One line per event: as text, or as a JSON object."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (RFC 3339, UTC), level, logger, process, message; exceptions with their traceback."""

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
    """Write messages of this level (debug, info, warning, error) or above to standard error; replaces an earlier set-up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else logging.Formatter(_TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _ALWAYS_TOLD:
        logging.getLogger(name).setLevel(logging.INFO if level == "warning" else logging.NOTSET)
