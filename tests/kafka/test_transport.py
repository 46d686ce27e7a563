"""When the next fetch goes to the broker, which partitions it asks for, and what is taken of what it found."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import islice
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher, FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import CorruptRecordException

from streams.kafka.aiokafka_types import being_taken, drop_taken, fetch_again_within, next_arrival, position_of, stored_form
from streams.kafka.outbox import new_batch
from streams.kafka.reading import Records

FULL, EMPTY = (TopicPartition("news.raw", number) for number in range(2))
LIMIT_S = 60


class Fetching(Fetcher):
    """Asks a broker that finds something in one partition, once."""

    def __init__(self, again_within_s: float) -> None:
        subscriptions = SubscriptionState()
        subscriptions.assign_from_user({FULL, EMPTY})
        assignment = subscriptions.subscription.assignment
        for tp in (FULL, EMPTY):
            assignment.state_value(tp).reset_to(0)
        self.requests: asyncio.Queue[set[TopicPartition]] = asyncio.Queue()
        cluster = SimpleNamespace(leader_for_partition=lambda _: 0)
        client = SimpleNamespace(_loop=asyncio.get_running_loop(), _metadata_max_age_ms=60_000, cluster=cluster)
        super().__init__(client, subscriptions)
        fetch_again_within(self, again_within_s)
        self._answered = False

    async def _proc_fetch_request(self, assignment, node_id, request):
        self.requests.put_nowait({TopicPartition(topic, each[0]) for topic, asked in request.topics for each in asked})
        if self._answered:
            with contextlib.suppress(asyncio.CancelledError):  # as aiokafka's own does
                await asyncio.Future()
            return False
        self._answered = True
        self._records[FULL] = FetchResult(FULL, assignment=assignment, partition_records=None, backoff=self._prefetch_backoff)
        return True


async def second_request(again_within_s: float, *, take: bool) -> set[TopicPartition]:
    fetching = Fetching(again_within_s)
    try:
        async with asyncio.timeout(LIMIT_S):
            await next_arrival(fetching)
            if take:
                drop_taken(fetching, FULL)
            assert await fetching.requests.get() == {FULL, EMPTY}
            return await fetching.requests.get()
    finally:
        await fetching.close()


async def test_a_partition_whose_records_are_taken_at_once_is_in_the_next_fetch():
    assert await second_request(2 * LIMIT_S, take=True) == {FULL, EMPTY}


async def test_a_partition_that_is_held_back_does_not_keep_others_from_being_fetched():
    assert await second_request(0.001, take=False) == {EMPTY}


class Fetch:
    """A fetch that found ten records of a partition, which is read from the first one on."""

    def __init__(self) -> None:
        subscriptions = SubscriptionState()
        subscriptions.assign_from_user({FULL})
        self.assignment = subscriptions.subscription.assignment
        self.seek(0)
        batch = new_batch()
        for number in range(10):
            batch.append(timestamp=1, key=b"%d" % number, value=b"")
        self.wire = bytes(stored_form(batch, 1, 0, 0))

    def seek(self, offset: int) -> None:
        state = self.assignment.state_value(FULL)
        state.await_reset(None)
        state.reset_to(offset)

    def result(self, wire: bytes) -> FetchResult:
        records = PartitionRecords(FULL, Records(wire), [], 0, None, None, True, READ_COMMITTED)
        return FetchResult(FULL, assignment=self.assignment, partition_records=records, backoff=0)

    @property
    def position(self) -> int | None:
        return position_of(self.assignment, FULL)


def take(fetched: FetchResult, count: int) -> list[int]:
    with being_taken(fetched) as upcoming:
        return [record.offset for record in islice(upcoming, count)]


async def test_records_are_taken_in_parts_and_the_position_is_behind_those_taken():
    fetch = Fetch()
    fetched = fetch.result(fetch.wire)
    assert (take(fetched, 4), fetch.position, fetched.has_more()) == ([0, 1, 2, 3], 4, True)
    assert (take(fetched, 6), fetch.position, fetched.has_more()) == ([4, 5, 6, 7, 8, 9], 10, True)
    assert (take(fetched, 1), fetch.position, fetched.has_more()) == ([], 10, False), "nobody knew before that it had ended"
    assert take(fetched, 1) == []


async def test_nothing_is_taken_of_a_partition_that_was_sent_elsewhere_meanwhile():
    fetch = Fetch()
    fetched = fetch.result(fetch.wire)
    assert take(fetched, 4) == [0, 1, 2, 3]
    fetch.seek(2)
    assert (take(fetched, 4), fetch.position, fetched.has_more()) == ([], 2, False)


async def test_the_position_stays_before_a_batch_that_was_damaged_on_its_way():
    fetch = Fetch()
    damaged = bytearray(fetch.wire)
    damaged[7] += 10  # its first offset, which the checksum does not cover
    damaged[-1] ^= 1
    fetched = fetch.result(fetch.wire + bytes(damaged))
    with pytest.raises(CorruptRecordException):
        take(fetched, 11)
    assert fetch.position == 10
