"""What a transaction takes, of Kafka's two kinds, side by side on one Kafka: latency, processor time, requests; and in the job.

    python -m bench.speed.transactions                        # transactions alone: one partition, 8, and 64
    python -m bench.speed.transactions --job                  # the whole job at 200 articles a second, in turns

The two take turns of thirty transactions, in changing order, so that what else the machine does meets both. A transaction has
ten records of about 1 kB for each partition. Back to back, or with 30 ms between them, as a worker under load leaves.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aiokafka import TopicPartition

from bench.peers.names import Job
from bench.speed.contestants import headwater
from bench.speed.figures import percentile
from bench.speed.ground import Ground, ground
from bench.speed.latency import Schedule, measure
from bench.speed.race import make_load
from streams.kafka.outbox import Outbox
from streams.kafka.transactions import TransactionalProducer
from streams.settings import Settings, TransactionProtocol

RECORDS: Final = 10
VALUE: Final = os.urandom(300) + b"some words that repeat " * 30
TURN: Final = 30
WARM: Final = 60


@dataclass
class TransactionCosts:
    """What one kind's transactions took, in all."""

    walls_ms: list[float] = field(default_factory=list)
    own_cpu_s: float = 0.0
    broker_cpu_s: float = 0.0
    requests: Counter[int] = field(default_factory=Counter)

    def __str__(self) -> str:
        count = len(self.walls_ms)
        p50, p99 = (percentile(self.walls_ms, share) for share in (0.5, 0.99))
        return (
            f"p50 {p50:7.2f} ms, p99 {p99:7.2f}; CPU {self.own_cpu_s * 1000 / count:5.2f} ms here,"
            f" {self.broker_cpu_s * 1000 / count:5.2f} at the broker; {self.requests.total() / count:.2f} requests"
        )


class Writer:
    """A producer of one kind, and what its transactions took."""

    def __init__(self, settings: Settings, protocol: TransactionProtocol, name: str = "bench") -> None:
        self._producer = TransactionalProducer(replace(settings, transactions=protocol), f"{name}-{protocol}")
        self.taken = TransactionCosts()

    async def start(self) -> None:
        """Start, and count each request from here on."""
        await self._producer.start()
        client = self._producer.client
        send = client.send

        async def counted(node: int, request: Any, **more: Any) -> Any:
            self.taken.requests[request.API_KEY] += 1
            return await send(node, request, **more)

        client.send = counted

    async def turn(self, kafka: Ground, partitions: Sequence[TopicPartition], count: int, pause_s: float) -> None:
        """So many transactions."""
        own, broker = time.process_time(), kafka.broker_cpu_seconds()
        for _ in range(count):
            await asyncio.sleep(pause_s)
            began = time.perf_counter()
            await self._producer.begin_transaction()
            outbox = Outbox(self._producer)
            for tp in partitions:
                for number in range(RECORDS):
                    outbox.add(tp, b"key %d" % number, VALUE)
            await outbox.send()
            await self._producer.commit_transaction()
            self.taken.walls_ms.append((time.perf_counter() - began) * 1000)
        self.taken.own_cpu_s += time.process_time() - own
        self.taken.broker_cpu_s += kafka.broker_cpu_seconds() - broker

    async def close(self) -> None:
        """Close the producer."""
        await self._producer.close()


async def alone(kafka: Ground, transactions: int) -> None:
    """Transactions of several shapes, of both kinds in turns."""
    for count in (1, 8, 64):
        topic = f"bench-transactions-{count}"
        await kafka.make_topics([topic], count)
        partitions = [TopicPartition(topic, number) for number in range(count)]
        for pause_s in (0.03, 0.0):
            writers = {each: Writer(kafka.settings, each) for each in TransactionProtocol}
            for writer in writers.values():
                await writer.start()
                await writer.turn(kafka, partitions, WARM, 0.0)
                writer.taken = TransactionCosts()
            for turn in range(transactions // TURN):
                for name in sorted(writers, reverse=bool(turn % 2)):
                    await asyncio.sleep(0.1)
                    await writers[name].turn(kafka, partitions, TURN, pause_s)
            for name, writer in writers.items():
                print(f"{count:2} partitions, {pause_s * 1000:2.0f} ms between, {name:7} {writer.taken}", flush=True)
                await writer.close()
        await kafka.remove_topics(topic.__eq__)


async def in_the_job(kafka: Ground, rate: float, seconds: float, turns: int) -> None:
    """The whole job at a steady rate, by workers that speak the one and the other, in turns."""
    found: dict[TransactionProtocol, list[float]] = {each: [] for each in TransactionProtocol}
    for turn in range(turns):
        for name in sorted(found, reverse=bool(turn % 2)):
            settings = replace(kafka.settings, transactions=name)
            schedule = Schedule(make_load(Job.WHOLE, int(rate * seconds) + 10), rate, 10)
            # A name of its own: a group that was told of topics made anew since would stop the worker.
            contestant = replace(headwater(1), name=f"transactions-{name}-{turn}")
            taken = await measure(Ground(settings, kafka.folder, kafka.broker_pid), contestant, schedule)
            found[name] += taken["at_rate_ms"]
            p50, p99, quiet = (
                percentile(values, share)
                for values, share in ((taken["at_rate_ms"], 0.5), (taken["at_rate_ms"], 0.99), (taken["alone_ms"], 0.5))
            )
            print(f"turn {turn}, {name:7} p50 {p50:6.0f} ms, p99 {p99:6.0f}; one alone {quiet:6.0f}", flush=True)
    for name, latencies in found.items():
        print(f"all turns, {name:7} p50 {percentile(latencies, 0.5):6.0f} ms, p99 {percentile(latencies, 0.99):6.0f}")


async def _all(arguments: argparse.Namespace) -> None:
    async with ground(Settings.from_environment()) as kafka:
        if arguments.job:
            await in_the_job(kafka, arguments.rate, arguments.seconds, arguments.turns)
        else:
            await alone(kafka, arguments.transactions)


def main() -> int:
    """Run it from a command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.transactions", description=__doc__.partition("\n")[0])
    parser.add_argument("--transactions", type=int, default=300, help="of each kind and shape (default: 300)")
    parser.add_argument("--job", action="store_true", help="the whole job instead")
    parser.add_argument("--rate", type=float, default=200.0, help="articles a second (default: 200)")
    parser.add_argument("--seconds", type=float, default=20.0, help="a turn (default: 20)")
    parser.add_argument("--turns", type=int, default=2, help="of each kind (default: 2)")
    asyncio.run(_all(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
