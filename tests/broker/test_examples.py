"""The example of a consumer, on a real Kafka."""

from __future__ import annotations

import orjson

from tests.broker.stream import Raw, Stream
from tests.examples.test_examples import FOLDER


async def test_the_consumer_shows_the_newest_version_and_takes_down_killed_articles(tmp_path):
    story = {
        "uri": "urn:newsml:example.org:1",
        "headline": "Council adopts budget",
        "body_text": "It was adopted on Monday. " * 9,
    }
    versions = [
        story | {"version": "1", "pubstatus": "usable"},
        story | {"version": "2", "pubstatus": "usable", "body_text": "It was adopted on Tuesday. " * 9},
        story | {"version": "3", "pubstatus": "canceled"},
    ]
    async with Stream(tmp_path, partitions=1) as stream:
        stream.start_worker()
        for number, version in enumerate(versions, 1):
            await stream.publish([Raw(orjson.dumps(version), b"1")])
            await stream.outcomes(number)
        consumer = await stream.start_command("--once", script=FOLDER / "consumer.py")
        output, errors = await consumer.communicate()
        assert consumer.returncode == 0, errors.decode()
        assert [line.partition(":")[0] for line in output.decode().splitlines()] == ["shown", "shown", "taken down"]
