"""The limit: only the pure functions over the same articles, in memory; in total, or stage by stage.

    python -m bench.speed.memory --articles 5000        # the table of stages

Processor time in microseconds for each *raw* article, so that the stages add up to the whole job though only firsts are
enriched.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import pkgutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

import orjson

from agents import pipeline_steps
from bench.peers.dedup import is_first, seen_at
from bench.peers.names import Job
from bench.speed.articles import BODY_BYTES, RawRecord, dedup_events, mixed_articles
from bench.speed.environments import ROOT
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.topics import RAW

_MEMORY_TIMEOUT_S: Final = 900.0
_NOW_MS: Final = 1_790_000_000_000
REST: Final = "headers, records, all the rest"

# What a stage is called, and the function it is, by the module that calls it, or by its class.
_STAGES: Final = (
    ("parse", "streams.articles", "read_record"),
    ("clean", "streams.articles", "clean_text"),
    ("fingerprint the headline", "streams.articles", "fingerprint_headline"),
    ("put the article together", "streams.articles", "prepare_article"),
    ("write to news.prepared", "agents.prepare", "encode_article"),
    ("read from news.prepared", "agents.deduplicate", "article_from_json"),
    ("print the body", "agents.deduplicate", "print_body"),
    ("look up and decide", "agents.deduplicate", "unpack_owners"),
    ("look up and decide", "agents.deduplicate", "headline_of"),
    ("look up and decide", "agents.deduplicate", "find_repeat"),
    ("look up and decide", "agents.deduplicate", "remember"),
    ("look up and decide", "agents.deduplicate", "pack_owners"),
    ("language", "streams.text.language.detect", "_judge"),
    ("subjects", "streams.articles", "tag_subjects"),
    ("sign for the stories", "agents.deduplicate", "sign"),
    ("group into stories", "agents.group", "signature_from_json"),
    ("group into stories", "streams.text.stories.index:StoryIndex", "decide"),
    ("group into stories", "streams.text.stories.index:StoryIndex", "remember"),
    ("write the documents", "agents.group", "tell"),
    ("write the documents", "agents.deduplicate", "ninjs_document"),
    ("write the documents", "agents.deduplicate", "duplicate_document"),
    ("write the documents", "agents.deduplicate", "event_headers"),
)


def whole_us(articles: int, seed: int = 1, body_bytes: int = BODY_BYTES) -> dict[str, float]:
    """The whole job by the same steps as on Kafka, without one."""
    pipeline, raws = _ready(articles, seed, body_bytes)
    began = time.process_time()
    for raw in raws:
        _publish(pipeline, raw)
    return {"cpu_us": (time.process_time() - began) / articles * 1e6}


def dedup_us(events: int, seed: int = 1) -> dict[str, float]:
    """The dedup-only job with a dict."""
    seen: dict[bytes, bytes] = {}
    inputs = dedup_events(events, seed)
    gc.collect()
    began = time.process_time()
    for event in inputs:
        if is_first(event.value, _NOW_MS, seen.get(event.key)):
            seen[event.key] = seen_at(_NOW_MS)
    return {"cpu_us": (time.process_time() - began) / events * 1e6}


def stages_us(articles: int, seed: int = 1, body_bytes: int = BODY_BYTES) -> dict[str, float]:
    """Each stage of the whole job, without the stages within it; the two clocks around each call take about 1 µs of it."""
    pipeline, raws = _ready(articles, seed, body_bytes)
    taken_ns: dict[str, int] = defaultdict(int)
    within_ns: list[int] = [0]

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            within_ns.append(0)
            began = time.thread_time_ns()
            try:
                return function(*args, **kwargs)
            finally:
                total = time.thread_time_ns() - began
                taken_ns[name] += total - within_ns.pop()
                within_ns[-1] += total

        return call

    with ExitStack() as patches:
        for name, module, function in _STAGES:
            target = pkgutil.resolve_name(module)
            taken_ns[name] += 0
            patches.enter_context(patch.object(target, function, timed(name, getattr(target, function))))
        publish = timed(REST, _publish)
        for raw in raws:
            publish(pipeline, raw)
    return {name: ns / articles / 1000 for name, ns in taken_ns.items()}


def _ready(articles: int, seed: int, body_bytes: int) -> tuple[MemoryPipeline, list[RawRecord]]:
    """A pipeline that has loaded and cached what it does on first use, and the articles for it."""
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    for raw in mixed_articles(max(200, articles // 10), seed + 1, body_bytes):
        _publish(pipeline, raw)
    raws = mixed_articles(articles, seed, body_bytes)
    gc.collect()
    return pipeline, raws


def _publish(pipeline: MemoryPipeline, raw: RawRecord) -> None:
    for _ in pipeline.publish(RAW, None, raw.value, (("content-type", raw.content_type.encode()),), _NOW_MS):
        pass


async def in_memory(job: str, count: int, body_bytes: int = BODY_BYTES) -> dict[str, float]:
    """:mod:`bench.speed.memory` in a process of its own."""
    sizes = ["--articles", str(count), "--body-bytes", str(body_bytes)]
    command = [sys.executable, "-m", "bench.speed.memory", "--json", "--job", job, *sizes]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), _MEMORY_TIMEOUT_S)
    figures: dict[str, float] = orjson.loads(out)
    return figures


def main() -> int:
    """Print the figures; as JSON for the bench, which runs this in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--body-bytes", type=int, default=BODY_BYTES)
    parser.add_argument("--job", choices=[*Job, "stages"], default="stages")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.job == "stages":
        figures = stages_us(arguments.articles, body_bytes=arguments.body_bytes)
    elif arguments.job == Job.WHOLE:
        figures = whole_us(arguments.articles, body_bytes=arguments.body_bytes)
    else:
        figures = dedup_us(arguments.articles)
    if arguments.json:
        print(orjson.dumps(figures).decode())
        return 0
    for name, us in figures.items():
        print(f"{us:9.1f} µs  {name}")
    print(f"{sum(figures.values()):9.1f} µs  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
