"""Which member of the group gets which partitions: each topic is spread evenly by itself, and members keep what they have.

aiokafka's sticky assignor counts partitions regardless of their topic, so it can give a newcomer all of one topic: where two
workers each had half of everything, a third was given all of news.prepared, and so all the work of one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiokafka import TopicPartition
from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata


class TopicwiseAssignor(StickyPartitionAssignor):
    """Uses aiokafka's name and claims format, so both kinds of member can share a group; the group's leader decides."""

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """The assignment of every member, computed by the group's leader."""
        claims = cls._claims(members)
        assigned: dict[str, dict[str, list[int]]] = {member: {} for member in sorted(members)}
        for topic in sorted({topic for metadata in members.values() for topic in metadata.subscription}):
            readers = [member for member in assigned if topic in members[member].subscription]
            loads = {member: sum(map(len, assigned[member].values())) for member in readers}
            owners = {each: claims.get(TopicPartition(topic, each)) for each in cluster.partitions_for_topic(topic) or ()}
            for member, partitions in share_out(owners, loads).items():
                if partitions:
                    assigned[member][topic] = partitions
        return {
            member: ConsumerProtocolMemberAssignment(cls.version, sorted(topics.items()), b"")
            for member, topics in assigned.items()
        }

    @classmethod
    def _claims(cls, members: Mapping[str, ConsumerProtocolMemberMetadata]) -> dict[TopicPartition, str]:
        """The last owner of each partition. If two members claim one, the claim of the later generation counts."""
        known = {member: cls.parse_member_metadata(metadata) for member, metadata in sorted(members.items())}
        return {
            tp: member
            for member, metadata in sorted(known.items(), key=lambda each: each[1].generation)
            for tp in metadata.partitions
        }


def share_out(owners: Mapping[int, str | None], loads: Mapping[str, int]) -> dict[str, list[int]]:
    """Spread the partitions of one topic evenly over its readers; nobody gives away more than the others lack.

    ``owners``: the last owner of each partition; ``loads``: how many partitions of other topics each reader has. Readers with
    the least to do get one more than the others.
    """
    held = {member: sorted(each for each, owner in owners.items() if owner == member) for member in loads}
    least, more = divmod(len(owners), len(loads))
    in_turn = sorted(loads, key=lambda member: (loads[member], -len(held[member]), member))
    room = {member: least + (number < more) for number, member in enumerate(in_turn)}
    shares = {member: held[member][: room[member]] for member in in_turn}
    free = _left(owners, shares.values())
    return {
        member: sorted([*share, *(free.pop(0) for _ in range(room[member] - len(share)))]) for member, share in shares.items()
    }


def _left(partitions: Iterable[int], shares: Iterable[Sequence[int]]) -> list[int]:
    return sorted(set(partitions).difference(*shares))
