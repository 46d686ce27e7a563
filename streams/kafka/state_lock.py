"""One worker per state folder, checked before it joins the group and is given partitions that it could not work on."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from streams.settings import Settings
from streams.steps import Step

_WAIT_S, _LOOK_AGAIN_S = 10.0, 0.1  # for a worker that is just ending, in a rolling restart


class StateInUseError(RuntimeError):
    """Another process uses this state folder; the message says which one, and what to do."""


def state_folder(settings: Settings, step: Step) -> Path:
    """Where a worker keeps its local copy of a step's table."""
    return settings.state_dir / settings.app_id / step.changelog.name


def hold_state(settings: Settings, steps: Iterable[Step], wait_s: float = _WAIT_S) -> ExitStack:
    """Keep the state of these steps for this process, until the result is closed or the process ends in any way.

    Waits up to ``wait_s`` seconds for another process to let go.

    Raises:
        StateInUseError: it does not let go.
        OSError: a folder can't be written to, or its file system does not support locks.
    """
    deadline = time.monotonic() + wait_s
    with ExitStack() as held:
        for step in steps:
            folder = state_folder(settings, step)
            folder.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context((folder / "lock").open("a+"))
            while (holder := _lock(lock.fileno())) is not None:
                if time.monotonic() >= deadline:
                    raise StateInUseError(
                        f"HEADWATER_STATE_DIR: {settings.state_dir} is in use by another worker, process {holder or 'unknown'}:"
                        " give each worker a folder of its own, or stop that one first"
                    )
                time.sleep(_LOOK_AGAIN_S)
        return held.pop_all()


def _lock(descriptor: int) -> str | None:
    """Lock a file and write our process id into it; if it is already locked, return the id found there."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 20, 0).decode(errors="replace").strip()
    os.ftruncate(descriptor, 0)
    os.write(descriptor, b"%d\n" % os.getpid())
    return None
