"""Boxes among an article's paragraphs whose names say they are something else: notices, dialogues, offers, comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final

from streams import lazy_re as re
from streams.records.judging.prose import weight_of
from streams.records.pages.body import Block, box_of_most, build_of, places_of
from streams.records.pages.comments import comment_lists
from streams.records.pages.labels import Names
from streams.records.pages.place import labels_of
from streams.word_lists import word_lists

_NEVER = Names(
    r"(?:^|[\s_-])(?:disclaimers?|disclosures?|modal|popup|tooltip|ctas?|promo)(?:[\s_-]|$)",
)
_SELDOM = Names(  # a whole page may have such a name because of other things on it
    r"(?:^|[\s_-])(?:newsletters?|subscribe|subscription|signup|optin|follow|donate|donation|comments?|sidebar|bio|related|share"
    r"|sharing|social|recommended|sponsor|advert|ads|captions?)(?:[\s_-]|$)",
)
_MOST_NEVER, _MOST_SELDOM = 0.4, 0.15  # a box with a larger share of the found text is the article's
_NEARLY_ALL: Final = 0.9  # share of the text found: what follows outside its box is a note about it, or another text
_ROLES: Final = frozenset(("complementary", "dialog", "alertdialog", "navigation", "search", "contentinfo", "banner"))
_OWN_TAGS: Final = frozenset(("h1", "table", "tbody", "tr", "td", "th"))  # whatever they are called: a heading, a row
_HEADINGS: Final = frozenset(("h2", "h3", "h4", "h5", "h6"))
_COMMENT: Final = "comment"  # the microdata of a reader's comment
_WORD = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def without_asides(text: str, blocks: Sequence[Block]) -> str:
    """``text`` (what was found as the article) without what is beside it by its place or by the names of its boxes."""
    lines = text.split("\n")
    found = [(block, place) for block, place in zip(blocks, places_of(lines, blocks), strict=True) if place is not None]
    texts = [block for block, _ in found]
    small = _small_boxes(texts)
    small.update(comment_lists(texts))
    tail = _tail_of(texts)
    if not small and not tail:
        return text
    own = [
        small.isdisjoint((block.element, *block.element.iterancestors())) and number not in tail
        for number, block in enumerate(texts)
    ]
    kept = {place for is_own, (_, place) in zip(own, found, strict=True) if is_own}
    beside = {place for _, place in found} - kept
    return "\n".join(line for number, line in enumerate(lines) if number not in beside)


def _tail_of(found: Sequence[Block]) -> range:
    """The last texts found, if they are outside the box that holds nearly all, and built otherwise than what is in it."""
    main = box_of_most(found, _NEARLY_ALL)
    nothing = range(0)
    if main is None:
        return nothing
    within = [block.element is main or main in block.element.iterancestors() for block in found]
    behind = range(len(found) - within[::-1].index(True), len(found)) if True in within else nothing
    builds = {build_of(block.element) for block, is_within in zip(found, within, strict=True) if is_within} if behind else set()
    return nothing if any(build_of(found[number].element) in builds for number in behind) else behind


def _small_boxes(found: Sequence[Block]) -> set[Any]:
    """The elements around found texts whose names are not an article's, and that hold little of it and not its headline."""
    known: dict[Any, _Named] = {}
    weights = Counter[Any]()
    total = 0
    for block in found:
        weight = weight_of(block.text)
        total += weight
        for element, _ in _named_around(block.element, known):
            weights[element] += weight
    return {
        each
        for each, weight in weights.items()
        if weight <= next(share for element, share in known[each] if element is each) * total and each.find(".//h1") is None
    }


_Named = tuple[tuple[Any, float], ...]
"""Elements that are named as something else, each with the share of the text that it may hold."""


def _named_around(element: Any, known: dict[Any, _Named]) -> _Named:
    """An element and those around it, as far as they are named so. ``known``: of elements seen before."""
    if element is None or element.tag in {"body", "html"}:
        return ()
    if element not in known:
        around = _named_around(element.getparent(), known)
        share = _most_of_text(element)
        known[element] = (*around, (element, share)) if share else around
    return known[element]


def _most_of_text(element: Any) -> float:
    """The share of the text that an element may hold and still be something else: 0.0 if nothing says so."""
    if element.tag in _OWN_TAGS:
        return 0.0
    labels = (element.get("class") or "") if element.tag in _HEADINGS else labels_of(element)  # their ids repeat their words
    if _NEVER.are_in(labels) or element.tag == "dialog" or element.get("itemprop") == _COMMENT:
        return _MOST_NEVER
    return _MOST_SELDOM if element.get("role") in _ROLES or _SELDOM.are_in(labels) or _is_named_beside(labels) else 0.0


@lru_cache(maxsize=8_192)
def _is_named_beside(labels: str) -> bool:
    """Whether a word of the labels, or two that follow each other, are what sites call a box beside an article."""
    words = [word for word in _WORD.findall(_CAPITAL.sub("-", labels).lower()) if not any(map(str.isdigit, word))]
    names = _names()
    return not names.isdisjoint(words) or not names.isdisjoint(f"{word}-{next_one}" for word, next_one in pairwise(words))


@cache
def _names() -> frozenset[str]:
    kinds = word_lists(__package__, "box_names.toml")
    return frozenset(name for languages in kinds.values() for names in languages.values() for name in names)
