"""A network that lies between a producer and its broker: it delays, repeats, reorders and loses messages and their answers.

    .venv/bin/python -m tests.broker.liar --faults 10000 --seed 7
    .venv/bin/python -m tests.broker.liar --faults 10000 --seed 7 --transactions v0      # the control

Only a producer's requests are affected: Produce, AddPartitionsToTxn, EndTxn, and InitProducerId and FindCoordinator, with which
it starts: a late copy of the former shuts out whoever has the name by then. Everything random comes from the seed. An
owner writes one number per transaction, to each partition of a topic, and gives up one transaction in twelve half-way. When
it loses one, it begins again as :mod:`streams.kafka.step` does: under a new name, with the old one shut out, where the log
says. At the end each partition must have each number once, in order; a number missing somewhere was torn, a repeated one
was doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import struct
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka import EmbeddedKafka
from infra.ports import HOST, claim_port
from streams.kafka.admin import create_topics
from streams.kafka.clients import connection, opened
from streams.kafka.failures import LOST
from streams.kafka.outbox import Outbox
from streams.kafka.transactions import TransactionalProducer, settle, shut_out
from streams.settings import Settings, TransactionProtocol
from streams.steps import Topic

LIED_ABOUT: Final = {0: "Produce", 10: "FindCoordinator", 22: "InitProducerId", 24: "AddPartitionsToTxn", 26: "EndTxn"}
TOPIC: Final = "lied.about"
PARTITIONS: Final = 3
_CHANCE: Final = 0.35
_GIVE_UP_ONE_IN: Final = 12
_LATEST_S: Final = 0.25
_LIMIT_S: Final = 300.0


class Lie(StrEnum):
    """What the network does to a message or its answer."""

    DELAYED = "a message delayed"
    REPEATED = "a message repeated, later"
    LATE = "a message that arrives after its connection has broken"
    LOST = "a message lost"
    CUT = "a message cut in two"
    SWAPPED = "a message behind the next"
    ANSWER_DELAYED = "an answer delayed"
    ANSWER_LOST = "an answer lost"
    ANSWER_CUT_IN_SIZE = "an answer cut in its size"
    ANSWER_CUT_IN_HEADER = "an answer cut in its header"
    ANSWER_CUT_IN_BODY = "an answer cut in its body"


_CUTS: Final = {Lie.ANSWER_LOST: 0, Lie.ANSWER_CUT_IN_SIZE: 2, Lie.ANSWER_CUT_IN_HEADER: 6, Lie.ANSWER_CUT_IN_BODY: 12}


class Liar:
    """Listens at ``port`` in front of the broker at ``broker_port``, while it is open (``async with``)."""

    def __init__(self, port: int, broker_port: int, seed: int) -> None:
        self._port, self._broker_port = port, broker_port
        self._random = random.Random(seed)
        self.told: Counter[str] = Counter()
        self.is_lying = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._broker_port)
        except OSError:
            writer.close()
            return
        fates: deque[Lie | None] = deque()
        pumps = [
            asyncio.create_task(self._say(reader, far_writer, fates)),
            asyncio.create_task(self._answer(far_reader, writer, fates)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the liar is ending, and asyncio would log each of its connections
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            writer.close()
            far_writer.close()

    def _draw(self, frame: bytes) -> Lie | None:
        (api,) = struct.unpack_from(">h", frame)
        if not self.is_lying or api not in LIED_ABOUT or self._random.random() > _CHANCE:
            return None
        lie = self._random.choice(list(Lie))
        self.told[f"{LIED_ABOUT[api]}: {lie}"] += 1
        return lie

    async def _say(self, reader: asyncio.StreamReader, far: asyncio.StreamWriter, fates: deque[Lie | None]) -> None:
        """Pass messages on to the broker until a lie ends the connection."""
        held = b""
        while (frame := await _frame(reader)) is not None:
            lie = self._draw(frame)
            whole = struct.pack(">i", len(frame)) + frame
            if lie in {Lie.LOST, Lie.LATE, Lie.CUT}:
                if lie is Lie.LATE:
                    self._spawn(self._deliver_later(whole))
                if lie is Lie.CUT:
                    far.write(whole[: self._random.randrange(1, len(whole))])
                    await far.drain()
                return
            if lie is Lie.DELAYED:
                await asyncio.sleep(self._random.uniform(0, _LATEST_S / 4))
            if lie is Lie.REPEATED:
                self._spawn(self._deliver_later(whole))
            fates.append(lie)
            if lie is Lie.SWAPPED and not held:
                held = whole
                self._spawn(_let_go(far, held))  # in case nothing follows
                continue
            far.write(whole)

    async def _deliver_later(self, whole: bytes) -> None:
        """As a copy that took another route: nobody receives its answer."""
        await asyncio.sleep(self._random.uniform(0, _LATEST_S))
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, self._broker_port)
            writer.write(whole)
            await _frame(reader)
            writer.close()

    async def _answer(self, far: asyncio.StreamReader, writer: asyncio.StreamWriter, fates: deque[Lie | None]) -> None:
        """Pass answers on until a lie ends the connection."""
        while (frame := await _frame(far)) is not None:
            lie = fates.popleft() if fates else None
            whole = struct.pack(">i", len(frame)) + frame
            if lie in _CUTS:
                writer.write(whole[: _CUTS[lie]])
                return
            if lie is Lie.ANSWER_DELAYED:
                await asyncio.sleep(self._random.uniform(0, _LATEST_S / 4))
            writer.write(whole)


async def _let_go(far: asyncio.StreamWriter, held: bytes) -> None:
    await asyncio.sleep(0.02)
    with contextlib.suppress(OSError):
        far.write(held)


async def _frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next message or answer, without its size; None at the end."""
    try:
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, OSError):
        return None


