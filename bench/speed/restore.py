"""How fast a lost table is restored, and its size: Headwater's tables beside Faust's, on the same headlines.

    .venv/bin/python -m bench.speed.restore --headlines 1000000 --faust 100000

Writes that many owners of headlines to a changelog of four partitions on an embedded Kafka, restores them from scratch with
the worker's code, all partitions in parallel in one process, and then lets a plain Faust table recover from its own changelog
(with fewer of them, as it takes long). Prints records per second, their ratio, bytes per headline on disk, resident memory.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from infra.kafka import EmbeddedKafka
from streams.kafka.clients import connection, opened
from streams.kafka.tables import TableCopies
from streams.settings import Settings
from streams.text.duplicates import SKETCH_SIZE, BodyPrint, Sighting, pack_owners

PARTITIONS = 4
OURS, FAUSTS = "bench-changelog", "bench-faust-seen-changelog"
FAUST_LIMIT_S = 300.0


def owners(count: int) -> Iterable[tuple[bytes, bytes]]:
    """Headline fingerprints and their owners, as the table stores them."""
    chance = random.Random(1)
    for number in range(count):
        body = BodyPrint(chance.getrandbits(32), tuple(sorted(chance.getrandbits(32) for _ in range(SKETCH_SIZE))))
        owner = Sighting(number, 1_790_000_000_000 + number, chance.randbytes(16).hex(), chance.getrandbits(32), body)
        yield chance.randbytes(16), pack_owners([owner])


async def write(settings: Settings, topic: str, count: int) -> None:
    """Create the changelog and fill it."""
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1, topic_configs={"cleanup.policy": "compact"})])
    producer = AIOKafkaProducer(**connection(settings), max_batch_size=256 << 10, compression_type="zstd", linger_ms=20)
    async with opened(producer):
        for number, (key, value) in enumerate(owners(count)):
            await producer.send(topic, value, key, partition=number % PARTITIONS)
        await producer.flush()


async def restore(settings: Settings, folder: Path) -> tuple[int, float]:
    """Restore every partition in parallel; returns the records read and the seconds taken."""
    copies = TableCopies(folder, settings.remember_s)

    async def one(partition: int) -> int:
        changelog = TopicPartition(OURS, partition)
        table = await copies.open(partition)
        reader = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed")
        reader.assign([changelog])
        async with opened(reader):
            read = await table.restore(changelog, reader)
        table.close()
        return read

    began = time.perf_counter()
    read = sum(await asyncio.gather(*map(one, range(PARTITIONS))))
    return read, time.perf_counter() - began


async def recover_with_faust(settings: Settings, folder: Path) -> float:
    """The seconds from the group's assignment until Faust reports its table as recovered."""
    app = faust.App(
        "bench-faust", broker=f"kafka://{settings.brokers[0]}", store="rocksdb://", datadir=folder, topic_partitions=PARTITIONS,
        web_enabled=False, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
    )  # fmt: skip
    source = app.topic("bench-faust-source", partitions=PARTITIONS, value_type=bytes)
    table = app.Table("seen", key_type=bytes, value_type=bytes, partitions=PARTITIONS, options={"driver": "rocksdict"})
    assert table.changelog_topic_name == FAUSTS

    async def agent(stream: faust.Stream) -> None:
        async for _ in stream:
            pass

    app.agent(source)(agent)
    assigned_at: list[float] = []

    async def on_assigned(*_: object, **__: object) -> None:
        assigned_at.append(time.perf_counter())

    app.on_partitions_assigned.connect(on_assigned)
    await app.start()
    deadline = time.perf_counter() + FAUST_LIMIT_S
    while not (assigned_at and app.tables.recovery.completed.is_set()) and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - assigned_at[0]
    await app.stop()
    return seconds


async def measure(headlines: int, faust_headlines: int) -> None:
    """Do it all and print it."""
    folder = Path(tempfile.mkdtemp(prefix="headwater-bench-"))
    kafka = EmbeddedKafka(folder / "kafka")
    kafka.start()
    try:
        settings = Settings(brokers=(kafka.brokers,))
        await write(settings, OURS, headlines)
        read, seconds = await restore(settings, folder / "tables")
        ours = read / seconds
        print(f"Headwater: {read} records in {seconds:.1f} s, {ours:,.0f} a second")
        again, seconds_again = await restore(settings, folder / "tables")
        print(f"           again with the copy kept: {again} records in {seconds_again:.1f} s")
        size = sum(path.stat().st_size for path in (folder / "tables").rglob("*.sst"))
        print(f"           {size / headlines:.0f} bytes a headline on disk")
        print(f"           {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most")
        if faust_headlines:
            await write(settings, FAUSTS, faust_headlines)
            seconds = await recover_with_faust(settings, folder / "faust")
            theirs = faust_headlines / seconds
            print(f"Faust:     {faust_headlines} records in {seconds:.1f} s, {theirs:,.0f} a second")
            print(f"ratio      {ours / theirs:.1f}")
    finally:
        kafka.stop()
        shutil.rmtree(folder)


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--headlines", type=int, default=1_000_000)
    parser.add_argument("--faust", type=int, default=100_000, help="how many Faust is given; 0 leaves it out")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.headlines, arguments.faust))
    return 0


if __name__ == "__main__":
    sys.exit(main())
