"""``headwater serve``: the newest articles as Atom, JSON Feed and server-sent events."""

from __future__ import annotations

import asyncio
import logging

import click
from aiohttp import web

from streams.commands.arguments import read_settings
from streams.commands.context import http_root, until_told
from streams.http.runner import runner_of
from streams.kafka.quiet import quieten
from streams.serve.web import Serving

_PORT = 8_421  # next to the console's


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it answers: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65_535), default=_PORT, show_default=True)
@click.option("--name", "names", multiple=True, help="A host name it answers to, besides localhost and IP addresses.")
@click.option("--public-url", metavar="URL", help="The address at which readers reach it, if it is behind a proxy.")
@click.option("--title", default="Headwater", show_default=True)
def serve(host: str, port: int, names: tuple[str, ...], public_url: str | None, title: str) -> None:
    """Serve the newest articles as Atom, JSON Feed and server-sent events.

    /atom, /feed.json and /events take ?lang=&subject=&outlet=&q=; the feeds also take of=stories, for one article of each
    story. Anything canceled, expired or embargoed is never shown. It reads Kafka as any consumer of the outputs does, in no
    group. Anybody who can reach it can read it.
    """
    settings = read_settings()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we report ourselves that Kafka is away
    quieten()
    serving = Serving(settings, title=title, public_url=public_url, names=names)
    try:
        asyncio.run(_serve(serving, settings.http_connections, host, port))
    except OSError as error:
        raise click.ClickException(f"--host, --port: {error}") from error


async def _serve(serving: Serving, connections: int, host: str, port: int) -> None:
    runner = runner_of(serving.application(), connections, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        root = http_root(host, runner.addresses[0][1])
        click.echo(f"serving {root}/atom, {root}/feed.json, {root}/events")
        await until_told()
    finally:
        await runner.cleanup()
