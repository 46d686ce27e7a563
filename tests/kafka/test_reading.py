"""Batches are unpacked within bounds, and read whatever their producer wrote into them."""

from __future__ import annotations

import struct

import cramjam
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka import reading
from streams.steps import UnreadBatch
from tests.broker.wire import Codec, Wire, batch, old_message_set, varint

NOW_MS = 1_800_000_000_000
MIB = 1 << 20
COMPRESSED = [Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD]
GOOD = Wire(b"good", b"k", [(b"name", b"x")])


@pytest.fixture(autouse=True)
def bounds():
    yield
    reading.bound_batches(64 * MIB)


def at(offset: int, wire: bytes) -> bytes:
    """The batch as the broker keeps it, its first record at ``offset``."""
    return struct.pack(">q", offset) + wire[8:]


def fetch(*batches: bytes, offset: int = 0) -> list:
    """What a consumer finds, by aiokafka's fetcher itself; each batch begins where the previous one ends."""
    records = fetcher.MemoryRecords(b"".join(batches))
    tp = TopicPartition("news.raw", 0)
    return list(fetcher.PartitionRecords(tp, records, None, offset, None, None, True, fetcher.READ_COMMITTED))


def shapes(records: list) -> list[tuple]:
    return [(record.offset, record.key, record.value, record.headers) for record in records]


def unread(record) -> UnreadBatch:
    assert isinstance(record.value, UnreadBatch)
    return record.value


@pytest.mark.parametrize("codec", list(Codec))
def test_a_batch_within_bounds_is_read_as_ever(codec):
    records = [GOOD, Wire(None, None, [(b"n", None)]), Wire(b"x" * 200_000)]
    found = fetch(at(7, batch(records, NOW_MS, codec)), at(10, batch([GOOD], NOW_MS, codec)))
    expected = [(b"k", b"good", (("name", b"x"),)), (None, None, (("n", None),)), (None, b"x" * 200_000, ())]
    assert shapes(found) == [(7 + place, *each) for place, each in enumerate([*expected, expected[0]])]
    assert {(record.timestamp, record.timestamp_type, record.topic) for record in found} == {(NOW_MS, 0, "news.raw")}


@pytest.mark.parametrize("codec", COMPRESSED)
def test_a_batch_beyond_the_limit_is_one_record_with_its_compressed_bytes_and_the_next_batch_is_read(codec):
    bomb = batch([Wire(b"first"), Wire(3 * MIB), GOOD], NOW_MS, codec)
    reading.bound_batches(2 * MIB)
    found = fetch(at(5, bomb), at(8, batch([GOOD], NOW_MS, codec)), offset=5)
    assert [(record.offset, record.key, record.headers) for record in found] == [(7, None, ()), (8, b"k", (("name", b"x"),))]
    value = unread(found[0])
    assert value == bomb[61:]
    assert (value.offsets, value.records, value.codec, value.too_large) == (range(5, 8), 3, codec.name.lower(), True)
    assert "2,097,152" in str(value)
    assert found[0].timestamp == NOW_MS


@pytest.mark.parametrize("codec", COMPRESSED)
def test_the_limit_is_exact(codec):
    records = [Wire(b"x" * MIB)]
    size = len(batch(records, NOW_MS)) - 61
    reading.bound_batches(size)
    assert [record.value for record in fetch(batch(records, NOW_MS, codec))] == [b"x" * MIB]
    reading.bound_batches(size - 1)
    assert unread(fetch(batch(records, NOW_MS, codec))[0]).too_large


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize(
    ("name", "read"),
    [
        pytest.param(b"\xff\xfe\x80", "%FF%FE%80", id="no UTF-8 at all"),
        pytest.param(b"caf\xc3\xa9-\xff%", "caf%C3%A9-%FF%25", id="partly UTF-8"),
        pytest.param(b"\xed\xa0\xbd", "%ED%A0%BD", id="half a surrogate pair"),
        pytest.param(b"\xff\r\n", "%FF%0D%0A", id="control characters as well"),
    ],
)
def test_a_name_that_is_not_utf_8_goes_on_as_printable_ascii(codec, name, read):
    evil = Wire(b"evil", None, [(b"a", b"1"), (name, b"\xff"), (b"b", None)])
    found = fetch(batch([GOOD, evil, GOOD], NOW_MS, codec))
    good = (b"k", b"good", (("name", b"x"),))
    assert shapes(found) == [(0, *good), (1, None, b"evil", (("a", b"1"), (read, b"\xff"), ("b", None))), (2, *good)]


