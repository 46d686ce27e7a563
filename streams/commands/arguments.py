"""Settings and files, as every command reads them; commands that need no Kafka import no client of it."""

from __future__ import annotations

import click

from streams.settings import Settings, SettingsError

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
"""The type of an argument that names a file to read, or "-" for standard input."""


def read_settings() -> Settings:
    """The settings from the environment, or a usage error that names each wrong variable."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
