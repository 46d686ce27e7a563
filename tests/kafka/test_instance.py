"""What aiokafka asks of the group without saying which instance it is of, and what Kafka answers when another has its name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiokafka.client import ConnectionGroup
from aiokafka.protocol.commit import OffsetCommitRequest, OffsetFetchRequest
from aiokafka.protocol.group import HeartbeatRequest

from streams.kafka.instance import (
    FENCED_INSTANCE_ID,
    HeartbeatRequestV3,
    HeartbeatResponseV3,
    OffsetCommitRequestV7,
    OffsetCommitResponseV7,
    name_instance,
    named,
)

VERSIONS = {8: (2, 9), 12: (0, 4)}


def test_a_heartbeat_and_a_commit_say_which_instance_they_are_of():
    heartbeat = named(HeartbeatRequest("group", 3, "member"), "name").prepare(VERSIONS)
    assert HeartbeatRequestV3.decode(heartbeat.encode()).to_object() == {
        "group": "group",
        "generation_id": 3,
        "member_id": "member",
        "group_instance_id": "name",
    }
    commit = named(OffsetCommitRequest("group", 3, "member", -1, [("topic", [(0, 17, "")])]), "name").prepare(VERSIONS)
    assert OffsetCommitRequestV7.decode(commit.encode()).to_object() == {
        "group": "group",
        "generation_id": 3,
        "member_id": "member",
        "group_instance_id": "name",
        "topics": [{"topic": "topic", "partitions": [{"partition": 0, "offset": 17, "leader_epoch": -1, "metadata": ""}]}],
    }


def test_everything_else_goes_as_it_is():
    request = OffsetFetchRequest("group", [])
    assert named(request, "name") is request


@pytest.mark.parametrize(
    ("response", "times"),
    [
        pytest.param(HeartbeatResponseV3(0, 0), 0, id="all is well"),
        pytest.param(HeartbeatResponseV3(0, 27), 0, id="the group is rebalancing"),
        pytest.param(HeartbeatResponseV3(0, FENCED_INSTANCE_ID), 1, id="a heartbeat is refused"),
        pytest.param(OffsetCommitResponseV7(0, [("topic", [(0, 0), (1, 0)])]), 0, id="offsets are taken"),
        pytest.param(OffsetCommitResponseV7(0, [("topic", [(0, 0), (1, FENCED_INSTANCE_ID)])]), 1, id="an offset is refused"),
        pytest.param(SimpleNamespace(error_code=FENCED_INSTANCE_ID), 1, id="a join is refused"),
        pytest.param(SimpleNamespace(topics=[]), 0, id="an answer of another kind"),
    ],
)
async def test_another_worker_with_the_same_instance_id_is_noticed_in_any_answer(response, times):
    async def send(node_id, request, *, group):
        return response

    client = SimpleNamespace(send=send)
    heard = []
    name_instance(client, "name", lambda: heard.append(1))
    assert await client.send(1, HeartbeatRequest("group", 3, "member"), group=ConnectionGroup.COORDINATION) is response
    assert len(heard) == times
