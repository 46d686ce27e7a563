"""The requests that the page makes.

GET  /                       the page; /console.js and /console.css with it
GET  /events?language=…      server-sent events: snapshot, rows, tick
GET  /api/record/T/P/O       a record of an outcome, explained; …/bytes as they came
GET  /api/rejected?reason=…  dead letters, counted and listed
GET  /api/hour               the last hour by minute
POST /api/plan, /api/replay  dead letters through the pipeline again; with the token
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from typing import Any, Final

import orjson
from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.console.drawer import drawer, explain_origin, load_models, raw_place
from streams.console.guard import MOST_BODY_BYTES, add_headers, guard
from streams.console.health import Health
from streams.console.letters import LetterFilter, Letters, ReplayRefusedError
from streams.console.older import Older
from streams.console.reader import Reader
from streams.console.viewers import FLUSH_S, SNAPSHOT_ROWS, Viewer, Viewers
from streams.console.wire import Filter
from streams.http.events import event
from streams.kafka.clients import opened
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.rejected.deadletters import NotThereError, open_reader, original_place
from streams.settings import Settings
from streams.steps import Record, Step, origin
from streams.topics import OUTCOMES, RAW, REJECTED, STORIES

log = logging.getLogger(__name__)

_ANSWER_TIMEOUT_S: Final = 20.0
_READ_TIMEOUT_S: Final = 5.0
_SEND_TIMEOUT_S: Final = 10.0
_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Console:
    """The console of one stream: its reader, its viewers, and the answers to the page."""

    def __init__(self, settings: Settings, steps: Sequence[Step], token: str | None) -> None:
        """``token``: whoever knows it may act; None: nobody may."""
        self._settings = settings
        self._token = token
        self.viewers = Viewers()
        self.health = Health(settings, steps)
        self.reader = Reader(settings, self.health, self.viewers.changed, self._begun)
        self._letters = Letters(settings)
        self._older = Older(settings)
        self._reading = asyncio.Lock()
        self._number = secrets.token_hex(4)
        self._tasks: list[asyncio.Task[None]] = []
        self._loading: asyncio.Future[None]

    def application(self) -> web.Application:
        """The pages and answers as an aiohttp application, which follows the stream while it runs."""
        application = web.Application(
            middlewares=[guard(self._settings.console_names, self._token), _errors], client_max_size=MOST_BODY_BYTES
        )
        application.on_response_prepare.append(add_headers)
        for path, name in (("/", "console.html"), ("/console.css", "console.css"), ("/console.js", "console.js")):
            application.router.add_get(path, _static(name))
        application.add_routes(
            [
                web.get("/favicon.ico", _static("icon.svg")),
                web.get("/events", self._events),
                web.get("/api/record/{topic}/{partition:[0-9]{1,9}}/{offset:[0-9]{1,18}}", self._record),
                web.get("/api/record/{topic}/{partition:[0-9]{1,9}}/{offset:[0-9]{1,18}}/bytes", self._bytes),
                web.get("/api/rejected", self._rejected),
                web.get("/api/older", self._older_rows),
                web.get("/api/hour", self._hour),
                web.get("/api/stories", self._stories),
                web.post("/api/plan", self._plan),
                web.post("/api/replay", self._replay),
            ]
        )
        application.on_startup.append(self._start)
        application.on_cleanup.append(self._stop)
        return application

    async def _start(self, _: web.Application) -> None:
        self._loading = asyncio.ensure_future(asyncio.to_thread(load_models, self._settings))
        self._tasks = [asyncio.create_task(self.reader.run()), asyncio.create_task(self._tell())]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def _stop(self, _: web.Application) -> None:
        self.viewers.drop_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task that ends by itself has met a bug: the page says so instead of freezing."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the console has met a bug", exc_info=error)
            self.reader.away = f"the console has met a bug and must be started again: {error!r}"

    def _begun(self) -> None:
        """A new picture: the pages show another stream, so they start over."""
        self._number = secrets.token_hex(4)
        self.viewers.drop_all()

    async def _tell(self) -> None:
        """Send rows to the viewers four times a second, and everything else once a second."""
        flushed_s = time.monotonic()
        for number in range(1 << 62):
            await asyncio.sleep(FLUSH_S)
            now_s, flushed_s = flushed_s, time.monotonic()
            elapsed_s = flushed_s - now_s
            picture = self.reader.picture
            for audience in self.viewers:
                if picture is not None and (told := audience.flush(elapsed_s)) is not None:
                    audience.tell(event("rows", told, f"{self._number}-{picture.wire.seq}"))
            if number % round(1 / FLUSH_S) == 0 and len(self.viewers):
                payload = event("tick", self._tick())
                for audience in self.viewers:
                    audience.tell(payload)

    def _tick(self) -> dict[str, Any]:
        now_s = time.time()
        picture = self.reader.picture
        told: dict[str, Any] = {
            "now": int(now_s * 1000),
            "away": self.reader.away,
            "away_since": int(self.reader.away_since_s * 1000),
            "stories": self.reader.partitions.get(STORIES, 0) > 0,
            "kafka": ",".join(self._settings.brokers),
            "app": self._settings.app_id,
            "read_only": self._token is None,
            "health": self.health.told(),
        }
        if picture is not None:
            told["flow"] = picture.flow(now_s, idle_s=self.health.idle_s)
            told["ages"] = picture.ages(now_s)
            told["facets"] = picture.wire.facets()
        return told

    def _snapshot(self, wanted: Filter, after: str) -> bytes:
        """What a page starts with, or everything it missed since the event with the given id."""
        picture = self.reader.picture
        if picture is None:
            return event("snapshot", {"rows": [], "reset": True})
        number, _, seq = after.partition("-")
        again = number == self._number and seq.isdecimal()
        rows = picture.wire.newest(wanted, SNAPSHOT_ROWS, int(seq) if again else -1)
        told = {"rows": [row.listed() for row in reversed(rows)], "reset": not again}
        return event("snapshot", told, f"{self._number}-{picture.wire.seq}")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        wanted = Filter.of(request.query)
        viewer = self.viewers.enter(wanted)
        if viewer is None:
            return web.json_response({"error": "too many pages are open"}, status=503, headers={"Retry-After": "30"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        try:
            await response.prepare(request)
            first = self._snapshot(wanted, request.headers.get("Last-Event-ID", "")[:60])
            await _send(response, b"retry: 2000\n\n" + first + event("tick", self._tick()))
            await _pass_on(viewer, response)
        except (ConnectionError, TimeoutError):
            log.debug("a viewer is gone")
        finally:
            self.viewers.leave(wanted, viewer)
        return response

    async def _record(self, request: web.Request) -> web.Response:
        record = await self._read(request)
        raw = await self._raw_of(record)
        dead = record.topic == REJECTED
        replayed = dead and await self._letters.is_replayed(record)
        # Reading a page again can take a while: others are served meanwhile.
        explained = None
        if raw is not None and not dead:
            await asyncio.shield(self._loading)
            explained = await asyncio.to_thread(explain_origin, raw, self._settings)
        told = await asyncio.to_thread(drawer, record, explained, replayed=replayed, original=raw)
        picture = self.reader.picture
        row = picture.wire.find(told["owner"] if told["type"] == "repeat" else _article_of(record)) if picture else None
        if row is not None:
            told["owner_place" if told["type"] == "repeat" else "row"] = row.place if told["type"] == "repeat" else row.listed()
        return _json(told)

    async def _raw_of(self, record: Record) -> Record | None:
        """The record of news.raw that an outcome came from; a dead letter usually holds its own bytes."""
        if record.topic == REJECTED and original_place(record) is None:
            return None
        place = raw_place(record)
        return await self._read_at(*place) if place is not None and place[0] == RAW else None

    async def _bytes(self, request: web.Request) -> web.Response:
        """Exactly what is in Kafka, as a file: never displayed by the browser."""
        record = await self._read(request)
        name = origin(record).replace("/", "-")
        return web.Response(
            body=((await self._raw_of(record) if record.topic == REJECTED else None) or record).value or b"",
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{name}.bin"',
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

    async def _read(self, request: web.Request) -> Record:
        topic = request.match_info["topic"]
        if topic not in OUTCOMES:
            raise web.HTTPNotFound(text="only records of the outcomes are shown")
        record = await self._read_at(topic, int(request.match_info["partition"]), int(request.match_info["offset"]))
        if record is None:
            raise web.HTTPNotFound(text="Kafka no longer holds this record")
        return record

    async def _read_at(self, topic: str, partition: int, offset: int) -> Record | None:
        """One record, read again; None if it is gone or never existed."""
        if partition >= self.reader.partitions.get(topic, 0):
            return None
        async with self._reading, asyncio.timeout(_ANSWER_TIMEOUT_S), opened(open_reader(self._settings)) as consumer:
            return await read_at(consumer, TopicPartition(topic, partition), offset)

    async def _rejected(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = dict(request.query)
        asked |= {"reason": request.query.getall("reason", []), "place": request.query.getall("place", [])}
        async with asyncio.timeout(3 * _ANSWER_TIMEOUT_S):
            return _json(await self._letters.list(LetterFilter.of(asked, _now_ms())))

    async def _older_rows(self, request: web.Request) -> web.Response:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            rows = await self._older.find(Filter.of(request.query), self.reader.partitions)
        return _json({"rows": [row.listed() for row in rows]})

    async def _stories(self, request: web.Request) -> web.Response:
        picture = self.reader.picture
        return _json([] if picture is None else picture.stories.listed(by_size=request.query.get("by") == "size"))

    async def _hour(self, _: web.Request) -> web.Response:
        picture = self.reader.picture
        return _json(picture.hour(time.time()) if picture is not None else {})

    async def _plan(self, request: web.Request) -> web.Response:
        return _json(await self._letters.plan(LetterFilter.of(await _object(request), _now_ms())))

    async def _replay(self, request: web.Request) -> web.Response:
        asked = await _object(request)
        expected = asked.get("expected")
        if not isinstance(expected, int):
            raise ValueError("expected must be the number that was confirmed")
        return _json(await self._letters.replay(str(asked.get("plan")), expected))


def _article_of(record: Record) -> str:
    return (record.key or b"").decode("utf-8", "replace")


async def read_at(consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int) -> Record | None:
    """The record at an offset; None if it is gone or not there yet."""
    consumer.assign([tp])
    begins, ends = await consumer.beginning_offsets([tp]), await consumer.end_offsets([tp])
    if not begins[tp] <= offset < ends[tp]:
        return None
    consumer.seek(tp, offset)
    async with asyncio.timeout(_READ_TIMEOUT_S):
        while await consumer.position(tp) <= offset:
            fetched: Sequence[Record] = (await consumer.getmany(tp, timeout_ms=LOOK_AGAIN_MS, max_records=1)).get(tp, ())
            for record in fetched:
                return record if record.offset == offset else None
    return None


async def _pass_on(viewer: Viewer, response: web.StreamResponse) -> None:
    while (payload := await viewer.events.get()) is not None:
        await _send(response, payload)


async def _send(response: web.StreamResponse, payload: bytes) -> None:
    """Send an event; a page that accepts none for ten seconds is disconnected."""
    async with asyncio.timeout(_SEND_TIMEOUT_S):
        await response.write(payload)


def _static(name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A file of the page, read once and compressed once."""
    body = (files("streams.console") / "static" / name).read_bytes()
    packed = gzip.compress(body, mtime=0)
    headers = {
        "Content-Type": f"{_TYPES[name[name.rindex('.') :]]}; charset=utf-8",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=body, headers=headers)

    return answer


async def _object(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise ValueError("must be application/json")
    asked = orjson.loads(await request.read())
    if not isinstance(asked, dict):
        raise ValueError("must be a JSON object")
    return asked


def _json(told: Any) -> web.Response:
    return web.Response(body=orjson.dumps(told, default=str), headers={"Content-Type": "application/json"})


@web.middleware
async def _errors(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """What went wrong, as a sentence and a status that the page can show."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.json_response({"error": error.text}, status=error.status)
    except NotThereError as error:
        return web.json_response({"error": str(error)}, status=404)
    except ReplayRefusedError as error:
        return web.json_response({"error": str(error)}, status=409)
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    except (KafkaError, OSError, TimeoutError) as error:
        if request.transport is None or request.transport.is_closing():
            raise
        return web.json_response({"error": f"Kafka does not answer: {error}"}, status=503)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
