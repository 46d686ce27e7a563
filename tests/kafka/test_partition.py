"""A partition that a worker is about to own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from agents import pipeline_steps
from streams.kafka import failures, partition
from streams.kafka.failures import NameRefusedError
from streams.kafka.observer import Unobserved
from streams.kafka.partition import OwnedPartition
from streams.kafka.tables import TableCopies
from streams.settings import Settings


async def _nothing() -> None:
    pass


@pytest.fixture
def owned(tmp_path):
    step = next(iter(pipeline_steps(Settings())))
    transport: Any = SimpleNamespace(consumer=SimpleNamespace(hold=lambda _: None, let_go=lambda _: None))
    return OwnedPartition(
        transport,
        Settings(),
        step,
        TopicPartition(step.source, 3),
        copies=TableCopies(tmp_path, keep_s=3_600),
        taking_over=asyncio.Semaphore(1),
        observer=Unobserved(),
        news=asyncio.Event(),
        confirm_source=_nothing,
    )


async def test_a_partition_that_is_not_acquired_says_what_it_waits_for(owned, monkeypatch, caplog):
    """`/ready` shows it. A log line alone is a minute old when somebody looks, or one of many."""
    monkeypatch.setattr(failures, "pauses_s", lambda: iter([0.0] * 1_000_000))

    async def refused(*_):
        await asyncio.sleep(0)
        raise NameRefusedError("Kafka refuses this name: mend it")

    monkeypatch.setattr(partition, "take_over", refused)
    assert owned.status(ended=False).waiting_for == "acquiring"
    owned.begin("an owner", lambda _: _nothing())
    async with asyncio.timeout(10):
        while owned.status(ended=False).waiting_for == "acquiring":
            await asyncio.sleep(0)
    assert owned.status(ended=False).waiting_for == "acquiring; the last attempt failed: Kafka refuses this name: mend it"
    await owned.end()
    said = {(each.levelname, each.getMessage()) for each in caplog.records}
    assert said == {("ERROR", "prepare news.raw/3: not acquired yet: Kafka refuses this name: mend it; trying again")}
