"""Ports of 127.0.0.1 for servers that are started side by side: no two processes are given the same one."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
import threading
from functools import cache
from pathlib import Path

HOST = "127.0.0.1"
# Below the ports that Linux and macOS assign to outgoing connections: while a server restarts, no client can be given its
# port, and a client that keeps connecting to it cannot end up connected to itself.
FREE_PORTS = range(20_000, 32_000)

_mine: set[int] = set()
_choosing = threading.Lock()


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of 127.0.0.1; False for what is no port."""
    try:
        socket.create_server((HOST, port)).close()
    except (OSError, OverflowError):
        return False
    return True


def claim_port() -> int:
    """A port nobody listens on, and which no other call of this user's processes is given until this process ends.

    That nobody listens says nothing of the second until one's own server does, and in that second another's may be given the
    same port. So each is locked: its byte of a file that all share, which the system unlocks however the process ends.
    """
    with _choosing:
        others = [port for port in FREE_PORTS if port not in _mine]
        port = next(port for port in random.sample(others, len(others)) if _locks(port) and is_free(port))
        _mine.add(port)
    return port


def _locks(port: int) -> bool:
    try:
        fcntl.lockf(_locked_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache  # a process that closed it would lose its locks
def _locked_file() -> int:
    path = Path(tempfile.gettempdir()) / f"headwater-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
