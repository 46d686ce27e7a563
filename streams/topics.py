"""The topics: their names, what they are for, and how Kafka keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from streams.settings import Codec, Settings
from streams.steps import Changelog, Step, Topic, check_steps

MOST_BYTES: Final = "max.message.bytes"
COMPRESSION: Final = "compression.type"
_HOUR_MS: Final = 3600 * 1000
_WEEK_MS: Final = 7 * 24 * _HOUR_MS
# Kafka also starts a new segment when the times in it are `segment.ms` apart, and the times are the producers'. With this value
# only size counts: an archive of ten years makes no more files than a day.
_UNLIMITED: Final = str((1 << 63) - 1)
# Kafka accepts a raw record up to this size, so that it can be rejected with a reason; outputs get room to grow.
_RAW_MAX_BYTES: Final = 12 << 20
_OUTPUT_MAX_BYTES: Final = 16 << 20
_SEGMENT_BYTES: Final = 128 << 20  # deletion takes whole segments: at most this much stays longer than it should
# Kafka determines age by the producers' times: deleting by age would remove a backfill of old articles before it is read.
_FOR_EVER: Final = "-1"
_RETENTION_BYTES: Final = 10 << 30  # per partition: five million articles of 2.2 kB, compressed, in news.enriched


def topic(name: str, purpose: str, **config: str) -> Topic:
    """A topic that keeps this much, whatever its age; ``config``: Kafka's settings, with "_" for "."."""
    return Topic(
        name,
        purpose,
        {
            "cleanup.policy": "delete",
            "retention.ms": _FOR_EVER,
            "retention.bytes": str(_RETENTION_BYTES),
            MOST_BYTES: str(_OUTPUT_MAX_BYTES),
            # Decisions depend on the producers' times, whatever the cluster's default.
            "message.timestamp.type": "CreateTime",
            # Outputs carry the raw record's time, and must be deliverable even if a producer's clock is ahead.
            "message.timestamp.after.max.ms": _UNLIMITED,
            "message.timestamp.before.max.ms": _UNLIMITED,  # or if it is a backfill
            "segment.ms": _UNLIMITED,
            "segment.bytes": str(_SEGMENT_BYTES),
            **{setting.replace("_", "."): value for setting, value in config.items()},
        },
    )


RAW: Final = topic(
    "news.raw",
    "articles as producers have them",
    max_message_bytes=str(_RAW_MAX_BYTES),
    # Only the broker can judge whether a time is in the future: decisions have no clock.
    message_timestamp_after_max_ms=str(_HOUR_MS),
)
PREPARED: Final = topic("news.prepared", "cleaned articles by headline fingerprint (internal)")
ENRICHED: Final = topic(
    "news.enriched",
    "enriched articles by article id: ninjs 3.1 in CloudEvents",
    # The latest state of each article stays; older ones go, but recent ones only after a slow consumer has had a week.
    cleanup_policy="compact,delete",
    min_compaction_lag_ms=str(_WEEK_MS),
)
SIGNATURES: Final = topic("news.signatures", "what tells articles of one event, by language (internal)")
STORIES: Final = topic(
    "news.stories",
    "stories by story id: which articles tell of one event, as ninjs 3.1 composites in CloudEvents",
    cleanup_policy="compact,delete",
    min_compaction_lag_ms=str(_WEEK_MS),
)
DUPLICATES: Final = topic("news.duplicates", "repeated headlines: which article owns each, and in what way it is repeated")
REJECTED: Final = topic("news.rejected", "records that are not articles: their bytes, with the reason in the headers")

OUTCOMES: Final = (ENRICHED, DUPLICATES, REJECTED)
"""Every raw record ends in exactly one of these."""

INTERNAL: Final = (PREPARED, SIGNATURES)
"""Between two steps: nobody else reads these, and their content may change."""


def codec_of(topic: str, settings: Settings) -> Codec:
    """The compression of what we write to a topic: as set, if others read the topic; the best one, if only we do."""
    return Codec.ZSTD if topic in INTERNAL else settings.compression


def topics_of(steps: Iterable[Step], settings: Settings) -> tuple[Topic, ...]:
    """All topics of a pipeline in the order of the dataflow, then the steps' changelogs.

    Raises:
        StepsConflictError: two of the steps conflict.
    """
    steps = check_steps(steps)
    read_or_written = dict.fromkeys(each for step in steps for each in (step.source, *step.sends_to))
    written = {each: each for step in steps for each in step.sends_to}  # who writes a topic says how Kafka keeps it
    topics = (_as_compressed(written[each], settings) if each in written else each for each in read_or_written)
    return (*topics, *(_changelog_topic(step.changelog, settings) for step in steps))


def _as_compressed(topic: Topic, settings: Settings) -> Topic:
    """The topic with the compression that batches are written in: with any other, the broker would recompress each."""
    return Topic(topic, topic.purpose, {**topic.config, COMPRESSION: codec_of(topic, settings).value})


def _changelog_topic(changelog: Changelog, settings: Settings) -> Topic:
    # If nothing is remembered, only the last record counts: with long segments, a lost copy would take long to restore.
    segment_bytes = 64 << 20 if changelog.remembers else 16 << 20
    config = {
        MOST_BYTES: str(1 << 20),
        "segment.ms": _UNLIMITED,
        "segment.bytes": str(segment_bytes),
        # Not by age: an entry is deleted by the step that forgets it.
        "cleanup.policy": "compact",
        # Lets workers learn the brokers' time without depending on it.
        "message.timestamp.type": "LogAppendTime",
    }
    return Topic(changelog.topic(settings.app_id), f"{changelog.purpose} (internal)", config)
