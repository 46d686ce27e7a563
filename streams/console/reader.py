"""Follows the stream on Kafka: read_committed, in no group, starting with the newest thousand records of each outcome.

When Kafka goes away, the picture stays as it was and says since when; when Kafka is back, reading continues where it was. A
Kafka that was recreated (its topics end before our positions) starts a new picture.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.console.health import Health
from streams.console.picture import READ, Picture, View, seen_of
from streams.console.rows import Row
from streams.console.wire import RING
from streams.kafka.admin import TopicsMissingError, existing, partition_counts
from streams.kafka.clients import connection, opened
from streams.kafka.failures import LOST, uncancelled
from streams.kafka.following import keep_reading, reason_of_loss
from streams.settings import Settings
from streams.steps import Record
from streams.topics import OUTCOMES, RAW, STORIES

_ANSWER_TIMEOUT_S: Final = 5.0
_TOPICS_AGAIN_S: Final = 30.0
_FETCH_BYTES: Final = 8 << 20
_PARTITION_FETCH_BYTES: Final = 1 << 20
_TURN_RECORDS: Final = 100
# Transactions of one record leave a marker each: this many offsets hold as many records as we need.
_OFFSETS_A_RECORD: Final = 2


class _TopicsChangedError(Exception):
    """The topics or their partitions have changed."""


class Reader:
    """Keeps a picture of the stream. ``changed`` gets each row that is added or changed; ``begun``: a new picture began."""

    def __init__(self, settings: Settings, health: Health, changed: Callable[[Row], None], begun: Callable[[], None]) -> None:
        self._settings = settings
        self._health = health
        self._changed = changed
        self._begun = begun
        self._positions: dict[TopicPartition, int] = {}
        self.picture: Picture | None = None
        self.away: str | None = "not connected yet"
        self.away_since_s = time.time()
        self.partitions: Mapping[str, int] = {}
        """How many each topic has; 0 for one that does not exist."""

    async def run(self) -> None:
        """Follow the stream until cancelled, whatever happens to Kafka."""
        while True:
            await keep_reading(self._follow, self._lost, (*LOST, TopicsMissingError))

    def _lost(self, why: str) -> None:
        """Following has ended: the picture is as of now, unless that was noted before."""
        if self.away is None:
            self.away_since_s = time.time()
        self.away = why

    async def _follow(self) -> None:
        async with asyncio.timeout(2 * _ANSWER_TIMEOUT_S):
            counts = await existing(self._settings, READ, optional=(STORIES,))
        self.partitions = counts
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_FETCH_BYTES,
            request_timeout_ms=int(_ANSWER_TIMEOUT_S * 1000),
        )
        async with opened(consumer):
            async with asyncio.timeout(2 * _ANSWER_TIMEOUT_S):
                ends = await self._start(consumer, counts)
            try:
                async with asyncio.TaskGroup() as tasks:
                    for work in (self._read(consumer, ends), self._probe(), self._look_for_topics(counts)):
                        tasks.create_task(self._or_away(work))
            except* _TopicsChangedError:
                pass  # followed anew, with those that there are now

    async def _or_away(self, work: Coroutine[Any, Any, None]) -> None:
        """Do a part of the following; if it fails, say so at once, because closing connections can take a while."""
        try:
            await uncancelled(work)
        except LOST as error:
            self._lost(reason_of_loss(error))
            raise

    async def _start(self, consumer: AIOKafkaConsumer, counts: Mapping[str, int]) -> dict[TopicPartition, int]:
        """Assign and seek; returns up to where each partition may be read now."""
        tps = [TopicPartition(topic, part) for topic in (*READ, STORIES) for part in range(counts[topic])]
        consumer.assign(tps)
        begins: dict[TopicPartition, int] = await consumer.beginning_offsets(tps)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(tps)
        if self.picture is None or any(ends.get(tp, 0) < position for tp, position in self._positions.items()):
            self._positions = _first_offsets(begins, ends)
            whole = all(self._positions[tp] == begins[tp] for tp in tps if tp.topic in OUTCOMES)
            self.picture = Picture({(tp.topic, tp.partition): end for tp, end in ends.items()}, time.time(), whole=whole)
            self._begun()
        for tp in tps:
            consumer.seek(tp, max(self._positions.setdefault(tp, begins[tp]), begins[tp]))
        return ends

    async def _read(self, consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> None:
        picture = self.picture
        assert picture is not None
        history: list[tuple[str, View]] = []
        behind = {tp for tp, end in ends.items() if self._positions[tp] < end}
        while True:
            fetched: dict[TopicPartition, list[Record]] = await consumer.getmany(timeout_ms=250)
            for tp, records in fetched.items():
                for at in range(0, len(records), _TURN_RECORDS):
                    self._take(picture, records[at : at + _TURN_RECORDS], ends[tp], history)
                    await asyncio.sleep(0)
            for tp in tuple(behind):
                if await consumer.position(tp) >= ends[tp]:
                    behind.remove(tp)
            for tp in fetched:
                self._positions[tp] = await consumer.position(tp)
            if history and not behind:
                for topic, seen in sorted(history, key=lambda each: each[1].time_ms):
                    self._show(picture, topic, seen, live=False, prompt=False)
                history.clear()
            if not behind:
                self.away = None

    def _take(self, picture: Picture, records: Sequence[Record], end: int, history: list[tuple[str, View]]) -> None:
        """``end``: where the partition ended when we connected; earlier records waited for us, not for the stream."""
        now_s = time.time()
        for record in records:
            if record.topic == RAW:
                picture.enters(record, now_s)
            elif record.topic == STORIES:
                picture.stories.add(record)
            elif (seen := seen_of(record)) is not None:
                if picture.is_live(record):
                    self._show(picture, record.topic, seen, live=True, prompt=record.offset >= end)
                else:
                    history.append((record.topic, seen))

    def _show(self, picture: Picture, topic: str, seen: View, *, live: bool, prompt: bool) -> None:
        row = picture.leaves(topic, seen, time.time(), live=live, prompt=prompt)
        if row is not None:
            self._changed(row)

    async def _probe(self) -> None:
        """Look at lag, partitions and workers once a second; no answer ends the following."""
        async with self._health.connected():
            while True:
                async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                    await self._health.look()
                await asyncio.sleep(1.0)

    async def _look_for_topics(self, counts: Mapping[str, int]) -> None:
        while True:
            await asyncio.sleep(_TOPICS_AGAIN_S)
            async with asyncio.timeout(2 * _ANSWER_TIMEOUT_S):
                now = await partition_counts(self._settings, (*READ, STORIES))
            if now != counts:
                raise _TopicsChangedError


def _first_offsets(begins: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Where to begin: at the end of news.raw, and far enough before the ends of the outcomes to fill a ring."""
    partitions = {topic: sum(tp.topic == topic for tp in ends) for topic in (*READ, STORIES)}
    return {
        tp: end if tp.topic == RAW else max(begins[tp], end - _OFFSETS_A_RECORD * RING // partitions[tp.topic])
        for tp, end in ends.items()
    }
