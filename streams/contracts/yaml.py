"""Plain values as YAML 1.2 that people can read: mappings and lists in blocks, texts quoted where they have to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from streams import lazy_re as re

# Text that needs no quotes in YAML 1.1 and 1.2: it cannot be read as a number, a date or syntax.
_BARE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./{}+\-]*(?: [A-Za-z0-9_./(][A-Za-z0-9_./()+\-,;]*)*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def yaml_text(value: Any) -> str:
    """A mapping or list of JSON's values as a YAML document."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _entry(f"{_scalar(name)}:", inner, "  ")
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _item(inner)
    else:
        yield _scalar(value)


def _entry(label: str, inner: Any, indent: str) -> Iterator[str]:
    if isinstance(inner, dict | list) and inner:
        yield label
        yield from (indent + line for line in _lines(inner))
    else:
        yield f"{label} {_scalar(inner)}"


def _item(inner: Any) -> Iterator[str]:
    first, *others = _lines(inner)
    yield f"- {first}"
    yield from (f"  {line}" for line in others)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value) and value.lower() not in _WORDS:
        return value
    written = json.dumps(value, ensure_ascii=False)  # JSON is YAML, except for invisible characters
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in written)
