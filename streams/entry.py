"""The installed command: it makes sure that the package ``agents`` beside it is Headwater's, then runs it.

The names ``streams`` and ``agents`` are generic: another distribution (openai-agents, for one) that is installed into the same
environment puts its own ``agents`` in the place of ours. What a command needs is imported when that command runs, so that
``--help`` is quick, and Ctrl-C before then ends the process without a word: nothing has been done yet.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from importlib.util import find_spec


def main() -> None:
    """Run the command line, or say which package has taken the place of ours."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # whoever started us may ignore it
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not _agents_are_ours():
        sys.exit(
            f"headwater: the package `agents` is not Headwater's; it belongs to {_owner()}. "
            "Install Headwater in an environment of its own: `pipx install` or `uv tool install` its wheel."
        )
    try:
        import_module("streams.__main__").main()
    except KeyboardInterrupt:  # outside of what a command does, or a second one within
        sys.exit(128 + signal.SIGINT)
    finally:
        if interruptible:  # Python's own end can be interrupted as well, and would show where
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _agents_are_ours() -> bool:
    """Told by its source: to import it takes half a second."""
    try:
        spec = find_spec("agents")
        source = spec.loader.get_source("agents") if spec else None  # type: ignore[union-attr]
    except (ImportError, ValueError, AttributeError):  # nothing that Python finds, or nothing with a source
        return False
    return "def pipeline_steps" in (source or "")


def _owner() -> str:
    found = import_module("importlib.metadata").packages_distributions().get("agents", ())
    return ", ".join(sorted(set(found) - {"headwater-news"})) or "another program"
