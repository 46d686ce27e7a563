"""Dead letters for the page: counted by reason, outlet and time, listed, planned and replayed."""

from __future__ import annotations

import asyncio
import heapq
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from streams.console.rows import outlet_of, shown
from streams.kafka.clients import opened
from streams.records import Reason
from streams.rejected.advice import ADVICE
from streams.rejected.deadletters import (
    DeadLetters,
    Query,
    Standing,
    open_reader,
    place_of,
    read_place,
    read_time,
)
from streams.rejected.letters import Letter, plain_bytes
from streams.rejected.replay import Plan, Replay, count_due
from streams.settings import Settings
from streams.steps import Record, content_type

LISTED: Final = 200
_LOOKED_AT: Final = 20_000  # offsets
_BARS: Final = 48
_PLANS: Final = 8
_MOST_PLACES: Final = 10_000
_OUTLETS: Final = 30
_OUTLETS_OF_REASON: Final = 5


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which dead letters the page asks for: what a :class:`Query` can express, plus the outlet and words."""

    query: Query
    outlet: str = ""
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: Mapping[str, Any], now_ms: int) -> LetterFilter:
        """Read the fields of an address or a request.

        Raises:
            ValueError: a place, time or reason is malformed.
        """
        reasons = _strings(asked.get("reason"))
        if strange := sorted(set(reasons) - {*Reason, "unknown"}):
            raise ValueError(f"there is no such reason: {shown(strange[0], 40)}")
        times = {f"{name}_ms": read_time(str(asked[name]), now_ms) for name in ("since", "until") if asked.get(name)}
        query = Query(
            places=frozenset(read_place(each) for each in _strings(asked.get("place"))),
            reasons=frozenset(reasons),
            source=str(asked.get("source") or "")[:200] or None,
            **times,
        )
        return cls(query, str(asked.get("outlet") or "")[:200], tuple(str(asked.get("words") or "")[:200].casefold().split()))

    @property
    def told_by_kafka(self) -> bool:
        """Whether the query alone expresses it all."""
        return not self.outlet and not self.words

    def wants(self, record: Record) -> bool:
        """Whether a record that the query selects is asked for."""
        return (not self.outlet or outlet_of(record) == self.outlet) and (
            not self.words or all(word in searched(record) for word in self.words)
        )


def searched(record: Record) -> str:
    """The text that is searched for words: everything the list shows of a dead letter, and the beginning of its bytes."""
    letter = Letter.of(record, replayed=False)
    bytes_beginning = (record.value or b"")[:20_000].decode("utf-8", "replace")
    said = (letter.reason, letter.message, letter.origin, plain_bytes(letter.key), outlet_of(record), bytes_beginning)
    return "\n".join(said).casefold()


def _strings(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(each) for each in value][:_MOST_PLACES] if isinstance(value, list) else [str(value)]


@dataclass(slots=True)
class Listing:
    """Dead letters, counted and listed as they are read."""

    newest: list[tuple[int, Any, dict[str, Any]]] = field(default_factory=list)
    reasons: dict[str, dict[str, Any]] = field(default_factory=dict)
    outlets: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def add(self, record: Record, *, replayed: bool, standing: Standing) -> None:
        letter = Letter.of(record, replayed=replayed)
        outlet = outlet_of(record)
        self.total += 1
        self.outlets[outlet] += 1
        reason = self.reasons.setdefault(letter.reason, {"count": 0, "due": 0, "times": [], "outlets": Counter()})
        reason["count"] += 1
        reason["due"] += standing is Standing.DUE
        reason["times"].append(letter.timestamp_ms)
        reason["outlets"][outlet] += 1
        heapq.heappush(self.newest, (letter.timestamp_ms, letter.place, self._listed(record, letter, outlet, standing)))
        if len(self.newest) > LISTED:
            heapq.heappop(self.newest)

    @staticmethod
    def _listed(record: Record, letter: Letter, outlet: str, standing: Standing) -> dict[str, Any]:
        return {
            "id": str(letter.place),
            "time": letter.timestamp_ms,
            "reason": letter.reason,
            "message": shown(letter.message),
            "outlet": outlet,
            "origin": letter.origin,
            "bytes": letter.size,
            "type": shown(content_type(record), 80),
            "beginning": letter.beginning,
            "standing": letter.state,
            "due": standing is Standing.DUE,
        }

    def told(self, now_ms: int, *, left_out: bool) -> dict[str, Any]:
        """The form that the page gets: newest first, and each reason with its bars over the time that the listing spans."""
        times = [at for reason in self.reasons.values() for at in reason["times"] if at > 0]
        first = min(times, default=now_ms)
        last = max((*times, first + _BARS))
        return {
            "total": self.total,
            "left_out": left_out,
            "first": first,
            "last": last,
            "reasons": [
                {
                    "reason": name,
                    "advice": ADVICE.get(name, ""),
                    "count": reason["count"],
                    "due": reason["due"],
                    "bars": bars(reason["times"], first, last),
                    "outlets": reason["outlets"].most_common(_OUTLETS_OF_REASON),
                    "more_outlets": max(len(reason["outlets"]) - _OUTLETS_OF_REASON, 0),
                }
                for name, reason in sorted(self.reasons.items(), key=lambda each: -each[1]["count"])
            ],
            "outlets": self.outlets.most_common(_OUTLETS),
            "letters": [letter for *_, letter in sorted(self.newest, key=lambda each: each[:2], reverse=True)],
        }


def bars(times_ms: list[int], first_ms: int, last_ms: int) -> list[int]:
    """How many times fall into each of 48 equal intervals from first to last."""
    counts = [0] * _BARS
    for at in times_ms:
        counts[min(_BARS - 1, max(0, (at - first_ms) * _BARS // max(1, last_ms - first_ms)))] += 1
    return counts


@dataclass(frozen=True, slots=True)
class _Planned:
    letters: DeadLetters
    due: int


class ReplayRefusedError(Exception):
    """A replay that is not what was confirmed."""


class Letters:
    """Asks Kafka for dead letters, one question at a time, so that ten viewers cost no more than one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asking = asyncio.Lock()
        self._replaying = asyncio.Lock()
        self._plans: OrderedDict[str, _Planned] = OrderedDict()

    async def list(self, wanted: LetterFilter) -> dict[str, Any]:
        """The dead letters that are asked for, among the newest 20,000 offsets.

        Raises:
            NotThereError: the topic, or a record at a named place, does not exist.
            KafkaError: Kafka does not answer.
        """
        listing = Listing()
        async with self._asking, opened(open_reader(self._settings)) as reader:
            whole = await DeadLetters.at_present(reader, self._settings, wanted.query)
            letters = newest_spans(whole)
            marked = await letters.replayed(reader, self._settings)
            async for record in letters.read(reader):
                if wanted.wants(record):
                    replayed = place_of(record) in marked
                    standing = letters.standing(record, marked, again=False)
                    listing.add(record, replayed=replayed, standing=standing)
        return listing.told(_now_ms(), left_out=letters.spans != whole.spans)

    async def is_replayed(self, record: Record) -> bool:
        """Whether it has a mark."""
        async with self._asking, opened(open_reader(self._settings)) as reader:
            letters = await DeadLetters.at_present(reader, self._settings, Query(places=frozenset({place_of(record)})))
            return place_of(record) in await letters.replayed(reader, self._settings)

    async def plan(self, wanted: LetterFilter) -> dict[str, Any]:
        """What a replay would do, for confirmation; its number stays valid for the next eight plans.

        Raises:
            NotThereError: the topic, or a record at a named place, does not exist.
            ReplayRefusedError: there are more records than can be named one by one.
        """
        async with self._asking, opened(open_reader(self._settings)) as reader:
            letters = await DeadLetters.at_present(reader, self._settings, wanted.query)
            if not wanted.told_by_kafka:
                letters = await self._only(wanted, letters, reader)
            plan = await count_due(reader, self._settings, letters, again=False)
        number = secrets.token_urlsafe(9)
        self._plans[number] = _Planned(letters, plan.due.total())
        while len(self._plans) > _PLANS:
            self._plans.popitem(last=False)
        return {"plan": number, **_told(plan)}

    async def _only(self, wanted: LetterFilter, letters: DeadLetters, reader: Any) -> DeadLetters:
        """The letters of an outlet, or with certain words, by their places; without those that came back, as for any filter."""
        marked = await letters.replayed(reader, self._settings)
        records: AsyncIterator[Record] = letters.read(reader)
        places = [
            place_of(record)
            async for record in records
            if wanted.wants(record) and letters.standing(record, marked, again=False) is Standing.DUE
        ]
        if len(places) > _MOST_PLACES:
            raise ReplayRefusedError(f"more than {_MOST_PLACES:,}: narrow it down by time")
        if not places:
            return replace(letters, spans=())
        return await DeadLetters.at_present(reader, self._settings, Query(places=frozenset(places)))

    async def replay(self, number: str, expected: int) -> dict[str, Any]:
        """Carry out a plan, if it is still what the person saw.

        Raises:
            ReplayRefusedError: it is not, or another replay is running.
            KafkaError: Kafka failed; what was accepted has its marks, and the same replay continues where it was.
        """
        planned = self._plans.pop(number, None)
        if planned is None:
            raise ReplayRefusedError("that plan is gone: look again")
        if self._replaying.locked():
            raise ReplayRefusedError("another replay is running: wait for it")
        async with self._replaying:
            async with opened(open_reader(self._settings)) as reader:
                now_due = (await count_due(reader, self._settings, planned.letters, again=False)).due.total()
            if not now_due == planned.due == expected:
                raise ReplayRefusedError(f"{expected:,} were to be sent, now it would be {now_due:,}: look again")
            sending = Replay(self._settings, planned.letters, again=False)
            await sending.run(lambda _: None)
        return {"accepted": sending.accepted, "refused": {str(place): why for place, why in sending.refused.items()}}


def newest_spans(letters: DeadLetters, most: int = _LOOKED_AT) -> DeadLetters:
    """The same letters without those more than this many offsets back, shared evenly among the partitions."""
    share = max(1, most // max(1, len(letters.spans)))
    return replace(letters, spans=[replace(each, begin=max(each.begin, each.end - share)) for each in letters.spans])


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "total": plan.due.total(),
        "due": plan.due,
        "old": plan.old,
        "passed_over": {what.value: count for what, count in plan.passed_over.items()},
    }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
