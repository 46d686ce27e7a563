"""The stories that the console knows: the latest state of those that changed last, from news.stories. Pure."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import orjson

from streams.bounds import printable_name
from streams.steps import Record, header

MOST_STORIES: Final = 300
"""How many stories are kept, at most a few kilobytes each."""
_MOST_SHOWN, _MOST_MEMBERS = 60, 40
_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as it is listed; ``members`` are at most the latest ones, with what ninjs says about each."""

    id: str
    headline: str
    language: str
    articles: int
    outlets: int
    latest: str
    members: tuple[dict[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """What the page gets."""
        return {name: getattr(self, name) for name in self.__slots__}


class StoryRows:
    """Fed with records of news.stories in reading order."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, StoryRow] = OrderedDict()
        self.founded = 0

    def add(self, record: Record) -> None:
        """Add a change of a story; foreign records are skipped."""
        row = read_story(record)
        if row is None:
            return
        self.founded += header(record, "ce_change") == "founded"
        self._rows.pop(row.id, None)
        if row.articles:
            self._rows[row.id] = row
        while len(self._rows) > MOST_STORIES:
            self._rows.popitem(last=False)

    def listed(self, *, by_size: bool) -> list[dict[str, Any]]:
        """Stories by last change; ``by_size``: by the number of outlets, then of articles."""
        rows = list(reversed(self._rows.values()))
        if by_size:
            rows.sort(key=lambda row: (-row.outlets, -row.articles))
        return [row.as_json() for row in rows[:_MOST_SHOWN]]


def read_story(record: Record) -> StoryRow | None:
    """What is kept of a record of news.stories; None for a foreign one."""
    try:
        document = orjson.loads(record.value or b"")
        members = [_member(each) for each in document.get("associations", []) if each.get("rel") == "member"]
        return StoryRow(
            id=printable_name(record.key or b"")[:64],
            headline=_text(document.get("headlines")),
            language=str(document.get("language", "")),
            articles=int(header(record, "ce_articles") or len(members)),
            outlets=int(header(record, "ce_outlets") or 0),
            latest=max((each["time"] for each in members), default=""),
            members=tuple(members[-_MOST_MEMBERS:]),
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        return None


def _member(association: dict[str, Any]) -> dict[str, str]:
    outlets = association.get("infoSources") or [{}]
    return {
        "uri": str(association["uri"]),
        "relation": str(association["name"]),
        "headline": _text(association.get("headlines")),
        "outlet": str(outlets[0].get("name", ""))[:_MOST_CHARACTERS],
        "time": str(association.get("versionCreated", "")),
    }


def _text(headlines: list[dict[str, Any]] | None) -> str:
    return str(headlines[0]["value"])[:_MOST_CHARACTERS] if headlines else ""
