"""A story as `group` remembers it: its members, what they have in common, and how it ended, if it did."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from zlib import crc32

from streams.text.duplicates import BodyPrint
from streams.text.stories.vectors import ENTRY_BYTES, Sum, pack_vector, unpack_vector

MOST_MEMBERS = 500
"""A story with this many takes no more: the next article founds another one."""
MOST_STORY_BYTES = 512 << 10
"""A story that takes this much when packed takes no more either: each change writes down all of it, and must fit the changelog.
500 members with headlines of 120 bytes take half of that."""
_MOST_HEADLINE_BYTES, _MOST_WORDS_BYTES, _MOST_OUTLET_BYTES = 1_200, 1_200, 120


class Relation(StrEnum):
    """How an article belongs to its story."""

    FOUNDED = "founded"
    """It was the first."""
    SAME_EVENT = "same-event"
    """Its words match."""
    SIMILAR_HEADLINE = "similar-headline"
    """Its headline nearly repeats another member's."""
    SAME_TEXT = "same-text"
    """Its text repeats another member's, or nearly, under a different headline."""


_RELATIONS = tuple(Relation)


NO_OUTLET, SEVERAL_OUTLETS = 0, 1


def hash_outlet(outlet: str) -> int:
    """31 bits for an outlet's name, never :data:`SEVERAL_OUTLETS`; :data:`NO_OUTLET` for no name."""
    return crc32(outlet.casefold().encode("utf-8", "replace")) | 2 if outlet else NO_OUTLET


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story. ``of``: the article it repeats, if ``relation`` says so; ``likeness``: how similar it and its
    story were when it came, 0 to 1,000; ``is_long``: it has a text of many words."""

    article_id: str
    time_ms: int
    outlet: str
    headline: str
    compared: str
    body: BodyPrint | None
    relation: Relation
    subjects: tuple[str, ...] = ()
    likeness: int = 0
    of: str | None = None
    is_long: bool = False
    packed: bytes = field(default=b"", compare=False, repr=False)
    """The packed form it was read from: packing a large story again would cost more than everything else."""


@dataclass(frozen=True, slots=True)
class Story:
    """A story; its id is its founder's (32 hex digits).

    ``total`` is the sum of its members' vectors; ``expires_ms``: it is forgotten once the stream's time passes this;
    ``version``: the number of records about it. A story without members has ended: ``merged_into`` names the story it went
    into, or is None if all its members were canceled.
    """

    id: str
    language: str
    members: tuple[Member, ...]
    total: Sum
    expires_ms: int
    version: int
    merged_into: str | None = None

    @property
    def first_ms(self) -> int:
        """The time of its earliest member; 0 if it has none."""
        return min([member.time_ms for member in self.members], default=0)

    @property
    def last_ms(self) -> int:
        """The time of its latest member; 0 if it has none."""
        return max([member.time_ms for member in self.members], default=0)

    @property
    def named_outlets(self) -> int:
        """How many outlets with a name tell it."""
        return len(self._outlets() - {""})

    @property
    def outlets(self) -> int:
        """How many outlets tell it; those without a name count as one."""
        return len(self._outlets())

    def _outlets(self) -> set[str]:
        return {outlet.casefold() for outlet in {member.outlet for member in self.members}}  # many members have few


_HEAD = struct.Struct(">16sqqqIB16sBIBHHHH")
_MEMBER = struct.Struct(">16sqBH16sBBBHH")
_NO_BODY = 255
_LONG = 0x80  # a flag in the byte that says how a member belongs to its story
_MOST_COUNTED = 255
_NOBODY = bytes(16)


def _told_by(members: Iterable[Member]) -> int:
    """The only named outlet that tells a story, as a hash."""
    hashed = {hash_outlet(outlet) for outlet in {member.outlet for member in members}} - {NO_OUTLET}
    return SEVERAL_OUTLETS if len(hashed) > 1 else max(hashed, default=NO_OUTLET)


def pack_story(story: Story) -> bytes:
    """Encode a story for the table."""
    language = story.language.encode()
    head = _HEAD.pack(
        bytes.fromhex(story.id),
        story.first_ms,
        story.last_ms,
        story.expires_ms,
        story.version,
        story.total.halved,
        bytes.fromhex(story.merged_into) if story.merged_into else _NOBODY,
        min(story.named_outlets, _MOST_COUNTED),
        _told_by(story.members),
        len(language),
        len(story.total.vector),
        len([member for member in story.members if member.body is not None]),
        len([member for member in story.members if member.is_long]),
        len(story.members),
    )
    members = [member.packed or _pack_member(member) for member in story.members]
    return b"".join((head, language, pack_vector(story.total.vector), *members))


def _pack_member(member: Member) -> bytes:
    outlet = _cut(member.outlet, _MOST_OUTLET_BYTES)
    headline, words = _cut(member.headline, _MOST_HEADLINE_BYTES), _cut(member.compared, _MOST_WORDS_BYTES)
    body = member.body
    numbers = (*map(int, member.subjects), *((body.exact, *body.sketch) if body else ()))
    return b"".join(
        (
            _MEMBER.pack(
                bytes.fromhex(member.article_id),
                member.time_ms,
                _RELATIONS.index(member.relation) | (_LONG if member.is_long else 0),
                member.likeness,
                bytes.fromhex(member.of) if member.of else _NOBODY,
                len(member.subjects),
                len(body.sketch) if body else _NO_BODY,
                len(outlet),
                len(headline),
                len(words),
            ),
            struct.pack(f">{len(numbers)}I", *numbers),
            outlet,
            headline,
            words,
        )
    )


def _cut(text: str, most_bytes: int) -> bytes:
    encoded = text.encode("utf-8", "replace")
    return encoded if len(encoded) <= most_bytes else encoded[:most_bytes].decode("utf-8", "ignore").encode()


def unpack_story(packed: bytes, known: Sequence[Member] = ()) -> Story:
    """Decode what :func:`pack_story` made. ``known``: the first members, perhaps, as this function read them before.

    Raises:
        ValueError: it was not made by :func:`pack_story`.
    """
    try:
        story_id, _, _, expires_ms, version, halved, merged_into, _, _, language_bytes, _, _, _, count = _HEAD.unpack_from(
            packed
        )
        begin, at = _vector_range(packed)
        language, vector = packed[begin - language_bytes : begin].decode(), unpack_vector(packed[begin:at])
        members: list[Member] = []
        read_before = b"".join([member.packed for member in known])
        if len(known) <= count and packed.startswith(read_before, at):
            members.extend(known)
            at += len(read_before)
        while len(members) < count:
            member, at = _unpack_member(packed, at)
            members.append(member)
    except (struct.error, IndexError) as error:
        raise ValueError(f"no story: {error}") from None
    merged = merged_into.hex() if merged_into != _NOBODY else None
    return Story(story_id.hex(), language, tuple(members), Sum(vector, halved), expires_ms, version, merged)


def _unpack_member(packed: bytes, at: int) -> tuple[Member, int]:
    begin = at
    article_id, time_ms, relation, likeness, of, subjects, sketched, *lengths = _MEMBER.unpack_from(packed, at)
    at += _MEMBER.size
    codes = tuple(f"{code:08d}" for code in struct.unpack_from(f">{subjects}I", packed, at))
    at += 4 * subjects
    body, at = _unpack_body(packed, at, sketched)
    texts = []
    for length in lengths:
        texts.append(packed[at : at + length].decode())
        at += length
    outlet, headline, compared = texts
    member = Member(
        article_id=article_id.hex(),
        time_ms=time_ms,
        outlet=outlet,
        headline=headline,
        compared=compared,
        body=body,
        relation=_RELATIONS[relation & ~_LONG],
        is_long=bool(relation & _LONG),
        subjects=codes,
        likeness=likeness,
        of=of.hex() if of != _NOBODY else None,
        packed=packed[begin:at],
    )
    return member, at


def _unpack_body(packed: bytes, at: int, sketched: int) -> tuple[BodyPrint | None, int]:
    if sketched == _NO_BODY:
        return None, at
    exact, *sketch = struct.unpack_from(f">{1 + sketched}I", packed, at)
    return BodyPrint(exact, tuple(sketch)), at + 4 + 4 * sketched


def founder_of_packed(packed: bytes) -> tuple[BodyPrint | None, str]:
    """The body and the headline, as compared, of a packed story's first member, without reading the rest."""
    _, at = _vector_range(packed)
    *_, subjects, sketched, outlet_bytes, headline_bytes, words_bytes = _MEMBER.unpack_from(packed, at)
    body, at = _unpack_body(packed, at + _MEMBER.size + 4 * subjects, sketched)
    at += outlet_bytes + headline_bytes
    return body, packed[at : at + words_bytes].decode()


