"""What remembering costs: one worker on the same articles, with few and with millions of remembered headlines.

    python -m bench.speed.headlines --headlines 0,1000000,5000000

Fills the changelog of a table of four partitions with the owners of that many headlines, and lets a worker restore it. Then
articles arrive: two in five repeat a headline, half of those one of 6,000 that are always remembered and half that of an
earlier article; the others are new. So every run decides the same, whatever else it remembers. ``python -m
bench.speed.growth`` measures this too, and keeps the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice

from aiokafka import TopicPartition

from agents.deduplicate import HEADLINES
from bench.peers.names import Job
from bench.speed.contestants import headwater
from bench.speed.flood import articles, headline
from bench.speed.ground import Ground, Input, ground
from bench.speed.race import Heat, Load, Result, race
from bench.speed.restore import owners
from streams.kafka.outbox import Outbox, partition_of
from streams.kafka.transactions import TransactionalProducer
from streams.settings import Settings
from streams.text.duplicates import Sighting, pack_owners, print_body
from streams.text.wording import fingerprint_headline

ARTICLE_BYTES = 2_500
ASKED_FOR = 6_000
_SENT_AT_ONCE = 20_000


async def remember(others: int, settings: Settings) -> None:
    """Fill the changelog: with the headlines that articles will repeat, and this many others that are never looked up."""
    topic, partitions = HEADLINES.topic(settings.app_id), settings.partitions
    producer = TransactionalProducer(settings, "bench-headlines")
    try:
        await producer.start()
        changes = chain(_asked_for(), owners(others))
        while some := list(islice(changes, _SENT_AT_ONCE)):
            await producer.begin_transaction()
            outbox = Outbox(producer)
            for key, value in some:
                outbox.add(TopicPartition(topic, partition_of(key, partitions)), key, value)
            await outbox.send()
            await producer.commit_transaction()
    finally:
        await producer.close()


def _asked_for() -> Iterator[tuple[bytes, bytes]]:
    now_ms, body = int(time.time() * 1000), print_body("A body.")
    for number in range(ASKED_FOR):
        key = bytes.fromhex(fingerprint_headline(headline(number)))
        # Before everything that will be in news.prepared.
        yield key, pack_owners([Sighting(-1, now_ms, key.hex(), 0, body)])


def published(count: int) -> Iterator[int]:
    """The numbers of the articles' headlines."""
    chance = random.Random(2)
    for new in range(ASKED_FOR, ASKED_FOR + count):
        match chance.randrange(5):
            case 0:
                yield chance.randrange(ASKED_FOR)
            case 1:
                yield chance.randrange(ASKED_FOR, new + 1)
            case _:
                yield new


def make_headlines_load(count: int) -> Load:
    """``count`` articles, and a tenth as many (200 at least) before them, to warm up on."""
    warming = max(200, count // 10)
    every = [
        Input(each.value, b"%d" % number, (("content-type", each.content_type.encode()),))
        for number, each in enumerate(articles(published(warming + count), ARTICLE_BYTES))
    ]
    warm, main = every[:warming], every[warming:]
    return Load(Job.WHOLE, tuple(warm), tuple(main), len(warm), len(main))


async def measure(kafka: Ground, load: Load, headlines: int) -> Result:
    """Run one worker that remembers this many headlines besides the :data:`ASKED_FOR`.

    Raises:
        ContestantFailedError: it ended, or stood still.
    """
    return await race(kafka, Heat(headwater(1), load, f"bench-headlines-{headlines}", prepare=partial(remember, headlines)))


def bytes_a_headline(result: Result, headlines: int) -> tuple[float, float | None]:
    """The size of a headline in the state folder, and in the changelog on the broker's disk if that is visible."""
    remembered = headlines + ASKED_FOR + result.firsts
    state = result.state_bytes / remembered
    if result.stored_bytes is None:
        return state, None
    return state, result.stored_bytes[HEADLINES.topic("").removeprefix("-")] / remembered


def line(result: Result, headlines: int) -> str:
    """The figures, for the terminal."""
    state, changelog = bytes_a_headline(result, headlines)
    stored = "" if changelog is None else f" and {changelog:,.0f} in the changelog"
    return (
        f"{headlines:9,} headlines {result.per_second:9,.0f}/s {result.cpu_us:9,.0f} µs CPU each;"
        f" {state:,.0f} bytes a headline on disk{stored}, {result.resident_bytes / 1e6:.0f} MB resident at most"
    )


def numbers(text: str) -> list[int]:
    """Whole numbers separated by commas; raises ValueError."""
    return [int(each) for each in text.split(",") if each]


async def _all(headlines: Iterable[int], count: int) -> None:
    load, rates = make_headlines_load(count), []
    async with ground(Settings.from_environment()) as kafka:
        for each in headlines:
            result = await measure(kafka, load, each)
            rates.append((result.per_second, result.cpu_us))
            print(
                f"{line(result, each)}; {result.per_second / rates[0][0]:.2f} of the first's throughput,"
                f" {rates[0][1] / result.cpu_us:.2f} by processor time",
                flush=True,
            )


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.headlines", description=__doc__.partition("\n")[0])
    parser.add_argument("--headlines", type=numbers, default=[0, 5_000_000], help="separated by commas (default: 0,5000000)")
    parser.add_argument("--articles", type=int, default=20_000)
    arguments = parser.parse_args()
    asyncio.run(_all(arguments.headlines, arguments.articles))
    return 0


if __name__ == "__main__":
    sys.exit(main())
