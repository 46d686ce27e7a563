"""What `headwater check` makes of the reports of Kafka and the machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents import pipeline_steps
from streams.commands.check import told
from streams.kafka.rights import Operation, PartitionSeen, TopicSeen, worker_rights
from streams.settings import Settings
from streams.topics import ENRICHED, PREPARED, RAW, topics_of
from streams.watch.readiness import (
    Grade,
    advice,
    judge_broker_clock,
    judge_clock,
    judge_disk,
    judge_partitions,
    judge_rights,
    judge_topics,
)

SETTINGS = Settings()
STEPS = tuple(each for each in pipeline_steps(SETTINGS) if each.name in ("prepare", "deduplicate", "group"))
TOPICS = topics_of(STEPS, SETTINGS)
CONFIGS = {str(topic): dict(topic.config) for topic in TOPICS}
ALL = frozenset(Operation)


def seen(name, **changed):
    partitions = tuple(PartitionSeen(number, replicas=3, in_sync=3, has_leader=True) for number in range(4))
    return replace(TopicSeen(str(name), None, partitions, ALL), **changed)


SEEN = {str(topic): seen(topic) for topic in TOPICS}


def judged(topic=None, config=None, **changed):
    """The findings over all topics, with one that is otherwise: faults as "FAULT …", advice as "advice …"."""
    described = SEEN | ({str(topic): seen(topic, **changed)} if topic else {})
    configs = CONFIGS | ({str(topic): CONFIGS[str(topic)] | config} if config else {})
    return [f"{each.grade} {each.said}" for each in judge_topics(TOPICS, STEPS, described, configs)]


def test_topics_as_they_should_be_are_good():
    assert judged() == [f"ok all {len(TOPICS)} are there, with leaders and the settings they need"]


FIRST = PartitionSeen(0, replicas=3, in_sync=3, has_leader=True)


@pytest.mark.parametrize(
    ("topic", "changed", "said"),
    [
        pytest.param(
            RAW, {"error": "UnknownTopicOrPartitionError", "partitions": ()}, "FAULT news.raw: is not there", id="missing"
        ),
        pytest.param(
            RAW, {"error": "TopicAuthorizationFailedError", "partitions": ()}, "FAULT news.raw: we may not", id="hidden"
        ),
        pytest.param(
            RAW, {"partitions": (replace(FIRST, has_leader=False),)}, "FAULT news.raw/0 has no leader", id="no leader"
        ),
        pytest.param(RAW, {"partitions": (replace(FIRST, in_sync=2),)}, "advice news.raw/0: 2 of 3 copies", id="a copy behind"),
        pytest.param(
            RAW,
            {"partitions": (replace(FIRST, replicas=1, in_sync=1),)},
            f"advice 1 of {len(TOPICS)} have fewer",
            id="one copy",
        ),
        pytest.param(
            PREPARED,
            {"partitions": (FIRST, replace(FIRST, number=1, replicas=1, in_sync=1)), "config": {"min.insync.replicas": "2"}},
            "FAULT news.prepared has min.insync.replicas=2: nothing can be written to it",
            id="one copy of a later partition, where two are needed",
        ),
        pytest.param(
            PREPARED,
            {"config": {"max.message.bytes": "1048588"}},
            "FAULT news.prepared has max.message.bytes=1048588: some records",
            id="small records",
        ),
        pytest.param(
            RAW,
            {"config": {"message.timestamp.type": "LogAppendTime"}},
            "advice news.raw has message.timestamp.type=LogAppendTime: decisions are made",
            id="its own times",
        ),
        pytest.param(
            RAW,
            {"config": {"retention.ms": "86400000"}},
            "advice news.raw has retention.ms=86400000: it forgets",
            id="news.raw by age",
        ),
        pytest.param(
            ENRICHED,
            {"config": {"retention.ms": "86400000"}},
            "advice news.enriched has retention.ms=86400000: it forgets",
            id="outcomes kept a day",
        ),
        pytest.param(
            ENRICHED,
            {"config": {"message.timestamp.before.max.ms": "86400000"}},
            "FAULT news.enriched has message.timestamp.before.max.ms=86400000: a record of a backfill",
            id="no backfill can be written",
        ),
        pytest.param(
            ENRICHED,
            {"config": {"compression.type": "gzip"}},
            "advice news.enriched has compression.type=gzip: the broker recompresses",
            id="compressed anew",
        ),
        pytest.param(
            ENRICHED,
            {"config": {"cleanup.policy": "delete"}},
            "advice news.enriched has cleanup.policy=delete: records stay",
            id="not compacted",
        ),
    ],
)
def test_faults_of_a_topic_are_named(topic, changed, said):
    assert any(each.startswith(said) for each in judged(topic, **changed)), judged(topic, **changed)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"cleanup.policy": "delete,compact"}, id="the same in another order"),
        pytest.param({"retention.ms": "-1"}, id="kept for ever"),
        pytest.param({"max.message.bytes": str(64 << 20)}, id="larger records"),
        pytest.param({"segment.bytes": "1048576"}, id="smaller segments"),
    ],
)
def test_harmless_settings_give_no_finding(config):
    assert [each.split()[0] for each in judged(ENRICHED, config=config)] == ["ok"]


@pytest.mark.parametrize(
    ("step", "grade", "said"),
    [
        pytest.param(STEPS[0], Grade.ADVICE, "1 partitions and news.raw 4: workers add them if they may", id="it may follow"),
        pytest.param(STEPS[1], Grade.FAULT, "Do not make them equal by hand", id="what is remembered is elsewhere"),
    ],
)
def test_a_changelog_with_other_partitions_than_its_source_is_reported(step, grade, said):
    changelog = step.changelog.topic(SETTINGS.app_id)
    [found] = judge_partitions(STEPS, SEEN | {changelog: seen(changelog, partitions=(FIRST,))}, SETTINGS)
    assert found.grade is grade
    assert said in found.said


def rights(described=SEEN, group=ALL, refusal=None):
    return [each.said for each in judge_rights(worker_rights(STEPS, SETTINGS), described, group, refusal, SETTINGS)]


def test_each_right_that_is_missing_is_named_with_what_it_is_for():
    assert rights() == ["all that a worker needs, on topics, group and transactional ids"]
    assert rights(SEEN | {"news.raw": seen(RAW, allowed=ALL - {Operation.READ})}) == ["topic news.raw: no Read"]
    assert rights(SEEN | {"news.enriched": seen(ENRICHED, allowed=frozenset({Operation.READ}))}) == [
        "topic news.enriched: no Write, Describe, DescribeConfigs"
    ]
    assert rights(group=frozenset({Operation.DESCRIBE})) == ["group headwater: no Read"]
    assert rights(refusal="Refused") == ["transactional ids headwater*: no Write (Refused)"]
    assert "transaction.max.timeout.ms" in rights(refusal="InvalidTransactionTimeout")[0]


def test_a_worker_needs_only_the_rights_that_it_uses():
    needed = worker_rights(STEPS, SETTINGS)
    assert needed.keys() == {str(topic) for topic in TOPICS}
    assert Operation.WRITE not in needed["news.raw"]
    assert Operation.READ not in needed["news.duplicates"]


@pytest.mark.parametrize(("free", "grade"), [(1 << 20, Grade.FAULT), (8 << 30, Grade.GOOD)], ids=["full", "room"])
def test_a_disk_has_room_or_is_a_fault(free, grade):
    assert judge_disk("state", free).grade is grade


@pytest.mark.parametrize(
    ("synchronised", "grade"),
    [(True, Grade.GOOD), (False, Grade.ADVICE), (None, Grade.ADVICE)],
    ids=["kept", "not kept", "the system does not tell"],
)
def test_a_clock(synchronised, grade):
    assert judge_clock(0.001, synchronised=synchronised).grade is grade


@pytest.mark.parametrize(
    ("ahead_ms", "faults"),
    [(None, 0), (-3_600_000, 0), (1_000, 0), (7_200_000, 1)],
    ids=["nothing stamped", "stamped an hour ago", "a second", "two hours in our future"],
)
def test_a_clock_behind_kafkas_is_a_fault_but_elapsed_time_is_not(ahead_ms, faults):
    assert sum(each.grade is Grade.FAULT for each in judge_broker_clock(ahead_ms)) == faults


def test_a_finding_fits_eighty_columns_whole():
    lines = list(told(advice("topics", "word " * 40), 80))
    assert max(map(len, lines)) <= 80
    assert sum(line.count("word") for line in lines) == 40
