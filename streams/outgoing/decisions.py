"""What a receiver is told about a version of an article: the article, its removal, or nothing yet. Pure.

A canceled, expired or embargoed article is never sent. A receiver that may have an earlier version is told of its removal.
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
    """``tell``: None for nothing. ``latest``: it is now the newest version. ``waits``: it is sent when its embargo ends."""

    tell: Notice | None
    latest: bool = False
    waits: bool = False


NOTHING: Final = Telling(None)
EXPIRED: Final = Telling(Notice.REMOVED)
"""When an article that the receiver has expires."""


def decide(item: Item, known: Known, now_s: float, *, wanted: bool) -> Telling:
    """What to do with a version; ``wanted``: whether it matches the receiver's selection."""
    if known.latest is not None and item.rank < known.latest:
        return NOTHING  # an older version that arrived late
    removed = Notice.REMOVED if known.told else None
    if item.canceled:
        return Telling(Notice.REMOVED, latest=True)
    if item.ends_s <= now_s or not wanted:
        return Telling(removed, latest=True)
    if item.shown_s > now_s:
        return Telling(removed, latest=True, waits=True)
    return Telling(Notice.ARTICLE, latest=True)


def decide_waiting(item: Item, now_s: float) -> Telling:
    """What to do with a version whose embargo has ended."""
    return Telling(None if item.ends_s <= now_s else Notice.ARTICLE, latest=True)


def told_of(change: Notice, item: Item) -> dict[str, Any]:
    """What a receiver reads: which article, by which record, and the article as ninjs unless it is removed."""
    told = {
        "change": change.value,
        "id": item.uri,
        "origin": f"{ENRICHED}/{item.partition}/{item.offset}",
        "time": time_text(item.time_ms),
    }
    return told if change is Notice.REMOVED else {**told, "document": item.document}
