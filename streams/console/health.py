"""The state of the stream: what is waiting on each partition, who works on it, and when the backlog is gone.

A step's changelog says in every transaction how far it has come, so that is what counts. The group says who owns which
partition; the workers' own ``/ready`` says what they wait for, if their addresses are set.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import KafkaError

from streams import lazy_re as re
from streams.console.counts import Look, drain_s
from streams.kafka.admin import look_at_topics, partition_counts
from streams.kafka.checks import Deviation
from streams.kafka.clients import connection, opened
from streams.kafka.progress import PROGRESS_KEY, Progress
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.settings import Settings
from streams.steps import Step
from streams.watch.lag import LagReader

_LOOKS: Final = 30
_BEHIND_S: Final = 10.0
_GROUP_EVERY: Final = 2  # looks
_READY_TIMEOUT_S: Final = 2.0
_CHANGELOG_OFFSETS: Final = 5_000


@dataclass(slots=True)
class Watched:
    """A partition of a step's source: what is known about it."""

    step: str
    tp: TopicPartition
    changelog: TopicPartition
    next_offset: int = 0
    named: bool = False  # its changelog names an owner
    lag: int = 0
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=_LOOKS))
    member: str | None = None
    waiting_for: str | None = None

    @property
    def drain_s(self) -> float | None:
        return drain_s(self.looks, self.lag)

    @property
    def state(self) -> str:
        """Its state in one word: ready, behind, restoring, or away if nobody works on it."""
        if self.member is None:
            return "away"
        if self.waiting_for is not None or not self.named:
            return "restoring"
        drain = self.drain_s
        long_ago = len(self.looks) == _LOOKS and all(look.end > look.next_offset for look in self.looks)
        return "behind" if self.lag and (drain is None or drain >= _BEHIND_S) and long_ago else "ready"

    def told(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "partition": self.tp.partition,
            "state": self.state,
            "lag": self.lag,
            "drain": self.drain_s,
            "member": self.member,
            "waiting_for": self.waiting_for,
        }


