"""Which failures of Kafka are temporary, which are permanent, and how a worker stops for anything else."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final, NoReturn, TypeVar

from aiokafka.errors import (
    GroupAuthorizationFailedError,
    IllegalGenerationError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    RebalanceInProgressError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from streams.faults import Fault
from streams.formats import NewerFormatError
from streams.kafka.group import GroupAheadError
from streams.kafka.quiet import retries
from streams.steps import ForeignRecordError

log = logging.getLogger(__name__)

T = TypeVar("T")

EXIT_STATUS: Final = 70  # EX_SOFTWARE: the supervisor should restart the worker

NAME_TAKEN_STATUS: Final = 78  # EX_CONFIG: do not restart before somebody has looked

_RUN_RECORDS = 100

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 5.0
_CANCEL_AGAIN_S = 1.0
_MOST_CANCELS = 30

LOST: Final = (KafkaError, OSError, asyncio.TimeoutError)
"""What a broker in trouble raises: worth another try …"""
FINAL: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTimestampError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
"""… except for these errors, whose answer would never change."""


def pass_over(place: str, error: Exception, *, skip: bool) -> None:
    """Handle a foreign record at ``place`` in an internal topic: log it and continue if ``skip``, else raise.

    Raises:
        ForeignRecordError: ``skip`` is off.
        NewerFormatError: a newer version of ours wrote the record; that is never skipped.
    """
    if isinstance(error, NewerFormatError):
        raise NewerFormatError(error.found, place) from None
    if not skip:
        raise ForeignRecordError(
            f"{place} was not written by Headwater ({error}): docs/security.md has ACLs that prevent this;"
            " HEADWATER_SKIP_FOREIGN=yes passes over such records"
        ) from error
    log.warning("skipped %s, which Headwater did not write: %s", place, error)


class RefusedError(RuntimeError):
    """The worker must not continue until somebody has fixed something; the message says what."""


FOR_OPERATORS: Final = (ForeignRecordError, NewerFormatError, GroupAheadError, RefusedError)
"""Errors that stop a worker without being a bug of ours: the message says what to do, and a traceback would only hide it."""


class StepFailedError(RuntimeError):
    """A step could not decide on a record; the message names its place. Never treated as a failure of Kafka."""


class TooManyFaultsError(RuntimeError):
    """Most records are rejected because of bugs of ours, so the records are not to blame."""


class RunOfFaults:
    """The last 100 records that a step decided on: how many were rejected because of bugs of ours."""

    def __init__(self) -> None:
        self._last: deque[Fault | None] = deque(maxlen=_RUN_RECORDS)

    def add(self, faults: Iterable[Fault | None]) -> None:
        """Note for each record in turn the bug it met, or None.

        Raises:
            TooManyFaultsError: more than half of the last 100 records met one.
        """
        for fault in faults:
            self._last.append(fault)
            if fault is not None and 2 * (count := len(self._last) - self._last.count(None)) > _RUN_RECORDS:
                raise TooManyFaultsError(
                    f"{count} of the last {len(self._last)} records met bugs in Headwater, the last: {fault}"
                )

    def clear(self) -> None:
        """Start over: the same records may be decided on again."""
        self._last.clear()


def pauses_s() -> Iterator[float]:
    """How long to wait before each retry: longer and longer, up to five seconds, with jitter.

    Without jitter, workers that retry at the same time (such as several heirs of one worker) would block each other for ever.
    """
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        pause_s = min(1.5 * pause_s, _LONGEST_PAUSE_S)


async def uncancelled(work: Awaitable[T]) -> T:
    """Await the result. A cancellation from inside counts as a loss, unless this task itself is to end.

    aiokafka cancels its own work if a connection breaks at the wrong moment, which would end a task silently.

    Raises:
        KafkaConnectionError: instead of the CancelledError.
    """
    try:
        return await work
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise KafkaConnectionError("the connection broke off") from error


async def keep_trying(name: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Retry until it succeeds, however long Kafka is away: ending the worker would help nobody.

    Raises:
        KafkaError: one of :data:`FINAL`.
    """
    for pause_s in pauses_s():
        try:
            await uncancelled(attempt())
            return
        except FINAL:
            raise
        except LOST as error:
            rebalancing = isinstance(error, (RebalanceInProgressError, IllegalGenerationError))
            level = logging.INFO if rebalancing else logging.WARNING
            retries.log(level, "%s: not acquired yet (%r); trying again", name, error)
            await asyncio.sleep(pause_s)


async def end_task(task: asyncio.Task[Any], name: str) -> None:
    """Cancel a task until it has ended.

    Cancelling once is not enough: ``asyncio.wait_for`` of Python 3.11 forgets a cancellation if what it waits for ends at the
    same moment, and the caller would then wait for ever.
    """
    for _ in range(_MOST_CANCELS):
        task.cancel()
        await asyncio.wait([task], timeout=_CANCEL_AGAIN_S)
        if task.done():
            return
    stop_worker(name, TimeoutError("can't be stopped"))


def stop_worker(name: str, error: BaseException) -> NoReturn:
    """End the process; ``name`` is what failed. Errors that an operator can fix take one line, others come with a traceback."""
    told = isinstance(error, FOR_OPERATORS)
    reason = f"{error}" if told else f"{error!r}"
    log.critical("worker stops, nothing more is committed: %s: %s", name, reason, exc_info=None if told else error)
    _end(EXIT_STATUS)


def stop_for_namesake(instance_id: str) -> NoReturn:
    """End the older of two workers with the same name: otherwise each would shut the other out for ever."""
    log.critical(
        "worker stops, nothing more is committed: another worker has joined the group with HEADWATER_INSTANCE_ID=%s;"
        " give each worker an instance id of its own",
        instance_id,
    )
    _end(NAME_TAKEN_STATUS)


def _end(status: int) -> NoReturn:
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)
