"""Local feeds and pages, well-behaved and otherwise."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

ARTICLE = " ".join(
    f"The council met on day {day} and spoke about the bridge over the river for a long time." for day in range(30)
)
PAGE = f"<html><head><title>Bridge</title></head><body><h1>Bridge to be built</h1><p>{ARTICLE}</p></body></html>"


def rss(*items: str, language: str = "en", extra: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>The Farm</title><link>/</link><language>{language}</language>{extra}{''.join(items)}</channel></rss>"
    )


def item(link: str, title: str = "Bridge to be built", guid: str = "", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid or link}</guid>"
        f"<description>The council has decided.</description><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>{more}</item>"
    )


class Farm:
    """Answers what ``answers`` says of a path; counts what it is asked, and keeps the headers it was asked with."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]] | str] = {}
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        self.root = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        self.headers[request.path] = dict(request.headers)
        answer = self.answers.get(request.path)
        if answer is None:
            return web.Response(status=404)
        if isinstance(answer, str):
            kind = "text/html" if answer.startswith("<html") else "application/json" if answer[0] == "{" else "application/xml"
            return web.Response(text=answer, content_type=kind)
        response = answer(request)
        return response if isinstance(response, web.StreamResponse) else await response


@asynccontextmanager
async def farm(method: str = "GET") -> AsyncIterator[Farm]:
    own = Farm()
    application = web.Application()
    application.router.add_route(method, "/{path:.*}", own.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        own.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield own
    finally:
        await runner.cleanup()


def bomb(encoding: str, megabytes: int = 40) -> web.Response:
    """Zeros, a thousand times larger unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    return web.Response(body=body, headers={"Content-Encoding": encoding, "Content-Type": "application/xml"})


def moved(target: str, status: int = 301) -> web.Response:
    return web.Response(status=status, headers={"Location": target})


def zipped(text: str) -> web.Response:
    return web.Response(
        body=gzip.compress(text.encode()), headers={"Content-Encoding": "gzip", "Content-Type": "application/xml"}
    )


async def slow(request: web.Request) -> web.StreamResponse:
    """A byte now and then, endlessly."""
    response = web.StreamResponse(headers={"Content-Type": "application/xml"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.05)
