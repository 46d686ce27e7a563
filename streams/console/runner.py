"""How our small servers run: none of them keeps a connection for long that asks nothing."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

SILENT_S: Final = 60.0
"""So long a connection may ask nothing, or half a head, before it is closed; aiohttp waits an hour."""


def runner_of(application: web.Application, **more: Any) -> web.AppRunner:
    """A runner that logs no accesses; ``more`` as ``web.AppRunner`` takes it."""
    return web.AppRunner(application, access_log=None, keepalive_timeout=SILENT_S, **more)
