"""Measure what :mod:`bench.plan` plans with: ``bench/data/plan_costs.json``. ``python -m bench.speed.plan_costs``.

Transactions v2 over 1, 4, 16 and 64 partitions, in turns, ten records of about 1 kB in each partition, 10 ms between them, on
the embedded Kafka. What the broker takes at rest is left out. A line is laid through its processor time and through the medians
of the durations. What an article takes of a worker and of the broker is the run with four partitions in
``bench/results/growth.json`` (``bench.speed.growth``), at full load, without what its transactions take by these lines.

A busy machine is slower at everything, so the lines are scaled: by what deciding took an article in that run, as a share of
what the same steps take in memory now (``scale``). For figures of a machine of yours, run both there.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Final

import orjson
from aiokafka import TopicPartition

from bench.peers.names import Job
from bench.plan import COSTS, FULL_LOAD_MS, GROWTH, Costs, Deployment, steady
from bench.speed.articles import BODY_BYTES
from bench.speed.ground import Ground, ground
from bench.speed.machine import facts
from bench.speed.memory import in_memory
from bench.speed.transactions import WARM, TransactionCosts, Writer
from streams.settings import Settings, TransactionProtocol

PARTITIONS: Final = (1, 4, 16, 64)
_PAUSE_S: Final = 0.01
_TURN: Final = 15
_REST_S: Final = 10.0
_ARTICLES: Final = 500


async def at_rest(kafka: Ground) -> float:
    """The share of a core that the broker takes with nothing to do."""
    began, before = time.monotonic(), kafka.broker_cpu_seconds()
    await asyncio.sleep(_REST_S)
    return (kafka.broker_cpu_seconds() - before) / (time.monotonic() - began)


async def transactions(kafka: Ground, turns: int) -> dict[int, TransactionCosts]:
    """The cost of transactions by number of partitions."""
    shapes = {}
    for count in PARTITIONS:
        topic = f"plan-{count}"
        await kafka.make_topics([topic], count)
        writer = Writer(kafka.settings, TransactionProtocol.NEWEST, topic)
        await writer.start()
        shapes[count] = writer, [TopicPartition(topic, number) for number in range(count)]
        await writer.turn(kafka, shapes[count][1], 5 * WARM, 0.0)
        writer.taken = TransactionCosts()
    rest = await at_rest(kafka)
    for turn in range(turns):
        for count in PARTITIONS[:: -1 if turn % 2 else 1]:
            writer, partitions = shapes[count]
            began = time.monotonic()
            await writer.turn(kafka, partitions, _TURN, _PAUSE_S)
            writer.taken.broker_cpu_s -= rest * (time.monotonic() - began)
    for writer, _ in shapes.values():
        await writer.close()
    return {count: writer.taken for count, (writer, _) in shapes.items()}


def line(by_partitions: dict[int, float]) -> tuple[float, float]:
    """What a transaction takes of itself, and for each partition: neither below zero."""
    slope, intercept = linear_regression(list(by_partitions), list(by_partitions.values()))
    return max(intercept, 0.0), max(slope, 0.0)


def costs_of(measured: dict[int, TransactionCosts], run: dict[str, Any], scale: float) -> Costs:
    """The costs to plan with. ``run``: the one with four partitions; ``scale``: how much faster its machine was."""
    broker, partition = line({count: each.broker_cpu_s * 1e6 / len(each.walls_ms) for count, each in measured.items()})
    commit, commit_partition = line({count: median(each.walls_ms) for count, each in measured.items()})
    costs = Costs(run["cpu_us"], 0.0, *(scale * each for each in (broker, partition, commit, commit_partition)))
    markers_us = steady(Deployment(run["per_second"], 4, 1, FULL_LOAD_MS), costs).broker_us
    return costs._replace(broker_us_an_article=max(run["broker_cpu_us"] - markers_us, 0.0))


async def _measure(turns: int) -> tuple[dict[int, TransactionCosts], float]:
    """What transactions take, and deciding on an article in memory (µs), at the same time."""
    async with ground(Settings()) as kafka:
        measured = await transactions(kafka, turns)
        return measured, (await in_memory(Job.WHOLE, _ARTICLES, BODY_BYTES))["cpu_us"]


def report(measured: dict[int, TransactionCosts], decide_us: float) -> dict[str, Any]:
    """What is kept: the costs, what they were computed from, and the machine."""
    run = next(each for each in orjson.loads(GROWTH.read_bytes())["partitions"] if each["partitions"] == 4)
    scale = run["decide_cpu_us"] / decide_us
    each = {
        str(count): {
            "broker_us": round(taken.broker_cpu_s * 1e6 / len(taken.walls_ms)),
            "median_ms": round(median(taken.walls_ms), 2),
            "transactions": len(taken.walls_ms),
        }
        for count, taken in measured.items()
    }
    costs = {name: round(value, 2) for name, value in costs_of(measured, run, scale)._asdict().items()}
    return {"costs": costs, "scale": round(scale, 3), "measured": each, "machine": facts()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=20, help=f"of {_TURN} transactions over each number of partitions")
    parser.add_argument("--out", type=Path, default=COSTS)
    given = parser.parse_args()
    told = orjson.dumps(report(*asyncio.run(_measure(given.turns))), option=orjson.OPT_INDENT_2)
    given.out.write_bytes(told + b"\n")
    print(told.decode())


if __name__ == "__main__":
    main()
