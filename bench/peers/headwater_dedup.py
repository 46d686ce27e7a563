"""Headwater's entry in the dedup-only job: a step of its own, on the delivery, tables and transport that the agents use."""

from __future__ import annotations

import asyncio
import sys
from os import environ

from bench.peers.dedup import is_first, seen_at
from bench.peers.names import RUN, events, firsts
from streams.kafka.app import add_agent, create_app
from streams.kafka.delivery import Delivery
from streams.settings import Settings
from streams.steps import Changelog, Decision, Output, Record, Step
from streams.topics import topic

SEEN = Changelog("seen", "when each id was let through", remembers=True)


def first_step(run: str) -> Step:
    """Events → firsts; remembers when each id was let through."""
    source, target = topic(events(run), "what came in"), topic(firsts(run), "what was let through")

    def decide(record: Record, remembered: bytes | None) -> Decision:
        assert record.value is not None
        if not is_first(record.value, record.timestamp, remembered):
            return Decision(())
        return Decision((Output(target, record.key, record.value, (), record.timestamp),), seen_at(record.timestamp))

    return Step("first", source, (target,), decide, SEEN)


def main() -> None:
    """One worker, as ``headwater worker`` runs it."""
    settings = Settings.from_environment()
    (settings.state_dir / "faust").mkdir(parents=True, exist_ok=True)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = create_app(settings)
    step = first_step(environ[RUN])
    delivery = Delivery(app, settings, [step])

    add_agent(app, step, delivery.take)

    app.finalize()
    sys.argv = sys.argv[:1]
    app.Worker(loglevel="INFO", loop=loop).execute_from_commandline()


if __name__ == "__main__":
    main()
