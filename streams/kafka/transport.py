"""The batch transport: to Faust, all records of a topic in one fetch are a single event.

Faust spends 150 to 300 microseconds of Python on every event it delivers (drain loop, conductor, stream, sensors). Paid once
for hundreds of records, of all partitions, that no longer matters. Registered with Faust under the URL scheme
``kafka-batch`` by the entry point in ``pyproject.toml``.

What else differs from Faust's own driver, each by subclassing it:

- the consumer reads ``read_committed`` (Faust opens it read_uncommitted unless its own exactly_once is on);
- Faust's commit does nothing: offsets are committed in the transactions of :mod:`streams.kafka.delivery`;
- each batch says where in the log it begins, so that a gap in what Faust delivers is seen; fetching and seeking happen in one
  thread, so that what it says is true;
- batches are bounded in bytes too, as their records are once decompressed, each and all that are on their way together, so that
  no flood takes memory without limit;
- it is partitions that are held back, each for itself, by whoever works on their batches: Faust holds back all of a topic, and
  then naps for a second;
- a fetch waits at the broker for a fifth of a second at most: only one is under way at a time, and a partition that is read up
  meanwhile has to wait for the next;
- partitions stay with their owner over a rebalance where they can (:mod:`streams.kafka.assignor`): its local state is of use
  there;
- delivery goes on through a rebalance, and afterwards from where it was (:mod:`streams.kafka.uninterrupted`): Faust stops
  everything, forgets what it has fetched, and goes back to what the group was told.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from weakref import WeakSet

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.group_coordinator import HeartbeatRequest
from aiokafka.errors import NoError, RebalanceInProgressError, for_code
from faust.transport.drivers import aiokafka as driver

from streams.kafka.assignor import TopicwiseAssignor
from streams.kafka.failures import stop_for_namesake
from streams.kafka.group import GROUP_NOTE
from streams.kafka.instance import name_instance
from streams.kafka.reading import open_bytes
from streams.kafka.uninterrupted import Uninterrupted, assignment_of

SCHEME = "kafka-batch"

# Of Faust's streams: so many that it never holds anything back by itself.
STREAM_BUFFER_BATCHES = 10_000
# What a worker may hold of records that it has fetched and not decided on; the one that passes it is held whole.
_IN_FLIGHT_BYTES = 32 << 20
# What is decompressed of batches that are being read, before another partition's is.
_OPEN_BYTES = 16 << 20
# What the batches of all partitions weigh together where they are as large as may be: seldom all of it is on its way.
_FULL_BATCHES_BYTES = 64 << 20
# Of a partition: one that is being worked on, two that wait for that (the second is the one by which it is enough), and two on
# the way there, since it takes a moment until a partition is held back.
_IN_FLIGHT_BATCHES = 5
# Transactions cost about 10 ms each: below this they would weigh more than the work.
_LEAST_BATCH_BYTES = 256 << 10
# What a record weighs beside its key, value and headers: aiokafka's objects.
_RECORD_OVERHEAD_BYTES = 500
_FETCH_WAIT_MS = 200
# Handing over what was fetched costs Faust about half a millisecond, be it one record or a thousand.
_HAND_OVER_EVERY_S = 0.02
# While records are decided on, the thread that fetches waits so long for its turn, several times a fetch: at Python's five
# milliseconds articles wait longer for the fetch than for the decision.
_SWITCH_INTERVAL_S = 0.0005


def batch_bytes(partitions: int) -> int:
    """What one batch may weigh in a worker that reads so many partitions, or none yet; at least one record is in each."""
    return max(_LEAST_BATCH_BYTES, _FULL_BATCHES_BYTES // (_IN_FLIGHT_BATCHES * max(partitions, 1)))


class Batch:
    """All records of one partition in one fetch.

    ``begin`` is where in the log the fetch began, or the one before it if that found nothing. Between it and the first
    record there are only offsets that hold no record for us: markers of transactions, aborted or compacted records.
    ``parts`` are the batches that it was put together of.
    """

    __slots__ = ("__weakref__", "begin", "parts", "records", "tp", "weight_bytes")

    def __init__(self, records: Sequence[ConsumerRecord], begin: int, parts: Sequence[Batch] = ()) -> None:
        self.records = records
        self.begin = begin
        self.parts = parts  # whoever holds these records holds the batches that the reader counts
        self.weight_bytes: int = sum(part.weight_bytes for part in parts) if parts else sum(map(_weight, records))
        self.tp = TopicPartition(records[0].topic, records[0].partition)


class Fetched:
    """The batches of one topic in one fetch, dressed as the one record that Faust takes them for."""

    __slots__ = ("batches", "offset", "partition", "timestamp", "timestamp_type", "topic")

    # Faust copies these into its own message object and looks at none of them.
    key = None
    headers = ()
    checksum = None
    serialized_key_size = serialized_value_size = 0

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches: Sequence[Batch] = batches
        last = batches[0].records[-1]
        self.topic: str = last.topic
        self.partition: int = last.partition
        self.offset: int = last.offset
        self.timestamp: int = last.timestamp
        self.timestamp_type: int = last.timestamp_type

    def take(self) -> Sequence[Batch]:
        """The batches, once: Faust holds its event until the next one comes, and records count until nobody holds them."""
        batches, self.batches = self.batches, ()
        return batches

    @property
    def value(self) -> Fetched:
        """What an agent gets from its stream: all of it."""
        return self


def _weight(record: ConsumerRecord) -> int:
    """The bytes that a record takes, about."""
    weight_bytes: int = _RECORD_OVERHEAD_BYTES + record.serialized_key_size + record.serialized_value_size
    if record.headers:
        weight_bytes += sum(len(name) + len(value or b"") for name, value in record.headers)
    return weight_bytes


def _take_some(fetched: FetchResult, most_records: int, most_bytes: int) -> list[ConsumerRecord]:
    """The next records, at least one if there is one."""
    records: list[ConsumerRecord] = []
    while len(records) < most_records and (record := fetched.getone()) is not None:
        records.append(record)
        most_bytes -= (weight := _weight(record))
        if most_bytes < weight:  # the next, if it is alike
            break
    return records


class NothingRead(dict[Any, None]):
    """Faust's notes of how far it has read, which it would drop records by after a seek: kept by nobody."""

    def __missing__(self, _: Any) -> None:
        return None

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def update(self, *_: Any, **__: Any) -> None:
        pass


