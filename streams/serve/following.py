"""Follows news.enriched and news.stories: read_committed, in no group, from the newest thousands of records on.

When Kafka goes away the articles stay as they were; when it is back, reading goes on where it was. A topic that was made anew
(it ends before we were) begins a new ring.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.admin import TopicsMissingError, existing
from streams.kafka.clients import connection, opened
from streams.kafka.failures import LOST
from streams.kafka.following import keep_reading
from streams.outgoing.items import Item, item_of
from streams.serve.published import RING, Ring
from streams.serve.stories import StoryArticles
from streams.settings import Settings
from streams.steps import Record
from streams.topics import ENRICHED, STORIES

_ANSWER_TIMEOUT_S: Final = 10.0
_TURN_RECORDS: Final = 100
_OFFSETS_A_RECORD: Final = 2  # a transaction of one record leaves a marker beside it
_CHANGES_AN_ARTICLE: Final = 2  # of stories: one that is merged into another is told as well


class Follower:
    """Keeps the ring; ``changed`` is told each article that the ring takes, once it has caught up."""

    def __init__(self, settings: Settings, changed: Callable[[Item], None], begun: Callable[[], None]) -> None:
        self._settings = settings
        self._changed = changed
        self._begun = begun
        self.ring = Ring()
        self.stories = StoryArticles()
        self.ready = False
        """Whether all that was there at the beginning is read."""
        self.away: str | None = "not connected yet"

    async def run(self) -> None:
        """Follow the topic until cancelled, whatever happens to Kafka."""
        await keep_reading(self._follow, self._lost, (*LOST, TopicsMissingError))

    def _lost(self, why: str) -> None:
        self.away = why

    async def _follow(self) -> None:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            counts = await existing(self._settings, (ENRICHED,), optional=(STORIES,))
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        async with opened(consumer):
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                ends = await self._start(consumer, *(_partitions(topic, counts[topic]) for topic in (ENRICHED, STORIES)))
            await self._read(consumer, ends)

    async def _start(
        self, consumer: AIOKafkaConsumer, tps: list[TopicPartition], of_stories: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Assign and seek; returns where the partitions end now."""
        consumer.assign([*tps, *of_stories])
        begins: dict[TopicPartition, int] = await consumer.beginning_offsets([*tps, *of_stories])
        ends: dict[TopicPartition, int] = await consumer.end_offsets([*tps, *of_stories])
        if not self.ready or any(self.ring.positions.get(tp.partition, -1) >= ends[tp] for tp in tps):
            self.ring, self.stories, self.ready = Ring(), StoryArticles(), False
            self._begun()
        for tp in tps:
            first = max(begins[tp], ends[tp] - _OFFSETS_A_RECORD * RING // len(tps))
            self.ring.begin(tp.partition, first)
            consumer.seek(tp, max(begins[tp], self.ring.positions[tp.partition] + 1))
        for tp in of_stories:  # each time anew: a story is told whole
            consumer.seek(tp, max(begins[tp], ends[tp] - _CHANGES_AN_ARTICLE * _OFFSETS_A_RECORD * RING // len(of_stories)))
        return ends

    async def _read(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
        waiting: list[Record] = []
        behind = set(ends)
        while True:
            fetched = await consumer.getmany(timeout_ms=250)
            behind = {tp for tp in behind if await consumer.position(tp) < ends[tp]}
            for records in fetched.values():
                waiting += self._articles_of(records)
            if behind and not self.ready:
                continue  # the ring is in the order of time across partitions, once all that was there is read
            if not self.ready:
                waiting.sort(key=lambda record: record.timestamp)
            for at in range(0, len(waiting), _TURN_RECORDS):
                self._take(waiting[at : at + _TURN_RECORDS])
                await asyncio.sleep(0)
            waiting.clear()
            for tp in (tp for tp in fetched if tp.topic == ENRICHED):
                self.ring.pass_to(tp.partition, await consumer.position(tp))
            if not behind:
                self.ready, self.away = True, None

    def _articles_of(self, records: list[Record]) -> list[Record]:
        """The records of articles; those of stories are taken in."""
        for record in records:
            if record.topic == STORIES:
                self.stories.take(record)
        return [record for record in records if record.topic == ENRICHED]

    def _take(self, records: list[Record]) -> None:
        for record in records:
            item = item_of(record)
            if item is not None and (taken := self.ring.take(item)) is not None and self.ready:
                self._changed(taken)


def _partitions(topic: str, count: int) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(count)]
