"""What a receiver is told of a version of an article: it, that it is removed, or nothing yet. Pure.

A canceled, expired or embargoed article is never told. Whoever may have been told an earlier version of it is told that it is
removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from streams.documents import time_text
from streams.outgoing.items import Item, Rank
from streams.topics import ENRICHED


class Notice(StrEnum):
    """What is told."""

    ARTICLE = "article"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article: its newest version, and whether the receiver has it."""

    latest: Rank | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """``tell``: None for nothing. ``latest``: it is the newest version now. ``waits``: it is told when its embargo ends."""

    tell: Notice | None
    latest: bool = False
    waits: bool = False


NOTHING: Final = Telling(None)
EXPIRED: Final = Telling(Notice.REMOVED)
"""Of an article that the receiver has."""


def decide(item: Item, known: Known, now_s: float, *, wanted: bool) -> Telling:
    """What becomes of a version; ``wanted``: whether the receiver has asked for its like."""
    if known.latest is not None and item.rank < known.latest:
        return NOTHING  # an older version that came late
    removed = Notice.REMOVED if known.told else None
    if item.canceled:
        return Telling(Notice.REMOVED, latest=True)
    if item.ends_s <= now_s or not wanted:
        return Telling(removed, latest=True)
    if item.shown_s > now_s:
        return Telling(removed, latest=True, waits=True)
    return Telling(Notice.ARTICLE, latest=True)


def decide_waiting(item: Item, now_s: float) -> Telling:
    """What becomes of a version whose embargo has ended."""
    return Telling(None if item.ends_s <= now_s else Notice.ARTICLE, latest=True)


def told_of(change: Notice, item: Item) -> dict[str, Any]:
    """What a receiver reads: which article, which record says so, and the article as ninjs where it is not removed."""
    told = {
        "change": change.value,
        "id": item.uri,
        "origin": f"{ENRICHED}/{item.partition}/{item.offset}",
        "time": time_text(item.time_ms),
    }
    return told if change is Notice.REMOVED else {**told, "document": item.document}
