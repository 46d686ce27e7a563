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

What was remembered longer ago than ``keep_s``, by the time of its partition (:mod:`streams.kafka.partition_time`), is
**forgotten**: a few entries are looked at with each record, and taken out of the copy and the changelog by the transaction that
follows. So both forget at once, and no clock has a say. A decision must not depend on when that happens to be: what is
remembered has to be of no use by then. (RocksDB's own TTL is not used: rocksdict 0.3.29, opening a copy for the second time,
stacks two of RocksDB's filters, and the inner one takes the end of a value for the time and throws away what is new.)

Why not Faust's own tables: they write to RocksDB before the commit, recover record by record (some thousands a second), lose
track of the position on every restart and can hang on the gaps that transactions leave (docs/decisions/0002 has the figures).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, Rdict, WriteBatch

from streams.kafka.failures import pass_over
from streams.kafka.observer import Wiped
from streams.kafka.progress import PROGRESS_KEY, Progress, stamp_header, stamp_of
from streams.steps import Headers, Record, UnreadBatch, origin

log = logging.getLogger(__name__)

# The keys of a table are headline fingerprints, 16 bytes; these are longer.
_POSITION = b"\x00changelog-position"
_IDENTITY = b"\x00changelog-identity"
# In front of each key: the partition it belongs to.
_PARTITION_BYTES = 4
# In front of each value: since when it is remembered, in seconds since 1970 by the partition's time.
_STAMP_BYTES = 4

_DATABASE: Final = "all"
"""Its folder within a table's. Beside it, folders by number are an earlier version's, which had one a partition."""
_BLOCK_CACHE_BYTES = 64 << 20
_WRITE_BUFFER_BYTES = 16 << 20
_MOST_OPEN_FILES = 64
"""Of a database. Its files of 64 MB hold the index in memory while they are open: 4 GB of state need no more."""
_RESTORE_BATCH_RECORDS = 5_000
_OPEN_TIMEOUT_S = 10.0
_STALL_TIMEOUT_S = 60.0

# By these words RocksDB says that another process holds a database, and that it can't read its own files. Anything else (a full
# disk, a missing permission) is not mended by making the copy anew.
_LOCK = "/LOCK"
_DAMAGE = ("Corruption", "IO error: No such file")


class Change(NamedTuple):
    """What is remembered under a key from now on, nothing if that is None; ``stamp_s``: since when, by the partition's time."""

    value: bytes | None
    stamp_s: int = 0

    @classmethod
    def read(cls, record: Record) -> Change:
        """A change as the changelog has it."""
        return cls(record.value, stamp_of(record))

    @property
    def headers(self) -> Headers:
        """Of its record in the changelog."""
        return stamp_header(self.stamp_s) if self.stamp_s else ()


class TableInUseError(RuntimeError):
    """Another process holds these local copies open."""


class CopyDamagedError(OSError):
    """The local copies can't be read any more; they are removed and made anew once all of them are closed."""


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
            self._check_change(record)
        except ValueError as error:
            pass_over(origin(record), error, skip=self._skip)
            return False
        return True

    def _check_change(self, record: Record) -> None:
        key, value = record.key, record.value
        if isinstance(value, UnreadBatch):
            raise ValueError(str(value))
        if key is None:
            raise ValueError("no key")
        if key in (_POSITION, _IDENTITY):
            raise ValueError("a key that only the local copy has")
        if key == PROGRESS_KEY:
            if value is None:
                raise ValueError("no value")
            Progress.unpack(value)
        elif value is not None:  # else it is forgotten
            self._check(value)


_NONE_FOREIGN: Final = Foreign()


class TableCopies:
    """The local copies of a table's partitions, in one database: open while one of them is."""

    def __init__(self, folder: Path, keep_s: int, note_wiped: Callable[[Wiped], None] = lambda _: None) -> None:
        """``note_wiped`` is told of each time a copy is made anew."""
        self.folder = folder / _DATABASE
        """Where the database is; nothing but its files is in there."""
        self.keep_s = keep_s
        self.note_wiped = note_wiped
        self.damage: str | None = None
        """What RocksDB says of files that it can't read; None while all is well."""
        self._database: Rdict | None = None
        self._users = 0

    async def open(self, partition: int) -> TablePartition:
        """Open or create the copy of a partition; waits up to 10 s for a process that is just letting go of it.

        Raises:
            TableInUseError: when it does not.
            CopyDamagedError: the copies can't be read, and some are still open.
        """
        if self.damage is not None and self._users:
            raise CopyDamagedError(self.damage)
        database = await self._opened()
        self._users += 1
        return TablePartition(self, database, partition)

    async def _opened(self) -> Rdict:
        deadline = time.monotonic() + _OPEN_TIMEOUT_S
        while self._database is None:
            self.mend()
            try:
                with self.watched():
                    self._database = _open(self.folder)
            except CopyDamagedError:
                continue
            except Exception as error:
                # rocksdict raises bare Exceptions; a held lock is told by its words alone.
                if _LOCK not in str(error):
                    raise
                if time.monotonic() > deadline:
                    raise TableInUseError(
                        f"{self.folder} is in use by another process: give each worker a HEADWATER_STATE_DIR of its own"
                    ) from error
                await asyncio.sleep(0.1)
        return self._database

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Around all that RocksDB does.

        Raises:
            CopyDamagedError: it can't read its files.
        """
        try:
            yield
        except Exception as error:
            if not str(error).startswith(_DAMAGE):
                raise
            self.damage = str(error)
            raise CopyDamagedError(self.damage) from error

    def mend(self) -> None:
        """Remove damaged copies, none of which is open any more."""
        if self.damage is None:
            return
        log.warning("%s is damaged (%s): removed, and read anew from the changelog", self.folder, self.damage)
        shutil.rmtree(self.folder)
        self.damage = None
        self.note_wiped(Wiped.DAMAGED)

    def let_go(self) -> None:
        """One of the copies is not used any more."""
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

    def __init__(self, copies: TableCopies, database: Rdict, partition: int) -> None:
        self._copies: TableCopies | None = copies
        self._watched = copies.watched
        self._note_wiped = copies.note_wiped
        self._database = database
        self._prefix = partition.to_bytes(_PARTITION_BYTES, "big")
        self._keep_s = copies.keep_s
        self._looked_at = self._prefix
        self._identity: bytes | None = None
        self._kept = {self._prefix + each for each in (_POSITION, _IDENTITY, PROGRESS_KEY)}
        with self._watched():
            stored = database.get(self._prefix + _POSITION)
        self.position = int(stored) if stored else 0

    def adopt(self, identity: str) -> None:
        """Say of which changelog this is the copy, by its cluster's id and its own; one of another is made anew.

        So is one that does not say: an earlier version's.
        """
        self._identity = identity.encode()
        with self._watched():
            stored = self._database.get(self._prefix + _IDENTITY)
        if stored == self._identity:
            return
        if stored is not None:
            log.warning("the copy is of another changelog (%s, not %s) and is made anew", stored.decode(), identity)
            self._note_wiped(Wiped.FOREIGN)
        self._wipe()

    def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values remembered under ``keys``, in their order."""
        with self._watched():
            stored: list[bytes | None] = self._database.get([self._prefix + key for key in keys])
        return [None if value is None else value[_STAMP_BYTES:] for value in stored]

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys with their values, in order; without what the table keeps for itself."""
        with self._watched():
            for key, value in self._database.items(from_key=self._prefix):
                if not key.startswith(self._prefix):
                    return
                if key not in self._kept:
                    yield key.removeprefix(self._prefix), value[_STAMP_BYTES:]

    def progress(self) -> Progress:
        """How far the partition has come and whose it is."""
        [value] = self.get([PROGRESS_KEY])
        return Progress.unpack(value)

    def put(self, changes: Mapping[bytes, Change], position: int) -> None:
        """Remember ``changes`` and that the changelog is known up to ``position``, at once or not at all."""
        self._write(changes.items(), position)

    def _write(self, changes: Iterable[tuple[bytes, Change]], position: int) -> None:
        batch = WriteBatch(raw_mode=True)
        for key, change in changes:
            if change.value is None:
                batch.delete(self._prefix + key)
                continue
            batch.put(self._prefix + key, change.stamp_s.to_bytes(_STAMP_BYTES, "big") + change.value)
        batch.put(self._prefix + _POSITION, str(position).encode())
        with self._watched():
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
            log.warning("the copy knows more than %s holds: the log was cut short, and the copy is made anew", changelog)
            self._note_wiped(Wiped.FOREIGN)
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
            changes = [(each.key, Change.read(each)) for each in records if foreign.lets_through(each)]
            self._write(changes, position)
            read += len(records)
        return read

    def _wipe(self) -> None:
        batch = WriteBatch(raw_mode=True)
        batch.delete_range(self._prefix, _after(self._prefix))
        if self._identity is not None:
            batch.put(self._prefix + _IDENTITY, self._identity)
        with self._watched():
            self._database.write(batch)
        self._looked_at = self._prefix
        self.position = 0

    def find_expired(self, count: int, now_s: int) -> list[bytes]:
        """Look at the next ``count`` entries, in turn and round and round: the keys of those older than ``keep_s``."""
        oldest = max(0, now_s - self._keep_s).to_bytes(_STAMP_BYTES, "big")
        with self._watched():
            following = self._database.items(from_key=self._looked_at)
            entries = list(islice(takewhile(lambda entry: entry[0].startswith(self._prefix), following), count))
        self._looked_at = entries[-1][0] + b"\x00" if len(entries) == count else self._prefix
        return [
            key.removeprefix(self._prefix) for key, value in entries if value[:_STAMP_BYTES] < oldest and key not in self._kept
        ]

    def close(self) -> None:
        """Close the copy; it can be opened again, by anyone."""
        if self._copies is not None:
            self._copies.let_go()
            self._copies = None


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
