"""How our small servers run: connections are bounded in number, and in how long they are silent or do not read.

A connection that waits to ask makes room for a new one. When all of them are being answered, the new one is told so: 503, with
Retry-After.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

SILENT_S: Final = 60.0
"""How long a connection may send nothing, or half a head, before it is closed; aiohttp waits an hour."""
UNREAD_S: Final = 30.0
"""How long the other side may leave more unread than fits into the buffers, before it is cut off."""
TURNED_AWAY_S: Final = 2.0
"""How long a connection beyond the limit stays, to send what it has begun and read the answer."""
_MOST_TURNED_AWAY: Final = 64  # more are cut off without an answer
_LOG: Final = logging.getLogger("aiohttp.server.bounded")
_BUSY: Final = b"too many connections: come back later\n"
_TURNED_AWAY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_BUSY), _BUSY)
)


class BoundedRunner(web.AppRunner):
    """An application's runner whose sites accept a bounded number of connections."""

    def __init__(self, application: web.Application, most: int, **more: Any) -> None:
        self._connections = Connections(most)
        application.middlewares.insert(0, self._connections.answering)
        super().__init__(application, access_log=None, keepalive_timeout=SILENT_S, logger=_LOG, **more)

    @property
    def server(self) -> Any:
        """What makes the protocol of each new connection, as sites ask for it."""
        inner = super().server
        return inner and (lambda: _Bounded(inner, self._connections))


def runner_of(application: web.Application, most_connections: int, **more: Any) -> web.AppRunner:
    """A runner without an access log; ``more`` is passed to ``web.AppRunner``."""
    _LOG.addFilter(_is_ours)
    return BoundedRunner(application, most_connections, **more)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether an error is ours to log; malformed HTTP is not, and could fill the disk with tracebacks."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class Connections:
    """The open connections, oldest first, each with the number of requests that are being answered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answering: dict[asyncio.BaseTransport, int] = {}
        self._turned_away = 0

    def __len__(self) -> int:
        return len(self._answering)

    @web.middleware
    async def answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Counts a connection as busy until its answer is made; whether it then reads that does not count."""
        transport = request.transport
        if transport not in self._answering:
            return await handler(request)
        self._answering[transport] += 1
        try:
            return await handler(request)
        except ConnectionError:
            if request.transport is not None:
                raise
            return web.Response(status=400)  # to nobody: who asked is gone, which is not an error of ours to log
        finally:
            if transport in self._answering:
                self._answering[transport] -= 1

    def admit(self, transport: asyncio.Transport) -> bool:
        """Take a new connection, if need be in place of the one idle longest; False if all are being answered."""
        if len(self) >= self._most:
            waiting = next((each for each, requests in self._answering.items() if not requests), None)
            if waiting is None:
                return False
            self.leave(waiting)
            cast("asyncio.Transport", waiting).abort()
        self._answering[transport] = 0
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        self._answering.pop(transport, None)

    def may_wait(self) -> bool:
        """Whether one more that is turned away may stay for its answer; it calls :meth:`gone` at its end."""
        waits = self._turned_away < _MOST_TURNED_AWAY
        self._turned_away += waits
        return waits

    def gone(self) -> None:
        self._turned_away -= 1


class _Bounded(asyncio.Protocol):
    """Passes everything on to the server's own protocol, or turns the other side away."""

    def __init__(self, make_inner: Callable[[], asyncio.Protocol], connections: Connections) -> None:
        self._make_inner = make_inner
        self._connections = connections
        self._inner: asyncio.Protocol | None = None
        self._waits = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._connections.admit(self._transport):
            self._inner = self._make_inner()
            self._inner.connection_made(transport)
        elif self._connections.may_wait():
            self._waits = True
            self._transport.write(_TURNED_AWAY)
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._abort_after(TURNED_AWAY_S)
        else:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forgive()
        if self._waits:
            self._connections.gone()
        if self._inner is not None:
            self._connections.leave(self._transport)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        self._abort_after(UNREAD_S)
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._forgive()
        if self._inner is not None:
            self._inner.resume_writing()

    def _abort_after(self, seconds: float) -> None:
        self._forgive()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def _forgive(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
