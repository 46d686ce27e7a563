"""The topics: their names, what they promise, and how they are made."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from streams.kafka.clients import connection, opened
from streams.kafka.tables import changelog_topic
from streams.settings import RETENTION_S, Settings

RAW: Final = "news.raw"
PREPARED: Final = "news.prepared"
ENRICHED: Final = "news.enriched"
DUPLICATES: Final = "news.duplicates"
REJECTED: Final = "news.rejected"

OUTCOMES: Final = (ENRICHED, DUPLICATES, REJECTED)
"""Every raw record ends in exactly one of these."""

HEADLINES: Final = "headlines"
"""The table of deduplicate: who owns a headline."""
PROGRESS: Final = "progress"
"""The table of a step that remembers nothing but how far it has come."""

_MOST_BYTES: Final = "max.message.bytes"
_HOUR_MS: Final = 3600 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
# Kafka also rolls a segment when the times in it are `segment.ms` apart, and the times are the producers'.
# With this, size alone rolls it: an archive of ten years makes no more files than a day.
_UNLIMITED: Final = str((1 << 63) - 1)
# A raw record up to this size is accepted by Kafka, so that it can be rejected with a reason; the outputs get room to grow.
_RAW_MAX_BYTES: Final = 12 << 20
_OUTPUT_MAX_BYTES: Final = 16 << 20
_SEGMENT_BYTES: Final = 128 << 20  # deletion takes whole segments: what has to go stays at most this much longer
_RAW_RETENTION_BYTES: Final = 10 << 30  # of each partition


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as ``headwater topics create`` makes it; ``config`` holds Kafka's own topic settings."""

    name: str
    purpose: str
    config: dict[str, str]


def topic_specs(settings: Settings) -> tuple[TopicSpec, ...]:
    """All topics of one stream, in the order of the dataflow."""

    week_ms, month_ms = RETENTION_S * 1000, 30 * _DAY_MS

    def changelog(table: str, purpose: str, **config: str) -> TopicSpec:
        return TopicSpec(
            changelog_topic(settings.app_id, table),
            purpose,
            {"cleanup.policy": "compact", _MOST_BYTES: str(1 << 20), "segment.ms": _UNLIMITED}
            | {name.replace("_", "."): value for name, value in config.items()},
        )

    def kept(for_ms: int, **config: str) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(for_ms),
            _MOST_BYTES: str(_OUTPUT_MAX_BYTES),
            # Decisions are made on the producers' times, whatever the cluster's default.
            "message.timestamp.type": "CreateTime",
            # Outputs carry the raw record's time: a producer's clock that runs ahead must not make them undeliverable.
            "message.timestamp.after.max.ms": _UNLIMITED,
            "segment.ms": _UNLIMITED,
            "segment.bytes": str(_SEGMENT_BYTES),
            **{name.replace("_", "."): value for name, value in config.items()},
        }

    return (
        # Kafka judges age by the producers' times: kept by age, a backfill of old articles would be deleted unread.
        TopicSpec(
            RAW,
            "articles as producers have them",
            kept(-1, max_message_bytes=str(_RAW_MAX_BYTES), retention_bytes=str(_RAW_RETENTION_BYTES))
            # Only the broker may judge whether a time lies in the future: decisions have no clock.
            | {"message.timestamp.after.max.ms": str(_HOUR_MS)},
        ),
        TopicSpec(PREPARED, "cleaned articles by headline fingerprint (internal)", kept(week_ms)),
        # The latest state of each article stays; older ones go, but not before a slow consumer has had a week.
        TopicSpec(
            ENRICHED,
            "enriched articles by article id: ninjs 3.1 in CloudEvents",
            kept(month_ms, cleanup_policy="compact,delete", min_compaction_lag_ms=str(week_ms)),
        ),
        TopicSpec(DUPLICATES, "repeated headlines: which article owns each, and in what way it is repeated", kept(month_ms)),
        TopicSpec(REJECTED, "records that are no article: their bytes, with the reason in the headers", kept(month_ms)),
        # A record a transaction and only the last of them counts: short segments, or a lost copy takes long to restore.
        changelog(PROGRESS, "how far news.raw is prepared (internal)", segment_bytes=str(16 << 20)),
        changelog(
            HEADLINES,
            "who owns each headline, and how far news.prepared is decided (internal)",
            segment_bytes=str(64 << 20),
            cleanup_policy="compact,delete",
            retention_ms=str(settings.remember_s * 1000),
        ),
    )


async def create_topics(settings: Settings, specs: Sequence[TopicSpec]) -> list[str]:
    """Create the topics that do not exist yet; returns their names.

    Raises:
        KafkaError: the broker's own, when it refuses one.
    """
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        response = await admin.create_topics(
            [NewTopic(spec.name, settings.partitions, settings.replication, topic_configs=spec.config) for spec in specs]
        )
    created = []
    for name, code, message in response.topic_errors:
        error = for_code(code)
        if code == 0:
            created.append(name)
        elif error is not TopicAlreadyExistsError:
            raise error(f"{name}: {message}")
    return created


async def partition_counts(settings: Settings, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each topic has; 0 for one that does not exist."""
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        existing = set(await admin.list_topics()) & set(names)
        described = await admin.describe_topics(sorted(existing)) if existing else []
    counts = {topic["topic"]: len(topic["partitions"]) for topic in described}
    return {name: counts.get(name, 0) for name in names}


class TopicsMissingError(RuntimeError):
    """Topics that the pipeline needs are not there, or do not fit together."""


async def check_topics(settings: Settings) -> None:
    """Make sure the topics are there before a worker starts.

    Raises:
        TopicsMissingError: saying which are not, that the changelog has other partitions than its source, or that a topic
            takes only smaller records than may have to go there: one of those would end every worker that meets it.
    """
    specs = topic_specs(settings)
    counts = await partition_counts(settings, [spec.name for spec in specs])
    missing = [name for name, count in counts.items() if not count]
    if missing:
        raise TopicsMissingError(f"no such topics: {', '.join(missing)}; make them with `headwater topics create`")
    for table, source in ((PROGRESS, RAW), (HEADLINES, PREPARED)):
        changelog = changelog_topic(settings.app_id, table)
        if counts[changelog] != counts[source]:
            raise TopicsMissingError(
                f"{changelog} has {counts[changelog]} partitions and {source} has {counts[source]}: they must be equal"
            )
    for spec in specs:
        if spec.name == RAW:
            continue  # there it is the producers' business
        needed, allowed = int(spec.config[_MOST_BYTES]), await _most_bytes(settings, spec.name)
        if allowed < needed:
            raise TopicsMissingError(
                f"{spec.name} takes records of at most {allowed:,} bytes; raise its {_MOST_BYTES} to {needed}"
            )


async def _most_bytes(settings: Settings, topic: str) -> int:
    """How large a record a topic takes; without limit where we may not ask."""
    async with opened(AIOKafkaAdminClient(**connection(settings))) as admin:
        [response] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {_MOST_BYTES: None})])
    return min((int(value) for *_, entries in response.resources for _, value, *_ in entries or ()), default=sys.maxsize)
