"""How every consumer of the process reads batches of records: within bounds, whatever the producer wrote into them.

aiokafka decompresses a batch however large the result, and raises an exception for a header name that is not UTF-8. The first
takes 2 GB of memory for 19 kB of data, the second stops a consumer for ever. So its fetcher gets its batches from here:

- a batch may take up to ``HEADWATER_MAX_UNPACKED_BATCH_BYTES`` when decompressed;
- a batch that aiokafka's reader refuses is read again, from the record it refused, by a lenient reader, which turns header
  names that are not UTF-8 into printable ASCII (``%FF``);
- a batch that is too large, or the rest of one that neither reader can read, becomes one record
  (:class:`streams.steps.UnreadBatch`). Its offset is the batch's last, so committing it passes over the whole batch in one
  transaction.

A batch with a wrong checksum was damaged on its way or on the broker's disk, and is refused as before: Kafka never accepts one
from a producer.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, cast

import cramjam
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record import util
from aiokafka.record.default_records import DefaultRecordBase, DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch

from streams.bounds import printable_name
from streams.kafka.aiokafka_types import records_being_read
from streams.steps import UnreadBatch

LOOK_AGAIN_MS: Final = 20
"""How long a reader on its way to the present end of a log waits for records, before it looks at its position again.

Most logs of ours end with transaction markers, which move the position and wake nobody who waits for records.
"""

_FRAME: Final = struct.Struct(">qi")  # offset and length, the same in all formats
_MAGIC_AT: Final = 16
_HEADER: Final = DefaultRecordBase.HEADER_STRUCT
_ATTRIBUTES_AT: Final = DefaultRecordBase.ATTRIBUTES_OFFSET
_CODEC_MASK: Final = DefaultRecordBase.CODEC_MASK
_CODECS: Final = ("none", "gzip", "snappy", "lz4", "zstd")
_SNAPPY_BLOCKS: Final = b"\x82SNAPPY\0"  # xerial's framing; 8 bytes of versions follow
_OLD_KEY_AT: Final = {0: 18, 1: 26}  # offset of the key, after a message's header, by its magic

_ORDINARY_RATIO = 16  # a batch that unpacks to more needs memory that the system has to find first
_LEAST_ROOM_BYTES = 64 << 10
_MOST_HEADERS = 1 << 18
"""Per record. Python takes about 150 bytes for each header, so 64 MiB of the shortest ones would take 5 GB."""
_FEW_HEADERS_BYTES = 2 * _MOST_HEADERS  # a shorter record can't have more: each has two lengths

_UNREADABLE: Final = (
    CorruptRecordException,
    UnsupportedCodecError,
    cramjam.DecompressionError,
    struct.error,
    AssertionError,
    IndexError,
    OverflowError,
    ValueError,  # UnicodeDecodeError is one
)


# The compiled function reads beyond the end of its input.
decode_varint: Callable[[bytes, int], tuple[int, int]] = cast("Any", util.decode_varint_py)


class _TooLargeError(Exception):
    """A batch, or one of its records, takes more room than it may."""


class _Limit:
    """The most bytes that one batch may take when unpacked, in this process."""

    most_bytes = 64 << 20


def bound_batches(most_bytes: int) -> None:
    """Limit the unpacked size of a batch, in bytes, for all consumers of this process."""
    _Limit.most_bytes = most_bytes


_only_offsets: ContextVar[bool] = ContextVar("only_offsets", default=False)


@contextmanager
def only_offsets() -> Iterator[None]:
    """Within this context, a reader gets records that have an offset and nothing else: no batch is decompressed.

    For callers that only ask where records are, which a batch's header says. Offsets that compaction removed within a batch,
    and the formats before batches, are ignored.
    """
    token = _only_offsets.set(True)
    try:
        yield
    finally:
        _only_offsets.reset(token)


class Records:
    """What a fetch found in a partition, batch by batch; replaces aiokafka's ``MemoryRecords``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._batch: ProducerBatch | OldBatch | None = None

    def size_in_bytes(self) -> int:
        return len(self._data)

    @property
    def open_bytes(self) -> int:
        """Unpacked size of the batch that is being read, in bytes."""
        return 0 if self._batch is None else self._batch.open_bytes

    def has_next(self) -> bool:
        """Whether a whole batch follows: the broker cuts off the last one where the fetch ends."""
        return self._end() <= len(self._data)

    def next_batch(self) -> ProducerBatch | OldBatch | None:
        """The next batch.

        Raises:
            CorruptRecordException: its frame is shorter than any batch.
        """
        end = self._end()
        if end > len(self._data):
            return None
        wire = self._data[self._at : end]
        if len(wire) <= _OLD_KEY_AT[0]:
            raise CorruptRecordException(f"a batch of {len(wire)} bytes")
        self._at = end
        self._batch = ProducerBatch(wire) if wire[_MAGIC_AT] >= 2 else OldBatch(wire)
        return self._batch

    def _end(self) -> int:
        if len(self._data) - self._at < _FRAME.size:
            return len(self._data) + 1
        length: int = _FRAME.unpack_from(self._data, self._at)[1]
        return self._at + _FRAME.size + max(length, 0)


