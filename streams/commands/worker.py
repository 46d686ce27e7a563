"""``headwater worker``: one member of the group that does the work."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.descriptors import raise_limit
from streams.heap import no_garbage, return_large_blocks
from streams.kafka.admin import TopicsMissingError, check_topics
from streams.kafka.checks import Deviation
from streams.kafka.failures import FOR_OPERATORS, NAME_TAKEN_STATUS, stop_worker
from streams.kafka.fitting import fit_topics
from streams.kafka.state_lock import StateInUseError, hold_state
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings
from streams.steps import Step
from streams.text.language.detect import load
from streams.watch.logs import LogFormat, set_up_logs


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
            with no_garbage():
                from streams.commands.one_worker import work  # noqa: PLC0415 - Faust, which a supervisor does without

            work(settings, steps, loglevel, member, TopicWatch(settings, pipeline_steps(settings), found))


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
    from streams.watch.supervisor import Supervisor  # noqa: PLC0415 - in its place, one worker has Faust

    supervisor = Supervisor(settings, processes, options)
    try:
        asyncio.run(supervisor.run())
    except OSError as error:
        raise click.ClickException(f"HEADWATER_WEB_HOST, HEADWATER_WEB_PORT: {error}") from error
    if supervisor.name_taken:
        sys.exit(NAME_TAKEN_STATUS)
