"""The path of an article through the topics, from what Kafka holds of it, and how it is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from streams import lazy_re as re
from streams.commands.printing import hung, shortened
from streams.commands.retract import is_named, named_id
from streams.commands.storybook import StoryBook, story_id, told_change, told_members, told_standing
from streams.documents import ERRORS, KIND_HEADER, ORIGIN_HEADER, REASON_HEADER, REPLAY_HEADER, STATUS_HEADER, time_text
from streams.rejected.letters import plain
from streams.steps import Record, header, origin
from streams.stories import STORY_URI
from streams.topics import DUPLICATES, ENRICHED, PREPARED, RAW, REJECTED, SIGNATURES, STORIES
from streams.traces import Trace, trace_of

PLACE: Final = re.compile(r"([A-Za-z0-9._-]+)/(\d+)/(\d+)")
_STORY: Final = re.compile(re.escape(STORY_URI) + r"([0-9a-f]{32})")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_PLACE_COLUMNS: Final = 26
_HEADLINE_COLUMNS: Final = 60
_MESSAGE_COLUMNS: Final = 300
_NOW: Final = "now: "
_IN_NO_STORY: Final = "in no story that is remembered"
_WIDE: Final = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """What a name may mean: an article's id, URL or uri; the origin of raw records; a trace; a story."""

    named: str
    origins: frozenset[str] = frozenset()
    trace_id: str | None = None
    story: str | None = None

    def matches(self, record: Record) -> bool:
        """Whether an outcome belongs to what is sought."""
        if header(record, ORIGIN_HEADER) in self.origins:
            return True
        trace = trace_of(record) if self.trace_id else None
        if trace is not None and trace.trace_id == self.trace_id:
            return True
        return not self.origins and record.topic in (ENRICHED, DUPLICATES) and self._names(record)

    def _names(self, record: Record) -> bool:
        key = (record.key or b"").decode("utf-8", "replace")
        if record.topic == DUPLICATES:
            return key == named_id(self.named)
        return is_named(self.named, key, orjson.loads(record.value or b"{}"))


@dataclass(slots=True)
class Journey:
    """One raw record on its way: what Kafka still has of it in each topic.

    ``signatures``: what `group` is told about it, one record per partition for a kill; ``stories``: the records of news.stories
    that it caused. ``decided``: whether the step that reads where it was last seen has passed it; None: unknown.
    """

    origin: str
    raw: Record | None = None
    prepared: Record | None = None
    outcomes: list[Record] = field(default_factory=list)
    signatures: list[Record] = field(default_factory=list)
    stories: list[Record] = field(default_factory=list)
    decided: bool | None = None

    def known(self) -> Iterator[Record]:
        """Its records, in the order of the dataflow."""
        yield from (each for each in (self.raw, self.prepared) if each is not None)
        yield from (*self.outcomes, *self.signatures, *self.stories)

    def last_seen(self) -> list[Record]:
        """Where it waits, if it does."""
        if self.signatures:
            return self.signatures
        return [each for each in (self.prepared or self.raw,) if each is not None]

    def is_waiting(self) -> bool:
        """Whether it may still be on its way: it has no outcome, or was passed to `group` and changed no story."""
        return not self.outcomes or bool(self.signatures and not self.stories)


def sought(named: str) -> Sought:
    """What to look for by a name; a place only counts if it is in news.raw."""
    if place := PLACE.fullmatch(named):
        return Sought(named, frozenset([named] if place[1] == RAW else []))
    if parent := _TRACEPARENT.fullmatch(named):
        return Sought(named, trace_id=parent[1])
    if story := _STORY.fullmatch(named):
        return Sought(named, story=story[1])
    return Sought(named, trace_id=named if _TRACE_ID.fullmatch(named) else None)


def articles_of(journeys: Iterable[Journey]) -> frozenset[str]:
    """The ids of the articles whose stories are asked for: those that were passed on, and the owners of repeats."""
    return frozenset(
        _owner(record) if record.topic == DUPLICATES else (record.key or b"").decode("utf-8", "replace")
        for journey in journeys
        for record in journey.outcomes
        if record.topic in (ENRICHED, DUPLICATES)
    )


def told(journeys: Sequence[Journey], book: StoryBook | None = None, width: int = _WIDE) -> Iterator[str]:
    """The lines, of at most ``width`` columns, about the journeys, in the order of the raw records.

    The end says what counts now: which version of an article, and which story has it according to the ``book`` (None: there
    are no stories).
    """
    for journey in journeys:
        yield from _tell(journey, width)
    outcomes = [record for journey in journeys for record in journey.outcomes]
    versions = [record for record in outcomes if record.topic == ENRICHED]
    for article_id in dict.fromkeys(record.key for record in versions):
        last = max((each for each in versions if each.key == article_id), key=_rank)
        name = (article_id or b"").decode("utf-8", "replace")
        status = header(last, STATUS_HEADER)
        yield from hung(_NOW, f"article {plain(name)} is {status}, by {origin(last)}", width)
        if book is not None:
            yield from _told_story(name, f"the article is {_IN_NO_STORY}", book, width)
    for owner in dict.fromkeys(_owner(record) for record in outcomes if record.topic == DUPLICATES):
        if book is not None:
            yield from hung(_NOW, f"a repeat is in no story; it repeats article {owner}", width)
            yield from _told_story(owner, f"that article is {_IN_NO_STORY}", book, width)


