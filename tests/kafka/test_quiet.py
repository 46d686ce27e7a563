"""What a worker's log says while Kafka is away."""

from __future__ import annotations

import logging

import pytest
from aiokafka.errors import SaslAuthenticationFailed

from streams.kafka.quiet import CLIENTS, Repeats, quieten


class Clock:
    now_s = 1_000.0

    def __call__(self):
        return self.now_s


def warning(line, message="can't connect to %s", *arguments, level=logging.WARNING):
    return logging.LogRecord("aiokafka.client", level, "client.py", line, message, arguments, None)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def repeats(clock):
    return Repeats(clock)


def test_an_outage_of_ten_minutes_is_a_line_a_minute_however_many_kinds_of_warnings_it_brings(clock, repeats):
    said = 0
    for _ in range(10 * 60 * 20):
        clock.now_s += 0.05
        said += sum(repeats.filter(warning(line, "can't connect to %s", line)) for line in range(12))
    assert said == 12 + 9


def test_the_first_of_each_kind_is_said_at_once(repeats):
    assert [repeats.filter(warning(line)) for line in (1, 2, 1, 3)] == [True, True, False, True]


def test_another_kind_of_error_from_the_same_line_is_said_at_once(repeats):
    """A password was changed, and a broker restarted: nobody could be reached, and then nobody was let in."""
    away, refused = ConnectionRefusedError(111, "refused"), SaslAuthenticationFailed("invalid credentials")
    assert [repeats.filter(warning(1, "can't connect: %s", each)) for each in (away, away, refused, away, refused)] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_what_was_left_out_is_counted_in_the_next_that_is_said(clock, repeats):
    for _ in range(5):
        repeats.filter(warning(1, "%s is away", "node 1"))
    clock.now_s += 60
    again = warning(1, "%s is away", "node 2")
    assert repeats.filter(again)
    assert again.getMessage() == "node 2 is away (and 4 more warnings of kinds already seen)"


def test_a_warning_that_was_quiet_for_ten_minutes_is_news(clock, repeats):
    assert repeats.filter(warning(1))
    assert repeats.filter(warning(2))
    clock.now_s += 600
    assert repeats.filter(warning(1))
    assert repeats.filter(warning(2))


def test_messages_other_than_warnings_are_always_logged(repeats):
    assert all(repeats.filter(warning(1, level=logging.INFO)) for _ in range(5))


def test_all_that_the_clients_say_goes_through_one_filter():
    import aiokafka.client  # noqa: F401 - its loggers are what this is about
    import faust.app  # noqa: F401

    quieten()
    quieten()
    heard = [logging.getLogger(name) for name in ("aiokafka.client", "aiokafka.conn", "faust.app.base", CLIENTS[-1])]
    [once] = {each for logger in heard for each in logger.filters if isinstance(each, Repeats)}
    assert not [each for each in logging.getLogger("streams.kafka.partition").filters if isinstance(each, Repeats)]
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.removeFilter(once)
