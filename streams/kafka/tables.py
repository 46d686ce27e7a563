"""Tables: what a step remembers by key, partition by partition, in RocksDB with a changelog topic behind it.

A table partition belongs to a partition of the step's source and is only touched by that partition's owner
(:mod:`streams.kafka.delivery`). Two things make it exact:

- Its **changelog** is written inside the transaction that commits the source offset. What a read_committed reader finds there
  is the state after precisely the committed records: never behind, never ahead, and nobody who was shut out can add to it.
- The **local copy** is written after the transaction has committed, together with the changelog position it then stands at,
  in one atomic RocksDB write. Any local copy, however old or of whichever worker, is therefore the true state at its
  position, and reading the changelog from there brings it up to date. Losing it costs time, not truth.

A worker keeps the copies of all its partitions of a table in **one database**: one each would take half a dozen descriptors
and 24 MB of buffers a partition. Every key begins with the number of its partition, and each has a position of its own.

What was written longer ago than ``keep_s`` is **forgotten**: by the local copy a few entries at a time, as it is used; by the
changelog through its retention. A decision must not depend on when that happens to be: what is remembered has to be of no use
by then. (RocksDB's own TTL is not used: rocksdict 0.3.29, opening a copy for the second time, stacks two of RocksDB's filters,
and the inner one takes the end of the value for the time and throws away what is new.)

Why not Faust's own tables: they write to RocksDB before the commit, recover record by record (some thousands a second), lose
track of the position on every restart and can hang on the gaps that transactions leave (ARCHITECTURE.md has the figures).
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from types import NoneType
from typing import Final, NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, Rdict, WriteBatch

from streams.formats import FORMAT, FORMAT_FIELD, check_format
from streams.kafka.failures import pass_over
from streams.steps import Record, UnreadBatch, origin

log = logging.getLogger(__name__)

# The keys of a table are headline fingerprints, 16 bytes; these two are longer.
_POSITION = b"\x00changelog-position"
PROGRESS_KEY: Final = b"\x00next-source-offset"
"""Under this key stands the :class:`Progress` of a partition: written with every change, so in every transaction."""

# In front of each key: the partition it belongs to.
_PARTITION_BYTES = 4
# In front of each value: when it was written, in seconds since 1970.
_WRITTEN_BYTES = 4

_DATABASE: Final = "all"
"""Its folder within a table's. Beside it, folders by number are an earlier version's, which had one a partition."""
_BLOCK_CACHE_BYTES = 64 << 20
_WRITE_BUFFER_BYTES = 16 << 20
_MOST_OPEN_FILES = 64
"""Of a database. Its files of 64 MB hold the index in memory while they are open: 4 GB of state need no more."""
_RESTORE_BATCH_RECORDS = 5_000
_OPEN_TIMEOUT_S = 10.0
_STALL_TIMEOUT_S = 60.0


class Progress(NamedTuple):
    """How far a partition's source is decided on, and by whom.

    ``owner`` is the ``transactional.id`` under which changes are committed; None when it has let go.
    """

    next_offset: int | None
    owner: str | None

    def pack(self) -> bytes:
        """As it is kept: a JSON object. 0.1.0 cannot read it, and stops before it works beside this version."""
        return orjson.dumps({FORMAT_FIELD: FORMAT} | self._asdict())

    @classmethod
    def unpack(cls, value: bytes | None) -> Progress:
        """What :meth:`pack` made, in this version or a neighbouring one; nothing at all of None.

        Raises:
            NewerFormatError: a newer version made it, and this one must not work beside it.
            ValueError: it did not make this.
        """
        if value is None:
            return cls(None, None)
        if not value.startswith(b"{"):  # format 1: the offset, a space, the owner
            offset, _, owner = value.decode().partition(" ")
            return cls(int(offset), owner or None)
        stored = orjson.loads(value)
        check_format(stored)
        next_offset, owner = stored.get("next_offset"), stored.get("owner")
        if type(next_offset) not in (int, NoneType) or type(owner) not in (str, NoneType):
            raise ValueError("no progress: a field is of another type")
        return cls(next_offset, owner)


class TableInUseError(RuntimeError):
    """Another process holds these local copies open."""


class Foreign:
    """What is done with records of a changelog that are not changes: nobody of ours writes such."""

    def __init__(self, check: Callable[[bytes], object] = bytes, *, skip: bool = False) -> None:
        """``check`` raises ValueError for a value that is not one of the table's; ``skip``: pass over what is foreign."""
        self._check = check
        self._skip = skip

    def lets_through(self, record: Record) -> bool:
        """Whether it is a change.

        Raises:
            ForeignRecordError: it is not, and shall not be skipped.
            NewerFormatError: it is one that a newer version made.
        """
        try:
            self._check_change(record.key, record.value)
        except ValueError as error:
            pass_over(origin(record), error, skip=self._skip)
            return False
        return True

    def _check_change(self, key: bytes | None, value: bytes | None) -> None:
        if isinstance(value, UnreadBatch):
            raise ValueError(str(value))
        if key is None or value is None:
            raise ValueError("no key" if key is None else "no value")
        if key == _POSITION:
            raise ValueError("a key that only the local copy has")
        (Progress.unpack if key == PROGRESS_KEY else self._check)(value)


