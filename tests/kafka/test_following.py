"""Reading beside the workers, while Kafka goes away and comes back."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from streams.kafka import following
from streams.kafka.following import keep_reading


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(following, "_PAUSE_S", 0.0)


class Stream:
    """Fails with each of these in turn, then ends; an error of type CancelledError is aiokafka's cancelling of its caller."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.lost: list[str] = []

    async def read(self) -> None:
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, asyncio.CancelledError):
                asyncio.current_task().cancel()
                await asyncio.sleep(0)
            raise failure


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        pytest.param(KafkaConnectionError("refused"), "KafkaConnectionError: refused", id="a connection refused"),
        pytest.param(TimeoutError(), "no answer", id="a time-out, which has no words"),
        pytest.param(
            ExceptionGroup("", [ExceptionGroup("", [KafkaConnectionError("gone"), TimeoutError()])]),
            "KafkaConnectionError: gone",
            id="the first of several at once",
        ),
        pytest.param(asyncio.CancelledError(), "KafkaConnectionError: the connection broke off", id="cancelled by aiokafka"),
    ],
)
async def test_whatever_kafka_does_reading_begins_again_and_the_reason_is_told(failure, told):
    stream = Stream(failure, failure)
    await keep_reading(stream.read, stream.lost.append)
    assert stream.lost == [told, told]
    assert not stream.failures


@pytest.mark.parametrize("failure", [OSError("disk full"), ValueError("a bug"), ExceptionGroup("", [OSError("disk full")])])
async def test_what_does_not_pass_by_itself_is_raised_alone(failure):
    stream = Stream(failure)
    with pytest.raises((OSError, ValueError)):
        await keep_reading(stream.read, stream.lost.append)
    assert not stream.lost


async def test_a_reader_says_itself_what_passes():
    stream = Stream(OSError("nobody answers"))
    await keep_reading(stream.read, stream.lost.append, (OSError,))
    assert stream.lost == ["nobody answers"]
    with pytest.raises(TopicAuthorizationFailedError):
        await keep_reading(Stream(TopicAuthorizationFailedError()).read, stream.lost.append, ())


async def test_a_waiting_reader_can_be_ended():
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(keep_reading(lambda: asyncio.sleep(3600), print))
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()