def _vector_range(packed: bytes) -> tuple[int, int]:
    language_bytes, words = _HEAD.unpack_from(packed)[9:11]
    begin = _HEAD.size + language_bytes
    return begin, begin + ENTRY_BYTES * words


class Glance(NamedTuple):
    """The facts at the head of a packed story. ``has_body``: some member has a text; ``long``: how many have a long one;
    ``only_founder``: it has no other member; ``outlets``: how many named ones tell it; ``told_by``: the only one of them, as a
    hash."""

    key: bytes
    first_ms: int
    last_ms: int
    expires_ms: int
    has_body: bool
    long: int
    only_founder: bool
    outlets: int
    told_by: int
    members: int


def glance(packed: bytes) -> Glance:
    """The head of a packed story."""
    key, first_ms, last_ms, expires_ms, _, _, _, outlets, told_by, language_bytes, words, with_bodies, long, members = (
        _HEAD.unpack_from(packed)
    )
    end = _HEAD.size + language_bytes + ENTRY_BYTES * words
    only_founder = members == 1 and packed[end : end + len(key)] == key
    return Glance(key, first_ms, last_ms, expires_ms, with_bodies > 0, long, only_founder, outlets, told_by, members)


def packed_vector(packed: bytes) -> bytes:
    """The vector of a packed story, itself packed."""
    begin, end = _vector_range(packed)
    return packed[begin:end]


def central(members: Iterable[Member]) -> Member:
    """The member that represents the story: the most similar to it; among equals, the one with the least id."""
    return min(members, key=lambda member: (-member.likeness, member.article_id))
