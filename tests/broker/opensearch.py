"""A real OpenSearch: the server's jars come by Maven coordinates, like the embedded Kafka's."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from infra.kafka import _jars, _sha256, fetch_jars
from infra.ports import claim_port

VERSION = "2.19.6"  # the last line for Java 17
COORDINATES = (
    f"org.opensearch:opensearch:{VERSION}",
    f"org.opensearch.plugin:transport-netty4-client:{VERSION}",
    "org.apache.logging.log4j:log4j-core:2.25.4",
)
JARS_SHA256 = "9ff4f4cb946e97b9857f66de090160861e01eefaa4dd968ff8df57013727d362"  # what `_sha256` says of the right jars
SERVER = Path(__file__).with_name("OpenSearchServer.java")
LIMIT_S = 240


def installed() -> list[Path]:
    """The server's jars, from the user's cache; the first time they are downloaded."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "headwater").absolute()
    folder = cache / f"opensearch-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "opensearch-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            fetch_jars(COORDINATES, part / "jars", lambda _: None, "downloading OpenSearch")
            part.rename(folder)
    found = _jars(folder)
    assert _sha256(found) == JARS_SHA256, f"these are not the jars that we know: {_sha256(found)}; remove {folder}"
    return found


class OpenSearch:
    """One node on a free port of this machine."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, path: str, method: str = "GET") -> Any:
        """The JSON that it answers; None if there is no such index yet."""
        try:
            with urlopen(Request(self.address + path, method=method), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            if error.code == 404:
                return None
            raise


@contextmanager
def opensearch(folder: Path) -> Iterator[OpenSearch]:
    """A server with its data in a folder; it ends with the block."""
    java = shutil.which("java")
    assert java, "needs a JDK 17 or newer (on Debian: apt install openjdk-17-jdk-headless)"
    (folder / "config").mkdir(parents=True)
    port = claim_port()
    with (folder / "server.log").open("wb") as log:
        paths = os.pathsep.join(map(str, installed()))
        command = [java, "-Xmx512m", "-cp", paths, str(SERVER), str(folder), str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        server = OpenSearch(f"http://127.0.0.1:{port}")
        _wait_for(server, process, folder / "server.log")
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: OpenSearch, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.ask("/")
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"OpenSearch has not started: {log.read_text()[-2000:]}")
