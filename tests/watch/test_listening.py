"""The pages' server: few connections at a time, each for one request and not for long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from infra.ports import claim_port
from streams.watch import listening
from streams.watch.listening import MOST_CONNECTIONS, listen

LIMIT_S = 30.0
HALF = (
    b"",
    b"GET",
    b"GET /health HTTP/1.1\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow:",
    b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
)
"""Requests without an end."""


def application() -> web.Application:
    async def health(_: web.Request) -> web.Response:
        return web.Response(text="well")

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=bytes(50 << 20))

    made = web.Application()
    made.add_routes([web.get("/health", health), web.get("/large", large)])
    return made


@pytest.fixture
async def port():
    port = claim_port()
    pages = await listen(application(), "127.0.0.1", port)
    yield port
    await pages.close()


async def ask(port: int, path: str = "/health") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


async def connect(port: int, said: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    return reader, writer


def descriptors() -> int:
    """Those of this process: the clients' own, and the server's."""
    return len(list(Path("/dev/fd").iterdir()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


async def is_ended(reader: asyncio.StreamReader) -> None:
    """Returns once the other side has closed."""
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(LIMIT_S):
            while await reader.read(1 << 16):
                pass


async def test_however_many_connections_are_left_half_open_whoever_asks_is_answered(port):
    held = [await connect(port, HALF[number % len(HALF)]) for number in range(300)]
    for _ in range(3):
        assert await ask(port) == (200, "well")
    for reader, _ in held[: -2 * MOST_CONNECTIONS]:
        await is_ended(reader)
    for _, writer in held:
        writer.close()
    assert await ask(port) == (200, "well")


async def test_no_more_descriptors_are_taken_than_connections_may_be(port):
    before = descriptors()
    held = [await connect(port) for _ in range(300)]
    await ask(port)
    assert descriptors() - before <= len(held) + MOST_CONNECTIONS + 1
    for _, writer in held:
        writer.close()


@pytest.mark.parametrize("said", [*HALF, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"], ids=range(len(HALF) + 1))
async def test_connections_that_do_not_finish_are_closed(port, said, monkeypatch):
    """Whether the request never ends or nobody reads the answer."""
    monkeypatch.setattr(listening, "LONGEST_CONNECTION_S", 1.0)
    before = descriptors()
    with socket.socket() as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
        await asyncio.get_running_loop().sock_sendall(client, said)
        await until(lambda: descriptors() == before + 2)
        await until(lambda: descriptors() == before + 1)


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/nothing", 404)])
async def test_a_connection_is_for_one_request(port, path, status):
    reader, writer = await connect(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 2)
    async with asyncio.timeout(LIMIT_S):
        answer = await reader.read()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    writer.close()


async def test_a_port_that_is_taken_is_an_os_error(port):
    with pytest.raises(OSError, match="in use"):
        await listen(application(), "127.0.0.1", port)


async def test_malformed_http_leaves_nothing_in_the_log(port, caplog):
    for said in (b"\x16\x03\x01\x02\x00" * 50, b"GET /health HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nA: " + b"b" * 100_000):
        reader, writer = await connect(port, said)
        assert b" 400 " in await asyncio.wait_for(reader.read(100), LIMIT_S)
        writer.close()
    assert "Traceback" not in caplog.text
    assert not caplog.records
