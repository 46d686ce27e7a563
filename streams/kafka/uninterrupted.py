"""Keeps delivery going through a rebalance.

Faust and aiokafka take everything away from everybody while the group rebalances, and forget what they have fetched and how
far. Here a worker keeps receiving its partitions until it learns its new ones, and those that it keeps continue where they
were. This is safe because the changelogs say who owns what (:mod:`streams.kafka`): a worker that carries on with a partition
that another has taken over can commit nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka import TopicPartition
from aiokafka.consumer.subscription_state import Assignment
from faust.transport.consumer import ensure_TPset
from faust.transport.drivers import aiokafka as driver

from streams.kafka.aiokafka_types import assignment_of, consumer_of, coordinator_of, position_of
from streams.kafka.assignor import TopicwiseAssignor


def carry_on(before: Assignment, now: Assignment, positions: dict[TopicPartition, int]) -> None:
    """Continue a new assignment where earlier ones ended, except where somebody has moved it since.

    ``positions`` are those of earlier assignments; the last one's are added to it.
    """
    known = {tp: position_of(before, tp) for tp in before.tps}
    positions.update((tp, position) for tp, position in known.items() if position is not None)
    for tp in now.tps & positions.keys():
        if not (state := now.state_value(tp)).has_valid_position:
            state.seek(positions[tp])


class Uninterrupted(driver.ConsumerRebalanceListener):
    """Learns of rebalances in the fetching thread."""

    def __init__(self, thread: driver.AIOKafkaConsumerThread) -> None:
        super().__init__(thread)
        self._before: Assignment | None = None
        self._positions: dict[TopicPartition, int] = {}

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Take nothing away yet."""
        self._before = assignment_of(consumer_of(self._thread))
        self._thread.app.on_rebalance_start()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Move retained partitions to where they were read up to, before aiokafka asks the group; then tell the owners."""
        thread = self._thread
        consumer = consumer_of(thread)
        now = assignment_of(consumer)
        if self._before is not None and now is not None:
            carry_on(self._before, now, self._positions)
        generation = coordinator_of(consumer).generation
        # aiokafka does not tell its sticky assignor the generation; without it, stale claims would count as much as fresh ones.
        TopicwiseAssignor.on_generation_assignment(generation)
        if not thread.app.flow_control.is_active():
            # Only once: Faust drops everything in transit between two generations.
            thread.app.consumer_generation_id = generation
        await thread.on_partitions_assigned(ensure_TPset(assigned), thread.app.consumer_generation_id)
