"""Whether a topic's configuration does harm. Pure: Kafka's settings of a topic in, what is wrong with them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple

from streams.steps import Topic
from streams.topics import COMPRESSION, MOST_BYTES

FOREVER: Final = -1
SAFE_COPIES: Final = 3
"""With this many copies of each partition, a record can be in two of them before it counts; with fewer, losing one broker would
stop all writing."""
_IN_SYNC: Final = "min.insync.replicas"
_UNCLEAN: Final = "unclean.leader.election.enable"


class Deviation(NamedTuple):
    """A topic's setting that differs from what it should be; ``harms``: it would lose or block records, so no worker starts."""

    topic: str
    setting: str
    found: str
    wanted: str
    why: str
    harms: bool

    def __str__(self) -> str:
        return f"{self.topic} has {self.setting}={self.found}: {self.why}; set it to {self.wanted}"


class _Rule(NamedTuple):
    setting: str
    fits: Callable[[str, str], bool]
    why: str
    harms: bool


def _at_least(found: str, wanted: str) -> bool:
    most = float("inf")
    return (float(found) if int(found) != FOREVER else most) >= (float(wanted) if int(wanted) != FOREVER else most)


def _policies(text: str) -> set[str]:
    return {each.strip() for each in text.split(",")}


def _compacted_alike(found: str, wanted: str) -> bool:
    return ("compact" in _policies(found)) == ("compact" in _policies(wanted))


def _deletes_alike(found: str, wanted: str) -> bool:
    return not _compacted_alike(found, wanted) or _same_policies(found, wanted)


def _same_policies(found: str, wanted: str) -> bool:
    return _policies(found) == _policies(wanted)


class Role(Enum):
    """What a topic is used for by the steps."""

    SOURCE = "others write it"
    BETWEEN = "one step writes it and another reads it"
    OUTCOME = "others read it"
    CHANGELOG = "what a step writes down for itself"


_FORGETS: Final = "it forgets records before everybody has read them"
_TIMES: Final = _Rule(
    "message.timestamp.type", str.__eq__, "decisions are made on the producers' times, which it replaces", harms=True
)
_COMPACTED: Final = _Rule("cleanup.policy", _compacted_alike, "records would go that are still needed", harms=True)
_KEPT: Final = (
    _Rule("retention.ms", _at_least, _FORGETS, harms=False),
    _Rule("retention.bytes", _at_least, _FORGETS, harms=False),
    _Rule("segment.ms", _at_least, "an archive of old articles makes a file for every few of them", harms=False),
)
_ROOM: Final = _Rule(MOST_BYTES, _at_least, "some records that have to go there are larger", harms=True)
_WRITTEN: Final = (
    _TIMES,
    _ROOM,
    _Rule("message.timestamp.after.max.ms", _at_least, "a record of a clock that runs ahead could not be written", harms=True),
    _Rule("message.timestamp.before.max.ms", _at_least, "a record of a backfill could not be written", harms=True),
    _Rule(
        COMPRESSION,
        lambda found, wanted: found in {"producer", wanted},
        "the broker recompresses what Headwater writes, and consumers must be able to read that",
        harms=False,
    ),
    *_KEPT,
)
_RULES: Final = {
    Role.SOURCE: (_TIMES._replace(harms=False), _COMPACTED, *_KEPT),
    Role.BETWEEN: (*_WRITTEN, _COMPACTED),
    Role.OUTCOME: (
        *_WRITTEN,
        _Rule("cleanup.policy", _same_policies, "records stay for longer or shorter than consumers are told", harms=False),
    ),
    Role.CHANGELOG: (
        _ROOM,
        _COMPACTED,
        _Rule("cleanup.policy", _deletes_alike, "what is remembered would be forgotten by its age", harms=False),
        _Rule("message.timestamp.type", str.__eq__, "the workers can't learn the brokers' time from it", harms=False),
    ),
}


def findings(topic: Topic, role: Role, kept: Mapping[str, str], copies: int | None = None) -> Iterator[Deviation]:
    """Compare a topic's configuration, ``kept``, with what ``topics create`` would have set, and yield what is wrong.

    Settings that Kafka does not report are skipped, and so are those that `topics create` leaves to the cluster. ``copies`` is
    how many brokers have each partition, None if unknown.
    """
    for setting, fits, why, harms in _RULES[role]:
        wanted, found = topic.config.get(setting), kept.get(setting)
        if wanted is not None and found is not None and not fits(found, wanted):
            yield Deviation(str(topic), setting, found, wanted, why, harms)
    if kept.get(_UNCLEAN) == "true":
        yield Deviation(
            str(topic), _UNCLEAN, "true", "false", "a leader that lacks the last records would delete them", harms=False
        )
    if copies and _IN_SYNC in kept:
        yield from _judge_in_sync(topic, role, int(kept[_IN_SYNC]), copies)


def _judge_in_sync(topic: Topic, role: Role, needed: int, copies: int) -> Iterator[Deviation]:
    """``needed``: how many of a partition's ``copies`` must have a record before it counts as written."""
    wanted = "2" if copies >= SAFE_COPIES else "1"
    if needed > copies:
        why = f"nothing can be written to it, as each partition has {_counted(copies)}"
        yield Deviation(str(topic), _IN_SYNC, str(needed), wanted, why, harms=role is not Role.SOURCE)
    elif copies >= SAFE_COPIES and needed == 1:
        why = "one broker alone confirms a record, and could lose it"
        yield Deviation(str(topic), _IN_SYNC, str(needed), wanted, why, harms=False)
    elif copies > 1 and needed == copies:
        why = "nothing can be written to it while any of its brokers is away"
        yield Deviation(str(topic), _IN_SYNC, str(needed), wanted, why, harms=False)


def _counted(copies: int) -> str:
    return f"{copies} {'copy' if copies == 1 else 'copies'}"


SETTINGS: Final = tuple(sorted({_IN_SYNC, _UNCLEAN, *(rule.setting for rules in _RULES.values() for rule in rules)}))
"""The settings that are checked."""
