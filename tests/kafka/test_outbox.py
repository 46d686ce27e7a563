"""Records go to the partitions that any of Kafka's clients would choose."""

from __future__ import annotations

import tracemalloc

from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.outbox import hashes_of, partition_of


@given(key=st.binary(max_size=70), count=st.integers(1, 200))
def test_a_key_goes_where_kafkas_own_clients_send_it(key, count):
    assert partition_of(key, count) == (murmur2(key) & 0x7FFFFFFF) % count


@given(keys=st.lists(st.binary(max_size=70), max_size=60))
def test_many_keys_are_hashed_as_each_would_be(keys):
    assert hashes_of(keys) == [murmur2(key) & 0x7FFFFFFF for key in keys]


def test_one_long_key_among_many_takes_no_more_memory_than_itself():
    keys = [b"a key of ours", bytes(range(256)) * 256] * 2 + [b"short"] * 500
    tracemalloc.start()
    try:
        hashes = hashes_of(keys)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert hashes == [murmur2(key) & 0x7FFFFFFF for key in keys]
    assert peak_bytes < 4 << 20


def test_keys_that_are_all_long_are_hashed_as_each_would_be():
    keys = [bytes(range(100 + count)) for count in range(20)]
    assert hashes_of(keys) == [murmur2(key) & 0x7FFFFFFF for key in keys]


@given(alike=st.integers(0, 40).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), min_size=20)))
def test_many_keys_of_one_length_are_hashed_as_each_would_be(alike):
    assert hashes_of(alike) == [murmur2(key) & 0x7FFFFFFF for key in alike]
