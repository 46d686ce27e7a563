"""Print each article as it comes, by confluent-kafka (librdkafka): pip install confluent-kafka."""

import json
import os

from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": os.environ.get("BROKERS", "localhost:9092"),
        "group.id": os.environ.get("GROUP", "example"),
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe(["news.enriched"])
while True:
    record = consumer.poll(1.0)
    if record is None:
        continue
    if record.error():
        raise RuntimeError(record.error())
    article = json.loads(record.value())
    headline = article.get("headlines", [{}])[0].get("value", "")
    print(article["pubStatus"], article["uri"], headline, sep="\t", flush=True)
    consumer.commit(message=record)  # once it is dealt with: a crash brings it again, and never loses it
