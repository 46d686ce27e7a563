"""One run of one contestant: started, warmed up, stopped while its input is published, resumed, and measured.

All start equal: a contestant is stopped (SIGSTOP) while its whole input is written, so that none waits for the publisher and
batches do not depend on it. The clock runs from its resumption until a read_committed reader has seen the last outcome;
processor time (all threads of all its processes; the broker's; the reader's) from the same moment until it has settled, so
that deferred commits count as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from agents import pipeline_steps
from bench.peers import names
from bench.peers.names import Job
from bench.speed.articles import BODY_BYTES, dedup_events, mixed_articles
from bench.speed.contestants import Contestant
from bench.speed.environments import ROOT
from bench.speed.ground import Ground, Input, OutcomeReader
from bench.speed.machine import cpu_seconds, family, peak_resident_bytes
from infra.ports import claim_port
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.topics import OUTCOMES, PREPARED, RAW, SIGNATURES, STORIES, topics_of

Prepare = Callable[[Settings], Awaitable[None]]
"""Something to do on a contestant's topics before it starts."""

_OURS = {RAW, PREPARED, SIGNATURES, STORIES, *OUTCOMES}
_WARM_SEED, _SEED = 2, 1
_START_LIMIT_S, _OUTCOME_LIMIT_S, _REST_LIMIT_S, _STOP_LIMIT_S = 180.0, 120.0, 120.0, 25.0
_REST_CPU_S = 0.15  # per second; Kafka Streams takes as much when idle


class ContestantFailedError(RuntimeError):
    """A contestant ended or made no progress; the message ends with its log."""


@dataclass(frozen=True)
class Load:
    """What is published: the same for every contestant of a round."""

    job: Job
    warm: tuple[Input, ...]
    main: tuple[Input, ...]
    warm_outcomes: int
    outcomes: int


@dataclass(frozen=True)
class Heat:
    """The plan of one run; ``run`` names its topics and its group. ``prepare`` runs before the contestant starts."""

    contestant: Contestant
    load: Load
    run: str
    partitions: int = 4
    prepare: Prepare | None = None

    @property
    def source(self) -> str:
        """The topic that is read."""
        return self.contestant.source(self.load.job, self.run)

    @property
    def targets(self) -> tuple[str, ...]:
        """The topics of the outcomes; firsts, or enriched articles, come first."""
        return self.contestant.targets(self.load.job, self.run)


@dataclass(frozen=True)
class Result:
    """One run. Processor times are only for this run's articles, in microseconds each."""

    articles: int
    per_second: float
    cpu_us: float
    decide_cpu_us: float | None
    """The part of it that the worker's own clock measured around the pure functions; None if it does not report it."""
    broker_cpu_us: float | None
    reader_cpu_us: float
    start_s: float
    """From the start of its process until its first outcome was seen."""
    resident_bytes: int
    """The peak of its largest process."""
    firsts: int
    surplus: int
    state_bytes: int
    """In its state folder at the end."""
    raw_bytes: int
    """Published in total, including the warm-up, without keys and headers."""
    stored_bytes: dict[str, int] | None
    """Bytes added on the broker's disk, by topic; ``-changelog`` and the like without the run's name in front."""

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self)


