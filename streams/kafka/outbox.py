"""What a transaction writes, packed into record batches by our own code.

aiokafka's ``send`` costs about 40 µs of Python per record: a future, a turn of a task, murmur2 byte by byte. Here records go
straight into the batches that Kafka stores, and only batches are awaited.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBase

from streams.settings import Codec
from streams.steps import Headers, Output

BATCH_BYTES: Final = 512 << 10
"""The size of a batch of several records, before compression; a larger record has a batch to itself."""

_CODEC_NUMBERS: Final = {Codec.ZSTD: DefaultRecordBase.CODEC_ZSTD, Codec.GZIP: DefaultRecordBase.CODEC_GZIP}


class Written(NamedTuple):
    """The offset after a partition's last record, and the broker's time of appending in ms; None if the topic keeps none."""

    next_offset: int
    appended_ms: int | None


class Producer(Protocol):
    """What an outbox needs from a producer; :class:`streams.kafka.transactions.TransactionalProducer` provides it."""

    async def send(self, batches: Mapping[TopicPartition, Sequence[BatchBuilder]]) -> dict[TopicPartition, Written]:
        """Write batches and wait until each is confirmed."""

    def known_partitions(self, topic: str) -> int:
        """How many partitions a topic has; 0 if unknown."""


class Outbox:
    """Records for a transactional producer; add them, then send all at once.

    ``codecs`` names the compression of topics that do not use zstd; ``counts`` says how many partitions topics have, and the
    producer knows it for all others.
    """

    def __init__(
        self,
        producer: Producer,
        codecs: Mapping[str, Codec] = MappingProxyType({}),
        counts: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._producer = producer
        self._codecs = codecs
        self._batches: dict[TopicPartition, list[BatchBuilder]] = defaultdict(list)
        self._counts = dict(counts)
        self.appended_ms: dict[TopicPartition, int] = {}
        """When the broker appended what was sent, by its own clock; only for topics that keep it."""

    def add(
        self, tp: TopicPartition, key: bytes | None, value: bytes | None, timestamp_ms: int | None = None, headers: Headers = ()
    ) -> None:
        """Add a record for a partition; ``timestamp_ms`` defaults to the current time."""
        batches = self._batches[tp]
        record = {"timestamp": timestamp_ms, "key": key, "value": value, "headers": list(headers)}
        if not batches or batches[-1].append(**record) is None:
            batches.append(new_batch(self._codecs.get(tp.topic, Codec.ZSTD)))
            batches[-1].append(**record)

    def add_outputs(self, outputs: Sequence[Output], keyless: int) -> None:
        """Add a step's outputs, each for the partition that Kafka's own clients choose for its key.

        Without a key it goes to partition ``keyless``, modulo the number of partitions.

        Raises:
            UnknownTopicOrPartitionError: Kafka does not know a topic at the moment, as when a broker has just started.
        """
        hashes = iter(hashes_of([output.key for output in outputs if output.key is not None]))
        for output in outputs:
            count = self._counts.get(output.topic)
            if count is None:
                count = self._counts[output.topic] = self._count(output.topic)
            chosen = (keyless if output.key is None else next(hashes)) % count
            for partition in range(count) if output.everywhere else (chosen,):
                self.add(TopicPartition(output.topic, partition), output.key, output.value, output.timestamp_ms, output.headers)

    async def send(self) -> dict[TopicPartition, int]:
        """Send everything; returns the offset after the last record for each partition that got any.

        Raises:
            KafkaError: something was not confirmed.
        """
        written = await self._producer.send(self._batches)
        self.appended_ms = {tp: each.appended_ms for tp, each in written.items() if each.appended_ms is not None}
        return {tp: each.next_offset for tp, each in written.items()}

    def _count(self, topic: str) -> int:
        """How many partitions a topic has: aiokafka forgets those that a broker did not name when last asked."""
        count = self._producer.known_partitions(topic)
        if not count:
            raise UnknownTopicOrPartitionError(topic)
        return count


def new_batch(codec: Codec = Codec.ZSTD) -> BatchBuilder:
    """An empty batch of a transaction; it takes one record of any size, or several up to :data:`BATCH_BYTES`."""
    return BatchBuilder(BATCH_BYTES, _CODEC_NUMBERS[codec], is_transactional=True)


def partition_of(key: bytes, count: int) -> int:
    """The partition, out of ``count``, for a key."""
    return _hash_of(key) % count


_SEED, _MULTIPLIER, _MASK, _POSITIVE = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF, 0x7FFFFFFF


def _hash_of(key: bytes) -> int:
    """The hash by which Kafka's Java client chooses a partition: ``Utils.toPositive(Utils.murmur2(key))``."""
    words = len(key) // 4
    hashed = _SEED ^ len(key)
    for word in struct.unpack_from(f"<{words}I", key):
        mixed = word * _MULTIPLIER & _MASK
        hashed = (hashed * _MULTIPLIER & _MASK) ^ ((mixed ^ mixed >> 24) * _MULTIPLIER & _MASK)
    if rest := key[4 * words :]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _MASK
    hashed = (hashed ^ hashed >> 13) * _MULTIPLIER & _MASK
    return (hashed ^ hashed >> 15) & _POSITIVE


