"""A line in the log whenever a worker's status changes: joining, working and on what, or waiting for what."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from importlib import metadata
from itertools import groupby
from typing import Final

import faust

from streams.kafka.delivery import Delivery
from streams.kafka.partition import PartitionStatus
from streams.settings import Settings

log = logging.getLogger(__name__)

_EVERY_S: Final = 0.5


def standing(statuses: Iterable[PartitionStatus], *, settled: bool, transactions: Iterable[int] = ()) -> str | None:
    """A worker's status in one line; None while its group or partitions are changing: the next look will tell.

    ``transactions``: the versions of Kafka's transactions that it uses, each once.
    """
    statuses = list(statuses)
    if not settled or any(each.waiting_for for each in statuses):
        return None
    if not statuses:
        return "standing by: there are no more partitions than the other workers have"
    by_topic = groupby(sorted((each.source.topic, each.source.partition) for each in statuses), key=lambda each: each[0])
    topics = [f"{topic} {ranges(part for _, part in parts)}" for topic, parts in by_topic]
    return "at work on " + "; ".join([*topics, *(f"transactions v{each}" for each in transactions)])


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers as "0-3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)


async def tell_standing(app: faust.App, delivery: Delivery, settings: Settings) -> None:
    """Log who we are; then look twice a second, and log what has changed, until the worker stops."""
    version = metadata.version("headwater-news")
    log.info("Headwater %s: joining group %s on Kafka at %s", version, settings.app_id, ",".join(settings.brokers))
    told: str | None = None
    while not app.should_stop:
        settled = delivery.joined and not app.rebalancing
        now = standing(delivery.statuses(), settled=settled, transactions=delivery.transactions())
        if now is not None and now != told:
            log.info(now)
            told = now
        await asyncio.sleep(_EVERY_S)
    log.info("stopping")
