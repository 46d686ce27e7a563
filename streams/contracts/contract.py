"""One entry per topic that others read: its key, headers and documents. A new topic's contract is one more entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from streams.contracts.headers import duplicates_headers, enriched_headers, rejected_headers
from streams.contracts.stories import stories_headers, stories_schema
from streams.contracts.values import HEX_128, Schema, described, duplicates_schema, enriched_schema
from streams.steps import Topic
from streams.topics import DUPLICATES, ENRICHED, REJECTED, STORIES

_ARTICLE_ID: Final[Schema] = {"type": "string", "pattern": HEX_128}


@dataclass(frozen=True, slots=True)
class Contract:
    """What a topic's readers rely on. ``message`` names its records; ``value`` is None if they may be any bytes."""

    topic: Topic
    message: str
    summary: str
    key: Schema
    headers: Schema
    value: Schema | None

    @property
    def name(self) -> str:
        """The prefix of its files and registry subjects: the topic's name without "news."."""
        return self.topic.removeprefix("news.")

    @property
    def schemas(self) -> dict[str, Schema]:
        """The parts that are written to files of their own, by file name."""
        value = {} if self.value is None else {f"{self.name}.json": self.value}
        return {**value, f"{self.name}.headers.json": self.headers}

    def promised(self) -> dict[str, Any]:
        """All of it as one document, with which a later version is compared."""
        return {"topic": str(self.topic), "key": self.key, "headers": self.headers, "value": self.value}


CONTRACTS: Final = (
    Contract(
        ENRICHED,
        "enrichedArticle",
        "A version of an article: clean, the first with its headline, with language and subjects; or a kill.",
        described(_ARTICLE_ID, "The article's id, the same for all its versions; the topic is compacted to the last."),
        enriched_headers(),
        enriched_schema(),
    ),
    Contract(
        STORIES,
        "story",
        "A story after a change: founded by its first article, joined by another, merged, or left by one that was canceled.",
        described(_ARTICLE_ID, "The story's id, the id of the article that founded it; the topic is compacted to the last."),
        stories_headers(),
        stories_schema(),
    ),
    Contract(
        DUPLICATES,
        "duplicate",
        "An article whose headline was seen before: which article owns it, and how this one repeats it.",
        described(_ARTICLE_ID, "The id of the article that repeats the headline."),
        duplicates_headers(),
        duplicates_schema(),
    ),
    Contract(
        REJECTED,
        "rejection",
        "A record that is not an article: its key, bytes and headers as they came, and the reason in more headers.",
        described({}, "The producer's key as it came, any bytes or none."),
        rejected_headers(),
        None,
    ),
)
