"""Whether the topics are still kept as they should be: somebody may change their settings while workers run.

A worker refuses to start with a harmful setting. One that runs goes on, because to end would help nobody: it says so at once,
in its log, on `/health` and in a metric, before records are lost or a restart fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Final, NoReturn

from streams.kafka.admin import asked, look_at_topics
from streams.kafka.checks import Deviation
from streams.kafka.failures import LOST, uncancelled
from streams.settings import Settings
from streams.steps import Step

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 30.0


class TopicWatch:
    """Looks at how Kafka keeps the topics of the pipeline, and logs each change once.

    ``steps`` are those of the whole pipeline, whichever of them run here; ``findings``, what was found and logged at the start.
    """

    def __init__(self, settings: Settings, steps: Iterable[Step], findings: Iterable[Deviation] = ()) -> None:
        self._settings = settings
        self._steps = tuple(steps)
        self.findings = tuple(findings)
        """What differs now from what `topics create` would choose."""

    async def watch(self) -> NoReturn:
        """Look every half minute; while Kafka does not answer, what was found last counts."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await uncancelled(self.look())
            except LOST as error:
                log.debug("could not look at how the topics are kept: %r", error)

    async def look(self) -> None:
        """Look once.

        Raises:
            KafkaError: Kafka does not answer.
        """
        found = await asked(self._settings, lambda admin: look_at_topics(admin, self._settings, self._steps))
        before, self.findings = self.findings, tuple(found)
        for each in found:
            if each in before:
                continue
            if each.harms:
                log.error("%s. No worker starts with this", each)
            else:
                log.warning("%s", each)
        wrong = {(each.topic, each.setting) for each in found}
        for each in before:
            if (each.topic, each.setting) not in wrong:
                log.warning("%s: %s is as it should be again", each.topic, each.setting)
