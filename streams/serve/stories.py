"""Which articles represent their story, for feeds with one entry per story. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Final

import orjson

from streams.outgoing.items import Item
from streams.steps import Record

MOST_STORIES: Final = 4_000
"""How many stories are kept, of at most a hundred articles each: those that changed last."""
UNGROUPED_S: Final = 60.0
"""How long an article waits to be grouped; then it represents itself, as it came from a worker without stories."""


class StoryArticles:
    """The articles of each story, from records of news.stories in reading order."""

    def __init__(self, most: int = MOST_STORIES) -> None:
        self._most = most
        self._articles: OrderedDict[bytes, tuple[str, ...]] = OrderedDict()
        self._story_of: dict[str, bytes] = {}

    def take(self, record: Record) -> None:
        """Add a change of a story; a foreign record changes nothing."""
        key, articles = record.key, _articles_of(record)
        if key is None or articles is None:
            return
        self._drop(key)
        if articles:
            self._articles[key] = articles
            self._story_of.update(dict.fromkeys(articles, key))
        while len(self._articles) > self._most:
            self._drop(next(iter(self._articles)))

    def stands(self, item: Item, hidden: Collection[str], now_s: float) -> bool:
        """Whether an article represents its story: it is the first of its articles, apart from those ``hidden``, by URI.

        An article whose story began before it stays folded, even after the first has been dropped.
        """
        story = self._story_of.get(item.uri)
        if story is None:
            return now_s - item.time_ms / 1_000 >= UNGROUPED_S
        return next(each for each in self._articles[story] if each not in hidden) == item.uri

    def _drop(self, key: bytes) -> None:
        for uri in self._articles.pop(key, ()):
            if self._story_of.get(uri) == key:  # it may have moved on, with a story that was merged
                del self._story_of[uri]


def _articles_of(record: Record) -> tuple[str, ...] | None:
    """The URIs of a story's articles, the first one first; empty for a story that is over, None for a foreign record."""
    if record.value is None:
        return ()
    try:
        associations = orjson.loads(record.value).get("associations", ())
        return tuple(str(each["uri"]) for each in associations if each.get("rel") == "member")
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
