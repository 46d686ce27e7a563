"""Hand-made record batches and produce requests, as a producer may send that follows no client's rules.

https://kafka.apache.org/documentation/#messageformat and KIP-98 (record batches, magic 2), #protocol (Produce, version 7).
"""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import chain
from typing import Final, NamedTuple

import cramjam
from aiokafka.errors import for_code
from aiokafka.record.util import calc_crc32c

PIECE_BYTES: Final = 1 << 20
ZSTD_LEVEL: Final = 9
"""Sees repeats within 4 MiB. Level 3, with which Headwater writes, sees them within 2: small input can become large output."""
TRANSACTIONAL, CONTROL, APPEND_TIME = 0x10, 0x20, 0x08
_NEWER_ERRORS: Final = {87: "InvalidRecord"}  # than aiokafka knows
_CLOSED: Final = "connection closed"
_NOT_YET: Final = {"NotLeaderForPartitionError", "UnknownTopicOrPartitionError", "LeaderNotAvailableError"}


class Codec(IntEnum):
    """The number in the lowest bits of a batch's attributes."""

    NONE = 0
    GZIP = 1
    SNAPPY = 2
    LZ4 = 3
    ZSTD = 4


class Wire(NamedTuple):
    """A record; a value may be a number: that many letters "a", never held in memory as a whole."""

    value: bytes | int | None
    key: bytes | None = None
    headers: Sequence[tuple[bytes, bytes | None]] = ()
    timestamp_ms: int | None = None


class Sent(NamedTuple):
    """A broker's answer to a batch: the offset of its first record, or why it was refused."""

    base_offset: int
    error: str | None


def varint(number: int) -> bytes:
    """Zigzag, seven bits per byte, the lowest first."""
    left = (number << 1) ^ (number >> 63)
    written = bytearray()
    while left > 0x7F:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    written.append(left)
    return bytes(written)


def sized(content: bytes | None) -> bytes:
    """With its length in front; None has length -1."""
    return varint(-1) if content is None else varint(len(content)) + content


def encode(record: Wire, offset_delta: int, timestamp_delta: int) -> Iterator[bytes]:
    """A record as it is in a batch, in pieces."""
    before = b"\0" + varint(timestamp_delta) + varint(offset_delta) + sized(record.key)
    headers = b"".join(sized(name) + sized(value) for name, value in record.headers)
    after = varint(len(record.headers)) + headers
    if isinstance(record.value, int):
        count = record.value
        before += varint(count)
        yield varint(len(before) + count + len(after)) + before
        for begin in range(0, count, PIECE_BYTES):
            yield b"a" * min(PIECE_BYTES, count - begin)
        yield after
    else:
        whole = before + sized(record.value) + after
        yield varint(len(whole)) + whole


def compress(codec: Codec, pieces: Iterable[bytes]) -> bytes:
    """All pieces in one stream of the codec, as Kafka's Java client writes it."""
    pieces = (each[begin : begin + PIECE_BYTES] for each in pieces for begin in range(0, len(each), PIECE_BYTES))
    match codec:
        case Codec.NONE:
            return b"".join(pieces)
        case Codec.GZIP:
            deflate = zlib.compressobj(9, wbits=31)
            return b"".join([*map(deflate.compress, pieces), deflate.flush()])
        case Codec.SNAPPY:  # xerial's framing: blocks, each with its length
            blocks = (bytes(cramjam.snappy.compress_raw(piece)) for piece in pieces)
            return b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1) + b"".join(struct.pack(">i", len(each)) + each for each in blocks)
        case Codec.LZ4:
            # A frame of independent blocks of at most 4 MiB without checksums: Kafka reads no others.
            blocks = (bytes(cramjam.lz4.compress_block(piece, store_size=False)) for piece in pieces)
            framed = (struct.pack("<I", len(each)) + each for each in blocks)
            return b"\x04\x22\x4d\x18\x60\x70\x73" + b"".join(framed) + bytes(4)
        case Codec.ZSTD:
            compressor = cramjam.zstd.Compressor(level=ZSTD_LEVEL)
            written = bytearray()
            for piece in pieces:
                compressor.compress(piece)
                written += bytes(compressor.flush())
            return bytes(written + bytes(compressor.finish()))


def batch(
    records: Sequence[Wire],
    now_ms: int,
    codec: Codec = Codec.NONE,
    *,
    attributes: int = 0,
    producer: tuple[int, int, int] = (-1, -1, -1),
    count: int | None = None,
    payload: bytes | None = None,
    spoil: Callable[[bytearray], None] | None = None,
) -> bytes:
    """A record batch, magic 2. ``count`` and ``payload`` misstate the records; ``spoil`` changes it after the checksum.

    ``producer``: id, epoch, first sequence number.
    """
    times = [now_ms if each.timestamp_ms is None else each.timestamp_ms for each in records] or [now_ms]
    if payload is None:
        pieces = (encode(each, delta, times[delta] - times[0]) for delta, each in enumerate(records))
        payload = compress(codec, chain.from_iterable(pieces))
    count = len(records) if count is None else count
    body = struct.pack(">hiqqqhii", codec | attributes, max(count - 1, 0), times[0], max(times), *producer, count) + payload
    whole = bytearray(struct.pack(">qiibI", 0, len(body) + 9, -1, 2, calc_crc32c(body)) + body)
    if spoil is not None:
        spoil(whole)
    return bytes(whole)


def old_message_set(magic: int, value: bytes, now_ms: int, codec: Codec = Codec.NONE) -> bytes:
    """A message set of the formats before record batches: magic 0 or 1."""
    if codec is Codec.GZIP:
        value = gzip.compress(old_message_set(magic, value, now_ms))
    body = struct.pack(">bb", magic, codec) + (struct.pack(">q", now_ms) if magic else b"")
    body += struct.pack(">i", -1) + struct.pack(">i", len(value)) + value
    message = struct.pack(">I", zlib.crc32(body)) + body
    return struct.pack(">qi", 0, len(message)) + message


class Producer:
    """Sends batches verbatim to a single-node Kafka; ``async with``."""

    def __init__(self, broker: str) -> None:
        self._host, _, port = broker.rpartition(":")
        self._port = int(port)

    async def send(self, topic: str, partition: int, records: bytes, transactional_id: str | None = None) -> Sent:
        """Over its own connection, as a broker closes it on unreadable input. Waits for a topic that was just created."""
        while (sent := await self._send(topic, partition, records, transactional_id)).error in _NOT_YET:
            await asyncio.sleep(0.1)
        return sent

    async def _send(self, topic: str, partition: int, records: bytes, transactional_id: str | None) -> Sent:
        name = b"attack"
        client = struct.pack(">h", len(name)) + name
        who = struct.pack(">h", -1) if transactional_id is None else _string(transactional_id)
        where = struct.pack(">i", 1) + _string(topic) + struct.pack(">iii", 1, partition, len(records))
        request = struct.pack(">hhi", 0, 7, 1) + client + who + struct.pack(">hi", -1, 30_000) + where + records
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(struct.pack(">i", len(request)) + request)
            await writer.drain()
            size = struct.unpack(">i", await reader.readexactly(4))[0]
            answer = await reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return Sent(-1, _CLOSED)
        finally:
            writer.close()
        code, base_offset = struct.unpack_from(">hq", answer, 4 + 4 + 2 + len(topic.encode()) + 4 + 4)
        return Sent(base_offset, _error(code) if code else None)


def _error(code: int) -> str:
    name = _NEWER_ERRORS.get(code, for_code(code).__name__)
    return f"error {code}" if name == "UnknownError" else name


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">h", len(encoded)) + encoded
