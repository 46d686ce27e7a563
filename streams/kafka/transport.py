"""The batch transport: all records that one fetch finds in a topic are a single event to Faust.

Faust spends 150 to 300 microseconds of Python on every event (drain loop, conductor, stream, sensors). Spent once for hundreds
of records from all partitions, that no longer matters. It is registered with Faust under the URL scheme ``kafka-batch``, by the
entry point in ``pyproject.toml``.

Other differences from Faust's own driver, each made by subclassing it:

- the consumer reads ``read_committed`` (Faust reads uncommitted records unless its own exactly_once is on);
- Faust's commit does nothing: offsets are committed in the transactions of :mod:`streams.kafka.delivery`;
- each batch says where in the log it begins, so that gaps in what Faust delivers are noticed; fetching and seeking happen in
  one thread, so that this is always correct;
- batches are bounded in bytes as well, by the decompressed size of their records, each one and all in transit together, so that
  no flood takes unlimited memory;
- partitions are held back individually, by whoever works on their batches: Faust holds back all of a topic, and then sleeps for
  a second;
- a fetch waits at the broker for at most a fifth of a second: only one is under way at a time, and a partition whose records
  are used up meanwhile has to wait for the next;
- partitions stay with their owner over a rebalance where possible (:mod:`streams.kafka.assignor`), because its local state is
  useful there;
- delivery continues through a rebalance, and afterwards from where it was (:mod:`streams.kafka.uninterrupted`): Faust stops
  everything, forgets what it has fetched, and goes back to the group's offset.
"""

from __future__ import annotations

import asyncio
import gc
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

from streams.kafka.aiokafka_types import (
    ask_coordinator,
    assignment_of,
    being_taken,
    client_of,
    coordinator_of,
    drop_taken,
    fetch_again_within,
    fetched_of,
    fetcher_of,
    instance_of,
    next_arrival,
    position_of,
    read_committed,
    subscriptions_of,
)
from streams.kafka.assignor import TopicwiseAssignor
from streams.kafka.failures import RefusedError, stop_for_namesake, stop_worker
from streams.kafka.group import GROUP_NOTE
from streams.kafka.instance import name_instance
from streams.kafka.reading import open_bytes
from streams.kafka.refusals import refusal, watch_joining
from streams.kafka.uninterrupted import Uninterrupted

SCHEME = "kafka-batch"

# The buffer of Faust's streams: large enough that Faust never holds anything back by itself.
STREAM_BUFFER_BATCHES = 10_000
# The most that a worker may hold of fetched, undecided records; the one that exceeds it is held whole.
_IN_FLIGHT_BYTES = 32 << 20
# The most that batches being read may have decompressed before another partition's batch is started.
_OPEN_BYTES = 16 << 20
# The total size of all partitions' batches if each is as large as it may be; rarely is all of it in transit.
_FULL_BATCHES_BYTES = 64 << 20
# Per partition: one that is being worked on, two that wait (the second one makes it enough), and two in transit, since it takes
# a moment until a partition is held back.
_IN_FLIGHT_BATCHES = 5
# A transaction costs about 10 ms: with smaller batches it would cost more than the work.
_LEAST_BATCH_BYTES = 256 << 10
# The size of a record beyond its key, value and headers: aiokafka's objects.
_RECORD_OVERHEAD_BYTES = 500
_FETCH_WAIT_MS = 200
# Handing over a fetch costs Faust about half a millisecond, whether it has one record or a thousand. An article that is alone
# comes from one step to the next in 10 ms or more, so that it never waits for this.
_HAND_OVER_EVERY_S = 0.004
# A fetch leaves out partitions whose records are not taken, and may then wait at the broker while more arrives in them.
_TAKEN_WITHIN_S = 0.002
_LOOKS_FOR_ROOM_EVERY_S = 0.02
# While records are decided on, the fetching thread waits this long for its turn, several times per fetch. With Python's default
# of five milliseconds, articles would wait longer for the fetch than for the decision.
_SWITCH_INTERVAL_S = 0.0005
# Records live until their transaction is committed, each with several objects. With Python's default of 700 new objects the
# garbage collector looked at all of them again and again: a sixth of the stream's time. The steps make hardly any cycles.
_OBJECTS_BEFORE_COLLECTING = 20_000


