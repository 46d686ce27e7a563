"""A short run behind a network that lies; `python -m tests.broker.liar` makes longer ones, and the control."""

from __future__ import annotations

from streams.settings import TransactionProtocol
from tests.broker.liar import lie

FAULTS = 300


async def test_behind_a_network_that_lies_each_number_is_committed_once_everywhere_and_in_order(tmp_path):
    findings = await lie(tmp_path, seed=20261129, faults=FAULTS, transactions=TransactionProtocol.NEWEST)
    assert findings.is_well, str(findings)
    assert findings.transactions > FAULTS // 10, str(findings)
    assert {each.partition(":")[0] for each in findings.told} >= {"Produce", "EndTxn"}, str(findings)