def lied_about_kafka(folder: Path) -> tuple[EmbeddedKafka, int]:
    """A Kafka whose clients use another port, the second value; it talks to itself directly."""
    port, inner, controller, liar = (claim_port() for _ in range(4))
    settings = {
        "listeners": f"PLAINTEXT://{HOST}:{port},INNER://{HOST}:{inner},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{liar},INNER://{HOST}:{inner}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INNER:PLAINTEXT",
        "inter.broker.listener.name": "INNER",
    }
    return EmbeddedKafka(folder, port, settings), liar


class Owner:
    """Writes numbers, one per transaction, and begins again whenever one is lost."""

    def __init__(self, settings: Settings, liar: Liar, seed: int) -> None:
        self._settings = settings
        self._liar = liar
        self._random = random.Random(seed)
        self._former: list[str] = []
        self._producer: TransactionalProducer | None = None
        self._is_coordinator_lost = False
        self.next = 0
        self.lost = self.given_up = self.settled = 0
        self.took_s: list[float] = []

    async def work(self, faults: int) -> None:
        """Write until this many lies were told."""
        self._liar.is_lying = True
        while self._liar.told.total() < faults:
            try:
                if self._producer is None:
                    await self._begin_again()
                await self._write()
            except LOST:
                self.lost += 1
                await self._give_up()
            if self._is_coordinator_lost and self._producer is not None:
                await self._settle_last()
        self._liar.is_lying = False
        await self._give_up()
        await self._begin_again()
        await self._give_up()

    async def _write(self) -> None:
        producer, began = self._producer, time.monotonic()
        assert producer is not None
        async with asyncio.timeout(_LIMIT_S):
            await producer.begin_transaction()
            # Two messages, as to two leaders, so that something can come between them.
            for partitions in (range(1, PARTITIONS), range(1)):
                outbox = Outbox(producer)
                for partition in partitions:
                    outbox.add(TopicPartition(TOPIC, partition), b"key", b"%d" % self.next)
                await outbox.send()
                if not self._random.randrange(2 * _GIVE_UP_ONE_IN):
                    self.given_up += 1
                    await self._give_up()
                    return
            await producer.commit_transaction()
        self.next += 1
        self.took_s.append(time.monotonic() - began)

    async def _settle_last(self) -> None:
        """As ``step._regain_coordinator`` and ``step._settle_last`` do: only with epochs is the name kept."""
        assert self._producer is not None
        self._is_coordinator_lost = False
        try:
            async with asyncio.timeout(_LIMIT_S):
                await settle(self._producer, [TOPIC])
        except LOST:
            await self._give_up()
            return
        self.settled += 1
        if self._is_coordinator_lost or not self._producer.has_epochs:
            await self._give_up()

    async def _give_up(self) -> None:
        if self._producer is not None:
            await self._producer.close()
            self._producer = None

    async def _begin_again(self) -> None:
        """Take a new name, shut out the former ones, and continue where the first partition, the changelog, says."""
        self._is_coordinator_lost = False
        while self._former:
            async with asyncio.timeout(_LIMIT_S):
                await shut_out(self._settings, self._former[-1], [TOPIC])
            self._former.pop()
        name = f"owner-{uuid4().hex}"
        producer = TransactionalProducer(self._settings, name)
        producer.when_coordinator_lost(self._note)
        self._former.append(name)
        try:
            async with asyncio.timeout(_LIMIT_S):
                await producer.start()
        except BaseException:
            await producer.close()
            raise
        self._producer = producer
        written = (await read(self._settings))[0]
        self.next = written[-1] + 1 if written else 0

    def _note(self) -> None:
        self._is_coordinator_lost = True