def raw_record(offset_delta: int, attributes: int = 0, value: bytes = b"v") -> bytes:
    body = bytes([attributes]) + varint(0) + varint(offset_delta) + varint(-1) + varint(len(value)) + value + varint(0)
    return varint(len(body)) + body


def test_attributes_of_a_record_that_nobody_defined_are_passed_over():
    found = fetch(batch([], NOW_MS, payload=raw_record(0, 0xFF) + raw_record(1, 0x80), count=2))
    assert [(record.offset, record.value) for record in found] == [(0, b"v"), (1, b"v")]


@pytest.mark.parametrize(
    ("payload", "count", "read"),
    [
        pytest.param(raw_record(0), 3, [0], id="fewer records than it says"),
        pytest.param(raw_record(0) + b"rest", 2, [0], id="other bytes after a record"),
        pytest.param(b"", 2, [], id="nothing in it"),
        pytest.param(varint(-5) + b"xxxx", 2, [], id="a negative length"),
        pytest.param(varint(1 << 40), 2, [], id="a length beyond its end"),
        pytest.param(
            raw_record(0) + raw_record(1 << 30), 3, [0], id="an offset beyond the batch, which would skip others' records"
        ),
        pytest.param(raw_record(1) + raw_record(1), 3, [1], id="two records at one offset"),
        pytest.param(raw_record(-1), 2, [], id="an offset before the batch"),
    ],
)
def test_a_batch_that_can_not_be_taken_apart_is_one_record_and_the_next_batch_is_read(payload, count, read):
    found = fetch(batch([], NOW_MS, payload=payload, count=count), at(count, batch([GOOD], NOW_MS)))
    assert [record.offset for record in found] == [*read, count - 1, count]
    value = unread(found[-2])
    assert value == payload
    assert (value.too_large, value.offsets) == (False, range(read[-1] + 1 if read else 0, count))
    assert found[-1].value == b"good"


def test_bytes_after_the_last_record_hold_nobody_up():
    found = fetch(batch([], NOW_MS, payload=raw_record(0) + b"rest", count=1), at(1, batch([GOOD], NOW_MS)))
    assert [(record.offset, record.value) for record in found] == [(0, b"v"), (1, b"good")]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not compressed at all", id="other bytes"),
        pytest.param(b"\x82SNAPPY\0" + struct.pack(">iii", 1, 1, -4), id="a snappy block of negative length"),
        pytest.param(b"\x82SNAPPY\0" + struct.pack(">iii", 1, 1, 100) + b"x", id="a snappy block that is cut off"),
    ],
)
@pytest.mark.parametrize("codec", [*COMPRESSED, 5, 6, 7])
def test_a_batch_that_can_not_be_decompressed_is_one_record(codec, payload):
    found = fetch(batch([], NOW_MS, codec, payload=payload, count=2), at(2, batch([GOOD], NOW_MS)))
    assert [record.offset for record in found] == [1, 2]
    assert unread(found[0]) == payload


@pytest.mark.parametrize("codec", COMPRESSED)
def test_a_compressed_batch_that_is_cut_off_is_one_record(codec):
    whole = batch([Wire(b"x" * 1000), Wire(b"y" * 1000)], NOW_MS, codec)
    found = fetch(batch([], NOW_MS, codec, payload=whole[61:-9], count=2), at(2, batch([GOOD], NOW_MS)))
    assert found[-2].offset == 1
    assert isinstance(found[-2].value, UnreadBatch)
    assert found[-1].value == b"good"


@pytest.mark.parametrize(("codec", "count"), [*((codec, 270_000) for codec in Codec), (Codec.NONE, 600_000)])
def test_a_record_of_more_headers_than_python_can_hold_is_refused_with_what_follows_in_its_batch(codec, count):
    crowded = Wire(b"", None, [(b"", None)] * count)
    found = fetch(batch([GOOD, crowded, GOOD], NOW_MS, codec), at(3, batch([GOOD], NOW_MS)))
    assert [record.offset for record in found] == [0, 2, 3]
    value = unread(found[1])
    assert (value.offsets, value.records, value.too_large) == (range(1, 3), 2, True)


