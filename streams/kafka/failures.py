"""Which failures are Kafka's and pass, which stay, and how a worker stops when one is neither."""

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

EXIT_STATUS: Final = 70  # EX_SOFTWARE: to be started again by whoever supervises the worker

NAME_TAKEN_STATUS: Final = 78  # EX_CONFIG: not to be started again before somebody has looked

_RUN_RECORDS = 100

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 5.0
_CANCEL_AGAIN_S = 1.0
_MOST_CANCELS = 30

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


def pass_over(place: str, error: Exception, *, skip: bool) -> None:
    """A foreign record is at ``place`` in an internal topic: say so and go on, if the settings ask for that.

    Raises:
        ForeignRecordError: it is not.
        NewerFormatError: a newer version of ours wrote it; that is never passed over.
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
    """The worker must not go on until somebody has mended something; the message says what."""


FOR_OPERATORS: Final = (ForeignRecordError, NewerFormatError, GroupAheadError, RefusedError)
"""What stops a worker without a bug of ours: the message says what to do, and a traceback would only hide it."""


class StepFailedError(RuntimeError):
    """A step could not decide on a record, whose place the message names: never Kafka's failure, whatever it was."""


class TooManyFaultsError(RuntimeError):
    """Most records are rejected for bugs of ours: then it is not the records."""


class RunOfFaults:
    """The last 100 records that a step decided on: how many of them were rejected for bugs of ours."""

    def __init__(self) -> None:
        self._last: deque[Fault | None] = deque(maxlen=_RUN_RECORDS)

    def add(self, faults: Iterable[Fault | None]) -> None:
        """Note, for each record in turn, what was wrong with us if anything was.

        Raises:
            TooManyFaultsError: more than half of 100 records in a row have a fault.
        """
        for fault in faults:
            self._last.append(fault)
            if fault is not None and 2 * (count := len(self._last) - self._last.count(None)) > _RUN_RECORDS:
                raise TooManyFaultsError(
                    f"{count} of the last {len(self._last)} records met bugs in Headwater, the last: {fault}"
                )

    def clear(self) -> None:
        """Begin anew: the same records may be decided on again."""
        self._last.clear()


def pauses_s() -> Iterator[float]:
    """How long to wait before each further try: longer and longer, up to five seconds, and never in step with others.

    Who tries the same at the same time, as several heirs of one worker do, would get in each other's way for ever.
    """
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        pause_s = min(1.5 * pause_s, _LONGEST_PAUSE_S)


async def uncancelled(work: Awaitable[T]) -> T:
    """The result of what is waited for. That something within was cancelled is a loss, unless it is we who are to end.

    aiokafka cancels what it is about when a connection breaks at the wrong moment: a task would end of that without a word.

    Raises:
        KafkaConnectionError: instead of the CancelledError.
    """
    try:
        return await work
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise KafkaConnectionError("what was waited for was cancelled") from error


async def keep_trying(name: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Until it succeeds, however long Kafka is away: nobody is helped by a worker that ends.

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

    Once is not enough: ``asyncio.wait_for`` of Python 3.11 forgets that it was cancelled when what it waits for ends in the
    same moment, and whoever waited for the task to end would wait for ever.
    """
    for _ in range(_MOST_CANCELS):
        task.cancel()
        await asyncio.wait([task], timeout=_CANCEL_AGAIN_S)
        if task.done():
            return
    stop_worker(name, TimeoutError("can't be stopped"))


def stop_worker(name: str, error: BaseException) -> NoReturn:
    """End the process; ``name`` is who failed. Errors that an operator can mend are one line, others have a traceback."""
    told = isinstance(error, FOR_OPERATORS)
    reason = f"{error}" if told else f"{error!r}"
    log.critical("worker stops, nothing more is committed: %s: %s", name, reason, exc_info=None if told else error)
    _end(EXIT_STATUS)


def stop_for_namesake(instance_id: str) -> NoReturn:
    """End the older of two workers of one name: were it to go on, each would shut the other out for ever."""
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