class FetchedRecord(NamedTuple):
    """A record in the form that aiokafka's fetcher expects."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    checksum: None = None


class ProducerBatch:
    """A producer's batch in the current format (magic 2); iterate it once."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self._batch = batch = DefaultRecordBatch(wire)
        self.base_offset = batch.base_offset
        self.next_offset = batch.next_offset
        self.producer_id = batch.producer_id
        self.is_transactional = batch.is_transactional
        self.is_control_batch = batch.is_control_batch
        self.open_bytes = 0

    def validate_crc(self) -> bool:
        return bool(self._batch.validate_crc())

    def __next__(self) -> Any:
        """The record of a control batch."""
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        if _only_offsets.get():
            yield from (FetchedRecord(offset, -1, 0, None, None, []) for offset in range(self.base_offset, self.next_offset))
            return
        offset, plain = self.base_offset - 1, b""
        try:
            plain = self._unpacked()
            self.open_bytes = len(plain)
            for record in self._read(plain):
                offset = record.offset
                yield record
        except (_TooLargeError, *_UNREADABLE) as error:
            yield from self._rest(offset, error)
        finally:
            self.open_bytes = 0

    def _unpacked(self) -> bytes:
        """The batch as it would be without compression."""
        codec = self._batch.compression_type
        if not codec:
            return self._wire
        plain = bytearray(self._wire[: _HEADER.size])
        plain[_ATTRIBUTES_AT + 1] &= ~_CODEC_MASK
        return unpack(codec, memoryview(self._wire)[_HEADER.size :], _Limit.most_bytes, bytes(plain))

    def _read(self, plain: bytes) -> Iterator[Any]:
        """The records, read by aiokafka's reader as far as it gets."""
        count, previous, last = 0, self.base_offset - 1, self.next_offset - 1
        look = _heavy_headers(plain) if len(plain) > _FEW_HEADERS_BYTES else None
        try:
            if look is not None:
                next(look, None)
            for record in DefaultRecordBatch(plain):
                if not previous < record.offset <= last:
                    raise CorruptRecordException(f"offset {record.offset} after {previous}, in a batch up to {last}")
                previous = record.offset
                count += 1
                yield record
                if look is not None:
                    next(look, None)
        except _UNREADABLE:
            yield from self._read_again(plain, count, previous)

    def _read_again(self, plain: bytes, count: int, previous: int) -> Iterator[FetchedRecord]:
        """The records after the first ``count``, read by the lenient reader; raises at what is unreadable."""
        for number, record in enumerate(read_leniently(plain)):
            if number < count:
                continue
            if not previous < record.offset < self.next_offset:
                raise CorruptRecordException(
                    f"offset {record.offset} after {previous}, in a batch up to {self.next_offset - 1}"
                )
            previous = record.offset
            yield record

    def _rest(self, offset: int, error: Exception) -> Iterator[FetchedRecord]:
        """One record for everything after ``offset``; none if there is nothing left."""
        if offset >= self.next_offset - 1:
            return
        whole = offset < self.base_offset
        *_, max_timestamp, _, _, _, count = _HEADER.unpack_from(self._wire)
        first = self.base_offset if whole else offset + 1
        last = self.next_offset - 1
        records = count if whole else last - offset
        codec = self._batch.compression_type
        yield _unread(self._wire[_HEADER.size :], range(first, last + 1), records, codec, error, max_timestamp)


