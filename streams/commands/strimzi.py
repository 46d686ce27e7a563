"""Topics and users as Strimzi manifests, generated from the pipeline, so that they are complete and minimal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from streams.kafka.rights import Operation, worker_rights
from streams.rejected.deadletters import marks_topic
from streams.settings import Settings
from streams.steps import Step
from streams.topics import ENRICHED, RAW, topics_of

_API: Final = "kafka.strimzi.io/v1"
_HEAD: Final = """\
# Made by `headwater topics strimzi`, with HEADWATER_APP_ID, _PARTITIONS and _REPLICATION as they are set: don't edit.
# Topics, and one user per role: the workers, their operator, a producer, a consumer. Each has only the rights that it needs:
# a test runs the pipeline with exactly these. Kafka must have `authorization: {type: simple}`.
"""


def strimzi_manifests(steps: Sequence[Step], settings: Settings, cluster: str) -> str:
    """KafkaTopics and KafkaUsers for the Strimzi Kafka called ``cluster``, as YAML."""
    manifests = [*_topics(steps, settings, cluster), *_users(steps, settings, cluster)]
    return _HEAD + "".join(f"---\n{_yaml(each)}\n" for each in manifests)


def _topics(steps: Sequence[Step], settings: Settings, cluster: str) -> Iterator[dict[str, Any]]:
    least = {"min.insync.replicas": "2"} if settings.replication > 2 else {}
    for topic in topics_of(steps, settings):
        spec = {"partitions": settings.partitions, "replicas": settings.replication, "config": {**topic.config, **least}}
        yield _manifest("KafkaTopic", str(topic), cluster, spec)


def _users(steps: Sequence[Step], settings: Settings, cluster: str) -> Iterator[dict[str, Any]]:
    for name, rights in users(steps, settings).items():
        acls = [
            {
                "resource": {"type": kind, "name": resource, "patternType": "prefix" if prefixed else "literal"},
                "operations": [each.kafka_name for each in sorted(operations)],
            }
            for (kind, resource, prefixed), operations in rights.items()
        ]
        spec = {"authentication": {"type": "scram-sha-512"}, "authorization": {"type": "simple", "acls": acls}}
        yield _manifest("KafkaUser", name, cluster, spec)


Resource = tuple[str, str, bool]
"""What a right applies to: topic, group or transactionalId; its name; whether the name is a prefix."""


def users(steps: Sequence[Step], settings: Settings) -> dict[str, Mapping[Resource, frozenset[Operation]]]:
    """Each user, and everything it may do."""
    read, write, describe, configs = Operation.READ, Operation.WRITE, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS
    app_id = settings.app_id
    group = ("group", app_id, False)
    names = ("transactionalId", app_id, True)
    worker = {("topic", topic, False): operations for topic, operations in worker_rights(steps, settings).items()}
    looking = {resource: frozenset({read, describe, configs}) for resource in worker}
    raw, marks = ("topic", str(RAW), False), ("topic", str(marks_topic(settings)), False)
    return {
        app_id: {**worker, group: frozenset({read, describe}), names: frozenset({write, describe})},
        # check, status, console and tail read; rejected replay and retract write to news.raw and leave marks
        f"{app_id}-operator": {
            **looking,
            raw: looking[raw] | {write},
            marks: frozenset({read, write, describe, configs, Operation.CREATE}),
            group: frozenset({describe}),
            names: frozenset({write, describe}),
        },
        f"{app_id}-producer": {raw: frozenset({write, describe})},
        f"{app_id}-consumer": {
            ("topic", str(ENRICHED), False): frozenset({read, describe}),
            ("group", f"{app_id}-consumer", True): frozenset({read}),
        },
    }


def _manifest(kind: str, name: str, cluster: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "labels": {"strimzi.io/cluster": cluster}}
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": spec}


def _yaml(value: Any, indent: int = 0) -> str:
    """Mappings, lists and scalars as YAML; scalars as JSON writes them, and small mappings of scalars in one line."""
    space = "  " * indent
    if isinstance(value, Mapping):
        return "\n".join(f"{space}{key}:{_below(each, indent)}" for key, each in value.items())
    return "\n".join(f"{space}- {_yaml(each, indent + 1).lstrip()}" for each in value)


def _below(value: Any, indent: int) -> str:
    if isinstance(value, Mapping | list) and any(isinstance(each, Mapping | list) for each in _values(value)):
        return "\n" + _yaml(value, indent + 1)
    if isinstance(value, Mapping) and len(value) > 3:
        return "\n" + _yaml(value, indent + 1)
    if isinstance(value, Mapping):
        return " {" + ", ".join(f"{key}: {_scalar(each)}" for key, each in value.items()) + "}"
    return " [" + ", ".join(map(_scalar, value)) + "]" if isinstance(value, list) else f" {_scalar(value)}"


def _values(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, Mapping) else value)


def _scalar(value: Any) -> str:
    return orjson.dumps(value).decode()
