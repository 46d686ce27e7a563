"""Records go to the partitions that any of Kafka's clients would choose."""

from __future__ import annotations

from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.outbox import partition_of


@given(key=st.binary(max_size=70), count=st.integers(1, 200))
def test_a_key_goes_where_kafkas_own_clients_send_it(key, count):
    assert partition_of(key, count) == (murmur2(key) & 0x7FFFFFFF) % count
