"""``headwater topics``: create the topics, and look at them."""

from __future__ import annotations

import click
from rich.table import Table

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.commands.printing import table_console
from streams.commands.strimzi import strimzi_manifests
from streams.kafka.admin import create_topics, partition_counts
from streams.topics import topics_of


@click.group()
def topics() -> None:
    """Create the topics, and look at them."""


@topics.command()
def create() -> None:
    """Create the topics that do not exist yet, with their retention and compaction."""
    settings = read_settings()
    found = topics_of(pipeline_steps(settings), settings)
    created = set(run_async(create_topics(settings, found), settings))
    for topic in found:
        click.echo(f"{topic}: {'created' if topic in created else 'was there'}")


@topics.command()
@click.option("--cluster", default="kafka", show_default=True, help="The name of the Kafka there.")
def strimzi(cluster: str) -> None:
    """Write the topics, and users with the rights they need, as manifests for Strimzi."""
    settings = read_settings()
    click.echo(strimzi_manifests(pipeline_steps(settings), settings, cluster), nl=False)


@topics.command("list")
def list_() -> None:
    """Show each topic, its partitions and what it is for."""
    settings = read_settings()
    found = topics_of(pipeline_steps(settings), settings)
    counts = run_async(partition_counts(settings, found), settings)
    table = Table(box=None, pad_edge=False)
    for heading in ("topic", "partitions", "cleanup", "what it is for"):
        table.add_column(heading, overflow="fold")
    for topic in found:
        count = counts[topic]
        table.add_row(topic, str(count) if count else "missing", topic.config["cleanup.policy"], topic.purpose)
    table_console().print(table)
