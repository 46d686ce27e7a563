"""One request by HTTP: to a public address, without redirects, and only the relevant part of the answer is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import aiohttp

from streams.http.addresses import check_url, connector, refusal_behind
from streams.http.waits import retry_after_s
from streams.webhook.signing import Message, signed

ANSWER_TIMEOUT_S: Final = 15.0
_BODY_TIMEOUT_S: Final = 1.0
_MOST_ANSWER_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of a request: a status, or None with the reason; how long the receiver asked to be left alone."""

    status: int | None
    why: str
    asked_s: float = 0.0


class Sender:
    """Sends messages to one receiver."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: bytes, clock: Callable[[], float]) -> None:
        self._session = session
        self._url = url
        self._key = key
        self._clock = clock

    async def send(self, message: Message) -> Sent:
        """Send it once.

        Raises:
            RefusedAddressError: the receiver's name leads to an address that is not public.
        """
        headers = signed(message, self._key, self._clock())
        asking = self._session.post(self._url, data=message.body, headers=headers, allow_redirects=False)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S), asking as answer:
                asked_s = retry_after_s(answer.headers.get("Retry-After"), self._clock())
                sent = Sent(answer.status, f"status {answer.status}", asked_s)
                # Read to its end, so that the connection can be reused. The status counts whatever happens to the body.
                with suppress(aiohttp.ClientError, OSError, ValueError, TimeoutError):
                    async with asyncio.timeout(_BODY_TIMEOUT_S):
                        await answer.content.read(_MOST_ANSWER_BYTES)
                return sent
        except TimeoutError:
            return Sent(None, f"no answer within {ANSWER_TIMEOUT_S:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if (refused := refusal_behind(error)) is not None:
                raise refused from error
            return Sent(None, str(error) or type(error).__name__)


@asynccontextmanager
async def sending(
    url: str, key: bytes, *, allow_private: bool = False, clock: Callable[[], float] = time.time
) -> AsyncIterator[Sender]:
    """A sender with its own session: no cookies, no proxies, no credentials from the environment.

    Raises:
        RefusedAddressError: requests to the address are not allowed.
    """
    check_url(url, allow_private=allow_private)
    session = aiohttp.ClientSession(
        connector=connector(allow_private=allow_private),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,  # a few bytes can become a gigabyte, and nobody reads it
        headers={"User-Agent": f"Headwater/{version('headwater-news')} (webhook)"},
    )
    async with session:
        yield Sender(session, url, key, clock)
