"""A partition's offset in the group compared with its changelog's. The changelog counts; a group ahead of it raises doubts."""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

from aiokafka import TopicPartition

from streams import lazy_re as re
from streams.formats import FORMAT, NewerFormatError

log = logging.getLogger(__name__)

GROUP_NOTE: Final = f"headwater format {FORMAT}"
"""Kafka stores this note beside each offset that we commit to the group: only our own transactions can have led there."""
_NOTE = re.compile(r"headwater format (\d{1,9})")


class GroupAheadError(RuntimeError):
    """Somebody else has moved the group beyond what our changelog says: an older version, or a person."""


class GroupOffset(NamedTuple):
    """The last offset committed to the group, and the note beside it ("" if there is none)."""

    offset: int
    note: str

    @property
    def is_ours(self) -> bool:
        """Whether one of our workers committed it, rather than another version or a person."""
        return _NOTE.fullmatch(self.note) is not None


def reached(source: TopicPartition, group: str, own: int | None, told: GroupOffset | None) -> int | None:
    """The offset to continue from, None for the beginning: the changelog's ``own``, or ``told`` if the changelog has none.

    If our own transactions brought the group further than the changelog, Kafka has lost a transaction that it had confirmed.
    Its outputs are lost too, so its records are decided on once more.

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
