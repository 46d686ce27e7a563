"""The batch transport: to Faust, all records of one partition in one fetch are a single event.

Faust spends 150 to 300 microseconds of Python on every event it delivers (drain loop, conductor, stream, sensors). Paid once
for hundreds of records, that no longer matters. Registered with Faust under the URL scheme ``kafka-batch`` by the entry
point in ``pyproject.toml``.

What else differs from Faust's own driver, each by subclassing it:

- the consumer reads ``read_committed`` (Faust opens it read_uncommitted unless its own exactly_once is on);
- Faust's commit does nothing: offsets are committed in the transactions of :mod:`streams.delivery`;
- each batch says where in the log it begins, so that a gap in what Faust delivers is seen; fetching and seeking happen in one
  thread, so that what it says is true;
- a batch is bounded in bytes too, as its records are once decompressed, so that no flood takes memory without limit;
- partitions stay with their owner over a rebalance where they can (sticky assignment): its local state is of use there.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.group_coordinator import HeartbeatRequest
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import NoError, for_code
from faust.transport.drivers import aiokafka as driver

SCHEME = "kafka-batch"

STREAM_BUFFER_BATCHES = 2
# What a worker may hold of records that it has fetched and not committed, but that a batch has at least one record.
_IN_FLIGHT_BYTES = 64 << 20
_TOPICS = 2
# Transactions cost about 10 ms each: below this they would weigh more than the work.
_LEAST_BATCH_BYTES = 256 << 10
# What a record weighs beside its key, value and headers: aiokafka's objects.
_RECORD_OVERHEAD_BYTES = 500


def batch_bytes(partitions: int) -> int:
    """What one batch may weigh in a worker that reads so many partitions; at least one record is in each.

    A partition has at most one batch being worked on, two in the queue of its owner (``streams.delivery``) and one that was
    just fetched; a topic, beside what its stream buffers, one that its agent hands over and one on the way to it.
    """
    in_flight = 4 * partitions + (STREAM_BUFFER_BATCHES + 2) * _TOPICS
    return max(_LEAST_BATCH_BYTES, _IN_FLIGHT_BYTES // in_flight)


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


def _weight(record: ConsumerRecord) -> int:
    """The bytes that a record takes, about."""
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return _RECORD_OVERHEAD_BYTES + len(record.key or b"") + len(record.value or b"") + headers


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
            # Neither lets go of the loop: the positions are those that it fetches from.
            fetched = self._take(fetcher, active_partitions, max_records)
            if not fetched:  # an error that was fetched is raised there
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

    def _take(self, fetcher: Fetcher, active_partitions: Any, max_records: int | None) -> dict[Any, list[ConsumerRecord]]:
        """What aiokafka's ``fetched_records`` takes of what has arrived, but no more than :func:`batch_bytes` a partition.

        Records are decompressed as they are taken, a producer's batch at a time: 1 MiB fetched may be 250 MiB of records.
        """
        most_bytes = batch_bytes(len(fetcher._subscriptions.subscription.assignment.tps))
        left = max_records or sys.maxsize
        taken: dict[Any, list[ConsumerRecord]] = {}
        with fetcher._subscriptions.fetch_context():
            for tp, fetched in list(fetcher._records.items()):
                if not isinstance(fetched, FetchResult) or (active_partitions and tp not in active_partitions):
                    continue
                records: list[ConsumerRecord] = []
                room = most_bytes
                while len(records) < left and (record := fetched.getone()) is not None:
                    records.append(record)
                    room -= (weight := _weight(record))
                    if room < weight:  # the next, if it is alike
                        break
                if not fetched.has_more():
                    del fetcher._records[tp]
                    fetcher._notify(fetcher._wait_consume_future)
                if records:
                    taken[tp] = records
                    left -= len(records)
                    if not left:
                        break
        return taken

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
