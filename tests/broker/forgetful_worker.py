"""A worker whose Faust loses every fifth batch on the way from the log to its partition."""

from __future__ import annotations

import random

from streams.__main__ import main
from streams.delivery import Delivery
from streams.transport import Batch

take = Delivery.take
chance = random.Random(1)


async def lose_or_take(self: Delivery, batch: Batch) -> None:
    if chance.random() > 1 / 5:
        await take(self, batch)


Delivery.take = lose_or_take  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
