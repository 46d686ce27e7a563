"""What is worked out once and remembered within a bound: few words make up most of the news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(dict[Key, Value], Generic[Key, Value]):
    """What ``work_out`` says of each key, worked out when it is first needed.

    Half of the ``most`` that may be remembered are here. When they are as many, they become the earlier half, from which a key
    comes back when it is needed again. So what is seldom used is forgotten, and a look-up is that of a plain dictionary.
    """

    def __init__(self, work_out: Callable[[Key], Value], most: int) -> None:
        super().__init__()
        self._work_out = work_out
        self._most_here = most // 2
        self._earlier: dict[Key, Value] = {}

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._most_here:
            self._earlier = dict(self)
            self.clear()
        self[key] = found = self._earlier.pop(key) if key in self._earlier else self._work_out(key)
        return found
