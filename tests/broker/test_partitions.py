"""Partitions that operators change while a stream is running, on a real Kafka."""

from __future__ import annotations

import asyncio
from collections import Counter

from agents.deduplicate import HEADLINES
from agents.prepare import PROGRESS
from streams.kafka.admin import partition_counts, topic_config
from streams.kafka.fitting import alter_topic, grow_topic
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW
from tests.broker.stream import Raw, Stream, origins

LIMIT_S = 120.0
BY_AGE = {"cleanup.policy": "compact,delete", "retention.ms": "1000", "message.timestamp.type": "CreateTime"}


def articles(first: int, end: int) -> list[Raw]:
    """Each headline twice, under keys spread over all partitions."""
    return [
        Raw(
            b'{"title": "The council opens bridge %d", "text": "It is open since Monday."}' % number, b"%d %d" % (again, number)
        )
        for again in range(2)
        for number in range(first, end)
    ]


async def said_by(stream: Stream, *arguments: str) -> tuple[int | None, str]:
    command = await stream.start_command(*arguments)
    out, errors = await asyncio.wait_for(command.communicate(), LIMIT_S)
    return command.returncode, (out + errors).decode()


async def test_a_raw_topic_may_grow_and_if_headlines_move_to_other_partitions_everything_is_read_again(tmp_path):
    async with Stream(tmp_path, partitions=2) as stream:
        settings = stream.settings
        headlines = HEADLINES.topic(settings.app_id)
        await alter_topic(settings, headlines, BY_AGE)  # as another version might have created it
        worker = stream.start_worker()
        raw = await stream.publish(articles(0, 20))
        await stream.outcomes(40)
        kept = await topic_config(settings, headlines, tuple(BY_AGE))
        assert (kept["cleanup.policy"], kept["message.timestamp.type"]) == ("compact", "LogAppendTime")

        await grow_topic(settings, RAW, 4)
        raw += await stream.publish(articles(20, 40))
        assert {each.split("/")[1] for each in raw} == {"0", "1", "2", "3"}
        assert origins(await stream.outcomes(80, LIMIT_S)) == sorted(raw)
        progress = PROGRESS.topic(settings.app_id)
        assert await partition_counts(settings, [progress]) == {progress: 4}
        assert worker.poll() is None

        status, said = await said_by(stream, "migrate", "second")
        assert (status, "still at work" in said) == (1, True), said
        worker.terminate()
        await asyncio.to_thread(worker.wait, LIMIT_S)

        for topic in (PREPARED, headlines):
            await grow_topic(settings, topic, 3)
        refused = stream.start_worker(again=worker)
        assert await asyncio.to_thread(refused.wait, LIMIT_S) == 1
        assert "news.prepared had 2 partitions and has 3" in stream.log_of(refused)
        assert "headwater migrate NEW_ID" in stream.log_of(refused)

        status, said = await said_by(stream, "migrate", "second")
        assert (status, "HEADWATER_APP_ID=second" in said) == (0, True), said
        stream.start_worker(HEADWATER_APP_ID="second")
        anew = await stream.outcomes(160, LIMIT_S)
        assert origins(anew) == sorted([*raw, *raw])
        assert Counter(each.topic for each in anew) == {ENRICHED: 80, DUPLICATES: 80}