class OldBatch:
    """A message, or a compressed set of messages, in the formats before batches (magic 0 and 1); iterate it once."""

    base_offset = -1
    producer_id = None
    is_transactional = is_control_batch = False

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self._magic = wire[_MAGIC_AT]
        self._batch = LegacyRecordBatch(wire, self._magic)
        self.next_offset = self._batch.next_offset
        self.open_bytes = 0

    def validate_crc(self) -> bool:
        return bool(self._batch.validate_crc())

    def __iter__(self) -> Iterator[Any]:
        offset = -1
        try:
            if codec := self._wire[_MAGIC_AT + 1] & _CODEC_MASK:
                self.open_bytes = len(unpack(codec, self._value(), _Limit.most_bytes))
            for record in self._batch:
                offset = record.offset
                yield record
        except (_TooLargeError, *_UNREADABLE) as error:
            if offset < self.next_offset - 1:
                offsets = range(self.next_offset - 1, self.next_offset)
                yield _unread(self._wire, offsets, 1, self._wire[_MAGIC_AT + 1] & _CODEC_MASK, error, -1)
        finally:
            self.open_bytes = 0

    def _value(self) -> memoryview:
        key_at = _OLD_KEY_AT[self._magic]
        (key_bytes,) = struct.unpack_from(">i", self._wire, key_at)
        value_at = key_at + 4 + max(key_bytes, 0)
        (value_bytes,) = struct.unpack_from(">i", self._wire, value_at)
        return memoryview(self._wire)[value_at + 4 : value_at + 4 + max(value_bytes, 0)]


def _unread(content: bytes, offsets: range, records: int, codec: int, error: Exception, timestamp: int) -> FetchedRecord:  # noqa: PLR0913, PLR0917
    name = _CODECS[codec] if codec < len(_CODECS) else f"unknown codec {codec}"
    too_large = isinstance(error, _TooLargeError)
    value = UnreadBatch(content, offsets=offsets, records=records, codec=name, problem=str(error), too_large=too_large)
    return FetchedRecord(offsets[-1], timestamp, 0, None, value, [])


def unpack(codec: int, packed: memoryview, most_bytes: int, before: bytes = b"") -> bytes:
    """``before``, followed by the decompressed content of ``packed``: at most ``most_bytes`` in all.

    Raises:
        _TooLargeError: the content is larger, or declares that it is.
        UnsupportedCodecError: the codec does not exist.
        CorruptRecordException: it can't be decompressed.
    """
    if codec >= len(_CODECS):
        raise UnsupportedCodecError(f"unknown codec {codec}")
    try:
        if codec == _CODECS.index("snappy"):
            return _unpack_snappy(packed, most_bytes, before)
        unpack_into = getattr(cramjam, _CODECS[codec]).decompress_into
        guess = min(most_bytes, _ORDINARY_RATIO * len(packed) + _LEAST_ROOM_BYTES)
        room = bytearray(len(before) + guess)
        try:
            return _unpack_into(room, unpack_into, packed, before)
        except cramjam.DecompressionError as error:
            if not _is_full(error):
                raise
        if guess == most_bytes:
            raise _too_large(most_bytes)
        # An anonymous map only takes memory for the pages that are written.
        with mmap.mmap(-1, len(before) + most_bytes) as large:
            return _unpack_into(large, unpack_into, packed, before)
    except cramjam.DecompressionError as error:
        if _is_full(error):
            raise _too_large(most_bytes) from None
        raise CorruptRecordException(f"{_CODECS[codec]}: {error}") from error


def _unpack_into(room: Any, unpack_into: Callable[..., int], packed: memoryview, before: bytes) -> bytes:
    with memoryview(room) as view:
        view[: len(before)] = before
        with view[len(before) :] as after:
            count = unpack_into(packed, after)
        return bytes(view[: len(before) + count])


def _is_full(error: Exception) -> bool:
    """Whether the buffer was too small: a test checks the words in which cramjam says so."""
    return "failed to write whole buffer" in str(error)


def _too_large(most_bytes: int) -> _TooLargeError:
    return _TooLargeError(f"more than {most_bytes:,} bytes once unpacked (HEADWATER_MAX_UNPACKED_BATCH_BYTES)")


def _unpack_snappy(packed: memoryview, most_bytes: int, before: bytes) -> bytes:
    """Each block declares its unpacked size, and may take no more."""
    blocks = list(_snappy_blocks(packed))
    if sum(map(cramjam.snappy.decompress_raw_len, blocks)) > most_bytes:
        raise _too_large(most_bytes)
    return b"".join([before, *(bytes(cramjam.snappy.decompress_raw(block)) for block in blocks)])


