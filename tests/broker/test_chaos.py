"""A short run of chaos, the same on every machine but for timing; `python -m tests.broker.chaos` makes longer ones."""

from __future__ import annotations

from tests.broker.chaos import chaos


async def test_nothing_is_lost_doubled_or_decided_differently_whatever_is_killed(tmp_path):
    report = await chaos(tmp_path, seed=20261122, seconds=110)
    assert not report.wrong, str(report)
    assert report.faults.total() >= 10, str(report)
    assert report.aborted, f"no fault hit work in progress: nothing was tested\n{report}"
