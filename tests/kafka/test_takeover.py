"""How long a claimant waits for a partition's owner to let go."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from streams.kafka import takeover
from streams.kafka.progress import Progress

NAMED, LOOKS = "its owner", 50


class Time:
    """A clock that advances by what is slept."""

    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        return self.now_s

    async def sleep(self, pause_s):
        self.now_s += pause_s


class Table:
    """A table whose changelog the owner writes to: ``words`` is what it says, one after the other; None: it lets go."""

    def __init__(self, words):
        self._words = words
        self.position = 0
        self.owner = NAMED

    def progress(self):
        return Progress(0, self.owner)

    async def restore(self, *_):
        self.position += 1
        self.owner = next(self._words)
        return 1


def reader(table, *, writes):
    async def end_offsets(asked):
        return dict.fromkeys(asked, table.position + next(writes))

    return SimpleNamespace(end_offsets=end_offsets)


@pytest.fixture
def clock(monkeypatch):
    clock = Time()
    monkeypatch.setattr(takeover, "time", clock)
    monkeypatch.setattr(takeover, "asyncio", clock)
    return clock


def claim(**fields):
    return SimpleNamespace(**{"owner": "us", "gone": frozenset(), "changelog": "changelog", **fields})


@pytest.mark.parametrize(
    ("writes", "words", "waited_s", "left"),
    [
        pytest.param([0] * 3 + [1], [None], (0.3, 0.5), True, id="one that lets go at once"),
        pytest.param([0] * LOOKS, [], (1.4, 1.7), False, id="one that has died"),
        pytest.param(([0] * 9 + [1]) * 3, [NAMED, NAMED, None], (2.9, 3.1), True, id="one that finishes something first"),
        pytest.param([1] * 1000, [NAMED] * 1000, (9.9, 10.2), False, id="one that works on and on"),
    ],
)
async def test_an_owner_has_a_moment_to_let_go_and_longer_while_it_shows_that_it_lives(clock, writes, words, waited_s, left):
    table: Any = Table(iter(words))
    read = await takeover._wait_for_leave(claim(), table, reader(table, writes=iter(writes)), None)
    assert waited_s[0] <= clock.now_s <= waited_s[1]
    assert (table.owner is None) == left
    assert read == table.position


@pytest.mark.parametrize(
    ("owner", "ours", "gone"),
    [
        pytest.param(None, "us", (), id="nobody"),
        pytest.param("us", "us", (), id="ourselves"),
        pytest.param(NAMED, "us", (NAMED,), id="who was shut out before"),
    ],
)
async def test_no_owner_is_waited_for_in_vain(clock, owner, ours, gone):
    table: Any = Table(count())
    table.owner = owner
    assert await takeover._wait_for_leave(claim(owner=ours, gone=gone), table, reader(table, writes=count(1)), None) == 0
    assert clock.now_s == 0
