"""Quix Streams with the same pure functions as Headwater's: group_by to re-key, state by key, to_topic, as its docs show them.

At least once or exactly once, as BENCH_GUARANTEE says.
"""

from __future__ import annotations

from os import environ
from typing import Any

from quixstreams import Application, State, message_context  # type: ignore[import-not-found]
from quixstreams.models import Serializer, Topic  # type: ignore[import-not-found]

from agents.deduplicate import deduplicate_step
from agents.prepare import prepare_step
from bench.peers.dedup import is_first, seen_at
from bench.peers.names import BROKERS, GUARANTEE, JOB, RUN, STATE, Job, events, firsts, outcomes, raw
from streams.memory import MemoryRecord
from streams.settings import Settings
from streams.steps import Output
from streams.topics import OUTCOMES, PREPARED, REJECTED

run, job, guarantee = environ[RUN], Job(environ[JOB]), environ[GUARANTEE]

app = Application(
    broker_address=environ[BROKERS],
    consumer_group=run,
    auto_offset_reset="earliest",
    processing_guarantee=guarantee,
    # What is not committed is not seen: with the default, every outcome would wait for up to five seconds.
    commit_interval=1.0 if guarantee == "exactly-once" else 5.0,
    state_dir=environ[STATE],
    consumer_extra_config={"session.timeout.ms": 60_000},
    loglevel="WARNING",
)


class ValueOfOutput(Serializer):
    """Outputs of our steps carry bytes."""

    def __call__(self, output: Output, *_: Any, **__: Any) -> bytes | None:
        return output.value


def topic_of_outputs(name: str) -> Topic:
    """A topic that takes outputs of our steps."""
    return app.topic(name, key_serializer="bytes", value_serializer=ValueOfOutput())


def dedup() -> None:
    """The dedup-only job."""

    def first(value: bytes, _: bytes, timestamp: int, __: Any, state: State) -> bool:
        if not is_first(value, timestamp, state.get_bytes("seen")):
            return False
        state.set_bytes("seen", seen_at(timestamp))
        return True

    source = app.topic(events(run), value_deserializer="bytes", key_deserializer="bytes")
    target = app.topic(firsts(run), value_serializer="bytes", key_serializer="bytes")
    app.dataframe(source).filter(first, stateful=True, metadata=True).to_topic(target)


def whole() -> None:
    """The whole job."""
    prepare, deduplicate = prepare_step(Settings()), deduplicate_step(Settings())
    topics = {name: topic_of_outputs(target) for name, target in zip(OUTCOMES, outcomes(run), strict=True)}

    def record_of(value: bytes, key: bytes | None, timestamp: int, headers: Any) -> MemoryRecord:
        at = message_context()
        return MemoryRecord(at.topic, at.partition, at.offset, timestamp, key, value, tuple(headers or ()))

    def prepared(value: bytes, key: bytes | None, timestamp: int, headers: Any) -> Output:
        return prepare.decide(record_of(value, key, timestamp, headers), None).outputs[0]

    def decided(value: bytes, key: bytes, timestamp: int, headers: Any, state: State) -> Output:
        decision = deduplicate.decide(record_of(value, key, timestamp, headers), state.get_bytes("owners"))
        if decision.remember is not None:
            state.set_bytes("owners", decision.remember)
        return decision.outputs[0]

    def headers_of(output: Output, *_: Any) -> list[tuple[str, bytes]]:
        return list(output.headers)

    def key_of(output: Output) -> bytes | None:
        return output.key

    source = app.topic(raw(run), value_deserializer="bytes", key_deserializer="bytes")
    read = app.dataframe(source).apply(prepared, metadata=True).set_headers(headers_of)
    read.filter(lambda output: output.topic == REJECTED).to_topic(topics[REJECTED], key=key_of)
    by_headline = read.filter(lambda output: output.topic == PREPARED).group_by(
        key_of,
        "headline",
        value_serializer=ValueOfOutput(),
        key_serializer="bytes",
        value_deserializer="bytes",
        key_deserializer="bytes",
    )
    enriched = by_headline.apply(decided, stateful=True, metadata=True).set_headers(headers_of)
    enriched.to_topic(lambda output, *_: topics[output.topic], key=key_of)


(dedup if job is Job.DEDUP else whole)()

if __name__ == "__main__":
    app.run()
