"""``headwater settings``: every setting, its unit, its default, what it means."""

from __future__ import annotations

from dataclasses import fields

import click
from rich.table import Table

from streams.commands.context import table_console
from streams.settings import PREFIX, Settings, settings_document, written_value


@click.command()
@click.option("--markdown", is_flag=True, help="As docs/configuration.md.")
def settings(markdown: bool) -> None:
    """List every setting: variable, unit, default, meaning."""
    if markdown:
        click.echo(settings_document(), nl=False)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("variable", "unit", "default", "meaning"):
        table.add_column(heading, overflow="fold")
    for each in fields(Settings):
        default = written_value(each.default)
        table.add_row(PREFIX + each.name.upper(), each.metadata["unit"], default, each.metadata["meaning"])
    table_console().print(table)
