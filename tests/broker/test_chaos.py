"""A short chaos run; ``python -m tests.broker.chaos`` is for longer ones and other seeds."""

from __future__ import annotations

import logging

from tests.broker.chaos import chaos


async def test_whatever_is_killed_or_paused_every_input_has_exactly_one_outcome(tmp_path):
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the publisher's client, while the broker is away
    report = await chaos(tmp_path, seed=20261122, seconds=100)
    print(report)
    assert not report.wrong, report
    assert report.faults.total() >= 10
    assert report.aborted > 0, "no fault hit a transaction under way: the run proved nothing"
