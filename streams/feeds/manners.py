"""How often each server may be asked: robots.txt, the pace of each host, what it asks for."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from streams.feeds.fetching import ROBOTS_NAME, Answer, Fetcher, FetchError
from streams.http.waits import DAY_S, retry_after_s

_MOST_CRAWL_DELAY_S: Final = 60.0
_MOST_ROBOTS_BYTES: Final = 512 << 10  # RFC 9309 requires at least 500 KiB; the rest is ignored
_ROBOTS_KEPT: Final = 256  # origins
_ROBOTS_AGAIN_S: Final = 600.0  # after it could not be read
_HOSTS_KEPT: Final = 10_000


class Pace:
    """One request to a host at a time, with a pause in between."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._free: dict[str, float] = {}
        self._held: dict[str, float] = {}

    async def turn(self, url: str, pause_s: float = 0.0) -> None:
        """Wait for this request's turn at its host.

        Raises:
            FetchError: the host has asked to be left alone.
        """
        host, now_s = _host(url), time.monotonic()
        if (left_s := self._held.get(host, 0.0) - now_s) > 0:
            raise FetchError(f"{host} asked to be left alone for another {left_s:.0f} s")
        at_s = max(now_s, self._free.get(host, 0.0))
        self._forget(now_s)
        self._free[host] = at_s + max(self._pause_s, pause_s)
        await asyncio.sleep(at_s - now_s)

    def hold(self, url: str, for_s: float) -> None:
        """Leave a host alone, as it asked."""
        self._held[_host(url)] = time.monotonic() + for_s

    def _forget(self, now_s: float) -> None:
        if len(self._free) > _HOSTS_KEPT:
            self._free = {host: at_s for host, at_s in self._free.items() if at_s > now_s}
        if len(self._held) > _HOSTS_KEPT:
            self._held = {host: at_s for host, at_s in self._held.items() if at_s > now_s}


class Manners:
    """Gets documents as robots.txt and each host's pace allow."""

    def __init__(self, fetcher: Fetcher, pace: Pace) -> None:
        self._fetcher = fetcher
        self._pace = pace
        self._robots: OrderedDict[str, _Robots] = OrderedDict()

    async def get(self, url: str, most_bytes: int, headers: dict[str, str] | None = None) -> Answer:
        """The document at an address.

        Raises:
            FetchError: it did not come, or robots.txt forbids it.
        """
        answer = await self._fetcher.get(url, most_bytes, self._admit, headers)
        if answer.status in {429, 503} and (wait_s := retry_after_s(answer.headers.get("retry-after"), time.time())):
            self._pace.hold(answer.url, wait_s)
        return answer

    async def _admit(self, url: str) -> None:
        rules = await self._rules(url)
        if not rules.can_fetch(url, ROBOTS_NAME):
            raise FetchError("robots.txt forbids it", passing=False)
        await self._pace.turn(url, min(rules.crawl_delay(ROBOTS_NAME) or 0.0, _MOST_CRAWL_DELAY_S))

    async def _rules(self, url: str) -> Protego:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        robots = self._robots.pop(origin, None)
        if robots is None or robots.until_s < time.monotonic():
            robots = _Robots(asyncio.create_task(self._read_rules(origin)))
        self._robots[origin] = robots
        if len(self._robots) > _ROBOTS_KEPT:
            self._robots.popitem(last=False)
        try:
            return await asyncio.shield(robots.rules)
        except FetchError:
            robots.until_s = min(robots.until_s, time.monotonic() + _ROBOTS_AGAIN_S)
            raise

    async def _read_rules(self, origin: str) -> Protego:
        """By RFC 9309: a server without a robots.txt allows everything, one that can't answer forbids everything for now."""
        try:
            answer = await self._fetcher.get(f"{origin}/robots.txt", _MOST_ROBOTS_BYTES, self._pace.turn, cut=True)
        except FetchError as error:
            if error.passing:
                raise FetchError(f"robots.txt could not be read: {error}") from error
            return Protego.parse("")
        if answer.status == 429 or answer.status >= 500:
            raise FetchError(f"robots.txt could not be read: status {answer.status}")
        return Protego.parse(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")


class _Robots:
    """What an origin's robots.txt says, and how long that holds (monotonic seconds)."""

    def __init__(self, rules: asyncio.Task[Protego]) -> None:
        self.rules = rules
        self.until_s = time.monotonic() + DAY_S


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
