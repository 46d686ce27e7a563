"""Packed stories as values: those read lately, without reading again what has not changed.

While everybody reports one event, its story is read and grows with every article; all but the last of its members are known.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from streams.text.stories.story import Story, unpack_story
from streams.text.stories.templates import Naming, naming_of

_MOST_READ = 64


@dataclass(slots=True)
class _Read:
    """A story as read from ``packed``. ``naming``: what its first ``named`` members say."""

    packed: bytes
    story: Story
    naming: Naming | None = None
    named: int = 0


class StoryReader:
    """What it answers depends only on the packed story."""

    def __init__(self) -> None:
        self._read: OrderedDict[int, _Read] = OrderedDict()  # by slot, the one read last at the end

    def story(self, slot: int, packed: bytes) -> Story:
        """The story in a slot."""
        return self._entry(slot, packed).story

    def naming(self, slot: int, packed: bytes) -> Naming:
        """What the headlines of the story in a slot say."""
        entry = self._entry(slot, packed)
        members = entry.story.members
        if entry.naming is None or entry.named < len(members):
            entry.naming = naming_of(members[entry.named :], entry.story.language, entry.naming)
            entry.named = len(members)
        return entry.naming

    def _entry(self, slot: int, packed: bytes) -> _Read:
        former = self._read.get(slot)
        if former is not None and former.packed == packed:
            self._read.move_to_end(slot)
            return former
        known = former.story.members if former else ()
        entry = _Read(packed, unpack_story(packed, known))
        if former and former.naming and _begins(entry.story, former.story, former.named):
            entry.naming, entry.named = former.naming, former.named
        self._read[slot] = entry
        self._read.move_to_end(slot)
        if len(self._read) > _MOST_READ:
            self._read.popitem(last=False)
        return entry


def _begins(story: Story, former: Story, named: int) -> bool:
    """Whether a story's first members are the same as the former one's."""
    if len(story.members) < named or story.language != former.language:
        return False
    return all(one is other for one, other in zip(story.members[:named], former.members, strict=False))
