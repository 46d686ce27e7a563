"""Group: articles about the same event form a story."""

from __future__ import annotations

from typing import Final

import orjson

from streams.bounds import bounded
from streams.faults import Fault, caught
from streams.settings import Settings
from streams.steps import Changelog, Decision, Output, Record, Step, read_internal
from streams.stories import signature_from_json, story_document, story_headers
from streams.text.stories.index import StoryIndex, Told, check_remembered
from streams.topics import SIGNATURES, STORIES

_PATIENCE_MS: Final = 250  # nobody reads a story within the moment; articles go first


def group_step(settings: Settings) -> Step:
    """news.signatures → news.stories. Remembers the stories of the window and decides on all of them together."""

    def decide(record: Record, stories: StoryIndex) -> Decision:
        signature = read_internal(record, signature_from_json)
        told = caught(lambda: stories.decide(signature))
        if isinstance(told, Fault):
            return Decision((), fault=told)
        outputs = caught(lambda: tuple(tell(record, each) for each in told))
        if isinstance(outputs, Fault):
            return Decision((), fault=outputs)
        return Decision(outputs, changes=stories.remember(signature, told))

    remembered = Changelog(
        "stories",
        "the stories of the window, and how far news.signatures is grouped",
        remembers=True,
        check=check_remembered,
        whole=lambda entries: StoryIndex(settings.story_window_s * 1000, settings.most_stories).load(entries),
    )
    return Step("group", SIGNATURES, (STORIES,), decide, remembered, _PATIENCE_MS)


def tell(record: Record, told: Told) -> Output:
    """Write out for consumers what happened to a story."""
    document = story_document(told.story, record.timestamp)
    headers = story_headers(record, told)
    return bounded(Output(STORIES, told.story.id.encode(), orjson.dumps(document), headers, max(record.timestamp, 0)))
