"""``headwater migrate``: start over under another id, if topics can't be worked on any more as they are."""

from __future__ import annotations

import click

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.kafka.admin import TopicsMissingError
from streams.kafka.migration import MigrationError, Moved, migrate_stream


@click.command()
@click.argument("new_id")
@click.option("--partitions", type=click.IntRange(1), help="How many partitions news.prepared gets; never fewer than now.")
def migrate(new_id: str, partitions: int | None) -> None:
    """Read everything again under the HEADWATER_APP_ID NEW_ID, for a stream whose partitions were altered.

    Stop all workers first, and start them with HEADWATER_APP_ID=NEW_ID afterwards. What news.raw still holds goes through once
    more, and consumers get each article once more, under its id. Nothing is deleted: what the former id left in news.prepared
    is skipped, and its changelogs stay.
    """
    settings = read_settings()
    try:
        moved: Moved = run_async(migrate_stream(settings, pipeline_steps(settings), new_id, partitions), settings)
    except (MigrationError, TopicsMissingError) as error:
        raise click.ClickException(str(error)) from error
    for topic, count in moved.partitions.items():
        click.echo(f"{topic}: {count} partitions")
    for topic, offsets in moved.passed_over.items():
        click.echo(f"{topic}: begins after its first {offsets:,} offsets")
    if moved.gone:
        click.echo(f"{moved.gone:,} offsets that Kafka has deleted since can't be read again", err=True)
    click.echo(f"Now start every worker with HEADWATER_APP_ID={new_id}")
