"""Several brokers as one Kafka: three can lose one and continue."""

from __future__ import annotations

import base64
import re
import shutil
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.kafka import EmbeddedKafka, install
from infra.ports import HOST, claim_port


def cluster(folder: Path, count: int) -> list[EmbeddedKafka]:
    """The brokers of one Kafka, not started yet: each is also a controller, and has its own data folder."""
    if count == 1:
        return [EmbeddedKafka(folder / "kafka")]
    ports = [(claim_port(), claim_port()) for _ in range(count)]
    voters = ",".join(f"{number}@{HOST}:{controller}" for number, (_, controller) in enumerate(ports, 1))
    return [_node(folder / f"kafka-{number}", number, *each, voters, count) for number, each in enumerate(ports, 1)]


def _node(folder: Path, number: int, port: int, controller_port: int, voters: str, count: int) -> EmbeddedKafka:
    folder.mkdir(parents=True)
    shutil.copytree(install() / "formatted", folder / "data")
    properties = folder / "data" / "meta.properties"
    # Kafka reserves the first hundred.
    identity = base64.urlsafe_b64encode(uuid.UUID(int=1_000 + number).bytes).decode().rstrip("=")
    text = re.sub(r"node\.id=.*", f"node.id={number}", properties.read_text())
    properties.write_text(re.sub(r"directory\.id=.*", f"directory.id={identity}", text))
    settings = {
        "node.id": str(number),
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "controller.quorum.voters": voters,
        "controller.quorum.election.timeout.ms": "2000",  # otherwise a busy machine would elect for ever
        "controller.quorum.fetch.timeout.ms": "4000",
        "replica.lag.time.max.ms": "5000",
        "offsets.topic.replication.factor": str(count),
        "transaction.state.log.replication.factor": str(count),
        "transaction.state.log.min.isr": str(count // 2 + 1),
    }
    return EmbeddedKafka(folder, port, settings)


def at_once(actions: Iterable[Callable[[], None]]) -> None:
    """Run them in parallel: none of several brokers answers before most of them are up."""
    with ThreadPoolExecutor() as threads:
        for done in [threads.submit(each) for each in actions]:
            done.result()
