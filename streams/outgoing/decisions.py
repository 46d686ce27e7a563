"""What a receiver is told of a version of an article: it, that it is removed, or nothing yet. Pure.

A canceled, expired or embargoed article is never told. Whoever may have been told an earlier version of it is told that it is
removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from streams.documents import time_text
from streams.outgoing.items import Item, Rank
from streams.topics import ENRICHED


class Change(StrEnum):
    """What is told."""

    ARTICLE = "article"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article: the versions that wait and that canceled it, and whether any version was told."""

    waiting: Rank | None = None
    canceled: Rank | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """``tell``: None for nothing. ``waits``: it is told when its embargo ends. ``replaces``: what waited does so no more."""

    tell: Change | None
    waits: bool = False
    replaces: bool = False


NOTHING: Final = Decision(None)


def decide(item: Item, known: Known, now_s: float, *, wanted: bool) -> Decision:
    """What becomes of a version; ``wanted``: whether the receiver has asked for its like."""
    if known.canceled is not None and item.rank < known.canceled:
        return NOTHING  # an older version that came late
    replaces = known.waiting is not None and known.waiting <= item.rank
    removed = Change.REMOVED if known.told else None
    if item.canceled:
        return Decision(Change.REMOVED, replaces=replaces)
    if item.ends_s <= now_s or not wanted:
        return Decision(removed, replaces=replaces)
    if item.shown_s > now_s:
        return Decision(removed, waits=known.waiting is None or replaces, replaces=replaces)
    return Decision(Change.ARTICLE, replaces=replaces)


def decide_waiting(item: Item, now_s: float) -> Decision:
    """What becomes of a version whose embargo has ended."""
    return Decision(None if item.ends_s <= now_s else Change.ARTICLE, replaces=True)


def told_of(change: Change, item: Item) -> dict[str, Any]:
    """What a receiver reads: which article, which record says so, and the article as ninjs where it is not removed."""
    told = {
        "change": change.value,
        "id": item.uri,
        "origin": f"{ENRICHED}/{item.partition}/{item.offset}",
        "time": time_text(item.time_ms),
    }
    return told if change is Change.REMOVED else {**told, "document": item.document}


@dataclass(frozen=True, slots=True)
class Filters:
    """The options of a command, read as the queries of a feed are."""

    named: dict[str, Sequence[str]]

    def getall(self, name: str, default: Sequence[str] = ()) -> Sequence[str]:
        return self.named.get(name, default)
