"""A step is whole: everything around it follows from the steps of the pipeline, and what can't live together is refused."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from agents import pipeline_steps
from streams.kafka.app import add_agent, create_app
from streams.kafka.delivery import Delivery
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.steps import Changelog, Decision, Output, Record, Step, StepsConflictError, Topic, UndeclaredError, check_steps
from streams.topics import ENRICHED, PREPARED, RAW, REJECTED, topic, topics_of

LENGTHS = topic("news.lengths", "how long each enriched article is")


def own_steps(settings: Settings) -> tuple[Step, ...]:
    """The pipeline up to news.enriched: agents added behind it, whatever their names, do not meet those of the tests."""
    return tuple(each for each in pipeline_steps(settings) if each.name in ("prepare", "deduplicate"))


def measure_step() -> Step:
    """A throw-away agent: how many bytes each article has, and how many it had before."""

    def decide(record: Record, remembered: bytes | None) -> Decision:
        length = str(len(record.value or b"")).encode()
        headers = (("before", remembered),) if remembered is not None else ()
        return Decision((Output(LENGTHS, record.key, length, headers, record.timestamp),), length)

    return Step("measure", ENRICHED, (LENGTHS,), decide, Changelog("lengths", "how long each article was", remembers=True))


def test_a_new_agent_gets_its_topics_and_its_changelog_from_the_steps_alone():
    settings = Settings(app_id="trial")
    before = topics_of(own_steps(settings), settings)
    after = topics_of((*own_steps(settings), measure_step()), settings)
    added = {str(each): each for each in after if each not in before}
    assert set(added) == {"news.lengths", "trial-lengths-changelog"}
    assert added["news.lengths"].purpose == "how long each enriched article is"
    assert added["trial-lengths-changelog"].config["cleanup.policy"] == "compact"


def test_a_new_agent_runs_in_memory_with_what_it_remembers():
    article = b'{"title": "Council votes on budget", "text": "The council met on Monday.", "url": "https://e.org/a/1"}'
    settings = replace(Settings(), suppress=frozenset())
    pipeline = MemoryPipeline((*own_steps(settings), measure_step()))
    first, second = (
        next(output for output in pipeline.publish(RAW, None, article, timestamp_ms=when) if output.topic == LENGTHS)
        for when in (1_700_000_000_000, 1_700_000_001_000)
    )
    assert first.headers == ()
    assert second.headers == (("before", first.value),)


async def test_a_new_agent_gets_its_faust_agent_from_its_step(tmp_path):
    settings = Settings(state_dir=tmp_path)
    app = create_app(settings)
    steps = (*own_steps(settings), measure_step())
    delivery = Delivery(app, settings, steps)
    for step in steps:
        add_agent(app, step, delivery.take)
    assert set(app.agents) == {"prepare_articles", "deduplicate_articles", "measure_articles"}


def step(name: str = "measure", source: Topic = ENRICHED, sends_to: tuple[Topic, ...] = (), changelog: str = "lengths") -> Step:
    return Step(name, source, sends_to, lambda *_: Decision(()), Changelog(changelog, "how long each article was"))


@pytest.mark.parametrize(
    ("added", "names"),
    [
        pytest.param([step("prepare")], ("prepare", "prepare"), id="the same name"),
        pytest.param([step("Prepare")], ("prepare", "Prepare"), id="the same name but for case: one folder on some disks"),
        pytest.param([step(source=RAW)], ("prepare", "measure"), id="the same source"),
        pytest.param([step(changelog="progress")], ("prepare", "measure"), id="the same changelog"),
        pytest.param([step(changelog="Progress")], ("prepare", "measure"), id="the same changelog but for case"),
        pytest.param([step(sends_to=(topic("news_rejected", ""),))], ("prepare", "measure"), id="topics that are one to Kafka"),
        pytest.param(
            [step(sends_to=(topic(REJECTED, "", cleanup_policy="compact"),))],
            ("prepare", "measure"),
            id="one topic, two configurations",
        ),
        pytest.param(
            [step(sends_to=(topic("any-headlines-changelog", ""),))],
            ("deduplicate", "measure"),
            id="one writes the other's changelog",
        ),
        pytest.param(
            [step(source=topic("any-headlines-changelog", ""))],
            ("deduplicate", "measure"),
            id="one reads the other's changelog",
        ),
        pytest.param([step(source=LENGTHS, sends_to=(LENGTHS,))], ("measure", "measure"), id="a step that feeds itself"),
        pytest.param([step(sends_to=(PREPARED,))], ("deduplicate", "measure"), id="two steps that feed each other"),
        pytest.param(
            [step(sends_to=(LENGTHS,)), step("round", LENGTHS, (RAW,), "rounds")], ("prepare", "round"), id="a wider loop"
        ),
    ],
)
def test_steps_that_cannot_live_together_are_refused_with_both_names(added, names, tmp_path):
    steps = (*own_steps(Settings()), *added)
    settings = Settings(state_dir=tmp_path)
    for refusing in (
        lambda: check_steps(steps),
        lambda: MemoryPipeline(steps),
        lambda: Delivery(create_app(settings), settings, steps),
        lambda: topics_of(steps, settings),
    ):
        with pytest.raises(StepsConflictError) as refused:
            refusing()
        assert all(repr(name) in str(refused.value) for name in names), refused.value


def test_who_writes_a_topic_says_how_kafka_keeps_it_whoever_is_named_first():
    reader = step(source=topic("news.enriched", "where this step reads"))
    settings = Settings()
    kept = next(each for each in topics_of((reader, *own_steps(settings)), settings) if each == ENRICHED)
    assert kept.config["cleanup.policy"] == ENRICHED.config["cleanup.policy"] == "compact,delete"


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "../a", "a/b", "ö", "a\n", "a" * 250], ids=repr)
def test_a_name_that_kafka_or_a_file_system_would_refuse_is_refused_where_it_is_written(name):
    for named in (lambda: topic(name, ""), lambda: Changelog(name, ""), lambda: replace(measure_step(), name=name)):
        with pytest.raises(ValueError, match="is not a name"):
            named()


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda topic: pickle.loads(pickle.dumps(topic))])
def test_a_topic_can_be_copied_and_sent_to_another_process_with_all_it_says(again):
    """Quix Streams, which the bench runs the steps on, pickles what passes through it."""
    copied = again(RAW)
    assert (copied, copied.purpose, copied.config) == (RAW, RAW.purpose, RAW.config)


def test_a_changelog_that_makes_a_whole_of_what_it_remembers_must_remember():
    with pytest.raises(ValueError, match=r"'lengths' .* must remember"):
        Changelog("lengths", "", whole=dict)


@pytest.mark.parametrize(
    ("changelog", "decision", "undeclared"),
    [
        ({"remembers": True}, Decision((Output(RAW, None, b"", (), 0),)), "'news.raw', which is not in its `sends_to`"),
        ({}, Decision((), b"5"), "remembers a value"),
        ({"remembers": True, "whole": dict}, Decision((), b"5"), "remembers a value"),
        ({"remembers": True}, Decision((), changes={b"other": b"5"}), "changes several keys"),
    ],
    ids=["a topic", "a value where nothing is remembered", "a value beside the whole", "other keys"],
)
def test_what_a_step_has_not_declared_is_refused_when_it_decides_it(changelog, decision, undeclared):
    """Kafka would take it: without the topic's markers, or into a changelog where it is never read."""
    deciding = replace(measure_step(), decide=lambda *_: decision, changelog=Changelog("lengths", "", **changelog))
    with pytest.raises(UndeclaredError, match=f"the step 'measure' .*{undeclared}"):
        list(MemoryPipeline([deciding]).publish(ENRICHED, b"a", b"b"))


def test_a_value_that_the_step_could_not_read_again_is_found_in_memory():
    """On Kafka it would be found when the next worker takes the partition over."""
    changelog = Changelog("lengths", "", remembers=True, check=int)
    deciding = replace(measure_step(), decide=lambda *_: Decision((), b"five"), changelog=changelog)
    with pytest.raises(ValueError, match="five"):
        list(MemoryPipeline([deciding]).publish(ENRICHED, b"a", b"b"))


def test_a_record_without_a_key_is_remembered_nowhere_as_on_kafka():
    pipeline = MemoryPipeline([measure_step()])
    for _ in range(2):
        [output] = pipeline.publish(ENRICHED, None, b"b")
        assert output.headers == ()
