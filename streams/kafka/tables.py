"""Tables: what a step remembers by key, partition by partition, in RocksDB backed by a changelog topic.

A table partition belongs to a partition of the step's source, and only that partition's owner touches it
(:mod:`streams.kafka.delivery`). Two things make it exact:

- Its **changelog** is written inside the transaction that commits the source offset. What a read_committed reader finds there
  is the state after exactly the committed records: never behind, never ahead, and a worker that was shut out can't add to it.
- The **local copy** is written after the transaction has committed, together with its new position in the changelog, in one
  atomic RocksDB write. So any local copy, however old and whichever worker made it, is the true state at its position, and
  reading the changelog from there brings it up to date. Losing the copy costs time, not truth.

A worker keeps the copies of all its partitions of a table in **one database**: separate databases would take half a dozen file
descriptors and 24 MB of buffers each. Every key begins with the number of its partition, and each partition has its own
position.

Entries older than ``keep_s``, by the time of their partition (:mod:`streams.kafka.partition_time`), are **forgotten**: with
each record a few entries are looked at, and the next transaction removes the expired ones from the copy and the changelog. So
both forget at once, and no clock is involved. A decision must not depend on when exactly that happens: an entry must be of no
use by then. (RocksDB's own TTL is not used: rocksdict 0.3.29 stacks two of RocksDB's filters when it opens a copy for the
second time, and the inner one takes the end of a value for the time and drops new entries.)

Faust's own tables would not do: they write to RocksDB before the commit, recover record by record (some thousands a second),
lose track of their position on every restart and can hang on the gaps that transactions leave (figures: docs/decisions/0002).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, Rdict, ReadOptions, WriteBatch

from streams.kafka.failures import pass_over
from streams.kafka.observer import Wiped
from streams.kafka.progress import PROGRESS_KEY, Progress, stamp_header, stamp_of
from streams.kafka.reading import LOOK_AGAIN_MS
from streams.steps import Headers, Record, UnreadBatch, origin

log = logging.getLogger(__name__)

# A table's keys are headline fingerprints of 16 bytes; these keys are longer.
_POSITION = b"\x00changelog-position"
_IDENTITY = b"\x00changelog-identity"
# The prefix of each key: its partition.
_PARTITION_BYTES = 4
# The prefix of each value: when it was remembered, in seconds since 1970 by the partition's time.
_STAMP_BYTES = 4

_DATABASE: Final = "all"
"""The database's folder within a table's. Numbered folders beside it are from an earlier version: one per partition."""
_BLOCK_CACHE_BYTES = 64 << 20
_WRITE_BUFFER_BYTES = 16 << 20
_MOST_OPEN_FILES = 64
"""Per database. Its files of 64 MB keep their index in memory while they are open: 4 GB of state need no more."""
_RESTORE_BATCH_RECORDS = 5_000
_OPEN_TIMEOUT_S = 10.0
_STALL_TIMEOUT_S = 60.0

# The words in which RocksDB says that another process holds a database, and that it can't read its own files. Rebuilding the
# copy would not fix any other error, such as a full disk or a missing permission.
_LOCK = "/LOCK"
_DAMAGE = ("Corruption", "IO error: No such file")


class TableChange(NamedTuple):
    """The value remembered under a key from now on, None to forget it; ``stamp_s``: since when, by the partition's time."""

    value: bytes | None
    stamp_s: int = 0

    @classmethod
    def read(cls, record: Record) -> TableChange:
        """A change as read from the changelog."""
        return cls(record.value, stamp_of(record))

    @property
    def headers(self) -> Headers:
        """The headers of its record in the changelog."""
        return stamp_header(self.stamp_s) if self.stamp_s else ()


class TableInUseError(RuntimeError):
    """Another process has these local copies open."""


class CopyDamagedError(OSError):
    """The local copies can't be read any more; they are rebuilt once all of them are closed."""


class Foreign:
    """Handles records of a changelog that are not changes: no worker of ours writes those."""

    def __init__(self, check: Callable[[bytes], object] = bytes, *, skip: bool = False) -> None:
        """``check`` raises ValueError for a value that is not one of the table's; ``skip``: pass over foreign records."""
        self._check = check
        self._skip = skip

    def lets_through(self, record: Record) -> bool:
        """Whether the record is a change.

        Raises:
            ForeignRecordError: it is not, and must not be skipped.
            NewerFormatError: a newer version wrote it.
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
        stamp_of(record)  # raises ValueError as well
        if key in (_POSITION, _IDENTITY):
            raise ValueError("a key that only the local copy has")
        if key == PROGRESS_KEY:
            if value is None:
                raise ValueError("no value")
            Progress.unpack(value)
        elif value is not None:  # None forgets the key
            self._check(value)


_NONE_FOREIGN: Final = Foreign()


class TableCopies:
    """The local copies of a table's partitions, in one database, which is open while any of them is."""

    def __init__(self, folder: Path, keep_s: int, note_wiped: Callable[[Wiped], None] = lambda _: None) -> None:
        """``note_wiped`` is called each time a copy is rebuilt."""
        self.folder = folder / _DATABASE
        """The database's folder; it holds nothing but the database's files."""
        self.keep_s = keep_s
        self.note_wiped = note_wiped
        self.damage: str | None = None
        """RocksDB's message about files that it can't read; None if all is well."""
        self._database: Rdict | None = None
        self._users = 0

    async def open(self, partition: int) -> TablePartition:
        """Open or create the copy of a partition; waits up to 10 s for another process that is letting go of it.

        Raises:
            TableInUseError: the other process keeps it.
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
                # rocksdict raises bare Exceptions, so only the words tell that a lock is held.
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
        """Wraps everything that RocksDB does.

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
        """Remove damaged copies once all of them are closed."""
        if self.damage is None:
            return
        log.warning("%s is damaged (%s): removed, and restored from the changelog", self.folder, self.damage)
        with contextlib.suppress(FileNotFoundError):  # somebody has removed it
            shutil.rmtree(self.folder)
        self.damage = None
        self.note_wiped(Wiped.DAMAGED)

    def let_go(self) -> None:
        """Note that one of the copies is no longer used. Never raises: what a copy could not save, the changelog has."""
        self._users -= 1
        if self._users or self._database is None:
            return
        database, self._database = self._database, None
        try:
            with self.watched():
                database.close()
        except Exception as error:  # noqa: BLE001 - rocksdict raises bare Exceptions: a full disk, a folder that is gone
            log.warning("%s could not be closed (%s): what it lacks is read from the changelog", self.folder, error)


