"""``headwater status``: who works on what, how much waits, how fast it goes, what went wrong last."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import click
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from agents import pipeline_steps
from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.commands.printing import columns, counted, shortened, table_lines, wrapped
from streams.console.health import Health, Watched
from streams.documents import time_text
from streams.kafka.aiokafka_types import client_of
from streams.kafka.clients import opened
from streams.kafka.transactions import spoken_version
from streams.rejected.deadletters import NotThereError, last_letters, open_reader
from streams.rejected.letters import Letter, plain
from streams.settings import Settings
from streams.steps import Step

_BETWEEN_LOOKS_S: Final = 2.0
_ERRORS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class StepStatus:
    """A step over all of its partitions: rates in records a second, the time to drain in seconds (None: it grows)."""

    step: str
    topic: str
    partitions: int
    at_work: int
    lag: int
    comes_per_s: float
    done_per_s: float
    drain_s: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """The current state of the stream: everything that ``headwater status`` shows.

    ``transactions`` is the version of Kafka's transactions for a worker that starts now: 2 or 0.
    """

    group: str
    brokers: tuple[str, ...]
    processes: int
    machines: int
    transactions: int
    steps: tuple[StepStatus, ...]
    troubled: tuple[str, ...]
    workers: tuple[str, ...]
    errors: tuple[str, ...]
    topics: tuple[str, ...] = ()
    """Settings of topics that are not as `topics create` would have them."""


@click.command()
@click.option("--watch", is_flag=True, help="Look again every 2 seconds, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per look.")
def status(watch: bool, as_json: bool) -> None:
    """Show the state of the stream: members, partitions, lag, rates, time to drain, last errors.

    Kafka is asked, in no group, so nothing is disturbed. The workers' own reports are included if HEADWATER_CONSOLE_WORKERS or,
    on this machine, HEADWATER_WEB_PORT names them. Status 1 if nobody works on some partition.
    """
    settings = read_settings()
    settings = replace(settings, console_workers=settings.console_workers or _own_worker(settings))
    away = False
    with contextlib.suppress(KeyboardInterrupt):
        away = run_async(_show(settings, watch=watch, as_json=as_json), settings)
    raise SystemExit(1 if away and not watch else 0)


def _own_worker(settings: Settings) -> tuple[str, ...]:
    return (f"http://127.0.0.1:{settings.web_port}",) if settings.web_port else ()


async def _show(settings: Settings, *, watch: bool, as_json: bool) -> bool:
    """Print one status, or one after another; True if the last one had a partition without a worker."""
    away = False
    # Closed here: what the loop's end closes outlives the loop, and says so.
    async with contextlib.aclosing(_looks(settings)) as looks:
        async for seen in looks:
            if watch and not as_json:
                click.clear()
            click.echo(json.dumps(asdict(seen), ensure_ascii=False) if as_json else "\n".join(told(seen, columns())))
            away = any(each.at_work < each.partitions for each in seen.steps)
            if not watch:
                break
    return away


async def _looks(settings: Settings) -> AsyncGenerator[Status, None]:
    """A status every two seconds; waits for a Kafka that goes away after the first."""
    steps = pipeline_steps(settings)
    seen_once = False
    while True:
        health = Health(settings, steps)
        try:
            async with health.connected(), opened(open_reader(settings)) as reader:
                if not health.partitions:
                    raise click.ClickException("there are no topics: make them with `headwater topics create`")
                await health.look()
                while True:
                    await asyncio.sleep(_BETWEEN_LOOKS_S)
                    await health.look()
                    transactions = await spoken_version(client_of(reader), settings.transactions)
                    seen = status_of(settings, steps, health, transactions, await _last_letters(reader, settings))
                    yield replace(seen, topics=tuple(map(str, await health.misset_topics())))
                    seen_once = True
        except (KafkaError, OSError) as error:
            if not seen_once:
                raise
            click.echo(f"Kafka does not answer: {error}")
            await asyncio.sleep(_BETWEEN_LOOKS_S)


async def _last_letters(reader: AIOKafkaConsumer, settings: Settings) -> list[Letter]:
    try:
        return [Letter.of(record, replayed=False) for record in await last_letters(reader, settings, _ERRORS_SHOWN)]
    except NotThereError:
        return []


def status_of(
    settings: Settings, steps: Sequence[Step], health: Health, transactions: int, letters: Sequence[Letter]
) -> Status:
    """Combine what was seen."""
    told = health.told()
    return Status(
        group=settings.app_id,
        brokers=settings.brokers,
        processes=told["processes"],
        machines=told["machines"],
        transactions=transactions,
        steps=tuple(step_status(step.name, [each for each in health.partitions if each.step == step.name]) for step in steps),
        troubled=tuple(troubled(health.partitions)),
        workers=tuple(worker_told(each) for each in told["ready"]),
        errors=tuple(f"{time_text(each.timestamp_ms)} {each.reason}, {each.place}: {plain(each.message)}" for each in letters),
    )


def step_status(name: str, watched: Sequence[Watched]) -> StepStatus:
    """A step's partitions, added up."""
    drains = [each.drain_s for each in watched if each.lag]
    return StepStatus(
        step=name,
        topic=str(watched[0].tp.topic) if watched else "",
        partitions=len(watched),
        at_work=sum(each.state in {"ready", "behind"} for each in watched),
        lag=sum(each.lag for each in watched),
        comes_per_s=round(sum(_pace(each, "end") for each in watched), 1),
        done_per_s=round(sum(_pace(each, "next_offset") for each in watched), 1),
        drain_s=None if None in drains else round(max((each for each in drains if each is not None), default=0.0), 1),
    )


