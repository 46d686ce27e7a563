"""The batch transport: to Faust, all records of one partition in one fetch are a single event.

Faust spends 150 to 300 microseconds of Python on every event it delivers (drain loop, conductor, stream, sensors). Paid once
for hundreds of records, that no longer matters. Registered with Faust under the URL scheme ``kafka-batch`` by the entry
point in ``pyproject.toml``.

What else differs from Faust's own driver, each by subclassing it:

- the consumer reads ``read_committed`` (Faust opens it read_uncommitted unless its own exactly_once is on);
- Faust's commit does nothing: offsets are committed in the transactions of :mod:`streams.delivery`;
- each batch says where in the log it begins, so that a gap in what Faust delivers is seen;
- partitions stay with their owner over a rebalance where they can (sticky assignment): its local state is of use there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.consumer.group_coordinator import HeartbeatRequest
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import NoError, for_code
from faust.transport.drivers import aiokafka as driver

SCHEME = "kafka-batch"


class Batch:
    """All records of one partition in one fetch, dressed as the one record that Faust takes it for.

    ``begin`` is the offset up to which earlier batches went: between it and the first record there are only offsets that hold
    no record for us (transaction markers, aborted or compacted records). None: the first batch after a start from no
    committed offset. ``end`` is one past the last record.
    """

    __slots__ = ("begin", "offset", "partition", "records", "timestamp", "timestamp_type", "topic")

    # Faust copies these into its own message object and looks at none of them.
    key = None
    headers = ()
    checksum = None
    serialized_key_size = serialized_value_size = 0

    def __init__(self, records: Sequence[ConsumerRecord], begin: int | None) -> None:
        last = records[-1]
        self.records = records
        self.begin = begin
        self.topic: str = last.topic
        self.partition: int = last.partition
        self.offset: int = last.offset
        self.timestamp: int = last.timestamp
        self.timestamp_type: int = last.timestamp_type

    @property
    def value(self) -> Batch:
        """What an agent gets from its stream: the batch itself."""
        return self

    @property
    def end(self) -> int:
        return self.offset + 1


class BatchConsumer(driver.Consumer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._delivered_to: dict[Any, int] = {}

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _wait_next_records(self, timeout: float) -> Any:
        fetched, active = await super()._wait_next_records(timeout)
        batches = {}
        for tp, records in (fetched or {}).items():
            if records:
                batches[tp] = [Batch(records, self._delivered_to.get(tp))]
                self._delivered_to[tp] = records[-1].offset + 1
        return batches, active

    async def seek_to_committed(self) -> Mapping[Any, int]:
        committed: Mapping[Any, int] = await super().seek_to_committed()
        self._delivered_to = {tp: offset for tp, offset in committed.items() if offset is not None and offset >= 0}
        return committed

    async def seek(self, partition: Any, offset: int) -> None:
        await super().seek(partition, offset)
        self._delivered_to[partition] = offset

    async def confirm_membership(self) -> None:
        """Ask the group's coordinator whether this worker is a member of its current generation.

        Raises:
            KafkaError: it is not, the group is rebalancing, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.heartbeat)


class CommittedReader(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        consumer._partition_assignment_strategy = [StickyPartitionAssignor]
        return consumer

    async def heartbeat(self) -> None:
        coordinator = self._ensure_consumer()._coordinator
        request = HeartbeatRequest(coordinator.group_id, coordinator.generation, coordinator.member_id)
        response = await coordinator._send_req(request)
        error = for_code(response.error_code)
        if error is not NoError:
            raise error(f"group {coordinator.group_id}, generation {coordinator.generation}")

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        # aiokafka forgets to tell its sticky assignor: without the generation, stale claims count as much as fresh ones.
        StickyPartitionAssignor.on_generation_assignment(generation_id)
        await super().on_partitions_assigned(assigned, generation_id)

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        return True


class BatchTransport(driver.Transport):
    Consumer = BatchConsumer
