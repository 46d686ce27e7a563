"""What has to be set right of internal topics."""

from __future__ import annotations

from collections import defaultdict
from unittest.mock import AsyncMock

import pytest
from aiokafka.errors import TopicAuthorizationFailedError

from streams.kafka import fitting
from streams.kafka.admin import TopicsMissingError
from streams.kafka.fitting import fit_topics, forgets_too_early, what_to_set
from streams.settings import Settings
from streams.steps import Changelog, Decision, Step
from streams.topics import ENRICHED, PREPARED, topics_of

STEP = Step("keep", PREPARED, (ENRICHED,), lambda *_: Decision(()), Changelog("kept", "what is kept", remembers=True))
CHANGELOG = topics_of([STEP], Settings())[-1].config
SIZE = str(10 << 30)


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param({}, {}, id="we may not ask"),
        pytest.param(dict(PREPARED.config), {}, id="as we make it"),
        pytest.param({"retention.ms": "-1", "retention.bytes": "5"}, {}, id="somebody chose another size"),
        pytest.param({"retention.ms": "-1", "retention.bytes": "-1"}, {}, id="or none"),
        pytest.param(
            {"retention.ms": "604800000", "retention.bytes": "-1"},
            {"retention.ms": "-1", "retention.bytes": SIZE},
            id="an earlier version made it",
        ),
        pytest.param({"retention.ms": "604800000", "retention.bytes": "5"}, {"retention.ms": "-1"}, id="by age and size"),
    ],
)
def test_an_internal_topic_keeps_nothing_by_age(found, wrong):
    assert what_to_set(found, PREPARED.config, is_changelog=False) == wrong


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param({}, {}, id="we may not ask"),
        pytest.param(dict(CHANGELOG), {}, id="as we make it"),
        pytest.param(
            {"cleanup.policy": "compact,delete", "message.timestamp.type": "CreateTime", "retention.ms": "950400000"},
            {"cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime"},
            id="an earlier version made it",
        ),
    ],
)
def test_a_changelog_deletes_nothing_by_itself_and_tells_the_brokers_time(found, wrong):
    assert what_to_set(found, CHANGELOG, is_changelog=True) == wrong


@pytest.mark.parametrize(
    ("policy", "kept_ms", "is_too_early"),
    [
        ("compact", "1", False),
        ("compact,delete", "-1", False),
        ("compact,delete", "5000", False),
        ("compact,delete", "4999", True),
        ("delete", "4999", True),
    ],
)
def test_a_changelog_that_is_kept_for_less_than_the_window_needs_is_too_early(policy, kept_ms, is_too_early):
    assert forgets_too_early({"cleanup.policy": policy, "retention.ms": kept_ms}, 5) == is_too_early


BY_AGE = {"cleanup.policy": "compact,delete", "retention.ms": str(11 * 86_400_000), "message.timestamp.type": "CreateTime"}


@pytest.fixture
def kept_by_age(monkeypatch):
    """A Kafka in which a changelog of an earlier version is kept for eleven days, and we may change nothing."""
    monkeypatch.setattr(fitting, "partition_counts", AsyncMock(return_value=defaultdict(lambda: 4)))
    monkeypatch.setattr(fitting, "_refuse_other_partitions", AsyncMock())
    monkeypatch.setattr(fitting, "topic_config", AsyncMock(return_value=BY_AGE))
    monkeypatch.setattr(fitting, "alter_topic", AsyncMock(side_effect=TopicAuthorizationFailedError("no")))


async def test_a_raised_window_is_refused_if_the_changelog_cannot_follow(kept_by_age):
    with pytest.raises(TopicsMissingError) as refused:
        await fit_topics(Settings(window_s=10 * 86_400), [STEP])
    assert "keeps what is remembered for 950400 s, and HEADWATER_WINDOW_S=864000 needs 1555200" in str(refused.value)
    assert "--entity-name headwater-kept-changelog --add-config cleanup.policy=compact," in str(refused.value)


async def test_a_changelog_that_is_kept_for_long_enough_is_named_with_the_command_and_worked_with(kept_by_age, caplog):
    await fit_topics(Settings(), [STEP])
    assert "--add-config cleanup.policy=compact,message.timestamp.type=LogAppendTime" in caplog.text
