"""Who asks, and whether they may.

Another site's page, open in the same browser, could ask through a name of its own that resolves to our address (DNS rebinding),
so only our own names are answered; or across origins, which ``Sec-Fetch-Site`` and ``Origin`` give away.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from streams import lazy_re as re

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
