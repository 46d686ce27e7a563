"""An attack: hostile input is sent to a running stream, family by family, and none of it may stop the stream.

    .venv/bin/python -m tests.broker.attack --seed 7                  # every family once
    .venv/bin/python -m tests.broker.attack --seed 7 --seconds 3600   # again and again, with other seeds
    .venv/bin/python -m tests.broker.attack --only poison,bombs       # some families

Each family has its own embedded Kafka and worker, so that a successful attack does not affect the others. The input follows
from the seed. After a family, good articles are sent to every partition. Then

- the good articles are in news.enriched;
- each record that Kafka accepted has exactly one outcome (a batch too large to be unpacked has one as a whole);
- names and attributes in the outcomes' headers are printable;
- no worker has ended or used more than a gigabyte of memory.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from bench.speed.flood import memory_mb
from infra.ports import claim_port
from streams.documents import ERRORS, ORIGIN_HEADER, REASON_HEADER
from streams.kafka.clients import connection, opened
from streams.steps import header
from streams.topics import DUPLICATES, ENRICHED, OUTCOMES, RAW, REJECTED
from tests.broker import hostile
from tests.broker.stream import Stream
from tests.broker.wire import APPEND_TIME, CONTROL, TRANSACTIONAL, Codec, Producer, Wire, batch, encode, old_message_set

MOST_MEMORY_MB: Final = 1_000
PATIENCE_S: Final = 90.0  # without any progress
READY_S: Final = 90.0
QUIET_S: Final = 2.0
GOOD_PER_PARTITION: Final = 2
HALF_OPEN: Final = 300
MIB: Final = 1 << 20
DAY_MS: Final = 24 * 3600 * 1000
YEAR_2100_MS: Final = 4_102_444_800_000
INTERNAL_ERROR: Final = "internal-error"
TOO_LARGE: Final = "too-large"


class Outcome(NamedTuple):
    """The part of an outcome that is checked."""

    topic: str
    origin: str
    which: str  # the reason for a rejection, else the topic's last word
    key: bytes | None
    flaws: tuple[str, ...]

    @classmethod
    def of(cls, record: ConsumerRecord) -> Outcome:
        which = (header(record, REASON_HEADER) or "?") if record.topic == REJECTED else record.topic.rpartition(".")[2]
        return cls(record.topic, header(record, ORIGIN_HEADER) or "none", which, record.key, tuple(flaws(record)))


def flaws(record: ConsumerRecord) -> Iterable[str]:
    """What is unprintable in an outcome's headers: names, and the attributes that we write.

    A rejected record keeps its own headers unchanged, whatever their names.
    """
    ours = (ORIGIN_HEADER, ERRORS) if record.topic == REJECTED else ("ce_",)
    for name, value in record.headers:
        if not (name.isascii() and name.isprintable()):
            yield f"header name {name[:40]!r}"
        elif name.startswith(ours) and re.search(rb"[\x00-\x1f\x7f]", value or b""):
            yield f"{name} holds control characters"


@dataclass
class Found:
    """The result of a family."""

    family: str
    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    peak_mb: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {which}" for which, count in self.outcomes.most_common())
        refused = ", ".join(f"{count} {which}" for which, count in self.refused.most_common())
        verdict = "holds" if not self.wrong else "FAILS: " + "; ".join(self.wrong)
        return (
            f"{self.family:<14} {self.sent:>6}  {self.peak_mb:>5.0f} MB  {verdict}\n"
            f"{'':16} came out: {counts or 'nothing'}" + (f"\n{'':16} refused by Kafka: {refused}" if refused else "")
        )


class Attack:
    """A stream under attack: what is sent, and its outcomes."""

    def __init__(
        self,
        stream: Stream,
        workers: Sequence[subprocess.Popen[bytes]],
        chance: random.Random,
        found: Found,
        *,
        short: bool = False,
    ) -> None:
        self.short = short
        """Whether a family skips most of what takes minutes."""
        self.stream = stream
        self.workers = workers
        self.chance = chance
        self.found = found
        self.now_ms = int(time.time() * 1000)
        self._producer = Producer(stream.settings.brokers[0])
        self._places: set[str] = set()
        self._good: set[str] = set()
        self._bombs: list[tuple[int, int, int]] = []  # partition, first offset, last
        self.outcomes: dict[str, list[Outcome]] = defaultdict(list)
        self._count = 0
        self._number = chance.randrange(10**6) * 10_000

    @property
    def partitions(self) -> int:
        return self.stream.settings.partitions

    def good(self, **changes: Any) -> Wire:
        """An article unlike any other."""
        self._number += 1
        title = changes.pop("title", f"Harbour council number {self._number} opens its bridge to traffic")
        text = f"The bridge number {self._number} was opened on Monday after years of work, said the mayor of the town."
        document = {"title": title, "text": text, "id": str(self._number), **changes}
        return Wire(json.dumps(document).encode(), b"%d" % self._number)  # writes half a surrogate pair, too

    async def send(
        self, *records: Wire, partition: int | None = None, codec: Codec = Codec.NONE, good: bool = False, **options: Any
    ) -> list[str]:
        """Send records as one batch, to a given or drawn partition; returns their places, if Kafka accepts them."""
        partition = self.chance.randrange(self.partitions) if partition is None else partition
        wire = await asyncio.to_thread(batch, records, self.now_ms, codec, **options)
        places = await self.send_bytes(wire, len(records), partition)
        if good:
            self._good.update(places)
        return places

    async def send_bytes(self, wire: bytes, count: int, partition: int) -> list[str]:
        """Send bytes that may not be a batch at all."""
        sent = await self._producer.send(RAW, partition, wire)
        self.found.sent += count
        if sent.error is not None:
            self.found.refused[sent.error] += count
            return []
        places = [f"{RAW}/{partition}/{sent.base_offset + number}" for number in range(count)]
        self._places.update(places)
        return places

    async def send_bomb(self, *records: Wire, codec: Codec) -> None:
        """Send a batch that has one outcome as a whole."""
        if places := await self.send(*records, codec=codec):
            self._places.difference_update(places)
            _, partition, first = places[0].split("/")
            self._bombs.append((int(partition), int(first), int(first) + len(places) - 1))

    async def send_good(self, per_partition: int = GOOD_PER_PARTITION, **changes: Any) -> list[str]:
        """Good articles for every partition."""
        places = []
        for partition in range(self.partitions):
            articles = [self.good(**changes) for _ in range(per_partition)]
            places += await self.send(*articles, partition=partition, good=True)
        return places

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Collect outcomes in the meantime."""
        consumer = AIOKafkaConsumer(
            **connection(self.stream.settings), isolation_level="read_committed", enable_auto_commit=False
        )
        async with opened(consumer):
            consumer.assign([TopicPartition(topic, number) for topic in OUTCOMES for number in range(self.partitions)])
            await consumer.seek_to_beginning()
            gathering = asyncio.create_task(self._gather(consumer))
            try:
                yield
            finally:
                gathering.cancel()
                await asyncio.wait([gathering])
                if not gathering.cancelled() and (error := gathering.exception()):
                    self.found.wrong.append(f"a consumer can't read the outcomes: {error!r}")

    async def _gather(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=200, max_records=500)).values():
                for record in records:
                    outcome = Outcome.of(record)
                    self.outcomes[outcome.origin].append(outcome)
                    self._count += 1

    def missing(self) -> set[str]:
        """The places without an outcome yet; for a bomb, the place of its first record."""
        lacking = {place for place in self._places if place not in self.outcomes}
        return lacking | {f"{RAW}/{part}/{first}" for part, first, last in self._bombs if not self._of_bomb(part, first, last)}

    def _of_bomb(self, partition: int, first: int, last: int) -> list[Outcome]:
        return [each for offset in range(first, last + 1) for each in self.outcomes.get(f"{RAW}/{partition}/{offset}", ())]

    async def settle(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until everything sent has an outcome and no more arrive, a worker has ended, or progress has stopped."""
        deadline, seen = time.monotonic() + patience_s, self._count
        while self.missing() and not self.ended() and time.monotonic() < deadline:
            if self._count != seen:
                deadline, seen = time.monotonic() + patience_s, self._count
            await asyncio.sleep(0.2)
        seen = -1
        while not self.ended() and self._count != seen:
            seen = self._count
            await asyncio.sleep(QUIET_S)

    def ended(self) -> list[subprocess.Popen[bytes]]:
        return [worker for worker in self.workers if worker.poll() is not None]

    def measure(self) -> None:
        """Note the workers' peak memory."""
        for worker in self.workers:
            with contextlib.suppress(OSError, StopIteration):  # it has ended
                self.found.peak_mb = max(self.found.peak_mb, memory_mb(worker.pid, "VmHWM"))

    def judge(self) -> None:
        """Compare what was sent with the outcomes."""
        wrong = self.found.wrong
        self.found.outcomes = Counter(each.which for outcomes in self.outcomes.values() for each in outcomes)
        for worker in self.ended():
            said = [line for line in self.stream.log_of(worker).splitlines() if line.strip()]
            last = next((line for line in reversed(said) if "CRITICAL" in line or "Error" in line), (said or [""])[-1])
            wrong.append(f"a worker ended with status {worker.returncode}: {last[:300]}")
        if missing := self.missing():
            wrong.append(f"{len(missing)} without an outcome, like {min(missing)}")
        bombs = {f"{RAW}/{part}/{offset}" for part, first, last in self._bombs for offset in range(first, last + 1)}
        several = [place for place in self._places if len(self.outcomes.get(place, ())) > 1]
        several += [f"{part}/{first}" for part, first, last in self._bombs if len(self._of_bomb(part, first, last)) > 1]
        if several:
            wrong.append(f"{len(several)} with several outcomes, like {min(several)}")
        if foreign := self.outcomes.keys() - self._places - bombs:
            wrong.append(f"{len(foreign)} outcomes of records that were not sent, like {min(foreign)}")
        lost = [place for place in self._good if not any(each.topic == ENRICHED for each in self.outcomes.get(place, ()))]
        if lost:
            wrong.append(f"{len(lost)} of {len(self._good)} good articles are not enriched")
        if self.found.outcomes[INTERNAL_ERROR]:
            wrong.append(f"{self.found.outcomes[INTERNAL_ERROR]} errors of our own")
        flawed = Counter(flaw for outcomes in self.outcomes.values() for each in outcomes for flaw in each.flaws)
        wrong.extend(f"{count} times {flaw}" for flaw, count in flawed.most_common(3))
        if self.found.peak_mb > MOST_MEMORY_MB:
            wrong.append(f"{self.found.peak_mb:.0f} MB of memory")

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a broken promise of the family itself."""
        if not holds:
            self.found.wrong.append(otherwise)

    def expect_outcomes(self, places: Iterable[str], topic: str, which: str | None = None) -> None:
        """Everything sent to these places must have this outcome."""
        for place in places:
            for each in self.outcomes.get(place, ()):
                right = each.topic == topic and which in {None, each.which}
                self.expect(right, f"{place} came out as {each.which}, not as {which or topic}")


# ---- The families


async def poison(attack: Attack) -> None:
    """JSON of every shape: with a value of another type anywhere, with special names, and corrupted as text."""
    records = list(hostile.poison(attack.chance, 200 if attack.short else 600))
    for begin in range(0, len(records), 20):
        codec = attack.chance.choice(list(Codec))
        await attack.send(*records[begin : begin + 20], codec=codec)


async def header_names(attack: Attack) -> None:
    """Header names and values that are not text, or text with effects, on good articles and on bad records."""
    for name in hostile.HEADER_NAMES:
        await attack.send(attack.good()._replace(headers=[(name, b"x")]))
        await attack.send(Wire(b"", b"k", [(name, None)]))
    for _ in range(100):
        articles = [attack.good()._replace(headers=hostile.headers(attack.chance)) for _ in range(3)]
        bad = Wire(attack.chance.choice((None, b"", b"{", b"\xff")), headers=hostile.headers(attack.chance))
        await attack.send(*articles, bad, codec=attack.chance.choice(list(Codec)))


async def header_values(attack: Attack) -> None:
    """Control characters that could pass from an article into the attributes of an event."""
    evil = "en\r\nX-Evil: 1\u001b[31m"
    for name in ("language", "url", "id", "published", "publisher", "section", "author", "keywords", "dateline", "inLanguage"):
        for text in (evil, evil * 5_000, "\ud83d\ude00標題\u202e\u2028"):
            await attack.send(attack.good(**{name: text}))


async def oversize(attack: Attack) -> None:
    """Records whose outputs would exceed their topics' limits: by headers, names, keys and escapes."""
    repeated = hostile.repeated(attack.chance, 6_000, 500, 75_000)
    characters = hostile.repeated_characters(attack.chance, 12_500_000)
    trace = (b"traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01" + b"-" * 445)
    sizes: list[list[tuple[bytes, bytes | None]]] = [
        [trace] * 75_000,
        [(b"traceparent", value) for value in repeated],
        [(b"note", value) for value in repeated],
        [(characters, b"")],
        [(b"tracestate", b"a=" + b"x" * 500)] * 75_000,
        [("標".encode() * 12_500_000, b"")],
        [(b"x" * 12_500_000, b"")],
        [(b"note", b"x" * 36_000_000)],
        [(b"", None)] * 1_000_000,
    ]
    for headers in sizes:
        values = (attack.good().value, b"", b"x" * (5 * MIB))
        for value in attack.chance.sample(values, 1) if attack.short else values:
            await attack.send(Wire(value, b"k", headers), codec=Codec.ZSTD)
            await attack.settle()
    for size in (4 * MIB - 1, 4 * MIB, 11 * MIB):
        for text in (b"x", b"<", b"\\u0001", '"標'.encode(), b"\\ud83d", b"&#x1;"):
            frame = b'{"title": "Bridge %d of a size", "text": "%s"}'
            value = frame % (attack.chance.randrange(10**9), (text * (size // len(text)))[:size].replace(b'"', b"'"))
            await attack.send(Wire(value, b"x" * attack.chance.choice((1, MIB)), [hostile.JSON]), codec=Codec.LZ4)


async def crowds(attack: Attack) -> None:
    """Records with many short headers, for which Python uses thirty times their bytes; 6 kB on the wire."""
    article, count = attack.good(), attack.chance.randrange(200_000, 260_000)
    name, value = attack.chance.choice([(b"", None), (b"a", b""), (b"\xc3\xa9", b"b")])
    for partition in range(attack.partitions):
        crowd = [article._replace(headers=[(name, value)] * count)] * (15 if attack.short else 30)
        await attack.send(*crowd, partition=partition, codec=Codec.ZSTD)
    await attack.settle()


async def bombs(attack: Attack) -> None:
    """19 kB on the wire that unpack to 600 MiB: in one record, in many, in several batches, with every codec."""
    for codec in (Codec.LZ4, Codec.ZSTD) if attack.short else (Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD):
        size = (180 if codec is Codec.SNAPPY else 600) * MIB
        await attack.send_bomb(Wire(size, b"k"), codec=codec)
        await attack.send_bomb(*(Wire(size // 60) for _ in range(60)), codec=codec)
        await attack.send_bomb(Wire(b"first"), Wire(size), attack.good(), codec=codec)
        await attack.send(attack.good(), good=True, codec=codec)
        await attack.settle()
        attack.measure()


async def flood(attack: Attack) -> None:
    """The largest records below the limit for bombs, for 64 partitions at once."""
    for partition in range(attack.partitions):
        large = [Wire(b'{"title": "Flood %d", "text": "%s"}' % (partition, b"Boats left. " * (4 * MIB // 12 - 10)))]
        large *= 1 if attack.short else 2
        await attack.send(*large, partition=partition, codec=Codec.ZSTD)
    await attack.settle()
    attack.measure()
    attack.expect(attack.found.peak_mb < MOST_MEMORY_MB / 2, f"{attack.found.peak_mb:.0f} MB for records of 4 MiB")


async def descriptors(attack: Attack) -> None:
    """A hundred partitions with 1,024 descriptors, part of the work, then the same again from the remaining state."""
    await attack.send_good(5)
    await attack.settle()
    [worker] = attack.workers
    worker.terminate()
    attack.expect(await asyncio.to_thread(worker.wait, 60) == 0, "the worker did not end in good order")
    attack.workers = [attack.stream.start_worker(again=worker, descriptors=1024)]


async def connections(attack: Attack) -> None:
    """More connections to the web port than there are descriptors, none of which ever completes a request."""
    port = attack.stream.settings.web_port
    asked = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    said = (b"", b"GET", asked[:-2], asked * 50, b"\x16\x03\x01", b"\0" * 9_000)
    held = []
    for _ in range(HALF_OPEN):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 10)
            with contextlib.suppress(OSError):
                writer.write(attack.chance.choice(said))
            held.append((reader, writer))
    await attack.send_good()
    for _ in range(5):
        attack.expect(await _answers(port, "/health") == 200, "/health does not answer 200 while connections are half open")
    await attack.settle()
    attack.expect(await _answers(port, "/ready") == 200, "/ready does not answer 200 while connections are half open")
    for _, writer in held:
        writer.close()


async def _answers(port: int, path: str) -> int | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(f"http://127.0.0.1:{port}{path}") as response,
        ):
            return response.status
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


async def second_broker(attack: Attack) -> None:
    """Somebody starts another Kafka in the same folder."""
    await attack.send_good()
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", "broker", "--folder", str(attack.stream.folder / "kafka")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(second.communicate(), 60)
    except TimeoutError:
        attack.expect(False, "the second one runs")
        second.terminate()
        await second.wait()
    else:
        lines = said.splitlines()
        clear = second.returncode == 1 and len(lines) == 1
        attack.expect(clear, f"the second one ended with {second.returncode} and {len(lines)} lines: {said[:200]!r}")
    attack.expect(attack.stream.broker_pid is not None, "the first one has ended")


async def times(attack: Attack) -> None:
    """Records from ten years, nine days apart, and with times that no article can have."""
    span = [attack.now_ms - 9 * DAY_MS * back for back in range(300, 0, -1)]
    for at_ms in span:
        await attack.send(attack.good()._replace(timestamp_ms=at_ms), partition=0)
    strange = (-1, 0, 1, -5, -(1 << 62), 1 << 40, (1 << 63) - 1, 253_402_300_800_000)
    for at_ms in strange:
        await attack.send(attack.good()._replace(timestamp_ms=at_ms))
    title = f"Regatta {attack.chance.randrange(10**9)} ends in a calm"
    future = await attack.send(attack.good(title=title)._replace(timestamp_ms=YEAR_2100_MS), partition=0)
    attack.expect(not future, "Kafka takes a record of the year 2100")
    first = await attack.send(attack.good(title=title), partition=0, good=not future)
    await attack.settle()
    again = await attack.send(attack.good(title=title), partition=0)
    await attack.settle()
    attack.expect_outcomes(first, ENRICHED)
    attack.expect_outcomes(again, DUPLICATES)
    folders = (attack.stream.folder / "kafka" / "data").glob("*-[0-9]*")
    segments = {folder.name: len(list(folder.glob("*.log"))) for folder in folders}
    most = max(segments, key=lambda name: segments[name])
    attack.expect(segments[most] <= 5, f"{segments[most]} segments in {most}")


async def trust(attack: Attack) -> None:
    """Another producer's url, another's headline, and a header that says who sent it."""
    url = f"https://paper.example/{attack.chance.randrange(10**9)}"

    async def from_source(source: bytes, **changes: Any) -> set[bytes | None]:
        places = await attack.send(attack.good(**changes)._replace(headers=[(b"x-source", source)]), partition=0, good=True)
        await attack.settle()
        return {each.key for place in places for each in attack.outcomes.get(place, ())}

    mine, others, again = [await from_source(source, url=url) for source in (b"mine", b"other", b"mine")]
    attack.expect(mine == again, "an article of the same source and url has another id")
    attack.expect(mine != others, "another source's article of the same url has the same id")
    for source in (b"", b"\xff", b"a" * 100_000, b"mine\r\n", b"\0"):
        await attack.send(attack.good(url=url)._replace(headers=[(b"x-source", source)] * attack.chance.randrange(1, 4)))
    await attack.send(attack.good(url=url)._replace(headers=[(b"x-source", None)]))
    await attack.send(attack.good(url=url))


async def empty(attack: Attack) -> None:
    """Missing and empty parts in every combination: keys, values, headers, batches."""
    for key in (None, b""):
        for value in (None, b"", b"\0", b" ", b"\xef\xbb\xbf", b"{}", b"[]", b'""', b"null", b"0"):
            for headers in ([], [(b"", None)], [(b"", b"")], [(b"content-type", None)], [(b"content-type", b"")]):
                await attack.send(Wire(value, key, headers), codec=attack.chance.choice(list(Codec)))
    for codec in Codec:
        await attack.send(codec=codec, partition=0)  # a batch without records


async def batches(attack: Attack) -> None:
    """Batches that misstate their contents: Kafka refuses most of them, and workers have to read the rest."""

    def broken(whole: bytearray) -> None:
        whole[-1] ^= 1

    await attack.send(attack.good(), spoil=broken)
    for codec in Codec:
        garbage = attack.chance.randbytes(300)
        await attack.send(Wire(b"x"), codec=codec, payload=garbage)
        await attack.send(Wire(b"x"), codec=codec, count=5)
        await attack.send(Wire(b"x"), codec=codec, count=1 << 30)
        await attack.send(Wire(b"x"), codec=codec, attributes=CONTROL)
        await attack.send(attack.good(), codec=codec, attributes=APPEND_TIME)
        await attack.send(attack.good(), codec=codec, producer=(attack.chance.randrange(1 << 40), 0, 0))
        await attack.send(attack.good(), codec=codec, attributes=TRANSACTIONAL, producer=(4_000 + codec, 0, 0))
    for magic in (0, 1):
        for codec in (Codec.NONE, Codec.GZIP):
            await attack.send_bytes(old_message_set(magic, b"old", attack.now_ms, codec), 1, 0)
    for wire in (b"", b"\0" * 61, attack.chance.randbytes(500), batch([attack.good()], attack.now_ms)[:-5]):
        await attack.send_bytes(wire, 1, 0)
    await attack.send(Wire(b"\0\0\0\0\0\0", b"\0\0\0\1"), Wire(b"\0\0\0\0\0\0", b"\0\0\0\0"))  # as a transaction's markers are


async def offsets(attack: Attack) -> None:
    """A record that claims an offset beyond its batch: Kafka checks only compressed batches."""
    for delta in (1, 7, 1_000, (1 << 31) - 1):
        for partition in range(attack.partitions):
            payload = b"".join(encode(attack.good(), delta, 0))
            await attack.send(Wire(b"x"), payload=payload, partition=partition)
            await attack.send_good(1)


async def aborted(attack: Attack) -> None:
    """The worst input in aborted transactions, which nobody has to read, and some of it in a committed one."""
    name = f"attack-{attack.chance.randrange(10**9)}"
    for commits in (False, True, False):
        producer = AIOKafkaProducer(**connection(attack.stream.settings), transactional_id=name)
        async with opened(producer):
            await producer.begin_transaction()
            sent = await producer.send_and_wait(RAW, attack.good().value, partition=0)
            transaction = producer._txn_manager
            records = [
                Wire(None, None, [(b"\xff\xfe\x80", None)]),
                *hostile.poison(attack.chance, 10),
                attack.good()._replace(headers=hostile.headers(attack.chance)),
            ]
            numbered = (transaction.producer_id, transaction.producer_epoch, 1)
            wire = batch(records, attack.now_ms, attack.chance.choice(list(Codec)), attributes=TRANSACTIONAL, producer=numbered)
            written = await attack._producer.send(RAW, 0, wire, name)
            attack.expect(written.error is None, f"Kafka refused the transaction's batch: {written.error}")
            attack.found.sent += len(records) + 1
            if commits:
                await producer.commit_transaction()
                last = written.base_offset + len(records)
                attack._places.update(f"{RAW}/0/{offset}" for offset in (sent.offset, *range(written.base_offset, last)))
            else:
                await producer.abort_transaction()
        await attack.send_good(1)


@dataclass(frozen=True)
class Family:
    """How a family runs: on which stream, with how many workers, under which limits."""

    strike: Callable[[Attack], Awaitable[None]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    descriptors: int | None = None
    warmed: bool = True
    """Good articles go through first."""


FAMILIES: Final[Mapping[str, Family]] = {
    "poison": Family(poison, workers=2),
    "header-names": Family(header_names),
    "header-values": Family(header_values),
    "oversize": Family(oversize),
    "crowds": Family(crowds),
    "bombs": Family(bombs),
    "flood": Family(flood, {"partitions": 64, "max_article_bytes": 4 * MIB}),
    "descriptors": Family(descriptors, {"partitions": 100}, descriptors=1024),
    "connections": Family(connections, descriptors=256),
    "second-broker": Family(second_broker),
    "times": Family(times, warmed=False),
    "trust": Family(trust, variables={"HEADWATER_SOURCE_HEADER": "x-source"}),
    "empty": Family(empty),
    "batches": Family(batches),
    "offsets": Family(offsets),
    "aborted": Family(aborted),
}


async def attack(folder: Path, name: str, seed: int, *, short: bool = False) -> Found:
    """Run one family on a stream of its own."""
    family, found = FAMILIES[name], Found(name)
    async with Stream(folder, **{"web_port": claim_port(), **family.settings}) as stream:
        ports: tuple[dict[str, Any], ...] = ({}, {"HEADWATER_WEB_PORT": "0"})
        workers = [
            stream.start_worker(descriptors=family.descriptors, **{**family.variables, **port})
            for port in ports[: family.workers]
        ]
        under = Attack(stream, workers, random.Random(f"{seed} {name}"), found, short=short)
        async with under.watched():
            if family.warmed:
                await under.send_good(1)
                await under.settle(READY_S)
            if not under.ended():
                try:
                    await family.strike(under)
                except (OSError, TimeoutError) as error:
                    found.wrong.append(f"Kafka can't be reached: {error!r}")
            if not under.ended() and stream.broker_pid is not None:
                await under.send_good()
                await under.settle()
            under.measure()
        under.judge()
    return found


async def main(arguments: argparse.Namespace) -> int:
    """Run the families and print their results; returns 0 if all pass."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # our own clients, while topics are created
    began, seed, failed = time.monotonic(), arguments.seed, 0
    names = arguments.only.split(",") if arguments.only else list(FAMILIES)
    while True:
        for name in names:
            folder = Path(tempfile.mkdtemp(prefix="headwater-attack-"))
            started = time.monotonic()
            found = await attack(folder, name, seed)
            failed += bool(found.wrong)
            print(f"{found}  [{time.monotonic() - started:.0f} s]", flush=True)
            if found.wrong and arguments.keep:
                print(f"{'':16} its logs: {folder}", flush=True)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        seed += 1
        if time.monotonic() - began >= arguments.seconds:
            return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.broker.attack", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="continue with further seeds for this long")
    parser.add_argument("--only", help=f"some of {', '.join(FAMILIES)}")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a family that failed")
    sys.exit(asyncio.run(main(parser.parse_args())))
