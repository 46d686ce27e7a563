"""Several workers on one machine: one process per core, each restarted when it dies, and one port for all of their pages.

Python computes on one core at a time, so a machine needs several processes. Each is an ordinary worker with a state folder of
its own. It answers on a socket in a private folder instead of a port, and the supervisor combines the answers.

A process that ends by itself is restarted after a pause: 1 s, doubling each time up to a minute, and 1 s again once it has
lived for a minute. When the supervisor ends, in whatever way, its processes end too: their standard input closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from streams.kafka.failures import NAME_TAKEN_STATUS
from streams.settings import Settings
from streams.watch.listening import health_response, listen

log = logging.getLogger(__name__)

_SHORTEST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_STOP_TIMEOUT_S: Final = 20.0
_ANSWER_TIMEOUT_S: Final = 5.0


def pause_after(lived_s: float, pause_s: float) -> float:
    """How long to wait before restarting a process that lived this long, when the last wait was ``pause_s``."""
    return _SHORTEST_PAUSE_S if lived_s >= _LONGEST_PAUSE_S else min(2 * pause_s, _LONGEST_PAUSE_S)


class Supervisor:
    """Runs ``count`` workers until it is told to stop."""

    def __init__(self, settings: Settings, count: int, options: tuple[str, ...] = ()) -> None:
        """``options`` are those of ``headwater worker`` that each of them gets."""
        self._settings = settings
        self._options = options
        self._count = count
        self._stopping = asyncio.Event()
        self.name_taken = False
        """Whether it has stopped because another worker uses the instance id of one of its own."""

    def stop(self) -> None:
        """Let every worker finish or give up its current work, and end."""
        self._stopping.set()

    async def run(self) -> None:
        """Start all workers, and return when all have ended.

        Raises:
            OSError: the port of the pages can't be used.
        """
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.stop)
        with tempfile.TemporaryDirectory(prefix="headwater-") as folder:
            sockets = [Path(folder) / f"{number}.sock" for number in range(self._count)]
            answering = None
            if self._settings.web_port:
                answering = await listen(joint_health_app(sockets), self._settings.web_host, self._settings.web_port)
            try:
                await asyncio.gather(*(self._keep(number, socket) for number, socket in enumerate(sockets)))
            finally:
                if answering is not None:
                    await answering.close()

    async def _keep(self, number: int, socket: Path) -> None:
        pause_s = 0.0
        while not self._stopping.is_set():
            began = time.monotonic()
            process = await self._start(number, socket)
            log.info("worker process %d is %d", number, process.pid)
            ended, stopping = asyncio.create_task(process.wait()), asyncio.create_task(self._stopping.wait())
            await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if self._stopping.is_set():
                await end(process)
                return
            if process.returncode == NAME_TAKEN_STATUS:
                log.critical("worker process %d is not restarted: another worker has its instance id", number)
                self.name_taken = True
                self.stop()
                return
            pause_s = pause_after(time.monotonic() - began, pause_s or _SHORTEST_PAUSE_S / 2)
            log.error("worker process %d ended with status %s; starting again in %.0f s", number, process.returncode, pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)

    async def _start(self, number: int, socket: Path) -> asyncio.subprocess.Process:
        settings = replace(
            self._settings,
            state_dir=self._settings.state_dir / f"process-{number}",
            instance_id=self._settings.instance_id and f"{self._settings.instance_id}-{number}",
            web_port=0,
        )
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", "worker", "--processes", "1", "--member", str(socket), *self._options),
            env=os.environ | settings.as_environment(),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches only us
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to end, and kill it if it has not within 20 s."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def joint_health_app(sockets: Iterable[Path]) -> web.Application:
    """The pages of all workers combined: healthy and ready if all are; every metric with the number of its process."""
    numbered = dict(enumerate(sockets))

    async def gather(path: str) -> dict[int, Any]:
        answers = await asyncio.gather(*(_ask(socket, path) for socket in numbered.values()))
        return dict(zip(numbered, answers, strict=True))

    async def health(_: web.Request) -> web.Response:
        # A worker that does not answer has ended or is starting; the supervisor takes care of it.
        answers = await gather("/health")
        problems = list(_numbered(answers, "problems", silence=None))
        # All of them look at the same topics.
        warnings = list(dict.fromkeys(each for answer in answers.values() if answer for each in answer["warnings"]))
        return health_response(not problems, {"healthy": not problems, "problems": problems, "warnings": warnings})

    async def ready(_: web.Request) -> web.Response:
        waiting_for = list(_numbered(await gather("/ready"), "waiting_for", silence="to start"))
        return health_response(not waiting_for, {"ready": not waiting_for, "waiting_for": waiting_for})

    async def exposition(request: web.Request) -> web.Response:
        registry = CollectorRegistry()
        registry.register(Merged(await gather("/metrics")))
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    application = web.Application()
    application.add_routes([web.get("/health", health), web.get("/ready", ready), web.get("/metrics", exposition)])
    return application


async def _ask(socket: Path, path: str) -> Any:
    """A worker's answer, None if there is none."""
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(socket)), timeout=aiohttp.ClientTimeout(total=_ANSWER_TIMEOUT_S)
            ) as session,
            session.get(f"http://worker{path}") as response,
        ):
            return await (response.text() if path == "/metrics" else response.json())
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


def _numbered(answers: dict[int, Any], name: str, silence: str | None) -> Iterator[str]:
    for number, answer in answers.items():
        said = answer[name] if answer is not None else [silence] if silence else []
        yield from (f"process {number}: {each}" for each in said)


class Merged(Collector):
    """The metrics of several processes, each sample with a label ``process``."""

    def __init__(self, expositions: dict[int, str | None]) -> None:
        self._expositions = expositions

    def collect(self) -> Iterator[Metric]:
        """Each metric once, with the samples of all."""
        merged: dict[str, Metric] = {}
        for number, text in self._expositions.items():
            for family in text_string_to_metric_families(text or ""):
                metric = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                metric.samples += [each._replace(labels={**each.labels, "process": str(number)}) for each in family.samples]
        yield from merged.values()
