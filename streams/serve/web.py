"""The requests of feed readers and listeners.

GET  /                    which feeds there are, and their state
GET  /atom, /feed.json    the newest articles; ?lang=&subject=&outlet=&q=&count=; with ?of=stories one of each story
GET  /events              the same as server-sent events, from now on or from Last-Event-ID: article, removed, gap
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.http.callers import is_own_host
from streams.http.events import event
from streams.outgoing.items import ArticleFilter, Item
from streams.serve.following import Follower
from streams.serve.published import Positions, mark_of, read_mark
from streams.serve.writing import article_of, atom, json_feed
from streams.settings import Settings

MOST_LISTENERS: Final = 100
_COUNT: Final = 50  # articles in a feed by default
_MOST_COUNT: Final = 200
_OF_FIRSTS: Final = "firsts"
_OF_STORIES: Final = "stories"
_WAITING_EVENTS: Final = 1_000
_SEND_TIMEOUT_S: Final = 10.0
_BEAT_S: Final = 15.0  # proxies close a connection that is silent for longer
_FRESH_S: Final = 30  # a reader that asks more often gets the answer from its own cache
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_EVENT_HEADERS: Final = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_Writer = Callable[[str, str, Sequence[Item], Sequence[Item]], bytes]


class Listener:
    """A client that waits for events: its filter, how far it is, and what is to be sent."""

    def __init__(self, wanted: ArticleFilter) -> None:
        self.wanted = wanted
        self.events: asyncio.Queue[bytes] = asyncio.Queue(_WAITING_EVENTS)
        self.dropped = asyncio.Event()
        """It does not keep up, or its events are of another stream. It can come back with Last-Event-ID."""

    def tell(self, payload: bytes) -> None:
        try:
            self.events.put_nowait(payload)
        except asyncio.QueueFull:
            self.dropped.set()


class Serving:
    """The feeds of one stream."""

    def __init__(
        self,
        settings: Settings,
        *,
        title: str,
        public_url: str | None,
        names: Collection[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``clock``: seconds since 1970; embargoes and expiries are judged by it."""
        self.follower = Follower(settings, self.changed, self._begun)
        self._title = title
        self._public_url = public_url
        self._names = names
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._looked_s = clock()
        self._tasks: list[asyncio.Task[None]] = []

    def application(self, *, follows: bool = True) -> web.Application:
        """The answers as an aiohttp application; unless a test feeds it, it follows the stream while it runs."""
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/atom", self._atom),
                web.get("/feed.json", self._json),
                web.get("/events", self._events),
            ]
        )
        if follows:
            application.on_startup.append(self._start)
        application.on_shutdown.append(self._stop)
        return application

    async def _start(self, _: web.Application) -> None:
        self._tasks = [asyncio.create_task(self.follower.run()), asyncio.create_task(self._look_at_clock())]

    async def _stop(self, _: web.Application) -> None:
        self._begun()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begun(self) -> None:
        for listener in self._listeners:
            listener.dropped.set()

    # Changes

    def changed(self, item: Item) -> None:
        """The ring has taken a version of an article: send it to the listeners that wait for it."""
        self._tell([item], self._clock(), self._looked_s)

    def look(self) -> None:
        """Send what became due since the last look: embargoes that ended, articles that expired."""
        now_s = self._clock()
        if now_s > self._looked_s:
            self._tell(list(self.follower.ring.since(self.follower.ring.positions, self._looked_s, now_s)), now_s, now_s)
            self._looked_s = now_s

    async def _look_at_clock(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self.look()

    def _tell(self, items: Sequence[Item], now_s: float, looked_s: float) -> None:
        """``looked_s``: up to when embargoes and expiries have been sent; a returning listener gets later ones."""
        mark = mark_of(self.follower.ring.positions, looked_s)
        for item in items:
            for listener in self._listeners:
                if (payload := _event(item, listener.wanted, mark, now_s)) is not None:
                    listener.tell(payload)

    # Requests

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Checks names as the console does: another site's page must not read us under a name of its own (DNS rebinding)."""
        if not is_own_host(request.headers.get("Host", ""), self._names):
            return web.Response(status=403, text="this server does not answer to that name: see --name\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _index(self, _: web.Request) -> web.Response:
        state = self.follower.away and f"Kafka is away: {self.follower.away}"
        told = f"{len(self.follower.ring):,} articles; {state or 'following'}"
        return web.Response(
            text=f"{self._title}\n\n/atom\n/feed.json\n/events\n\n?lang=&subject=&outlet=&q=&count=&of=stories\n\n{told}\n"
        )

    async def _atom(self, request: web.Request) -> web.Response:
        return self._feed(request, atom, "application/atom+xml")

    async def _json(self, request: web.Request) -> web.Response:
        return self._feed(request, json_feed, "application/feed+json")

    def _feed(self, request: web.Request, write: _Writer, content_type: str) -> web.Response:
        """The feed; 304 if the reader has it, 503 before there is one: an empty feed would be wrong."""
        if not self.follower.ready:
            return web.Response(status=503, headers={"Retry-After": "10"}, text="not yet: reading what Kafka has\n")
        of = request.query.get("of", _OF_FIRSTS)
        if of not in {_OF_FIRSTS, _OF_STORIES}:
            return web.Response(status=400, text=f"of={_OF_FIRSTS} or of={_OF_STORIES}\n")
        now_s, count = self._clock(), _count(request)
        stories = self.follower.stories if of == _OF_STORIES else None
        items = self.follower.ring.newest(ArticleFilter.of(request.query), now_s, count, stories)
        removed = self.follower.ring.removed(now_s, count)
        body = write(self._title, self._url(request), items, removed)
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = {"ETag": etag, "Cache-Control": f"max-age={_FRESH_S}"}
        if etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers={**headers, "Content-Type": f"{content_type}; charset=utf-8"})

    def _url(self, request: web.Request) -> str:
        own = self._public_url.rstrip("/") if self._public_url else str(request.url.origin())
        return f"{own}{request.rel_url}"

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("of", _OF_FIRSTS) != _OF_FIRSTS:
            return web.Response(status=400, text="events are of single articles; /atom and /feed.json take of=stories\n")
        if len(self._listeners) >= MOST_LISTENERS or not self.follower.ready:
            return web.Response(status=503, headers={"Retry-After": "10"}, text="too many listeners, or nothing read yet\n")
        if request.method == "HEAD":
            return web.Response(headers=_EVENT_HEADERS)
        response = web.StreamResponse(headers={**_HEADERS, **_EVENT_HEADERS})
        listener = Listener(ArticleFilter.of(request.query))
        missed = self._missed(listener, request.headers.get("Last-Event-ID", request.query.get("last-event-id", "")))
        self._listeners.add(listener)  # in the same turn as what was missed: nothing comes between
        try:
            await response.prepare(request)
            for payload in missed:
                await asyncio.wait_for(response.write(payload), _SEND_TIMEOUT_S)
            await _send(response, listener)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._listeners.discard(listener)
        return response

    def _missed(self, listener: Listener, last_id: str) -> Iterable[bytes]:
        """What has changed since an event's id; a gap if the ring does not go back that far, or the id can't be read.

        Each is judged and written when its turn comes: a slow listener costs no copy, and does not get what expired meanwhile.
        """
        now_s, ring = self._clock(), self.follower.ring
        mark = mark_of(ring.positions, now_s)
        if not last_id:
            return [event("hello", {}, mark)]
        read = read_mark(last_id)
        positions: Positions = read[0] if read else {}
        then_s = read[1] if read else 0.0
        whole = read is not None and ring.has_all_since(positions) and _is_past(positions, ring.positions)
        told = [] if whole else [event("gap", {"why": "some articles since then are no longer kept"})]
        items = list(ring.since(positions if _is_past(positions, ring.positions) else {}, then_s, now_s))
        # Only the last event has the id: a listener cut off before it gets all of them again.
        events = (_event(item, listener.wanted, "", self._clock()) for item in items)
        return chain(told, filter(None, events), [event("hello", {}, mark)])


def _is_past(positions: Positions, now: Positions) -> bool:
    """Whether positions can belong to this topic: none is ahead of it."""
    return all(offset <= now.get(partition, -1) for partition, offset in positions.items())


def _event(item: Item, wanted: ArticleFilter, mark: str, now_s: float) -> bytes | None:
    """What a listener is sent about an article: the article, its removal, or nothing.

    A listener that may have shown an article that is now canceled or expired, or an earlier version of one that no longer
    matches, takes it down.
    """
    if item.is_shown(now_s) and wanted.takes(item):
        return event("article", article_of(item), mark)
    if item.canceled or item.ends_s <= now_s or item.revises:
        return event("removed", {"id": item.uri}, mark)
    return None


async def _send(response: web.StreamResponse, listener: Listener) -> None:
    dropped = asyncio.create_task(listener.dropped.wait())
    try:
        while not listener.dropped.is_set():
            coming = asyncio.create_task(listener.events.get())
            done, _ = await asyncio.wait({coming, dropped}, timeout=_BEAT_S, return_when=asyncio.FIRST_COMPLETED)
            payload: Any = coming.result() if coming in done else b": beat\n\n" if not done else None
            if coming not in done:
                coming.cancel()
            if payload is None:
                return
            await asyncio.wait_for(response.write(payload), _SEND_TIMEOUT_S)
    finally:
        dropped.cancel()


def _count(request: web.Request) -> int:
    asked = request.query.get("count", "")
    return min(max(int(asked), 1), _MOST_COUNT) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else _COUNT
