"""Chaos: workers and brokers are killed, paused, restarted and deprived of their state while articles stream in.

    .venv/bin/python -m tests.broker.chaos --seconds 1800 --seed 7
    .venv/bin/python -m tests.broker.chaos --brokers 3 --partitions 12 --workers 4
    .venv/bin/python -m tests.broker.chaos --transactions newest,v0

With several kinds of ``--transactions``, each starting worker gets the next one, as in a rolling upgrade. With three brokers,
one at a time is killed, frozen or restarted, and all are restarted in turn.

Everything random (articles, faults, pauses) comes from the seed, so that a failing run can be repeated. At the end,

- a read_committed reader finds each input in exactly one outcome, exactly once;
- the firsts and duplicates are, byte for byte, those that the pure decision makes of the final news.prepared, and the stories
  those that it makes of news.signatures;
  - a worker under a new application id writes the same again from the same news.prepared or news.signatures;
  - only workers that were told to have ended, and every exit is counted;
  - some fault interrupted a transaction: the log has aborted records; otherwise nothing was tested.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from aiokafka import AIOKafkaProducer, ConsumerRecord

from agents import pipeline_steps
from streams.kafka.admin import create_topics
from streams.kafka.clients import MAX_REQUEST_BYTES, connection, opened
from streams.settings import TransactionProtocol
from streams.stories import CHANGE_HEADER
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, PREPARED, RAW, REJECTED, SIGNATURES, STORIES, topics_of
from tests.broker.stream import Raw, Stream, origins

SESSION_TIMEOUT_S = 6
PAUSE_S = 9.0  # of a zombie: beyond the session timeout
WINDOW_S = 3_600
SETTLE_TIMEOUT_S = 600.0  # without anything new: a busy machine may take long, and is seen to get on
START_TIMEOUT_S = 300.0
PUBLISH_TIMEOUT_MS = 300_000  # on a busy machine a broker is away for long
END_TIMEOUT_S = 60.0
WORK_TIMEOUT_S = 60.0
LEAST_FAULTS = 10
MOST_MORE_KILLS = 10
CATCH_TIMEOUT_S = 15.0

TEXTS = {
    "en": "The council met on Monday and adopted the plan after a short debate about its costs.",
    "de": "Der Rat hat am Montag getagt und den Plan nach kurzer Debatte über die Kosten angenommen.",
    "es": "El consejo se reunió el lunes y aprobó el plan tras un breve debate sobre sus costes.",
    "ru": "Совет собрался в понедельник и принял план после короткого обсуждения расходов.",
    "ar": "اجتمع المجلس يوم الاثنين واعتمد الخطة بعد نقاش قصير حول تكاليفها.",
}
PLACES = ("Kellmouth", "Dunmarrow", "Varnholm", "Gullrock", "Ostelia", "Aurmouth", "Lornhaven")
_ALIKE = 5
BAD = (b'{"title": ', b"\xff\xfe\x00", b'{"title": 7}', b"", None)


@dataclass
class Report:
    """What a run did, and its findings."""

    published: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    aborted: int = 0
    went_back: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        well = "every input in exactly one outcome, exactly once; every decision as in the log, and the same when repeated"
        lines = (
            f"{self.published} published: " + ", ".join(f"{count} {topic}" for topic, count in self.outcomes.items()),
            "stories: " + ", ".join(f"{count} {change}" for change, count in self.stories.items()),
            f"{self.faults.total()} faults: " + ", ".join(f"{count} {name}" for name, count in self.faults.items()),
            f"{self.exits.total()} worker exits: " + ", ".join(f"{count} {how}" for how, count in self.exits.items()),
            f"{self.aborted} records in aborted transactions; Faust was sent back {self.went_back} times",
            *(self.wrong or [well]),
        )
        return "\n".join(lines)


def articles(random_: random.Random) -> Iterator[Raw]:
    """An endless series of articles: headlines recur within the window and beyond, in five languages; some are bad input."""
    at_ms = int(time.time() * 1000) - 48 * 3_600_000
    for number in range(sys.maxsize):
        at_ms += random_.randrange(10_000)
        key = b"%d" % number
        if random_.random() < 0.03:
            yield Raw(random_.choice(BAD), key, timestamp_ms=at_ms)
            continue
        # Mostly recent headlines, which repeat within the window, and now and then one from long ago.
        back = random_.randrange(1, 2_000) if random_.random() < 0.1 else random_.randrange(1, 60)
        story = max(0, number // 2 - back) if random_.random() < 0.5 else number // 2
        text = random_.choice(list(TEXTS.values()))
        if random_.random() < 0.03:
            canceled = {"title": "", "url": _url(random_.randrange(number + 1)), "pubStatus": "canceled"}
            yield Raw(orjson.dumps(canceled), key, timestamp_ms=at_ms)
            continue
        # Articles of one story name the same places, and so do some of its neighbours.
        names = " ".join(f"{name}{story // _ALIKE}" for name in random_.sample(PLACES, 5))
        document = {"title": f"Story {story} of the day: council votes", "text": f"{text} {names} {story}", "url": _url(number)}
        yield Raw(orjson.dumps(document), key, timestamp_ms=at_ms)


def _url(number: int) -> str:
    return f"https://chaos.example/{number}"


class Shape(NamedTuple):
    """The size of the stream that chaos runs on."""

    brokers: int = 1
    partitions: int = 4
    workers: int = 2
    articles_per_s: int = 60
    transactions: tuple[TransactionProtocol, ...] = (TransactionProtocol.NEWEST,)


class Chaos:
    """One run."""

    def __init__(
        self, stream: Stream, seed: int, seconds: float, shape: Shape, places: list[str], say: Callable[[str], None]
    ) -> None:
        self._stream = stream
        self._random = random.Random(seed)
        self._articles = articles(random.Random(seed + 1))
        self._seconds = seconds
        self._say = say
        self._began = time.monotonic()
        self._over = False
        self._told = -1
        self._places = list(places)
        self._past: Path | None = None
        self._spoken = cycle(shape.transactions)
        self._workers = [self._start_worker() for _ in range(shape.workers)]
        self._per_s = shape.articles_per_s
        self._made_to: set[int] = set()  # processes that were told to end
        self.report = Report()
        self._faults: dict[str, Callable[[], Awaitable[None]]] = {
            "kill -9": self._kill,
            "kill -9 of all in mid-transaction": self._kill_in_mid_transaction,
            "pause beyond the session timeout": self._pause,
            "SIGTERM and restart": self._restart,
            "a worker joins and leaves": self._join_and_leave,
            "state wiped": self._wipe_state,
            "another worker's past state": self._foreign_state,
            **(self._faults_of_one() if len(stream.brokers) == 1 else self._faults_of_several()),
        }

    def _start_worker(self, again: subprocess.Popen[bytes] | None = None) -> subprocess.Popen[bytes]:
        return self._stream.start_worker(again=again, HEADWATER_TRANSACTIONS=next(self._spoken))

    def _faults_of_one(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {"broker killed and restarted": self._kill_broker, "broker frozen": self._freeze_broker}

    def _faults_of_several(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "a leader killed and restarted": self._kill_leader,
            "a leader frozen": self._freeze_leader,
            "the brokers restarted in turn": self._roll_brokers,
        }

    async def run(self) -> Report:
        """Stream, disturb, settle, check."""
        await self._stream.outcomes(1, timeout_s=START_TIMEOUT_S)  # the first worker is up: from now on faults hit running work
        self._began = time.monotonic()
        await asyncio.gather(self._publish(), self._disturb())
        await self._check()
        return self.report

    def _left_s(self) -> float:
        return self._began + self._seconds - time.monotonic()

    async def _publish(self) -> None:
        producer = AIOKafkaProducer(
            **connection(self._stream.settings),
            enable_idempotence=True,
            max_request_size=MAX_REQUEST_BYTES,
            request_timeout_ms=PUBLISH_TIMEOUT_MS,
        )
        deliveries = []
        async with opened(producer):
            while not self._over:
                for _ in range(self._per_s // 10):
                    raw = next(self._articles)
                    deliveries.append(await producer.send(RAW, raw.value, raw.key, timestamp_ms=raw.timestamp_ms))
                await asyncio.sleep(0.1)
            places = await asyncio.gather(*deliveries)
        self._places += [f"{place.topic}/{place.partition}/{place.offset}" for place in places]

    async def _disturb(self) -> None:
        # Every kind once, in random order, before any repeats.
        names: list[str] = []
        try:
            while self._left_s() > PAUSE_S or self.report.faults.total() < LEAST_FAULTS:
                await asyncio.sleep(self._random.uniform(2, 5))
                names = names or self._random.sample(list(self._faults), len(self._faults))
                await self._strike(names.pop())
            for _ in range(MOST_MORE_KILLS):
                if await self._count_aborted():
                    break
                await self._until_at_work()
                await self._strike("kill -9 of all in mid-transaction")
        finally:
            self._over = True

    async def _until_at_work(self) -> None:
        """Wait until workers commit again: a worker killed while it starts has nothing to lose."""
        before = await self._stream.committed(OUTCOMES)
        deadline = time.monotonic() + WORK_TIMEOUT_S
        while await self._stream.committed(OUTCOMES) == before and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            self._supervise()

    async def _strike(self, name: str) -> None:
        self._say(f"{time.monotonic() - self._began:5.0f} s  {name}")
        await self._faults[name]()
        self.report.faults[name] += 1
        self._supervise()

    async def _count_aborted(self) -> int:
        """Records of interrupted transactions: without any, no fault has hit work in progress.

        Only records before a committed one count; those after the last one may just be under way.
        """
        topics = [*OUTCOMES, PREPARED, SIGNATURES, STORIES]
        written = places(await self._stream.read(topics, "read_uncommitted"))
        committed = places(await self._stream.read(topics))
        last: dict[tuple[str, int], int] = {}
        for topic, partition, offset in committed:
            last[topic, partition] = max(offset, last.get((topic, partition), -1))
        return sum(offset < last.get((topic, partition), -1) for topic, partition, offset in written - committed)

    def _supervise(self) -> None:
        """Restart workers that have ended, as a supervisor would, with their state folders."""
        for number, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._count_exit(worker)
                self._workers[number] = self._start_worker(worker)

    def _count_exit(self, worker: subprocess.Popen[bytes]) -> None:
        """Each ended worker was told to end, and ended in the expected way; or there was no Kafka when it started."""
        status = worker.returncode
        log = self._stream.log_of(worker).splitlines()
        said = [line for line in log if "CRITICAL" in line] or log[-1:]
        if worker.pid in self._made_to and status in (0, -signal.SIGKILL, -signal.SIGTERM):
            self.report.exits[f"with status {status}, as they should"] += 1
        elif status == 1 and said and said[-1].startswith("Error: Kafka at"):
            self.report.exits["started while there was no broker"] += 1
        else:
            self.report.exits[f"by themselves with status {status}"] += 1
            self.report.wrong.append(f"a worker ended by itself with status {status}: {said[-1:]}")

    def _pick(self) -> int:
        return self._random.randrange(len(self._workers))

    async def _kill(self) -> None:
        await self._stop_for_good(self._pick())

    async def _kill_in_mid_transaction(self) -> None:
        """As in a power failure: stop all workers for a moment, once the log has uncommitted records, and kill them."""
        deadline = time.monotonic() + CATCH_TIMEOUT_S
        caught = False
        while not caught and time.monotonic() < deadline:
            self._signal_all(signal.SIGSTOP)
            await asyncio.sleep(0.1)  # what was sent has been written, and any commit marked
            caught = await self._stream.has_open_transactions([*OUTCOMES, PREPARED, SIGNATURES, STORIES])
            if not caught:
                self._signal_all(signal.SIGCONT)
                await asyncio.sleep(self._random.uniform(0.05, 0.25))
        self._made_to |= {worker.pid for worker in self._workers if worker.poll() is None}
        self._signal_all(signal.SIGKILL)
        for worker in self._workers:
            await asyncio.to_thread(worker.wait)

    def _signal_all(self, number: signal.Signals) -> None:
        for worker in self._workers:
            worker.send_signal(number)

    async def _pause(self) -> None:
        worker = self._workers[self._pick()]
        worker.send_signal(signal.SIGSTOP)
        await asyncio.sleep(PAUSE_S)
        worker.send_signal(signal.SIGCONT)
        await asyncio.sleep(2)

    async def _restart(self) -> None:
        await self._ask_to_end(self._workers[self._pick()])

    async def _ask_to_end(self, worker: subprocess.Popen[bytes]) -> None:
        # On a busy machine it may not be listening yet.
        listens = "Worker ready" in self._stream.log_of(worker)
        if worker.poll() is None:
            self._made_to.add(worker.pid)
        worker.terminate()
        status = await asyncio.to_thread(worker.wait, END_TIMEOUT_S)
        if listens and status == -signal.SIGTERM:
            self.report.wrong.append("a worker that was asked to end did not end in good order")

    async def _join_and_leave(self) -> None:
        guest = self._start_worker()
        await asyncio.sleep(8)
        await self._ask_to_end(guest)
        self._count_exit(guest)

    async def _kill_broker(self) -> None:
        await self._stream.kill_broker()
        await self._stream.restart_broker()

    async def _freeze_broker(self) -> None:
        await self._stream.freeze_broker(PAUSE_S)

    async def _leader(self) -> int:
        """The leader of one of the partitions that are written."""
        topic = self._random.choice([RAW, PREPARED, *OUTCOMES])
        return await self._stream.leader_of(topic, self._random.randrange(self._stream.settings.partitions))

    async def _kill_leader(self) -> None:
        leader = await self._leader()
        await self._stream.kill_broker(leader)
        await asyncio.sleep(self._random.uniform(0, PAUSE_S))
        await self._stream.restart_broker(leader)
        await self._stream.until_in_sync()

    async def _freeze_leader(self) -> None:
        await self._stream.freeze_broker(PAUSE_S, await self._leader())
        await self._stream.until_in_sync()

    async def _roll_brokers(self) -> None:
        for number in range(len(self._stream.brokers)):
            await self._stream.restart_broker(number)
            await self._stream.until_in_sync()

    async def _wipe_state(self) -> None:
        number = self._pick()
        await self._stop_for_good(number)
        shutil.rmtree(self._stream.state_of(self._workers[number]), ignore_errors=True)

    async def _foreign_state(self) -> None:
        """Give a worker the state that another had some faults ago."""
        giver = self._random.randrange(len(self._workers))
        taker = (giver + 1) % len(self._workers)
        past, self._past = self._past, self._stream.folder / f"past-{self.report.faults.total()}"
        await self._stop_for_good(giver)
        self._past.mkdir()  # stays empty if the other was wiped and has written nothing since
        with contextlib.suppress(FileNotFoundError):
            shutil.copytree(self._stream.state_of(self._workers[giver]), self._past, dirs_exist_ok=True)
        if past is not None:
            await self._stop_for_good(taker)
            folder = self._stream.state_of(self._workers[taker])
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(past, folder)

    async def _stop_for_good(self, number: int) -> None:
        if self._workers[number].poll() is None:
            self._made_to.add(self._workers[number].pid)
        self._workers[number].kill()
        await asyncio.to_thread(self._workers[number].wait)

    async def _check(self) -> None:
        report = self.report
        report.published = len(await self._stream.read([RAW]))
        await self._read_until(report.published, OUTCOMES, self._supervise)
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while not await self._is_grouped() and time.monotonic() < deadline:
            self._supervise()
            await asyncio.sleep(1)
        await self._end_all()
        found = await self._stream.read()
        report.outcomes.update(record.topic for record in found)
        report.aborted = await self._count_aborted()
        if not report.aborted:
            report.wrong.append("no fault interrupted a transaction: nothing was tested")
        prepared = await self._stream.read([PREPARED])
        report.went_back = self._stream.logs().count("going back")

        came = Counter(origins(found))
        # The records in news.raw. A publisher whose broker dies may write a batch twice, which is outside our control.
        expected = Counter(f"{record.topic}/{record.partition}/{record.offset}" for record in await self._stream.read([RAW]))
        if unknown := set(self._places) - expected.keys():
            report.wrong.append(f"{len(unknown)} confirmed records are not in {RAW}: {sorted(unknown)[:5]} …")
        lost, doubled = expected - came, came - expected
        if lost:
            report.wrong.append(f"{lost.total()} lost: {sorted(lost)[:5]} …")
        if doubled:
            report.wrong.append(f"{doubled.total()} came out twice or from nowhere: {sorted(doubled)[:5]} …")
        await self._check_decisions(prepared, found)

    async def _read_until(self, count: int, topics: Sequence[str], meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait for this many records in the topics, as long as their number grows."""
        most, deadline = 0, time.monotonic() + SETTLE_TIMEOUT_S
        while most < count and time.monotonic() < deadline:
            meanwhile()
            await asyncio.sleep(1)
            if (found := len(await self._stream.read(topics))) > most:
                most, deadline = found, time.monotonic() + SETTLE_TIMEOUT_S

    async def _check_decisions(self, prepared: list[ConsumerRecord], found: list[ConsumerRecord]) -> None:
        """Check that every decision agrees with the log, and would be the same if repeated."""
        signatures, stories = await self._stream.read([SIGNATURES]), await self._stream.read([STORIES])
        self.report.stories.update(dict(record.headers)[CHANGE_HEADER].decode() for record in stories)
        theirs = Counter(decisions([*found, *signatures]))
        self._compare("decided by the log", Counter(decided(prepared, self._stream)), theirs)
        told = Counter(decisions(stories))
        self._compare("grouped by the log", Counter(grouped(signatures, self._stream)), told)
        anew = await self._decide_anew("group", [STORIES], stories, len(stories))
        self._compare("grouped anew", Counter(decisions(anew)), told)
        repeatable = sum(record.topic != REJECTED for record in found)
        anew = await self._decide_anew("deduplicate", OUTCOMES, found, repeatable)
        self._compare("decided anew", Counter(decisions(anew)), Counter(decisions(found)))

    def _compare(self, how: str, right: Counter[Any], theirs: Counter[Any]) -> None:
        if right != theirs:
            more, less = (right - theirs).total(), (theirs - right).total()
            self.report.wrong.append(f"{how}, {more} more and {less} less came out")

    async def _is_grouped(self) -> bool:
        """Whether all signatures have had their effect on stories; compared only once no more records arrive."""
        before, self._told = self._told, len(await self._stream.read([STORIES]))
        if self._told != before:
            return False
        return self._told >= len(grouped(await self._stream.read([SIGNATURES]), self._stream))

    async def _end_all(self) -> None:
        await asyncio.gather(*(self._ask_to_end(worker) for worker in self._workers))
        for worker in self._workers:
            self._count_exit(worker)
        self._workers = []

    async def _decide_anew(
        self, step: str, topics: Sequence[str], before: list[ConsumerRecord], expected: int
    ) -> list[ConsumerRecord]:
        """What a worker under another application id makes of a step's source, in topics that already have ``before``."""
        settings = replace(self._stream.settings, app_id="anew")
        await create_topics(settings, topics_of(pipeline_steps(settings), settings))
        self._workers = [self._stream.start_worker("--only", step, HEADWATER_APP_ID="anew")]
        await self._read_until(len(before) + expected, topics)
        await self._end_all()
        known = places(before)
        return [record for record in await self._stream.read(topics) if not places([record]) <= known]


