"""Group: articles that tell of one event make a story."""

from __future__ import annotations

import orjson

from streams.bounds import bounded
from streams.faults import Fault, caught
from streams.formats import NewerFormatError
from streams.settings import Settings
from streams.steps import Changelog, Decision, ForeignRecordError, Output, Record, Step, UnreadBatch
from streams.stories import signature_from_json, story_document, story_headers
from streams.text.stories.index import StoryIndex, Told, check_remembered
from streams.text.stories.signature import Signature
from streams.topics import SIGNATURES, STORIES


def group_step(settings: Settings) -> Step:
    """news.signatures → news.stories; remembers the stories of the window, and decides on all of them together."""

    def decide(record: Record, stories: StoryIndex) -> Decision:
        signature = _read_signature(record)
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
    return Step("group", SIGNATURES, (STORIES,), decide, remembered)


def _read_signature(record: Record) -> Signature:
    """The signature in a record of news.signatures, which `deduplicate` alone writes.

    Raises:
        ForeignRecordError: it did not write this one.
        NewerFormatError: it did, in a newer version that this one must not read.
    """
    if isinstance(record.value, UnreadBatch):
        raise ForeignRecordError(str(record.value))
    try:
        return signature_from_json(record.value or b"")
    except NewerFormatError:
        raise
    except ValueError as error:
        raise ForeignRecordError("no value" if record.value is None else str(error)) from error


def tell(record: Record, told: Told) -> Output:
    """Write down for consumers what became of a story."""
    document = story_document(told.story, record.timestamp)
    headers = story_headers(record, told)
    return bounded(Output(STORIES, told.story.id.encode(), orjson.dumps(document), headers, max(record.timestamp, 0)))
