"""The rounds: a feed, its new entries, the page behind each, news.raw, and only then the memory.

At least once: an entry is remembered after Kafka has it, and a feed's ETag and Last-Modified once all its entries are settled,
so that a 304 can't hide anything that is still unpublished.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Any, Final

import orjson
from aiokafka.errors import MessageSizeTooLargeError

from streams.faults import Fault, caught
from streams.feeds.entries import Entry, Feed, identity, read_feed
from streams.feeds.fetching import Answer, FetchError, unzipped
from streams.feeds.forms import NotAFeedError
from streams.feeds.manners import Manners
from streams.feeds.seen import FeedState, Seen
from streams.http.waits import DAY_S, backoff_s, retry_after_s, round_s
from streams.records import Rejection
from streams.records.decoding.encodings import declared_charset, decode, unmarked

log = logging.getLogger(__name__)

MOST_FEED_BYTES: Final = 10 << 20
MOST_PAGE_BYTES: Final = 4 << 20
_MOST_RECORD_BYTES: Final = 8 << 20  # less than news.raw accepts
_FEEDS_AT_ONCE: Final = 32
_PAGE_ATTEMPTS: Final = 3
"""How many rounds a temporarily failing page is tried in; then the feed's own text is published alone."""
_CHANCE: Final = SystemRandom()

SendEntry = Callable[[bytes, bytes], Awaitable[None]]
"""Key and value to news.raw; returns once Kafka has the record."""


@dataclass(slots=True)
class PollingTotals:
    """What has happened so far: polls of feeds, entries published (``bare``: without their page), entries postponed."""

    polled: int = 0
    unchanged: int = 0
    failed: int = 0
    published: int = 0
    bare: int = 0
    put_off: int = 0

    def __str__(self) -> str:
        told = {
            "polls": self.polled,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "entries published": self.published,
            "of them with the feed's own text only": self.bare,
            "put off to the next round": self.put_off,
        }
        return ", ".join(f"{number:,} {what}" for what, number in told.items() if number or what == "entries published")


class Poller:
    """Polls feeds and publishes what is new in them; ``say`` gets a line for each feed that has news or fails."""

    def __init__(self, manners: Manners, seen: Seen, send: SendEntry, say: Callable[[str], None], *, every_s: float) -> None:
        self._manners = manners
        self._seen = seen
        self._send = send
        self._say = say
        self._every_s = every_s
        self._turns = asyncio.Semaphore(_FEEDS_AT_ONCE)
        self._parsing = asyncio.Lock()  # only one feed's tree in memory at a time
        self._publishing: set[str] = set()
        self.totals = PollingTotals()

    async def run(self, urls: Iterable[str], *, once: bool) -> None:
        """Poll all feeds, for ever or once each.

        Raises:
            KafkaError: (in a group) Kafka refuses records; those that it lacks are sent again in the next run.
        """
        async with asyncio.TaskGroup() as tasks:
            for url in urls:
                tasks.create_task(self._follow(url, once=once))

    async def _follow(self, url: str, *, once: bool) -> None:
        while True:
            wait_s = self._seen.state_of(url).not_before_s - time.time()
            if wait_s <= 0:
                async with self._turns:
                    wait_s = await self.poll(url)
            elif once:
                self._say(f"{url}: left alone for another {wait_s:,.0f} s after a failure")
            if once:
                return
            await asyncio.sleep(wait_s)

    async def poll(self, url: str, *, part: bool = False) -> float:
        """Poll one feed, or a ``part`` of an index, once; returns the seconds until the next poll is due."""
        state = self._seen.state_of(url)
        self.totals.polled += 1
        try:
            answer = await self._manners.get(state.address, MOST_FEED_BYTES, _conditions(state))
            if answer.status == 304:
                self.totals.unchanged += 1
                return self._succeeded(replace(state, failures=0, not_before_s=0.0), 0.0)
            if answer.status != 200:
                return self._failed(state, f"status {answer.status}", _asked_s(answer))
            async with self._parsing:
                feed = await asyncio.to_thread(_read, answer)
        except (FetchError, NotAFeedError) as error:
            return self._failed(state, str(error), 0.0)
        if feed.parts:
            return await self._poll_parts(state, feed.parts, part=part)
        whole = await self._publish_new(url, feed)
        etag, modified = (answer.headers.get("etag"), answer.headers.get("last-modified")) if whole else (None, None)
        address = answer.url if answer.moved else state.address
        return self._succeeded(FeedState(url, address, etag, modified), feed.ttl_s)

    async def _poll_parts(self, state: FeedState, parts: Sequence[str], *, part: bool) -> float:
        """Poll the sitemaps of an index, each with a state of its own; the index is read anew each time."""
        if part:
            return self._failed(state, "a sitemap index within another", 0.0)
        for each in parts:
            if self._seen.state_of(each).not_before_s <= time.time():
                await self.poll(each, part=True)
        return self._succeeded(FeedState(state.url, state.address), 0.0)

    def _succeeded(self, state: FeedState, ttl_s: float) -> float:
        self._seen.put(state)
        return round_s(self._every_s, ttl_s, _CHANCE.random())

    def _failed(self, state: FeedState, why: str, asked_s: float) -> float:
        """If an address that a feed moved to fails, it is given up: the next poll uses the original address."""
        self.totals.failed += 1
        failures = state.failures + 1
        wait_s = backoff_s(failures, asked_s, _CHANCE.random())
        self._seen.put(replace(state, address=state.url, failures=failures, not_before_s=time.time() + wait_s))
        self._say(f"{state.url}: {why}; asked again in {wait_s:,.0f} s")
        return wait_s

    async def _publish_new(self, url: str, feed: Feed) -> bool:
        """Publish all unknown entries; returns whether none is left for the next round."""
        published, whole = 0, True
        for entry in feed.entries:
            if self._seen.knows(entry.key, time.time()):
                continue
            if entry.key in self._publishing:  # another feed lists it too, and is publishing it
                whole = False
                continue
            self._publishing.add(entry.key)
            try:
                settled = await self._publish(entry)
            finally:
                self._publishing.discard(entry.key)
            published += settled
            whole = whole and settled
        if published:
            self._say(f"{url}: {published:,} new of {len(feed.entries):,}")
        return whole

    async def _publish(self, entry: Entry) -> bool:
        """Publish an entry with its page, and remember it; False if the page may come another time."""
        page = None
        if entry.url is not None and not entry.has_full_text:
            try:
                page = await self._page(entry.url)
            except FetchError as error:
                log.info("%s: %s", entry.url, error)
                if error.passing and self._seen.failed(entry.key, time.time()) < _PAGE_ATTEMPTS:
                    self.totals.put_off += 1
                    return False
                self.totals.bare += 1
        try:
            await self._send(record_key(entry), record_of(entry, page))
        except MessageSizeTooLargeError:  # the topic accepts less than usual
            await self._send(record_key(entry), orjson.dumps(without_text(entry.facts)))
        self._seen.remember(entry.key, time.time())
        self.totals.published += 1
        return True

    async def _page(self, url: str) -> str:
        """The page behind an entry.

        Raises:
            FetchError: it did not come, or is not a page.
        """
        answer = await self._manners.get(url, MOST_PAGE_BYTES)
        if answer.status != 200:
            raise FetchError(f"status {answer.status}", passing=answer.status in {408, 425, 429} or answer.status >= 500)
        if answer.content_type not in {"text/html", "application/xhtml+xml", ""}:
            raise FetchError(f"a page of type {answer.content_type[:80]}", passing=False)
        return await asyncio.to_thread(decode_page, answer)


