"""Which addresses may be fetched: http and https, on the public internet.

The links in a feed are not to be trusted. Without this check, a link to ``http://169.254.169.254/`` would make us fetch a
cloud's credentials and publish them (SSRF). So an address is judged by the IP addresses it resolves to, again at each redirect,
and the connection goes to exactly those: a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

MOST_URL_CHARACTERS: Final = 2_048
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_ISATAP: Final = frozenset((0x0000_5EFE, 0x0200_5EFE))  # RFC 5214: the third quarter of an address that ends in an IPv4 one
# What Python's own table takes for public, in this version or in others. By IANA's registries of special-purpose addresses;
# and the number, public by its form, at which Microsoft's cloud answers its machines.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",  # protocols' own; 192.0.0.192 tells Oracle's machines their credentials
        "192.88.99.0/24",  # relays of 6to4, given up
        "168.63.129.16/32",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "3fff::/20",  # documentation
        "5f00::/16",  # segments of a network's inner routes
    )
)
_IPV4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


class RefusedAddressError(OSError):
    """An address that may not be fetched; the message says why."""


def is_public(number: str) -> bool:
    """Whether an IP address is on the public internet; of one that wraps another (mapped, 6to4, NAT64, ISATAP …), both are."""
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
        and not any(address in network for network in _NOT_PUBLIC if network.version == address.version)
    )


def _wrapped(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses where a packet to this one may end up; usually none."""
    if address.teredo is not None:
        return address.teredo
    if (single := address.ipv4_mapped or address.sixtofour) is not None:
        return (single,)
    is_last = address in _IPV4_COMPATIBLE or any(address in network for network in _NAT64)
    if is_last or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return (ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF),)
    return ()


def check_url(url: str, *, allow_private: bool = False) -> str:
    """The address, if it may be fetched as far as can be told without resolving its name.

    Raises:
        RefusedAddressError: it is not http or https, contains a user name, is too long, or is a non-public IP address.
    """
    try:
        parts = URL(url)  # as aiohttp reads it: "①②⑦.⓪.⓪.①" is 127.0.0.1 to it
        host, _ = parts.raw_host or "", parts.port
    except ValueError as error:
        raise RefusedAddressError(f"not an address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host or len(url) > MOST_URL_CHARACTERS:
        raise RefusedAddressError("not an http or https address")
    if parts.user is not None or parts.password is not None:
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


def connector(*, allow_private: bool, limit: int = 100, limit_per_host: int = 0) -> aiohttp.TCPConnector:
    """Connections to public addresses: judged when a name is resolved, and whatever was resolved, when it is dialled."""

    def dial(info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allow_private and not is_public(str(address[0])):
            raise RefusedAddressError(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)

    resolver = PublicResolver(allow_private=allow_private)
    return aiohttp.TCPConnector(
        resolver=resolver, limit=limit, limit_per_host=limit_per_host, ttl_dns_cache=60, socket_factory=dial
    )


class PublicResolver(AbstractResolver):
    """Resolves names as the system does, and refuses those with any non-public address."""

    def __init__(self, *, allow_private: bool = False, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()
        self._allow_private = allow_private

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            RefusedAddressError: one of them is not public.
        """
        found = await self._inner.resolve(host, port, family)
        if not self._allow_private:
            for each in found:
                if not is_public(each["host"]):
                    raise RefusedAddressError(f"{host} is {each['host']}, which is not a public address")
        return found

    async def close(self) -> None:
        await self._inner.close()