def _pace(watched: Watched, counter: str) -> float:
    """Offsets a second between the first and the last look."""
    if len(watched.looks) < 2:
        return 0.0
    first, last = watched.looks[0], watched.looks[-1]
    return max(0.0, float(getattr(last, counter) - getattr(first, counter)) / (last.at_s - first.at_s))


def troubled(watched: Sequence[Watched]) -> Iterator[str]:
    """The partitions that are not working, and what they wait for."""
    for each in watched:
        if each.state not in {"ready", "behind"}:
            why = each.waiting_for or ("no worker has it" if each.member is None else "being taken over")
            yield f"{each.step} {each.tp.topic}/{each.tp.partition}: {each.state}, {why}; lag {each.lag:,}"


def worker_told(answer: dict[str, Any]) -> str:
    """A worker's own report, in one line."""
    state = "ready" if answer["ready"] else "not ready"
    return f"{answer['address']}: {state}{'; ' if answer['waiting_for'] else ''}{'; '.join(map(plain, answer['waiting_for']))}"


def told(seen: Status, width: int) -> Iterator[str]:
    """A status in lines of at most ``width`` columns."""
    now = time.strftime("%H:%M:%S")
    members = f"{counted(seen.processes, 'worker process')} on {counted(seen.machines, 'machine')}"
    yield from wrapped(
        f"{seen.group} on {','.join(seen.brokers)} at {now}: {members}; transactions v{seen.transactions}", width
    )
    heads = ("step", "reads", "at work", "lag", "come/s", "done/s", "drained in")
    table = [
        (
            each.step,
            each.topic,
            f"{each.at_work} of {each.partitions}",
            f"{each.lag:,}",
            f"{each.comes_per_s:,.1f}",
            f"{each.done_per_s:,.1f}",
            duration(each.drain_s),
        )
        for each in seen.steps
    ]
    yield from table_lines((heads, *table), width)
    for title, lines in (("not at work", seen.troubled), ("workers", seen.workers), ("last rejected", seen.errors)):
        if lines:
            yield f"{title}:"
            yield from (shortened(f"  {line}", width) for line in lines)
    if seen.topics:
        yield "topics that are kept otherwise than they should be:"
        for line in seen.topics:
            yield from wrapped(f"  {line}", width)


def duration(seconds: float | None) -> str:
    """A duration for people: "now", "40 s", "12 min", "3 h"; "never" if more arrives than is processed."""
    if seconds is None:
        return "never"
    for unit, length_s in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "now"