_LANE_BYTES: Final = 8  # holds the product of two words
_FEW: Final = 16  # keys that are hashed faster one by one
_LONGEST_TOGETHER: Final = 64  # bytes: ours have 16 or 32, but a rejected record keeps its producer's, of up to 13 MiB


def hashes_of(keys: Sequence[bytes]) -> list[int]:
    """What :func:`_hash_of` makes of each key; of hundreds of keys in a quarter of the time."""
    short = [place for place, key in enumerate(keys) if len(key) <= _LONGEST_TOGETHER]  # each takes as much as the longest
    if len(short) < _FEW:
        return [_hash_of(key) for key in keys]
    hashes = [0 if len(key) <= _LONGEST_TOGETHER else _hash_of(key) for key in keys]
    longest_first = sorted(short, key=lambda place: -len(keys[place]))
    for place, hashed in zip(longest_first, _hash_together([keys[each] for each in longest_first]), strict=True):
        hashes[place] = hashed & _POSITIVE
    return hashes


def _hash_together(keys: Sequence[bytes]) -> Sequence[int]:
    """murmur2 of keys of which none is longer than the one before.

    Python multiplies numbers of any length. So the same word of all keys is made one long number, each in a lane of its own
    that has room for a product, and each operation is done once for all keys.
    """
    ones = _lanes([1] * len(keys))
    full = ones * _MASK
    words = [len(key) // 4 for key in keys]
    row_bytes = 4 * words[0]
    table = b"".join([key[:row_bytes].ljust(row_bytes, b"\0") for key in keys])
    hashed, ended, going_on = _lanes([_SEED ^ len(key) for key in keys]), 0, len(keys)
    for word in range(words[0]):
        while words[going_on - 1] <= word:
            going_on -= 1
        mask = full & (1 << 8 * _LANE_BYTES * going_on) - 1
        ended |= hashed & ~mask
        column = bytearray(_LANE_BYTES * going_on)
        for byte in range(4):
            column[byte::_LANE_BYTES] = table[4 * word + byte : going_on * row_bytes : row_bytes]
        mixed = int.from_bytes(column, "little") * _MULTIPLIER & mask
        hashed = ((hashed & mask) * _MULTIPLIER ^ (mixed ^ mixed >> 24 & ones * (_MASK >> 24)) * _MULTIPLIER) & mask
    hashed |= ended
    rests = [key[4 * count :] for key, count in zip(keys, words, strict=True)]
    have_rest = _lanes([_MASK if rest else 0 for rest in rests])
    rest = int.from_bytes(b"".join([rest.ljust(_LANE_BYTES, b"\0") for rest in rests]), "little")
    hashed = hashed & ~have_rest | (hashed ^ rest) * _MULTIPLIER & have_rest
    hashed = (hashed ^ hashed >> 13 & ones * (_MASK >> 13)) * _MULTIPLIER & full
    hashed ^= hashed >> 15 & ones * (_MASK >> 15)
    return struct.unpack(f"<{len(keys)}Q", hashed.to_bytes(_LANE_BYTES * len(keys), "little"))


def _lanes(numbers: Sequence[int]) -> int:
    return int.from_bytes(struct.pack(f"<{len(numbers)}Q", *numbers), "little")
