"""Connections that ask nothing."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from streams.console import runner


@pytest.mark.parametrize("said", [b"", b"POST /articles HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"])
async def test_a_connection_that_asks_nothing_or_half_is_closed(monkeypatch, said):
    """Else a few hundred of them take every descriptor that the process may hold, for an hour."""
    monkeypatch.setattr(runner, "SILENT_S", 0.2)
    running = runner.runner_of(web.Application())
    await running.setup()
    try:
        await web.TCPSite(running, "127.0.0.1", 0).start()
        reader, writer = await asyncio.open_connection(*running.addresses[0])
        writer.write(said)
        async with asyncio.timeout(60):
            await reader.read()  # to its end
        writer.close()
    finally:
        await running.cleanup()
