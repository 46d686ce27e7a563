"""The installed command: it makes sure that the package ``agents`` beside it is Headwater's, then runs it.

The names ``streams`` and ``agents`` are generic: another distribution (openai-agents, for one) that is installed into the same
environment puts its own ``agents`` in the place of ours.
"""

from __future__ import annotations

import sys
from importlib import import_module, metadata


def main() -> None:
    """Run the command line, or say which package has taken the place of ours."""
    try:
        import_module("agents").pipeline_steps  # noqa: B018
    except (ImportError, AttributeError):
        others = set(metadata.packages_distributions().get("agents", ())) - {"headwater-news"}
        owner = ", ".join(sorted(others)) or "another program"
        sys.exit(
            f"headwater: the package `agents` is not Headwater's; it belongs to {owner}. "
            "Install Headwater in an environment of its own: `pipx install` or `uv tool install` its wheel."
        )
    import_module("streams.__main__").main()
