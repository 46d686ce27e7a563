"""How every Kafka client of Headwater connects; Faust's own takes the same settings in :mod:`streams.app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from streams.settings import Settings

# What one record may weigh, wherever we send it: the largest raw record (topics.py), grown by tagging and JSON escapes.
MAX_REQUEST_BYTES = 16 << 20

Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient)


def connection(settings: Settings) -> dict[str, Any]:
    """Keyword arguments for any aiokafka client."""
    return {"bootstrap_servers": list(settings.brokers), "client_id": settings.app_id}


@asynccontextmanager
async def opened(client: Client) -> AsyncIterator[Client]:
    """Start a client and close it whatever happens, also when it could not be started."""
    try:
        await client.start()
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())
