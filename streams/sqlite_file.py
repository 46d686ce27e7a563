"""A SQLite file as the memory of a command: opened, or refused in words that help.

With write-ahead logging (WAL) a kill never corrupts it; what was not committed is undone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

_WAIT_S: Final = 1.0
_SHARED_WAIT_S: Final = 30.0


class UnusableFileError(sqlite3.DatabaseError):
    """The file can't be used: another process has it, it can't be written, or it is something else; the message says which."""


def open_sqlite(file: Path, schema: str, *, shared: bool = False, survives_power_cuts: bool = False) -> sqlite3.Connection:
    """Open the file, or create it; in autocommit mode.

    ``shared``: several processes may use it at once. ``survives_power_cuts``: so does each commit; otherwise a power cut may
    cost the last ones.

    Raises:
        UnusableFileError: it can't be used.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undone:
            database = sqlite3.connect(file, timeout=_SHARED_WAIT_S if shared else _WAIT_S, isolation_level=None)
            undone.callback(database.close)
            database.execute(f"PRAGMA locking_mode = {'NORMAL' if shared else 'EXCLUSIVE'}")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(f"PRAGMA synchronous = {'FULL' if survives_power_cuts else 'NORMAL'}")
            database.executescript(schema)
            database.executescript("BEGIN IMMEDIATE; COMMIT")  # from here on an exclusive file is ours
            undone.pop_all()
    except OSError as error:
        raise UnusableFileError(f"{error.filename}: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        advice = "; each process needs a file of its own" if "locked" in str(error) else ""
        raise UnusableFileError(f"{file}: {error}{advice}") from error
    return database
