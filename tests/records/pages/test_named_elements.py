"""trafilatura's searches by name have the same answers when each label is looked at once."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from trafilatura import xpaths

from streams.records.pages.named_elements import NamedElements, quicken, understood

SEARCHES = {
    f"{name} {number}": search.path
    for name in (
        "BODY_XPATH",
        "OVERALL_DISCARD_XPATH",
        "TEASER_DISCARD_XPATH",
        "PRECISION_DISCARD_XPATH",
        "DISCARD_IMAGE_ELEMENTS",
        "REMOVE_COMMENTS_XPATH",
        "REMOVE_COMMENTS_AND_LISTS_XPATH",
        "RAW_TREE_PRUNE_XPATH",
    )
    for number, search in enumerate(getattr(xpaths, name))
}
UNDERSTOOD = {name: path for name, path in SEARCHES.items() if understood(path)}

TAGS = st.sampled_from(
    ["div", "p", "section", "span", "ol", "ul", "list", "item", "article", "main", "details", "h1", "header"]
)
WORDS = [
    "nav",
    "Nav",
    "menu",
    "cookie",
    "share",
    "footer",
    "bottom",
    "link",
    "teaser",
    "Teaser",
    "caption",
    "comment",
    "Comments",
    "commentary",
    "comol",
    "article-content",
    "story",
    "post",
    "content",
    "fulltext",
    "FullText",
    "main-content",
    "Main-Content",
    "hidden",
    "reply-",
    "message",
    "hide-",
    " hide",
    "widget",
    "author",
    "-icon",
    "entry",
    "x",
    " ",
    "tags",
    "ad-",
]
VALUES = st.lists(st.sampled_from(WORDS), max_size=3).map("".join)
OTHERS = [
    ("role", "Navigation"),
    ("role", "article"),
    ("style", "display:none"),
    ("style", "border: 0"),
    ("style", "hidden"),
    ("aria-hidden", "true"),
    ("itemprop", "articleBody"),
    ("data-lp-replacement-content", ""),
    ("data-component", "MostPopularStories"),
]
ATTRIBUTES = st.lists(
    st.tuples(st.sampled_from(["class", "id"]), VALUES) | st.sampled_from(OTHERS), max_size=4, unique_by=lambda each: each[0]
)
ELEMENTS = st.lists(st.tuples(TAGS, ATTRIBUTES, st.booleans()), max_size=12)


def built(elements: list[tuple[str, list[tuple[str, str]], bool]]) -> Any:
    tree = inner = etree.Element("body")
    for tag, attributes, is_within in elements:
        element = etree.SubElement(inner, tag)
        for name, value in attributes:  # the first of several attributes counts, so their order is kept
            element.set(name, value)
        inner = element if is_within else inner
    return tree


@pytest.mark.parametrize("path", UNDERSTOOD.values(), ids=UNDERSTOOD)
@given(elements=ELEMENTS)
def test_a_search_finds_what_its_xpath_finds(path: str, elements: list[tuple[str, list[tuple[str, str]], bool]]) -> None:
    tree = built(elements)
    wanted = etree.XPath(path, namespaces={"re": xpaths.REGEXP_NS})(tree)
    search = understood(path)
    assert search is not None
    found = search(tree)
    assert found == (wanted[:1] if path.rstrip().endswith("[1]") else wanted)


def test_the_dearest_searches_are_understood() -> None:
    dearest = {"BODY_XPATH 0", "OVERALL_DISCARD_XPATH 0", "OVERALL_DISCARD_XPATH 1", "REMOVE_COMMENTS_AND_LISTS_XPATH 0"}
    assert dearest <= set(UNDERSTOOD)


OTHER_PATHS = (
    "(.//article)[1]",
    ".//header",
    ".//*[self::div][not(.//h1) or re:test(@id, 'a')]",
    ".//*[@class='a' and @id='b']",
    ".//div[@class='a']",
    "//*[@class='a']",
    ".//*[@class='a']|.//main",
    ".//*[count(@class)=1]",
    ".//*[string-length(@id)]",
)


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_what_is_not_understood_is_left_to_lxml(path: str) -> None:
    assert understood(path) is None
    search = etree.XPath(path, namespaces={"re": xpaths.REGEXP_NS})
    searches = [search]
    quicken(searches)
    assert searches == [search]


def test_a_list_of_searches_is_replaced_once_and_in_its_place() -> None:
    path = ".//*[self::div][re:test(@class, 'nav')]"
    searches: list[Any] = [etree.XPath(path, namespaces={"re": xpaths.REGEXP_NS})]
    alias = searches
    quicken(searches)
    [quick] = alias
    assert isinstance(quick, NamedElements)
    quicken(searches)
    assert searches == [quick]
    tree = html.fromstring("<div><div class='nav'>a</div><p class='nav'>b</p></div>")
    assert [each.text for each in quick(copy(tree))] == ["a"]
