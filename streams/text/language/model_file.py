"""The file of the language model: quick to open, and unpacked by script, when a text first needs one.

A row becomes numbers when its n-gram is first looked up. To work out all rows at the first article took a second and 80 MB in
every process. ``python -m bench.training.language_doubt`` writes the file.

The layout; whole numbers of four bytes, the lowest first::

    checksum      CRC-32 of all that follows
    header        its length, then JSON: what each script has beside its weights, and where its parts are
    by script     four parts, each compressed (zlib):
                  the n-grams in alphabetical order, one a line
                  how many languages have a weight for each n-gram (one byte each)
                  which languages these are, n-gram by n-gram (one byte each)
                  the weights, in the same order (one byte each)
"""

from __future__ import annotations

import json
import mmap
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from struct import Struct
from typing import Any, Final

LANE_BYTES: Final = 2
_NUMBER: Final = Struct("<I")
_BEST_COMPRESSION: Final = 9


class DamagedModelError(OSError):
    """The file is not as it was built: the installation is broken, and no article is to blame."""


@dataclass(frozen=True, slots=True)
class WeightRows:
    """The weights of one script's n-grams. ``starts``: where the row of each one starts, and where the last one ends."""

    languages: int
    starts: array[int]
    lanes: bytes
    weights: bytes

    def __call__(self, place: int) -> int:
        """The weights of an n-gram by its place in alphabetical order, in one integer, 8 bits a language.

        The first half of the languages have the even bytes, the lowest first, and the others have the odd ones: with every
        second byte masked, each half is 16 bits a language.
        """
        row = slice(self.starts[place], self.starts[place + 1])
        half = (self.languages + 1) // 2
        narrow = bytearray(2 * half)
        for lane, weight in zip(self.lanes[row], self.weights[row], strict=True):
            narrow[2 * lane if lane < half else 2 * (lane - half) + 1] = weight
        return int.from_bytes(narrow, "little")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The file, mapped; ``scripts``: of each script (ISO 15924) what the header says."""

    scripts: dict[str, dict[str, Any]]
    _mapped: mmap.mmap
    _begin: int

    def read(self, script: str) -> tuple[list[str], WeightRows]:
        """The n-grams of a script in alphabetical order, and their weights."""
        ngrams, counts, lanes, weights = self._parts(script)
        starts = array("I", accumulate(counts, initial=0))
        return ngrams.decode().split("\n"), WeightRows(len(self.scripts[script]["tags"]), starts, lanes, weights)

    def _parts(self, script: str) -> Iterator[bytes]:
        at = self._begin + self.scripts[script]["at"]
        for size in self.scripts[script]["sizes"]:
            yield zlib.decompress(self._mapped[at : at + size])
            at += size


def open_model(path: Path) -> ModelFile:
    """Map the file, and make sure that it is whole.

    Raises:
        OSError: it can't be read.
        DamagedModelError: it is shorter or longer than it was, or has other bytes.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # it is empty
            raise DamagedModelError(f"{path} is empty: install Headwater again") from error
    with memoryview(mapped) as whole:
        if len(whole) < 2 * _NUMBER.size or zlib.crc32(whole[_NUMBER.size :]) != _NUMBER.unpack_from(whole)[0]:
            raise DamagedModelError(f"{path} is damaged: install Headwater again")
    begin = 2 * _NUMBER.size + _NUMBER.unpack_from(mapped, _NUMBER.size)[0]
    scripts = json.loads(mapped[2 * _NUMBER.size : begin])["scripts"]
    return ModelFile({each["script"]: each for each in scripts}, mapped, begin)


def build_model(scripts: Iterable[tuple[dict[str, Any], bytes, Sequence[bytes]]]) -> bytes:
    """The bytes of the file.

    ``scripts``: of each one what its header shall say, its n-grams in alphabetical order (UTF-8, one a line), and a column of
    weights for each language, one byte for each n-gram.
    """
    header: list[dict[str, Any]] = []
    body = b""
    for said, ngrams, columns in scripts:
        parts = [zlib.compress(part, _BEST_COMPRESSION) for part in (ngrams, *_sparse(columns))]
        header.append({**said, "at": len(body), "sizes": [len(part) for part in parts]})
        body += b"".join(parts)
    head = json.dumps({"scripts": header}).encode()
    checked = _NUMBER.pack(len(head)) + head + body
    return _NUMBER.pack(zlib.crc32(checked)) + checked


def _sparse(columns: Sequence[bytes]) -> tuple[bytes, bytes, bytes]:
    rows = [[(lane, weight) for lane, weight in enumerate(row) if weight] for row in zip(*columns, strict=True)]
    cells = [cell for row in rows for cell in row]
    return bytes(map(len, rows)), bytes(lane for lane, _ in cells), bytes(weight for _, weight in cells)
