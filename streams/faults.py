"""The safety net: an unexpected exception over one article becomes a value, so that one record can't stop a stream. Pure.

It covers work that depends on one article only. Anything that uses tables or Kafka is outside: an exception there stops the
worker.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

T = TypeVar("T")

OUR_MACHINE: Final = (ImportError, MemoryError, OSError)
"""Errors for which no record is to blame: another machine would read it. They stop the worker wherever they are raised."""

_ROOT: Final = Path(__file__).resolve().parents[1]
_OURS: Final = tuple(f"{_ROOT / package}/" for package in ("streams", "agents"))


@dataclass(frozen=True, slots=True)
class Fault:
    """An unexpected exception: its type, and the innermost line of our code that led to it.

    It leaves out the message and repr, which may contain memory addresses and so differ from run to run.
    """

    kind: str
    place: str

    @classmethod
    def of(cls, error: BaseException) -> Fault:
        """The fault for a caught exception."""
        kind = type(error)
        named = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        return cls(named, _place_of(error.__traceback__))

    def __str__(self) -> str:
        return f"{self.kind} at {self.place}"


def caught(work: Callable[[], T]) -> T | Fault:
    """What ``work`` returns, or the fault that ended it. ``work`` must be pure: it may run twice.

    How deep a recursion can go depends on the caller's stack, so work that overflows is repeated on an empty stack. This gives
    a record the same outcome in a worker, in a command and in a test.

    Raises:
        ImportError, MemoryError, OSError: as raised, or as the cause of what was raised.
    """
    try:
        return work()
    except RecursionError:
        return _on_empty_stack(work)
    except Exception as error:  # noqa: BLE001 - the net
        return _fault(error)


def _fault(error: Exception) -> Fault:
    """The fault for an error; raises if our machine is the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OUR_MACHINE):
            raise error
        cause = cause.__cause__
    return Fault.of(error)


def _on_empty_stack(work: Callable[[], T]) -> T | Fault:
    """Like :func:`caught`, in a thread of its own."""
    with ThreadPoolExecutor(1, "empty-stack") as thread:
        try:
            return thread.submit(work).result()
        except Exception as error:  # noqa: BLE001 - the net
            return _fault(error)


def _place_of(traceback: TracebackType | None) -> str:
    """``streams/records/fields.py:120``: the innermost line of our code, other than this module's."""
    place = "unknown"
    while traceback is not None:
        path = traceback.tb_frame.f_code.co_filename
        if path.startswith(_OURS) and path != __file__:
            place = f"{Path(path).relative_to(_ROOT).as_posix()}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
