"""How many partitions and processes a rate needs, and what Kafka has to do for it. ``python -m bench.plan --rate 2000``.

    python -m bench.plan                    # the table of docs/operations.md
    python -m bench.plan --check            # beside a simulation, at 4, 16 and 64 partitions and 1, 4 and 8 processes

A transaction ends with a marker in every partition that it wrote to, so the broker's time an article depends on how many
articles share a transaction, and on how many partitions they touch. The model: each process commits for each of the three
steps once a cycle, or once an article where these are rarer. A cycle is HEADWATER_LINGER_MS, the step's own patience or 1.5
times the last commit, whichever is longest (``streams/kafka/step.py``). What a transaction, a partition and an article take is
measured, by ``python -m bench.speed.plan_costs``, and kept in ``bench/data/plan_costs.json``.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
from collections.abc import Iterator
from functools import cache
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from agents import pipeline_steps
from streams.kafka.breath import LONGEST_DECIDING_S
from streams.kafka.step import LINGER_PER_WRITE
from streams.settings import Settings

_BENCH: Final = Path(__file__).parent
COSTS: Final = _BENCH / "data" / "plan_costs.json"
GROWTH: Final = _BENCH / "results" / "growth.json"

RATES: Final = (50, 200, 1_000, 2_000, 5_000, 20_000)
LINGERS_MS: Final = (10, 20, 50, 100, 200, 500, 1_000)
CHECKED: Final = ((4, 1), (16, 4), (64, 8))
"""Partitions and processes."""

FULL_LOAD_MS: Final = 1000 * LONGEST_DECIDING_S
"""A worker that is behind decides for so long before it commits (``streams/kafka/breath.py``): the cycle at full load."""

_BUSY: Final = 0.7  # of a process's core: the rest is for peaks, and for catching up
_LEAST_PARTITIONS: Final = 4
_MOST_RATE: Final = 1e9  # articles a second: beyond, a mistake
_FIRSTS: Final = 0.6  # of all articles, as bench.speed.articles has them
_LANGUAGES: Final = 4  # news.signatures is keyed by language
_MARKERS_SHARE: Final = 0.5  # of the broker's time: with more, a longer linger is chosen


class Costs(NamedTuple):
    """Measured: of a worker and a broker, in µs of processor time; the time that a commit takes, in ms."""

    worker_us_an_article: float
    broker_us_an_article: float
    """Without its transactions."""
    broker_us_a_transaction: float
    broker_us_a_partition: float
    commit_ms: float
    commit_ms_a_partition: float


class Deployment(NamedTuple):
    """How Headwater runs: articles a second in all, partitions of each topic, worker processes, HEADWATER_LINGER_MS."""

    rate: float
    partitions: int
    processes: int
    linger_ms: float


class Strain(NamedTuple):
    """What follows from a shape. ``busy``: the share of each process's core."""

    busy: float
    records_a_transaction: float
    partitions_a_transaction: float
    transactions_a_second: float
    broker_us: float
    """An article, with its transactions."""
    markers: float
    """The share of transactions in it."""

    def broker_cores(self, rate: float) -> float:
        """Cores that the brokers need for this, replication aside."""
        return self.broker_us * rate / 1e6


