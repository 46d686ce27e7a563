"""Of a worker's steps that have something to decide, the most urgent goes first, and none waits for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from agents import pipeline_steps
from streams.kafka import breath as breathing
from streams.kafka.breath import Breath
from streams.kafka.turns import Turns, ranks
from streams.settings import Settings

LATE, MIDDLE, PATIENT = 0, 1, 2


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Steps:
    """Steps that want their turns; ``went`` is what they did, in order."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.turns = Turns(self.clock)
        self.went: list[str] = []

    async def slices(self, name: str, rank: int, count: int = 1, within: Callable[[], Awaitable[object]] | None = None) -> None:
        async with self.turns.turn(rank) as turn:
            for number in range(count):
                if number:
                    await turn.give_way()
                self.went.append(name)
                if within is not None:
                    await within()

    async def all_of(self, *work: Awaitable[None]) -> list[str]:
        await asyncio.wait_for(asyncio.gather(*work, return_exceptions=True), 30)
        return self.went


async def others_come() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_is_nearly_done_goes_first_and_what_can_wait_last():
    assert ranks(pipeline_steps(Settings())) == {"deduplicate": 0, "prepare": 1, "group": 2}


async def test_the_most_urgent_of_those_who_wait_goes_next():
    steps = Steps()
    first = steps.slices("first", MIDDLE, within=others_come)
    others = (steps.slices("patient", PATIENT), steps.slices("middle", MIDDLE), steps.slices("late", LATE))
    went = await steps.all_of(first, *others)
    assert went == ["first", "late", "middle", "patient"]


async def test_a_more_urgent_step_goes_between_two_slices_of_another():
    steps = Steps()
    long = steps.slices("patient", PATIENT, count=3, within=others_come)
    assert await steps.all_of(long, steps.slices("late", LATE)) == ["patient", "late", "patient", "patient"]


async def test_a_less_urgent_one_waits_for_the_end():
    steps = Steps()
    long = steps.slices("late", LATE, count=3, within=others_come)
    assert await steps.all_of(long, steps.slices("patient", PATIENT)) == ["late", "late", "late", "patient"]


async def test_whoever_has_waited_for_a_second_goes_next_and_keeps_its_turn():
    steps = Steps()

    async def urgent(left: int) -> None:
        async def another_comes() -> None:
            steps.clock.now_s += 0.6
            if left:
                following.append(asyncio.create_task(urgent(left - 1)))
            await others_come()

        await steps.slices("late", LATE, within=another_comes)

    following: list[asyncio.Task[None]] = []
    await steps.all_of(urgent(4), steps.slices("patient", PATIENT, count=3, within=others_come))
    await steps.all_of(*following)
    assert steps.went[:6] == ["late", "late", "late", "patient", "patient", "patient"]


async def test_a_step_that_is_cancelled_while_it_waits_is_left_out():
    steps = Steps()
    done = asyncio.Event()
    first = asyncio.create_task(steps.slices("first", LATE, within=done.wait))
    cancelled = asyncio.create_task(steps.slices("cancelled", MIDDLE))
    patient = asyncio.create_task(steps.slices("patient", PATIENT))
    await others_come()
    cancelled.cancel()
    await others_come()
    done.set()
    assert await steps.all_of(first, cancelled, patient) == ["first", "patient"]


async def test_a_step_that_is_cancelled_as_its_turn_comes_passes_it_on():
    steps = Steps()
    waiting = asyncio.create_task(steps.slices("cancelled", MIDDLE))
    patient = asyncio.create_task(steps.slices("patient", PATIENT))
    async with steps.turns.turn(LATE):
        await others_come()
        waiting.cancel()  # it does not know yet when the turn comes to it
    assert await steps.all_of(waiting, patient) == ["patient"]


async def test_a_step_that_is_cancelled_once_its_turn_has_come_passes_it_on():
    steps = Steps()
    waiting = asyncio.create_task(steps.slices("cancelled", MIDDLE))
    patient = asyncio.create_task(steps.slices("patient", PATIENT))
    async with steps.turns.turn(LATE):
        await others_come()
    waiting.cancel()  # before it has gone on
    assert await steps.all_of(waiting, patient) == ["patient"]


async def test_a_step_that_fails_passes_its_turn_on():
    steps = Steps()

    async def fails() -> None:
        await others_come()
        raise ValueError

    assert await steps.all_of(steps.slices("bad", LATE, within=fails), steps.slices("next", MIDDLE)) == ["bad", "next"]


async def test_the_time_that_others_take_is_not_counted_as_its_own(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)

    async def others_take_long() -> None:
        clock.now_s += 10 * breathing.LONGEST_DECIDING_S

    breath = Breath(others_take_long)
    breath.draw()
    clock.now_s += breathing.LONGEST_DECIDING_S / 2
    await breath.pause()
    assert not breath.is_spent, "others took the time"
    clock.now_s += breathing.LONGEST_DECIDING_S
    await breath.pause()
    assert breath.is_spent
