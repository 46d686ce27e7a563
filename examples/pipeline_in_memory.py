"""The whole pipeline in memory: the same steps, decisions and outputs as on Kafka, over a list of records."""

from __future__ import annotations

import json

from streams.embed import MemoryPipeline, Settings, pipeline_steps

MONDAY_MS = 1_762_164_000_000
STORY = "The council met on Monday and adopted its budget. The mayor thanked the members for a long and open debate."
ARTICLES = [
    {"title": "Council adopts budget", "text": STORY, "url": "https://example.org/1"},
    {"title": "UPDATE 1-Council adopts budget", "text": STORY, "url": "https://example.net/again"},
    {"title": 5},
]


def main() -> None:
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    for number, article in enumerate(ARTICLES):
        value = json.dumps(article).encode()
        for output in pipeline.publish("news.raw", None, value, timestamp_ms=MONDAY_MS + 60_000 * number):
            headers = dict(output.headers)
            if output.topic == "news.enriched":
                print(f"{output.topic}: {json.loads(output.value or b'')['headlines'][0]['value']}")
            elif output.topic == "news.duplicates":
                print(f"{output.topic}: {headers['ce_kind'].decode()}")
            elif output.topic == "news.rejected":
                print(f"{output.topic}: {headers['__streams.errors.exception'].decode()}")


if __name__ == "__main__":
    main()
