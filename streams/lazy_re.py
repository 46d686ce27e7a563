"""Regular expressions that are compiled when they are first used: ``from streams import lazy_re as re``.

There are more than five hundred, mostly of words in many languages; an article needs one in six of them. Compiling all of them
was half of what imports cost each command and each worker. A use costs 0.04 µs more than that of a compiled pattern.
"""

from __future__ import annotations

from functools import cached_property
from re import (
    ASCII,
    DOTALL,
    IGNORECASE,
    MULTILINE,
    VERBOSE,
    Match,
    Pattern,
    escape,
    findall,
    finditer,
    fullmatch,
    match,
    search,
    split,
    sub,
)
from re import compile as compile_now
from typing import Any, AnyStr, cast

__all__ = [
    "ASCII",
    "DOTALL",
    "IGNORECASE",
    "MULTILINE",
    "VERBOSE",
    "Match",
    "Pattern",
    "compile",
    "escape",
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
]


class LazyPattern:
    """Stands for a pattern: compiles it for the first method that is asked for, and remembers the method."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def compiled(self) -> Pattern[Any]:
        """The pattern itself.

        Raises:
            re.error: there is a mistake in it.
        """
        return compile_now(self.pattern, self._flags)

    def __reduce__(self) -> tuple[Any, ...]:
        """What a copy or a pickle is made of again: methods that are remembered can't be pickled."""
        return LazyPattern, (self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.compiled, name)
        setattr(self, name, value)
        return value


def compile(pattern: AnyStr, flags: int = 0) -> Pattern[AnyStr]:  # noqa: A001 - the name that it has in `re`
    """A pattern whose source is read when it is first used: mistakes show then. ``re.sub(pattern, ...)`` does not take it."""
    return cast("Pattern[AnyStr]", LazyPattern(pattern, flags))
