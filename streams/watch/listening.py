"""Serves the pages over few connections, each for one request and a few seconds.

A port is open to everybody in its network, and a connection takes a file descriptor, which Kafka and RocksDB need too. So at
most :data:`MOST_CONNECTIONS` are open at a time: a new one closes the oldest. Requests are answered within milliseconds, so the
oldest connection is one that does not ask, or does not read.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

MOST_CONNECTIONS: Final = 32
LONGEST_CONNECTION_S: Final = 20.0  # up to the last byte of the answer; a supervisor gives its workers 5 s to answer
_LOG: Final = logging.getLogger("aiohttp.server.pages")
_BACKLOG: Final = 16  # connections that asyncio accepts in one turn of the event loop, before it can close any of them


def health_response(good: bool, body: dict[str, Any]) -> web.Response:  # noqa: FBT001
    """A page's answer: 200 if all is well, else 503, for clients that look at nothing else."""
    return web.json_response(body, status=200 if good else 503, headers={"Cache-Control": "no-store"})


class Pages:
    """An application that answers until it is closed."""

    def __init__(self, runner: web.AppRunner, server: asyncio.Server) -> None:
        self._runner = runner
        self._server = server

    async def close(self) -> None:
        """Stop answering."""
        self._server.close()
        await self._runner.cleanup()


async def listen(application: web.Application, host: str, port: int, socket: Path | None = None) -> Pages:
    """Answer on a port, or on a Unix socket.

    Raises:
        OSError: the address does not exist, or another process has it.
    """
    application.middlewares.append(_one_request)
    _LOG.addFilter(_is_ours)
    runner = web.AppRunner(application, access_log=None, logger=_LOG)
    await runner.setup()
    connections = _Connections()

    def connect() -> asyncio.Protocol:
        assert runner.server is not None
        return _Connection(runner.server(), connections)

    loop = asyncio.get_running_loop()
    try:
        if socket is not None:
            server = await loop.create_unix_server(connect, str(socket), backlog=_BACKLOG)
        else:
            server = await loop.create_server(connect, host, port, backlog=_BACKLOG)
    except OSError:
        await runner.cleanup()
        raise
    return Pages(runner, server)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether an error is ours to log; a malformed HTTP request is not, and could fill the disk with tracebacks."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


@web.middleware
async def _one_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.force_close()
        raise
    response.force_close()
    return response


class _Connections:
    """The open connections, oldest first, each with the timer that ends it."""

    def __init__(self) -> None:
        self._timers: dict[asyncio.Transport, asyncio.TimerHandle] = {}

    def add(self, transport: asyncio.Transport) -> None:
        if len(self._timers) >= MOST_CONNECTIONS:
            oldest = next(iter(self._timers))
            self.remove(oldest)
            oldest.abort()
        self._timers[transport] = asyncio.get_running_loop().call_later(LONGEST_CONNECTION_S, transport.abort)

    def remove(self, transport: asyncio.Transport) -> None:
        if (timer := self._timers.pop(transport, None)) is not None:
            timer.cancel()


class _Connection(asyncio.Protocol):
    """Passes everything on to aiohttp's own protocol, and registers that it is open."""

    def __init__(self, inner: asyncio.Protocol, connections: _Connections) -> None:
        self._inner = inner
        self._connections = connections
        self.data_received = inner.data_received  # type: ignore[method-assign]
        self.eof_received = inner.eof_received  # type: ignore[method-assign]
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self._transport)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self._transport)
        self._inner.connection_lost(exc)
