"""Connections that send nothing, that do not read, and that are too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from streams.http import runner

_ASK = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


class _Site:
    """A server whose /slow answers once it is let go, and whose /large nobody reads in one go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.asked = asyncio.Semaphore(0)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.get("/slow", self._slow), web.get("/large", self._large), web.get("/", self._quick)])
        application.add_routes([web.post("/", self._take)])
        return application

    async def _slow(self, _: web.Request) -> web.Response:
        self.asked.release()
        await self.go_on.wait()
        return web.Response(text="at last")

    async def _take(self, request: web.Request) -> web.Response:
        self.asked.release()
        try:
            return web.Response(body=await request.read())
        finally:
            self.go_on.set()

    async def _large(self, _: web.Request) -> web.Response:
        return web.Response(body=bytes(64 << 20))

    async def _quick(self, _: web.Request) -> web.Response:
        return web.Response(text="at once")


@asynccontextmanager
async def _running(most: int = 100) -> AsyncIterator[tuple[_Site, AsyncExitStack, tuple[str, int]]]:
    """A site that takes this many connections, its address, and a stack that closes those that are opened on it."""
    site = _Site()
    running = runner.runner_of(site.application(), most, shutdown_timeout=0.1)
    await running.setup()
    try:
        await web.TCPSite(running, "127.0.0.1", 0).start()
        async with asyncio.timeout(120), AsyncExitStack() as stack:
            yield site, stack, running.addresses[0]
    finally:
        await running.cleanup()


async def _open(stack: AsyncExitStack, address: tuple[str, int], said: bytes) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection(*address)
    stack.callback(writer.close)
    writer.write(said)
    return reader


@pytest.mark.parametrize("said", [b"", b"POST /articles HTTP/1.1\r\nHost: loc", _ASK % b"/" + b"GET / HT"])
async def test_a_connection_that_asks_nothing_or_half_is_closed(monkeypatch, said):
    """Otherwise a few hundred of them take every descriptor of the process, for an hour."""
    monkeypatch.setattr(runner, "SILENT_S", 0.2)
    async with _running() as (_, stack, address):
        reader = await _open(stack, address, said)
        await reader.read()  # to its end


async def test_a_connection_that_asks_nothing_makes_room_for_one_that_asks():
    """A client that opens all of them keeps nobody out."""
    async with _running(most=3) as (_, stack, address):
        silent = [await _open(stack, address, b"GET / HTTP") for _ in range(3)]
        asking = await _open(stack, address, _ASK % b"/")
        assert (await asking.readline()).startswith(b"HTTP/1.1 200")
        assert await _ended(silent[0])


async def test_one_too_many_is_told_to_come_back_and_those_before_are_answered():
    async with _running(most=2) as (site, stack, address):
        before = []
        for _ in range(2):
            before.append(await _open(stack, address, _ASK % b"/slow"))
            await site.asked.acquire()
        for said in (
            _ASK % b"/",
            b"",
            b"POST /articles HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + bytes(100_000),
        ):
            told = await (await _open(stack, address, said)).read()
            assert told.startswith(b"HTTP/1.1 503")
            assert b"Retry-After: 10" in told
        site.go_on.set()
        for each in before:
            assert b"200 OK" in await each.readline()
        assert b"200 OK" in await (await _open(stack, address, _ASK % b"/")).readline()


async def test_more_than_can_be_told_are_cut_off(monkeypatch):
    """Those that are turned away cost descriptors too, until they have read the answer."""
    monkeypatch.setattr(runner, "_MOST_TURNED_AWAY", 1)
    async with _running(most=1) as (site, stack, address):
        await _open(stack, address, _ASK % b"/slow")
        await site.asked.acquire()
        told = await _open(stack, address, b"")
        assert (await told.readline()).startswith(b"HTTP/1.1 503")
        assert await _ended(await _open(stack, address, b""))


@pytest.mark.parametrize("path", [b"/large"])
async def test_a_reader_that_does_not_read_is_cut_off(monkeypatch, path):
    """Its answer would stay in memory for as long as it likes."""
    monkeypatch.setattr(runner, "UNREAD_S", 0.2)
    async with _running() as (_, stack, address):
        reader, writer = await asyncio.open_connection(*address, limit=1024)
        stack.callback(writer.close)
        writer.write(_ASK % path)
        await asyncio.wait_for(_until_cut_off(writer), 60)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(64 << 20)


@pytest.mark.parametrize("said", [b"{", b"", b"GET /"])
async def test_who_leaves_in_the_middle_of_a_body_is_no_error_of_ours(caplog, said):
    """A traceback each would fill the disk, and stop us when nobody reads the log."""
    async with _running() as (site, _, address):
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n" + said)
        await site.asked.acquire()
        writer.transport.abort()
        await site.go_on.wait()
    assert not caplog.records


async def _until_cut_off(writer: asyncio.StreamWriter) -> None:
    """Wait until sending fails, without reading."""
    while not writer.is_closing():
        writer.write(b"\r\n")
        await asyncio.sleep(0.05)


async def _ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends, with or without an error, before anything is said."""
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True
