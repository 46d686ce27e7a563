"""How the leader of the group spreads the partitions: evenly by topic, and with as few moves as that takes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.assignor import TopicwiseAssignor

TOPICS = ("a", "b", "c")


def cluster(**counts):
    return SimpleNamespace(partitions_for_topic=lambda topic: set(range(counts[topic])) if topic in counts else None)


def joins(topics=TOPICS, held=None, generation=1):
    """A member's metadata as it joins."""
    return TopicwiseAssignor._metadata(topics, held, generation)


def assign(counts, members):
    found = TopicwiseAssignor.assign(cluster(**counts), members)
    return {member: {(topic, each) for topic, numbers in got.assignment for each in numbers} for member, got in found.items()}


def again(assigned, *, without=(), new=(), generation=2):
    """The members of an assignment as they join once more."""
    stay = {
        member: joins(held=[TopicPartition(*each) for each in sorted(got)], generation=generation)
        for member, got in assigned.items()
        if member not in without
    }
    return stay | {member: joins() for member in new}


def spread(counts):
    return max(counts) - min(counts)


COUNTS = st.fixed_dictionaries({topic: st.integers(1, 20) for topic in TOPICS})


@given(COUNTS, st.integers(1, 7), st.integers(0, 3), st.data())
def test_each_partition_has_one_reader_and_every_topic_and_all_of_them_are_spread_evenly(counts, members, leave, data):
    assigned = assign(counts, {f"m{number}": joins() for number in range(members)})
    leaving = data.draw(st.sets(st.sampled_from(sorted(assigned)), max_size=min(leave, members - 1)))
    for each in (assigned, assign(counts, again(assigned, without=leaving, new=[f"n{number}" for number in range(leave)]))):
        assert sorted(tp for got in each.values() for tp in got) == sorted((t, p) for t in counts for p in range(counts[t]))
        assert spread([len(got) for got in each.values()]) <= 1
        assert all(spread([sum(topic == of for of, _ in got) for got in each.values()]) <= 1 for topic in counts)


@given(COUNTS, st.integers(1, 7))
def test_while_the_members_stay_the_same_nothing_moves(counts, members):
    assigned = assign(counts, {f"m{number}": joins() for number in range(members)})
    assert assign(counts, again(assigned)) == assigned


def test_a_newcomer_gets_its_share_of_every_topic_and_nothing_else_moves():
    before = assign(dict.fromkeys(TOPICS, 12), again({"m1": (), "m2": ()}))
    after = assign(dict.fromkeys(TOPICS, 12), again(before, new=["m3"]))
    assert [sum(topic == of for of, _ in after["m3"]) for topic in TOPICS] == [4, 4, 4]
    assert all(after[member] < before[member] for member in before)
    assert assign(dict.fromkeys(TOPICS, 12), again(after, without=["m3"], generation=3)).keys() == before.keys()


def test_when_a_member_leaves_the_others_keep_what_they_have():
    before = assign(dict.fromkeys(TOPICS, 12), {"m1": joins(), "m2": joins(), "m3": joins()})
    after = assign(dict.fromkeys(TOPICS, 12), again(before, without=["m3"]))
    assert all(after[member] > before[member] for member in after)


def test_of_two_that_claim_a_partition_the_one_of_the_later_generation_has_it():
    members = {"old": joins(["a"], [TopicPartition("a", 0)], 3), "new": joins(["a"], [TopicPartition("a", 0)], 4)}
    assert assign({"a": 2}, members)["new"] == {("a", 0)}


def test_members_get_only_topics_that_they_read_and_nobody_gets_a_missing_topic():
    assert assign({"a": 3, "b": 2}, {"m1": joins(["a", "gone"]), "m2": joins(["b"])}) == {
        "m1": {("a", 0), ("a", 1), ("a", 2)},
        "m2": {("b", 0), ("b", 1)},
    }


@pytest.mark.parametrize("what", ["name", "version"])
def test_members_of_an_earlier_version_can_be_in_the_same_group(what):
    assert getattr(TopicwiseAssignor, what) == getattr(StickyPartitionAssignor, what)
