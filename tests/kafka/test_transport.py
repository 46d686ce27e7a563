"""When the next fetch goes to the broker, and which partitions it asks for."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace

from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.subscription_state import SubscriptionState

from streams.kafka.aiokafka_types import drop_taken, fetch_again_within, next_arrival

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