async def read(settings: Settings) -> dict[int, list[int]]:
    """The numbers that a read_committed reader sees in each partition, once no transaction is open."""
    tps = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    found: dict[int, list[int]] = {tp.partition: [] for tp in tps}
    consumer = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed", auto_offset_reset="earliest")
    async with opened(consumer):
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        while not all([await consumer.position(tp) >= ends[tp] for tp in tps]):
            for tp, records in (await consumer.getmany(timeout_ms=100)).items():
                found[tp.partition] += [int(record.value) for record in records]
    return found


class Findings(NamedTuple):
    """What a run did and found; ``torn`` and ``doubled`` list numbers."""

    told: Counter[str]
    transactions: int
    lost: int
    given_up: int
    took_s: float
    torn: list[int]
    doubled: list[int]
    is_in_order: bool

    @property
    def is_well(self) -> bool:
        """Whether each partition has each number once, in order."""
        return self.is_in_order and not (self.torn or self.doubled)

    def __str__(self) -> str:
        kinds = "\n".join(f"  {count:6} {lie}" for lie, count in sorted(self.told.items()))
        return (
            f"{self.told.total()} lies in {self.took_s:.0f} s:\n{kinds}\n{self.transactions} numbers committed;"
            f" {self.lost} times lost and begun again, {self.given_up} given up; torn {len(self.torn)} {self.torn[:5]},"
            f" doubled {len(self.doubled)} {self.doubled[:5]}{'' if self.is_in_order else '; NOT in order'}"
        )


def judge(found: dict[int, list[int]]) -> tuple[list[int], list[int], bool]:
    """The numbers that are missing somewhere, the repeated ones, and whether all are in order."""
    counts = {partition: Counter(numbers) for partition, numbers in found.items()}
    every = sorted(set().union(*counts.values()))
    torn = [each for each in every if not all(each in count for count in counts.values())]
    doubled = [each for each in every if any(count[each] > 1 for count in counts.values())]
    in_order = all(numbers == sorted(numbers) for numbers in found.values()) and every == list(range(len(every)))
    return torn, doubled, in_order


async def lie(
    folder: Path, seed: int, faults: int, transactions: TransactionProtocol, say: Callable[[str], None] = print
) -> Findings:
    """Let an owner work behind a liar until this many lies were told."""
    kafka, port = lied_about_kafka(folder)
    await asyncio.to_thread(kafka.start)
    try:
        settings = Settings(brokers=(f"{HOST}:{port}",), partitions=PARTITIONS, transactions=transactions)
        async with Liar(port, kafka.port, seed) as liar:
            await create_topics(settings, [Topic(TOPIC, "", {})])
            owner, began = Owner(settings, liar, seed + 1), time.monotonic()
            await owner.work(faults)
            took_s = time.monotonic() - began
            found = await read(settings)
            say(f"{owner.settled} settled for a lost coordinator; {len(owner.took_s)} commits answered")
            return Findings(liar.told, len(found[0]), owner.lost, owner.given_up, took_s, *judge(found))
    finally:
        await asyncio.to_thread(kafka.stop)


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--transactions", type=TransactionProtocol, default=TransactionProtocol.NEWEST)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, transactions {arguments.transactions}")
    with tempfile.TemporaryDirectory(prefix="headwater-liar-") as folder:
        findings = asyncio.run(lie(Path(folder), arguments.seed, arguments.faults, arguments.transactions))
    print(findings)
    return 0 if findings.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
