"""The installed command: makes sure that the package ``agents`` beside it is Headwater's, then runs it.

The names ``streams`` and ``agents`` are generic: another distribution (such as openai-agents) installed into the same
environment replaces our ``agents`` with its own. A command's imports happen when it runs, so that ``--help`` is quick. Ctrl-C
before that ends the process silently, because nothing has been done yet.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from importlib.util import find_spec


def main() -> None:
    """Run the command line, or say which package has replaced ours."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a parent process may have disabled it
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not _agents_are_ours():
        sys.exit(
            f"headwater: the package `agents` is not Headwater's; it belongs to {_owner()}. "
            "Install Headwater in an environment of its own: `pipx install` or `uv tool install` its wheel."
        )
    try:
        import_module("streams.__main__").main()
    except KeyboardInterrupt:  # outside of a command, or the second one within it
        sys.exit(128 + signal.SIGINT)
    finally:
        if interruptible:  # the interpreter's own shutdown would print a traceback if interrupted
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _agents_are_ours() -> bool:
    """Checks the source of ``agents``: importing it would take half a second."""
    try:
        spec = find_spec("agents")
        source = spec.loader.get_source("agents") if spec else None  # type: ignore[union-attr]
    except (ImportError, ValueError, AttributeError):  # there is no such package, or it has no source file
        return False
    return "def pipeline_steps" in (source or "")


def _owner() -> str:
    found = import_module("importlib.metadata").packages_distributions().get("agents", ())
    return ", ".join(sorted(set(found) - {"headwater-news"})) or "another program"
