"""Headwater beside its peers: the same input, in turns, over several rounds, in one run.

    python -m bench                                     # both jobs, all peers, three rounds
    python -m bench --only headwater,quix-once --job whole --articles 5000
    python -m bench.speed.latency; python -m bench.speed.growth     # the other two measurements

Prints ratios with their spread, and writes peers.json, a picture and the page BENCHMARKS.md into the output folder. Runs on
an embedded Kafka, or on the one that HEADWATER_BROKERS names (which must not have Headwater's topics). A peer that can't be
installed here is left out, with the reason. :mod:`bench.speed.race` describes a run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bench.peers.names import Job
from bench.speed.contestants import CONTESTANTS, named
from bench.speed.environments import EnvironmentUnavailableError
from bench.speed.figures import ratio
from bench.speed.ground import Ground, ground
from bench.speed.machine import facts
from bench.speed.memory import in_memory
from bench.speed.race import ContestantFailedError, Heat, Load, Result, make_load, race
from bench.speed.report import OUTPUT, carry_out, deciding_share, stream_us, write_report
from streams.settings import Settings


async def compare(arguments: argparse.Namespace) -> None:
    """Run everything; the results are written after each run."""
    report: dict[str, Any] = {"machine": facts(), "partitions": arguments.partitions, "rounds": arguments.rounds, "jobs": {}}
    async with ground(Settings.from_environment()) as kafka:
        for job in arguments.job:
            load = make_load(job, arguments.events if job is Job.DEDUP else arguments.articles)
            contest = {"records": len(load.main), "runs": {}, "left_out": {}, "limit_cpu_us": [], "stages_us": {}}
            report["jobs"][job.value] = contest
            async for _ in _rounds(kafka, load, arguments, contest):
                write_report(arguments.output, "peers", report)
            _print_ratios(contest)


async def _rounds(kafka: Ground, load: Load, arguments: argparse.Namespace, contest: dict[str, Any]) -> AsyncIterator[None]:
    """Fill in the results of a contest; yields after each run."""
    contestants = [each for each in arguments.only if load.job in each.jobs]
    runs, left_out = contest["runs"], contest["left_out"]
    print(f"\n{load.job}: {len(load.main)} records, {arguments.rounds} rounds", flush=True)
    for number in range(arguments.rounds):
        # Another one begins each round, so that none always follows the same one.
        start = number % len(contestants)
        for contestant in (*contestants[start:], *contestants[:start]):
            name = contestant.name
            if name in left_out:
                continue
            try:
                result = await race(kafka, Heat(contestant, load, f"bench-{load.job}-{number}-{name}", arguments.partitions))
            except (EnvironmentUnavailableError, ContestantFailedError) as error:
                left_out[name] = str(error)
                runs.pop(name, None)
                print(f"  {name:20} left out: {error}", flush=True)
            else:
                runs.setdefault(name, []).append(result.as_json())
                _print_run(name, result)
            yield
        contest["limit_cpu_us"].append((await in_memory(load.job, len(load.main)))["cpu_us"])
        print(f"  {'in memory':20} {'':>9}  {contest['limit_cpu_us'][-1]:8.0f} µs CPU each", flush=True)
        if load.job is Job.WHOLE:
            found, best = await in_memory("stages", len(load.main)), contest["stages_us"]
            best |= {name: min(us, best.get(name, us)) for name, us in found.items()}
        yield


def _print_run(name: str, result: Result) -> None:
    broker = "" if result.broker_cpu_us is None else f", broker {result.broker_cpu_us:.0f}"
    wrong = f"; {result.surplus} OUTCOMES TOO MANY" if result.surplus else ""
    each = f"{result.per_second:9,.0f}/s {result.cpu_us:8.0f} µs CPU each{broker}, reader {result.reader_cpu_us:.0f}"
    print(f"  {name:20} {each}{wrong}", flush=True)


def _print_ratios(contest: dict[str, Any]) -> None:
    ours = contest["runs"].get("headwater")
    if not ours:
        return
    print("  Headwater beside each, round by round (median, least to most):")
    for name, theirs in contest["runs"].items():
        if name != "headwater":
            rate = ratio([each["per_second"] for each in ours], [each["per_second"] for each in theirs])
            cpu = ratio([each["cpu_us"] for each in theirs], [each["cpu_us"] for each in ours])
            print(
                f"  {name:20} {rate.median:6.2f} × as fast ({rate.least:.2f} to {rate.most:.2f}),"
                f" {cpu.median:6.2f} × as little CPU ({cpu.least:.2f} to {cpu.most:.2f})"
            )
    limit = ratio(contest["limit_cpu_us"], [each["cpu_us"] for each in ours])
    print(f"  {'in memory':20} {limit.median:6.2f} of the limit ({limit.least:.2f} to {limit.most:.2f}), by CPU time")
    if contest["stages_us"]:
        stream, share = stream_us(ours), deciding_share(ours)
        print(f"  the stream itself    {stream.median:6.0f} µs CPU an article ({stream.least:.0f} to {stream.most:.0f})")
        print(f"  the pure functions   {share.median:6.2f} of the worker's CPU ({share.least:.2f} to {share.most:.2f})")


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=6_000, help="of the whole job (default: 6000)")
    parser.add_argument("--events", type=int, default=40_000, help="of the dedup-only job (default: 40000)")
    parser.add_argument("--rounds", type=int, default=3, help="in turns, each begun by another peer (default: 3)")
    parser.add_argument("--partitions", type=int, default=4, help="of each topic (default: 4)")
    parser.add_argument("--only", type=named, default=list(CONTESTANTS), help="names, separated by commas")
    parser.add_argument("--job", type=lambda name: [Job(name)], default=list(Job), help="dedup or whole; both if not given")
    parser.add_argument("--output", type=Path, default=OUTPUT, help=f"folder for JSON, pictures and page (default: {OUTPUT})")
    arguments = parser.parse_args()
    return carry_out(compare(arguments), arguments.output)


if __name__ == "__main__":
    sys.exit(main())
