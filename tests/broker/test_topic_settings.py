"""Settings of topics that somebody changes while workers run, on a real Kafka."""

from __future__ import annotations

import asyncio
import json

from agents import pipeline_steps
from agents.deduplicate import HEADLINES
from streams.kafka.fitting import alter_topic
from streams.kafka.topic_watch import TopicWatch
from streams.topics import ENRICHED, PREPARED, RAW
from tests.broker.stream import Stream

LIMIT_S = 60.0
HARMFUL: dict[tuple[str, str], tuple[str, str]] = {
    (PREPARED, "message.timestamp.type"): ("LogAppendTime", "CreateTime"),
    (ENRICHED, "min.insync.replicas"): ("2", "1"),
    (ENRICHED, "max.message.bytes"): ("1000", str(16 << 20)),
}
HARMLESS: dict[tuple[str, str], tuple[str, str]] = {
    (RAW, "retention.ms"): ("86400000", "-1"),
    (RAW, "unclean.leader.election.enable"): ("true", "false"),
}


async def look_until(watch: TopicWatch, count: int) -> None:
    """What the controller has accepted reaches a broker a moment later."""
    async with asyncio.timeout(LIMIT_S):
        while len(watch.findings) != count:
            await watch.look()


async def test_settings_changed_while_workers_run_are_noticed_at_the_next_look_and_by_status(tmp_path):
    async with Stream(tmp_path) as stream:
        settings = stream.settings
        watch = TopicWatch(settings, pipeline_steps(settings))
        await watch.look()
        assert watch.findings == ()
        forgets = HEADLINES.topic(settings.app_id), "cleanup.policy"
        wrong = {**HARMFUL, **HARMLESS, forgets: ("delete", "compact")}
        for (topic, setting), (bad, _) in wrong.items():
            await alter_topic(settings, topic, {setting: bad})
        await look_until(watch, len(wrong))
        found = {(each.topic, each.setting): each for each in watch.findings}
        assert found.keys() == wrong.keys()
        assert {place for place, each in found.items() if each.harms} == {*HARMFUL, forgets}
        command = await stream.start_command("status", "--json")
        out, errors = await command.communicate()
        assert json.loads(out)["topics"] == [str(each) for each in watch.findings], errors
        for (topic, setting), (_, good) in wrong.items():
            await alter_topic(settings, topic, {setting: good})
        await look_until(watch, 0)
