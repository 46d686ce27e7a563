"""Batches that wait for their partition's owner become one, as long as nothing is missing between them."""

from __future__ import annotations

import sys
import weakref
from types import SimpleNamespace

import pytest

from streams.kafka.inbox import Inbox
from streams.kafka.transport import Batch, Fetched

AMPLE_BYTES = 1 << 30


def batch(first: int, last: int, begin: int | None = None) -> Batch:
    records = [
        SimpleNamespace(
            topic="news.raw",
            partition=0,
            offset=offset,
            timestamp=0,
            timestamp_type=0,
            serialized_key_size=-1,
            serialized_value_size=100,
            headers=(),
        )
        for offset in range(first, last + 1)
    ]
    return Batch(records, first if begin is None else begin)


def offsets(taken: Batch) -> list[int]:
    return [record.offset for record in taken.records]


@pytest.mark.parametrize(
    ("waiting", "taken"),
    [
        pytest.param([batch(0, 2)], [[0, 1, 2]], id="one is taken as it is"),
        pytest.param([batch(0, 2), batch(3, 4)], [[0, 1, 2, 3, 4]], id="two that follow on each other are one"),
        pytest.param([batch(0, 2), batch(5, 6, begin=3)], [[0, 1, 2, 5, 6]], id="markers between them are no gap"),
        pytest.param([batch(0, 2), batch(5, 6)], [[0, 1, 2], [5, 6]], id="over a gap they stay two"),
        pytest.param([batch(0, 3), batch(2, 5)], [[0, 1, 2, 3, 4, 5]], id="what is delivered again is in it once"),
        pytest.param([batch(0, 3), batch(0, 1)], [[0, 1, 2, 3]], id="and adds nothing where it is all known"),
    ],
)
def test_what_waits_is_taken(waiting, taken):
    inbox = Inbox(most_records=1_000)
    for each in waiting:
        inbox.put(each, AMPLE_BYTES)
    assert [offsets(inbox.take()) for _ in taken] == taken
    assert not inbox
    assert inbox.take() is None


def test_it_says_when_a_full_transaction_is_waiting():
    inbox = Inbox(most_records=5)
    inbox.put(batch(0, 2), AMPLE_BYTES)
    assert not inbox.enough
    inbox.put(batch(3, 4), AMPLE_BYTES)
    assert inbox.enough
    inbox.take()
    assert not inbox.enough


def test_that_is_in_bytes_as_well():
    inbox = Inbox(most_records=1_000)
    weight_bytes = batch(0, 2).weight_bytes
    inbox.put(batch(0, 2), weight_bytes + 1)
    assert not inbox.enough
    inbox.put(batch(3, 4), weight_bytes + 1)
    assert inbox.enough


def test_closing_drops_what_waits_and_what_comes():
    inbox = Inbox(most_records=2)
    inbox.put(batch(0, 4), AMPLE_BYTES)
    inbox.close()
    inbox.put(batch(5, 9), AMPLE_BYTES)
    assert not inbox
    assert not inbox.enough
    assert inbox.take() is None


def test_an_event_that_faust_still_holds_holds_no_records():
    """What is on its way is counted until nobody holds it: one record of 36 MB, held so, would keep all others away."""
    fetched = Fetched([batch(0, 2)])
    seen = [(weakref.ref(each), len(each.records)) for each in fetched.take()]
    assert [count for _, count in seen] == [3]
    assert [held() for held, _ in seen] == [None]
    assert fetched.offset == 2


def test_a_record_of_many_headers_weighs_what_they_take_in_memory_however_short_they_are():
    crowded = batch(0, 0).records[0]
    crowded.headers = [("", None)] * 200_000
    assert Batch([crowded], 0).weight_bytes > 200_000 * (sys.getsizeof(("", None)) + 8)
