"""How many records are waiting, asked of Kafka, exact to the last record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.reading import LOOK_AGAIN_MS, only_offsets


class _Known(NamedTuple):
    next_offset: int
    empty_to: int  # from the next offset up to here there is no record …
    record: bool  # … and here there is one


class LagReader:
    """How many records are waiting, asked of Kafka; ``consumer`` reads ``read_committed``, without a group or assignment."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._known: dict[TopicPartition, _Known] = {}

    async def lags(self, next_offsets: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """Offsets from the first waiting record to the last stable one, by partition; 0 if none is waiting.

        A partition that has moved since the last call is not examined more closely: for those, transaction markers at the end
        are counted too.

        Raises:
            KafkaError: Kafka does not answer.
        """
        if not next_offsets:
            return {}
        ends: Mapping[TopicPartition, int] = await self._consumer.end_offsets(list(next_offsets))
        unclear = set()
        for tp, next_offset in next_offsets.items():
            known = self._known.get(tp)
            if known is None or known.next_offset != next_offset:
                self._known[tp] = _Known(next_offset, next_offset, record=False)
            elif not known.record and known.empty_to < ends[tp]:
                unclear.add(tp)
        if unclear:
            with only_offsets():  # waiting records may be large, and would all be held at once
                await self._find_records(unclear, ends)
        return {tp: max(0, ends[tp] - self._known[tp].empty_to) for tp in next_offsets}

    async def kept(self, tps: Collection[TopicPartition]) -> dict[TopicPartition, range]:
        """The offsets that Kafka keeps of each partition now.

        Raises:
            KafkaError: Kafka does not answer.
        """
        if not tps:
            return {}
        begins, ends = await self._consumer.beginning_offsets(list(tps)), await self._consumer.end_offsets(list(tps))
        return {tp: range(begins[tp], ends[tp]) for tp in tps}

    async def _find_records(self, unclear: set[TopicPartition], ends: Mapping[TopicPartition, int]) -> None:
        """Read on in each partition until there is a record, or certainly none before its end."""
        self._consumer.assign(list(unclear))
        try:
            for tp in unclear:
                self._consumer.seek(tp, self._known[tp].empty_to)
            while unclear:
                fetched = await self._consumer.getmany(*unclear, timeout_ms=LOOK_AGAIN_MS, max_records=1)
                for tp in tuple(unclear):
                    records = fetched.get(tp)
                    empty_to = records[0].offset if records else await self._consumer.position(tp)
                    self._known[tp] = self._known[tp]._replace(empty_to=empty_to, record=bool(records))
                    if records or empty_to >= ends[tp]:
                        unclear.remove(tp)
        finally:
            self._consumer.unsubscribe()