def _snappy_blocks(packed: memoryview) -> Iterator[memoryview]:
    if bytes(packed[: len(_SNAPPY_BLOCKS)]) != _SNAPPY_BLOCKS:
        yield packed
        return
    at = 16
    while at < len(packed):
        (size,) = struct.unpack_from(">i", packed, at)
        at += 4
        if not 0 < size <= len(packed) - at:
            raise CorruptRecordException(f"snappy: a block of {size} bytes, where {len(packed) - at} are left")
        yield packed[at : at + size]
        at += size


def _heavy_headers(plain: bytes) -> Iterator[None]:
    """Advances in step with the reader, one record ahead; raises if Python could not hold the next record's headers."""
    at, end = _HEADER.size, len(plain)
    while at < end:
        size, at = decode_varint(plain, at)
        if size > _FEW_HEADERS_BYTES:
            _refuse_many_headers(plain, at)
        yield
        at += max(size, 0)


def _refuse_many_headers(plain: bytes, at: int) -> None:
    at += 1  # attributes
    for _ in range(2):  # time and offset
        _, at = decode_varint(plain, at)
    for _ in range(2):  # key and value
        size, at = decode_varint(plain, at)
        at += max(size, 0)
    count, _ = decode_varint(plain, at)
    if count > _MOST_HEADERS:
        raise _TooLargeError(f"a record of {count:,} headers; {_MOST_HEADERS:,} are the most")


class _Cursor:
    """Reads the fields of one record, never beyond its end."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data = data
        self.at = at
        self._end = end

    def number(self) -> int:
        value, self.at = decode_varint(self._data, self.at)
        if self.at > self._end:
            raise CorruptRecordException("a field beyond the end of its record")
        return value

    def content(self) -> bytes | None:
        """A field preceded by its length; None if the length is negative."""
        size = self.number()
        if size < 0:
            return None
        begin, self.at = self.at, self.at + size
        if self.at > self._end:
            raise CorruptRecordException("a field beyond the end of its record")
        return self._data[begin : self.at]


def read_leniently(plain: bytes) -> Iterator[FetchedRecord]:
    """The records of an uncompressed batch, read as Kafka itself reads them: any header names, any attributes.

    Raises:
        ValueError, IndexError, CorruptRecordException: the next record is malformed.
    """
    header = _HEADER.unpack_from(plain)
    at = _HEADER.size
    for _ in range(header[12]):
        size, at = decode_varint(plain, at)
        end = at + size
        if not at < end <= len(plain):
            raise CorruptRecordException(f"a record of {size} bytes, where {len(plain) - at} are left")
        yield _read_one(_Cursor(plain, at + 1, end), end, header)  # skips the attributes byte, which is unused
        at = end
    if at != len(plain):
        raise CorruptRecordException(f"{len(plain) - at} bytes after the last record")


def _read_one(cursor: _Cursor, end: int, header: tuple[int, ...]) -> FetchedRecord:
    append_time = header[5] & DefaultRecordBase.TIMESTAMP_TYPE_MASK
    delta_ms, offset_delta = cursor.number(), cursor.number()
    timestamp = header[8] if append_time else header[7] + delta_ms
    key, value, count = cursor.content(), cursor.content(), cursor.number()
    if not 0 <= count <= _MOST_HEADERS:
        raise _TooLargeError(f"a record of {count:,} headers; {_MOST_HEADERS:,} are the most")
    headers = [(_name(cursor.content()), cursor.content()) for _ in range(count)]
    if cursor.at != end:
        raise CorruptRecordException(f"a record ends {end - cursor.at} bytes after its last header")
    return FetchedRecord(header[0] + offset_delta, timestamp, int(bool(append_time)), key, value, headers)


def _name(name: bytes | None) -> str:
    if name is None:
        raise CorruptRecordException("a header without a name")
    try:
        return name.decode()
    except UnicodeDecodeError:
        return printable_name(name)


def open_bytes(fetched: fetcher.FetchResult) -> int:
    """Unpacked size, in bytes, of the batch being read from a fetch."""
    records: Records | None = records_being_read(fetched)
    return 0 if records is None else records.open_bytes


fetcher.MemoryRecords = Records
