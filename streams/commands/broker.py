"""``headwater broker``: an embedded Kafka by itself."""

from __future__ import annotations

import sys

import click

from streams.commands.context import embedded_kafka


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    short_help="Run an embedded Kafka by itself.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def broker(arguments: tuple[str, ...]) -> None:
    """Run an embedded Kafka by itself, until Ctrl-C."""
    sys.exit(embedded_kafka().main(list(arguments)))
