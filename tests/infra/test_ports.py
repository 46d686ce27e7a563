"""Side by side, tests and benches start dozens of servers: each has a port of its own."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from infra import ports
from infra.kafka import EmbeddedKafka
from infra.ports import FREE_PORTS, HOST, claim_port, is_free

CLAIM = "from infra import ports; ports.FREE_PORTS = range({0}, {0} + 3); print(ports.claim_port(), flush=True); input()"


@pytest.fixture
def three_ports(monkeypatch: pytest.MonkeyPatch) -> range:
    """The only ports there are."""
    firsts = random.sample(FREE_PORTS[:-2], 100)
    free = next(range(first, first + 3) for first in firsts if all(map(is_free, range(first, first + 3))))
    monkeypatch.setattr(ports, "FREE_PORTS", free)
    return free


def test_ports_are_out_of_reach_of_outgoing_connections() -> None:
    """Linux gives those 32768 and above, macOS 49152 and above."""
    assert EmbeddedKafka(Path("unused")).port in FREE_PORTS
    assert max(FREE_PORTS) < 32768


def test_a_port_is_claimed_once(three_ports: range) -> None:
    claimed: list[int] = []
    threads = [threading.Thread(target=lambda: claimed.append(claim_port())) for _ in three_ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(claimed) == list(three_ports)


def test_a_port_of_another_process_is_free_again_when_that_has_ended(three_ports: range) -> None:
    command = [sys.executable, "-c", CLAIM.format(three_ports[0])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        theirs = int(other.stdout.readline())
        assert {claim_port(), claim_port()} == set(three_ports) - {theirs}
        other.communicate("\n", timeout=60)
    assert claim_port() == theirs


def test_a_port_on_which_someone_listens_is_not_claimed(three_ports: range) -> None:
    with socket.create_server((HOST, three_ports[1])):
        assert {claim_port(), claim_port()} == {three_ports[0], three_ports[2]}
