"""Vectors of words in whole numbers: of an article, and of a story as the sum of its members'.

A vector maps hashed words to weights. Nothing here depends on a machine's floating point: the same articles have the same
likeness everywhere.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import repeat
from math import isqrt
from operator import mul
from typing import Final, TypeVar

Vector = Mapping[int, int]
"""Weights from 1 to 65,535 per word; words are hashes of 32 bits."""

Word = TypeVar("Word", str, int)

UNIT = 4_096
"""The length of an article's vector, apart from the rounding of its weights."""
WHOLE = 1_000
"""The likeness of a vector with itself."""
MOST_SUMMED_WORDS = 64
"""In a story's vector."""
_MOST_WEIGHT = 60_000
ENTRY_BYTES: Final = 6


def scaled(weights: Mapping[str, int], most_words: int) -> dict[str, int]:
    """The heaviest words, scaled to a vector of length :data:`UNIT`."""
    kept = heaviest(weights, most_words)
    length = isqrt(sum(weight * weight for _, weight in kept))
    return {word: max(1, weight * UNIT // length) for word, weight in kept} if length else {}


def likeness(one: Vector, other: Vector) -> int:
    """The cosine of the angle between two vectors, 0 to 1,000; 0 for an empty one."""
    if len(one) > len(other):
        one, other = other, one
    product = sum(map(mul, one.values(), map(other.get, one, repeat(0))))
    if not product:
        return 0
    return _cosine(product, _squared(one), _squared(other))


def _cosine(product: int, one_squared: int, other_squared: int) -> int:
    return isqrt(product * product * (WHOLE * WHOLE) // (one_squared * other_squared))


def _squared(vector: Vector) -> int:
    return sum(map(mul, vector.values(), vector.values()))


class Compared:
    """A vector that many packed ones are compared with: none of them becomes a dictionary."""

    def __init__(self, vector: Vector) -> None:
        self._vector = vector
        self._squared = _squared(vector)

    def likeness_to(self, packed: bytes) -> int:
        """:func:`likeness` to what :func:`pack_vector` made."""
        words, weights = _numbers_in(packed)
        product = sum(map(mul, weights, map(self._vector.get, words, repeat(0))))
        return _cosine(product, self._squared, sum(map(mul, weights, weights))) if product else 0


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of vectors, its heaviest words; its weights were halved ``halved`` times to stay within 16 bits."""

    vector: Vector = field(default_factory=dict)
    halved: int = 0

    def __add__(self, other: Sum) -> Sum:
        halved = max(self.halved, other.halved)
        summed = {word: weight >> halved - self.halved or 1 for word, weight in self.vector.items()}
        for word, weight in other.vector.items():
            summed[word] = summed.get(word, 0) + (weight >> halved - other.halved or 1)
        if len(summed) > MOST_SUMMED_WORDS:
            summed = dict(heaviest(summed, MOST_SUMMED_WORDS))
        while max(summed.values(), default=0) > _MOST_WEIGHT:
            summed = {word: weight >> 1 or 1 for word, weight in summed.items()}
            halved += 1
        return Sum(summed, halved)


def heaviest(weights: Mapping[Word, int], most_words: int) -> list[tuple[Word, int]]:
    """The heaviest words with their weights, heaviest first; among equals, the smaller word first."""
    return [(word, weights[word]) for word in heaviest_words(weights, most_words)]


def heaviest_words(weights: Mapping[Word, int], most_words: int) -> list[Word]:
    """The same words without their weights."""
    return sorted(sorted(weights), key=weights.__getitem__, reverse=True)[:most_words]  # both sorts without a call of ours


def pack_vector(vector: Vector) -> bytes:
    """Encode a vector: six bytes per word, in its own order."""
    count = len(vector)
    return struct.pack(f">{count}I", *vector.keys()) + struct.pack(f">{count}H", *vector.values())


def unpack_vector(packed: bytes) -> dict[int, int]:
    """Decode what :func:`pack_vector` made.

    Raises:
        ValueError: it was not made by :func:`pack_vector`.
    """
    words, weights = _numbers_in(packed)
    return dict(zip(words, weights, strict=True))


def _numbers_in(packed: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    count, rest = divmod(len(packed), ENTRY_BYTES)
    if rest:
        raise ValueError(f"no vector of a story: {len(packed)} bytes")
    return struct.unpack_from(f">{count}I", packed), struct.unpack_from(f">{count}H", packed, 4 * count)
