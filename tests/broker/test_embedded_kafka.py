"""The embedded Kafka is a real one: it keeps what it acknowledged, and never outlives the process that started it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from infra.kafka import EmbeddedKafka, KafkaUnavailable, _classes, install

TOPIC = "news.raw"
ROOT = Path(__file__).parents[2]
TIMEOUT_S = 30.0


@pytest.fixture(scope="module")
def kafka() -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka() as kafka:
        create_topic(kafka)
        yield kafka


def create_topic(kafka: EmbeddedKafka) -> None:
    async def create() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.brokers)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
        finally:
            await admin.close()

    asyncio.run(asyncio.wait_for(create(), TIMEOUT_S))


def publish(kafka: EmbeddedKafka, *values: bytes) -> None:
    async def send() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=kafka.brokers, acks="all", max_request_size=16_000_000)
        await producer.start()
        try:
            for value in values:
                await producer.send_and_wait(TOPIC, value)
        finally:
            await producer.stop()

    asyncio.run(asyncio.wait_for(send(), TIMEOUT_S))


def read(kafka: EmbeddedKafka, count: int) -> list[bytes]:
    """The first `count` values of the topic, read by a consumer group."""

    async def receive() -> list[bytes]:
        consumer = AIOKafkaConsumer(
            TOPIC, bootstrap_servers=kafka.brokers, group_id=f"test-{time.time_ns()}", auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            return [(await consumer.getone()).value for _ in range(count)]
        finally:
            await consumer.stop()

    return asyncio.run(asyncio.wait_for(receive(), TIMEOUT_S))


def listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def await_that(comes_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not comes_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_carries_records_up_to_16_mb(kafka: EmbeddedKafka) -> None:
    long_article = b"x" * 15_000_000
    publish(kafka, b"short", long_article)
    assert read(kafka, 2) == [b"short", long_article]


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has mapped is read from /proc")
def test_starts_from_the_classes_that_java_has_kept(kafka: EmbeddedKafka) -> None:
    assert _classes(install()).name in Path(f"/proc/{kafka.pid}/maps").read_text()


def test_two_run_side_by_side(kafka: EmbeddedKafka) -> None:
    with EmbeddedKafka() as other:
        create_topic(other)
        publish(other, b"the other's")
        assert read(other, 1) == [b"the other's"]
        assert (other.brokers, other.folder) != (kafka.brokers, kafka.folder)
        assert other.pid != kafka.pid


def test_keeps_records_in_a_given_folder(tmp_path: Path) -> None:
    """Even for another process's Kafka on other ports, and with any characters in the folder's name."""
    folder = tmp_path / "a folder, \N{LATIN SMALL LETTER E WITH ACUTE}=1"
    with EmbeddedKafka(folder) as first:
        create_topic(first)
        publish(first, b"kept")
    assert first.pid is None
    with EmbeddedKafka(folder) as second:
        assert read(second, 1) == [b"kept"]
    assert (folder / "data").is_dir()


def test_its_files_are_readable_only_by_this_user(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with EmbeddedKafka(tmp_path / "kafka") as kafka:
            create_topic(kafka)
            modes = {
                path.relative_to(tmp_path): path.stat().st_mode & 0o777
                for path in [tmp_path / "kafka", tmp_path / "kafka" / "data"]
            }
            assert set(modes.values()) == {0o700}, modes
            written = list((tmp_path / "kafka" / "data").glob("*-0/*.log"))
            assert written
            assert all(path.stat().st_mode & 0o077 == 0 for path in written)
    finally:
        os.umask(before)


def test_a_second_one_in_the_same_folder_is_refused_before_it_writes_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.kafka.LOCK_TIMEOUT_S", 0.2)
    with EmbeddedKafka(tmp_path) as first:
        create_topic(first)
        properties = (tmp_path / "server.properties").read_bytes()
        with pytest.raises(KafkaUnavailable, match=rf"another Kafka runs in {re.escape(str(tmp_path))}"):
            EmbeddedKafka(tmp_path).start()
        publish(first, b"still there")
        assert read(first, 1) == [b"still there"]
        assert (tmp_path / "server.properties").read_bytes() == properties
    with EmbeddedKafka(tmp_path) as heir:
        assert read(heir, 1) == [b"still there"]


def test_as_a_command_a_second_one_in_the_same_folder_is_one_clear_line(tmp_path: Path) -> None:
    """Even if the folder is given by another path; the first one continues."""
    (tmp_path / "link").symlink_to(tmp_path / "data", target_is_directory=True)
    with EmbeddedKafka(tmp_path / "data") as first:
        create_topic(first)
        command = [sys.executable, "-m", "infra.kafka", "--folder", str(tmp_path / "link")]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.startswith("headwater: another Kafka runs in ")
        assert second.stderr.count("\n") == 1
        publish(first, b"still there")
        assert read(first, 1) == [b"still there"]


def test_the_heir_of_a_killed_process_waits_until_its_kafka_has_ended(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from infra.kafka import EmbeddedKafka\n"
        "with EmbeddedKafka(Path(sys.argv[1])) as kafka: print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        parent.kill()
    with EmbeddedKafka(tmp_path) as heir:
        create_topic(heir)
        publish(heir, b"on the same data")
        assert read(heir, 1) == [b"on the same data"]


def test_keeps_acknowledged_records_when_killed() -> None:
    with EmbeddedKafka() as kafka:
        create_topic(kafka)
        publish(kafka, b"first", b"second")
        port = kafka.port
        kafka.kill()
        assert kafka.pid is None
        kafka.restart()
        assert kafka.port == port
        assert read(kafka, 2) == [b"first", b"second"]
    assert not kafka.folder.exists()


def test_says_that_the_port_is_taken(kafka: EmbeddedKafka) -> None:
    with (
        pytest.raises(KafkaUnavailable, match=rf"port {kafka.port} on 127\.0\.0\.1 is taken"),
        EmbeddedKafka(port=kafka.port),
    ):
        pytest.fail("two on one port")


def test_shows_why_kafka_did_not_start(tmp_path: Path) -> None:
    kafka = EmbeddedKafka(tmp_path, settings={"message.max.bytes": "many"})
    with pytest.raises(KafkaUnavailable, match=r"Invalid value many for configuration message\.max\.bytes"):
        kafka.start()
    assert kafka.pid is None


def test_dies_with_the_process_that_started_it() -> None:
    program = (
        "import time; from infra.kafka import EmbeddedKafka\n"
        "with EmbeddedKafka() as kafka: print(kafka.port, kafka.folder, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        port, folder = parent.stdout.readline().strip().split(maxsplit=1)
        parent.kill()
    await_that(lambda: not listens(int(port)))
    await_that(lambda: not Path(folder).exists())


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
def test_as_a_command_it_runs_until_told_to_end(how: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.kafka", "--folder", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        name, brokers = process.stdout.readline().strip().split("=")
        assert name == "HEADWATER_BROKERS"
        if how == "Ctrl-C":
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole foreground group
        else:
            process.terminate()
        assert process.wait(TIMEOUT_S) == 0
    assert not listens(int(brokers.removeprefix("127.0.0.1:")))
    assert "shut down completed" in (tmp_path / "kafka.log").read_text(), "Kafka was killed rather than stopped"