def batch_bytes(partitions: int) -> int:
    """The most bytes of one batch in a worker that reads this many partitions, or none yet; it has at least one record."""
    return max(_LEAST_BATCH_BYTES, _FULL_BATCHES_BYTES // (_IN_FLIGHT_BATCHES * max(partitions, 1)))


class Batch:
    """All records of one partition in one fetch.

    ``begin`` is where in the log the fetch began, or where the previous one began if that found nothing. Between it and the
    first record there are only offsets without a record for us: transaction markers, aborted or compacted records. ``parts``
    are the batches that this one was joined from.
    """

    __slots__ = ("__weakref__", "begin", "parts", "records", "tp", "weight_bytes")

    def __init__(self, records: Sequence[ConsumerRecord], begin: int, parts: Sequence[Batch] = ()) -> None:
        self.records = records
        self.begin = begin
        self.parts = parts  # keeps the batches that the reader counts alive for as long as their records
        self.weight_bytes: int = sum(part.weight_bytes for part in parts) if parts else sum(map(_weight, records))
        self.tp = TopicPartition(records[0].topic, records[0].partition)


class Fetched:
    """The batches of one topic in one fetch, in the shape of the one record that Faust takes them for."""

    __slots__ = ("batches", "offset", "partition", "timestamp", "timestamp_type", "topic")

    # Faust copies these into its own message object and uses none of them.
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
        """The batches, once: Faust keeps its event until the next one comes, and records count until nobody holds them."""
        batches, self.batches = self.batches, ()
        return batches

    @property
    def value(self) -> Fetched:
        """What an agent gets from its stream: this object."""
        return self


# Of a header: a tuple, its place in the list, and two objects. A record's own overhead has room for a few.
_HEADER_OVERHEAD_BYTES = 150
_FEW_HEADERS = 16


def _weight(record: ConsumerRecord) -> int:
    """The approximate size of a record in memory, in bytes."""
    weight_bytes: int = _RECORD_OVERHEAD_BYTES + record.serialized_key_size + record.serialized_value_size
    if record.headers:
        weight_bytes += sum(len(name) + len(value or b"") for name, value in record.headers)
        weight_bytes += max(0, len(record.headers) - _FEW_HEADERS) * _HEADER_OVERHEAD_BYTES
    return weight_bytes


def _take_some(fetched: FetchResult, most_records: int, most_bytes: int) -> list[ConsumerRecord]:
    """The next records, at least one if there is any."""
    records: list[ConsumerRecord] = []
    with being_taken(fetched) as upcoming:
        for record in upcoming:
            records.append(record)
            most_bytes -= (weight := _weight(record))
            if most_bytes < weight or len(records) == most_records:  # assuming that the next is as large
                break
    return records


class NothingRead(dict[Any, None]):
    """Discards Faust's notes of how far it has read, by which it would drop records after a seek."""

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
        """Deliver nothing more of a partition except what is already in transit."""
        self.held.add(tp)

    def let_go(self, tp: TopicPartition) -> None:
        """Deliver a partition's records again."""
        if tp in self.held:
            self.held.remove(tp)
            self._thread.look_again()

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def _seek(self, partition: Any, offset: int) -> None:
        # Faust moves the position from a thread other than the fetching one, in the middle of a fetch.
        await self._thread.call_thread(self._thread.seek_here, partition, offset)

    async def perform_seek(self) -> None:
        """Does nothing: whoever takes a partition over seeks to where its changelog says."""

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """Tell the owners which partitions are theirs now; Faust starts everything only the first time."""
        app = self.app
        if not app.flow_control.is_active():
            await super().on_partitions_assigned(assigned, generation_id)
            return
        await app.topics.on_partitions_assigned(assigned)
        await app.on_partitions_assigned.send(assigned)
        app.on_rebalance_return()
        app.on_rebalance_end()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:
        """Everything that has been fetched, even if a rebalance begins or ends meanwhile."""
        for tp, fetched in (await self._getmany(None, timeout)).items():
            for each in fetched:
                yield tp, self._to_message(tp, each)

    async def confirm_membership(self) -> None:
        """Ask the group's coordinator whether this worker is a member of the current generation.

        Raises:
            KafkaError: it is not, the group is rebalancing, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.heartbeat)

    async def tell_group(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets for monitoring the group; the worker itself never reads them (:mod:`streams.kafka.delivery`).

        Raises:
            KafkaError: the group has another owner for one of the partitions, or the coordinator can't be reached.
        """
        await self._thread.call_thread(self._thread.tell_group, offsets)


class CommittedReader(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread; every coroutine here runs in it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        gc.set_threshold(_OBJECTS_BEFORE_COLLECTING, *gc.get_threshold()[1:])
        # Ranges of the log that were fetched and hold no record for us: where each begins, by the position after it.
        self._quiet: dict[Any, tuple[Any, int | None]] = {}
        self._handed_over_at = 0.0
        self._arrival: asyncio.Future[None] | None = None
        # Batches that are still in use. They count until they are freed, so nobody has to report what became of them.
        self._on_their_way: WeakSet[Batch] = WeakSet()
        self._is_full = False

    def _begin(self, tp: Any, position: int | None) -> Any:
        """Where reading must start to find all that a fetch at ``position`` finds: markers may have moved the position."""
        begin, end = self._quiet.get(tp, (position, position))
        return begin if end == position else position

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        read_committed(consumer, _FETCH_WAIT_MS, [TopicwiseAssignor])
        watch_joining(client_of(consumer), self._stop_if_refused)
        if instance_id := instance_of(consumer):
            name_instance(client_of(consumer), instance_id, lambda: stop_for_namesake(instance_id))
        return consumer

    def _stop_if_refused(self, code: int) -> None:
        conf = self.app.conf
        if why := refusal(code, conf.id, conf.broker_session_timeout):
            stop_worker("group", RefusedError(why))

    async def _fetch_records(
        self, consumer: AIOKafkaConsumer, active_partitions: Any, timeout: float | None = None, max_records: int | None = None
    ) -> dict[Any, list[Fetched]]:
        fetcher = fetcher_of(consumer)
        fetch_again_within(fetcher, _TAKEN_WITHIN_S)  # partitions that are held back do not keep it from fetching the others
        now = time.monotonic()
        deadline = now + (timeout or 0.0)
        await asyncio.sleep(self._handed_over_at + _HAND_OVER_EVERY_S - now)
        while self.consumer.flow_active and (assignment := assignment_of(consumer)) is not None:
            before = {tp: position_of(assignment, tp) for tp in assignment.tps}
            # Neither call yields to the event loop, so these are the positions that it fetches from.
            if failed := {tp for tp, fetched in fetched_of(fetcher).items() if not isinstance(fetched, FetchResult)}:
                await super()._fetch_records(consumer, failed, timeout=0, max_records=max_records)  # raises the error
            begins = {tp: self._begin(tp, position) for tp, position in before.items()}
            taken = self._take(fetcher, active_partitions, max_records, begins)
            by_topic: dict[str, list[Batch]] = defaultdict(list)
            for tp, begin in begins.items():
                if batch := taken.get(tp):
                    by_topic[tp.topic].append(batch)
                quiet_from = batch.records[-1].offset + 1 if batch else begin
                self._quiet[tp] = quiet_from, position_of(assignment, tp)
            now = time.monotonic()
            if by_topic:
                self._handed_over_at = now
            if by_topic or now >= deadline:
                return {batches[0].tp: [Fetched(batches)] for batches in by_topic.values()}
            self._arrival = next_arrival(fetcher)
            await asyncio.wait([self._arrival], timeout=_LOOKS_FOR_ROOM_EVERY_S if self._is_full else deadline - now)
            if not self._arrival.done():
                self._arrival.cancel()
            else:
                self._arrival.result()  # raises if fetching failed
        # Nothing is assigned yet; try again a little later.
        await asyncio.sleep(0.05)
        return {}

    def look_again(self) -> None:
        """Wake a waiting fetch: there may be records now that it may take. May be called from any thread."""
        self.thread_loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def _take(
        self, fetcher: Fetcher, active_partitions: Any, max_records: int | None, begins: Mapping[Any, int]
    ) -> dict[Any, Batch]:
        """Takes what aiokafka's ``fetched_records`` would take, but at most :func:`batch_bytes` per partition.

        Takes nothing while a worker's full allowance is in transit. ``begins``: where each partition is read from.

        Records are decompressed as they are taken, one producer's batch at a time, which may be as large as the settings allow
        (:mod:`streams.kafka.reading`). While several large ones are being read, other partitions wait for one of them to
        finish.
        """
        most_bytes = batch_bytes(len(subscriptions_of(fetcher).subscription.assignment.tps))
        most_records = max_records or sys.maxsize
        open_now = {tp: open_bytes(fetched) for tp, fetched in fetched_of(fetcher).items() if isinstance(fetched, FetchResult)}
        taken: dict[Any, Batch] = {}
        room_bytes = _IN_FLIGHT_BYTES - sum(batch.weight_bytes for batch in self._on_their_way)
        with subscriptions_of(fetcher).fetch_context():
            for tp, fetched in list(fetched_of(fetcher).items()):
                if tp in self.consumer.held or (active_partitions and tp not in active_partitions):
                    continue
                if not open_now[tp] and sum(open_now.values()) >= _OPEN_BYTES:
                    continue
                if room_bytes <= 0:
                    break
                records = _take_some(fetched, most_records, min(most_bytes, room_bytes))
                open_now[tp] = open_bytes(fetched)
                if not fetched.has_more():
                    drop_taken(fetcher, tp)
                if records:
                    taken[tp] = batch = Batch(records, begins[tp])
                    self._on_their_way.add(batch)
                    room_bytes -= batch.weight_bytes
        self._is_full = room_bytes <= 0
        return taken

    async def seek_here(self, partition: Any, offset: int) -> None:
        """Seek to ``offset``; raises IllegalStateError if the partition is no longer assigned."""
        self._ensure_consumer().seek(TopicPartition(partition.topic, partition.partition), offset)

    async def heartbeat(self) -> None:
        """Send one heartbeat; raises the KafkaError that the coordinator answers with."""
        coordinator = coordinator_of(self._ensure_consumer())
        request = HeartbeatRequest(coordinator.group_id, coordinator.generation, coordinator.member_id)
        response = await ask_coordinator(coordinator, request)
        error = for_code(response.error_code)
        if error is not NoError:
            raise error(f"group {coordinator.group_id}, generation {coordinator.generation}")

    async def tell_group(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets; raises KafkaError if this worker may not, or if it fails."""
        consumer = self._ensure_consumer()
        if subscriptions_of(consumer).reassignment_in_progress:
            # The answer would be that this generation is over, and aiokafka would leave the group that it is just joining.
            raise RebalanceInProgressError
        await consumer.commit({tp: (offset, GROUP_NOTE) for tp, offset in offsets.items()})

    async def _commit(self, offsets: Mapping[Any, int]) -> bool:
        return True


class BatchTransport(driver.Transport):
    Consumer = BatchConsumer
