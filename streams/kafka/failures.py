"""Which failures are Kafka's and pass, which stay, and how a worker stops when one is neither."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RebalanceInProgressError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

log = logging.getLogger(__name__)

EXIT_STATUS: Final = 70  # EX_SOFTWARE: to be started again by whoever supervises the worker

_RETRY_FOR_S = 120.0
_RETRY_PAUSE_S = 0.5

LOST: Final = (KafkaError, OSError, asyncio.TimeoutError)
"""What a broker in trouble raises, worth another try …"""
FINAL: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTimestampError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
"""… except these of its errors: the answer would be the same for ever."""


async def try_for_a_while(name: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Until it succeeds; while the broker can't be reached, for two minutes."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _RETRY_FOR_S
    while True:
        try:
            await attempt()
            return
        except FINAL:
            raise
        except LOST as error:
            if clock() > deadline:
                raise
            level = logging.INFO if isinstance(error, RebalanceInProgressError) else logging.WARNING
            log.log(level, "%s: not acquired yet (%r); trying again", name, error)
            await asyncio.sleep(_RETRY_PAUSE_S)


def stop_worker(reason: str, error: BaseException) -> NoReturn:
    log.critical("worker stops, nothing more is committed: %s", reason, exc_info=error)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STATUS)