_NONE_FOREIGN: Final = Foreign()


class TableCopies:
    """The local copies of a table's partitions, in one database: open while one of them is."""

    def __init__(self, folder: Path, keep_s: int) -> None:
        self.folder = folder / _DATABASE
        """Where the database is; nothing but its files is in there."""
        self._keep_s = keep_s
        self._database: Rdict | None = None
        self._users = 0

    async def open(self, partition: int) -> TablePartition:
        """Open or create the copy of a partition; waits up to 10 s for a process that is just letting go of it.

        Raises:
            TableInUseError: when it does not.
        """
        database = await self._opened()
        self._users += 1
        return TablePartition(database, partition, self._keep_s, self._let_go)

    async def _opened(self) -> Rdict:
        deadline = time.monotonic() + _OPEN_TIMEOUT_S
        while self._database is None:
            try:
                self._database = _open(self.folder)
            except Exception as error:
                # rocksdict raises bare Exceptions; a held lock is told by its words alone.
                if "lock" not in str(error).lower():
                    raise
                if time.monotonic() > deadline:
                    raise TableInUseError(
                        f"{self.folder} is in use by another process: give each worker a HEADWATER_STATE_DIR of its own"
                    ) from error
                await asyncio.sleep(0.1)
        return self._database

    def _let_go(self) -> None:
        self._users -= 1
        if not self._users and self._database is not None:
            self._database.close()
            self._database = None


def _open(folder: Path) -> Rdict:
    folder.mkdir(parents=True, exist_ok=True)
    database = Rdict(str(folder), _options())
    for former in folder.parent.glob("[0-9]*"):  # the changelog has all that is in there
        shutil.rmtree(former, ignore_errors=True)
    return database


