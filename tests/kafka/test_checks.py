"""What a worker looks at before it starts: whether its topics are kept in a way that does no harm."""

from __future__ import annotations

import pytest

from agents import pipeline_steps
from streams.kafka.checks import Role, findings
from streams.settings import Settings
from streams.topics import ENRICHED, PREPARED, RAW, topics_of

TOPICS = topics_of(pipeline_steps(Settings()), Settings())
PREPARING = TOPICS[-1]
COMPRESSED = TOPICS[TOPICS.index(ENRICHED)]
SOURCE, BETWEEN, OUTCOME, CHANGELOG = Role


def found(topic, role, **changed):
    kept = {**topic.config, **{name.replace("_", "."): value for name, value in changed.items()}}
    return [(each.setting, each.harms) for each in findings(topic, role, kept)]


@pytest.mark.parametrize("topic", TOPICS, ids=str)
@pytest.mark.parametrize("role", Role)
def test_a_topic_as_topics_create_makes_it_is_well(topic, role):
    assert found(topic, role) == []


@pytest.mark.parametrize(
    ("topic", "role", "changed", "setting"),
    [
        pytest.param(PREPARED, BETWEEN, {"message_timestamp_type": "LogAppendTime"}, "message.timestamp.type", id="times"),
        pytest.param(ENRICHED, OUTCOME, {"max_message_bytes": "1000000"}, "max.message.bytes", id="too small for a record"),
        pytest.param(
            ENRICHED,
            OUTCOME,
            {"message_timestamp_after_max_ms": "3600000"},
            "message.timestamp.after.max.ms",
            id="a fast clock",
        ),
        pytest.param(
            ENRICHED,
            OUTCOME,
            {"message_timestamp_before_max_ms": "86400000"},
            "message.timestamp.before.max.ms",
            id="a backfill",
        ),
        pytest.param(PREPARED, BETWEEN, {"cleanup_policy": "compact"}, "cleanup.policy", id="a source that is compacted"),
        pytest.param(PREPARED, BETWEEN, {"cleanup_policy": "delete,compact"}, "cleanup.policy", id="and deleted"),
        pytest.param(PREPARING, CHANGELOG, {"cleanup_policy": "delete"}, "cleanup.policy", id="a changelog that loses offsets"),
        pytest.param(RAW, SOURCE, {"cleanup_policy": "compact"}, "cleanup.policy", id="articles that go unread"),
    ],
)
def test_settings_that_lose_or_block_records_stop_a_worker_before_it_starts(topic, role, changed, setting):
    assert found(topic, role, **changed) == [(setting, True)]


@pytest.mark.parametrize(
    ("topic", "role", "changed", "setting"),
    [
        pytest.param(RAW, SOURCE, {"retention_ms": "86400000"}, "retention.ms", id="news.raw by age"),
        pytest.param(RAW, SOURCE, {"retention_bytes": "1000"}, "retention.bytes", id="news.raw by a small size"),
        pytest.param(RAW, SOURCE, {"segment_ms": "604800000"}, "segment.ms", id="many small files"),
        pytest.param(RAW, SOURCE, {"message_timestamp_type": "LogAppendTime"}, "message.timestamp.type", id="times of arrival"),
        pytest.param(ENRICHED, OUTCOME, {"cleanup_policy": "delete"}, "cleanup.policy", id="outcomes to one's own taste"),
        pytest.param(PREPARING, CHANGELOG, {"cleanup_policy": "compact,delete"}, "cleanup.policy", id="0.1.0's changelog"),
        pytest.param(PREPARING, CHANGELOG, {"message_timestamp_type": "CreateTime"}, "message.timestamp.type", id="its times"),
        pytest.param(COMPRESSED, OUTCOME, {"compression_type": "snappy"}, "compression.type", id="compressed anew"),
    ],
)
def test_settings_that_may_be_intended_are_reported_and_stop_nobody(topic, role, changed, setting):
    assert found(topic, role, **changed) == [(setting, False)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"retention_ms": "-1"}, id="kept for ever"),
        pytest.param({"cleanup_policy": "delete,compact"}, id="policies in another order"),
        pytest.param({"max_message_bytes": "100000000"}, id="larger records"),
    ],
)
def test_more_than_is_needed_is_good(changed):
    assert found(ENRICHED, OUTCOME, **changed) == []


@pytest.mark.parametrize(
    ("role", "copies", "needed", "harms"),
    [
        pytest.param(BETWEEN, 1, "2", True, id="one copy that two must have"),
        pytest.param(OUTCOME, 3, "4", True, id="three that four must have"),
        pytest.param(CHANGELOG, 2, "3", True, id="a changelog's"),
        pytest.param(SOURCE, 1, "2", False, id="which is the producers' trouble"),
        pytest.param(OUTCOME, 3, "1", False, id="one of three confirms alone"),
        pytest.param(OUTCOME, 3, "3", False, id="no broker may be away"),
        pytest.param(CHANGELOG, 2, "2", False, id="neither of two may be away"),
    ],
)
def test_how_many_copies_must_have_a_record_fits_how_many_there_are(role, copies, needed, harms):
    seen = findings(ENRICHED, role, {"min.insync.replicas": needed}, copies)
    assert [(each.setting, each.harms) for each in seen] == [("min.insync.replicas", harms)]


@pytest.mark.parametrize(("copies", "needed"), [(1, "1"), (2, "1"), (3, "2"), (4, "2"), (4, "3"), (None, "7")])
def test_copies_as_topics_create_makes_them_are_well_and_so_are_unknown_ones(copies, needed):
    assert list(findings(ENRICHED, OUTCOME, {"min.insync.replicas": needed}, copies)) == []


def test_a_leader_that_may_delete_what_others_have_is_reported():
    [finding] = findings(PREPARED, BETWEEN, {"unclean.leader.election.enable": "true"})
    assert (finding.wanted, finding.harms) == ("false", False)


def test_settings_that_kafka_does_not_report_are_ignored():
    assert list(findings(PREPARED, BETWEEN, {})) == []


def test_a_finding_says_what_to_set():
    [finding] = findings(PREPARED, BETWEEN, {**PREPARED.config, "message.timestamp.type": "LogAppendTime"})
    assert str(finding) == (
        "news.prepared has message.timestamp.type=LogAppendTime: decisions are made on the producers' times, which it replaces;"
        " set it to CreateTime"
    )
