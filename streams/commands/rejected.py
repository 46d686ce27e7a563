"""``headwater rejected``: find dead letters, look at them, send them through again."""

from __future__ import annotations

import heapq
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, Final, TypeVar

import click
from aiokafka.errors import KafkaError, ProducerFenced
from rich.console import Console
from rich.progress import Progress

from streams.commands.arguments import read_settings
from streams.commands.context import run_async
from streams.commands.printing import columns, folded, hung, shortened, wrapped
from streams.documents import REPLAY_HEADER, time_text
from streams.kafka.clients import opened
from streams.records import Reason
from streams.rejected.deadletters import (
    DeadLetters,
    NotThereError,
    Originals,
    Place,
    Query,
    ReplayMark,
    bytes_before_cut,
    marks,
    open_reader,
    origin_of,
    original_place,
    place_of,
    read_place,
    read_time,
)
from streams.rejected.letters import Letter, by_reason, plain, plain_bytes, readable
from streams.rejected.replay import Replay, plan_replay
from streams.settings import Settings
from streams.steps import ForeignRecordError, Record
from streams.topics import RAW

T = TypeVar("T")

_LISTED = 50


def _run(work: Coroutine[Any, Any, T], settings: Settings) -> T:
    try:
        return run_async(work, settings)
    except (NotThereError, ForeignRecordError) as error:
        raise click.ClickException(str(error)) from error


