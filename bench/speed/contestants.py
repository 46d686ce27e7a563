"""The contestants: how each is started, and where its records come from and go to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.peers import names
from bench.peers.names import Job
from bench.speed.environments import PEERS, java_for, python_for
from streams.topics import OUTCOMES, RAW

AT_LEAST_ONCE, EXACTLY_ONCE = "at-least-once", "exactly-once"


@dataclass(frozen=True)
class Contestant:
    """One program, in one of its modes.

    ``command`` raises :class:`bench.speed.environments.EnvironmentUnavailableError` if it can't be installed. ``settles_s`` is
    how long after an outcome it may still have work to do for it: its own commit interval.
    """

    name: str
    title: str
    guarantee: str
    jobs: frozenset[Job]
    command: Callable[[Job], list[str]]
    settles_s: float = 0.5
    headwater: bool = False

    def source(self, job: Job, run: str) -> str:
        """The topic it reads."""
        if job is Job.DEDUP:
            return names.events(run)
        return RAW if self.headwater else names.raw(run)

    def targets(self, job: Job, run: str) -> tuple[str, ...]:
        """The topics of its outcomes; firsts, or enriched articles, come first."""
        if job is Job.DEDUP:
            return (names.firsts(run),)
        return OUTCOMES if self.headwater else names.outcomes(run)


def _faust(_: Job) -> list[str]:
    python = python_for("faust_plain", with_headwater=False)
    return [str(python), str(PEERS / "faust_plain" / "app.py"), "worker", "--loglevel", "warn", "--without-web"]


def _quix(_: Job) -> list[str]:
    return [str(python_for("quix", with_headwater=True)), "-m", "bench.peers.quix.app"]


def _aiokafka(_: Job) -> list[str]:
    return [sys.executable, "-m", "bench.peers.bare_aiokafka.app"]


def _kafka_streams(_: Job) -> list[str]:
    return [*java_for("kafka_streams"), "Deduplicate"]


_BOTH = frozenset(Job)
_DEDUP, _WHOLE = frozenset({Job.DEDUP}), frozenset({Job.WHOLE})


def headwater(processes: int) -> Contestant:
    """Headwater with this many worker processes; the dedup-only job is for one."""

    def command(job: Job) -> list[str]:
        if job is Job.DEDUP:
            return [sys.executable, "-m", "bench.peers.headwater_dedup"]
        return [sys.executable, "-m", "streams", "worker", "--processes", str(processes)]

    if processes == 1:
        return Contestant("headwater", "Headwater", EXACTLY_ONCE, _BOTH, command, headwater=True)
    title = f"Headwater in {processes} processes"
    return Contestant(f"headwater-{processes}", title, EXACTLY_ONCE, _WHOLE, command, headwater=True)


# Without options, as a user starts it: one process per core.
AS_STARTED = Contestant(
    "headwater-as-started",
    "Headwater, all cores",
    EXACTLY_ONCE,
    _WHOLE,
    lambda _: [sys.executable, "-m", "streams", "worker"],
    headwater=True,
)

CONTESTANTS = (
    headwater(1),
    Contestant("quix-once", "Quix Streams", EXACTLY_ONCE, _BOTH, _quix, settles_s=1.5),
    Contestant("quix", "Quix Streams", AT_LEAST_ONCE, _BOTH, _quix, settles_s=5.5),
    Contestant("aiokafka", "bare aiokafka loop", AT_LEAST_ONCE, _BOTH, _aiokafka),
    Contestant("faust", "plain Faust", AT_LEAST_ONCE, _BOTH, _faust, settles_s=3.5),
    Contestant("kafka-streams-once", "Kafka Streams", EXACTLY_ONCE, _DEDUP, _kafka_streams),
    Contestant("kafka-streams", "Kafka Streams", AT_LEAST_ONCE, _DEDUP, _kafka_streams, settles_s=30.5),
)


def named(names: str) -> list[Contestant]:
    """The contestants of these names, separated by commas.

    Raises:
        ValueError: a name is unknown.
    """
    known = {each.name: each for each in (*CONTESTANTS, AS_STARTED)}
    if unknown := [name for name in names.split(",") if name not in known]:
        raise ValueError(f"no such contestants: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names.split(",")]
