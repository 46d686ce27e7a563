"""The newest articles, each by its latest version, and the ids of events. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from streams.outgoing.items import ArticleFilter, Item
from streams.serve.stories import StoryArticles

RING: Final = 1_000
"""How many articles are kept."""
MOST_RING_BYTES: Final = 64 << 20
"""How large they may be together, as JSON."""
REMOVED: Final = 1_000
"""How many removals are remembered, so that an older version does not bring an article back."""

Positions = Mapping[int, int]
"""The last offset of each partition."""


class Ring:
    """The newest articles by their offsets, bounded in number and weight."""

    def __init__(self, most: int = RING, most_bytes: int = MOST_RING_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._removed: OrderedDict[str, Item] = OrderedDict()
        self.positions: dict[int, int] = {}
        """The last offset taken, by partition."""
        self.floor: dict[int, int] = {}
        """The last offset that is no longer in the ring, by partition."""

    def __len__(self) -> int:
        return len(self._items)

    def begin(self, partition: int, offset: int) -> None:
        """Note that nothing before this offset is read."""
        self.floor.setdefault(partition, offset - 1)
        self.positions.setdefault(partition, offset - 1)

    def pass_to(self, partition: int, offset: int) -> None:
        """Note that everything below this offset was read; the last offsets may be transaction markers."""
        self.positions[partition] = max(self.positions.get(partition, -1), offset - 1)

    def take(self, item: Item) -> Item | None:
        """Keep a version of an article, and return it; None if a newer one is there already."""
        self.pass_to(item.partition, item.offset + 1)
        former = self._items.get(item.id) or self._removed.get(item.id)
        if former is not None and item.rank < former.rank:
            return None
        item = replace(item, revises=former is not None)
        self._drop(item.id)
        self._removed.pop(item.id, None)
        if item.canceled:
            self._removed[item.id] = item
            if len(self._removed) > REMOVED:
                self._forget(self._removed.popitem(last=False)[1])
            return item
        self._items[item.id] = item
        self._bytes += item.size
        while len(self._items) > self._most or (self._bytes > self._most_bytes and len(self._items) > 1):
            oldest = next(iter(self._items.values()))
            self._drop(oldest.id)
            self._forget(oldest)
        return item

    def newest(self, wanted: ArticleFilter, now_s: float, most: int, stories: StoryArticles | None = None) -> list[Item]:
        """At most ``most`` articles that are selected and may be shown, the newest first; with ``stories``, one of each."""
        shown = (item for item in reversed(self._items.values()) if item.is_shown(now_s))
        asked = (item for item in shown if wanted.takes(item))
        return list(islice(asked if stories is None else self._folded(list(asked), stories, now_s), most))

    def _folded(self, items: Sequence[Item], stories: StoryArticles, now_s: float) -> Iterator[Item]:
        hidden = {item.uri for item in (*self._items.values(), *self._removed.values())} - {item.uri for item in items}
        return (item for item in items if stories.stands(item, hidden, now_s))

    def removed(self, now_s: float, most: int) -> list[Item]:
        """What must be taken down, the latest removals first: the canceled, then the expired."""
        expired = (item for item in reversed(self._items.values()) if item.ends_s <= now_s)
        return list(islice((each for group in (reversed(self._removed.values()), expired) for each in group), most))

    def since(self, positions: Positions, then_s: float, now_s: float) -> Iterator[Item]:
        """What has changed since: newer records, and what became due between ``then_s`` and ``now_s``."""
        for item in sorted((*self._items.values(), *self._removed.values()), key=lambda each: (each.time_ms, each.offset)):
            newer = item.offset > positions.get(item.partition, -1)
            if newer or (not item.canceled and (then_s < item.shown_s <= now_s or then_s < item.ends_s <= now_s)):
                yield item

    def has_all_since(self, positions: Positions) -> bool:
        """Whether everything after these positions is still in the ring."""
        return all(positions.get(partition, -1) >= floor for partition, floor in self.floor.items())

    def _drop(self, article_id: str) -> None:
        former = self._items.pop(article_id, None)
        if former is not None:
            self._bytes -= former.size

    def _forget(self, item: Item) -> None:
        self.floor[item.partition] = max(self.floor.get(item.partition, -1), item.offset)


def mark_of(positions: Positions, now_s: float) -> str:
    """The id of an event: the offsets of all partitions, and the time in milliseconds: ``0=41,1=17@1764403200000``."""
    return ",".join(f"{partition}={offset}" for partition, offset in sorted(positions.items())) + f"@{int(now_s * 1000)}"


def read_mark(mark: str) -> tuple[dict[int, int], float] | None:
    """The positions and the time of an event's id; None for anything else."""
    try:
        places, _, at_ms = mark.partition("@")
        pairs = (each.split("=") for each in places.split(",")) if places else ()
        return {int(partition): int(offset) for partition, offset in pairs}, int(at_ms) / 1000
    except (ValueError, OverflowError):
        return None
