"""``headwater worker``: one member of the group that does the work."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.descriptors import raise_limit
from streams.heap import SurvivorsFreezer, return_large_blocks
from streams.kafka.admin import TopicsMissingError, check_topics
from streams.kafka.app import UnsafeFaustError, add_agent, create_app
from streams.kafka.checks import Deviation
from streams.kafka.delivery import Delivery
from streams.kafka.failures import FOR_OPERATORS, NAME_TAKEN_STATUS, stop_worker
from streams.kafka.fitting import fit_topics
from streams.kafka.quiet import quieten
from streams.kafka.state_lock import StateInUseError, hold_state
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings
from streams.steps import Step
from streams.text.language.detect import load
from streams.watch.logs import LogFormat, set_up_logs
from streams.watch.metrics import Metrics
from streams.watch.standing import tell_standing
from streams.watch.supervisor import Supervisor
from streams.watch.tracing import traced
from streams.watch.web import Watch, serve


@click.command()
@click.option(
    "--loglevel",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="The least serious level to log; changes of what the worker is doing are logged at warning.",
)
@click.option(
    "--log-format",
    type=click.Choice([form.value for form in LogFormat]),
    default=LogFormat.TEXT.value,
    show_default=True,
    help="One line for each event, as text or as a JSON object.",
)
@click.option(
    "--only",
    type=click.Choice([step.name for step in pipeline_steps(Settings())]),
    help="Do this step alone. With a new HEADWATER_APP_ID, `--only deduplicate` re-decides everything still in news.prepared.",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    show_default="one for each core",
    help="How many workers to run, each started again when it dies; with 1, this process is the worker.",
)
@click.option("--member", type=click.Path(path_type=Path), hidden=True)  # for a supervisor: the socket to answer on
def worker(loglevel: str, log_format: str, only: str | None, processes: int, member: Path | None) -> None:
    """Consume news.raw and do the whole job, until SIGTERM or Ctrl-C.

    Start it on as many machines as you like, each with a HEADWATER_STATE_DIR of its own; processes beyond the number of
    partitions stand by. A worker that meets an error it can't recover from ends with status 70 and nothing half done; one whose
    HEADWATER_INSTANCE_ID another worker has taken ends with status 78.
    """
    settings = read_settings()
    raise_limit()
    return_large_blocks()
    set_up_logs(loglevel, LogFormat(log_format))
    _check_model()
    steps = [step for step in pipeline_steps(settings) if only in (None, step.name)]
    with _state_of_ours(settings, steps):
        try:
            found = run_async(_prepare_topics(settings), settings)
        except TopicsMissingError as error:
            raise click.ClickException(str(error)) from error
        if processes > 1:
            options = ("--loglevel", loglevel, "--log-format", log_format, *(("--only", only) if only else ()))
            _supervise(settings, processes, options)
        else:
            _work(settings, steps, loglevel, member, TopicWatch(settings, pipeline_steps(settings), found))


def _check_model() -> None:
    """End with a line that says so if the model of languages is missing or damaged, before any article needs it."""
    try:
        load()
    except OSError as error:
        raise click.ClickException(str(error)) from error


def _state_of_ours(settings: Settings, steps: Sequence[Step]) -> ExitStack:
    """Create the state folder and lock it for this process, or end with a line that says why that fails."""
    make_state_folder(settings)
    try:
        return hold_state(settings, steps)
    except StateInUseError as error:
        raise click.ClickException(str(error)) from error


def make_state_folder(settings: Settings) -> None:
    """Create the state folder, readable only for this user, or end with a line that says why that fails."""
    os.umask(0o077)  # what is remembered of articles is private
    try:
        for ours in (settings.state_dir / "faust", settings.state_dir / settings.app_id):
            ours.mkdir(parents=True, exist_ok=True)
            ours.chmod(0o700)  # an earlier version left it readable for others
        with tempfile.TemporaryFile(dir=settings.state_dir):
            pass
    except OSError as error:
        raise click.ClickException(
            f"HEADWATER_STATE_DIR: {settings.state_dir} can't be used: {error.strerror}; choose another folder"
        ) from error


async def _prepare_topics(settings: Settings) -> list[Deviation]:
    """Returns what is not as `topics create` would have it, and harms nothing."""
    steps = pipeline_steps(settings)
    try:
        await fit_topics(settings, steps)
        return await check_topics(settings, steps)
    except FOR_OPERATORS as error:
        stop_worker("start", error)


def _supervise(settings: Settings, processes: int, options: tuple[str, ...]) -> None:
    supervisor = Supervisor(settings, processes, options)
    try:
        asyncio.run(supervisor.run())
    except OSError as error:
        raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error
    if supervisor.name_taken:
        sys.exit(NAME_TAKEN_STATUS)


def _work(settings: Settings, steps: Sequence[Step], loglevel: str, member: Path | None, topics: TopicWatch) -> None:
    SurvivorsFreezer()
    try:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)  # where Faust looks for it
        app = create_app(settings)
    except UnsafeFaustError as error:
        raise click.ClickException(str(error)) from error
    metrics = Metrics(steps)
    delivery = Delivery(app, settings, steps, traced(metrics, settings))
    for step in steps:
        add_agent(app, step, delivery.take)
    app.finalize()
    if member is not None:
        threading.Thread(target=_end_with_supervisor, daemon=True).start()
    if settings.web_port or member is not None:
        try:  # first of all, so that a worker that is still starting says so
            loop.run_until_complete(serve(Watch(app, delivery, settings, metrics, topics), metrics, settings, member))
        except OSError as error:
            raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error
    if loglevel != "debug":
        quieten()
    telling = loop.create_task(tell_standing(app, delivery, settings), name="standing")
    watching = loop.create_task(topics.watch(), name="watch over the topics")
    faust_worker = app.Worker(loglevel=loglevel.upper(), loop=loop, override_logging=False)
    faust_worker.spinner = None  # at level warning and above, it would create every debug record in order to spin
    try:
        faust_worker.execute_from_commandline()
    finally:
        telling.cancel()
        watching.cancel()


def _end_with_supervisor() -> None:
    """End when the supervisor's end of our standard input closes, however the supervisor ended."""
    while os.read(0, 4096):  # not sys.stdin: Python would die at exit while a thread waits in it
        pass
    os.kill(os.getpid(), signal.SIGTERM)
