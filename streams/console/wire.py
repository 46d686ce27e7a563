"""The newest articles by their last activity, repeats folded under the first; and which of them are asked for. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from streams.console.rows import FoldedRepeat, Row

RING: Final = 1_000
"""How many articles are kept."""
_FACET_VALUES: Final = 60
_MOST_WORDS: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles: those that match every filled field. ``words`` are case folded, and all of them must occur."""

    language: str = ""
    subject: str = ""
    outlet: str = ""
    kind: str = ""
    doubtful: bool = False
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """The filter in an address; unknown fields are ignored."""
        named = {name: query.get(name, "")[:_MOST_WORDS] for name in ("language", "subject", "outlet", "kind")}
        words = tuple(query.get("words", "")[:_MOST_WORDS].casefold().split())
        return cls(**named, doubtful=query.get("doubtful") == "1", words=words)

    def wants(self, row: Row) -> bool:
        return (
            (not self.language or (row.known and row.language == self.language))
            and (not self.subject or any(name == self.subject for name, _ in row.subjects))
            and (not self.outlet or row.outlet == self.outlet or self.outlet in row.outlets)
            and (not self.kind or self.kind in row.kinds)
            and (not self.doubtful or row.doubtful)
            and (not self.words or _holds(row.searched(), self.words))
        )

    def __bool__(self) -> bool:
        return self != _EVERYTHING


_EVERYTHING: Final = Filter()


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words)


class Wire:
    """The ring of rows: what comes in, what it changes, what is shown."""

    def __init__(self, most: int = RING) -> None:
        self._most = most
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._facets = {name: Counter[str]() for name in ("language", "subject", "outlet", "kind")}
        self._doubtful = 0
        self.seq = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """The row of the last activity first."""
        return reversed(self._rows.values())

    def add(self, row: Row) -> Row:
        """An article came: it goes to the top. If its id is already listed, it is a newer version, and keeps the repeats."""
        former = self._remove(row.id)
        if former is not None:
            row.versions = former.versions + 1 if former.known else 1
            row.first_ms = min(row.first_ms, former.first_ms) if former.known else row.first_ms
            row.repeated, row.kinds, row.repeats, row.outlets = former.repeated, former.kinds, former.repeats, former.outlets
        return self._put(row)

    def fold(self, repeat: FoldedRepeat) -> Row:
        """A repeat came: it lifts the first of its headline to the top. Being picked up is news."""
        row = self._remove(repeat.owner)
        if row is None:
            row = Row(
                id=repeat.owner,
                place=repeat.place,
                origin=repeat.origin,
                first_ms=repeat.time_ms,
                time_ms=repeat.time_ms,
                headline=repeat.headline,
                known=False,
            )
        row.fold(repeat)
        return self._put(row)

    def find(self, article_id: str) -> Row | None:
        return self._rows.get(article_id)

    def newest(self, wanted: Filter, most: int, after_seq: int = -1) -> list[Row]:
        """At most this many rows that are wanted, the newest first, of those that changed after ``after_seq``."""
        fresh = (row for row in self if row.seq > after_seq)
        return list(islice((row for row in fresh if wanted.wants(row)), most))

    def facets(self) -> dict[str, Any]:
        """How many rows of the ring each filter would show."""
        counted = {name: counts.most_common(_FACET_VALUES) for name, counts in self._facets.items()}
        return {**counted, "doubtful": self._doubtful, "rows": len(self._rows)}

    def _put(self, row: Row) -> Row:
        self.seq += 1
        row.seq = self.seq
        self._rows[row.id] = row
        self._count(row, 1)
        if len(self._rows) > self._most:
            self._remove(next(iter(self._rows)))
        return row

    def _remove(self, article_id: str) -> Row | None:
        row = self._rows.pop(article_id, None)
        if row is not None:
            self._count(row, -1)
        return row

    def _count(self, row: Row, by: int) -> None:
        values = {
            "language": [row.language] if row.known else [],
            "subject": [name for name, _ in row.subjects],
            "outlet": {row.outlet, *row.outlets} - {""},
            "kind": row.kinds,
        }
        for name, each in values.items():
            counts = self._facets[name]
            for value in each:
                counts[value] += by
                if not counts[value]:
                    del counts[value]
        self._doubtful += by * row.doubtful
