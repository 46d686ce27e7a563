"""``python -m bench.speed.stories``: the memory of the index of stories, and the time to rebuild it and to decide.

Made-up articles of forty words: most of them common ones, distributed as in news (a few very often), and two unique ones.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

from streams.text.duplicates import BodyPrint
from streams.text.stories.index import StoryIndex
from streams.text.stories.signature import Signature
from streams.text.stories.vectors import scaled

WINDOW_MS = 72 * 3600 * 1000
NOON_MS = 1_750_000_000_000
VOCABULARY = 60_000
WORDS, OWN_WORDS = 40, 2
ASKED = 2_000


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stories", type=int, default=1_000_000)
    count = parser.parse_args().stories
    table: dict[bytes, bytes] = {}
    for signature in articles(count):
        made = StoryIndex(WINDOW_MS, count)
        # Each in its own index: all of them found a story, and none has to be searched.
        changes = made.remember(signature, made.decide(signature))
        table |= {key: value for key, value in changes.items() if value is not None}
    entries = list(table.items())
    del table
    before, began = resident_bytes(), time.process_time()
    index = StoryIndex(WINDOW_MS, 2 * count).load(entries)
    took_s = time.process_time() - began
    held = resident_bytes() - before
    print(f"{len(index):,} stories rebuilt from their table: {took_s:.1f} s of processor, {held / len(index):.0f} bytes each")
    asked = list(articles(ASKED, seed=2))
    began = time.process_time()
    for signature in asked:
        index.remember(signature, index.decide(signature))
    print(f"{(time.process_time() - began) * 1_000 / ASKED:.2f} ms of processor for an article more")
    return 0


def articles(count: int, seed: int = 1) -> Iterator[Signature]:
    """Made-up articles, about a second apart."""
    chance = random.Random(seed)
    weights = list(accumulate(1 / (rank + 100) for rank in range(VOCABULARY)))
    for number in range(count):
        common = chance.choices(range(VOCABULARY), cum_weights=weights, k=WORDS - OWN_WORDS)
        words = {f"w{word}": chance.randrange(40, 400) for word in common}
        words |= {f"own{seed}-{number}-{each}": chance.randrange(200, 600) for each in range(OWN_WORDS)}
        headline = " ".join(list(words)[:10])
        yield Signature(
            article_id=blake2b(b"%d %d" % (seed, number), digest_size=16).hexdigest(),
            time_ms=NOON_MS + number,
            language="en",
            outlet="The Kellmouth Post",
            headline=headline,
            compared=headline,
            words=scaled(words, WORDS),
            body=BodyPrint(chance.getrandbits(32), tuple(sorted(chance.getrandbits(31) for _ in range(8)))),
        )


def resident_bytes() -> int:
    """This process's current memory."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
