"""Which addresses may be asked: http and https, on the public internet.

What a feed links to is somebody else's word. Without this, a link to ``http://169.254.169.254/`` would make us fetch a cloud's
credentials and publish them (SSRF). So an address is judged by the numbers it resolves to, at each redirect anew, and the
connection goes to those numbers and no others: a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

MOST_URL_CHARACTERS: Final = 2_048
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


class RefusedAddressError(OSError):
    """An address that may not be asked; the message says why."""


def is_public(number: str) -> bool:
    """Whether an IP address is of the public internet; of one that wraps another (mapped, 6to4, NAT64, Teredo), both are."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (inner := _wrapped(address)):
        return all(is_public(str(each)) for each in inner)
    return (
        address.is_global
        and not getattr(address, "is_site_local", False)
        and not address.is_multicast
        and not address.is_reserved
    )


def _wrapped(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses that a packet to this one may end at; none of most."""
    if address.teredo is not None:
        return address.teredo
    if (single := address.ipv4_mapped or address.sixtofour) is not None:
        return (single,)
    if address in _IPV4_COMPATIBLE or any(address in network for network in _NAT64):
        return (ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


def check_url(url: str, *, allow_private: bool = False) -> str:
    """The address, if it may be asked as far as one can tell without resolving its name.

    Raises:
        RefusedAddressError: it is not http or https, carries a user's name, is too long, or is in numbers that are not public.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise RefusedAddressError(f"not an address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host or len(url) > MOST_URL_CHARACTERS:
        raise RefusedAddressError("not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise RefusedAddressError("the address carries a user name or a password")
    if not allow_private and _is_number(host) and not is_public(host):
        raise RefusedAddressError(f"{host} is not a public address")
    return url


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def refusal_behind(error: BaseException | None) -> RefusedAddressError | None:
    """The resolver's refusal behind what aiohttp makes of it."""
    while error is not None and not isinstance(error, RefusedAddressError):
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__
    return error


class PublicResolver(AbstractResolver):
    """Resolves names as the system does, and refuses those that lead to any address that is not public."""

    def __init__(self, *, allow_private: bool = False, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()
        self._allow_private = allow_private

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Where a name leads.

        Raises:
            RefusedAddressError: to an address that is not public.
        """
        found = await self._inner.resolve(host, port, family)
        if not self._allow_private:
            for each in found:
                if not is_public(each["host"]):
                    raise RefusedAddressError(f"{host} is {each['host']}, which is not a public address")
        return found

    async def close(self) -> None:
        await self._inner.close()
