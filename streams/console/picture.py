"""The picture: all that the console knows about the stream, from the records as they pass. Pure: the caller has the clock."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from streams.console.counts import Accounts, Ages, Minutes, Rate, balance
from streams.console.rows import FoldedRepeat, Refused, Row, view
from streams.console.stories import StoryRows
from streams.console.wire import Wire
from streams.steps import Record
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED

READ: Final = (RAW, *OUTCOMES)
"""Without these there is nothing to show; news.stories is added to the page once it exists."""

View = Row | FoldedRepeat | Refused


class Picture:
    """Fed with records in reading order; asked for what the page shows.

    ``live_from`` says, by topic and partition, which offset was the first after the console began to look. Earlier records are
    history: they are listed, and counted if ``whole`` says that all of them are read.
    """

    def __init__(self, live_from: dict[tuple[str, int], int], began_s: float, *, whole: bool) -> None:
        self._live_from = live_from
        self._whole = whole
        self.began_s = began_s
        self.wire = Wire()
        self.stories = StoryRows()
        self.accounts = Accounts({part: offset for (topic, part), offset in live_from.items() if topic == RAW})
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._rates: dict[str, Rate] = {topic: Rate() for topic in READ}
        self._ages = Ages()
        self._minutes = {name: Minutes() for name in ("language", "subject", "outcome", "reason")}

    def is_live(self, record: Record) -> bool:
        return record.offset >= self._live_from.get((record.topic, record.partition), 0)

    def enters(self, record: Record, now_s: float) -> None:
        """A record of news.raw."""
        if self.is_live(record):
            self._rates[RAW].add(now_s)
            self.accounts.enters(record.partition, record.offset)

    def leaves(self, topic: str, seen: View, now_s: float, *, live: bool, prompt: bool) -> Row | None:
        """An outcome, as :func:`~streams.console.rows.view` sees it; returns the row that it adds or changes.

        ``prompt``: it is read as soon as it was committed, so its age now is its age then.
        """
        at_s = now_s if live else seen.time_ms / 1000
        if live or self._whole:
            self._count(topic, seen)
        if live:
            self._rates[topic].add(now_s)
            if prompt and seen.time_ms > 0:
                self._ages.add(now_s, now_s - seen.time_ms / 1000)
        self._minutes["outcome"].add(at_s, now_s, [topic])
        match seen:
            case Row():
                self._minutes["language"].add(at_s, now_s, [seen.language])
                self._minutes["subject"].add(at_s, now_s, [name for name, _ in seen.subjects[:1]])
                return self.wire.add(seen)
            case FoldedRepeat():
                return self.wire.fold(seen)
            case _:
                self._minutes["reason"].add(at_s, now_s, [seen.reason])
                return None

    def _count(self, topic: str, seen: View) -> None:
        self.counts[topic] += 1
        if isinstance(seen, FoldedRepeat):
            self.kinds[seen.kind] += 1
        elif isinstance(seen, Refused):
            self.reasons[seen.reason] += 1
        topic, partition, offset = [*seen.origin.split("/"), "", ""][:3]
        if topic == RAW and partition.isdecimal() and offset.isdecimal():
            self.accounts.leaves(int(partition), int(offset))

    def flow(self, now_s: float, *, idle_s: float) -> dict[str, Any]:
        """The numbers of the dataflow; ``idle_s``: for how long nothing has been waiting."""
        counts = {str(topic): self.counts[topic] for topic in OUTCOMES}
        sums = balance(self.accounts, counts, idle_s=idle_s)
        return {
            "topics": {
                str(RAW): {"count": sums["came_in"], "rate": self._rates[RAW].per_second(now_s)},
                **{topic: {"count": count, "rate": self._rates[topic].per_second(now_s)} for topic, count in counts.items()},
            },
            "stories": self.stories.founded,
            "kinds": self.kinds,
            "reasons": dict(self.reasons.most_common()),
            "balance": sums,
            "since": None if self._whole else int(self.began_s * 1000),
        }

    def ages(self, now_s: float) -> dict[str, Any]:
        late = self._ages.of_late(now_s)
        return {"p50": late and late[0], "p99": late and late[1], "minutes": self._ages.by_minute(now_s)}

    def hour(self, now_s: float) -> dict[str, Any]:
        """The last hour by minute: outcomes, languages, subjects, reasons."""
        return {name: minutes.series(now_s) for name, minutes in self._minutes.items()}


def seen_of(record: Record) -> View | None:
    """What is kept of an outcome's record; None for a foreign one."""
    return view(record) if record.topic in {ENRICHED, DUPLICATES, REJECTED} else None
