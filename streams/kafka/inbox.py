"""The inbox of a partition: batches waiting for its owner."""

from __future__ import annotations

from collections import deque

from streams.kafka.transport import Batch


class Inbox:
    """Batches in order of arrival; consecutive ones are taken as one."""

    def __init__(self, most_records: int) -> None:
        self._most_records = most_records
        self._batches: deque[Batch] = deque()
        self._closed = False
        self.enough = False
        """Whether a full transaction is waiting."""

    def __bool__(self) -> bool:
        return bool(self._batches)

    def put(self, batch: Batch, most_bytes: int) -> None:
        """Add a batch; there is enough once ``most_bytes``, or the most records of a transaction, are waiting."""
        if self._closed:
            return
        self._batches.append(batch)
        records = sum(len(each.records) for each in self._batches)
        if records >= self._most_records or sum(each.weight_bytes for each in self._batches) >= most_bytes:
            self.enough = True

    def take(self) -> Batch | None:
        """All consecutive batches without a gap, as one batch; None if the inbox is empty."""
        if not self._batches:
            return None
        parts = [self._batches.popleft()]
        records = list(parts[0].records)
        while self._batches and self._batches[0].begin <= records[-1].offset + 1:
            last = records[-1].offset
            parts.append(self._batches.popleft())
            records += [record for record in parts[-1].records if record.offset > last]
        self.enough = False
        return Batch(records, parts[0].begin, parts) if len(parts) > 1 else parts[0]

    def clear(self) -> None:
        """Drop everything that waits."""
        self._batches.clear()
        self.enough = False

    def close(self) -> None:
        """Drop everything that waits or arrives later."""
        self._closed = True
        self.clear()
