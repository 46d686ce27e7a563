"""``headwater topics``: make the topics, and look at them."""

from __future__ import annotations

import click
from rich.table import Table

from streams.commands.context import read_settings, run_async, table_console
from streams.topics import create_topics, partition_counts, topic_specs


@click.group()
def topics() -> None:
    """Make the topics, and look at them."""


@topics.command()
def create() -> None:
    """Create the topics that are not there yet, with their retention and compaction."""
    settings = read_settings()
    specs = topic_specs(settings)
    created = set(run_async(create_topics(settings, specs), settings))
    for spec in specs:
        click.echo(f"{spec.name}: {'created' if spec.name in created else 'was there'}")


@topics.command("list")
def list_() -> None:
    """Show each topic, its partitions and what it is for."""
    settings = read_settings()
    specs = topic_specs(settings)
    counts = run_async(partition_counts(settings, [spec.name for spec in specs]), settings)
    table = Table(box=None, pad_edge=False)
    for heading in ("topic", "partitions", "cleanup", "what it is for"):
        table.add_column(heading, overflow="fold")
    for spec in specs:
        count = counts[spec.name]
        table.add_row(spec.name, str(count) if count else "missing", spec.config["cleanup.policy"], spec.purpose)
    table_console().print(table)
