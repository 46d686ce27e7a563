"""A map of whole numbers in packed arrays: 12 to 16 bytes an entry, where a dictionary of numbers takes over 100."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Final

_SHARDS: Final = 4_096


class PackedMap:
    """Keys from 0 to 2**64 - 1 to values from 0 to 2**32 - 1. Keys must be spread like hashes, at least in their low bits.

    Each shard is a sorted array of keys with its values beside it. Adding an entry moves the rest of its shard, a few hundred
    entries in a map of a million.
    """

    def __init__(self) -> None:
        self._shards: dict[int, tuple[array[int], array[int]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, key: int, default: int | None = None) -> int | None:
        """The value of a key, or the default."""
        shard = self._shards.get(key % _SHARDS)
        if shard is not None:
            keys, values = shard
            place = bisect_left(keys, key)
            if place < len(keys) and keys[place] == key:
                return values[place]
        return default

    def __getitem__(self, key: int) -> int:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: int, value: int) -> None:
        shard = self._shards.get(key % _SHARDS)
        if shard is None:
            shard = self._shards[key % _SHARDS] = (array("Q"), array("I"))
        keys, values = shard
        place = bisect_left(keys, key)
        if place < len(keys) and keys[place] == key:
            values[place] = value
        else:
            keys.insert(place, key)
            values.insert(place, value)
            self._count += 1

    def __delitem__(self, key: int) -> None:
        keys, values = self._shards[key % _SHARDS]
        place = bisect_left(keys, key)
        if place == len(keys) or keys[place] != key:
            raise KeyError(key)
        del keys[place], values[place]
        self._count -= 1

    def pop(self, key: int) -> int | None:
        """Remove a key; its value, or None if there is no such key."""
        shard = self._shards.get(key % _SHARDS)
        if shard is None:
            return None
        keys, values = shard
        place = bisect_left(keys, key)
        if place == len(keys) or keys[place] != key:
            return None
        del keys[place]
        self._count -= 1
        return values.pop(place)
