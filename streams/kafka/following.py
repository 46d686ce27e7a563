"""Readers beside the workers, in no group: when Kafka goes away, they read again once it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from aiokafka.errors import KafkaError

from streams.kafka.clients import apart
from streams.kafka.quiet import retries

AWAY: Final = (KafkaError, TimeoutError)
"""What reading fails with when Kafka is away."""
_PAUSE_S: Final = 2.0


async def keep_reading(
    read: Callable[[], Coroutine[Any, Any, None]],
    lost: Callable[[str], None],
    passing: tuple[type[Exception], ...] = AWAY,
) -> None:
    """Read until ``read`` ends; whenever it fails, tell ``lost`` why, and read again a little later.

    Raises:
        Exception: the first thing that ``read`` failed with, if it is none of those ``passing``.
    """
    while True:
        try:
            await apart(read())
            return
        except Exception as error:  # noqa: BLE001 - those that do not pass are raised
            first = _first(error)
            if not isinstance(first, passing):
                raise first from None
        why = reason_of_loss(first)
        lost(why)
        retries.warning("Kafka is away: %s; trying again", why)
        await asyncio.sleep(_PAUSE_S)


def reason_of_loss(error: Exception) -> str:
    """In words; aiokafka's time-outs have none."""
    return str(error) or "no answer"


def _first(error: Exception) -> Exception:
    """The first error in a group of errors."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
