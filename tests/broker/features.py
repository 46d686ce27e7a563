"""A cluster's ``transaction.version``, lowered and raised: as on an upgraded Kafka whose feature level is still the old one."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int8, Int16, Int32, Schema, TaggedFields

from streams.kafka.clients import connection
from streams.kafka.transaction_messages import TRANSACTION_VERSION, finalised_features
from streams.settings import Settings

_TEXT: Final = CompactString("utf-8")
_UPGRADE, _SAFE_DOWNGRADE = 1, 2
_LIMIT_S: Final = 60.0


class _UpdateFeaturesResponse(Response):
    API_KEY = 57
    API_VERSION = 1
    SCHEMA = Schema(("throttle_time_ms", Int32), ("error_code", Int16), ("error_message", _TEXT))


class _UpdateFeaturesStruct(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = 57
    API_VERSION = 1
    RESPONSE_TYPE = _UpdateFeaturesResponse
    SCHEMA = Schema(
        ("timeout_ms", Int32),
        ("updates", CompactArray(("feature", _TEXT), ("level", Int16), ("kind", Int8), ("tags", TaggedFields))),
        ("validate_only", Boolean),
        ("tags", TaggedFields),
    )


class _UpdateFeatures(Request[_UpdateFeaturesStruct]):
    API_KEY = 57

    def __init__(self, level: int, kind: int) -> None:
        self._update = (TRANSACTION_VERSION, level, kind, {})

    def build(self, request_struct_class: type[_UpdateFeaturesStruct]) -> _UpdateFeaturesStruct:
        return request_struct_class(10_000, [self._update], False, {})


async def set_transaction_version(settings: Settings, level: int) -> None:
    """Make the cluster agree on a level, and wait until a broker reports it."""
    client = AIOKafkaClient(**connection(settings))
    await client.bootstrap()
    try:
        before = (await finalised_features(client)).get(TRANSACTION_VERSION, 0)
        if level == before:
            return
        kind = _UPGRADE if level > before else _SAFE_DOWNGRADE
        answer = await client.send(client.get_random_node(), _UpdateFeatures(level, kind))
        assert not answer.error_code, answer.error_message
        async with asyncio.timeout(_LIMIT_S):
            while (await finalised_features(client)).get(TRANSACTION_VERSION, 0) != level:
                await asyncio.sleep(0.05)
    finally:
        await client.close()
