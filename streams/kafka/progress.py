"""How far a partition's source is decided on, by whom, and which source it was, as stored in its changelog. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import NoneType
from typing import Any, Final, NamedTuple, Self

import orjson

from streams.formats import FORMAT, FORMAT_FIELD, check_format
from streams.kafka.identity import TopicIdentity
from streams.steps import Headers, Record

PROGRESS_KEY: Final = b"\x00next-source-offset"
"""The key of a partition's :class:`Progress`, which is written with every change and so in every transaction."""

_STAMP_HEADER: Final = "stamp"
_STAMP_BYTES: Final = 4
_LAST_STAMP_S: Final = 2 ** (8 * _STAMP_BYTES) - 1


class Marks(NamedTuple):
    """Which source the offsets belong to. Empty in what an earlier version wrote: the present source's marks are adopted then.

    ``cluster`` and ``topic_id`` are Kafka's ids, ``partitions`` is the source's number of partitions; ``latest_ms`` are the
    largest timestamps decided on so far (:class:`streams.kafka.partition_time.PartitionTime`). ``changelog`` is the id of the
    changelog that the owner took over: in one that was recreated under it, its word names the former one.
    """

    cluster: str = ""
    topic_id: str = ""
    partitions: int = 0
    latest_ms: tuple[int, ...] = ()
    changelog: str = ""

    @classmethod
    def of(cls, source: TopicIdentity, latest_ms: Sequence[int] = (), changelog: str = "") -> Self:
        """The marks of a source as it is now, and of the changelog with this id."""
        return cls(source.cluster, source.topic_id, source.partitions, tuple(latest_ms), changelog)

    def is_of_another(self, changelog: TopicIdentity) -> bool:
        """Whether they were written by an owner of another changelog than this one."""
        return bool(self.changelog and changelog.topic_id) and self.changelog != changelog.topic_id

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """The marks in a stored progress; missing fields are empty.

        Raises:
            ValueError: a field has the wrong type.
        """
        found = cls(*(stored.get(name, default) for name, default in cls._field_defaults.items()))
        latest_ms = found.latest_ms
        if not isinstance(latest_ms, (list, tuple)):
            raise ValueError("no progress: a field is of another type")
        texts, numbers = (found.cluster, found.topic_id, found.changelog), (found.partitions, *latest_ms)
        if not all(type(each) is str for each in texts) or not all(type(each) is int for each in numbers):
            raise ValueError("no progress: a field is of another type")
        return found._replace(latest_ms=tuple(latest_ms))


class Progress(NamedTuple):
    """How far a partition's source is decided on, by whom, and which source that is.

    ``owner`` is the ``transactional.id`` under which changes are committed; None once it has let go.
    """

    next_offset: int | None
    owner: str | None
    marks: Marks = Marks()

    def pack(self) -> bytes:
        """The stored form: a JSON object. Version 0.1.0 cannot read it, and stops before it works beside this version."""
        stored = {FORMAT_FIELD: FORMAT, "next_offset": self.next_offset, "owner": self.owner}
        return orjson.dumps(stored | self.marks._asdict())

    @classmethod
    def unpack(cls, value: bytes | None) -> Progress:
        """What :meth:`pack` made, in this version or a neighbouring one; an empty progress for None.

        Raises:
            NewerFormatError: a newer version made it, and this one must not work beside it.
            ValueError: it was not made by :meth:`pack`.
        """
        if value is None:
            return cls(None, None)
        if not value.startswith(b"{"):  # format 1: the offset, a space, the owner
            offset, _, owner = value.decode().partition(" ")
            return cls(int(offset), owner or None)
        stored = orjson.loads(value)
        check_format(stored)
        next_offset, owner = stored.get("next_offset"), stored.get("owner")
        if type(next_offset) not in (int, NoneType) or type(owner) not in (str, NoneType):
            raise ValueError("no progress: a field is of another type")
        return cls(next_offset, owner, Marks.read(stored))


def stamp_header(stamp_s: int) -> Headers:
    """A header of a record in the changelog: when the entry was remembered, by the time of its partition."""
    return ((_STAMP_HEADER, stamp_s.to_bytes(_STAMP_BYTES, "big")),)


def stamp_of(record: Record) -> int:
    """What :func:`stamp_header` says, in seconds since 1970; for an earlier version, the record's timestamp.

    Raises:
        ValueError: there is a stamp that :func:`stamp_header` did not make.
    """
    stamp = next((value or b"" for name, value in record.headers if name == _STAMP_HEADER), None)
    if stamp is None:
        return min(max(record.timestamp, 0) // 1000, _LAST_STAMP_S)
    if len(stamp) != _STAMP_BYTES:
        raise ValueError(f"a stamp of {len(stamp)} bytes")
    return int.from_bytes(stamp, "big")


class SourceChange(StrEnum):
    """How a source differs from what it was when it was last worked on."""

    OTHER_CLUSTER = "other-cluster"
    MADE_ANEW = "made-anew"
    CUT_SHORT = "cut-short"
    OTHER_PARTITIONS = "other-partitions"
    CHANGELOG_LOST = "changelog-lost"
    """Not the source but our own changelog: we told the group an offset, and the changelog has none; or what it has was written
    by an owner of a former one."""


def find_change(progress: Progress, source: TopicIdentity, end: int, *, keyed: bool) -> SourceChange | None:
    """How the source, which now ends at offset ``end``, differs from the one that was worked on; None if it is the same.

    ``keyed``: something is remembered by key, so the number of partitions must be unchanged.
    """
    marks = progress.marks
    if marks.cluster and source.cluster and marks.cluster != source.cluster:
        return SourceChange.OTHER_CLUSTER
    if marks.topic_id and source.topic_id and marks.topic_id != source.topic_id:
        return SourceChange.MADE_ANEW
    if (progress.next_offset or 0) > end:
        return SourceChange.CUT_SHORT
    if keyed and marks.partitions and marks.partitions != source.partitions:
        return SourceChange.OTHER_PARTITIONS
    return None
