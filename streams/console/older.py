"""Articles that a filter asks for beyond the ring: news.enriched is read back up to a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from aiokafka import TopicPartition

from streams.console.rows import Row, view
from streams.console.wire import Filter
from streams.kafka.clients import opened
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.rejected.deadletters import open_reader
from streams.settings import Settings
from streams.topics import ENRICHED

_LOOKED_AT: Final = 10_000  # offsets
_LISTED: Final = 200
_TURN_RECORDS: Final = 100


class Older:
    """Looks back through news.enriched, one question at a time, so that ten viewers cost no more than one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asking = asyncio.Lock()

    async def find(self, wanted: Filter, partitions: Mapping[str, int]) -> list[Row]:
        """The newest matching articles among the newest 10,000 offsets, without their repeats.

        Raises:
            KafkaError: Kafka does not answer.
        """
        tps = [TopicPartition(ENRICHED, part) for part in range(partitions.get(ENRICHED, 0))]
        found: dict[str, Row] = {}
        async with self._asking, opened(open_reader(self._settings)) as consumer:
            consumer.assign(tps)
            begins, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
            for tp in tps:
                consumer.seek(tp, max(begins[tp], ends[tp] - _LOOKED_AT // len(tps)))
            while tps and not all([await consumer.position(tp) >= ends[tp] for tp in tps]):
                for records in (await consumer.getmany(timeout_ms=LOOK_AGAIN_MS, max_records=_TURN_RECORDS)).values():
                    rows = (row for record in records if isinstance(row := view(record), Row))
                    found.update({row.id: row for row in rows if wanted.wants(row)})
        return sorted(found.values(), key=lambda row: row.time_ms, reverse=True)[:_LISTED]
