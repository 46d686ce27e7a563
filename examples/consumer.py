"""A consumer of news.enriched: it keeps the newest version of each article, and takes down what was killed.

HEADWATER_BROKERS names the Kafka (127.0.0.1:9092). It prints until Ctrl-C; ``--once`` ends where the topic ends now.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer


def rank(document: dict[str, Any]) -> tuple[int, datetime]:
    """Which of two versions is newer: a wire's number first, then the time at which it was made, in whatever zone."""
    version = document.get("version", "")
    made = datetime.fromisoformat(document.get("versionCreated", "1970-01-01T00:00:00Z"))
    return (int(version) if version.isdecimal() else 0, made)


def take(shown: dict[str, dict[str, Any]], document: dict[str, Any]) -> str:
    """Put a document in its place among those that are shown, and say what became of it."""
    known = shown.get(document["uri"])
    if known and rank(document) < rank(known):
        return "older"
    shown[document["uri"]] = document  # a killed one too, so that no older version comes back
    return "taken down" if document["pubStatus"] == "canceled" else "shown"


async def main(*, once: bool) -> None:
    consumer = AIOKafkaConsumer(
        "news.enriched",
        bootstrap_servers=os.environ.get("HEADWATER_BROKERS", "127.0.0.1:9092"),
        isolation_level="read_committed",  # without this, outputs of transactions that failed are read as well
        auto_offset_reset="earliest",
        group_id=None,
    )
    shown: dict[str, dict[str, Any]] = {}
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while not once or any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    document = json.loads(record.value)
                    headline = next((each["value"] for each in document.get("headlines", ())), "")
                    print(f"{take(shown, document)}: {document['uri']} {headline}")


if __name__ == "__main__":
    asyncio.run(main(once="--once" in sys.argv))