class _Id(click.ParamType):
    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        try:
            return value if isinstance(value, Place) else read_place(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Time(click.ParamType):
    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else read_time(value, time.time_ns() // 1_000_000)
        except ValueError as error:
            self.fail(str(error), param, ctx)


Command = TypeVar("Command", bound=Callable[..., None])

_FILTERS: Final = (
    click.option(
        "--reason",
        "reasons",
        multiple=True,
        type=click.Choice([reason.value for reason in Reason]),
        metavar="REASON",
        help=f"Rejected for this reason; may be given several times: {', '.join(Reason)}.",
    ),
    click.option(
        "--since", "since_ms", type=_Time(), help="Record time at or after this: RFC 3339, or 90s, 15m, 2h, 3d, 1w ago."
    ),
    click.option("--until", "until_ms", type=_Time(), help="Record time before this."),
    click.option(
        "--source",
        metavar="TEXT",
        help="TEXT is in the key or in a header of the producer's, case aside; or the record comes from there: "
        "news.raw/3 or news.raw/3/17.",
    ),
)


def _filters(command: Command) -> Command:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def _query(reasons: Sequence[str], ids: Sequence[Place] = (), **rest: Any) -> Query:
    return Query(places=frozenset(ids), reasons=frozenset(reasons), **rest)


@click.group(short_help="Look at what was rejected, and replay it.")
def rejected() -> None:
    """Look at what was rejected, and replay it: list, show, replay.

    A rejected record is kept in news.rejected, with its original bytes, key and headers. Its ID is its place
    there, partition/offset, like 2/1041.
    """


@rejected.command("list")
@_filters
@click.option("--limit", type=click.IntRange(1), metavar="N", help=f"The newest N. Default: {_LISTED}; with --json, all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per record.")
def list_(limit: int | None, as_json: bool, **filters: Any) -> None:
    """List rejected records, the newest last, and count them by reason.

    Newest is by record time, which is the producer's. With --json and no --limit, records come in reading order: partition by
    partition.

    "replayed" means sent into news.raw again; "came back" means replayed and rejected again.
    """
    settings = read_settings()
    _run(_list(settings, _query(**filters), limit if as_json else limit or _LISTED, as_json=as_json), settings)


async def _list(settings: Settings, query: Query, limit: int | None, *, as_json: bool) -> None:
    newest: list[tuple[int, Place, Letter]] = []
    counts: Counter[str] = Counter()
    replayed = 0
    async with opened(open_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        marked = await letters.replayed(reader, settings)
        async for record in letters.read(reader):
            letter = Letter.of(record, replayed=place_of(record) in marked)
            counts[letter.reason] += 1
            replayed += letter.replayed
            if limit is None:
                _write_line(letter.as_json())
                continue
            heapq.heappush(newest, (letter.timestamp_ms, letter.place, letter))
            if len(newest) > limit:
                heapq.heappop(newest)
    listed = [letter for _, _, letter in sorted(newest, key=lambda each: each[:2])]
    if as_json:
        for letter in listed:
            _write_line(letter.as_json())
        return
    for letter in listed:
        click.echo("\n".join(listed_lines(letter, columns())))
    said = (
        by_reason(counts)
        + " rejected"
        + (f", {replayed:,} of them replayed" if replayed else "")
        + (f"; the newest {len(listed):,} are shown" if counts.total() > len(listed) else "")
    )
    click.echo("\n".join(wrapped(said, columns())))


def listed_lines(letter: Letter, width: int) -> Iterator[str]:
    """A dead letter in four lines of at most ``width`` columns: its ID and reason, the problem, its origin, its beginning."""
    time_and_state = "   ".join(filter(None, (time_text(letter.timestamp_ms) or "no time", letter.state)))
    yield shortened(f"{letter.place!s:<8} {plain(letter.reason):<18} {time_and_state}", width)
    key = "no key" if letter.key is None else f"key {plain_bytes(letter.key)}"
    for line in (plain(letter.message), f"{plain(letter.origin)}, {key}", letter.beginning):
        yield shortened(f"         {line}", width)


def _write_line(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


@rejected.command(short_help="Show records, and why they were rejected.")
@click.argument("ids", nargs=-1, required=True, type=_Id(), metavar="ID...")
@click.option("--raw", is_flag=True, help="Write the exact original bytes of the one record, and nothing else.")
def show(ids: tuple[Place, ...], raw: bool) -> None:
    """Show why records were rejected, where they came from, and their original bytes.

    Text is shown as text, with control characters escaped; other bytes as a hexdump; at most 16 KiB.
    """
    if raw and len(set(ids)) > 1:
        raise click.UsageError("--raw writes the bytes of one record: name one ID")
    settings = read_settings()
    _run(_show(settings, _query((), ids), raw=raw), settings)


async def _show(settings: Settings, query: Query, *, raw: bool) -> None:
    blank = ""
    async with opened(open_reader(settings)) as reader:
        letters = await DeadLetters.at_present(reader, settings, query)
        sent = {} if raw else {mark.place: mark async for mark in marks(reader, settings) if mark.place in query.places}
        async for record in letters.read(reader):
            if raw:
                await _write_raw(record, settings)
            else:
                click.echo(blank + "\n".join(described_lines(record, sent.get(place_of(record)), columns())))
            blank = "\n"


async def _write_raw(letter: Record, settings: Settings) -> None:
    """Write the original bytes; if the letter holds the article as `prepare` left it, take them from news.raw."""
    record: Record | None = letter
    if original_place(letter):
        async with opened(open_reader(settings)) as reader:
            record = await (await Originals.at_present(reader, settings)).of(letter)
    if record is None:
        raise click.ClickException(f"the original bytes are gone from {origin_of(letter)}; without --raw what is left is shown")
    sys.stdout.buffer.write(record.value or b"")
    sys.stdout.buffer.flush()
    if whole := bytes_before_cut(letter):
        raise click.ClickException(f"only the beginning of {whole} bytes was kept; the whole is {origin_of(letter)}")


def described_lines(record: Record, mark: ReplayMark | None, width: int) -> Iterator[str]:
    """A dead letter in full, in lines of at most ``width`` columns: the facts, then the beginning of its bytes."""
    letter = Letter.of(record, replayed=mark is not None)
    size = "none" if letter.size is None else f"{letter.size:,}"
    if letter.size_before_cut is not None:
        size += f", the beginning of {letter.size_before_cut}: the whole is where it came from"
    if original_place(record):
        size += ", the article as `prepare` left it: the original bytes are where it came from (--raw writes them)"
    facts = [
        ("reason", letter.reason),
        ("message", letter.message),
        ("origin", letter.origin),
        ("stage", letter.stage),
        ("time", time_text(letter.timestamp_ms) or "none"),
        ("replayed", f"{time_text(mark.timestamp_ms)}, as {mark.sent_to}" if mark else "no"),
        *([("came back", f"it is a replay of {letter.replay_of}")] if letter.replay_of is not None else []),
        ("key", plain_bytes(letter.key)),
        *(("header", f"{name}: {plain_bytes(value)}") for name, value in letter.headers if name != REPLAY_HEADER),
        ("bytes", size),
    ]
    yield str(letter.place)
    for name, fact in facts:
        yield from hung(f"  {name:10} ", plain(fact), width)
    yield ""
    yield from folded(readable(record.value), width)


@rejected.command(short_help="Send records through the pipeline again.")
@click.argument("ids", nargs=-1, type=_Id(), metavar="[ID]...")
@_filters
@click.option(
    "--again", is_flag=True, help="Also what came back from a replay; and an ID that is named even when it was replayed."
)
@click.option("--dry-run", is_flag=True, help="Say what would be replayed; send nothing.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def replay(ids: tuple[Place, ...], again: bool, dry_run: bool, yes: bool, **filters: Any) -> None:
    """Send rejected records through the pipeline again: those with these IDs, or all, as far as the filters let them.

    Use it once the fault is fixed: a limit was raised, or a worker can now read what an older one could not. The original
    bytes, key, headers and time go into news.raw, into the partition they came from; a header headwater-replay-of holds the ID.
    The records stay in news.rejected until Kafka's retention removes them.

    Each is replayed once, so repeating the command does nothing: one transaction sends the record and remembers it, in the
    topic <app id>-rejected-replayed. That holds if a replay is killed (the same command continues where it was) and if two run
    at once (the later one shuts out the earlier one).

    A record that is good now becomes an article, or a duplicate if its headline is known. One that is still bad is rejected
    again, as a new record with a new ID: further replays skip it unless it is named, or --again is given. A record that was
    already replayed is sent a second time only if it is named and --again is given; if it had become an article, a duplicate
    comes out.

    Records keep their time. Headlines more than 7 days old may be forgotten, so that a repeat passes as new; and if news.raw
    keeps records by age (retention.ms), Kafka may delete such old ones before a worker has read them.
    """
    settings = read_settings()
    query = _query(ids=ids, **filters)
    letters, plan = _run(plan_replay(settings, query, again=again), settings)
    for what, count in plan.passed_over.items():
        click.echo(f"{count:,} passed over: {what.value}")
    due = plan.due.total()
    question = f"{by_reason(plan.due)} into {RAW}"
    if plan.old:
        click.echo(f"older than 7 days, so that repeats may not be recognised: {plan.old:,}", err=True)
    if dry_run or not due:
        click.echo(f"would replay {question}" if due else "nothing to replay")
        return
    if not yes:
        click.confirm(f"Replay {question}?", abort=True)
    sending = Replay(settings, letters, again=again)
    _run(_replay(sending, due), settings)
    refused = len(sending.refused)
    click.echo(f"{sending.accepted:,} accepted" + (f", {refused:,} refused" if refused else ""))
    for place, why in sending.refused.items():
        click.echo(f"{place} refused: {why}", err=True)
    sys.exit(1 if refused else 0)


async def _replay(sending: Replay, due: int) -> None:
    go_on = "run the same command again: what has been replayed is passed over"
    try:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("replaying", total=due)
            await sending.run(lambda count: progress.advance(bar, count))
    except ProducerFenced as error:
        raise click.ClickException(f"another replay shut this one out after {sending.accepted:,} records; {go_on}") from error
    except (KafkaError, OSError) as error:
        raise click.ClickException(f"{error} after {sending.accepted:,} records; {go_on}") from error
