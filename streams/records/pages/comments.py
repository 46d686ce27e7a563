"""Readers' comments that no class names: a list of alike items below an article, each with a name, a time and a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

from streams import lazy_re as re
from streams.records.judging.prose import weight_of
from streams.records.pages.body import Block

_LEAST_ITEMS: Final = 4
_LEVELS: Final = 4  # at most so many levels below the list's item is its text
_LEAST_TEXT: Final = 25  # weight of a comment
_LONGEST_LABEL: Final = 48  # weight of a name, or a time
_LEAST_DISTINCT: Final = 0.7  # share of the names: in an interview two take turns
_LEAST_ABOVE: Final = 250  # weight of the article above the comments …
_LEAST_PARAGRAPHS_ABOVE: Final = 2  # … in so many paragraphs
_LEAST_PARAGRAPH: Final = 40  # weight
_TEXTS: Final = ("p", "div", "blockquote", "section")  # a comment's text has a box of its own
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_TIME = re.compile(
    r"\d{1,2}:\d\d|\d{1,4}[./\-年]\s?\d{1,2}(?:[./\-月日]|$)|\d\D{0,12}(?:ago|前|전|назад|тому|temu|siden|sedan|sitten|önce|geleden|fa|atrás|lalu|trước)\b"
    r"|\b(?:vor|il y a|hace|há|před|pred|قبل|منذ|לפני)\s\D{0,6}\d|\d{4}$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def comment_lists(found: Sequence[Block]) -> Iterator[Any]:
    """The elements around readers' comments among the blocks that were found as an article's text."""
    items: dict[Any, dict[Any, None]] = {}
    above: dict[Any, int] = {}  # the number of found blocks before an element's first
    for number, block in enumerate(found):
        if weight_of(block.text) < _LEAST_TEXT:
            continue
        item = block.element
        for _ in range(_LEVELS):
            parent = item.getparent()
            if parent is None or item.tag == "body":
                break
            items.setdefault(parent, {})[item] = None
            above.setdefault(parent, number)
            item = parent
    prose = [weight if (weight := weight_of(block.text)) >= _LEAST_PARAGRAPH else 0 for block in found]
    sums, counts = list(accumulate(prose, initial=0)), list(accumulate(map(bool, prose), initial=0))
    for box, members in items.items():
        at = above[box]
        is_below = counts[at] >= _LEAST_PARAGRAPHS_ABOVE and sums[at] >= _LEAST_ABOVE
        if len(members) >= _LEAST_ITEMS and is_below and _are_comments(list(members)) and next(box.iter("h1"), None) is None:
            yield box


def _are_comments(items: Sequence[Any]) -> bool:
    """Whether elements are built alike, and each has a name of its own and a time, but no heading."""
    if len({_build(item) for item in items}) > 1 or any(next(item.iter(*_HEADINGS), None) is not None for item in items):
        return False
    labels = [_labels(item) for item in items]
    if not all(names and times for names, times in labels):
        return False
    return len({names[0] for names, _ in labels}) >= _LEAST_DISTINCT * len(items)


def _build(item: Any) -> str:
    return f"{item.tag} {_DIGITS.sub('', item.get('class') or '')}"


def _labels(item: Any) -> tuple[list[str], bool]:
    """The short texts of an item that are not times, and whether one is or has a time."""
    if next(item.iter(*_TEXTS), None) is None:
        return [], False
    texts = [" ".join(text.split()) for text in item.itertext() if text and not text.isspace()]
    short = [text for text in texts if weight_of(text) <= _LONGEST_LABEL]
    times = [text for text in short if _TIME.search(text)]
    names = [text for text in short if text not in times and any(map(str.isalpha, text))]
    return names, bool(times) or item.find(".//time") is not None
