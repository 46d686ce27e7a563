"""Menus, forms and headers that hold a whole page: a server-side form, or an unclosed element that takes in what follows."""

from __future__ import annotations

from functools import partial
from itertools import dropwhile, islice, takewhile
from typing import Any, Final

from streams.records.judging.prose import weight_of
from streams.records.pages.place import NEVER_NAMES, labels_of

_WRAPPERS: Final = frozenset(("aside", "button", "footer", "form", "header", "nav"))
_LEAST_SHARE = 0.8  # of the page's paragraphs, which a wrapper holds …
_LEAST_PROSE = 1_000  # … in weight; the header of a short article may hold a good part of it
_LEAST_IN_ASIDE = 500  # weight of the paragraphs of an aside that holds the article
_MOST_ASIDES: Final = 50  # of a page; each is read whole
_TELLING: Final = ("class", "id", "role", "hidden", "aria-hidden")  # attributes because of which elements are skipped


def open_wrappers(tree: Any) -> None:
    """Turn each such element around the page's headline into a plain container, and those within it that hold as much.

    An ``aside`` that holds the page's text is one wherever the headline stands.
    """
    for heading in tree.iter("h1"):
        around = list(takewhile(lambda each: each.tag not in {"body", "html"}, heading.iterancestors()))
        if not any(each.tag in _WRAPPERS for each in around):
            continue
        whole = list(takewhile(partial(_holds, least=_LEAST_SHARE * _prose_in(tree)), reversed(around)))
        for element in dropwhile(lambda each: each.tag not in _WRAPPERS, whole):
            _make_plain(element)
    asides = [
        (each, prose) for each in islice(tree.iter("aside"), _MOST_ASIDES) if (prose := _prose_in(each)) >= _LEAST_IN_ASIDE
    ]
    least = _LEAST_SHARE * _own_prose(tree) if asides else 0
    for aside in [each for each, prose in asides if prose >= least]:  # the article below its headline
        _make_plain(aside)


def _holds(element: Any, *, least: float) -> bool:
    return _prose_in(element) >= max(_LEAST_PROSE, least)


def _prose_in(element: Any) -> int:
    """The weight of the paragraphs in an element."""
    return sum(weight_of(paragraph.text_content()) for paragraph in element.iter("p"))


def _own_prose(tree: Any) -> int:
    """The weight of a page's paragraphs, without those in comments, teasers and the like."""
    beside = [
        each
        for each in tree.iter("div", "section", "ul", "ol", "footer")
        if each.tag == "footer" or (NEVER_NAMES.are_in(labels_of(each)) and each.find(".//h1") is None)
    ]
    among = set(beside)
    outermost = (each for each in beside if among.isdisjoint(each.iterancestors()))
    return _prose_in(tree) - sum(map(_prose_in, outermost))


def _make_plain(element: Any) -> None:
    element.tag = "div" if element.tag in _WRAPPERS else element.tag
    for name in _TELLING:
        element.attrib.pop(name, None)
