"""``headwater tail``: what is in a topic, as it comes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import Any

import click
from aiokafka import AIOKafkaConsumer
from rich.console import Console

from streams.commands.arguments import read_settings
from streams.commands.context import partitions_of, run_async
from streams.commands.facts import Condition, check_template, formatted
from streams.commands.record_lines import record_line
from streams.commands.show import show
from streams.kafka.clients import connection, opened
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.settings import Settings
from streams.steps import Record


class _Where(click.ParamType):
    name = "CONDITION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Condition:
        try:
            return value if isinstance(value, Condition) else Condition.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Template(click.ParamType):
    name = "TEMPLATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return check_template(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("topic")
@click.option("--where", "conditions", multiple=True, type=_Where(), help="Only records that meet it; can be repeated.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N records.")
@click.option(
    "--format",
    "template",
    type=_Template(),
    metavar="TEMPLATE",
    help=r"Text per record: '{time} {language}\t{headlines.0.value}'.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per record: {topic, key, headers, value, timestamp}.")
@click.option("--new", is_flag=True, help="Only what comes from now on.")
@click.option("--once", is_flag=True, help="Stop at the end of the topic.")
def tail(topic: str, conditions: tuple[Condition, ...], template: str | None, as_json: bool, **options: Any) -> None:
    """Show what is in TOPIC from its beginning, and continue as more comes, until Ctrl-C.

    A CONDITION is NAME=VALUE, NAME!=VALUE or NAME~TEXT (contains it); case is ignored. A NAME, there and in a TEMPLATE, is a
    field of the document, with dots between levels (language, headlines.0.value), a header, with or without its ce_
    (languageconfidence), or one of topic, partition, offset, place, key, value, time, timestamp, reason.
    """
    if as_json and template is not None:
        raise click.UsageError("--json and --format exclude each other")
    settings = read_settings()
    write = partial(_write_json, topic) if as_json else _shower() if template is None else partial(_write_line, template)
    with contextlib.suppress(KeyboardInterrupt):
        run_async(_tail(settings, topic, partial(_wanted, conditions), write, **options), settings)


def _wanted(conditions: Sequence[Condition], record: Record) -> bool:
    return all(condition.holds(record) for condition in conditions)


async def _tail(
    settings: Settings,
    topic: str,
    wanted: Callable[[Record], bool],
    write: Callable[[Record], None],
    *,
    limit: int | None,
    **where: bool,
) -> None:
    left = limit
    async with contextlib.aclosing(_records(settings, topic, **where)) as records:
        async for record in records:
            if not wanted(record):
                continue
            write(record)
            left = None if left is None else left - 1
            if left == 0:
                return


async def _records(settings: Settings, topic: str, *, new: bool, once: bool) -> AsyncGenerator[Record, None]:
    partitions = await partitions_of(settings, topic)
    consumer = AIOKafkaConsumer(
        **connection(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="latest" if new else "earliest",  # looked up at assignment: another value might undo the seek
    )
    async with opened(consumer):
        consumer.assign(partitions)
        await (consumer.seek_to_end if new else consumer.seek_to_beginning)(*partitions)
        ends = await consumer.end_offsets(partitions)
        while True:
            for records in (await consumer.getmany(timeout_ms=LOOK_AGAIN_MS if once else 500, max_records=500)).values():
                for record in records:
                    yield record
            # The last offset may be a transaction marker, which is never delivered, so the position decides.
            if once and all([await consumer.position(tp) >= ends[tp] for tp in partitions]):
                return


def _write_json(topic: str, record: Record) -> None:
    _write(record_line(topic, record.key, record.value, record.headers, record.timestamp))


def _write_line(template: str, record: Record) -> None:
    _write(formatted(record, template).encode("utf-8", "replace"))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _shower() -> Callable[[Record], None]:
    console = Console(highlight=False, soft_wrap=True)
    return lambda record: console.print(show(record))