def make_load(job: Job, articles: int, body_bytes: int = BODY_BYTES) -> Load:
    """Input from made-up articles; a tenth as many (200 at least) to warm up on."""
    warm = _inputs(job, max(200, articles // 10), _WARM_SEED, body_bytes)
    main = _inputs(job, articles, _SEED, body_bytes)
    if job is Job.DEDUP:  # repeats have no outcome there
        return Load(job, warm, main, len({each.key for each in warm}), len({each.key for each in main}))
    return Load(job, warm, main, len(warm), len(main))


def _inputs(job: Job, count: int, seed: int, body_bytes: int) -> tuple[Input, ...]:
    if job is Job.DEDUP:
        return tuple(Input(event.value, event.key) for event in dedup_events(count, seed))
    return tuple(
        Input(article.value, b"%d" % number, (("content-type", article.content_type.encode()),))
        for number, article in enumerate(mixed_articles(count, seed, body_bytes))
    )


class Process:
    """A running contestant."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path, pages: str | None) -> None:
        """``pages`` is where /ready answers 200 when it is at work, all of it, and /metrics counts; None where they don't."""
        self._log = log
        self._pages = pages
        self.began = time.monotonic()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, env=os.environ | environment, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        self.pid = self._process.pid

    def alive(self) -> None:
        """Raises ContestantFailedError if it is not running."""
        if self._process.poll() is not None:
            raise self.failure(f"it ended with status {self._process.returncode}")

    def failure(self, problem: str) -> ContestantFailedError:
        """What went wrong, and the end of its log."""
        lines = self._log.read_text("utf-8", "replace").splitlines()[-15:]
        return ContestantFailedError("\n  ".join([problem, *lines]))

    async def ready(self) -> None:
        """Wait until all of its processes are at work.

        Raises:
            TimeoutError: they are not within three minutes after its start.
        """
        if self._pages is None:
            return
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self._pages}/ready") as response:
                        if response.status == HTTPStatus.OK:
                            return
                self.alive()
                if time.monotonic() - self.began > _START_LIMIT_S:
                    raise TimeoutError(f"it is not at work after {_START_LIMIT_S:.0f} s")
                await asyncio.sleep(0.2)

    async def decide_cpu_s(self) -> float | None:
        """Processor time it has spent on deciding, according to itself."""
        if self._pages is None:
            return None
        async with aiohttp.ClientSession() as session, session.get(f"{self._pages}/metrics") as response:
            return sum(
                map(float, re.findall(r"^headwater_decide_cpu_seconds_total.* (\S+)$", await response.text(), re.MULTILINE))
            )

    async def settle(self, least_s: float) -> None:
        """Wait for ``least_s``, and until it is idle: a restored table is compacted for a while. At most two minutes."""
        await asyncio.sleep(least_s)
        deadline = time.monotonic() + _REST_LIMIT_S
        before_s = -1.0
        while (now_s := cpu_seconds(self.pid)) - before_s > _REST_CPU_S and time.monotonic() < deadline:
            before_s = now_s
            await asyncio.sleep(1)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Stop it within this context."""
        everyone = family(self.pid)
        for each in everyone:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in everyone:
                os.kill(each, signal.SIGCONT)

    def stop(self) -> None:
        """End it in good order, otherwise by force."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            for each in family(self.pid):
                os.kill(each, signal.SIGKILL)
            self._process.wait()


@contextlib.asynccontextmanager
async def running(ground: Ground, heat: Heat) -> AsyncIterator[Process]:
    """A contestant on topics of its own, which are removed afterwards.

    Raises:
        ContestantFailedError: the Kafka already has Headwater's topics, with articles that are not ours to delete.
    """
    contestant, job, run = heat.contestant, heat.load.job, heat.run
    command = contestant.command(job)
    web_port = claim_port() if contestant.headwater and job is Job.WHOLE else 0
    settings = replace(
        ground.settings, app_id=run, state_dir=ground.folder / run, partitions=heat.partitions, session_timeout_s=60,
        web_host="127.0.0.1", web_port=web_port,
    )  # fmt: skip
    used_by_others = contestant.headwater and await ground.topics() & _OURS
    if used_by_others:
        raise ContestantFailedError(f"this Kafka has {', '.join(sorted(used_by_others))} already: it is in use")
    topics = {heat.source, *heat.targets}
    if contestant.headwater:
        changelog = f"{run}-seen-changelog"
        await create_topics(settings, topics_of(pipeline_steps(settings), settings))
        topics = topics - _OURS | ({changelog} if job is Job.DEDUP else set())
    elif contestant.name == "faust":
        topics |= {f"{run}-articles"}
    await ground.make_topics(topics, heat.partitions)
    (settings.state_dir / "peer").mkdir(parents=True)
    try:
        if heat.prepare is not None:
            await heat.prepare(settings)
        pages = f"http://127.0.0.1:{web_port}" if web_port else None
        process = Process(command, _environment(settings, heat), ground.folder / f"{run}.log", pages)
        try:
            yield process
        finally:
            await asyncio.to_thread(process.stop)
    finally:
        await ground.remove_topics(lambda name: run in name or (contestant.headwater and name in _OURS))
        await asyncio.to_thread(shutil.rmtree, settings.state_dir, ignore_errors=True)


def _environment(settings: Settings, heat: Heat) -> dict[str, str]:
    return settings.as_environment() | {
        names.BROKERS: ",".join(settings.brokers),
        names.RUN: heat.run,
        names.STATE: str(settings.state_dir / "peer"),
        names.JOB: heat.load.job,
        names.GUARANTEE: heat.contestant.guarantee,
        names.PARTITIONS: str(settings.partitions),
        "PYTHONPATH": str(ROOT),
    }


async def warm_up(ground: Ground, heat: Heat, process: Process, reader: OutcomeReader, first_ms: int) -> float:
    """Let a contestant process the load's warm-up articles, half of them when all its processes are at work.

    Returns the seconds from its start until its first outcome.

    Raises:
        ContestantFailedError: it ended.
        TimeoutError: it made no progress.
    """
    load, half = heat.load, len(heat.load.warm) // 2
    await ground.publish(heat.source, load.warm[:half], first_ms)
    await reader.until(1, _START_LIMIT_S, process.alive)
    start_s = reader.last_at - process.began
    await process.ready()
    await ground.publish(heat.source, load.warm[half:], first_ms + half)
    await reader.until(load.warm_outcomes, _OUTCOME_LIMIT_S, process.alive)
    await process.settle(heat.contestant.settles_s)
    return start_s


async def race(ground: Ground, heat: Heat) -> Result:
    """Run a contestant over a load, once.

    Raises:
        ContestantFailedError: it ended or made no progress.
        EnvironmentUnavailableError: it can't be had here.
    """
    now_ms = int(time.time() * 1000)
    load, stored_before = heat.load, ground.stored_bytes()
    async with running(ground, heat) as process, ground.reader(heat.targets, heat.partitions) as reader:
        try:
            start_s = await warm_up(ground, heat, process, reader, now_ms)
            decided_s = await process.decide_cpu_s()
            warm_firsts = reader.counts[heat.targets[0]]
            with process.held():
                await ground.publish(heat.source, load.main, now_ms + len(load.warm))
                cpu_s, broker_cpu_s, reader_cpu_s = cpu_seconds(process.pid), ground.broker_cpu_seconds(), time.process_time()
                began = time.monotonic()
            await reader.until(load.warm_outcomes + load.outcomes, _OUTCOME_LIMIT_S, process.alive)
            wall_s = reader.last_at - began
            while await reader.some(0.5 + heat.contestant.settles_s):
                pass
            process.alive()
            deciding_s = None if decided_s is None else (await process.decide_cpu_s() or 0.0) - decided_s
        except TimeoutError as error:
            raise process.failure(str(error)) from error
        count = len(load.main)
        broker_us = (ground.broker_cpu_seconds() - broker_cpu_s) / count * 1e6 if ground.broker_pid else None
        return Result(
            articles=count,
            per_second=count / wall_s,
            cpu_us=(cpu_seconds(process.pid) - cpu_s) / count * 1e6,
            decide_cpu_us=None if deciding_s is None else deciding_s / count * 1e6,
            broker_cpu_us=broker_us,
            reader_cpu_us=(time.process_time() - reader_cpu_s) / count * 1e6,
            start_s=start_s,
            resident_bytes=peak_resident_bytes(process.pid),
            firsts=reader.counts[heat.targets[0]] - warm_firsts,
            surplus=reader.counts.total() - load.warm_outcomes - load.outcomes,
            state_bytes=sum(map(_size, (ground.folder / heat.run).rglob("*"))),
            raw_bytes=sum(len(each.value) for each in (*load.warm, *load.main)),
            stored_bytes=_grown(stored_before, ground.stored_bytes(), heat.run),
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # RocksDB has just removed it
        return 0


def _grown(before: dict[str, int] | None, after: dict[str, int] | None, run: str) -> dict[str, int] | None:
    if before is None or after is None:
        return None
    # Kafka's own topics existed before; ours are new, even if others had the same names.
    grown = {
        topic.removeprefix(f"{run}-"): size - (before.get(topic, 0) if topic.startswith("__") else 0)
        for topic, size in after.items()
    }
    return {topic: size for topic, size in sorted(grown.items()) if size > 0}
