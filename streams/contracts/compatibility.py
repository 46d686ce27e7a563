"""Which changes of a schema break a consumer that was written against the previous one.

The rule: whatever was promised stays, with its type and bounds; fields may be added, and so may values of words that are
declared open. So the old schema must allow every document that the new one allows, and no promise is withdrawn. The rules
cover the keywords that :mod:`streams.contracts.values` uses; any other change counts as breaking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from streams.contracts.values import KNOWN_VALUES, Schema

_SAYS_NOTHING: Final = {"$schema", "title", "description", "examples", "$comment"}
_COMPARED: Final = {"type", "enum", "const", "required", "properties", "items", "minimum", "maximum", "minItems", "minLength"}


def breaking_changes(before: Schema | None, after: Schema | None, place: str = "$") -> Iterator[str]:
    """What in a schema's change breaks a consumer, one line each: where, and what."""
    if before is None or after is None:
        if before is not after:
            yield f"{place}: JSON became any bytes, or the other way round"
        return
    for compare in _COMPARISONS:
        yield from compare(before, after, place)
    yield from _properties(before, after, place)
    if "items" in before:
        yield from breaking_changes(before["items"], after.get("items", {}), f"{place}[]")
    for keyword in sorted((before.keys() | after.keys()) - _SAYS_NOTHING - _COMPARED - {KNOWN_VALUES}):
        if before.get(keyword) != after.get(keyword):
            yield f"{place}: {keyword} was {before.get(keyword)!r} and is {after.get(keyword)!r}"


def contract_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """The same for a whole contract (:meth:`streams.contracts.contract.Contract.promised`)."""
    if before["topic"] != after["topic"]:
        yield f"the topic was {before['topic']} and is {after['topic']}"
    for part in ("key", "headers", "value"):
        yield from breaking_changes(before[part], after[part], part)


def _types(before: Schema, after: Schema, place: str) -> Iterator[str]:
    allowed, used = _as_set(before.get("type")), _as_set(after.get("type"))
    if allowed and not (used and used <= allowed):
        yield f"{place}: was {_told(allowed)} and may be {_told(used)}"


def _values(before: Schema, after: Schema, place: str) -> Iterator[str]:
    """A closed list of values may not grow; a constant is a list of one."""
    allowed, used = _closed(before), _closed(after)
    if allowed is not None and (used is None or not all(value in allowed for value in used)):
        yield f"{place}: was one of {allowed} and may be {used or 'anything'}"


def _required(before: Schema, after: Schema, place: str) -> Iterator[str]:
    for name in before.get("required", ()):
        if name not in after.get("required", ()):
            yield f"{place}.{name}: was always there and may be missing"


def _known(before: Schema, after: Schema, place: str) -> Iterator[str]:
    for value in before.get(KNOWN_VALUES, ()):
        if value not in after.get(KNOWN_VALUES, ()):
            yield f"{place}: {value!r} is no longer among its values"


def _bounds(before: Schema, after: Schema, place: str) -> Iterator[str]:
    for keyword in ("minimum", "minItems", "minLength"):
        if keyword in before and after.get(keyword, float("-inf")) < before[keyword]:
            yield f"{place}: {keyword} was {before[keyword]} and is {after.get(keyword)}"
    if "maximum" in before and after.get("maximum", float("inf")) > before["maximum"]:
        yield f"{place}: maximum was {before['maximum']} and is {after.get('maximum')}"


def _properties(before: Schema, after: Schema, place: str) -> Iterator[str]:
    for name, schema in before.get("properties", {}).items():
        found = after.get("properties", {}).get(name)
        if found is None:
            yield f"{place}.{name}: is gone"
        else:
            yield from breaking_changes(schema, found, f"{place}.{name}")


_COMPARISONS: Final[tuple[Callable[[Schema, Schema, str], Iterator[str]], ...]] = (_types, _values, _required, _known, _bounds)


def _as_set(types: str | list[str] | None) -> set[str]:
    return {types} if isinstance(types, str) else set(types or ())


def _told(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _closed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")
