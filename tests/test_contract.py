"""A step is whole: everything around it follows from the steps of the pipeline, and what can't live together is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents import pipeline_steps
from streams.kafka.app import add_agent, create_app
from streams.kafka.delivery import Delivery
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.steps import Changelog, Decision, Output, Record, Step, StepsConflictError, check_steps
from streams.topics import ENRICHED, RAW, topic, topics_of

LENGTHS = topic("news.lengths", "how long each enriched article is")


def measure_step() -> Step:
    """A throw-away agent: how many bytes each article has, and how many it had before."""

    def decide(record: Record, remembered: bytes | None) -> Decision:
        length = str(len(record.value or b"")).encode()
        headers = (("before", remembered),) if remembered is not None else ()
        return Decision((Output(LENGTHS, record.key, length, headers, record.timestamp),), length)

    return Step("measure", ENRICHED, (LENGTHS,), decide, Changelog("lengths", "how long each article was", remembers=True))


def test_a_new_agent_gets_its_topics_and_its_changelog_from_the_steps_alone():
    settings = Settings(app_id="trial")
    before = topics_of(pipeline_steps(settings), settings)
    after = topics_of((*pipeline_steps(settings), measure_step()), settings)
    added = {str(each): each for each in after if each not in before}
    assert set(added) == {"news.lengths", "trial-lengths-changelog"}
    assert added["news.lengths"].purpose == "how long each enriched article is"
    assert added["trial-lengths-changelog"].config["cleanup.policy"] == "compact"


def test_a_new_agent_runs_in_memory_with_what_it_remembers():
    article = b'{"title": "Council votes on budget", "text": "The council met on Monday.", "url": "https://e.org/a/1"}'
    settings = replace(Settings(), suppress=frozenset())
    pipeline = MemoryPipeline((*pipeline_steps(settings), measure_step()))
    first, second = (
        next(output for output in pipeline.publish(RAW, None, article, timestamp_ms=when) if output.topic == LENGTHS)
        for when in (1_700_000_000_000, 1_700_000_001_000)
    )
    assert first.headers == ()
    assert second.headers == (("before", first.value),)


async def test_a_new_agent_gets_its_faust_agent_from_its_step(tmp_path):
    settings = Settings(state_dir=tmp_path)
    app = create_app(settings)
    steps = (*pipeline_steps(settings), measure_step())
    delivery = Delivery(app, settings, steps)
    for step in steps:
        add_agent(app, step, delivery.take)
    assert set(app.agents) == {"prepare_articles", "deduplicate_articles", "group_articles", "measure_articles"}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name": "prepare"}, id="the same name"),
        pytest.param({"source": RAW}, id="the same source"),
        pytest.param({"changelog": Changelog("progress", "how far something else is")}, id="the same changelog"),
    ],
)
def test_steps_that_cannot_live_together_are_refused_with_both_names(changed, tmp_path):
    steps = (*pipeline_steps(Settings()), replace(measure_step(), **changed))
    conflict = rf"'prepare' and '{changed.get('name', 'measure')}'"
    with pytest.raises(StepsConflictError, match=conflict):
        check_steps(steps)
    with pytest.raises(StepsConflictError, match=conflict):
        MemoryPipeline(steps)
    settings = Settings(state_dir=tmp_path)
    with pytest.raises(StepsConflictError, match=conflict):
        Delivery(create_app(settings), settings, steps)
    with pytest.raises(StepsConflictError, match=conflict):
        topics_of(steps, settings)
