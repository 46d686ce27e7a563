"""Workers of earlier releases, from the repository's history, beside those of this one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Self

import pytest

from tests.broker.stream import Stream

ROOT = Path(__file__).resolve().parents[2]
RELEASE_0_1_0 = "a37f6fecc56337792e5c2ef1f2b8d8f24d934bcf"
# Faust finds its transport by the entry points of an installed distribution: this one hides ours.
_ENTRY_POINTS = "[faust.transports]\nkafka-batch = streams.transport:BatchTransport\n"


def unpack_release(commit: str, folder: Path) -> Path:
    """The packages of a release, in a folder that PYTHONPATH can name; skips the test if the history is missing."""
    packed = subprocess.run(["git", "archive", commit, "streams", "agents"], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the history of the repository is not here: {packed.stderr.decode()}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    metadata = folder / "headwater_news-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: headwater-news\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text(_ENTRY_POINTS)
    return folder


class OldWorkers:
    """Worker processes of an earlier release in the group of a stream; ended with the test."""

    def __init__(self, stream: Stream, release: Path) -> None:
        self._stream = stream
        self._release = release
        self._logs: dict[int, Path] = {}
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._started:
            if worker.poll() is None:
                worker.kill()
                worker.wait()

    def create_topics(self) -> None:
        """Its ``headwater topics create``."""
        command = [sys.executable, "-m", "streams", "topics", "create"]
        subprocess.run(command, env=self._environment(), cwd=self._release, check=True, stdout=subprocess.DEVNULL)

    def _environment(self) -> dict[str, str]:
        """The environment without settings that were added later."""
        settings = self._stream.settings
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
        return environment | {
            "PYTHONPATH": str(self._release),
            "HEADWATER_BROKERS": ",".join(settings.brokers),
            "HEADWATER_APP_ID": settings.app_id,
            "HEADWATER_SESSION_TIMEOUT_S": str(settings.session_timeout_s),
            "HEADWATER_MAX_BATCH_RECORDS": str(settings.max_batch_records),
        }

    def start(self) -> subprocess.Popen[bytes]:
        """A worker with a state folder of its own."""
        number = len(self._started)
        state = {"HEADWATER_STATE_DIR": str(self._stream.folder / f"old-state-{number}")}
        log = self._stream.folder / f"old-{number}.log"
        with log.open("wb") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker", "--processes", "1"],
                env=self._environment() | state,
                cwd=self._release,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._started.append(worker)
        self._logs[worker.pid] = log
        return worker

    def log_of(self, worker: subprocess.Popen[bytes]) -> str:
        """What it has logged."""
        return self._logs[worker.pid].read_text("utf-8", "replace")