def _read(answer: Answer) -> Feed:
    """The feed in an answer.

    Raises:
        FetchError, NotAFeedError: there is none; or it meets a fault of ours, which must not end the other feeds.
    """
    body = unzipped(answer.body, MOST_FEED_BYTES)

    def work() -> Feed | NotAFeedError:
        try:
            return read_feed(body, answer.url, answer.content_type)
        except NotAFeedError as error:
            return error

    found = caught(work)
    if isinstance(found, Fault):
        raise NotAFeedError(f"a fault in Headwater, please report it with this feed: {found}")
    if isinstance(found, NotAFeedError):
        raise found
    return found


def _conditions(state: FeedState) -> dict[str, str]:
    """The headers that make polling an unchanged feed cheap."""
    told = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
    accepts = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
    return {"Accept": accepts, **{name: value for name, value in told.items() if value}}


def _asked_s(answer: Answer) -> float:
    """How long the server wants to be left alone: as long as it says; a day if the feed is gone."""
    return DAY_S if answer.status == 410 else retry_after_s(answer.headers.get("retry-after"), time.time())


def record_key(entry: Entry) -> bytes:
    """All records of one address go to one partition."""
    return (identity(entry.url) if entry.url else entry.key).encode("utf-8", "replace")


def record_of(entry: Entry, page: str | None) -> bytes:
    """The record for news.raw: the feed's facts, with the page, if there is one, in place of the feed's own text."""
    facts: Mapping[str, Any] = entry.facts if page is None else {**entry.facts, "html": page}
    value = orjson.dumps(facts)
    if len(value) > _MOST_RECORD_BYTES:
        value = orjson.dumps(without_text(facts))
    return value


def without_text(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in facts.items() if name != "html"}


def decode_page(answer: Answer) -> str:
    """A page's text, in the encoding that the server, the page or its bytes indicate.

    Raises:
        FetchError: it can't be decoded.
    """
    body, marked = unmarked(answer.body)
    decoded = decode(body, marked, declared_charset(body, answer.headers.get("content-type")))
    if isinstance(decoded, Rejection):
        raise FetchError(f"not a text: {decoded.reason.value}", passing=False)
    return decoded.text
