"""What the supervisor makes of its processes' exits and answers."""

from __future__ import annotations

import asyncio
import sys

import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest

from streams.kafka.failures import NAME_TAKEN_STATUS
from streams.settings import Settings
from streams.watch.supervisor import Merged, Supervisor, pause_after


@pytest.mark.parametrize(
    ("lived_s", "pause_s", "then_s"),
    [
        pytest.param(3, 0.5, 1, id="the first death"),
        pytest.param(3, 1, 2, id="again"),
        pytest.param(3, 32, 60, id="never longer than a minute"),
        pytest.param(59, 60, 60, id="nor shorter for one that lives not quite a minute"),
        pytest.param(60, 60, 1, id="it had recovered"),
    ],
)
def test_a_process_is_started_again_less_and_less_often(lived_s, pause_s, then_s):
    assert pause_after(lived_s, pause_s) == then_s


def test_each_processes_metrics_carry_its_number_and_one_that_is_silent_is_left_out():
    def exposition(count):
        registry = CollectorRegistry()
        counter = Counter("headwater_articles", "Articles.", ["language"], registry=registry)
        counter.labels("en").inc(count)
        return generate_latest(registry).decode()

    registry = CollectorRegistry()
    registry.register(Merged({0: exposition(3), 1: None, 2: exposition(4)}))
    text = generate_latest(registry).decode()
    assert text.count("# TYPE headwater_articles_total counter") == 1
    assert registry.get_sample_value("headwater_articles_total", {"language": "en", "process": "0"}) == 3
    assert registry.get_sample_value("headwater_articles_total", {"language": "en", "process": "2"}) == 4
    assert 'process="1"' not in text


async def test_when_another_worker_has_a_processes_instance_id_all_end_and_none_is_started_again(monkeypatch):
    """Otherwise each would shut the other out for ever."""
    started = []

    async def start(self, number, socket):
        started.append(number)
        ends = f"import sys, time; time.sleep({60 * number}); sys.exit({NAME_TAKEN_STATUS})"
        return await asyncio.create_subprocess_exec(sys.executable, "-c", ends)

    monkeypatch.setattr(Supervisor, "_start", start)
    supervisor = Supervisor(Settings(), 2)
    await asyncio.wait_for(supervisor.run(), 50)
    assert supervisor.name_taken
    assert sorted(started) == [0, 1]
