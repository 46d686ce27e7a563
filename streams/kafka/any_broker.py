"""Requests that any broker can answer."""

from __future__ import annotations

import random
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError, RequestTimedOutError
from aiokafka.protocol.api import Request


async def ask_any_broker(client: AIOKafkaClient, request: Request[Any]) -> Any:
    """The answer of the first broker that can be reached: the client goes on listing one that is down for a while.

    Raises:
        KafkaError: none can.
        NotImplementedError: the broker is too old for the request.
    """
    nodes = [broker.nodeId for broker in client.cluster.brokers()]
    random.shuffle(nodes)
    error: KafkaError = NodeNotReadyError("the broker does not know of any broker yet")
    for node in nodes:
        try:
            return await client.send(node, request)
        except (NodeNotReadyError, KafkaConnectionError, RequestTimedOutError) as failure:
            error = failure
    raise error
