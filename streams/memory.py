"""The pipeline without Kafka: the same steps over records held in memory, one partition per topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.steps import Decision, Headers, Output, Record, Step, check_steps

_CHECKED = 100
"""How many remembered values of a step are read again; all of them would take a fifth of the time of short articles."""


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A record as :class:`streams.steps.Record` describes it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class MemoryPipeline:
    """Feeds records through steps; each output goes at once into the step that reads its topic.

    Deterministic: outputs come in the order of the input, offsets count from 0 in each topic.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps: dict[str, Step] = {step.source: step for step in check_steps(steps)}
        self._wholes = {step.name: make([]) for step in self._steps.values() if (make := step.changelog.whole)}
        self._remembered: dict[str, dict[bytes | None, bytes]] = defaultdict(dict)
        self._next_offset: dict[str, int] = defaultdict(int)
        self._checked: dict[str, int] = defaultdict(int)

    def publish(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        timestamp_ms: int = 0,
    ) -> Iterator[Output]:
        """Append a record to a topic and yield every output that follows from it, depth first."""
        record = MemoryRecord(topic, 0, self._next_offset[topic], timestamp_ms, key, value, headers)
        self._next_offset[topic] += 1
        step = self._steps.get(topic)
        if step is not None:
            yield from self._decide(step, record)

    def _decide(self, step: Step, record: Record) -> Iterator[Output]:
        remembered = self._remembered[step.name]
        whole = self._wholes.get(step.name)
        decision = step.ask(record, remembered.get(record.key) if whole is None else whole)
        self._check(step, decision)
        if decision.remember is not None and record.key is not None:
            remembered[record.key] = decision.remember
        for output in decision.outputs:
            yield output
            yield from self.publish(output.topic, output.key, output.value, output.headers, output.timestamp_ms)

    def _check(self, step: Step, decision: Decision) -> None:
        """On Kafka, a value that its step can't read again would be found only when a partition is taken over."""
        for value in (decision.remember, *decision.changes.values()):
            if value is not None and self._checked[step.name] < _CHECKED:
                self._checked[step.name] += 1
                step.changelog.check(value)
