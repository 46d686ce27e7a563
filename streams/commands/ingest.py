"""``headwater ingest``: articles by HTTP into Kafka."""

from __future__ import annotations

import asyncio
from typing import Any

import click
from aiohttp import web
from aiokafka import AIOKafkaProducer

from streams.commands.arguments import read_settings
from streams.commands.context import http_root, partitions_of, run_async, until_told
from streams.http.callers import new_token
from streams.http.runner import runner_of
from streams.ingest.web import Ingest, SendBody
from streams.kafka.clients import opened, publisher
from streams.settings import Settings
from streams.topics import RAW

_PORT = 8_422  # next to those of the console and serve


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it answers: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65_535), default=_PORT, show_default=True)
@click.option("--name", "names", multiple=True, help="A host name it answers to, besides localhost and IP addresses.")
@click.option("--topic", default=RAW, show_default=True)
def ingest(host: str, port: int, names: tuple[str, ...], topic: str) -> None:
    """Take articles by HTTP: POST /articles, one as JSON, HTML or text, or many as NDJSON.

    It answers 202 once Kafka has them on all replicas in sync. Senders need the token: HEADWATER_INGEST_TOKEN, or one that
    is made up and printed. /openapi.json describes the rest.
    """
    settings = read_settings()
    run_async(_ingest(settings, host, port, names, topic), settings)


async def _ingest(settings: Settings, host: str, port: int, names: tuple[str, ...], topic: str) -> None:
    await partitions_of(settings, topic)  # fails at once, where aiokafka would retry for 40 s
    token = settings.ingest_token or new_token()
    async with opened(publisher(settings)) as producer:
        application = Ingest(_sender(producer, topic), token=token, names=names).application()
        runner = runner_of(application, settings.http_connections, auto_decompress=False, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await _listen(runner, host, port)
            click.echo(f"taking articles at {http_root(host, runner.addresses[0][1])}/articles")
            if settings.ingest_token is None:
                click.echo(f"Authorization: Bearer {token}")
            await until_told()
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise click.ClickException(f"--host, --port: {error}") from error


def _sender(producer: AIOKafkaProducer, topic: str) -> SendBody:
    async def send(value: bytes, key: bytes | None, content_type: str) -> asyncio.Future[Any]:
        headers = [("content-type", content_type.encode("utf-8", "replace"))]
        sent: asyncio.Future[Any] = await producer.send(topic, value, key, headers=headers)
        return sent

    return send
