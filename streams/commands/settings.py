"""``headwater settings``: every setting, its unit, its default, what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import click
from rich.table import Table

from streams.commands.context import table_console
from streams.settings import PREFIX, Settings


@click.command()
def settings() -> None:
    """List every setting: variable, unit, default, meaning."""
    table = Table(box=None, pad_edge=False)
    table.add_column("variable", overflow="fold")
    for heading in ("unit", "default", "meaning"):
        table.add_column(heading, overflow="fold")
    for each in fields(Settings):
        table.add_row(PREFIX + each.name.upper(), each.metadata["unit"], _shown(each.default), each.metadata["meaning"])
    table_console().print(table)


def _shown(default: Any) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Iterable) and not isinstance(default, str):
        return ",".join(sorted(str(part) for part in default))
    return str(default)
