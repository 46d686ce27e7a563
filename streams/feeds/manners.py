"""How often each server may be asked: robots.txt, the pace of each host, Retry-After, backoff with jitter."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from streams.feeds.fetching import ROBOTS_NAME, Answer, Fetcher, FetchError

DAY_S: Final = 24 * 3600.0
_FIRST_BACKOFF_S: Final = 60.0
_MOST_CRAWL_DELAY_S: Final = 60.0
_MOST_ROBOTS_BYTES: Final = 512 << 10  # RFC 9309 requires at least 500 KiB; the rest is ignored
_ROBOTS_KEPT: Final = 256  # origins
_ROBOTS_AGAIN_S: Final = 600.0  # after it could not be read
_HOSTS_KEPT: Final = 10_000


def retry_after_s(written: str | None, now_s: float) -> float:
    """A Retry-After header, in seconds or as a date, as seconds from now: 0 to a day; 0 if it can't be read."""
    if not written:
        return 0.0
    if written.strip().isascii() and written.strip().isdigit():
        return min(float(written.strip()[:9]), DAY_S)
    try:
        moment = parsedate_to_datetime(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now_s, UTC)).total_seconds()
    except (ValueError, OverflowError, IndexError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), DAY_S)


def backoff_s(failures: int, asked_s: float, chance: float) -> float:
    """How long to leave a feed alone after this many failures in a row (1 or more): doubles each time, up to a day.

    At least as long as the server ``asked`` for. ``chance``, 0 to 1, adds up to half as much again, to spread feeds that failed
    together.
    """
    doubled: float = min(_FIRST_BACKOFF_S * 2 ** min(failures - 1, 20), DAY_S)
    return max(doubled, asked_s) * (1 + chance / 2)


def round_s(every_s: float, ttl_s: float, chance: float) -> float:
    """When to poll again: as often as configured, but no more often than the feed asks; 10 % earlier or later."""
    return max(every_s * (0.9 + chance / 5), min(ttl_s, DAY_S))


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
