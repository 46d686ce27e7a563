"""``headwater console``: a page on which an editor sees the stream and an operator sees its health."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from dataclasses import replace

import click
from aiohttp import web

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import http_root, until_told
from streams.console.web import Console
from streams.http.callers import new_token
from streams.http.runner import runner_of
from streams.kafka.quiet import quieten
from streams.settings import Settings


@click.command()
@click.option("--read-only", is_flag=True, help="Nobody may replay, token or not.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Instead of HEADWATER_CONSOLE_PORT.")
@click.option("--any-port", is_flag=True, hidden=True)  # for `run`: any free port, if the usual one is taken
def console(read_only: bool, port: int | None, any_port: bool) -> None:
    """Show the stream on a page: articles as they come and why they came out so, what was rejected, health.

    It reads Kafka as any consumer of the outputs does, in no group, and never touches a worker. It answers only on this machine
    unless HEADWATER_CONSOLE_HOST says otherwise: anybody who can reach it can read it. Replaying requires the
    token in the address that it prints.
    """
    settings = read_settings()
    settings = settings if port is None else replace(settings, console_port=port)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we report ourselves that Kafka is away
    quieten()
    try:
        asyncio.run(_serve(settings, read_only=read_only, any_port=any_port))
    except OSError as error:
        raise click.ClickException(f"HEADWATER_CONSOLE_HOST, HEADWATER_CONSOLE_PORT: {error}") from error


async def _serve(settings: Settings, *, read_only: bool, any_port: bool) -> None:
    token = None if read_only else settings.console_token or new_token()
    runner = runner_of(Console(settings, pipeline_steps(settings), token).application(), settings.http_connections)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.console_host, settings.console_port).start()
        except OSError:
            if not any_port:
                raise
            await web.TCPSite(runner, settings.console_host, 0).start()
        port = runner.addresses[0][1]
        click.echo(f"console: {address(settings, port, None if settings.console_token else token)}")
        if not _is_loopback(settings.console_host):
            click.echo("Anybody who can reach this address can read it.", err=True)
        await until_told()
    finally:
        await runner.cleanup()


def address(settings: Settings, port: int, token: str | None) -> str:
    """The address to open in a browser; the token comes after "#", which browsers never send."""
    host = settings.console_host
    shown = "127.0.0.1" if host in {"0.0.0.0", "::", "localhost"} else host  # noqa: S104
    return f"{http_root(shown, port)}/" + (f"#token={token}" if token else "")


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
