"""``headwater worker``: one member of the group that does the work."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from pathlib import Path

import click

from agents import pipeline_steps
from streams.commands.context import read_settings, run_async
from streams.descriptors import raise_limit
from streams.kafka.admin import TopicsMissingError, check_topics
from streams.kafka.app import UnsafeFaustError, add_agent, create_app
from streams.kafka.delivery import Delivery
from streams.kafka.quiet import quieten
from streams.settings import Settings
from streams.watch.metrics import Metrics
from streams.watch.supervisor import Supervisor
from streams.watch.web import serve


@click.command()
@click.option(
    "--loglevel",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@click.option(
    "--only",
    type=click.Choice([step.name for step in pipeline_steps(Settings())]),
    help="Do this step alone. With a new HEADWATER_APP_ID, `--only deduplicate` decides on all of news.prepared anew.",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    show_default="one for each core",
    help="How many to run and to start again when they die; 1 is no process but this one.",
)
@click.option("--member", type=click.Path(path_type=Path), hidden=True)  # of a supervisor: where to answer
def worker(loglevel: str, only: str | None, processes: int, member: Path | None) -> None:
    """Consume news.raw and do the whole job, until SIGTERM or Ctrl-C.

    Start it on as many machines as you like, each with a HEADWATER_STATE_DIR of its own; processes beyond the number of
    partitions stand by. One that meets an error it can't get over ends with status 70 and nothing half done.
    """
    settings = read_settings()
    raise_limit()
    try:
        run_async(check_topics(settings, pipeline_steps(settings)), settings)
    except TopicsMissingError as error:
        raise click.ClickException(str(error)) from error
    if processes > 1:
        _supervise(settings, processes, ("--loglevel", loglevel, *(("--only", only) if only else ())), loglevel)
    else:
        _work(settings, only, loglevel, member)


def _supervise(settings: Settings, processes: int, options: tuple[str, ...], loglevel: str) -> None:
    logging.basicConfig(level=loglevel.upper(), format="[%(asctime)s] [%(process)s] [%(levelname)s] %(message)s")
    try:
        asyncio.run(Supervisor(settings, processes, options).run())
    except OSError as error:
        raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error


def _work(settings: Settings, only: str | None, loglevel: str, member: Path | None) -> None:
    try:
        (settings.state_dir / "faust").mkdir(parents=True, exist_ok=True)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # where Faust looks for it
        app = create_app(settings)
    except UnsafeFaustError as error:
        raise click.ClickException(str(error)) from error
    steps = [step for step in pipeline_steps(settings) if only in (None, step.name)]
    metrics = Metrics(steps)
    delivery = Delivery(app, settings, steps, metrics)
    for step in steps:
        add_agent(app, step, delivery.take)
    app.finalize()
    if member is not None:
        threading.Thread(target=_end_with_supervisor, daemon=True).start()
    if settings.web_port or member is not None:
        try:  # before anything else: a worker that is still starting says so
            loop.run_until_complete(serve(app, delivery, settings, metrics, member))
        except OSError as error:
            raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error
    if loglevel != "debug":
        quieten()
    faust_worker = app.Worker(loglevel=loglevel.upper(), loop=loop)
    faust_worker.spinner = None  # at warning and above it would have every debug record made, to spin by
    faust_worker.execute_from_commandline()


def _end_with_supervisor() -> None:
    """Its end of our standard input closes with it, however it ended."""
    while os.read(0, 4096):  # not sys.stdin: Python dies at its end of a thread that waits in that
        pass
    os.kill(os.getpid(), signal.SIGTERM)
