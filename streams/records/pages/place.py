"""A page while its facts are collected: which elements belong to the article, are near its headline, or are beside it.

Teasers, menus, footers and comments ("beside" the article) are not evidence for anything about the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice, takewhile
from typing import Any, Final

from streams import lazy_re as re
from streams.records.pages.labels import Names
from streams.records.pages.linked_data import types_of
from streams.records.pages.texts import PageTexts
from streams.records.values.urls import url_parts

_BESIDE_TAGS: Final = frozenset(("nav", "aside", "footer", "form", "menu", "dialog", "noscript", "template"))
_BESIDE_IN_ARTICLE: Final = _BESIDE_TAGS - {"footer"}  # an article's own footer may name its author
_BESIDE_NAMES = Names(
    r"related|teaser|most[-_]?(?:read|popular|viewed)|trending|side[-_]?bar|recommend|(?<!elementor-)widget|comment|promo|popular|latest|more[-_]?(?:from|stor|news|article|post)"
    r"|read[-_]?(?:next|also|more)|next[-_]?(?:post|article)|prev|(?<!post-)(?<!entry-)(?<!article-)footer|\bnav|menu|breadcrumb|newsletter|outbrain|taboola|carousel|slider|cookie|modal|popup"
    r"|featured[-_]?(?:post|article)|post[-_]?(?:card|grid|list)|article[-_]?(?:card|grid|list)|card[-_]?(?:grid|list)|search|social|share",
)
AUTHOR_NAMES = Names(
    r"(?:^|[\s_-])(?:\w*by-?line|authors?|writers?|reporters?|auteurs?|autor(?:es|as?|e|i)?|verfasser|redakteur|contributors?|journaliste?s?|columnist|correspondent|forfatter|skribent|kirjoittaja|toimittaja|szerz[oő]|yazar|muhabir|penulis|wartawan|tac-?gia|redactor)(?:[\s_-]|$|name|link|__)|(?:author|byline)[-_]?name",
)
NEVER_TAGS: Final = frozenset(("nav", "footer", "form", "menu", "dialog", "noscript", "template", "script", "style"))
_WHOLE_TAGS: Final = frozenset(("article", "main", "body", "html"))
NEVER_NAMES = Names(
    r"related|teaser|most[-_]?(?:read|popular|viewed)|trending|recommend|comment|more[-_]?(?:from|stor|news|article|post)"
    r"|read[-_]?(?:next|also|more)|footer|\bnav|menu|newsletter|outbrain|taboola|carousel|slider|cookie|modal|popup|search|caption",
)
PAGE_TYPES: Final = ("Page", "Review", "Recipe")  # how the names of those of schema.org's types end that may be all of a page
_MOST_NEAR = 60  # elements before and after the headline that are looked at
_LONGEST_TEASER = 1_500  # characters
_LEAST_TITLE, _LONGEST_TITLE, _LEAST_TITLE_WORDS = 25, 250, 4  # characters and words of a linked headline
_LEAST_TEXT = 100  # characters of a paragraph that counts as the article's text
MOST_LOOKED_AT = 4_000  # elements


_LONGEST_LOGO: Final = 40  # characters
_MOST_OUTLETS: Final = 20  # of a page: headings, titles and bylines are compared with each of them


class Page(PageTexts):
    """A page being read: its elements in order, which of them are beside the article, and the names of its outlet."""

    def __init__(
        self, tree: Any, article: Mapping[str, Any], documents: list[Any], metas: Mapping[str, list[str]], url: str | None
    ) -> None:
        super().__init__(tree)
        self.tree, self.article, self.documents, self.metas, self.url = tree, article, documents, metas, url
        _take_for_microdata(self.elements[1:])
        self.marked = [each for each in self.elements[1:] if each.get("itemprop") is not None]  # have a microdata name
        body = tree.find("body")
        self.body = tree if body is None else body
        self._beside: dict[Any, bool] = {}
        self.heading: Any = None
        self._trusted: set[Any] = set()
        self._near: list[Any] | None = None
        self._named: list[Any] | None = None
        self._teasers: dict[Any, bool | None] = {}
        self._above_text: set[Any] | None = None
        self._around_heading: set[Any] = set()  # with the heading
        self._around_titles: set[Any] = set()
        for title in tree.iter("h1"):
            self._around_titles.update(takewhile(lambda each: each not in self._around_titles, title.iterancestors()))
        self.scope: Any = self.body
        self.outlets = tuple(islice(dict.fromkeys(name for name in self._outlet_names() if name), _MOST_OUTLETS))
        self.language = (tree.get("lang") or next(iter(metas.get("og:locale", ())), "")).replace("_", "-")

    def _outlet_names(self) -> Iterator[str]:
        publisher = self.article.get("publisher")
        if "Person" not in types_of(publisher):  # a person is a blogger
            yield from (each for each in names_of(publisher) if each)
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site"):
            yield from (content.lstrip("@") for content in self.metas.get(name, ()))
        for node in nodes_of(self.documents):
            if {"WebSite", "NewsMediaOrganization"} & set(types_of(node)):
                yield from names_of(node)
        if self.url:
            yield url_parts(self.url).hostname or ""
        yield from self._logos()

    def _logos(self) -> Iterator[str]:
        """The headings that are only a link to the site's first page."""
        for heading in islice(self.body.iter("h1", "h2"), _MOST_OUTLETS):
            link = heading.find(".//a")
            if link is not None and url_parts(link.get("href") or "x").path in ("", "/"):
                name = self.line_of(heading, _LONGEST_LOGO)
                if name == self.line_of(link, _LONGEST_LOGO):
                    yield name

    def named(self) -> list[Any]:
        """The first elements of the body that have a class or an id."""
        if self._named is None:
            names = (
                each for each in self.body.iterdescendants() if each.get("class") is not None or each.get("id") is not None
            )
            self._named = list(islice(names, MOST_LOOKED_AT))
        return self._named

    def is_in_body(self, element: Any) -> bool:
        return element is not self.body and self.body in element.iterancestors()

    def mark(self, heading: Any) -> None:
        """Take this heading as the headline: the article is the <article> around it, or else the largest one."""
        self.heading = heading
        self._teasers = {}
        around = list(ancestors(heading))
        self._around_heading = set(around)
        self._beside = dict.fromkeys(around, False)  # whatever their names say
        inside = next((each for each in around if each.tag == "article"), None)
        self.scope = self.body if inside is None else inside

    def is_beside(self, element: Any) -> bool:
        """Whether an element belongs to a menu, a teaser, a comment or the like."""
        known = self._beside.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        tag = element.tag
        beside = (tag in _BESIDE_TAGS and (tag in _BESIDE_IN_ARTICLE or not self._is_in_article(element))) or (
            parent is not None and tag not in ("body", "html", "main") and self.is_beside(parent)
        )
        if not beside and tag not in ("body", "html", "main", "article", "h1"):
            beside = _BESIDE_NAMES.are_in(labels_of(element)) and element not in self._around_titles
        self._beside[element] = beside
        return beside

    def _is_in_article(self, element: Any) -> bool:
        return next(element.iterancestors("article", "main"), None) is not None

    def own(self, *tags: str) -> Iterator[Any]:
        """The article's elements (with these tags), those around the headline first, out of the first 4,000 of the page."""
        near = [each for each in self.near() if not tags or each.tag in tags]
        for element in dict.fromkeys((*near, *islice(self.body.iter(*(tags or ("*",))), MOST_LOOKED_AT))):
            if self.is_own(element):
                yield element

    def is_own(self, element: Any) -> bool:
        """Whether an element belongs to the article: neither beside it nor part of a teaser."""
        return not self.is_beside(element) and not self._is_of_teaser(element)

    def is_of_head(self, element: Any) -> bool:
        """Whether an element near the headline may name the author and date: it is in no menu, form or teaser."""
        if any(each.tag in NEVER_TAGS or NEVER_NAMES.are_in(labels_of(each)) for each in self._below_head(element)):
            return False
        return self.is_own(element) if self.is_below_text(element) else not self._is_of_teaser(element, 2)

    def _below_head(self, element: Any) -> Iterator[Any]:
        """The element and its ancestors, up to one that also holds the headline."""
        around = self._around_heading
        return takewhile(lambda each: each not in around and each.tag not in _WHOLE_TAGS, ancestors(element))

    def is_below_text(self, element: Any) -> bool:
        """Whether paragraphs of text, more than a standfirst, are between the headline and an element near it."""
        if self._above_text is None:
            behind = self._behind()
            texts = {each.text_content(): number for number, each in reversed(list(enumerate(behind))) if _is_text(each)}
            second = next(islice(sorted(texts.values()), 1, None), len(behind))  # a standfirst may be there twice
            self._above_text = {*behind[:second], *self._before()}
        return element not in self._above_text

    def trust(self, element: Any) -> None:
        """Count an element and its containers as the article's, whatever their names say."""
        around = list(self._below_head(element))
        for each in around:
            self._beside[each] = False
            self._trusted.add(each)
        for each in (around[-1] if around else element).iterdescendants():
            if each not in self._trusted:
                self._beside.pop(each, None)

    def near_first(self, elements: list[Any]) -> list[Any]:
        """The elements, those around the headline first."""
        near = dict.fromkeys(self.near())
        wanted = set(elements)
        return [*(each for each in near if each in wanted), *(each for each in elements if each not in near)]

    def near(self) -> list[Any]:
        """The elements after and before the headline, nearest first; the body's first ones if no element shows the headline."""
        if self._near is None:
            self._near = [*self._behind(), *self._before()]
        return self._near

    def _behind(self) -> list[Any]:
        if self.heading is None:
            return list(islice(self._first_elements(), _MOST_NEAR))
        behind: list[Any] = list(self.heading.iterdescendants())
        element = self.heading
        while element not in (None, self.tree) and len(behind) < _MOST_NEAR:  # a broken page may have another root behind it
            following = element.getnext()
            if following is None:
                element = element.getparent()
                continue
            behind += islice(following.iter("*"), _MOST_NEAR - len(behind))
            element = following
        return behind

    def _before(self) -> list[Any]:
        before: list[Any] = []
        element = self.heading
        while element not in (None, self.tree) and len(before) < _MOST_NEAR // 2:
            preceding = element.getprevious()
            if preceding is None:
                element = element.getparent()
                continue
            if preceding.tag == "head":
                break
            before += islice(preceding.iter("*"), _MOST_NEAR // 2 - len(before))
            element = preceding
        return before

    def _first_elements(self) -> Iterator[Any]:
        pending = [next(self.body.iter("article", "main"), self.body)]
        while pending:
            element = pending.pop()
            if isinstance(element.tag, str) and element.tag not in NEVER_TAGS:
                yield element
                pending += reversed(element)

    def _is_of_teaser(self, element: Any, levels: int = 3) -> bool:
        """Whether an element is in a box with another article's linked headline."""
        box = element
        for _ in range(levels):
            box = box.getparent()
            if box not in self._teasers:
                self._teasers[box] = self._is_teaser(box)
            if (known := self._teasers[box]) is not None:
                return known
        return False

    def _is_teaser(self, box: Any) -> bool | None:
        """Whether a box is another article's; None if its container must decide."""
        if box is None or box.tag in ("body", "main", "html") or box is self.scope:
            return False
        if box is not self.heading and box in self._around_heading and self.heading.tag in ("h1", "h2", "h3"):
            return False
        if not self.has_line(box, _LONGEST_TEASER):
            return False
        if box.tag == "a" and next(box.iter("img"), None) is not None and not AUTHOR_NAMES.are_in(labels_of(box)):
            return True
        linked = (
            next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
            for heading in box.iter("h2", "h3", "h4", "h5")
        )
        return True if any(linked) or self._begins_with_story(box) else None

    def _begins_with_story(self, box: Any) -> bool:
        """Whether a box begins with a link that looks like another story's headline."""
        link = next((each for each in box if isinstance(each.tag, str)), None)
        if link is None or link.tag != "a" or (box.text or "").strip() or link.get("href") in (None, self.url):
            return False
        if AUTHOR_NAMES.are_in(labels_of(link)):
            return False
        words = self.line_of(link, _LONGEST_TITLE)
        return len(words) >= _LEAST_TITLE and len(words.split()) >= _LEAST_TITLE_WORDS


def _is_text(element: Any) -> bool:
    return element.tag == "p" and len(element.text_content()) > _LEAST_TEXT


def ancestors(element: Any) -> Iterator[Any]:
    """An element and those around it, from the inside out; none for None."""
    return iter(()) if element is None else chain((element,), element.iterancestors())


def labels_of(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def nodes_of(documents: list[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        graph = document.get("@graph", document) if isinstance(document, dict) else document
        for node in graph if isinstance(graph, list) else [graph]:
            if isinstance(node, dict):
                yield node


_TERM = re.compile(r"\bschema:(\w+)")


def _take_for_microdata(elements: list[Any]) -> None:
    """Give elements that RDFa names by schema.org's terms (property="schema:author") microdata's names, which mean the same."""
    for element in elements:
        if "schema:" in (named := element.get("property") or "") and element.get("itemprop") is None:
            element.set("itemprop", " ".join(_TERM.findall(named)))


def names_of(value: Any) -> list[str]:
    """The names in a schema.org value: strings, and the names of objects."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [name for each in value[:64] for name in names_of(each)]
    name = value.get("name") if isinstance(value, dict) else None
    if isinstance(value, dict) and not name:
        parts = (value.get(part) for part in ("givenName", "familyName"))
        name = " ".join(part for part in parts if isinstance(part, str))
    return names_of(name) if isinstance(name, str | list | dict) else []
