"""Records of the outcomes, as the pipeline writes them."""

from __future__ import annotations

from collections import defaultdict

import orjson

from agents import pipeline_steps
from streams.memory import MemoryPipeline, MemoryRecord
from streams.settings import Settings
from streams.topics import OUTCOMES, RAW

SETTINGS = Settings()


def json_record(headline, text="The council voted on Monday.", **more):
    return orjson.dumps({"title": headline, "text": text, **more})


def outcomes(values, settings=SETTINGS):
    """The outcomes of raw values (bytes, or bytes with a content type), each record at the place it would have in Kafka."""
    pipeline, offsets, found = MemoryPipeline(pipeline_steps(settings)), defaultdict(int), []
    for number, value in enumerate(values):
        content, content_type = value if isinstance(value, tuple) else (value, "application/json")
        headers = (("content-type", content_type.encode()),) if content_type else ()
        for output in pipeline.publish(RAW, b"key", content, headers, 1_700_000_000_000 + number * 1000):
            if output.topic in OUTCOMES:
                offset = offsets[output.topic]
                offsets[output.topic] += 1
                record = MemoryRecord(
                    output.topic, 0, offset, output.timestamp_ms, output.key, output.value, tuple(output.headers)
                )
                found.append(record)
    return found


def raw_record(value, content_type="application/json"):
    headers = (("content-type", content_type.encode()),) if content_type else ()
    return MemoryRecord(RAW, 0, 0, 1_700_000_000_000, b"key", value, headers)
