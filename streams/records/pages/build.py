"""What a page is built of, counted in one walk for all that ask."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple


class Build(NamedTuple):
    """How many elements of each tag a page has, and its classes and ids, each all in one text."""

    tags: Counter[str]
    classes: str
    ids: str


def count_build(tree: Any) -> Build:
    """Count what lxml's tree of a page is built of."""
    tags: list[str] = []
    classes: list[str] = []
    ids: list[str] = []
    for element in tree.iter("*"):
        tags.append(element.tag)
        if label := element.get("class"):
            classes.append(label)
        if label := element.get("id"):
            ids.append(label)
    return Build(Counter(tags), " ".join(classes), " ".join(ids))
