"""Brokers' answers to a member that they will never admit, and what a worker reports."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiokafka.protocol.coordination import FindCoordinatorResponse_v0
from aiokafka.protocol.group import HeartbeatResponse_v0, JoinGroupResponse_v0

from streams.kafka.refusals import refusal, watch_joining


def joined(code: int) -> JoinGroupResponse_v0:
    return JoinGroupResponse_v0(code, 1, "protocol", "leader", "member", [])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, None),
        (15, None),  # no coordinator yet
        (16, None),  # another coordinator
        (25, None),  # an unknown member
        (27, None),  # rebalancing
        (23, "another HEADWATER_APP_ID"),
        (24, "another HEADWATER_APP_ID"),
        (26, "HEADWATER_SESSION_TIMEOUT_S=3600"),
        (30, "headwater check"),
    ],
)
def test_only_what_will_not_change_is_a_refusal_and_says_what_to_do(code, said):
    told = refusal(code, "headwater", 3_600.0)
    assert told is None if said is None else said in told


@pytest.mark.parametrize(
    ("response", "heard"),
    [
        pytest.param(joined(26), [26], id="a join is refused"),
        pytest.param(joined(0), [], id="a join is granted"),
        pytest.param(FindCoordinatorResponse_v0(30, 1, "host", 9092), [30], id="the group is denied"),
        pytest.param(HeartbeatResponse_v0(27), [], id="another answer"),
    ],
)
async def test_answers_to_a_member_that_joins_are_heard(response, heard):
    async def send(node_id, request, *, group):
        return response

    codes = []
    client = SimpleNamespace(send=send)
    watch_joining(client, codes.append)
    assert await client.send(1, None) is response
    assert codes == heard
