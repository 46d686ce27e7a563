"""Whether a worker could do its work here, judged from what Kafka and the machine report. Pure: facts in, findings out.

A **fault** would stop a worker, or make it lose or refuse records; **advice** is what an operator should know anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streams.kafka.admin import misfit, role_of
from streams.kafka.checks import findings
from streams.kafka.clients import TRANSACTION_TIMEOUT_MS
from streams.kafka.rights import Operation, TopicSeen, missing_rights
from streams.settings import Settings
from streams.steps import Step, Topic

LEAST_FREE_BYTES: Final = 1 << 30
MOST_CLOCK_MS: Final = 60_000
_PRODUCTION_COPIES: Final = 3


class Grade(StrEnum):
    """How a finding counts."""

    GOOD = "ok"
    ADVICE = "advice"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: what, its state, and what to do about it."""

    subject: str
    grade: Grade
    said: str


def good(subject: str, said: str) -> Finding:
    return Finding(subject, Grade.GOOD, said)


def advice(subject: str, said: str) -> Finding:
    return Finding(subject, Grade.ADVICE, said)


def fault(subject: str, said: str) -> Finding:
    return Finding(subject, Grade.FAULT, said)


def judge_topics(
    topics: Sequence[Topic],
    steps: Sequence[Step],
    seen: Mapping[str, TopicSeen],
    configs: Mapping[str, Mapping[str, str]],
) -> Iterator[Finding]:
    """Do the topics exist, complete, and with the settings the pipeline needs? ``configs``: Kafka's settings by topic.

    A setting that a worker refuses to start with is a fault, one that it warns of is advice.
    """
    found = False
    for topic in topics:
        described = seen[topic]
        if described.error is not None or not described.partitions:
            found = True
            yield fault("topics", f"{topic}: {_missing(described)}")
            continue
        wrong = findings(topic, role_of(topic, steps), configs.get(topic, {}), described.copies)
        settings = ((fault if each.harms else advice)("topics", str(each)) for each in wrong)
        for finding in (*_judge_partitions(described), *settings):
            found = found or finding.grade is Grade.FAULT
            yield finding
    single = [topic for topic in topics if seen[topic].partitions and seen[topic].copies < _PRODUCTION_COPIES]
    if single:
        yield advice(
            "topics", f"{len(single)} of {len(topics)} have fewer than {_PRODUCTION_COPIES} copies: a lost disk loses records"
        )
    if not found:
        yield good("topics", f"all {len(topics)} are there, with leaders and the settings they need")


def _missing(described: TopicSeen) -> str:
    if described.error == "TopicAuthorizationFailedError":
        return "we may not even see it (Describe)"
    return "is not there: make it with `headwater topics create`"


def _judge_partitions(described: TopicSeen) -> Iterator[Finding]:
    for each in described.partitions:
        if not each.has_leader:
            yield fault("topics", f"{described.name}/{each.number} has no leader: its brokers are away")
        elif each.in_sync < each.replicas:
            yield advice("topics", f"{described.name}/{each.number}: {each.in_sync} of {each.replicas} copies are in sync")


def judge_partitions(steps: Iterable[Step], seen: Mapping[str, TopicSeen], settings: Settings) -> Iterator[Finding]:
    """A changelog has as many partitions as its step's source; if nothing is remembered by key, it follows the source."""
    for step in steps:
        changelog = step.changelog.topic(settings.app_id)
        own, source = len(seen[changelog].partitions), len(seen[step.source].partitions)
        if not own or not source:
            continue
        if (wrong := misfit(step, own, source)) is not None:
            yield fault("topics", wrong)
        elif own < source:
            yield advice("topics", f"{changelog} has {own} partitions and {step.source} {source}: workers add them if they may")


def judge_rights(
    needed: Mapping[str, frozenset[Operation]],
    seen: Mapping[str, TopicSeen],
    group: frozenset[Operation],
    transactional_refusal: str | None,
    settings: Settings,
) -> Iterator[Finding]:
    """May we do everything on topics, group and transactional ids that a worker does?"""
    found = False
    for topic, missing in missing_rights(needed, seen).items():
        found = True
        yield fault("rights", f"topic {topic}: no {_named(missing)}")
    if absent := sorted({Operation.READ, Operation.DESCRIBE} - group):
        found = True
        yield fault("rights", f"group {settings.app_id}: no {_named(absent)}")
    if transactional_refusal is not None:
        found = True
        if transactional_refusal == "InvalidTransactionTimeout":
            why = f"transactions of {TRANSACTION_TIMEOUT_MS // 1000} s are too long for the brokers' transaction.max.timeout.ms"
        else:
            why = f"no Write ({transactional_refusal})"
        yield fault("rights", f"transactional ids {settings.app_id}*: {why}")
    if not found:
        yield good("rights", "all that a worker needs, on topics, group and transactional ids")


def _named(operations: Iterable[Operation]) -> str:
    return ", ".join(each.kafka_name for each in operations)


def judge_disk(folder: str, free_bytes: int) -> Finding:
    """Is there room for the local state?"""
    said = f"{folder}: {free_bytes / (1 << 30):.1f} GiB free"
    if free_bytes < LEAST_FREE_BYTES:
        return fault("disk", f"{said}, less than {LEAST_FREE_BYTES / (1 << 30):.0f}: set HEADWATER_STATE_DIR to another disk")
    return good("disk", said)


def judge_broker_clock(ahead_ms: int | None) -> Iterator[Finding]:
    """``ahead_ms``: how far Kafka's clock, by its last stamp, is ahead of ours; if it is behind, that is just elapsed time."""
    if ahead_ms is not None and ahead_ms > MOST_CLOCK_MS:
        yield fault("clock", f"at least {ahead_ms / 1000:,.0f} s behind Kafka's: set it, and let a time service keep it")


def judge_clock(error_s: float, *, synchronised: bool | None) -> Finding:
    """Is the clock kept by the network? None: the system does not say."""
    if synchronised is None:
        return advice("clock", "this system does not tell whether a time service keeps it: see that one does")
    if not synchronised:
        return advice("clock", "no time service keeps it (NTP): what is remembered may be forgotten too early or late")
    return good("clock", f"kept by a time service, within {error_s:.3g} s")
