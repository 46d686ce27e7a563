"""Print each article as it comes, by aiokafka: pip install aiokafka[zstd]."""

import asyncio
import json
import os

from aiokafka import AIOKafkaConsumer


async def main() -> None:
    consumer = AIOKafkaConsumer(
        "news.enriched",
        bootstrap_servers=os.environ.get("BROKERS", "localhost:9092"),
        group_id=os.environ.get("GROUP", "example"),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        async for record in consumer:
            article = json.loads(record.value)
            headline = article.get("headlines", [{}])[0].get("value", "")
            print(article["pubStatus"], article["uri"], headline, sep="\t", flush=True)
            await consumer.commit()


asyncio.run(main())
