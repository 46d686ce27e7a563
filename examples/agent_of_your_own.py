"""An agent of your own: it counts the versions of each article, and says when an article keeps changing.

On Kafka it takes two things more: this step in a file of ``agents/``, and its line in ``agents.pipeline_steps``. Its topic, its
changelog, its Faust agent and the checks at start follow from the step.
"""

from __future__ import annotations

import json

from streams.embed import (
    Changelog,
    Decision,
    MemoryPipeline,
    Output,
    Record,
    Settings,
    Step,
    pipeline_steps,
    read_stamp,
    stamp,
    topic,
)

ENRICHED = topic("news.enriched", "where this step reads")
CHANGING = topic("news.changing", "articles that keep changing: how many versions each has had")


def read_count(remembered: bytes) -> int:
    """What is remembered begins with a format number, so that an older worker beside a newer one never misreads it."""
    _, count = read_stamp(remembered)
    return int(count)


def count_step(every: int) -> Step:
    """news.enriched → news.changing, at every ``every``-th version; remembers how many versions each article has had.

    What a step remembers belongs to the record's key, and equal keys meet on one partition: here, the article's id.
    """

    def decide(record: Record, remembered: bytes | None) -> Decision:
        # Pure: no clock, no chance, no client. After a crash it is asked again, and must give the same answer.
        versions = (read_count(remembered) if remembered else 0) + 1
        told = json.dumps({"article": (record.key or b"").decode(), "versions": versions}).encode()
        outputs = (Output(CHANGING, record.key, told, (), record.timestamp),) if versions % every == 0 else ()
        return Decision(outputs, remember=stamp(b"%d" % versions))

    counts = Changelog("versions", "how many versions each article has had", remembers=True, check=read_count)
    return Step("count", ENRICHED, (CHANGING,), decide, counts)


def main() -> None:
    pipeline = MemoryPipeline((*pipeline_steps(Settings()), count_step(every=2)))
    for day in range(1, 5):
        text = f"The council met on day {day} and adopted its budget after a long debate. " * day
        article = {"title": f"Council adopts budget {day}", "text": text, "url": "https://example.org/1"}
        for output in pipeline.publish("news.raw", None, json.dumps(article).encode(), timestamp_ms=60_000 * day):
            if output.topic == CHANGING:
                print((output.value or b"").decode())


if __name__ == "__main__":
    main()
