"""``headwater worker``: one member of the group that does the work."""

from __future__ import annotations

import asyncio

import click

from agents import deduplicate, pipeline_steps, prepare
from streams.app import UnsafeFaustError, create_app
from streams.commands.context import read_settings, run_async
from streams.delivery import Delivery
from streams.metrics import Metrics
from streams.topics import TopicsMissingError, check_topics
from streams.web import serve

AGENTS = {"prepare": prepare, "deduplicate": deduplicate}


@click.command()
@click.option(
    "--loglevel",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@click.option(
    "--only",
    type=click.Choice(list(AGENTS)),
    help="Do this step alone. With a new HEADWATER_APP_ID, `--only deduplicate` decides on all of news.prepared anew.",
)
def worker(loglevel: str, only: str | None) -> None:
    """Consume news.raw and do the whole job, until SIGTERM or Ctrl-C.

    Start as many as there are partitions, each with a HEADWATER_STATE_DIR of its own. A worker that meets an error it can't
    get over ends with status 70 and nothing half done: start it again.
    """
    settings = read_settings()
    try:
        run_async(check_topics(settings), settings)
        (settings.state_dir / "faust").mkdir(parents=True, exist_ok=True)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # where Faust looks for it
        app = create_app(settings)
    except (TopicsMissingError, UnsafeFaustError) as error:
        raise click.ClickException(str(error)) from error
    steps = [step for step in pipeline_steps(settings) if only in (None, step.name)]
    metrics = Metrics(steps)
    delivery = Delivery(app, settings, steps, metrics)
    for step in steps:
        AGENTS[step.name].install(app, delivery.take)
    app.finalize()
    if settings.web_port:
        try:  # before anything else: a worker that is still starting says so
            loop.run_until_complete(serve(app, delivery, settings, metrics))
        except OSError as error:
            raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error
    app.Worker(loglevel=loglevel.upper(), loop=loop).execute_from_commandline()
