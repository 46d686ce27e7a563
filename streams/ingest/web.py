"""The requests of producers.

POST /articles         one article, or NDJSON: 202 once Kafka has all of it
GET  /openapi.json     the description of both
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from streams.http.callers import is_own_host, knows
from streams.ingest.bodies import MOST_BODY_BYTES, Head, Refusal, check_head, split_body, too_large
from streams.ingest.openapi import openapi_document
from streams.steps import origin

_LEAST_HELD_BYTES: Final = 64 << 10  # what a request costs besides its body: this allows a thousand at once
_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_MORE_HEADERS: Final = {
    401: {"WWW-Authenticate": 'Bearer realm="headwater"'},
    415: {"Accept-Encoding": "identity"},
    429: {"Retry-After": "1"},
    503: {"Retry-After": "5"},
}

SendBody = Callable[[bytes, bytes | None, str], Awaitable[asyncio.Future[Any]]]
"""Puts value, key and content type into Kafka's queue; the future ends with topic, partition and offset once Kafka has it.

Raises:
    KafkaError: Kafka refuses the record.
"""


@dataclass(frozen=True, slots=True)
class SenderBounds:
    """Limits on what senders may cost."""

    held_bytes: int = 64 << 20
    """Bodies being read or not yet in Kafka, over all requests."""
    body_s: float = 30.0
    """How long a body may take to arrive."""
    confirm_s: float = 30.0
    """How long an answer waits for Kafka."""


class Ingest:
    """Takes articles from senders with the token."""

    def __init__(
        self, send: SendBody, *, token: str, names: Collection[str] = (), bounds: SenderBounds = SenderBounds()
    ) -> None:
        self._send = send
        self._token = token
        self._names = names
        self._bounds = bounds
        self._sending: set[asyncio.Task[list[str]]] = set()
        self.held_bytes = 0

    def application(self) -> web.Application:
        """The answers as an aiohttp application; its runner must leave bodies as they are (``auto_decompress=False``)."""
        application = web.Application(middlewares=[self._guard])
        application.add_routes([web.post("/articles", self._articles), web.get("/openapi.json", self._openapi)])
        application.on_shutdown.append(self._stop)
        return application

    async def _stop(self, _: web.Application) -> None:
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if is_own_host(request.headers.get("Host", ""), self._names):
                response = await handler(request)
            else:
                response = _refused(Refusal(403, "this server does not answer to that name: see --name"))
        except web.HTTPException as error:
            allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            response = web.json_response({"error": error.reason}, status=error.status, headers=allowed)
        response.headers.update(_HEADERS)
        return response

    async def _openapi(self, _: web.Request) -> web.Response:
        return web.json_response(openapi_document(version("headwater-news")))

    async def _articles(self, request: web.Request) -> web.Response:
        if not knows(self._token, request.headers.get("Authorization")):
            return _refused(Refusal(401, "the token is missing or wrong: Authorization: Bearer TOKEN"))
        head = _head(request)
        if refusal := check_head(head):
            return _refused(refusal)
        held_bytes = max(MOST_BODY_BYTES if head.length is None else head.length, _LEAST_HELD_BYTES)
        if self.held_bytes + held_bytes > self._bounds.held_bytes:
            return _refused(Refusal(429, "too much is waiting to be written: send it again later"))
        return await self._take(request, head, held_bytes)

    async def _take(self, request: web.Request, head: Head, held_bytes: int) -> web.Response:
        """Read a body and send it. Its memory counts as held until Kafka has it, even if the answer does not wait for that."""
        self.held_bytes += held_bytes
        sending: asyncio.Task[list[str]] | None = None
        try:
            body = await _read(request, self._bounds.body_s)
            values = body if isinstance(body, Refusal) else split_body(head, body)
            if isinstance(values, Refusal):
                return _refused(values)
            del body
            sending = asyncio.create_task(self._send_all(values, head))
            self._sending.add(sending)
            sending.add_done_callback(lambda task: self._sent(task, held_bytes))
            return await self._answer(sending, len(values))
        finally:
            if sending is None:
                self.held_bytes -= held_bytes

    def _sent(self, task: asyncio.Task[list[str]], held_bytes: int) -> None:
        self._sending.discard(task)
        self.held_bytes -= held_bytes
        if not task.cancelled():
            task.exception()  # the answer has reported it, or came too early for it

    async def _answer(self, sending: asyncio.Task[list[str]], count: int) -> web.Response:
        await asyncio.wait({sending}, timeout=self._bounds.confirm_s)
        if not sending.done() or sending.cancelled():
            return _refused(_unconfirmed("it does not answer"))
        match sending.exception():
            case None:
                return web.json_response({"accepted": count, "origins": sending.result()}, status=202)
            case MessageSizeTooLargeError():
                return _refused(Refusal(413, "an article is larger than Kafka takes; others of the request may be in Kafka"))
            case error:
                return _refused(_unconfirmed(str(error) or type(error).__name__))

    async def _send_all(self, values: Sequence[bytes], head: Head) -> list[str]:
        """Send all records, and wait until Kafka has said yes or no to each.

        Raises:
            KafkaError: the first error, if Kafka has refused any of them.
        """
        confirmations: list[asyncio.Future[Any]] = []
        failed: list[KafkaError] = []
        for value in values:
            try:
                confirmations.append(await self._send(value, head.record_key, head.record_type))
            except KafkaError as error:
                failed.append(error)
                break
        places = await asyncio.gather(*confirmations, return_exceptions=True)
        for each in [*places, *failed]:
            if isinstance(each, BaseException):
                raise each
        return [origin(place) for place in places if not isinstance(place, BaseException)]


def _head(request: web.Request) -> Head:
    headers = request.headers
    return Head(
        headers.get("Content-Type", ""),
        headers.get("Content-Encoding", ""),
        request.content_length,
        headers.get("Idempotency-Key", ""),
    )


async def _read(request: web.Request, body_s: float) -> bytes | Refusal:
    """A body, whatever length was declared; never more is held than the limit."""
    body = bytearray()
    try:
        async with asyncio.timeout(body_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MOST_BODY_BYTES:
                    return too_large(f"more than {MOST_BODY_BYTES:,} bytes")
    except web.RequestPayloadError as error:
        return Refusal(400, f"the body is broken: {error}")
    except TimeoutError:
        return Refusal(408, f"the body did not arrive within {body_s:g} s")
    return bytes(body)


def _unconfirmed(why: str) -> Refusal:
    return Refusal(503, f"Kafka has not confirmed all of it ({why}); some may be there: send it all again, repeats are found")


def _refused(refusal: Refusal) -> web.Response:
    told: dict[str, Any] = {"error": refusal.why}
    return web.json_response(told, status=refusal.status, headers=_MORE_HEADERS.get(refusal.status))
