"""``headwater settings``: every setting, its value, where it comes from, what it means."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from streams.commands.printing import columns, wrapped
from streams.settings import Settings, SettingsError, settings_document, written_value
from streams.settings_file import IN_FILE, PREFIX, SettingsFileError, Variables, gather


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting as it is now. ``value`` is in the form that a variable takes; a secret's is never shown."""

    variable: str
    value: str | None
    source: str
    unit: str
    default: str
    meaning: str
    secret: bool


def in_force(variables: Variables) -> Iterator[InForce]:
    """Every setting, with its value as written and where it comes from: environment, file:line, or default."""
    for each in fields(Settings):
        variable = PREFIX + each.name.upper()
        names = [variable, *([variable + IN_FILE] if each.metadata["secret"] else [])]
        found = next((name for name in names if _counts(variables.values.get(name), each.default)), None)
        default = written_value(each.default)
        value = default if found is None else variables.values[found]
        yield InForce(
            variable=found or variable,
            value=None if each.metadata["secret"] else value,
            source="default" if found is None else variables.sources[found],
            unit=each.metadata["unit"],
            default=default,
            meaning=each.metadata["meaning"],
            secret=each.metadata["secret"],
        )


def _counts(value: str | None, default: Any) -> bool:
    """Whether a variable sets anything: an empty one counts as unset if the setting has no default."""
    return value is not None and (bool(value.strip()) or default is not None)


@click.command()
@click.option("--changed", is_flag=True, help="Only those that are set.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per setting.")
@click.option("--markdown", is_flag=True, help="As docs/configuration.md.")
def settings(changed: bool, as_json: bool, markdown: bool) -> None:
    """Show every setting: the current value, where it comes from, what it means.

    The environment comes first, then the file that HEADWATER_SETTINGS_FILE names (.env in this folder, if it is not set), then
    the default. Secrets are not shown. Ends with status 2 if a variable can't be used.
    """
    if markdown:
        click.echo(settings_document(), nl=False)
        return
    try:
        variables = gather(os.environ, Path())
    except SettingsFileError as error:
        raise click.UsageError(str(error)) from error
    for each in in_force(variables):
        if not changed or each.source != "default":
            click.echo(_json(each) if as_json else "\n".join(told(each, columns())))
    try:
        Settings.from_environment(variables.values)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def told(setting: InForce, width: int) -> Iterator[str]:
    """A setting in a few lines of at most ``width`` columns."""
    hidden = "not set" if setting.source == "default" else "(not shown)"
    shown = hidden if setting.secret else setting.value or "not set"
    source = "" if setting.source == "default" else f"   from {setting.source}"
    first = f"{setting.variable} = {shown}{source}"
    yield from wrapped(first, width)
    told_default = f"; default {setting.default}" if setting.source != "default" and setting.default else ""
    unit = f" ({setting.unit}{told_default})" if setting.unit else f" ({told_default[2:]})" if told_default else ""
    yield from wrapped(setting.meaning + unit, width, "    ")


def _json(setting: InForce) -> str:
    told = {name: getattr(setting, name) for name in ("variable", "value", "source", "unit", "default", "meaning")}
    return json.dumps({**told, "secret": True} if setting.secret else told, ensure_ascii=False)
