"""What a start costs: ``headwater pipe`` on one article, and a worker to its first. ``python -m bench.speed.start``.

    python -m bench.speed.start --rounds 5 --beside ../other-checkout

Processor time is that of the whole process, user and system; seconds by the clock say little on a busy machine. The topics
exist, and the group is new. With ``--beside FOLDER`` the code of another checkout runs in turns with this one, in the same
Python environment, and the last column is this one's share of the other's. Medians; Linux only, because of /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import orjson

from agents import pipeline_steps
from bench.speed.ground import Ground, Input, ground
from bench.speed.machine import cpu_seconds, peak_resident_bytes
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.topics import ENRICHED, RAW, topics_of

_HERE: Final = Path(__file__).resolve().parents[2]
_LIMIT_S: Final = 120.0
_ARTICLE: Final = {
    "title": "Port of Rotterdam opens second hydrogen terminal",
    "text": "The port of Rotterdam opened a second terminal for hydrogen on Monday, officials said. It will serve industry in"
    " the Ruhr area of Germany from next year on and cost two billion euros.",
}


class Cost(NamedTuple):
    """Of one start: processor time, time by the clock, and the most memory."""

    cpu_s: float
    clock_s: float
    peak_mb: float


def one_article(checkout: Path, folder: Path) -> Cost:
    """``headwater pipe`` from its start to its end."""
    path = folder / "article.json"
    path.write_bytes(orjson.dumps(_ARTICLE))
    return finished(checkout, "pipe", str(path))


def finished(checkout: Path, *arguments: str) -> Cost:
    """A command from its start to its end; its output is thrown away.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    began = time.monotonic()
    command = (sys.executable, "-m", "streams", *arguments)
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 1024)


async def first_article(checkout: Path, kafka: Ground, number: int, processes: int) -> Cost:
    """A worker from its start to the first enriched article that a consumer sees."""
    settings = replace(kafka.settings, app_id=f"start-{number}", state_dir=kafka.folder / f"start-{number}", web_port=0)
    topics = topics_of(pipeline_steps(settings), settings)
    await create_topics(settings, [topic for topic in topics if topic not in await kafka.topics()])
    article = _ARTICLE | {"title": f"{_ARTICLE['title']}, number {number} of its kind"}
    async with kafka.reader([ENRICHED], settings.partitions, wait_ms=10) as reader:
        while await reader.some():
            pass
        await kafka.publish(RAW, [Input(orjson.dumps(article))], int(time.time() * 1000))
        began, command = time.monotonic(), (sys.executable, "-m", "streams", "worker", "--processes", str(processes))
        worker = await asyncio.create_subprocess_exec(*command, cwd=checkout, env=os.environ | _variables(settings))
        try:
            while not await reader.some(0.05):
                if worker.returncode is not None or time.monotonic() - began > _LIMIT_S:
                    raise TimeoutError(f"no article in {time.monotonic() - began:.0f} s; status {worker.returncode}")
            return Cost(cpu_seconds(worker.pid), time.monotonic() - began, peak_resident_bytes(worker.pid) / (1 << 20))
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended
                worker.terminate()
            await worker.wait()


def _variables(settings: Settings) -> dict[str, str]:
    """Those alone that differ from the defaults: another checkout may not know all of ours."""
    defaults = Settings().as_environment()
    return {name: value for name, value in settings.as_environment().items() if defaults.get(name) != value}


def told(name: str, costs: Sequence[Sequence[Cost]]) -> Iterator[str]:
    """Lines of the table: the medians of this checkout, and of the other if there is one."""
    for what, unit in (("cpu_s", "s of processor"), ("clock_s", "s by the clock"), ("peak_mb", "MB")):
        values = [median(getattr(cost, what) for cost in each) for each in costs]
        digits = 0 if what == "peak_mb" else 2
        beside = f" {values[1]:>9.{digits}f} {values[0] / values[1]:>9.2f}" if len(values) > 1 else ""
        yield f"{name:<28} {unit:<16} {values[0]:>9.{digits}f}{beside}"


async def _measure(checkouts: Sequence[Path], rounds: int, processes: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for checkout in checkouts:  # what is compiled and read for the first time counts for nobody
            one_article(checkout, Path(folder))
        print(f"{'':<45} {'here':>9}" + (f" {'beside':>9} {'share':>9}" if len(checkouts) > 1 else ""))
        turns = [[one_article(checkout, Path(folder)) for checkout in checkouts] for _ in range(rounds)]
    print(*told("pipe, one article", list(zip(*turns, strict=True))), sep="\n", flush=True)
    async with ground(Settings()) as kafka:
        number = 0
        for count in processes:
            costs: list[list[Cost]] = [[] for _ in checkouts]
            for _ in range(rounds):
                for each, checkout in zip(costs, checkouts, strict=True):
                    number += 1
                    each.append(await first_article(checkout, kafka, number, count))
            print(*told(f"worker, {count} process{'es' * (count > 1)}", costs), sep="\n", flush=True)
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="of a worker")
    parser.add_argument("--beside", type=Path, help="the folder of another checkout")
    given = parser.parse_args()
    beside = [given.beside.resolve()] if given.beside else []
    if beside and not (beside[0] / "streams" / "__main__.py").is_file():
        raise SystemExit(f"--beside {given.beside}: no checkout of Headwater is there")
    asyncio.run(_measure([_HERE, *beside], given.rounds, given.processes))


if __name__ == "__main__":
    main()
