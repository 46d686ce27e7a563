"""The group's offset of a partition beside the changelog's: the changelog's counts, and one that is behind is a question."""

from __future__ import annotations

import logging
import re
from typing import Final, NamedTuple

from aiokafka import TopicPartition

from streams.formats import FORMAT, NewerFormatError

log = logging.getLogger(__name__)

GROUP_NOTE: Final = f"headwater format {FORMAT}"
"""Kafka keeps it beside each offset that we tell the group: only a transaction of ours can have led there."""
_NOTE = re.compile(r"headwater format (\d{1,9})")


class GroupAheadError(RuntimeError):
    """Somebody else has moved the group beyond what our changelog says: an older version, or a person."""


class Told(NamedTuple):
    """What the group was told last: an offset, and the note that stands beside it ("" for none)."""

    offset: int
    note: str

    @property
    def is_ours(self) -> bool:
        """Whether a worker told it; else another version did, or a person."""
        return _NOTE.fullmatch(self.note) is not None


def reached(source: TopicPartition, group: str, own: int | None, told: Told | None) -> int | None:
    """The offset at which work goes on, None for the beginning: the changelog's ``own``, or ``told`` where it has none.

    A group that our own transactions brought further than the changelog means that Kafka lost one of them after it had
    confirmed it: its outputs are gone as well, so its records are decided on once more.

    Raises:
        NewerFormatError: a newer version, which may keep its progress elsewhere, has worked here.
        GroupAheadError: somebody else has moved the group.
    """
    if told is None:
        return own
    if (noted := _NOTE.fullmatch(told.note)) and int(noted[1]) > FORMAT:
        raise NewerFormatError(int(noted[1]), f"the group's offset of {source.topic}/{source.partition}")
    if own is None or told.offset <= own:
        return told.offset if own is None else own
    if not noted:
        raise GroupAheadError(
            f"{source.topic}/{source.partition}: the group {group} is at offset {told.offset}, and the changelog at {own}:"
            " another version has worked here, or a person has moved the group. To decide on everything from"
            f" {own} once more, set it back (docs/upgrading.md has the command)"
        )
    log.warning("%s: the group's offset is %d; the changelog's, %d, is the one that counts", source, told.offset, own)
    return own
