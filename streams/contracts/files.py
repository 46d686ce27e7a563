"""The contract as files: docs/schemas and docs/asyncapi.yaml. ``make contracts`` writes them; a test compares them.

It refuses a change that breaks consumers under the same ``$id``: docs/consumers.md has the rule.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from streams.contracts.asyncapi import asyncapi_document
from streams.contracts.compatibility import breaking_changes
from streams.contracts.contract import CONTRACTS
from streams.contracts.values import Schema
from streams.contracts.yaml import yaml_text

SCHEMAS: Final = "schemas"
_HEAD: Final = "# Made by `make contracts`: change streams/contracts instead.\n"


def contract_files() -> dict[str, str]:
    """Every file, by its path below docs/."""
    files = {f"{SCHEMAS}/{name}": json_text(schema) for each in CONTRACTS for name, schema in each.schemas.items()}
    return {**files, "asyncapi.yaml": _HEAD + yaml_text(asyncapi_document())}


def json_text(schema: Schema) -> str:
    """A schema as indented JSON."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def broken_promises(docs: Path) -> Iterator[str]:
    """The promises of the schemas in ``docs`` that the code breaks, one line each; a new ``$id`` makes a new schema."""
    for contract in CONTRACTS:
        for name, schema in contract.schemas.items():
            path = docs / SCHEMAS / name
            before = json.loads(path.read_text("utf-8")) if path.exists() else {}
            if before.get("$id") == schema.get("$id"):
                yield from (f"{name}: {change}" for change in breaking_changes(before, schema))


def main(docs: Path) -> int:
    """Write the files; returns 1, and writes nothing, if that would break a consumer."""
    if broken := list(broken_promises(docs)):
        sys.stderr.write("\n".join((*broken, "This breaks consumers: docs/consumers.md says what may change, and how.", "")))
        return 1
    for name, text in contract_files().items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
