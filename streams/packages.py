"""Whether the packages ``streams`` and ``agents`` beside this module are Headwater's.

Their names are generic: another distribution (such as openai-agents) installed into the same environment puts its own files in
their place, and takes ours with it when it is uninstalled.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Final

_SIGNS: Final = {"streams": "What articles flow through", "agents": "def pipeline_steps"}
"""What is in the source of our packages, and in no other's."""


def what_is_wrong() -> str | None:
    """What is wrong with the packages, and what to do about it; None if they are ours."""
    for package, sign in _SIGNS.items():
        source = _source(package)
        if sign in source:
            continue
        owners = _other_owners(package)
        if owners or source:
            wrong = f"is not Headwater's; it belongs to {', '.join(owners) or 'another program'}. Install Headwater"
        else:  # whoever overwrote it has taken the files away again
            wrong = "is missing: a distribution that had replaced it may have been uninstalled. Install Headwater again,"
        return f"the package `{package}` {wrong} in an environment of its own: `pipx install` or `uv tool install` its wheel."
    return None


def _source(package: str) -> str:
    """The source of a package, which is not imported for it: that would take half a second. "" if there is none."""
    try:
        spec = find_spec(package)
        return (spec.loader.get_source(package) if spec else None) or ""  # type: ignore[union-attr]
    except (ImportError, ValueError, AttributeError):
        return ""


def _other_owners(package: str) -> list[str]:
    found = import_module("importlib.metadata").packages_distributions().get(package, ())
    return sorted(set(found) - {"headwater-news"})
