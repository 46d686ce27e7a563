"""Who may ask for what: the console shows news to whoever can reach it, and acts only for holders of the token.

Another site's page, open in the same browser, must be able to do neither. It could try three ways. A name of its own that
resolves to our address (DNS rebinding): only our own names are answered. A request across origins: ``Sec-Fetch-Site`` and
``Origin`` give it away, and without our headers it could not read the answer anyway. Our page in a frame: forbidden. Headlines
are hostile input: the page treats all text as text, and its policy allows no script but its own file.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

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
_HOST: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/?#@\\\[\]]+))(?::(?P<port>[0-9]{0,5}))?")


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Whether a Host header names us: localhost, an IP address (which no name server can forge), or one of ``names``.

    Case is ignored. A header with more than a name and a port is refused, because addresses in answers are made from it.
    """
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > 65_535:
        return False
    name = (found["six"] or found["name"]).lower()
    if name == "localhost" or name.endswith(".localhost") or name in {each.lower() for each in names}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def comes_from_elsewhere(host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether another site's page is asking. ``none`` is a person who typed the address; other programs send neither."""
    if fetch_site not in {None, "same-origin", "none"}:
        return True
    return origin is not None and urlsplit(origin).netloc != host


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(18)


def knows(token: str | None, authorization: str | None) -> bool:
    """Whether a request carries the token; False if there is no token."""
    if token is None or authorization is None:
        return False
    scheme, _, given = authorization.strip().partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())


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
