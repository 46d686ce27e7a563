"""One document by HTTP: bounded in bytes (also when unpacked), in time and in redirects.

Decompression happens here, in pieces of bounded size: a decompression bomb costs no more than the bound.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final
from urllib.parse import urljoin

import aiohttp

from streams.http.addresses import RefusedAddressError, check_url, connector, refusal_behind

ROBOTS_NAME: Final = "Headwater"
"""The name by which robots.txt addresses us."""
MOST_REDIRECTS: Final = 5
DOCUMENT_TIMEOUT_S: Final = 30.0
_CONNECTIONS: Final = 16
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_PERMANENT: Final = frozenset((301, 308))
_PIECE_BYTES: Final = 64 << 10
_MOST_HEADER_CHARACTERS: Final = 1_000
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer: ``url`` is where the redirects ended, ``moved`` whether all of them were permanent."""

    status: int
    url: str
    body: bytes
    headers: Mapping[str, str]
    """Headers by lower-case name."""
    moved: bool = False

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class FetchError(Exception):
    """No document came; the message says why. ``passing``: another attempt may succeed."""

    def __init__(self, why: str, *, passing: bool = True) -> None:
        super().__init__(why)
        self.passing = passing


Admit = Callable[[str], Awaitable[None]]
"""Called with each address before it is fetched: waits for the host's turn, or raises a FetchError."""


class Fetcher:
    """Gets documents, checking each address and all its redirects."""

    def __init__(self, session: aiohttp.ClientSession, *, allow_private: bool, timeout_s: float) -> None:
        self._session = session
        self._allow_private = allow_private
        self._timeout_s = timeout_s

    async def get(
        self, url: str, most_bytes: int, admit: Admit, headers: Mapping[str, str] | None = None, *, cut: bool = False
    ) -> Answer:
        """The document at an address. Waiting for a host's turn does not count towards the document's time limit.

        ``cut``: the beginning of a larger one is enough.

        Raises:
            FetchError: it is refused, too large, too slow, or the server could not be reached.
        """
        moved, asked = True, url
        for _ in range(MOST_REDIRECTS + 1):
            self._check(asked)
            await admit(asked)
            answer = await self._ask(asked, most_bytes, headers or {}, cut=cut)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return Answer(answer.status, asked, answer.body, answer.headers, moved=moved and asked != url)
            moved = moved and answer.status in _PERMANENT
            asked = _joined(asked, target)
        raise FetchError(f"more than {MOST_REDIRECTS} redirects", passing=False)

    def _check(self, url: str) -> None:
        try:
            check_url(url, allow_private=self._allow_private)
        except RefusedAddressError as error:
            raise FetchError(str(error), passing=False) from error

    async def _ask(self, url: str, most_bytes: int, headers: Mapping[str, str], *, cut: bool) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_s), self._session.get(url, headers=headers, allow_redirects=False) as got:
                said = {name.lower(): value[:_MOST_HEADER_CHARACTERS] for name, value in got.headers.items()}
                body = b"" if got.status in _REDIRECTS else await _body(got, most_bytes, cut=cut)
                return Answer(got.status, url, body, said)
        except TimeoutError as error:
            raise FetchError(f"not done within {self._timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            refused = refusal_behind(error)
            passing = refused is None and not isinstance(error, ValueError)
            raise FetchError(str(refused or error) or type(error).__name__, passing=passing) from error


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise FetchError(f"a redirect to nowhere: {error}", passing=False) from error


async def _body(got: aiohttp.ClientResponse, most_bytes: int, *, cut: bool) -> bytes:
    encoding = got.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        unpack = None
    elif encoding in {"gzip", "x-gzip", "deflate"}:
        unpack = _Unpacking()
    else:
        raise FetchError(f'compressed as "{encoding[:20]}", which was not requested', passing=False)
    body = bytearray()
    async for piece in got.content.iter_chunked(_PIECE_BYTES):
        body += piece if unpack is None else unpack.take(piece, most_bytes + 1 - len(body))
        if len(body) > most_bytes and cut:
            break
        if len(body) > most_bytes:
            raise FetchError(f"larger than {most_bytes} bytes", passing=False)
    return bytes(body[:most_bytes])


def unzipped(body: bytes, most_bytes: int) -> bytes:
    """The content of a gzipped file, as sitemaps often are; anything else unchanged.

    Raises:
        FetchError: it is broken, or larger than ``most_bytes``.
    """
    if not body.startswith(_GZIP):
        return body
    inner = _Unpacking().take(body, most_bytes + 1)
    if len(inner) > most_bytes:
        raise FetchError(f"larger than {most_bytes} bytes", passing=False)
    return inner


class _Unpacking:
    """gzip, or what servers call deflate: with or without zlib's header."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._began = False

    def take(self, piece: bytes, most_bytes: int) -> bytes:
        """At most this many more bytes of the document; the first piece decides about the header.

        Raises:
            FetchError: it is not compressed as declared.
        """
        try:
            out = self._inner.decompress(piece, most_bytes)
        except zlib.error as error:
            if self._began:
                raise FetchError(f"broken compression: {error}") from error
            self._began, self._inner = True, zlib.decompressobj(-zlib.MAX_WBITS)
            return self.take(piece, most_bytes)
        self._began = True
        return out


@asynccontextmanager
async def fetching(
    *, contact: str | None = None, allow_private: bool = False, timeout_s: float = DOCUMENT_TIMEOUT_S
) -> AsyncIterator[Fetcher]:
    """A fetcher with its own session: no cookies, no proxies, no credentials from the environment."""
    session = aiohttp.ClientSession(
        connector=connector(allow_private=allow_private, limit=_CONNECTIONS, limit_per_host=2),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"User-Agent": user_agent(contact), "Accept-Encoding": "gzip, deflate"},
    )
    async with session:
        yield Fetcher(session, allow_private=allow_private, timeout_s=timeout_s)


def user_agent(contact: str | None) -> str:
    """Who is asking, and where a site's owner can complain."""
    return f"{ROBOTS_NAME}/{version('headwater-news')} (news feed reader{'; +' + contact if contact else ''})"
