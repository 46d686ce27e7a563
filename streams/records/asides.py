"""Boxes among an article's paragraphs whose names say they are something else: notices, dialogues, offers, comments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from streams.records.body import Block, places_of
from streams.records.labels import says
from streams.records.page_place import labels_of
from streams.records.prose import weight_of

_NEVER = re.compile(
    r"(?:^|[\s_-])(?:disclaimers?|disclosures?|modal|popup|tooltip|ctas?|promo)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_SELDOM = re.compile(  # a whole page may have such a name because of other things on it
    r"(?:^|[\s_-])(?:newsletters?|subscribe|subscription|signup|optin|follow|donate|donation|comments?|sidebar|bio|related|share"
    r"|sharing|social|recommended|sponsor|advert|ads|captions?)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_MOST_OF_TEXT: Final = ((_NEVER, 0.4), (_SELDOM, 0.15))  # a box with a larger share of the found text is the article's


def without_asides(text: str, blocks: Sequence[Block]) -> str:
    """``text`` (what was found as the article) without the lines of small boxes whose names say they are something else."""
    lines = text.split("\n")
    found = [(block, place) for block, place in zip(blocks, places_of(lines, blocks), strict=True) if place is not None]
    if not (small := _small_boxes([block for block, _ in found])):
        return text
    kept = {place for block, place in found if small.isdisjoint(block.element.iterancestors()) and block.element not in small}
    beside = {place for _, place in found} - kept
    return "\n".join(line for number, line in enumerate(lines) if number not in beside)


def _small_boxes(found: Sequence[Block]) -> set[Any]:
    """The elements around found texts whose names are not an article's, and that hold little of it and not its headline."""
    shares: dict[Any, float] = {}
    weights = Counter[Any]()
    for block in found:
        for element in (block.element, *block.element.iterancestors()):
            if element.tag in {"body", "html"}:
                break
            if element not in shares:
                shares[element] = _most_of_text(element)
            if shares[element]:
                weights[element] += weight_of(block.text)
    total = sum(weight_of(block.text) for block in found)
    return {each for each, weight in weights.items() if weight <= shares[each] * total and each.find(".//h1") is None}


def _most_of_text(element: Any) -> float:
    """The share of the text that an element may hold and still be something else: 0.0 if its name does not say so."""
    labels = labels_of(element)
    return next((share for pattern, share in _MOST_OF_TEXT if says(pattern, labels)), 0.0)
