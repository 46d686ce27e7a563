"""A worker that is one process: joins the group, and works until it is told to end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from streams.heap import SurvivorsFreezer
from streams.kafka.app import UnsafeFaustError, add_agent, create_app
from streams.kafka.delivery import Delivery
from streams.kafka.quiet import quieten
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings
from streams.steps import Step
from streams.watch.metrics import Metrics
from streams.watch.standing import tell_standing
from streams.watch.tracing import traced
from streams.watch.web import Watch, serve


def work(settings: Settings, steps: Sequence[Step], loglevel: str, member: Path | None, topics: TopicWatch) -> None:
    """Do these steps until SIGTERM or Ctrl-C; ``member``: the socket to answer a supervisor on, instead of the port."""
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
