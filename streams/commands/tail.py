"""``headwater tail``: what is in a topic, as it comes."""

from __future__ import annotations

import contextlib
import sys

import click
from aiokafka import AIOKafkaConsumer
from rich.console import Console

from streams.commands.context import partitions_of, read_settings, run_async
from streams.commands.lines import record_line
from streams.commands.show import show
from streams.kafka.clients import connection, opened
from streams.settings import Settings


@click.command()
@click.argument("topic")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a record: {topic, key, headers, value, timestamp}.")
@click.option("--new", is_flag=True, help="Only what comes from now on.")
@click.option("--once", is_flag=True, help="Stop at the end of the topic.")
def tail(topic: str, as_json: bool, new: bool, once: bool) -> None:
    """Show what is in TOPIC, from its beginning, and go on as more comes, until Ctrl-C."""
    settings = read_settings()
    with contextlib.suppress(KeyboardInterrupt):
        run_async(_tail(settings, topic, as_json=as_json, new=new, once=once), settings)


async def _tail(settings: Settings, topic: str, *, as_json: bool, new: bool, once: bool) -> None:
    partitions = await partitions_of(settings, topic)
    consumer = AIOKafkaConsumer(**connection(settings), isolation_level="read_committed", enable_auto_commit=False)
    async with opened(consumer):
        consumer.assign(partitions)
        if new:
            await consumer.seek_to_end(*partitions)
        else:
            await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        console = Console(highlight=False, soft_wrap=True)
        while True:
            for records in (await consumer.getmany(timeout_ms=500, max_records=500)).values():
                for record in records:
                    if as_json:
                        line = record_line(topic, record.key, record.value, record.headers, record.timestamp)
                        sys.stdout.buffer.write(line + b"\n")
                        sys.stdout.buffer.flush()
                    else:
                        console.print(show(record))
            # The last offset may hold a transaction's marker, which is never delivered: what counts is the position.
            if once and all([await consumer.position(tp) >= ends[tp] for tp in partitions]):
                return
