"""The command ``headwater``."""

from __future__ import annotations

import click

from streams.commands.bench import bench
from streams.commands.broker import broker
from streams.commands.console import console
from streams.commands.enrich import enrich
from streams.commands.explain import explain
from streams.commands.language import language
from streams.commands.pipe import pipe
from streams.commands.publish import publish
from streams.commands.rejected import rejected
from streams.commands.retract import retract
from streams.commands.run import run
from streams.commands.schemas import schemas
from streams.commands.settings import settings
from streams.commands.tail import tail
from streams.commands.topics import topics
from streams.commands.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="headwater-news", prog_name="headwater")
def main() -> None:
    """News articles on Kafka: cleaned, deduplicated, tagged, exactly once.

    `headwater run` shows it all with a Kafka of its own. Everything is set by environment variables HEADWATER_…; `headwater
    settings` lists them.
    """


_LOOKS = (pipe, enrich, explain, language, tail, bench, settings, schemas)
for command in (run, worker, console, topics, publish, retract, rejected, broker, *_LOOKS):
    main.add_command(command)

if __name__ == "__main__":
    main()