def _open(folder: Path) -> Rdict:
    folder.mkdir(parents=True, exist_ok=True)
    database = Rdict(str(folder), _options())
    for former in folder.parent.glob("[0-9]*"):  # the changelog has everything that is in there
        shutil.rmtree(former, ignore_errors=True)
    return database


class TablePartition:
    """The local copy of one partition of a table: :meth:`TableCopies.open` it, read and write it, :meth:`close` it.

    ``position`` is the first changelog offset that this copy does not know yet.
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
        """State which changelog this copies, by its cluster's id and its own. A copy of another changelog is rebuilt.

        So is a copy that does not say, which an earlier version made.
        """
        self._identity = identity.encode()
        with self._watched():
            stored = self._database.get(self._prefix + _IDENTITY)
        if stored == self._identity:
            return
        if stored is not None:
            log.warning("the copy is of another changelog (%s, not %s) and is rebuilt", stored.decode(), identity)
            self._note_wiped(Wiped.FOREIGN)
        self._wipe()

    def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values remembered under ``keys``, in their order."""
        with self._watched():
            stored: list[bytes | None] = self._database.get([self._prefix + key for key in keys])
        return [None if value is None else value[_STAMP_BYTES:] for value in stored]

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys with their values, in order, without the table's own bookkeeping."""
        with self._watched():
            for key, value in self._database.items(from_key=self._prefix):
                if not key.startswith(self._prefix):
                    return
                if key not in self._kept:
                    yield key.removeprefix(self._prefix), value[_STAMP_BYTES:]

    def progress(self) -> Progress:
        """How far the partition has come, and who owns it."""
        [value] = self.get([PROGRESS_KEY])
        return Progress.unpack(value)

    def put(self, changes: Mapping[bytes, TableChange], position: int) -> None:
        """Remember ``changes`` and that the changelog is known up to ``position``, atomically."""
        self._write(changes.items(), position)

    def _write(self, changes: Iterable[tuple[bytes, TableChange]], position: int) -> None:
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

        ``consumer`` must read ``read_committed`` and have the changelog partition assigned. Once everybody else who might
        commit to the changelog is shut out, what was read is complete.

        Raises:
            TimeoutError: no progress for a minute.
            ForeignRecordError: a record is not one of ours.
        """
        end = (await consumer.end_offsets([changelog]))[changelog]
        begin = (await consumer.beginning_offsets([changelog]))[changelog]
        if self.position > end:
            log.warning("the copy knows more than %s holds: the log was cut short, and the copy is rebuilt", changelog)
            self._note_wiped(Wiped.FOREIGN)
            self._wipe()
        position = max(self.position, begin)
        log.info("%s is known up to offset %d; it ends at %d", changelog, self.position, end)
        consumer.seek(changelog, position)
        read = 0
        stalled_at = time.monotonic() + _STALL_TIMEOUT_S
        # Transaction markers take offsets too, so the reader's position counts, not the last record seen.
        while position < end:
            fetched = await consumer.getmany(changelog, timeout_ms=LOOK_AGAIN_MS, max_records=_RESTORE_BATCH_RECORDS)
            records = fetched.get(changelog, [])
            if (now_at := await consumer.position(changelog)) > position:
                position, stalled_at = now_at, time.monotonic() + _STALL_TIMEOUT_S
            elif time.monotonic() > stalled_at:
                raise TimeoutError(f"{changelog}: nothing came for {_STALL_TIMEOUT_S:.0f} s at offset {position} of {end}")
            changes = [(each.key, TableChange.read(each)) for each in records if foreign.lets_through(each)]
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
        """Look at the next ``count`` entries, round and round; returns the keys of those older than ``keep_s``."""
        oldest = max(0, now_s - self._keep_s).to_bytes(_STAMP_BYTES, "big")
        within = ReadOptions()
        within.set_iterate_upper_bound(_after(self._prefix))
        with self._watched():
            entries = list(islice(self._database.items(from_key=self._looked_at, read_opt=within), count))
        self._looked_at = entries[-1][0] + b"\x00" if len(entries) == count else self._prefix
        # A value begins with its stamp.
        return [key.removeprefix(self._prefix) for key, value in entries if value < oldest and key not in self._kept]

    def close(self) -> None:
        """Close the copy; anyone can open it again."""
        if self._copies is not None:
            self._copies.let_go()
            self._copies = None


def _after(prefix: bytes) -> bytes:
    """The smallest key greater than all keys with this prefix."""
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
    options.add_compact_on_deletion_collector_factory(1_000, 500, 0.5)  # so that removed entries leave the disk too
    return options
