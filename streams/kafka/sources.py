"""Whether a source is still the topic that was worked on: a topic that was recreated or truncated has new records below our
offset, which would be skipped silently."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.clients import connection
from streams.kafka.failures import LOST, RefusedError, uncancelled
from streams.kafka.identity import TopicIdentity, identify
from streams.kafka.progress import Progress, SourceChange, find_change
from streams.settings import Settings

log = logging.getLogger(__name__)

# For a moment after a change of leader or topics, a broker may answer with the previous state.
_CERTAIN_AFTER_S = 10.0
_LOOK_AGAIN_S = 1.0
_LOOK_EVERY_S = 10.0
_ANSWER_TIMEOUT_S = 30.0

_SETTING: Final = "HEADWATER_ON_CHANGED_TOPIC=begin-anew"


class SourceChangedError(RefusedError):
    """A source is not the topic that was worked on; the message says what to do."""

    def __init__(self, change: SourceChange, what_to_do: str) -> None:
        super().__init__(what_to_do)
        self.change = change


class SourceState(NamedTuple):
    """What a look at a source found: the change, if any; which topic it is now; and the offset at its end."""

    change: SourceChange | None
    source: TopicIdentity
    end: int


async def look_at(reader: AIOKafkaConsumer, source: TopicPartition, progress: Progress, *, keyed: bool) -> SourceState:
    """Compare a source partition with the ``progress`` made on it; a change counts only once it has lasted ten seconds.

    ``keyed``: something is remembered by key.

    Raises:
        KafkaError: Kafka does not answer, or the topic does not exist.
    """
    deadline = time.monotonic() + _CERTAIN_AFTER_S
    while True:
        now = (await identify(reader, [source.topic]))[source.topic]
        end: int = (await reader.end_offsets([source]))[source]
        change = find_change(progress, now, end, keyed=keyed)
        if change is None or time.monotonic() > deadline:
            return SourceState(change, now, end)
        await asyncio.sleep(_LOOK_AGAIN_S)


def explain(change: SourceChange, topic: str, progress: Progress, source: TopicIdentity, offset: int) -> str:
    """What has happened to a source, and what to do; ``offset``: where it ends, or what the group was told."""
    before, mended = progress.marks, f"set {_SETTING}"
    match change:
        case SourceChange.OTHER_CLUSTER:
            return (
                f"{topic} is in another Kafka cluster ({source.cluster}) than the one that was worked on ({before.cluster})."
                f" If that is meant, {mended}: it is read from its beginning"
            )
        case SourceChange.MADE_ANEW:
            return f"{topic} was deleted and recreated since it was worked on: {mended}, and it is read from its beginning"
        case SourceChange.CUT_SHORT:
            return (
                f"{topic} ends at offset {offset} and was worked on up to {progress.next_offset}: Kafka has lost the end of it,"
                f" and newer records may be in their place. S{mended[1:]}, and it is read from its beginning"
            )
        case SourceChange.OTHER_PARTITIONS:
            return (
                f"{topic} had {before.partitions} partitions and has {source.partitions}: its keys are on other partitions now"
                " than what is remembered of them, which can't be repaired. Stop all workers, run `headwater migrate NEW_ID`,"
                " and start them with HEADWATER_APP_ID=NEW_ID: everything is read again"
            )
        case SourceChange.CHANGELOG_LOST if progress.next_offset is not None:
            return (
                f"the changelog of {topic} was deleted and recreated while it was worked on: what was remembered is gone."
                f" S{mended[1:]}, and work goes on at offset {offset}, with nothing remembered"
            )
        case SourceChange.CHANGELOG_LOST:
            return (
                f"a worker told the group of offset {offset} of {topic}, and the changelog has no record of it: it was"
                f" recreated. S{mended[1:]}, and work goes on at that offset, with nothing remembered"
            )


class SourceMovedError(KafkaError):
    """A source changed while it was worked on: everything starts over, beginning with a look at the change."""


class SourceWatch:
    """Looks at a source and its step's changelog every few seconds while they are worked on, and at once on request."""

    def __init__(self, settings: Settings, source: str, changelog: str, *, keyed: bool) -> None:
        self._settings = settings
        self._source = source
        self._changelog = changelog
        self._keyed = keyed
        self._reader: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()

    async def confirm(self, progress: Mapping[int, Progress]) -> None:
        """Make sure that the source is still the one on which its partitions made this ``progress``, and so is the changelog.

        Raises:
            SourceMovedError: it is another one.
            KafkaError: Kafka does not answer, or the topic does not exist.
        """
        if not progress:
            return
        async with self._asking:
            reader = await self._connected()
            found = await identify(reader, [self._source, self._changelog])
            now = found[self._source]
            ends = await reader.end_offsets([TopicPartition(self._source, number) for number in progress])
        for number, each in progress.items():
            end = ends[TopicPartition(self._source, number)]
            if (change := find_change(each, now, end, keyed=self._keyed)) is not None:
                raise SourceMovedError(f"{self._source}/{number}: {change}")
            if self._keyed and each.marks.is_of_another(found[self._changelog]):
                raise SourceMovedError(f"{self._changelog}/{number}: {SourceChange.CHANGELOG_LOST}")

    async def _connected(self) -> AIOKafkaConsumer:
        if self._reader is None:
            reader = AIOKafkaConsumer(**connection(self._settings), isolation_level="read_committed", enable_auto_commit=False)
            try:
                await reader.start()
            except BaseException:
                await reader.stop()
                raise
            self._reader = reader
        return self._reader

    async def watch(self, progress: Callable[[], Mapping[int, Progress]]) -> None:
        """Look every few seconds.

        Raises:
            SourceMovedError: the source has changed.
        """
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await uncancelled(asyncio.wait_for(self.confirm(progress()), _ANSWER_TIMEOUT_S))
            except SourceMovedError:
                raise
            except LOST as error:
                log.debug("%s: could not look whether it is still the same: %r", self._source, error)

    async def close(self) -> None:
        """Stop looking."""
        if self._reader is not None:
            await self._reader.stop()
            self._reader = None