def places(found: list[ConsumerRecord]) -> set[tuple[str, int, int]]:
    """The places of records: topic, partition, offset."""
    return {(record.topic, record.partition, record.offset) for record in found}


Decided = list[tuple[str, bytes | None, bytes | None, tuple[tuple[str, bytes], ...], int]]


def decisions(found: list[ConsumerRecord]) -> Decided:
    """The firsts, duplicates, signatures and stories that came out, in full."""
    return [
        (record.topic, record.key, record.value, tuple(record.headers), record.timestamp)
        for record in found
        if record.topic in (ENRICHED, DUPLICATES, SIGNATURES, STORIES)
    ]


def decided(prepared: list[ConsumerRecord], stream: Stream) -> Decided:
    """The firsts, duplicates and signatures that the pure decision makes of the current news.prepared."""
    step = next(step for step in pipeline_steps(stream.settings) if step.source == PREPARED)
    outputs: Decided = []
    tables: dict[int, dict[bytes | None, bytes]] = defaultdict(dict)
    for record in prepared:  # read in the order of each partition
        table = tables[record.partition]
        decision = step.decide(record, table.get(record.key))
        if decision.remember is not None:
            table[record.key] = decision.remember
        for each in decision.outputs:
            copies = stream.settings.partitions if each.everywhere else 1
            outputs += [(each.topic, each.key, each.value, each.headers, each.timestamp_ms)] * copies
    return outputs


