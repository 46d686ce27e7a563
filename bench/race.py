"""One run of one contestant: started, warmed up, held while its input is published, let go, and measured.

All start from the same line: while a contestant is held (SIGSTOP) its whole input is written, so that no one waits for the
publisher and nobody's batches depend on it. The clock runs from when it is let go until the last outcome has been seen by a
read_committed reader; its processor time (all threads) from the same moment until it has settled, so that commits it puts
off count as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench import names
from bench.articles import BODY_BYTES, dedup_events, mixed_articles
from bench.contestants import Contestant
from bench.environments import ROOT
from bench.ground import Ground, Input
from bench.machine import cpu_seconds, peak_resident_bytes
from bench.names import Job
from streams.settings import Settings
from streams.topics import OUTCOMES, PREPARED, RAW, create_topics, topic_specs

_OURS = {RAW, PREPARED, *OUTCOMES}
_WARM_SEED, _SEED = 2, 1
_START_LIMIT_S, _OUTCOME_LIMIT_S, _STOP_LIMIT_S = 180.0, 120.0, 10.0


class ContestantFailedError(RuntimeError):
    """A contestant ended, or stood still; the message ends with its log."""


@dataclass(frozen=True)
class Load:
    """What is published: the same for every contestant of a round."""

    job: Job
    warm: tuple[Input, ...]
    main: tuple[Input, ...]
    warm_outcomes: int
    outcomes: int


@dataclass(frozen=True)
class Result:
    """One run. Processor times are of this run's articles alone, in microseconds for each."""

    articles: int
    per_second: float
    cpu_us: float
    broker_cpu_us: float | None
    start_s: float
    resident_bytes: int
    firsts: int
    surplus: int

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self)


def make_load(job: Job, articles: int, body_bytes: int = BODY_BYTES) -> Load:
    """Input from made-up articles; a tenth as many (200 at least) to warm up on."""
    warm = _inputs(job, max(200, articles // 10), _WARM_SEED, body_bytes)
    main = _inputs(job, articles, _SEED, body_bytes)
    if job is Job.DEDUP:  # repeats come to nothing there
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
    """A contestant that runs."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        self.began = time.monotonic()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, env=os.environ | environment, cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        self.pid = self._process.pid

    def alive(self) -> None:
        """Raises ContestantFailedError when it is not."""
        if self._process.poll() is not None:
            raise self.failure(f"it ended with status {self._process.returncode}")

    def failure(self, problem: str) -> ContestantFailedError:
        """What went wrong, and the last it said."""
        lines = self._log.read_text("utf-8", "replace").splitlines()[-15:]
        return ContestantFailedError("\n  ".join([problem, *lines]))

    @contextlib.contextmanager
    def held(self) -> Any:
        """Stopped for a while, and let go again."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it in order, or else by force."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.asynccontextmanager
async def running(ground: Ground, contestant: Contestant, job: Job, run: str, partitions: int) -> AsyncIterator[Process]:
    """A contestant on topics of its own, which are removed afterwards.

    Raises:
        ContestantFailedError: the Kafka has Headwater's topics already: somebody's articles, which are not ours to delete.
    """
    command = contestant.command(job)
    settings = replace(
        ground.settings, app_id=run, state_dir=ground.folder / run, partitions=partitions, session_timeout_s=60, web_port=0
    )
    used_by_others = contestant.headwater and await ground.topics() & _OURS
    if used_by_others:
        raise ContestantFailedError(f"this Kafka has {', '.join(sorted(used_by_others))} already: it is in use")
    topics = {contestant.source(job, run), *contestant.targets(job, run)}
    if contestant.headwater:
        changelog = f"{run}-seen-changelog"
        await create_topics(settings, topic_specs(settings))
        topics = topics - _OURS | ({changelog} if job is Job.DEDUP else set())
    elif contestant.name == "faust":
        topics |= {f"{run}-articles"}
    await ground.make_topics(topics, partitions)
    (settings.state_dir / "peer").mkdir(parents=True)
    process = Process(command, _environment(settings, contestant, job, run), ground.folder / f"{run}.log")
    try:
        yield process
    finally:
        await asyncio.to_thread(process.stop)
        await ground.remove_topics(lambda name: run in name or (contestant.headwater and name in _OURS))


def _environment(settings: Settings, contestant: Contestant, job: Job, run: str) -> dict[str, str]:
    return settings.as_environment() | {
        names.BROKERS: ",".join(settings.brokers),
        names.RUN: run,
        names.STATE: str(settings.state_dir / "peer"),
        names.JOB: job,
        names.GUARANTEE: contestant.guarantee,
        "BENCH_PARTITIONS": str(settings.partitions),
        "PYTHONPATH": str(ROOT),
    }


async def race(ground: Ground, contestant: Contestant, load: Load, run: str, partitions: int) -> Result:
    """Run a contestant over a load, once.

    Raises:
        ContestantFailedError: it ended, or stood still.
        EnvironmentUnavailableError: it can't be had here.
    """
    now_ms = int(time.time() * 1000)
    source, targets = contestant.source(load.job, run), contestant.targets(load.job, run)
    async with running(ground, contestant, load.job, run, partitions) as process, ground.reader(targets, partitions) as reader:
        try:
            await ground.publish(source, load.warm, now_ms)
            await reader.until(1, _START_LIMIT_S, process.alive)
            start_s = reader.last_at - process.began
            await reader.until(load.warm_outcomes, _OUTCOME_LIMIT_S, process.alive)
            await asyncio.sleep(contestant.settles_s)
            warm_firsts = reader.counts[targets[0]]
            with process.held():
                await ground.publish(source, load.main, now_ms + len(load.warm))
                cpu_s, broker_cpu_s = cpu_seconds(process.pid), ground.broker_cpu_seconds()
                began = time.monotonic()
            await reader.until(load.warm_outcomes + load.outcomes, _OUTCOME_LIMIT_S, process.alive)
            wall_s = reader.last_at - began
            while await reader.some(0.5 + contestant.settles_s):
                pass
            process.alive()
        except TimeoutError as error:
            raise process.failure(str(error)) from error
        count = len(load.main)
        broker_us = (ground.broker_cpu_seconds() - broker_cpu_s) / count * 1e6 if ground.broker_pid else None
        return Result(
            articles=count,
            per_second=count / wall_s,
            cpu_us=(cpu_seconds(process.pid) - cpu_s) / count * 1e6,
            broker_cpu_us=broker_us,
            start_s=start_s,
            resident_bytes=peak_resident_bytes(process.pid),
            firsts=reader.counts[targets[0]] - warm_firsts,
            surplus=reader.counts.total() - load.warm_outcomes - load.outcomes,
        )
