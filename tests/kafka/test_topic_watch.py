"""What a worker reports about topics whose settings are changed while it runs."""

from __future__ import annotations

import asyncio
import logging

import pytest
from aiokafka.errors import KafkaConnectionError

from streams.kafka import topic_watch
from streams.kafka.checks import Deviation
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings

SHORT = Deviation("news.raw", "retention.ms", "1000", "-1", "it forgets", harms=False)
SHORTER = SHORT._replace(found="10")
TIMES = Deviation("news.prepared", "message.timestamp.type", "LogAppendTime", "CreateTime", "it replaces them", harms=True)


class Kafka:
    """What Kafka answers: findings, or an error."""

    def __init__(self):
        self.says = []

    async def __call__(self, settings, ask):
        await asyncio.sleep(0)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def kafka(monkeypatch):
    kafka = Kafka()
    monkeypatch.setattr(topic_watch, "asked", kafka)
    return kafka


@pytest.fixture
def said(caplog):
    def since():
        lines = [(each.levelname, each.getMessage()) for each in caplog.records]
        caplog.clear()
        return lines

    caplog.set_level(logging.WARNING)
    return since


async def test_a_harmful_setting_is_logged_as_an_error_once_and_its_correction_is_reported(kafka, said):
    watch = TopicWatch(Settings(), ())
    kafka.says = [TIMES]
    await watch.look()
    assert said() == [("ERROR", f"{TIMES}. No worker starts with this")]
    await watch.look()
    assert (said(), watch.findings) == ([], (TIMES,))
    kafka.says = []
    await watch.look()
    assert said() == [("WARNING", "news.prepared: message.timestamp.type is as it should be again")]
    assert watch.findings == ()


async def test_what_was_told_at_the_start_is_not_told_again_but_another_value_is(kafka, said):
    watch = TopicWatch(Settings(), (), [SHORT])
    kafka.says = [SHORT]
    await watch.look()
    assert said() == []
    kafka.says = [SHORTER]
    await watch.look()
    assert said() == [("WARNING", str(SHORTER))]


async def test_while_kafka_is_away_what_was_found_last_counts_and_looking_goes_on(kafka, said, monkeypatch):
    monkeypatch.setattr(topic_watch, "_LOOK_EVERY_S", 0.0)
    watch = TopicWatch(Settings(), (), [TIMES])
    kafka.says = KafkaConnectionError("nobody")
    watching = asyncio.create_task(watch.watch())
    for _ in range(20):
        await asyncio.sleep(0)
    assert (said(), watch.findings) == ([], (TIMES,))
    kafka.says = []
    async with asyncio.timeout(10):
        while watch.findings:
            await asyncio.sleep(0)
    watching.cancel()