def grouped(signatures: list[ConsumerRecord], stream: Stream) -> Decided:
    """The stories that the pure decision makes of the current news.signatures."""
    step = next(step for step in pipeline_steps(stream.settings) if step.source == SIGNATURES)
    made = step.changelog.whole
    assert made is not None
    stories: dict[int, Any] = defaultdict(lambda: made([]))
    outputs: Decided = []
    for record in signatures:  # read in the order of each partition
        decision = step.decide(record, stories[record.partition])
        outputs.extend((each.topic, each.key, each.value, each.headers, each.timestamp_ms) for each in decision.outputs)
    return outputs


async def chaos(folder: Path, seed: int, seconds: float, shape: Shape, say: Callable[[str], None] = print) -> Report:
    """Run chaos for ``seconds`` (and up to two minutes to settle); the report's ``wrong`` is empty when all is well."""
    settings: dict[str, Any] = {"session_timeout_s": SESSION_TIMEOUT_S, "window_s": WINDOW_S, "max_batch_records": 50}
    async with Stream(folder, brokers=shape.brokers, partitions=shape.partitions, **settings) as stream:
        places = await stream.publish([Raw(b'{"title": "The first story of all", "text": "It is here."}', b"first")])
        return await Chaos(stream, seed, seconds, shape, places, say).run()


def main() -> int:
    """Run it from the command line."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the publisher's client, while the broker is away
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--articles-per-s", type=int, default=60, help="at least 10; fewer on a slow machine")
    parser.add_argument("--transactions", default="newest", help="kinds, separated by commas")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    folder = Path(tempfile.mkdtemp(prefix="headwater-chaos-"))
    spoken = tuple(map(TransactionProtocol, arguments.transactions.split(",")))
    shape = Shape(arguments.brokers, arguments.partitions, arguments.workers, arguments.articles_per_s, spoken)
    report = asyncio.run(chaos(folder, arguments.seed, arguments.seconds, shape))
    print(report)
    if report.wrong:
        print(f"logs and data are kept in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
