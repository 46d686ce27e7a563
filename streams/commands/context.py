"""What every command begins with: the settings, and errors a person can read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

import click
from aiokafka.errors import KafkaError

from streams.settings import Settings, SettingsError

T = TypeVar("T")


def read_settings() -> Settings:
    """The settings from the environment, or a usage error that names each wrong variable."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def run_async(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    """Run a coroutine; a Kafka that can't be reached is one clear line."""
    client_log = logging.getLogger("aiokafka")
    client_log.setLevel(logging.CRITICAL)  # says it too, in other words
    try:
        return asyncio.run(work)
    except (KafkaError, OSError) as error:
        raise click.ClickException(f"Kafka at {','.join(settings.brokers)}: {error}") from error
    finally:
        client_log.setLevel(logging.NOTSET)
