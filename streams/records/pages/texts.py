"""The texts of a page's elements, collected in one walk: each question about an element is a look at a part of one list."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Final

_MOST_STEPS: Final = 6
_LONGEST_LABEL: Final = 60  # characters


class PageTexts:
    """A page's elements and their texts in order. The tree must not change meanwhile.

    It keeps every element of the tree alive: lxml makes a new object of an element each time that none is left of it.
    """

    def __init__(self, tree: Any) -> None:
        self.elements: list[Any] = list(tree.iter())
        self._texts: list[str] = []
        self._spans: dict[Any, tuple[int, int]] = {}
        self._behind_breaks: set[int] = set()
        self._collect()
        # Characters of all texts before each, without the spaces around each.
        self._lengths = list(accumulate(map(len, map(str.strip, self._texts)), initial=0))
        self._lines: dict[Any, str] = {}
        self._said_before: dict[Any, str] = {}

    def _collect(self) -> None:
        texts, unclosed = self._texts, list[tuple[Any, int]]()
        for element in (*self.elements, None):
            around = None if element is None else element.getparent()
            while unclosed and unclosed[-1][0] is not around:
                closed, start = unclosed.pop()
                self._spans[closed] = (start, len(texts))
                if tail := closed.tail:
                    if closed.tag == "br":
                        self._behind_breaks.add(len(texts))
                    texts.append(tail)
            if element is not None:
                unclosed.append((element, len(texts)))
                if text := element.text:
                    texts.append(text)

    def texts_of(self, element: Any) -> list[str]:
        """The texts within an element in order."""
        start, end = self._spans[element]
        return self._texts[start:end]

    def text_of(self, element: Any) -> str:
        """All text of an element in one line."""
        return " ".join("".join(self.texts_of(element)).split())

    def spaced_words(self, element: Any) -> str:
        """The text of an element in one line, with spaces between different elements, which a reader sees apart.

        Elements that only mark words (emphasis, links) add no space inside a word or before punctuation.
        """
        texts, (start, end) = self.texts_of(element), self._spans[element]
        for number in self._behind_breaks.intersection(range(start, end)) if self._behind_breaks else ():
            texts[number - start] = f" {texts[number - start]}"
        return _joined(texts)

    def has_line(self, element: Any, most: int) -> bool:
        """Whether an element has a text of at most ``most`` characters."""
        return 0 < self._length_of(element) <= most

    def line_of(self, element: Any, most: int) -> str:
        """The text of an element in one line; "" if it has more than ``most`` characters."""
        if not self.has_line(element, most):
            return ""
        line = self._lines.get(element)
        if line is None:
            line = self._lines[element] = self.spaced_words(element)
        return line

    def _length_of(self, element: Any) -> int:
        start, end = self._spans[element]
        return self._lengths[end] - self._lengths[start]

    def said_before(self, element: Any) -> str:
        """The words right before an element, in the element before it or in one around it; "" if there are none nearby."""
        said = self._said_before.get(element)
        if said is None:
            said = self._said_before[element] = self._find_before(element)
        return said

    def _find_before(self, element: Any) -> str:
        for _ in range(_MOST_STEPS):
            preceding = element.getprevious()
            around = element.getparent()
            if preceding is not None:
                said = (preceding.tail or "").strip() or self.line_of(preceding, _LONGEST_LABEL)
                element = preceding
                if not said and self._length_of(preceding):
                    return ""
            elif around is not None:
                said, element = (around.text or "").strip(), around
            else:
                return ""
            if said:
                return said[-_LONGEST_LABEL:]
        return ""


def spaced_words(element: Any) -> str:
    """The text of an element, as :meth:`PageTexts.spaced_words` gives it."""
    return PageTexts(element).spaced_words(element)


def _joined(texts: Iterable[str]) -> str:
    pieces: list[str] = []
    for text in texts:
        if pieces and not pieces[-1][-1:].isspace() and text[:1].isalnum() and _parts_words(pieces[-1], text):
            pieces.append(" ")
        if text:
            pieces.append(text)
    return " ".join("".join(pieces).split())


def _parts_words(before: str, text: str) -> bool:
    """Whether two adjacent texts are separate words: the second starts a new one ("rowMayor"), or both are whole phrases."""
    if before[-1:] in _OPENING:
        return False
    return text[:1].isupper() or "@" in text or (before[-1:].isalnum() and len(before.split()) > 1 and len(text.split()) > 1)


_OPENING: Final = frozenset("([{<«„“‘'\"’-–—/&#@$€£+")
