"""The format of what our own steps leave in Kafka for each other: one number, written into every value. Pure.

Workers of neighbouring versions may share a group, so an older reader meets what a newer writer wrote:

- **Additive fields keep the number.** A reader drops fields that it does not know and fills in missing ones.
- **A field that must not be dropped raises it** (an embargo, a kill). A reader of an older format stops there.

The values are the articles in news.prepared (:mod:`streams.articles`), a partition's progress (:mod:`streams.kafka.progress`)
and what steps remember (:func:`stamp`). Each contains the number, so that a local copy has it too. docs/upgrading.md says what
that means for operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT: Final = 2
"""2: instructions (embargoes, kills), progress as JSON. 1: 0.1.0's, which wrote no number."""

FORMAT_FIELD: Final = "format"
_UNSTAMPED = 1
_STAMP = 0x80  # set in the first byte of a binary value that states its format; format 1 begins with an offset, without it
_NEWEST_STAMP = 0x8F


class NewerFormatError(ValueError):
    """A newer version wrote this, and dropping what this version does not know would do harm."""

    def __init__(self, found: int, place: str = "this") -> None:
        super().__init__(
            f"{place} was written by a newer Headwater, in format {found}; this one reads formats up to {FORMAT}:"
            " run the newer version (docs/upgrading.md)"
        )
        self.found = found


def check_format(stored: Mapping[str, Any]) -> None:
    """Make sure that this version can read a JSON object.

    Raises:
        NewerFormatError: it can't.
        ValueError: its format is not a positive number.
    """
    found = stored.get(FORMAT_FIELD, _UNSTAMPED)
    if type(found) is not int or found < _UNSTAMPED:
        raise ValueError(f"{found!r} is not a format")
    if found > FORMAT:
        raise NewerFormatError(found)


def known_fields(stored: Mapping[str, Any], shape: type[DataclassInstance]) -> dict[str, Any]:
    """The fields of a stored dataclass that this version knows: a newer one may have written more."""
    return {name: stored[name] for name in field_names(shape) if name in stored}


@cache
def field_names(shape: type[DataclassInstance]) -> tuple[str, ...]:
    """The names of a dataclass's fields, in order."""
    return tuple(each.name for each in fields(shape))


def stamp(content: bytes) -> bytes:
    """A binary value for a step to remember: one byte for the format, then the content."""
    return bytes((_STAMP | FORMAT,)) + content


def read_stamp(value: bytes) -> tuple[int, bytes]:
    """The format of a remembered value, and its content; a value without a stamp has format 1 and begins below 0x80.

    Raises:
        NewerFormatError: a newer version wrote it.
        ValueError: its beginning is not that of our values.
    """
    first = value[0] if value else 0
    if first < _STAMP:
        return _UNSTAMPED, value
    if first > _NEWEST_STAMP:
        raise ValueError("it does not begin with a format")
    if first > _STAMP | FORMAT:
        raise NewerFormatError(first - _STAMP)
    return first - _STAMP, value[1:]
