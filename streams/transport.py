"""The batch transport: to Faust, all records of one partition in one fetch are a single event.

Faust spends 150 to 300 microseconds of Python on every event it delivers (drain loop, conductor, stream, sensors). Paid once
for hundreds of records, that no longer matters. Registered with Faust under the URL scheme ``kafka-batch`` by the entry
point in ``pyproject.toml``.

What else differs from Faust's own driver, each by subclassing it:

- the consumer reads ``read_committed`` (Faust opens it read_uncommitted unless its own exactly_once is on);
- Faust's commit does nothing: offsets are committed in the transactions of :mod:`streams.delivery`;
- each batch says where in the log it begins, so that a gap in what Faust delivers is seen; fetching and seeking happen in one
  thread, so that what it says is true;
- partitions stay with their owner over a rebalance where they can (sticky assignment): its local state is of use there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.consumer.group_coordinator import HeartbeatRequest
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import NoError, for_code
from faust.transport.drivers import aiokafka as driver

SCHEME = "kafka-batch"


class Batch:
    """All records of one partition in one fetch, dressed as the one record that Faust takes it for.

    ``begin`` is where in the log the fetch began, or the one before it if that found nothing. Between it and the first
    record there are only offsets that hold no record for us: markers of transactions, aborted or compacted records.
    """

    __slots__ = ("begin", "offset", "partition", "records", "timestamp", "timestamp_type", "topic")

    # Faust copies these into its own message object and looks at none of them.
    key = None
    headers = ()
    checksum = None
    serialized_key_size = serialized_value_size = 0

    def __init__(self, records: Sequence[ConsumerRecord], begin: int) -> None:
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


class NothingRead(dict[Any, None]):
    """Faust's notes of how far it has read, which it would drop records by after a seek: kept by nobody."""

    def __missing__(self, _: Any) -> None:
        return None

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def update(self, *_: Any, **__: Any) -> None:
        pass


class BatchConsumer(driver.Consumer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = NothingRead()

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _seek(self, partition: Any, offset: int) -> None:
        # Faust moves the position from another thread than the one that fetches, in the midst of a fetch.
        await self._thread.call_thread(self._thread.seek_here, partition, offset)

    async def confirm_membership(self) -> None:
        """Ask the group's coordinator whether this worker is a member of its current generation.

        Raises:
            KafkaError: it is not, the group is rebalancing, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.heartbeat)


class CommittedReader(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread; every coroutine here runs in it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        # Stretches of the log that have been fetched, up to the position after them, and hold no record for us.
        self._quiet: dict[Any, tuple[int, int]] = {}

    def _begin(self, tp: Any, position: int) -> int:
        """Where the log must be read from to find all that a fetch at ``position`` finds: markers may have moved it."""
        begin, end = self._quiet.get(tp, (position, position))
        return begin if end == position else position

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        consumer._partition_assignment_strategy = [StickyPartitionAssignor]
        return consumer

    async def _fetch_records(
        self, consumer: AIOKafkaConsumer, active_partitions: Any, timeout: float | None = None, max_records: int | None = None
    ) -> dict[Any, list[Batch]]:
        fetcher = consumer._fetcher
        deadline = time.monotonic() + (timeout or 0.0)
        while self.consumer.flow_active and not fetcher._subscriptions.reassignment_in_progress:
            assignment = fetcher._subscriptions.subscription.assignment
            before = {tp: assignment.state_value(tp)._position for tp in assignment.tps}
            # Without a timeout it does not let go of the loop: the positions are those that it fetches from.
            fetched = await super()._fetch_records(consumer, active_partitions, timeout=0, max_records=max_records)
            batches = {}
            for tp, position in before.items():
                begin = self._begin(tp, position)
                if records := fetched.get(tp):
                    batches[tp] = [Batch(records, begin)]
                    begin = records[-1].offset + 1
                self._quiet[tp] = begin, assignment.state_value(tp)._position
            left_s = deadline - time.monotonic()
            if batches or left_s <= 0:
                return batches
            arrival = fetcher._create_fetch_waiter()
            await asyncio.wait([arrival], timeout=left_s)
            if not arrival.done():
                arrival.cancel()
            else:
                arrival.result()  # raises what went wrong
        # A rebalance is under way; come back a little later.
        await asyncio.sleep(0.05)
        return {}

    async def seek_here(self, partition: Any, offset: int) -> None:
        """Go to ``offset``; raises IllegalStateError when the partition is not assigned any more."""
        self._ensure_consumer().seek(TopicPartition(partition.topic, partition.partition), offset)

    async def heartbeat(self) -> None:
        """One heartbeat; raises the KafkaError that the coordinator answers with."""
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
