"""Names in the classes and ids of a page's elements. Answers are kept: the same few labels occur on many elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from streams import lazy_re as re

_LONGEST_KEPT: Final = 200  # characters; longer labels are rare, and not kept
_MOST_KEPT: Final = 2_048  # labels for each question
_MOST_SEARCHED: Final = 2_000  # characters of a label; names stand among the first, and a page may repeat 20 kB a hundred times


_Said = TypeVar("_Said")


class Answers(dict[str, _Said], Generic[_Said]):
    """The answers to one question about labels, by label: asked once for each, and again when too many were kept."""

    def __init__(self, ask: Callable[[str], _Said]) -> None:
        self._ask = ask

    def __missing__(self, label: str) -> _Said:
        answer = self._ask(label)
        if len(label) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[label] = answer
        return answer


class Names:
    """What boxes of one kind are called: a pattern in small letters, which is found in labels of any case."""

    def __init__(self, pattern: str) -> None:
        self.pattern: Final = pattern
        self._any_case = re.compile(pattern, re.IGNORECASE)
        # Where case can't matter, Python rules most places out by the letters that a match begins with: 3 to 5 times as fast.
        self._small = re.compile(pattern)
        self._answers = Answers(self._search)

    def are_in(self, label: str) -> bool:
        """Whether one of the names is in a label: an element's classes and id (:func:`.place.labels_of`)."""
        return self._answers[label]

    def _search(self, label: str) -> bool:
        label = label[:_MOST_SEARCHED]
        return (self._small.search(label.lower()) if label.isascii() else self._any_case.search(label)) is not None
