"""Keep the latest version of each article in OpenSearch: pip install confluent-kafka.

The index refuses an older version by itself (version_type external_gte). A kill is indexed too, without a text, so that no
older version brings the article back: search with the filter {"term": {"pubStatus": "usable"}}.
"""

import json
import os
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen

from confluent_kafka import Consumer

OPENSEARCH = os.environ.get("OPENSEARCH", "http://localhost:9200")


def rank(article: dict[str, Any]) -> int:
    """The wire's number, then the time in milliseconds, as one number below 2**63."""
    version = article.get("version", "")
    made = datetime.fromisoformat(article.get("versionCreated", "1970-01-01T00:00:00Z"))
    return (min(int(version), 900_000) if version.isdecimal() else 0) * 10**13 + int(made.timestamp() * 1000)


def index(articles: list[dict[str, Any]]) -> None:
    lines = []
    for article in articles:
        action = {"_index": "articles", "_id": article["uri"], "version": rank(article), "version_type": "external_gte"}
        lines += [json.dumps({"index": action}), json.dumps(article)]
    body = ("\n".join(lines) + "\n").encode()
    request = Request(f"{OPENSEARCH}/_bulk", body, {"Content-Type": "application/x-ndjson"})
    with urlopen(request) as answer:
        results = [item["index"] for item in json.load(answer)["items"]]
    if failed := [each for each in results if each["status"] not in (200, 201, 409)]:  # 409: a newer version is there
        raise RuntimeError(failed[0])


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
    if records := consumer.consume(500, timeout=1.0):
        index([json.loads(record.value()) for record in records])
        consumer.commit(asynchronous=False)
