"""The installed command: makes sure that the packages beside it are Headwater's, then runs it.

A command's imports happen when it runs, so that ``--help`` is quick. Ctrl-C before that ends the process silently, because
nothing has been done yet.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module

from streams.packages import what_is_wrong


def main() -> None:
    """Run the command line, or say which package has replaced ours."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a parent process may have disabled it
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if wrong := what_is_wrong():
        sys.exit(f"headwater: {wrong}")
    try:
        import_module("streams.__main__").main()
    except KeyboardInterrupt:  # outside of a command, or the second one within it
        sys.exit(128 + signal.SIGINT)
    finally:
        if interruptible:  # the interpreter's own shutdown would print a traceback if interrupted
            signal.signal(signal.SIGINT, signal.SIG_DFL)
