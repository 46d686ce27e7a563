"""A short run of chaos, the same on every machine except for timing; `python -m tests.broker.chaos` makes longer ones."""

from __future__ import annotations

import pytest

from streams.settings import TransactionProtocol
from tests.broker.chaos import Shape, chaos


@pytest.mark.parametrize(
    ("shape", "seconds"),
    [
        pytest.param(Shape(brokers=1, partitions=12, workers=4), 80, id="twelve partitions and four workers"),
        pytest.param(
            Shape(brokers=3, partitions=4, workers=2, transactions=tuple(TransactionProtocol)),
            50,
            id="three brokers, and workers that speak either kind of transactions",
        ),
    ],
)
async def test_nothing_is_lost_doubled_or_decided_differently_whatever_is_killed(tmp_path, shape, seconds):
    report = await chaos(tmp_path, seed=20261122, seconds=seconds, shape=shape)
    assert not report.wrong, str(report)
    assert report.faults.total() >= 10, str(report)