class BatchConsumer(driver.Consumer):
    RebalanceListener = Uninterrupted

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = NothingRead()
        self.held: set[TopicPartition] = set()
        """Partitions whose records are not to be delivered for now."""

    def hold(self, tp: TopicPartition) -> None:
        """Deliver nothing more of a partition but what is on its way already."""
        self.held.add(tp)

    def let_go(self, tp: TopicPartition) -> None:
        """Deliver a partition's records again."""
        if tp in self.held:
            self.held.remove(tp)
            self._thread.look_again()

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _seek(self, partition: Any, offset: int) -> None:
        # Faust moves the position from another thread than the one that fetches, in the midst of a fetch.
        await self._thread.call_thread(self._thread.seek_here, partition, offset)

    async def perform_seek(self) -> None:
        """Go nowhere: whoever takes a partition over goes to where its changelog says."""

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """Tell the owners what is theirs now; only the first time does Faust start everything."""
        app = self.app
        if not app.flow_control.is_active():
            await super().on_partitions_assigned(assigned, generation_id)
            return
        await app.topics.on_partitions_assigned(assigned)
        await app.on_partitions_assigned.send(assigned)
        app.on_rebalance_return()
        app.on_rebalance_end()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:
        """All that has been fetched, also when a rebalance begins or ends meanwhile."""
        for tp, fetched in (await self._getmany(None, timeout)).items():
            for each in fetched:
                yield tp, self._to_message(tp, each)

    async def confirm_membership(self) -> None:
        """Ask the group's coordinator whether this worker is a member of its current generation.

        Raises:
            KafkaError: it is not, the group is rebalancing, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.heartbeat)

    async def tell_group(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets for those who watch the group; nothing is read from them (:mod:`streams.kafka.delivery`).

        Raises:
            KafkaError: the group has another owner for one of the partitions, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.tell_group, offsets)


class CommittedReader(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread; every coroutine here runs in it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        # Stretches of the log that have been fetched, up to the position after them, and hold no record for us.
        self._quiet: dict[Any, tuple[int, int]] = {}
        self._handed_over_at = 0.0
        self._arrival: asyncio.Future[None] | None = None
        # Batches that somebody still holds: the reader is told nothing, whichever way they are decided on or dropped.
        self._on_their_way: WeakSet[Batch] = WeakSet()
        self._is_full = False

    def _begin(self, tp: Any, position: int) -> int:
        """Where the log must be read from to find all that a fetch at ``position`` finds: markers may have moved it."""
        begin, end = self._quiet.get(tp, (position, position))
        return begin if end == position else position

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS
        consumer._partition_assignment_strategy = [TopicwiseAssignor]
        if instance_id := consumer._group_instance_id:
            name_instance(consumer._client, instance_id, lambda: stop_for_namesake(instance_id))
        return consumer

    async def _fetch_records(
        self, consumer: AIOKafkaConsumer, active_partitions: Any, timeout: float | None = None, max_records: int | None = None
    ) -> dict[Any, list[Fetched]]:
        fetcher = consumer._fetcher
        fetcher._prefetch_backoff = 0.0  # what is held back shall not keep it from fetching the others
        now = time.monotonic()
        deadline = now + (timeout or 0.0)
        await asyncio.sleep(self._handed_over_at + _HAND_OVER_EVERY_S - now)
        while self.consumer.flow_active and (assignment := assignment_of(consumer)) is not None:
            before = {tp: assignment.state_value(tp)._position for tp in assignment.tps}
            # Neither lets go of the loop: the positions are those that it fetches from.
            if failed := {tp for tp, fetched in fetcher._records.items() if not isinstance(fetched, FetchResult)}:
                await super()._fetch_records(consumer, failed, timeout=0, max_records=max_records)  # raises
            begins = {tp: self._begin(tp, position) for tp, position in before.items()}
            taken = self._take(fetcher, active_partitions, max_records, begins)
            by_topic: dict[str, list[Batch]] = defaultdict(list)
            for tp, begin in begins.items():
                if batch := taken.get(tp):
                    by_topic[tp.topic].append(batch)
                quiet_from = batch.records[-1].offset + 1 if batch else begin
                self._quiet[tp] = quiet_from, assignment.state_value(tp)._position
            now = time.monotonic()
            if by_topic:
                self._handed_over_at = now
            if by_topic or now >= deadline:
                return {batches[0].tp: [Fetched(batches)] for batches in by_topic.values()}
            self._arrival = fetcher._create_fetch_waiter()
            await asyncio.wait([self._arrival], timeout=_HAND_OVER_EVERY_S if self._is_full else deadline - now)
            if not self._arrival.done():
                self._arrival.cancel()
            else:
                self._arrival.result()  # raises what went wrong
        # Nothing is assigned yet; come back a little later.
        await asyncio.sleep(0.05)
        return {}

    def look_again(self) -> None:
        """Wake a fetch that waits: there may be records now that it may take. May be called from any thread."""
        self.thread_loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def _take(
        self, fetcher: Fetcher, active_partitions: Any, max_records: int | None, begins: Mapping[Any, int]
    ) -> dict[Any, Batch]:
        """What aiokafka's ``fetched_records`` takes of what has arrived, but no more than :func:`batch_bytes` a partition.

        Nothing more is taken while as much is on its way as a worker may hold. ``begins``: where each partition is read from.

        Records are decompressed as they are taken, a producer's batch at a time, which may be as large as the settings allow
        (:mod:`streams.kafka.reading`): while several large ones are read, other partitions wait for one of them to be read up.
        """
        most_bytes = batch_bytes(len(fetcher._subscriptions.subscription.assignment.tps))
        most_records = max_records or sys.maxsize
        open_now = {tp: open_bytes(fetched) for tp, fetched in fetcher._records.items() if isinstance(fetched, FetchResult)}
        taken: dict[Any, Batch] = {}
        room_bytes = _IN_FLIGHT_BYTES - sum(batch.weight_bytes for batch in self._on_their_way)
        with fetcher._subscriptions.fetch_context():
            for tp, fetched in list(fetcher._records.items()):
                if tp in self.consumer.held or (active_partitions and tp not in active_partitions):
                    continue
                if not open_now[tp] and sum(open_now.values()) >= _OPEN_BYTES:
                    continue
                if room_bytes <= 0:
                    break
                records = _take_some(fetched, most_records, min(most_bytes, room_bytes))
                open_now[tp] = open_bytes(fetched)
                if not fetched.has_more():
                    del fetcher._records[tp]
                    fetcher._notify(fetcher._wait_consume_future)
                if records:
                    taken[tp] = batch = Batch(records, begins[tp])
                    self._on_their_way.add(batch)
                    room_bytes -= batch.weight_bytes
        self._is_full = room_bytes <= 0
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

    async def tell_group(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets; raises KafkaError when that is not for this worker to do, or can't be done."""
        consumer = self._ensure_consumer()
        if consumer._subscription.reassignment_in_progress:
            # The answer would be that this generation is over, and aiokafka would leave the group that it is just joining.
            raise RebalanceInProgressError
        await consumer.commit({tp: (offset, GROUP_NOTE) for tp, offset in offsets.items()})

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        return True


class BatchTransport(driver.Transport):
    Consumer = BatchConsumer
