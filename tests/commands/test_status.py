"""What `headwater status` reports about a stream."""

from __future__ import annotations

from collections import deque

import pytest
from aiokafka import TopicPartition
from rich.cells import cell_len

from streams.commands import status
from streams.commands.status import Status, duration, step_status, told, troubled, worker_told
from streams.console.counts import Look
from streams.console.health import Watched
from streams.settings import Settings


def watched(part, *, lag=0, before=(0, 0), now=(0, 0), **changed):
    """A partition of news.raw, seen twice in two seconds: (next offset, end) before and now."""
    tp = TopicPartition("news.raw", part)
    looks = deque([Look(10.0, *before), Look(12.0, *now)])
    return Watched("prepare", tp, tp, lag=lag, looks=looks, **{"named": True, "member": "host", **changed})


def test_rates_are_of_all_partitions_and_a_backlog_has_a_time():
    partitions = [watched(0, lag=100, before=(0, 120), now=(40, 140)), watched(1, before=(5, 5), now=(25, 25))]
    seen = step_status("prepare", partitions)
    assert (seen.lag, seen.comes_per_s, seen.done_per_s, seen.at_work) == (100, 20.0, 30.0, 2)
    assert seen.drain_s == pytest.approx(10.0)


def test_a_backlog_that_grows_is_never_drained():
    assert step_status("prepare", [watched(0, lag=90, before=(0, 50), now=(10, 100))]).drain_s is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"member": None, "lag": 1200}, "prepare news.raw/0: away, no worker has it; lag 1,200", id="nobody's"),
        pytest.param({"named": False}, "prepare news.raw/0: restoring, being taken over; lag 0", id="on its way"),
        pytest.param(
            {"waiting_for": "restoring"}, "prepare news.raw/0: restoring, restoring; lag 0", id="by its worker's word"
        ),
    ],
)
def test_a_partition_that_is_not_at_work_says_why(changed, said):
    partition = watched(0, **changed)
    assert list(troubled([partition, watched(1)])) == [said]
    assert step_status("prepare", [partition, watched(1)]).at_work == 1


def test_a_workers_own_word_is_told():
    answer = {"address": "http://a:1", "ready": False, "waiting_for": ["Kafka: \x1b[2J", "b"]}
    assert worker_told(answer) == "http://a:1: not ready; Kafka: \\x1b[2J; b"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "never"),
        (0, "now"),
        (0.4, "now"),
        (40, "40 s"),
        (119, "119 s"),
        (720, "12 min"),
        (10_800, "3 h"),
        (864_000, "10 d"),
    ],
)
def test_a_time_is_told_in_a_word(seconds, said):
    assert duration(seconds) == said


SEEN = Status("headwater", ("kafka-1:9092",), 1, 1, 2, (), (), (), ())


async def test_one_look_ends_with_what_it_opened_closed(monkeypatch, capsys):
    """Left to the loop's end, connections were closed in a task of their own, which complained when Ctrl-C came."""
    closed = []

    async def looks(_):
        try:
            yield SEEN
        finally:
            closed.append(True)

    monkeypatch.setattr(status, "_looks", looks)
    await status._show(Settings(), watch=False, as_json=True)
    assert closed
    assert '"group": "headwater"' in capsys.readouterr().out


def test_a_status_fits_eighty_columns():
    seen = Status(
        group="headwater",
        brokers=tuple(f"kafka-{each}.example.org:9092" for each in range(5)),
        processes=24,
        machines=1,
        transactions=2,
        steps=(step_status("deduplicate", [watched(each, lag=123_456_789) for each in range(64)]),),
        troubled=("x" * 200,),
        workers=("http://" + "w" * 200,),
        errors=("e" * 200,),
    )
    lines = list(told(seen, 80))
    assert max(map(cell_len, lines)) <= 80
    assert "24 worker processes on 1 machine; transactions v2" in " ".join(" ".join(lines).split())
    assert any("64 of 64" in line for line in lines)
