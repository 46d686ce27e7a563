"""Who wrote the article of a page of HTML: by its metadata, its marks, and the lines near its headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from streams.records.bylines import read_names
from streams.records.linked_data import types_of
from streams.records.page_place import AUTHOR_NAMES, MOST_LOOKED_AT, Page, labels_of, names_of, spaced_words

_LABELS: Final = (
    "written by",
    "author",
    "by",
    "verfasst von",
    "geschrieben von",
    "écrit par",
    "escrito por",
    "scritto da",
    "geschreven door",
)
_SHORT = 120  # characters of a line that may be a byline

_META_AUTHORS: Final = (
    "author", "article:author", "article:author_name", "og:article:author",
    "parsely-author", "dc.creator", "dc:creator", "dcterms.creator",
    "sailthru.author", "citation_author", "byl", "byline",
    "author-name", "authors", "cxenseparse:author", "vr:author", "twitter:creator:name",
    "bt:author", "news_author", "article.author", "creator", "parsely-authors", "mediator_author", "article_author",
)  # fmt: skip


def read_authors(page: Page) -> str:
    return next((found for written in _authors_told(page) if (found := read_names(written, page.outlets))), "")


def _authors_told(page: Page) -> Iterator[list[str]]:
    told = page.article.get("author") or page.article.get("creator")
    authors = told if isinstance(told, list) else [told]
    organisations = [
        each for each in authors if isinstance(each, dict) and any(kind.endswith("Organization") for kind in types_of(each))
    ]
    yield names_of([each for each in authors if each not in organisations])
    for name in _META_AUTHORS:
        yield [_surname_last(content) if name == "citation_author" else content for content in page.metas.get(name, ())]
    for number in ("1", "2"):
        label = next(iter(page.metas.get(f"twitter:label{number}", ())), "")
        if label.strip().lower() in _LABELS:
            yield page.metas.get(f"twitter:data{number}", [])
    yield from _authors_marked(page)
    yield names_of(organisations)


def _surname_last(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _authors_marked(page: Page) -> Iterator[list[str]]:
    """What elements of the page mark as its authors: microdata, links, names of classes, and lines beside the headline."""
    marked = page.body.xpath(".//*[contains(@itemprop, 'author')]")
    yield [_property_name(each) for each in marked if "author" in each.get("itemprop").split() and page.is_own(each)]
    yield [spaced_words(each) for each in page.body.xpath(".//a[contains(@rel, 'author')]") if page.is_own(each)]
    named = page.near_first(page.body.xpath(".//*[@class or @id]")[:MOST_LOOKED_AT])
    marked = (each for each in named if AUTHOR_NAMES.search(labels_of(each)) and page.is_own(each))
    for element in islice(marked, 12):
        inner = next(
            (
                each
                for each in element.iterdescendants()
                if isinstance(each.tag, str) and re.search("name", labels_of(each), re.IGNORECASE)
            ),
            None,
        )
        links = [spaced_words(each) for each in element.iter("a") if _PROFILE.search(each.get("href") or "")]
        items = [spaced_words(each) for each in element.iter("li")] if len(links) < 2 else []
        text = spaced_words(element)
        yield items or links or ([spaced_words(inner)] if inner is not None else [])
        if len(text) <= _SHORT and not re.search(r"[.!?]\s+\w", text):
            yield [text]
    if page.heading is not None:
        yield from _bylines_near(page)


_PROFILE = re.compile(r"/(?:authors?|people|person|staff|profile|contributors?|autor(?:en)?|by|team)/")


def _property_name(element: Any) -> str:
    inner = next((each for each in element.iterdescendants() if each.get("itemprop") == "name"), element)
    return inner.get("content") or spaced_words(inner)


_BYLINE = re.compile(
    r"^(?:(?:words|written|posted|article|story|text|report)\s+)?by:?\s+(?P<name>[^\W\d_].{2,60})$|^(?:von|par|por|di|af|av|door|przez)\s+(?P<other>(?-i:[A-ZÀ-ÞА-Я])\S+\s.{2,50})$",
    re.IGNORECASE,
)


def _bylines_near(page: Page) -> Iterator[list[str]]:
    for element in page.near():
        text = spaced_words(element)
        if len(text) <= _SHORT and not page.is_beside(element) and (found := _BYLINE.match(text)):
            yield [
                re.split(r"\s*[|·•]\s*|,?\s+(?:on\s+)?(?=\w+ \d{1,2},? \d{4})|\s+[–—-]\s+", found["name"] or found["other"])[0]
            ]
