"""Elements go as trafilatura removes them, and the texts behind them are written once."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from trafilatura import xml

from streams.records.pages.removals import delete_element, gathering

PAGE = "<div>a<nav>b</nav>c<nav>d<nav>e</nav>f</nav>g<aside>h</aside>i<p>j</p>k<aside></aside>l<nav>m</nav></div>"


@pytest.mark.parametrize("keep_tail", [True, False])
@pytest.mark.parametrize("tags", [("nav", "aside"), ("aside", "nav"), ("p", "nav"), ("nav", "p", "aside")])
def test_the_tree_is_the_librarys(tags: tuple[str, ...], keep_tail: bool) -> None:

    def remove(tree: Any, delete: Any) -> bytes:
        for tag in tags:
            for element in tree.iter(tag):
                delete(element, keep_tail=keep_tail)
        return html.tostring(tree)

    theirs = remove(html.fromstring(PAGE), xml.delete_element)
    tree = html.fromstring(PAGE)
    gathering(remove)(tree, delete_element)
    assert html.tostring(tree) == theirs
    assert remove(html.fromstring(PAGE), delete_element) == theirs


class Node:
    """An element that counts what is written behind it."""

    def __init__(self, tail: str = "") -> None:
        self._tail, self.written = tail, 0
        self.children: list[Node] = []
        self.parent: Node | None = None

    @property
    def tail(self) -> str:
        return self._tail

    @tail.setter
    def tail(self, text: str) -> None:
        self._tail = text
        self.written += len(text)

    def getparent(self) -> Node | None:
        return self.parent

    def getprevious(self) -> Node | None:
        assert self.parent is not None
        at = self.parent.children.index(self)
        return self.parent.children[at - 1] if at else None

    def remove(self, child: Node) -> None:
        self.children.remove(child)


def test_what_stood_behind_a_thousand_elements_is_written_once() -> None:
    box = Node()
    box.children = [Node(), *(Node("tail") for _ in range(1_000))]
    for child in box.children:
        child.parent = box
    first, *others = box.children

    @gathering
    def remove() -> None:
        for each in others:
            delete_element(each)

    remove()
    assert first.tail == "tail" * 1_000
    assert first.written == len(first.tail)
