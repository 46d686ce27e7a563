"""A worker from before stories: it has no third step and sends nothing to one."""

from __future__ import annotations

import sys
from dataclasses import replace

from agents import deduplicate, pipeline_steps
from streams.settings import Settings
from streams.steps import Decision, Record, Step
from streams.topics import SIGNATURES


def old_steps(settings: Settings) -> tuple[Step, ...]:
    """The former pipeline."""
    prepare, deduplicated, _ = pipeline_steps(settings)

    def decide(record: Record, remembered: bytes | None) -> Decision:
        decision = deduplicated.decide(record, remembered)
        return replace(decision, outputs=tuple(each for each in decision.outputs if each.topic != SIGNATURES))

    sends_to = tuple(topic for topic in deduplicated.sends_to if topic != SIGNATURES)
    return prepare, Step("deduplicate", deduplicated.source, sends_to, decide, deduplicate.HEADLINES)


if __name__ == "__main__":
    from streams.commands import worker

    worker.pipeline_steps = old_steps  # type: ignore[attr-defined]
    from streams.__main__ import main

    sys.exit(main())
