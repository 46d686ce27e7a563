"""A worker whose Faust loses a fifth of what it fetches on the way from the log to its partitions."""

from __future__ import annotations

import random

from streams.__main__ import main
from streams.kafka.delivery import Delivery
from streams.kafka.transport import Fetched

take = Delivery.take
chance = random.Random(1)


async def lose_or_take(self: Delivery, fetched: Fetched) -> None:
    if chance.random() > 1 / 5:
        await take(self, fetched)


Delivery.take = lose_or_take  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
