"""Who may ask for what: the console shows news to whoever can reach it, and acts only for holders of the token.

Another site's page, open in the same browser, must be able to do neither. It could try three ways. A name of its own that
resolves to our address (DNS rebinding): only our own names are answered. A request across origins: ``Sec-Fetch-Site`` and
``Origin`` give it away, and without our headers it could not read the answer anyway. Our page in a frame: forbidden. Headlines
are hostile input: the page treats all text as text, and its policy allows no script but its own file.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from streams.http.callers import comes_from_elsewhere, is_own_host, knows

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

MOST_BODY_BYTES: Final = 1 << 20


def guard(names: Collection[str], token: str | None) -> Middleware:
    """The middleware that every request passes through."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not is_own_host(host, names):
            return _refusal(403, "this console does not answer to that name: see HEADWATER_CONSOLE_NAMES")
        elsewhere = comes_from_elsewhere(host, request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"))
        # A link from elsewhere may open the page itself; nothing else.
        opens_page = request.method == "GET" and request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        if elsewhere and not opens_page:
            return _refusal(403, "the request comes from another site")
        if request.method not in {"GET", "HEAD"} and not knows(token, request.headers.get("Authorization")):
            return _refusal(403, "acting needs the console's token")
        return await handler(request)

    return guarded


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Every answer carries the same rules, including errors."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _refusal(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