def test_a_fetch_in_the_midst_of_a_batch_finds_the_rest_of_it():
    records = [GOOD, Wire(b"evil", None, [(b"\xff", b"")]), GOOD]
    assert [record.offset for record in fetch(at(10, batch(records, NOW_MS, Codec.ZSTD)), offset=12)] == [12]
    reading.bound_batches(10)
    assert [record.offset for record in fetch(at(10, batch(records, NOW_MS, Codec.ZSTD)), offset=11)] == [12]


@pytest.mark.parametrize("magic", [0, 1])
@pytest.mark.parametrize("codec", [Codec.NONE, Codec.GZIP])
def test_messages_of_the_old_formats_are_read_and_bounded(magic, codec):
    wire = old_message_set(magic, b"x" * 1000, NOW_MS, codec)
    assert [record.value for record in fetch(wire)] == [b"x" * 1000]
    reading.bound_batches(500)
    [record] = fetch(wire)
    assert isinstance(record.value, UnreadBatch) == (codec is Codec.GZIP)


def test_a_batch_that_was_damaged_on_its_way_is_refused():
    damaged = bytearray(batch([GOOD], NOW_MS))
    damaged[-1] ^= 1
    with pytest.raises(CorruptRecordException, match="Invalid CRC"):
        fetch(bytes(damaged))


def test_aiokafka_is_read_through_the_names_that_it_has():
    """An upgrade that changes them fails here; otherwise reading would no longer be bounded."""
    assert fetcher.MemoryRecords is reading.Records
    assert fetcher.Fetcher._proc_fetch_request.__globals__["MemoryRecords"] is reading.Records
    assert {"MemoryRecords", "PartitionRecords"} <= set(fetcher.Fetcher._proc_fetch_request.__code__.co_names)
    with pytest.raises(cramjam.DecompressionError, match="failed to write whole buffer"):
        cramjam.zstd.decompress_into(bytes(cramjam.zstd.compress(b"x" * 100)), bytearray(10))


def test_what_is_being_read_tells_how_much_it_takes():
    records = reading.Records(batch([Wire(b"x" * MIB), GOOD], NOW_MS, Codec.ZSTD))
    assert records.open_bytes == 0
    following = iter(records.next_batch())
    next(following)
    assert records.open_bytes > MIB
    assert len(list(following)) == 1
    assert records.open_bytes == 0


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.binary(max_size=50)),
            st.one_of(st.none(), st.binary(max_size=50)),
            st.lists(st.tuples(st.binary(max_size=9), st.one_of(st.none(), st.binary(max_size=9))), max_size=4),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(list(Codec)),
)
def test_any_records_come_out_as_they_went_in_and_their_names_can_be_written(records, codec):
    found = fetch(batch([Wire(value, key, headers) for value, key, headers in records], NOW_MS, codec))
    assert [(each.value, each.key, [value for _, value in each.headers]) for each in found] == [
        (value, key, [value for _, value in headers]) for value, key, headers in records
    ]
    for each in found:
        for name, _ in each.headers:
            name.encode()


@given(st.data(), st.sampled_from(list(Codec)))
def test_a_spoilt_batch_is_read_or_refused_and_never_more_than_its_offsets_are_passed_over(data, codec):
    wire = bytearray(batch([GOOD, Wire(b"x" * 30), GOOD], NOW_MS, codec)[61:])
    for _ in range(data.draw(st.integers(1, 4))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    found = fetch(batch([], NOW_MS, codec, payload=bytes(wire), count=3), at(3, batch([GOOD], NOW_MS)))
    offsets = [record.offset for record in found]
    assert offsets == sorted(set(offsets))
    assert offsets[-2:] == [2, 3]


@pytest.mark.parametrize("codec", Codec)
def test_whoever_asks_where_records_are_gets_offsets_and_nothing_is_unpacked(codec):
    wire = batch([Wire(b"x" * MIB), GOOD, GOOD], NOW_MS, codec)
    with reading.only_offsets():
        assert [(read.offset, read.value) for read in fetch(at(40, wire), at(43, wire), offset=41)] == [
            (offset, None) for offset in range(41, 46)
        ]
        records = reading.Records(wire)
        following = iter(records.next_batch())
        next(following)
        assert records.open_bytes == 0
    assert [read.value for read in fetch(at(40, wire), offset=41)] == [GOOD.value, GOOD.value]
