"""How patiently Kafka is asked before a worker starts."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import NodeNotReadyError, TopicAuthorizationFailedError

from streams.kafka import admin
from streams.kafka.admin import TopicsMissingError, patiently
from streams.kafka.clients import NotConnectedError


def failing(*failures):
    """A request that fails a number of times, then succeeds; and how often it was made."""
    left = list(failures)

    async def ask():
        await asyncio.sleep(0)
        if left:
            raise left.pop(0)
        return "an answer"

    return ask, left


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(admin, "_ASK_AGAIN_S", 0.0)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(NodeNotReadyError("the broker does not know of any broker yet"), id="a broker that has just come back"),
        pytest.param(TimeoutError(), id="one that does not answer in time"),
        pytest.param(asyncio.CancelledError(), id="a connection that broke and cancels who waits for it"),
    ],
)
async def test_passing_errors_are_retried(failure):
    ask, left = failing(failure, failure)
    assert await patiently(ask) == "an answer"
    assert not left


@pytest.mark.parametrize(
    "failure", [TopicsMissingError("none"), NotConnectedError("nobody"), TopicAuthorizationFailedError("no")]
)
async def test_lasting_errors_are_reported_at_once(failure):
    ask, left = failing(failure, failure)
    with pytest.raises(type(failure)):
        await patiently(ask)
    assert len(left) == 1


async def test_retries_end(monkeypatch):
    monkeypatch.setattr(admin, "_ASK_FOR_S", 0.0)
    ask, _ = failing(*[NodeNotReadyError("away")] * 1_000)
    with pytest.raises(NodeNotReadyError, match="away"):
        await patiently(ask)


async def test_a_retry_can_be_cancelled():
    task = asyncio.create_task(patiently(lambda: asyncio.sleep(3_600)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
