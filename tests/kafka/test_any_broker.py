"""Which broker is asked when any would do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError

from streams.kafka.any_broker import ask_any_broker


def client_of(answers):
    """A client that lists brokers by their answers, or by what they fail with."""

    async def send(node, _request):
        answer = answers[node]
        if isinstance(answer, Exception):
            raise answer
        return answer

    brokers = [SimpleNamespace(nodeId=each) for each in answers]
    return SimpleNamespace(cluster=SimpleNamespace(brokers=lambda: brokers), send=send)


@pytest.mark.parametrize("error", [NodeNotReadyError(), KafkaConnectionError(), RequestTimedOutError()], ids=repr)
async def test_a_broker_that_is_down_and_still_listed_does_not_answer_for_the_others(error):
    for _ in range(20):
        assert await ask_any_broker(client_of({1: error, 2: "an answer", 3: error}), None) == "an answer"


async def test_it_fails_like_the_last_broker_if_none_answers():
    with pytest.raises(NodeNotReadyError, match="away"):
        await ask_any_broker(client_of({1: NodeNotReadyError("away"), 2: NodeNotReadyError("away")}), None)


async def test_before_any_broker_is_known_callers_wait():
    with pytest.raises(NodeNotReadyError, match="does not know of any broker yet"):
        await ask_any_broker(client_of({}), None)


async def test_what_a_broker_refuses_is_not_asked_of_another():
    with pytest.raises(NotImplementedError):
        await ask_any_broker(client_of({1: NotImplementedError(), 2: NotImplementedError()}), None)
