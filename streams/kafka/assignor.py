"""Which member of the group gets which partitions: every topic is spread evenly by itself, and what a member has it keeps.

aiokafka's sticky assignment counts partitions whatever their topic is, and hands a newcomer all of one topic: where two workers
each had half of everything, a third took all of news.prepared, and with it the work of one step alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiokafka import TopicPartition
from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata


class TopicwiseAssignor(StickyPartitionAssignor):
    """Goes by aiokafka's name for it, and by its claims: members of either kind can be in one group, and the leader decides."""

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Who gets what, for the leader of the group to tell."""
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
        """Whose each partition was last; of two that say so, whose word is of the later generation."""
        known = {member: cls.parse_member_metadata(metadata) for member, metadata in sorted(members.items())}
        return {
            tp: member
            for member, metadata in sorted(known.items(), key=lambda each: each[1].generation)
            for tp in metadata.partitions
        }


def share_out(owners: Mapping[int, str | None], loads: Mapping[str, int]) -> dict[str, list[int]]:
    """The partitions of one topic, evenly over its readers; nobody gives away more than the others lack.

    ``owners``: whose each partition was; ``loads``: how many partitions of other topics each reader has. The readers who get
    one more than others are those with the least to do.
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
