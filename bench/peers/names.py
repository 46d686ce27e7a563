"""What a contestant is told, and the names of its Kafka topics."""

from __future__ import annotations

from enum import StrEnum


class Job(StrEnum):
    """What is measured."""

    DEDUP = "dedup"
    """Pass the first event of each id, drop the others: JSON of 2 kB, keyed by id."""
    WHOLE = "whole"
    """Parse, clean, deduplicate, tag language and subjects, write ninjs: the realistic mix."""


BROKERS, RUN, STATE, JOB, GUARANTEE, PARTITIONS = (
    f"BENCH_{name}" for name in ("BROKERS", "RUN", "STATE", "JOB", "GUARANTEE", "PARTITIONS")
)
"""The environment variables of a contestant."""


def events(run: str) -> str:
    """Input of the dedup-only job."""
    return f"{run}-events"


def firsts(run: str) -> str:
    """Output of the dedup-only job."""
    return f"{run}-firsts"


def raw(run: str) -> str:
    """Input of the whole job."""
    return f"{run}-raw"


def outcomes(run: str) -> tuple[str, str, str]:
    """Outputs of the whole job: enriched, duplicates, rejected."""
    return (f"{run}-enriched", f"{run}-duplicates", f"{run}-rejected")
