"""What news.stories says about some articles: which story has each, and why; and how it is told. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from streams.articles import OWN_URI
from streams.commands.printing import shortened
from streams.rejected.letters import plain
from streams.steps import Record, header, origin
from streams.stories import CHANGE_HEADER, STORY_URI
from streams.text.stories.index import StoryChange
from streams.text.stories.story import Relation

_HEADLINE_COLUMNS: Final = 60


class StoryBook:
    """Which story each of some articles (ids, 32 hex digits) is in, according to the records of news.stories.

    A story's records must come in the order of their partition; the order of partitions does not matter. ``latest`` has the
    last record of each story that has, or had, one of the articles.
    """

    def __init__(self, articles: frozenset[str]) -> None:
        self._articles = articles
        self._uris = {article: (OWN_URI + article).encode() for article in articles}
        self._members: dict[str, set[str]] = {}
        self._merged_into: dict[str, str] = {}
        self.latest: dict[str, Record] = {}

    def take(self, record: Record) -> None:
        """Add a record of news.stories."""
        story = story_id(record)
        named = {article for article, uri in self._uris.items() if uri in (record.value or b"")}
        if (cause := _article_of(record)) in self._articles:
            named.add(cause)
        if not named and story not in self._members and story not in self._merged_into.values():
            return
        members = self._members.setdefault(story, set())
        members |= named
        if header(record, CHANGE_HEADER) == StoryChange.LEFT:
            members.discard(cause)
        if into := header(record, "ce_mergedinto"):
            self._merged_into[story] = into.removeprefix(STORY_URI)
        self.latest[story] = record

    def missing(self) -> frozenset[str]:
        """The stories that took in one of the articles' stories and whose records were not seen."""
        return frozenset(self._merged_into.values()) - self.latest.keys()

    def story_of(self, article: str) -> str | None:
        """The id of the story that an article is in, or None."""
        found = {self._end_of(story) for story, members in self._members.items() if article in members}
        return max(found, key=lambda story: (story in self.latest, story), default=None)

    def _end_of(self, story: str) -> str:
        """The story in which a story finally ended up."""
        passed = {story}
        while (into := self._merged_into.get(story)) and into not in passed:
            passed.add(story := into)
        return story


def story_id(record: Record) -> str:
    """The id of the story in a record of news.stories."""
    return (record.key or b"").decode("utf-8", "replace")


def _article_of(record: Record) -> str:
    """The id of the article that caused a record of news.stories; empty if it names none."""
    return (header(record, "ce_article") or "").removeprefix(OWN_URI)


def told_change(record: Record, *, of_story: bool = False) -> str:
    """What an article did to a story with a record, and the evidence.

    ``of_story``: the text is about the story, so the article has to be named.
    """
    if into := header(record, "ce_mergedinto"):
        return f"story {story_id(record)} goes into {into.removeprefix(STORY_URI)}"
    subject, story = (f"{_article_of(record)} ", "") if of_story else ("", f" story {story_id(record)}")
    match header(record, CHANGE_HEADER):
        case StoryChange.FOUNDED:
            return f"{subject}founds{story or ' it'}: no other is like it"
        case StoryChange.LEFT:
            return f"{subject}leaves{story}: {_counted(record)} left"
        case change:
            too = ", with the articles of another" if change == StoryChange.MERGED else ""
            return f"{subject}joins{story}{too}, now of {_counted(record)}: {_why(record)}"


def _why(record: Record) -> str:
    """How an article belongs to its story: "similar-headline of X, 92 % alike, by harbour, bridge"."""
    relation = header(record, "ce_relation") or Relation.SAME_EVENT
    of = (header(record, "ce_repeats") or "").removeprefix(OWN_URI)
    alike = f"{int(header(record, 'ce_likeness') or 0) / 10:.0f} % alike"
    words = plain(", ".join((header(record, "ce_words") or "").split()))
    return ", ".join(each for each in (relation + (f" of {of}" if of else ""), alike, f"by {words}" if words else "") if each)


def _counted(record: Record) -> str:
    articles, outlets = int(header(record, "ce_articles") or 0), int(header(record, "ce_outlets") or 0)
    said = f"{articles:,} article{'' if articles == 1 else 's'}"
    return said + (f" of {outlets:,} outlet{'' if outlets == 1 else 's'}" if outlets else "")


def told_standing(story: str, latest: Record | None) -> str:
    """The state of a story now."""
    if latest is None:
        return f"story {story}, of which Kafka has no record any more"
    version = header(latest, "ce_version")
    headline = _headline_of(orjson.loads(latest.value or b"{}"))
    named = f": {headline}" if headline else ""
    return f"story {story} of {_counted(latest)}, version {version}, by {origin(latest)}{named}"


def told_members(latest: Record) -> Iterator[str]:
    """A line for each article that a story's record names: its id, how it belongs, its outlet and headline."""
    for each in orjson.loads(latest.value or b"{}").get("associations", ()):
        if each.get("rel") == "member":
            outlet = next((source["name"] for source in each.get("infoSources", ())), "")
            said = f"{each['uri'].removeprefix(OWN_URI)}  {each['name']:<16}  {_headline_of(each)}"
            yield said + (f" ({plain(outlet)})" if outlet else "")


def _headline_of(document: dict[str, Any]) -> str:
    headline = next((each["value"] for each in document.get("headlines", ())), "")
    return shortened(plain(" ".join(headline.split())), _HEADLINE_COLUMNS)