class Health:
    """Updated once a second while Kafka is there; :meth:`told` returns what was seen last."""

    def __init__(self, settings: Settings, steps: Sequence[Step]) -> None:
        self._settings = settings
        self._steps = steps
        self._watched: dict[TopicPartition, Watched] = {}
        self._members: list[tuple[str, str]] = []
        self._ready: dict[str, dict[str, Any] | None] = {}
        self._idle_since_s: float | None = None
        self._count = 0

    @property
    def idle_s(self) -> float:
        """For how long nothing has been waiting anywhere."""
        return 0.0 if self._idle_since_s is None else time.monotonic() - self._idle_since_s

    @property
    def partitions(self) -> list[Watched]:
        """Every partition of every step, in the order of the dataflow."""
        return list(self._watched.values())

    def told(self) -> dict[str, Any]:
        """The form that the page gets."""
        watched = list(self._watched.values())
        waiting = [each for each in watched if each.lag]
        drains = [each.drain_s for each in waiting]
        return {
            "lag": sum(each.lag for each in watched),
            "most": max((each.lag for each in watched), default=0),
            "drain": None if None in drains else max((each for each in drains if each is not None), default=0.0),
            "partitions": [each.told() for each in watched],
            "machines": len({host for _, host in self._members}),
            "processes": len(self._members),
            "ready": [
                {"address": address, "ready": bool(answer and answer.get("ready")), "waiting_for": _waits(answer)}
                for address, answer in self._ready.items()
            ],
        }

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Open the clients that looking needs."""
        common = {**connection(self._settings), "isolation_level": "read_committed", "enable_auto_commit": False}
        async with (  # each is created after the previous ones are open, so that none is left behind if one fails
            opened(
                AIOKafkaConsumer(**common, auto_offset_reset="earliest", max_partition_fetch_bytes=64 << 10)
            ) as lag_consumer,
            opened(AIOKafkaConsumer(**common, auto_offset_reset="earliest")) as changelogs,
            opened(AIOKafkaAdminClient(**connection(self._settings))) as admin,
        ):
            await self._assign(changelogs)
            self._lag_reader, self._changelogs, self._admin = LagReader(lag_consumer), changelogs, admin
            self._lag_consumer = lag_consumer
            yield

    async def misset_topics(self) -> list[Deviation]:
        """How topics are kept otherwise than `topics create` would have it."""
        return await look_at_topics(self._admin, self._settings, self._steps)

    async def _assign(self, changelogs: AIOKafkaConsumer) -> None:
        app_id = self._settings.app_id
        names = {step.name: (step.source, step.changelog.topic(app_id)) for step in self._steps}
        counts = await partition_counts(self._settings, [topic for pair in names.values() for topic in pair])
        for step, (source, changelog) in names.items():
            for part in range(min(counts[source], counts[changelog])):
                tp = TopicPartition(source, part)
                self._watched.setdefault(tp, Watched(step, tp, TopicPartition(changelog, part)))
        tps = [each.changelog for each in self._watched.values()]
        changelogs.assign(tps)
        begins, ends = await changelogs.beginning_offsets(tps), await changelogs.end_offsets(tps)
        for tp in tps:
            changelogs.seek(tp, max(begins[tp], ends[tp] - _CHANGELOG_OFFSETS))
        while not all([await changelogs.position(tp) >= ends[tp] for tp in tps]):
            await self._read_progress(changelogs, timeout_ms=LOOK_AGAIN_MS)

    async def look(self) -> None:
        """Read how far the steps have come, and ask how much is waiting and who works.

        Raises:
            KafkaError: Kafka does not answer.
        """
        await self._read_progress(self._changelogs, timeout_ms=0)
        lags = await self._lag_reader.lags({tp: each.next_offset for tp, each in self._watched.items()})
        now_s = time.monotonic()
        for tp, each in self._watched.items():
            each.lag = lags[tp]
            each.looks.append(Look(now_s, each.next_offset, each.next_offset + lags[tp]))
        if any(lags.values()):
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = now_s
        if self._count % _GROUP_EVERY == 0:
            await self._ask_group()
            await self._ask_workers()
        self._count += 1

    async def _read_progress(self, changelogs: AIOKafkaConsumer, timeout_ms: int) -> None:
        by_changelog = {each.changelog: each for each in self._watched.values()}
        for tp, records in (await changelogs.getmany(timeout_ms=timeout_ms)).items():
            for record in reversed(records):
                if record.key == PROGRESS_KEY:
                    progress = Progress.unpack(record.value)
                    by_changelog[tp].next_offset = progress.next_offset or 0
                    by_changelog[tp].named = progress.owner is not None
                    break

    async def _ask_group(self) -> None:
        try:
            [answer] = await self._admin.describe_consumer_groups([self._settings.app_id])
        except KafkaError:
            return  # its coordinator may be moving: the partitions show whether Kafka itself is there
        self._members, owners = read_group(answer.to_object())
        for tp, each in self._watched.items():
            each.member = owners.get((tp.topic, tp.partition))

    async def _ask_workers(self) -> None:
        if not self._settings.console_workers:
            return
        timeout = aiohttp.ClientTimeout(total=_READY_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            answers = await asyncio.gather(*(_ready(session, address) for address in self._settings.console_workers))
        self._ready = dict(zip(self._settings.console_workers, answers, strict=True))
        waits = waiting_partitions(text for answer in self._ready.values() for text in _waits(answer))
        for each in self._watched.values():
            each.waiting_for = waits.get((each.step, each.tp.topic, each.tp.partition))


async def _ready(session: aiohttp.ClientSession, address: str) -> dict[str, Any] | None:
    try:
        async with session.get(f"{address.rstrip('/')}/ready") as response:
            answer = await response.json(content_type=None)
            return answer if isinstance(answer, dict) else None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None


def _waits(answer: Mapping[str, Any] | None) -> list[str]:
    """What a worker says it waits for, in words."""
    if answer is None:
        return ["no answer"]
    told = answer.get("waiting_for")
    return [str(each)[:200] for each in told[:50]] if isinstance(told, list) else []


_WAITING = re.compile(r"(?:process \d+: )?(\S+) (\S+)/(\d+): (.+)")


def waiting_partitions(texts: Any) -> dict[tuple[str, str, int], str]:
    """What ``/ready`` says about single partitions: (step, topic, partition) → what it waits for."""
    found = (_WAITING.fullmatch(text) for text in texts)
    return {(each[1], each[2], int(each[3])): each[4] for each in found if each}


def read_group(answer: Mapping[str, Any]) -> tuple[list[tuple[str, str]], dict[tuple[str, int], str]]:
    """Kafka's description of a group: its members with their hosts, and which of them has which partition."""
    members, owners = [], {}
    for group in answer.get("groups", ()):
        for member in group.get("members", ()):
            name = str(member.get("client_id") or "")
            host = str(member.get("client_host") or "").lstrip("/")
            members.append((str(member.get("member_id")), host))
            owner = f"{host or name}, {str(member.get('member_id'))[-6:]}"
            if assignment := member.get("member_assignment"):
                for topic, partitions in ConsumerProtocolMemberAssignment.decode(assignment).assignment:
                    owners.update({(topic, part): owner for part in partitions})
    return members, owners
