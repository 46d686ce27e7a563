"""Boxes of facts about an article: a label as a small heading or term, and below it what it names ("Author", "Ann Roe")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from streams.records.pages.place import NEVER_NAMES, NEVER_TAGS, Page, ancestors, labels_of

_LABEL_TAGS: Final = ("h3", "h4", "h5", "h6", "dt", "th")
_LONGEST_LABEL, _LONGEST_VALUE = 24, 160  # characters
_MOST_LABELS = 200  # of a page


def facts_labelled(page: Page, is_label: Callable[[str], bool]) -> Iterator[Any]:
    """The elements behind the labels that ``is_label`` accepts: beside the text, but in no menu, form or comment."""
    for element in islice(page.body.iter(*_LABEL_TAGS), _MOST_LABELS):
        label = page.line_of(element, _LONGEST_LABEL).rstrip(" :：")
        value = element.getnext()
        if not label or value is None or not is_label(label) or not page.line_of(value, _LONGEST_VALUE):
            continue
        if not any(each.tag in NEVER_TAGS or NEVER_NAMES.are_in(labels_of(each)) for each in ancestors(element)):
            yield value
