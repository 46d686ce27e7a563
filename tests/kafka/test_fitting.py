"""What has to be set right of internal topics."""

from __future__ import annotations

import pytest

from streams.kafka.fitting import forgets_too_early, what_to_set
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