class TablePartition:
    """The local copy of one partition of a table: :meth:`TableCopies.open` it, read and write it, :meth:`close` it.

    ``position`` is the changelog offset from which on this copy knows nothing.
    """

    def __init__(self, database: Rdict, partition: int, keep_s: int, let_go: Callable[[], None]) -> None:
        self._database = database
        self._prefix = partition.to_bytes(_PARTITION_BYTES, "big")
        self._keep_s = keep_s
        self._let_go: Callable[[], None] | None = let_go
        self._looked_at = self._prefix
        self._kept = {self._prefix + _POSITION, self._prefix + PROGRESS_KEY}
        stored = database.get(self._prefix + _POSITION)
        self.position = int(stored) if stored else 0

    def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values remembered under ``keys``, in their order."""
        stored: list[bytes | None] = self._database.get([self._prefix + key for key in keys])
        return [None if value is None else value[_WRITTEN_BYTES:] for value in stored]

    def put(self, changes: Mapping[bytes, bytes], position: int) -> None:
        """Remember ``changes`` and that the changelog is known up to ``position``, at once or not at all."""
        now_s = int(time.time())
        self._write(((key, value, now_s) for key, value in changes.items()), position)

    def _write(self, changes: Iterable[tuple[bytes, bytes, int]], position: int) -> None:
        batch = WriteBatch(raw_mode=True)
        for key, value, written_s in changes:
            batch.put(self._prefix + key, written_s.to_bytes(_WRITTEN_BYTES, "big") + value)
        batch.put(self._prefix + _POSITION, str(position).encode())
        self._database.write(batch)
        self.position = position

    async def restore(self, changelog: TopicPartition, consumer: AIOKafkaConsumer, foreign: Foreign = _NONE_FOREIGN) -> int:
        """Bring the copy up to date from its changelog, in batches; returns the number of records read.

        ``consumer`` must read ``read_committed`` and be assigned the changelog partition. Once all others are
        shut out who might commit to it, what was read is all there is.

        Raises:
            TimeoutError: nothing came for a minute.
            ForeignRecordError: some record is not one of ours.
        """
        end = (await consumer.end_offsets([changelog]))[changelog]
        begin = (await consumer.beginning_offsets([changelog]))[changelog]
        if self.position > end:
            log.warning("the copy knows more than %s holds: the topic was made anew, and so is the copy", changelog)
            self._wipe()
        position = max(self.position, begin)
        log.info("%s is known up to offset %d; it ends at %d", changelog, self.position, end)
        consumer.seek(changelog, position)
        read = 0
        stalled_at = time.monotonic() + _STALL_TIMEOUT_S
        # Markers of transactions take offsets too: what counts is how far the reader has come, not what it has seen.
        while position < end:
            fetched = await consumer.getmany(changelog, timeout_ms=500, max_records=_RESTORE_BATCH_RECORDS)
            records = fetched.get(changelog, [])
            if (now_at := await consumer.position(changelog)) > position:
                position, stalled_at = now_at, time.monotonic() + _STALL_TIMEOUT_S
            elif time.monotonic() > stalled_at:
                raise TimeoutError(f"{changelog}: nothing came for {_STALL_TIMEOUT_S:.0f} s at offset {position} of {end}")
            changes = ((each.key, each.value, each.timestamp // 1000) for each in records if foreign.lets_through(each))
            self._write(changes, position)
            read += len(records)
        return read

    def _wipe(self) -> None:
        batch = WriteBatch(raw_mode=True)
        batch.delete_range(self._prefix, _after(self._prefix))
        self._database.write(batch)
        self._looked_at = self._prefix
        self.position = 0

    def forget_expired(self, count: int) -> None:
        """Look at the next ``count`` entries, in turn and round and round, and remove those older than ``keep_s``."""
        oldest = max(0, int(time.time()) - self._keep_s).to_bytes(_WRITTEN_BYTES, "big")
        following = self._database.items(from_key=self._looked_at)
        entries = list(islice(takewhile(lambda entry: entry[0].startswith(self._prefix), following), count))
        self._looked_at = entries[-1][0] + b"\x00" if len(entries) == count else self._prefix
        batch = WriteBatch(raw_mode=True)
        for key, value in entries:
            if value[:_WRITTEN_BYTES] < oldest and key not in self._kept:
                batch.delete(key)
        self._database.write(batch)

    def close(self) -> None:
        """Close the copy; it can be opened again, by anyone."""
        if self._let_go is not None:
            self._let_go()
            self._let_go = None


def _after(prefix: bytes) -> bytes:
    """The least key that is greater than all that begin so."""
    return (int.from_bytes(prefix, "big") + 1).to_bytes(len(prefix), "big")


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_max_open_files(_MOST_OPEN_FILES)
    options.set_write_buffer_size(_WRITE_BUFFER_BYTES)
    options.set_compression_type(DBCompressionType.lz4())
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(_BLOCK_CACHE_BYTES))
    blocks.set_bloom_filter(10, False)
    options.set_block_based_table_factory(blocks)
    options.add_compact_on_deletion_collector_factory(1_000, 500, 0.5)  # so that what was removed leaves the disk as well
    return options
