"""Records held to the contract: stricter than consumers', nothing may occur that the schemas do not name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from streams.contracts.contract import CONTRACTS
from streams.contracts.values import KNOWN_VALUES

CONTRACT_OF = {str(contract.topic): contract for contract in CONTRACTS}

occurred: Counter[str] = Counter()
"""Which fields and headers the records of this process had, as ``topic place``."""


def closed(schema: Any) -> Any:
    """The schema without room for anything that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closer = {name: value if name in ("const", "enum") else closed(value) for name, value in schema.items()}
    if KNOWN_VALUES in schema:
        closer["enum"] = schema[KNOWN_VALUES]
    if "properties" in schema and schema.get("type") == "object":
        closer["additionalProperties"] = False
    return closer


@cache
def _validators(topic: str) -> tuple[Draft202012Validator, ...]:
    contract = CONTRACT_OF[topic]
    headers = closed(contract.headers)
    if contract.value is None:
        del headers["additionalProperties"]  # the producer's own go with the record
    schemas = (contract.key, headers, closed(contract.value) if contract.value else {})
    return tuple(Draft202012Validator(each, format_checker=FormatChecker()) for each in schemas)


def contract_errors(
    topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
) -> Iterator[str]:
    """What is wrong with a record of one of the outcome topics, one line each."""
    if (contract := CONTRACT_OF.get(topic)) is None:
        return
    told = {name: text for name, text in headers if contract.value or name.startswith(("ce_origin", "__streams.errors."))}
    parts: dict[str, Any] = {"headers": {name: text.decode() for name, text in told.items() if text is not None}}
    if contract.value is not None:
        if len(told) != len(headers):
            yield f"{topic}: a header comes twice: {[name for name, _ in headers]}"
        parts |= {"key": key and key.decode(), "value": orjson.loads(value or b"")}
    for part, validator in zip(("key", "headers", "value"), _validators(topic), strict=True):
        if part in parts:
            occurred.update(f"{topic} {part} {place}" for place in places(parts[part]))
            for error in validator.iter_errors(parts[part]):
                yield f"{topic}: {part}{error.json_path[1:]}: {error.message[:300]}"


def places(value: Any, at: str = "$") -> Iterator[str]:
    """Every place of a value that a schema may describe."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}.{name}"
            yield from places(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{at}[]")


def described_places(schema: Any, at: str = "$") -> Iterator[str]:
    """Every place that a schema describes."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{at}.{name}"
        yield from described_places(inner, f"{at}.{name}")
    if "items" in schema:
        yield from described_places(schema["items"], f"{at}[]")
