"""A bare aiokafka loop: the least that Python can do between consuming and producing. At least once, state in a dict.

It has no table that survives it, no exactly-once, no re-keying (one process must own all partitions): a floor, not an offer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from os import environ

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from agents import pipeline_steps
from bench.peers.dedup import is_first, seen_at
from bench.peers.names import BROKERS, JOB, RUN, Job, events, firsts, outcomes, raw
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.steps import Output
from streams.topics import OUTCOMES, RAW

run, brokers, job = environ[RUN], environ[BROKERS], Job(environ[JOB])


def whole() -> Callable[[ConsumerRecord], Iterable[Output]]:
    """Headwater's own steps, in memory."""
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    target: dict[str, str] = dict(zip(OUTCOMES, outcomes(run), strict=True))

    def outputs(record: ConsumerRecord) -> Iterable[Output]:
        for each in pipeline.publish(RAW, record.key, record.value, record.headers, record.timestamp):
            if each.topic in target:
                yield Output(target[each.topic], each.key, each.value, each.headers, each.timestamp_ms)

    return outputs


def dedup() -> Callable[[ConsumerRecord], Iterable[Output]]:
    """The dedup-only job with a dict."""
    seen: dict[bytes, bytes] = {}
    target = firsts(run)

    def outputs(record: ConsumerRecord) -> Iterable[Output]:
        if is_first(record.value, record.timestamp, seen.get(record.key)):
            seen[record.key] = seen_at(record.timestamp)
            yield Output(target, record.key, record.value, (), record.timestamp)

    return outputs


async def main() -> None:
    """Consume, enrich, produce, commit."""
    source, decide = (events(run), dedup()) if job is Job.DEDUP else (raw(run), whole())
    consumer = AIOKafkaConsumer(
        source,
        bootstrap_servers=brokers,
        group_id=run,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=60_000,
    )
    producer = AIOKafkaProducer(bootstrap_servers=brokers, compression_type="zstd", max_batch_size=256 << 10)
    async with consumer, producer:
        while True:
            for records in (await consumer.getmany(timeout_ms=1000, max_records=500)).values():
                deliveries = [
                    await producer.send(
                        each.topic, each.value, each.key, timestamp_ms=each.timestamp_ms, headers=list(each.headers)
                    )
                    for record in records
                    for each in decide(record)
                ]
                await asyncio.gather(*deliveries)
                await consumer.commit()


if __name__ == "__main__":
    asyncio.run(main())
