"""Follows what the group assigns to this worker, and hands the batches of Faust's agents to the steps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

import faust
from aiokafka import TopicPartition

from streams.kafka.failures import LOST, stop_worker, uncancelled
from streams.kafka.observer import Observer
from streams.kafka.partition import PartitionStatus
from streams.kafka.step import OwnedStep
from streams.kafka.transport import Fetched, batch_bytes
from streams.kafka.turns import Turns, ranks
from streams.settings import Settings
from streams.steps import Step, check_steps

log = logging.getLogger(__name__)

_TELL_GROUP_EVERY_S, _TELL_GROUP_TIMEOUT_S = 1.0, 3.0


class Delivery:
    """Hands the batches of Faust's agents to the steps whose partitions this worker owns, and follows the group's rebalances.

    Work continues while the group rebalances: a partition's changelog says who owns it, and a partition that this worker does
    not get back is let go of afterwards.
    """

    def __init__(self, app: faust.App, settings: Settings, steps: Iterable[Step], observer: Observer | None = None) -> None:
        self._app = app
        self._settings = settings
        self._observer = observer
        self._steps = check_steps(steps)
        self.joined = False
        """Whether this worker has ever been told its partitions; there may be none."""
        self._owned: dict[str, OwnedStep] = {}  # by source topic
        self._turns = Turns()
        self._ranks = ranks(self._steps)
        self._told: dict[TopicPartition, int] = {}
        self._telling: asyncio.Task[None] | None = None
        app.on_partitions_assigned.connect(self._on_assigned)
        app.on_before_shutdown.connect(self._on_shutdown)

    async def take(self, fetched: Fetched) -> None:
        """Called by an agent with everything that its stream has."""
        batches, owned = fetched.take(), self._owned.get(fetched.topic)
        # Batches without an owner are dropped: acquiring the partition sends Faust back to the first uncommitted record.
        if owned is not None:
            most_bytes = batch_bytes(sum(len(each.partitions) for each in self._owned.values()))
            for batch in batches:
                owned.offer(batch, most_bytes)

    def statuses(self) -> list[PartitionStatus]:
        """The status of each of this worker's partitions."""
        return [status for owned in self._owned.values() for status in owned.statuses()]

    def transactions(self) -> list[int]:
        """The versions of Kafka's transactions that this worker's producers use, each once."""
        return sorted({each for owned in self._owned.values() if (each := owned.transactions) is not None})

    async def _on_assigned(self, app: faust.App, assigned: set[Any], **_: Any) -> None:
        for step in self._steps:
            wanted = {TopicPartition(tp.topic, tp.partition) for tp in assigned if tp.topic == step.source}
            owned = self._owned.get(step.source)
            if owned is not None and wanted:
                owned.change(wanted)
                continue
            await self._release([step.source])
            if wanted:
                self._owned[step.source] = OwnedStep(
                    self._app,
                    self._settings,
                    step,
                    wanted,
                    observer=self._observer,
                    turn=partial(self._turns.turn, self._ranks[step.name]),
                )
        self._told.clear()
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_group_for_ever())
        self.joined = True

    async def _on_shutdown(self, app: faust.App, **_: Any) -> None:
        try:
            await self._release(list(self._owned))
        except Exception as error:  # noqa: BLE001 - Faust would leave its consumer in the group, with partitions and no work
            stop_worker("shutdown", error)

    async def _release(self, sources: Iterable[str]) -> None:
        leaving = [owned for source in sources if (owned := self._owned.pop(source, None)) is not None]
        await asyncio.gather(*(owned.release() for owned in leaving))
        await self._tell_group(leaving)

    async def _tell_group_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TELL_GROUP_EVERY_S)
            await self._tell_group(self._owned.values())

    async def _tell_group(self, steps: Iterable[OwnedStep]) -> None:
        """Tell the group how far we are. Only monitoring reads it, so a failure does not matter."""
        reached = {tp: partition.next_offset for owned in steps for tp, partition in owned.partitions.items()}
        news = {tp: offset for tp, offset in reached.items() if offset != self._told.get(tp, 0)}
        if not news:
            return
        try:
            await uncancelled(asyncio.wait_for(self._app.consumer.tell_group(news), _TELL_GROUP_TIMEOUT_S))
            self._told |= news
        except LOST as error:
            log.debug("the group could not be told of %s: %r", news, error)