def _told_story(article: str, otherwise: str, book: StoryBook, width: int) -> Iterator[str]:
    story = book.story_of(article)
    said = f"it is in {told_standing(story, book.latest.get(story))}" if story else otherwise
    yield from hung(" " * len(_NOW), said, width)


def told_of_story(records: Sequence[Record], width: int = _WIDE) -> Iterator[str]:
    """The lines about a story: each change of it that Kafka still has, then its articles as they are now."""
    for record in records:
        yield from _line(origin(record), told_change(record, of_story=True), None, width)
    story = story_id(records[-1])
    yield from hung(_NOW, told_standing(story, records[-1]), width)
    yield from (shortened(f"  {line}", width) for line in told_members(records[-1]))


def _rank(record: Record) -> tuple[int, datetime, int]:
    """Which version of an article counts, by the rule of docs/versions.md; among equals, the last one written."""
    document = orjson.loads(record.value or b"{}")
    version = document.get("version", "")
    made = datetime.fromisoformat(document.get("versionCreated", "1970-01-01T00:00:00Z"))
    return (int(version) if version.isdecimal() else 0, made, record.offset)


def _tell(journey: Journey, width: int) -> Iterator[str]:
    known = list(journey.known())
    trace_found = next((found for each in known if (found := trace_of(each))), None)
    when = next((time for each in known if (time := time_text(each.timestamp))), "without a time")
    yield when + (f"  trace {trace_found.trace_id}" if trace_found else "")
    yield from _line(journey.origin, _of_raw(journey.raw), journey.raw, width)
    if journey.prepared is not None:
        yield from _line(origin(journey.prepared), "cleaned", journey.prepared, width)
    for outcome in journey.outcomes:
        yield from _line(origin(outcome), _of_outcome(outcome), outcome, width)
    if journey.signatures:
        yield from _line(origin(journey.signatures[0]), _of_signatures(journey.signatures), journey.signatures[0], width)
    for story in journey.stories:
        yield from _line(origin(story), told_change(story), story, width)
    if journey.is_waiting():
        yield from _line("", _of_none(journey), None, width)


def _line(place: str, said: str, record: Record | None, width: int) -> Iterator[str]:
    """A place and the text about it, in as many lines as needed; with the span if the record names one."""
    span = trace_of(record) if record is not None else None
    text = said + (f"; span {_span(span)}" if span else "")
    yield from hung(f"  {place:<{_PLACE_COLUMNS}}", text, width)


def _span(trace_found: Trace) -> str:
    return trace_found.span_id + ("" if trace_found.sampled else ", not sampled")


def _of_raw(record: Record | None) -> str:
    if record is None:
        return "published; no longer in Kafka"
    key = "no key" if record.key is None else f"key {plain(record.key.decode('utf-8', 'replace'))}"
    replayed = header(record, REPLAY_HEADER)
    of = f", a replay of {REJECTED}/{plain(replayed)}" if replayed else ""
    return f"published, {len(record.value or b''):,} bytes, {shortened(key, _HEADLINE_COLUMNS)}{of}"


def _of_outcome(record: Record) -> str:
    if record.topic == REJECTED:
        message = plain(" ".join((header(record, ERRORS + "message") or "").split()))
        return f"rejected: {header(record, REASON_HEADER)}: {shortened(message, _MESSAGE_COLUMNS)}"
    document: dict[str, Any] = orjson.loads(record.value or b"{}")
    if record.topic == DUPLICATES:
        return f"{header(record, KIND_HEADER)} of {document['owner']['id']}: {_headline(document['headline'])}"
    headline = next((each["value"] for each in document.get("headlines", ())), "")
    version = f", version {plain(document['version'])}" if document.get("version") else ""
    return f"{document['pubStatus']}{version}: {_headline(headline)}"


def _of_signatures(records: Sequence[Record]) -> str:
    if len(records) > 1:
        return f"handed to `group`, in all {len(records)} partitions"
    return f"handed to `group`, among articles in {plain((records[0].key or b'').decode('utf-8', 'replace'))}"


def _owner(record: Record) -> str:
    """The id of the article that a record of news.duplicates repeats."""
    return str(orjson.loads(record.value or b"{}")["owner"]["id"])


def _headline(text: str) -> str:
    return shortened(plain(" ".join(text.split())), _HEADLINE_COLUMNS)


def _of_none(journey: Journey) -> str:
    if journey.outcomes:
        if journey.decided:
            return f"nothing of its own in {STORIES}: it changed no story, or compaction took it"
        return f"waits in {SIGNATURES}: no story yet"
    where = PREPARED if journey.prepared is not None else RAW
    if journey.decided:
        return "its outcome is no longer in Kafka: retention took it, or compaction for a later version"
    return f"waits in {where}: no outcome yet"


def in_order(place: str) -> tuple[int, int, str]:
    """The sort key for places in one topic."""
    found = PLACE.fullmatch(place)
    return (int(found[2]), int(found[3]), place) if found else (0, 0, place)
