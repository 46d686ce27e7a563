"""Kafka's transactions v2 (KIP-890), for clusters whose finalised ``transaction.version`` is 2 or more.

Each transaction has its own epoch: the answer to its end carries the next one. So every message identifies its transaction,
late ones are refused, and any request may be repeated until it is answered. Writing to a partition adds it to the transaction.
The sequence numbers of a partition's batches start at 0 with each epoch, and let its leader recognise batches that it already
has. When a producer id has used up its epochs, the answer carries another id and epoch 0.

Temporary refusals are waited out: the marks of the previous transaction are still being written (CONCURRENT_TRANSACTIONS), or
the coordinator or a leader has moved or is loading. Anything else fails the producer: somebody has shut it out, or Kafka has
given it up.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.errors import (
    BrokerResponseError,
    ConcurrentTransactions,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    InvalidProducerEpoch,
    KafkaError,
    KafkaStorageError,
    LeaderNotAvailableError,
    NotCoordinatorForGroupError,
    NotEnoughReplicasAfterAppendError,
    NotEnoughReplicasError,
    NotLeaderForPartitionError,
    ProducerFenced,
    RequestTimedOutError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, InitProducerIdRequest

from streams.kafka.aiokafka_types import partitions_of_topic, stored_form
from streams.kafka.outbox import Written
from streams.kafka.transaction_messages import Appended, EndTransaction, Produce, read_produced

REQUEST_TIMEOUT_MS: Final = 30_000
_IN_FLIGHT: Final = 5  # batches per partition: a leader remembers this many as already received
_GIVE_UP_S: Final = 30.0  # aiokafka's own producer holds a batch that can't be delivered for as long
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.1

_PRODUCER_FENCED: Final = 90  # aiokafka does not define it
_NOT_ATTEMPTED: Final = 55  # because of another partition's error

_COORDINATOR_MOVED: Final = frozenset({GroupCoordinatorNotAvailableError.errno, NotCoordinatorForGroupError.errno})
_COORDINATOR_BUSY: Final = _COORDINATOR_MOVED | {ConcurrentTransactions.errno, GroupLoadInProgressError.errno}
_LEADER_MOVED: Final = frozenset(
    error.errno
    for error in (UnknownTopicOrPartitionError, LeaderNotAvailableError, NotLeaderForPartitionError, KafkaStorageError)
) | {74, 75}  # the leader's epoch has changed
_NOT_NOW: Final = (
    _COORDINATOR_BUSY
    | _LEADER_MOVED
    | {RequestTimedOutError.errno, NotEnoughReplicasError.errno, NotEnoughReplicasAfterAppendError.errno}
)
_UNANSWERED: Final = (KafkaError, OSError, asyncio.TimeoutError)


class _Batch:
    """A batch in its stored form, with its place in the transaction."""

    def __init__(self, builder: BatchBuilder, producer_id: int, epoch: int, sequence: int) -> None:
        self.count: int = builder.record_count()
        self.content = stored_form(builder, producer_id, epoch, sequence)


class TransactionsV2:
    """Transactions of one ``transactional.id``, over a connected client.

    ``coordinator_lost`` is called when the coordinator says that it no longer is the coordinator. Once a method has failed or
    was cancelled, only an abort may follow.
    """

    version = 2

    def __init__(
        self, client: AIOKafkaClient, transactional_id: str, timeout_ms: int, coordinator_lost: Callable[[], None]
    ) -> None:
        self._client = client
        self._name = transactional_id
        self._timeout_ms = timeout_ms
        self._coordinator_lost = coordinator_lost
        self._coordinator: int | None = None
        self._producer_id = self._epoch = -1
        self._sequences: dict[TopicPartition, int] = {}
        self._is_open = self._is_empty = False
        self._failure: BaseException | None = None

    async def start(self) -> None:
        """Shut out the previous producer of this name, end what it had open, and get an epoch.

        Raises:
            KafkaError: we may not, or no broker answers.
        """
        with self._failing():
            answer = await self._ask(InitProducerIdRequest(self._name, self._timeout_ms), _code_of)
            self._move_to(answer.producer_id, answer.producer_epoch)

    async def begin(self) -> None:
        """Sends nothing: whatever is written from here on is one transaction."""
        self._must_be_well()
        assert not self._is_open, "a transaction is open"
        self._is_open = self._is_empty = True

    async def add(self, partitions: Iterable[TopicPartition]) -> None:
        """Add partitions to the transaction without writing to them, by the v0 message under this epoch."""
        topics: dict[str, list[int]] = defaultdict(list)
        for tp in partitions:
            topics[tp.topic].append(tp.partition)
        if not topics:
            return
        self._must_be_well()
        with self._failing():
            self._is_empty = False
            request = AddPartitionsToTxnRequest(self._name, self._producer_id, self._epoch, list(topics.items()))
            await self._ask(request, _code_of_added)

    async def send(self, batches: Mapping[TopicPartition, Sequence[BatchBuilder]]) -> dict[TopicPartition, Written]:
        """Write batches, each partition's in order.

        Raises:
            KafkaError: a leader refuses one, or takes too long.
        """
        self._must_be_well()
        with self._failing():
            assert self._is_open, "no transaction is open"
            self._is_empty = False
            waiting = {tp: deque(self._place(tp, each) for each in several) for tp, several in batches.items()}
            written: dict[TopicPartition, Written] = {}
            pauses, give_up_at = _pauses_s(), time.monotonic() + _GIVE_UP_S
            while waiting:
                refusal = await self._send_some(waiting, written)
                waiting = {tp: left for tp, left in waiting.items() if left}
                if refusal is not None:
                    if time.monotonic() > give_up_at:
                        raise refusal
                    await asyncio.sleep(next(pauses))
            return written

    async def end(self, *, commit: bool) -> None:
        """Commit or abort, and move on to the next epoch; repeated if the answer is lost.

        After a failure only an abort may be tried. If it succeeds all is well again: what is still under way has the old epoch.

        Raises:
            KafkaError: another producer shut this one out, or Kafka gave it up. The transaction is aborted, or was committed.
        """
        if commit:
            self._must_be_well()
        with self._failing():
            assert self._is_open, "no transaction is open"
            if not self._is_empty:
                request = EndTransaction(self._name, self._producer_id, self._epoch, commit=commit)
                answer = await self._ask(request, _code_of)
                self._move_to(answer.producer_id, answer.producer_epoch)
            self._is_open = False
            self._failure = None

    async def close(self) -> None:
        """Does nothing: no batch is buffered here."""

    def _move_to(self, producer_id: int, epoch: int) -> None:
        self._producer_id, self._epoch = producer_id, epoch
        self._sequences.clear()

    def _must_be_well(self) -> None:
        """Write and commit nothing more after a failure: part of the transaction may be missing.

        Raises:
            KafkaError: it has failed.
        """
        if self._failure is not None:
            raise KafkaError("the producer has failed") from self._failure

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """After any failure in here, even a cancellation, the state of this producer is unknown."""
        try:
            yield
        except BaseException as error:
            self._failure = error
            raise

    def _place(self, tp: TopicPartition, builder: BatchBuilder) -> _Batch:
        sequence = self._sequences.get(tp, 0)
        batch = _Batch(builder, self._producer_id, self._epoch, sequence)
        self._sequences[tp] = sequence + batch.count
        return batch

    async def _send_some(
        self, waiting: Mapping[TopicPartition, deque[_Batch]], written: dict[TopicPartition, Written]
    ) -> KafkaError | None:
        """Send the first batches of each partition and drop the confirmed ones; returns why some must wait, or None."""
        sent = {tp: list(islice(batches, _IN_FLIGHT)) for tp, batches in waiting.items()}
        answers = await self._ask_leaders(sent)
        wait: KafkaError | None = None
        for tp, batches in sent.items():
            for batch, said in zip(batches, answers[tp], strict=True):
                if said.error_code:
                    # Later batches are then out of order: they are sent again after this one.
                    wait = self._check(tp, said)
                    break
                waiting[tp].popleft()
                appended_ms = said.append_time_ms if said.append_time_ms >= 0 else None
                written[tp] = Written(said.base_offset + batch.count, appended_ms)
        if wait is not None and not isinstance(wait, ConcurrentTransactions):
            await self._client.force_metadata_update()
        return wait

    def _check(self, tp: TopicPartition, said: Appended) -> KafkaError:
        """Why a batch must wait.

        Raises:
            KafkaError: it was refused for good.
        """
        error = _error(said.error_code, f"{tp.topic}/{tp.partition} {said.message}".rstrip())
        if said.error_code not in _NOT_NOW:
            raise error
        return error

    async def _ask_leaders(self, sent: Mapping[TopicPartition, Sequence[_Batch]]) -> dict[TopicPartition, list[Appended]]:
        """The leaders' answers to batches, those of each partition in order.

        By Kafka's rule, a request has at most one batch per partition. Requests to one leader follow each other without
        waiting.
        """
        requests: dict[tuple[int, int | None], dict[TopicPartition, bytes]] = defaultdict(dict)
        for tp, batches in sent.items():
            leader = await self._leader_of(tp)
            for turn, batch in enumerate(batches):
                requests[turn, leader][tp] = batch.content
        ordered = sorted(requests, key=lambda each: each[0])
        said = await asyncio.gather(*(self._produce(leader, requests[turn, leader]) for turn, leader in ordered))
        answers: dict[TopicPartition, list[Appended]] = {tp: [] for tp in sent}
        for answered in said:
            for tp, each in answered.items():
                answers[tp].append(each)
        return answers

    async def _leader_of(self, tp: TopicPartition) -> int | None:
        """The node that accepts a partition's batches; None if there is none at the moment."""
        if tp.partition not in await partitions_of_topic(self._client, tp.topic):
            raise UnknownTopicOrPartitionError(f"{tp.topic}/{tp.partition}")
        leader: int | None = self._client.cluster.leader_for_partition(tp)
        return None if leader == -1 else leader

    async def _produce(self, leader: int | None, batches: Mapping[TopicPartition, bytes]) -> dict[TopicPartition, Appended]:
        if leader is None:
            return dict.fromkeys(batches, Appended(LeaderNotAvailableError.errno, -1, -1, "has no leader"))
        try:
            answer = await self._client.send(leader, Produce(self._name, REQUEST_TIMEOUT_MS, batches))
        except _UNANSWERED as error:
            # It may have been appended all the same; if so, the leader does not append it a second time.
            return dict.fromkeys(batches, Appended(RequestTimedOutError.errno, -1, -1, repr(error)))
        return dict(read_produced(answer))

    async def _ask(self, request: Any, code_of: Callable[[Any], int]) -> Any:
        """The coordinator's answer; the request is repeated while the answer is "not now" or missing.

        Raises:
            KafkaError: the coordinator refuses.
        """
        for pause_s in _pauses_s():
            try:
                if self._coordinator is None:
                    self._coordinator = await self._client.coordinator_lookup(CoordinationType.TRANSACTION, self._name)
                answer = await self._client.send(self._coordinator, request, group=ConnectionGroup.COORDINATION)
            except _UNANSWERED as error:
                if isinstance(error, BrokerResponseError) and error.errno not in _NOT_NOW:
                    raise
                self._coordinator = None
                self._client.force_metadata_update()
            else:
                code = code_of(answer)
                if not code:
                    return answer
                if code not in _NOT_NOW:
                    raise _error(code, self._name)
                if code in _COORDINATOR_MOVED:
                    self._coordinator = None
                    self._coordinator_lost()
            await asyncio.sleep(pause_s)
        raise AssertionError("pauses have no end")


def _pauses_s() -> Iterator[float]:
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def _error(code: int, words: str) -> KafkaError:
    """A broker's error code as an aiokafka exception."""
    if code in {_PRODUCER_FENCED, InvalidProducerEpoch.errno}:
        return ProducerFenced(f"{words}: another producer has this name, or Kafka has given this one up")
    error: KafkaError = for_code(code)(f"{words} (error {code})")
    return error


def _code_of(answer: Any) -> int:
    code: int = answer.error_code
    return code


def _code_of_added(answer: Any) -> int:
    """The error of a partition, permanent ones before temporary ones; 0 if all were added."""
    codes = {code for _, partitions in answer.errors for _, code in partitions if code}
    own = codes - {_NOT_ATTEMPTED} or codes
    return min(own - _NOT_NOW or own, default=0)
