"""How long something is retried, and how a task is ended."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import islice

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    MessageSizeTooLargeError,
    ProducerFenced,
    TopicAuthorizationFailedError,
)

from streams.kafka import failures
from streams.kafka.failures import end_task, keep_trying, pauses_s


@pytest.fixture
def slept_s(monkeypatch):
    """The total time that would have been slept."""
    slept = []

    async def sleep(pause_s):
        slept.append(pause_s)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(KafkaConnectionError("away"), id="nobody answers"),
        pytest.param(ProducerFenced(), id="another is at it"),
        pytest.param(TimeoutError(), id="Kafka is slow"),
        pytest.param(OSError("refused"), id="nobody listens"),
    ],
)
async def test_a_worker_waits_for_kafka_longer_than_any_outage(slept_s, error):
    async def attempt():
        if sum(slept_s) < 3600:
            raise error

    await keep_trying("name", attempt)
    assert sum(slept_s) >= 3600
    assert len(slept_s) < 3600, "it asks more than once a second"


async def test_lasting_refusals_are_not_retried(slept_s):
    async def attempt():
        raise TopicAuthorizationFailedError

    with pytest.raises(TopicAuthorizationFailedError):
        await keep_trying("name", attempt)
    assert not slept_s


def test_two_that_retry_at_the_same_time_do_not_stay_in_step():
    assert list(islice(pauses_s(), 5)) != list(islice(pauses_s(), 5))
    assert all(0.25 <= pause_s <= 7.5 for pause_s in islice(pauses_s(), 100))


@pytest.mark.parametrize("swallowed", [0, 1, 2])
async def test_a_task_ends_though_its_cancellation_is_lost_on_the_way(monkeypatch, swallowed):
    """As ``asyncio.wait_for`` loses one when what it waits for ends in the same moment."""
    monkeypatch.setattr(failures, "_CANCEL_AGAIN_S", 0.01)

    async def stubborn():
        for _ in range(swallowed):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end_task(task, "name"), 20)
    assert task.cancelled()


async def test_one_that_can_not_be_ended_ends_the_worker(monkeypatch):
    class EndedError(Exception):
        pass

    def stop(name, error):
        raise EndedError(f"{name}: {error}")

    monkeypatch.setattr(failures, "_CANCEL_AGAIN_S", 0.001)
    monkeypatch.setattr(failures, "stop_worker", stop)
    ends = asyncio.Event()

    async def deaf():
        while not ends.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await ends.wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    try:
        with pytest.raises(EndedError, match="name: can't be stopped"):
            await asyncio.wait_for(end_task(task, "name"), 20)
    finally:
        ends.set()
        await task


async def test_what_is_cancelled_under_an_attempt_is_a_loss_and_tried_again(monkeypatch):
    """As aiokafka does it when a connection breaks; the task would end without a word, and nobody work on its partition."""
    monkeypatch.setattr(failures, "_FIRST_PAUSE_S", 0.001)
    tries = 0

    async def attempt():
        nonlocal tries
        tries += 1
        if tries < 3:
            answer = asyncio.get_running_loop().create_future()
            answer.cancel()
            await answer

    await asyncio.wait_for(keep_trying("name", attempt), 20)
    assert tries == 3


async def test_a_cancelled_attempt_is_not_retried():
    began = asyncio.Event()

    async def attempt():
        began.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_trying("name", attempt))
    await began.wait()
    await asyncio.wait_for(end_task(task, "name"), 20)
    assert task.cancelled()


@pytest.mark.parametrize("error", [MessageSizeTooLargeError("news.enriched/9"), TopicAuthorizationFailedError("news.raw")])
def test_a_record_that_kafka_will_never_accept_ends_a_worker_with_one_line_that_says_where_to_look(error, monkeypatch, caplog):
    monkeypatch.setattr(failures, "_end", lambda status: None)
    failures.stop_worker("deduplicate", error)
    [line] = caplog.records
    said = line.getMessage()
    assert said.startswith(f"worker stops, nothing more is committed: deduplicate: {error!r}; `headwater check` says")
    assert not line.exc_info
