"""Deliver turn by turn. An article's versions stay in order, since each partition is delivered one message at a time.

The book notes a message once the receiver has it: a kill in between sends it again, with the same id.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from random import SystemRandom
from typing import Final

from streams.outgoing.book import Book
from streams.outgoing.decisions import EXPIRED, Notice, Telling, decide, decide_waiting
from streams.outgoing.items import ArticleFilter, Item, item_of
from streams.outgoing.source import TOPIC, Turn
from streams.webhook.answers import MOST_REFUSALS, Meaning, meaning_of, wait_s
from streams.webhook.sending import Sent
from streams.webhook.signing import Message, message_of

_AT_ONCE: Final = 8
_DUE_AT_ONCE: Final = 500
_CHANCE: Final = SystemRandom()

_Due = tuple[Item, Callable[[], Telling]]


class GoneError(Exception):
    """The receiver has asked for no more messages."""


@dataclass(slots=True)
class DeliveryTotals:
    """What has happened so far: articles sent, removals sent, messages given up after refusals; requests that failed."""

    told: int = 0
    removed: int = 0
    refused: int = 0
    failed: int = 0

    def __str__(self) -> str:
        more = f", {self.refused:,} refused" if self.refused else ""
        return f"{self.told:,} articles told, {self.removed:,} removals{more}, {self.failed:,} requests failed"


class Deliverer:
    """Delivers its selection to one receiver. ``say`` gets a line when it fails, and when it answers again."""

    def __init__(  # noqa: PLR0913 - what it is made of
        self,
        book: Book,
        send: Callable[[Message], Awaitable[Sent]],
        wanted: ArticleFilter,
        say: Callable[[str], None],
        clock: Callable[[], float],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._book, self._send, self._wanted = book, send, wanted
        self._say, self._clock, self._sleep = say, clock, sleep
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._failing = False
        self._passed: dict[int, int] = {}
        self.totals = DeliveryTotals()

    async def take(self, turn: Turn) -> None:
        """Deliver what was read.

        Raises:
            GoneError, RefusedAddressError: (in a group) there is nobody to deliver to.
        """
        await self._together(self._records(number, turn) for number in turn.next_offsets)

    async def release(self) -> None:
        """Deliver what has become due: articles whose embargo has ended, and removals of those that have expired.

        Raises:
            GoneError, RefusedAddressError: (in a group) there is nobody to deliver to.
        """
        now_s = self._clock()
        due: dict[int, list[_Due]] = defaultdict(list)
        for item in self._book.released(now_s, _DUE_AT_ONCE):
            due[item.partition].append((item, partial(self._decide_waiting, item)))
        for item in self._book.expired(now_s, _DUE_AT_ONCE):
            due[item.partition].append((item, lambda: EXPIRED))
        await self._together(self._due(each) for each in due.values())

    async def _together(self, works: Iterable[Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(self._in_turn(work))

    async def _in_turn(self, work: Awaitable[None]) -> None:
        async with self._at_once:
            await work

    async def _records(self, partition: int, turn: Turn) -> None:
        records = turn.records.get(partition, [])
        items = [item_of(record) for record in records]
        kills = {item.id: item.rank for item in items if item is not None and item.canceled}
        for record, item in zip(records, items, strict=True):
            # For an article that is canceled by now, only the removal is sent.
            if item is not None and (item.canceled or item.id not in kills or item.rank > kills[item.id]):
                await self._settle(item, partial(self._decide, item))
            self._pass_to(partition, record.offset + 1)
        self._pass_to(partition, turn.next_offsets[partition])  # here: an interrupted delivery has not passed

    def _pass_to(self, partition: int, offset: int) -> None:
        if self._passed.get(partition) != offset:
            self._passed[partition] = offset
            self._book.pass_to(partition, offset)
            self._book.commit()

    def _decide(self, item: Item) -> Telling:
        return decide(item, self._book.known(item), self._clock(), wanted=self._wanted.takes(item))

    def _decide_waiting(self, item: Item) -> Telling:
        return decide_waiting(item, self._clock())

    async def _due(self, items: list[_Due]) -> None:
        for item, deciding in items:
            await self._settle(item, deciding)
            self._book.commit()

    async def _settle(self, item: Item, deciding: Callable[[], Telling]) -> None:
        """Send a version until the receiver has it; decided again before each request, as it may expire meanwhile."""
        refusals = failures = 0
        while (decision := deciding()).tell is not None:
            sent = await self._send(message_of(decision.tell, item, self._book.about(TOPIC) or ""))
            meaning = Meaning.AGAIN if sent.status is None else meaning_of(sent.status)
            if meaning is Meaning.GONE:
                raise GoneError("the receiver says that it is gone (410)")
            if meaning is Meaning.DONE:
                self._count(decision.tell)
                break
            failures += 1
            refusals += meaning is Meaning.REFUSED
            self.totals.failed += 1
            if refusals == MOST_REFUSALS:
                self.totals.refused += 1
                self._say(f"news.enriched/{item.partition}/{item.offset}: refused {refusals} times ({sent.why}), given up")
                break
            await self._wait(sent, failures)
        self._book.settle(item, decision)

    def _count(self, change: Notice) -> None:
        if self._failing:
            self._failing = False
            self._say("the receiver answers again")
        self.totals.told += change is Notice.ARTICLE
        self.totals.removed += change is Notice.REMOVED

    async def _wait(self, sent: Sent, failures: int) -> None:
        seconds = wait_s(failures, sent.asked_s, _CHANCE.random())
        if not self._failing:
            self._failing = True
            self._say(f"the receiver does not accept it ({sent.why}): trying again, first in {seconds:.0f} s")
        await self._sleep(seconds)