def read_costs(path: Path = COSTS) -> Costs:
    """The measured costs.

    Raises:
        OSError: there is no such file.
        ValueError: it does not hold costs.
    """
    try:
        costs = Costs(**orjson.loads(path.read_bytes())["costs"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} holds no costs: {error}") from None
    is_counted = all(type(each) in (int, float) and each >= 0 for each in costs)
    if not is_counted or not costs.worker_us_an_article or not costs.broker_us_an_article:
        raise ValueError(f"{path} holds no costs: each is a number, none below 0, and an article takes both some time")
    return costs


@cache
def patience_ms() -> tuple[int, ...]:
    """How far apart each step's transactions are at least, whatever the linger (``Step.patience_ms``)."""
    return tuple(step.patience_ms for step in pipeline_steps(Settings()))


def touched(partitions: float, records: float) -> float:
    """How many of the partitions get at least one of these records, if each goes to any of them."""
    return partitions * (1 - (1 - 1 / partitions) ** records) if partitions > 1 else min(records, 1.0)


def partitions_of_steps(records: tuple[float, ...], shape: Deployment) -> tuple[float, ...]:
    """How many partitions a transaction of `prepare`, `deduplicate` and `group` writes to, with those of changelogs."""
    first, second, third = records
    partitions, own = shape.partitions, shape.partitions / shape.processes
    firsts, languages = second * _FIRSTS, min(partitions, _LANGUAGES)
    return (
        touched(partitions, first) + touched(own, first),
        touched(partitions, firsts) + touched(partitions, second - firsts) + touched(languages, firsts) + touched(own, second),
        touched(partitions, third) + touched(languages / min(languages, shape.processes), third),
    )


def steady(shape: Deployment, costs: Costs) -> Strain:
    """The load when articles come evenly, or as fast as they are worked off."""
    # news.signatures is keyed by language, so no more processes than languages have work to group.
    grouping = min(shape.processes, shape.partitions, _LANGUAGES)
    rates = shape.rate, shape.rate, shape.rate * _FIRSTS
    each = shape.rate / shape.processes, shape.rate / shape.processes, shape.rate * _FIRSTS / grouping
    records: tuple[float, ...] = (1.0,) * 3
    for _ in range(100):
        wrote = partitions_of_steps(records, shape)
        cycles_s = (
            max(shape.linger_ms, patience, LINGER_PER_WRITE * commit_ms(count, costs)) / 1000
            for count, patience in zip(wrote, patience_ms(), strict=True)
        )
        records = tuple(max(1.0, rate * cycle_s) for rate, cycle_s in zip(each, cycles_s, strict=True))
    transactions = [rate / count for rate, count in zip(rates, records, strict=True)]
    markers_us = sum(
        rate * (costs.broker_us_a_transaction + costs.broker_us_a_partition * count)
        for rate, count in zip(transactions, wrote, strict=True)
    )
    broker_us = costs.broker_us_an_article + markers_us / shape.rate
    return Strain(
        each[0] * costs.worker_us_an_article / 1e6,
        sum(rates) / sum(transactions),
        sum(rate * count for rate, count in zip(transactions, wrote, strict=True)) / sum(transactions),
        sum(transactions),
        broker_us,
        markers_us / shape.rate / broker_us,
    )


def commit_ms(partitions: float, costs: Costs) -> float:
    """How long a transaction over this many partitions takes to write and to commit."""
    return costs.commit_ms + costs.commit_ms_a_partition * partitions


def plan(rate: float, costs: Costs) -> Deployment:
    """The fewest processes that leave headroom, partitions for twice as many, and the shortest linger that is worth it."""
    processes = max(1, ceil(rate * costs.worker_us_an_article / 1e6 / _BUSY))
    partitions = _LEAST_PARTITIONS
    while partitions < 2 * processes:
        partitions *= 2
    for linger_ms in LINGERS_MS:
        shape = Deployment(rate, partitions, processes, linger_ms)
        if steady(shape, costs).markers <= _MARKERS_SHARE:
            break
    return shape


def table(costs: Costs, rates: tuple[float, ...] = RATES) -> Iterator[str]:
    """The planning table, as Markdown."""
    columns = ["articles a second", "processes", "partitions", "linger, ms", "records a transaction", "brokers' cores"]
    columns += ["of them for transactions", f"brokers' cores with {LINGERS_MS[0]} ms"]
    yield f"| {' | '.join(columns)} |"
    yield f"|{' ---: |' * len(columns)}"
    for rate in rates:
        shape = plan(rate, costs)
        load, at_once = steady(shape, costs), steady(shape._replace(linger_ms=LINGERS_MS[0]), costs)
        yield (
            f"| {rate:,.12g} | {shape.processes} | {shape.partitions} | {shape.linger_ms:,.0f} |"
            f" {load.records_a_transaction:,.0f} | {load.broker_cores(rate):.1f} | {load.markers:.0%} |"
            f" {at_once.broker_cores(rate):.1f} |"
        )


# ---- The same by simulation


def simulate(shape: Deployment, costs: Costs, seconds: float = 20.0, seed: int = 1) -> Strain:
    """Articles at random times, in random partitions, through the steps of each process, counting which partitions are hit.

    Deciding takes no time here. What a step commits arrives at whichever process has the partition that it goes to.
    """
    chance = random.Random(seed)
    owners = [[_Step(number, shape, costs, chance) for number in range(3)] for _ in range(shape.processes)]
    events: list[tuple[float, int, int, int]] = []  # when, a tie-breaker, the step, the partition
    now, number = 0.0, 0
    while (now := now + chance.expovariate(shape.rate)) < seconds:
        heapq.heappush(events, (now, number, 0, chance.randrange(shape.partitions)))
        number += 1
    articles = number
    while events:
        now, _, step, partition = heapq.heappop(events)
        for when, key in owners[partition % shape.processes][step].take(now, partition):
            if step < 2 and (step == 0 or chance.random() < _FIRSTS):
                number += 1
                heapq.heappush(events, (when, number, step + 1, key))
    done = [step for steps in owners for step in steps]
    for each in done:
        each.commit()
    transactions, wrote = sum(each.transactions for each in done), sum(each.wrote for each in done)
    markers_us = transactions * costs.broker_us_a_transaction + wrote * costs.broker_us_a_partition
    broker_us = costs.broker_us_an_article + markers_us / articles
    return Strain(
        articles / seconds / shape.processes * costs.worker_us_an_article / 1e6,
        sum(each.records for each in done) / transactions,
        wrote / transactions,
        transactions / seconds,
        broker_us,
        markers_us / articles / broker_us,
    )


class _Step:
    """One step of one process: gathers what comes until the next transaction is due."""

    def __init__(self, step: int, shape: Deployment, costs: Costs, chance: random.Random) -> None:
        self._step, self._shape, self._costs, self._chance = step, shape, costs, chance
        self._linger_s = max(shape.linger_ms, patience_ms()[step]) / 1000
        self._due_s, self._hit, self._waiting = 0.0, set[tuple[str, int]](), 0
        self.transactions = self.wrote = self.records = 0

    def take(self, now_s: float, partition: int) -> Iterator[tuple[float, int]]:
        """One record; when it will have been committed, and the partition in which it goes on."""
        if self._waiting and now_s >= self._due_s:
            self.commit()
        if not self._waiting:
            self._due_s = max(self._due_s, now_s)
        key = self._chance.randrange(self._shape.partitions)
        self._waiting += 1
        self._hit |= self._outputs(partition, key)
        took_s = commit_ms(len(self._hit), self._costs) / 1000
        going_on = key if self._step == 0 else key % min(self._shape.partitions, _LANGUAGES)
        yield self._due_s + took_s, going_on

    def _outputs(self, partition: int, key: int) -> set[tuple[str, int]]:
        changelog = ("changelog", partition)
        if self._step == 0:
            return {changelog, ("prepared", key)}
        if self._step == 1:
            if self._chance.random() < _FIRSTS:
                return {changelog, ("enriched", key), ("signatures", key % min(self._shape.partitions, _LANGUAGES))}
            return {changelog, ("duplicates", key)}
        return {changelog, ("stories", key)}

    def commit(self) -> None:
        """End the transaction that is being gathered."""
        if not self._waiting:
            return
        took_s = commit_ms(len(self._hit), self._costs) / 1000
        self._due_s += max(self._linger_s, LINGER_PER_WRITE * took_s)
        self.transactions += 1
        self.wrote += len(self._hit)
        self.records += self._waiting
        self._hit, self._waiting = set(), 0


def check(costs: Costs) -> Iterator[str]:
    """The model beside the simulation, each process at 70 % of its core, with the default linger."""
    yield f"{'':26}{'records a transaction':>24}{'partitions of one':>20}{'broker µs an article':>22}"
    for partitions, processes in CHECKED:
        rate = _BUSY * processes * 1e6 / costs.worker_us_an_article
        shape = Deployment(rate, partitions, processes, LINGERS_MS[0])
        for name, load in (("planned", steady(shape, costs)), ("simulated", simulate(shape, costs))):
            yield (
                f"{partitions:3} × {processes}, {rate:5,.0f}/s {name:10}{load.records_a_transaction:24.1f}"
                f"{load.partitions_a_transaction:20.1f}{load.broker_us:22,.0f}"
            )


def above_zero(text: str) -> float:
    """A rate, for argparse.

    Raises:
        ValueError: it is no number above zero, or none that can be planned for.
    """
    value = float(text)
    if not 0 < value <= _MOST_RATE:
        raise ValueError(text)
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=above_zero, nargs="+", default=RATES, help="articles a second, above 0")
    parser.add_argument("--check", action="store_true", help="the model beside a simulation")
    parser.add_argument("--costs", type=Path, default=COSTS, help="measured on a machine of yours by bench.speed.plan_costs")
    given = parser.parse_args()
    try:
        costs = read_costs(given.costs)
    except (OSError, ValueError) as error:
        sys.exit(f"{parser.prog}: {error}")
    print(*(check(costs) if given.check else table(costs, tuple(given.rate))), sep="\n")


if __name__ == "__main__":
    main()
