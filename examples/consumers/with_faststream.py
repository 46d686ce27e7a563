"""Print each article as it comes, by FastStream: pip install faststream[kafka] aiokafka[zstd]."""

import asyncio
import os
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

broker = KafkaBroker(os.environ.get("BROKERS", "localhost:9092"), logger=None)


@broker.subscriber(
    "news.enriched",
    group_id=os.environ.get("GROUP", "example"),
    isolation_level="read_committed",
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,
)
async def show(article: dict[str, Any]) -> None:
    headline = article.get("headlines", [{}])[0].get("value", "")
    print(article["pubStatus"], article["uri"], headline, sep="\t", flush=True)


asyncio.run(FastStream(broker, logger=None).run())
