"""Where delivery goes on after a rebalance, by aiokafka's own assignments."""

from __future__ import annotations

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.subscription_state import Assignment

from streams.kafka.uninterrupted import carry_on

KEPT, LOST, NEW, UNREAD = (TopicPartition("news.raw", number) for number in range(4))


def at(**positions):
    names = {"kept": KEPT, "lost": LOST, "new": NEW, "unread": UNREAD}
    assignment = Assignment({names[name] for name in positions})
    for name, position in positions.items():
        if position is not None:
            assignment.state_value(names[name]).seek(position)
    return assignment


def positions(assignment):
    return {tp: assignment.state_value(tp)._position for tp in assignment.tps}


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        pytest.param([{"kept": 7}, {"kept": None}], {KEPT: 7}, id="what is given back goes on where it was"),
        pytest.param([{"kept": 7}, {"kept": None, "new": None}], {KEPT: 7, NEW: None}, id="of what is new the group is asked"),
        pytest.param([{"unread": None}, {"unread": None}], {UNREAD: None}, id="and of what had no position yet"),
        pytest.param(
            [{"kept": 7, "lost": 5}, {"kept": None}, {"kept": None, "lost": None}],
            {KEPT: 7, LOST: 5},
            id="what comes back later goes on where it was lost: whoever takes it over goes elsewhere",
        ),
        pytest.param([{"kept": 7}, {"kept": 3}], {KEPT: 3}, id="where whoever took it over has just gone to"),
    ],
)
async def test_an_assignment_begins_where_those_before_it_ended(assignments, expected):
    known = {}
    before, *others = (at(**each) for each in assignments)
    for now in others:
        carry_on(before, now, known)
        before = now
    assert positions(before) == expected
