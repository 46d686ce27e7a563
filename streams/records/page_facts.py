"""What a page of HTML says of its article: headline, authors, dates, lead image; and what belongs to something else on it.

Of each fact the most telling witness wins: the page's JSON-LD, then its meta tags, its microdata, what its elements are called,
and last what stands beside the headline. Teasers, menus, footers and comments ("beside" the article) are no witnesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, Final
from urllib.parse import urlsplit

from streams.records.bylines import read_names
from streams.records.dates import Moment, best_moment, read_moment
from streams.records.draft import Image
from streams.records.images import image_url, read_image
from streams.records.linked_data import types_of
from streams.records.markup import words_of
from streams.records.titles import fold, is_cut, whole_title, without_outlet

_BESIDE_TAGS: Final = frozenset(("nav", "aside", "footer", "form", "menu", "dialog", "noscript", "template"))
_BESIDE_IN_ARTICLE: Final = _BESIDE_TAGS - {"footer"}  # an article's own may name its author
_BESIDE_NAMES = re.compile(
    r"related|teaser|most[-_]?(?:read|popular|viewed)|trending|side[-_]?bar|recommend|widget|comment|promo|popular|latest|more[-_]?(?:from|stor|news|article|post)"
    r"|read[-_]?(?:next|also|more)|next[-_]?(?:post|article)|prev|footer|\bnav|menu|breadcrumb|newsletter|outbrain|taboola|carousel|slider|cookie|modal|popup"
    r"|featured[-_]?(?:post|article)|post[-_]?(?:card|grid|list)|article[-_]?(?:card|grid|list)|card[-_]?(?:grid|list)|search|social|share",
    re.IGNORECASE,
)
_SITE_NAMES = re.compile(
    r"logo|site[-_]?(?:title|name|heading)|brand|masthead|sr[-_]?only|screen[-_]?reader|visually[-_]?hidden", re.IGNORECASE
)
_TITLE_NAMES = re.compile(
    r"(?:article|entry|post|story|news|content|page|main)?[-_]*(?:title|headline|heading|ueberschrift|titel|titulo|titre)",
    re.IGNORECASE,
)
_KICKER_NAMES = re.compile(
    r"kicker|over(?:line|title)|eyebrow|topline|dachzeile|spitzmarke|vorspann|label|category|rubri[ck]|tag\b|topic|section|sub[-_]?(?:title|head)",
    re.IGNORECASE,
)
_AUTHOR_NAMES = re.compile(
    r"(?:^|[\s_-])(?:\w*by-?line|authors?|writer|reporter|auteur|autor|autore|verfasser|redakteur|contributor)(?:[\s_-]|$|name|link|__)|(?:author|byline)[-_]?name",
    re.IGNORECASE,
)
_DATE_NAMES = re.compile(
    r"date|time|publish|posted|updated|modified|timestamp|datum|fecha|meta|info|byline|details", re.IGNORECASE
)
_UPDATED = re.compile(
    r"updated?|modified|aktualisiert|stand:|geändert|mis à jour|actualizad"
    r"|modificad|atualizad|aggiornat|modificat|bijgewerkt|oppdatert|opdateret"
    r"|uppdaterad|päivitetty|aktualiz|zaktualizowan|обновлено|изменено"
    r"|оновлено|güncelle|更新|수정|تحديث|עודכן|diperbarui|cập nhật",
    re.IGNORECASE,
)
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

_MOST_NEAR = 60  # elements before and behind the headline that are looked at
_MOST_PARTS = 8  # elements of one that is a date
_SHORT = 120  # characters of a line that may be a byline or a date
_MOST_LOOKED_AT = 4_000  # elements
_HARDLY_ALIKE = 0.2
_LEAST_ALIKE = 0.5  # share of words that a heading and a title have in common
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-]|$)")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of its article; None and "" where it says nothing."""

    headline: str | None
    byline: str
    published: Moment | None
    modified: Moment | None
    image: Image | None


def read_facts(
    tree: Any, article: Mapping[str, Any], documents: list[Any], metas: Mapping[str, list[str]], url: str | None
) -> PageFacts:
    """The facts of a page: ``article`` is its JSON-LD's, ``metas`` the contents of its meta tags by name in lower case."""
    page = _Page(tree, article, documents, metas, url)
    headline, heading = _headline(page)
    page.mark(heading)
    published, modified = _dates(page)
    return PageFacts(headline, _authors(page), published, modified, _image(page))


class _Page:
    """A page while it is read: its elements in order, which of them stand beside the article, and what its outlet is called."""

    def __init__(
        self, tree: Any, article: Mapping[str, Any], documents: list[Any], metas: Mapping[str, list[str]], url: str | None
    ) -> None:
        self.tree, self.article, self.documents, self.metas, self.url = tree, article, documents, metas, url
        body = tree.find("body")
        self.body = tree if body is None else body
        self._beside: dict[Any, bool] = {}
        self.heading: Any = None
        self.scope: Any = self.body
        self.outlets = tuple(dict.fromkeys(name for name in self._outlet_names() if name))
        self.language = (tree.get("lang") or next(iter(metas.get("og:locale", ())), "")).replace("_", "-")

    def _outlet_names(self) -> Iterator[str]:
        publisher = self.article.get("publisher")
        if "Person" not in types_of(publisher):  # a blogger's own name
            yield from (each for each in _names(publisher) if each)
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site"):
            yield from (content.lstrip("@") for content in self.metas.get(name, ()))
        for node in _nodes(self.documents):
            if {"WebSite", "NewsMediaOrganization"} & set(types_of(node)):
                yield from _names(node)
        if self.url:
            yield urlsplit(self.url).hostname or ""

    def mark(self, heading: Any) -> None:
        """The article is around this heading: in its <article>, or else in the largest."""
        self.heading = heading
        self._beside = dict.fromkeys(_ancestors(heading), False)  # whatever they are called
        inside = next((each for each in _ancestors(heading) if each.tag == "article"), None) if heading is not None else None
        self.scope = self.body if inside is None else inside

    def is_beside(self, element: Any) -> bool:
        """Whether an element belongs to a menu, a teaser, a comment or the like."""
        known = self._beside.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        tags = _BESIDE_TAGS if next(element.iterancestors("article", "main"), None) is None else _BESIDE_IN_ARTICLE
        beside = element.tag in tags or (
            parent is not None and element.tag not in ("body", "html", "main") and self.is_beside(parent)
        )
        if not beside and element.tag not in ("body", "html", "main", "article", "h1"):
            beside = _BESIDE_NAMES.search(_called(element)) is not None and element.find(".//h1") is None
        self._beside[element] = beside
        return beside

    def own(self, *tags: str) -> Iterator[Any]:
        """The elements (with these tags) that are the article's, those around the headline first; of all, the first 4,000."""
        near = [each for each in self.near() if not tags or each.tag in tags] if self.heading is not None else []
        for element in dict.fromkeys((*near, *islice(self.body.iter(*(tags or ("*",))), _MOST_LOOKED_AT))):
            if self.is_own(element):
                yield element

    def is_own(self, element: Any) -> bool:
        """Whether an element is the article's: neither beside it nor of a teaser."""
        return not self.is_beside(element) and not self._is_of_teaser(element)

    def near_first(self, elements: list[Any]) -> list[Any]:
        """The elements, those around the headline first."""
        near = dict.fromkeys(self.near()) if self.heading is not None else {}
        wanted = set(elements)
        return [*(each for each in near if each in wanted), *(each for each in elements if each not in near)]

    def near(self) -> list[Any]:
        """The elements behind the headline and before it, nearest first."""
        behind: list[Any] = list(self.heading.iterdescendants())
        element = self.heading
        while element is not None and len(behind) < _MOST_NEAR:
            following = element.getnext()
            if following is None:
                element = element.getparent()
                continue
            behind += list(following.iter())[: _MOST_NEAR - len(behind)]
            element = following
        before: list[Any] = []
        element = self.heading
        while element is not None and len(before) < _MOST_NEAR // 2:
            preceding = element.getprevious()
            if preceding is None:
                element = element.getparent()
                continue
            before += list(preceding.iter())[: _MOST_NEAR // 2 - len(before)]
            element = preceding
        return [each for each in (*behind, *before) if isinstance(each.tag, str)]

    def _is_of_teaser(self, element: Any) -> bool:
        """Whether an element stands in a box that has another article's linked headline."""
        box = element
        for _ in range(3):
            box = box.getparent()
            if box is None or box.tag in ("body", "main", "html") or box is self.scope:
                return False
            if self.heading is not None and self.heading in box.iterdescendants("h1", "h2", "h3"):
                return False
            if box.tag == "a" and box.find(".//img") is not None:
                return True
            if any(
                heading.find(".//a") is not None or next(heading.iterancestors("a"), None) is not None
                for heading in box.iter("h2", "h3", "h4", "h5")
            ):
                return True
        return False


def _ancestors(element: Any) -> Iterator[Any]:
    while element is not None:
        yield element
        element = element.getparent()


def _called(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _nodes(documents: list[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        graph = document.get("@graph", document) if isinstance(document, dict) else document
        for node in graph if isinstance(graph, list) else [graph]:
            if isinstance(node, dict):
                yield node


def _names(value: Any) -> list[str]:
    """The names of a value of schema.org: strings, and objects' names."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [name for each in value[:64] for name in _names(each)]
    name = value.get("name") if isinstance(value, dict) else None
    return _names(name) if isinstance(name, str | list) else []


# ---- The headline


def _headline(page: _Page) -> tuple[str | None, Any]:
    """The headline, and the element that shows it.

    The heading that the page shows wins where it is like one of the titles that the page names, or stands alone; titles that
    were cut or are the site's lose.
    """
    titles = [title for title in _told_titles(page) if title]
    headings = [element for element in page.body.iter("h1") if _is_headline(page, element)]
    likeness, best = max(
        ((_likeness(words_of(each), titles), each) for each in headings), key=itemgetter(0), default=(0.0, None)
    )
    if best is not None and (likeness >= _LEAST_ALIKE or not titles):
        return _shown(page, best, titles), best
    wanted = {fold(title) for title in titles}
    lower = (each for each in page.body.iter("h1", "h2", "h3") if fold(words_of(each)) in wanted and not page.is_beside(each))
    if titles and (same := next(lower, None)) is not None:
        return titles[0], same
    if best is not None and len(headings) == 1 and (likeness > _HARDLY_ALIKE or _is_stub(page, words_of(best))):
        return _shown(page, best, titles), best
    if titles:
        return titles[0], best
    candidates = [each for each in page.body.iter("h2", "h3") if _is_headline(page, each)]
    inside = [
        each
        for each in candidates
        if _TITLE_NAMES.search(_called(each)) or any(up.tag in ("article", "main") for up in _ancestors(each))
    ]
    found = next(iter(inside), None)
    return (None, None) if found is None else (_shown(page, found, []), found)


def _is_stub(page: _Page, heading: str) -> bool:
    """Whether all that names the page is a ``title`` less than half as long as its one heading: a section's, or a stub."""
    title = next((words_of(element) for element in page.tree.iter("title")), "")
    return not any(_declared_titles(page)) and len(heading) > 2 * len(title)


def _declared_titles(page: _Page) -> list[str]:
    """The titles in the page's metadata, best first."""
    names = ("og:title", "twitter:title", "dc.title", "citation_title")
    return [*_names(page.article.get("headline")), *(title for name in names for title in page.metas.get(name, ()))]


def _told_titles(page: _Page) -> Iterator[str]:
    """The titles that the page names, best first, without its outlet; none that is the site's alone."""
    told = _declared_titles(page)
    told += [words_of(element) for element in page.tree.iter("title")][:1]
    if page.article and not page.article.get("headline"):
        told += _names(page.article.get("name"))
    site = {fold(outlet) for outlet in page.outlets}
    titles = [without_outlet(" ".join(title.split()), page.outlets) for title in told if title.strip()]
    titles = [title for title in titles if fold(title) not in site]
    yield from (whole_title(title, titles) for title in titles if not is_cut(title) or whole_title(title, titles) != title)
    yield from (title for title in titles if is_cut(title))


def _is_headline(page: _Page, element: Any) -> bool:
    """Whether a heading may be the article's: not a menu's, a logo's, an author's or the site's name."""
    words = words_of(element)
    if not words or page.is_beside(element) or fold(words) in {fold(outlet) for outlet in page.outlets}:
        return False
    called = " ".join(_called(each) for each in (element, element.getparent()) if each is not None)
    if (
        _SITE_NAMES.search(called)
        or _AUTHOR_NAMES.search(_called(element))
        or (element.get("itemprop") in ("author", "name") and _in_person(element))
    ):
        return False
    link = element.find(".//a")
    return not (link is not None and urlsplit(link.get("href") or "/x").path in ("", "/") and words_of(link) == words)


def _in_person(element: Any) -> bool:
    return any("Person" in (each.get("itemtype") or "") for each in _ancestors(element))


def _likeness(words: str, titles: Iterable[str]) -> float:
    """How much a heading is like the titles, 0.0 to 1.0: the share of words of the shorter that stand in the other."""
    own = set(words.casefold().split())
    best = 0.0
    for title in titles:
        other = set(title.casefold().split())
        if fold(title) == fold(words):
            return 1.0
        if own and other:
            best = max(best, len(own & other) / max(min(len(own), len(other)), 3))
    return min(best, 0.99)


def _shown(page: _Page, heading: Any, titles: list[str]) -> str:
    """What a heading says, its parts a space apart, without a kicker or a subtitle that its title does not have."""
    text = without_outlet(spaced_words(heading), page.outlets)
    wanted = {fold(title) for title in titles}
    if fold(text) in wanted:
        return text
    parts = [each for each in heading.iterdescendants() if isinstance(each.tag, str) and each.tag != "br"]
    for part in parts:
        if fold(spaced_words(part)) in wanted:
            return spaced_words(part)
    beginning = next(
        (
            title
            for title in titles
            if len(title) * 2 > len(text) and (fold(text).endswith(fold(title)) or fold(text).startswith(fold(title)))
        ),
        None,
    )
    if beginning and len(list(heading)) > 0:
        return beginning
    kickers = [
        spaced_words(part)
        for part in parts
        if _KICKER_NAMES.search(part.get("class") or "") and not _TITLE_NAMES.fullmatch(part.get("class") or "")
    ]
    for kicker in kickers:
        rest = text.removeprefix(kicker).removesuffix(kicker).strip(" :|–—-")
        if kicker and len(rest) > len(kicker):
            text = rest
    return text


def spaced_words(element: Any) -> str:
    """The text of an element in one line, a space between what different elements say, as a reader sees them apart.

    Elements that only mark words (emphasis, links) in the middle of a word or before punctuation add none.
    """
    pieces: list[str] = []
    for text in element.itertext():
        if pieces and not pieces[-1][-1:].isspace() and text[:1].isalnum() and _parts_words(pieces[-1], text):
            pieces.append(" ")
        if text:
            pieces.append(text)
    return " ".join("".join(pieces).split())


def _parts_words(before: str, text: str) -> bool:
    """Whether two texts that touch are two words: the second begins anew ("rowMayor"), or both are whole phrases."""
    if before[-1:] in _OPENING:
        return False
    return text[:1].isupper() or (before[-1:].isalnum() and len(before.split()) > 1 and len(text.split()) > 1)


_OPENING: Final = frozenset("([{<«„“‘'\"’-–—/&#@$€£+")


# ---- Authors

_META_AUTHORS: Final = (
    "author", "article:author", "article:author_name", "og:article:author",
    "parsely-author", "dc.creator", "dc:creator", "dcterms.creator",
    "sailthru.author", "citation_author", "byl", "byline",
    "author-name", "authors", "cxenseparse:author", "vr:author", "twitter:creator:name",
    "bt:author", "news_author", "article.author", "creator", "parsely-authors", "mediator_author", "article_author",
)  # fmt: skip


def _authors(page: _Page) -> str:
    return next((names for written in _authors_told(page) if (names := read_names(written, page.outlets))), "")


def _authors_told(page: _Page) -> Iterator[list[str]]:
    told = page.article.get("author") or page.article.get("creator")
    authors = told if isinstance(told, list) else [told]
    organisations = [
        each for each in authors if isinstance(each, dict) and any(kind.endswith("Organization") for kind in types_of(each))
    ]
    yield _names([each for each in authors if each not in organisations])
    for name in _META_AUTHORS:
        yield [_surname_last(content) if name == "citation_author" else content for content in page.metas.get(name, ())]
    for number in ("1", "2"):
        label = next(iter(page.metas.get(f"twitter:label{number}", ())), "")
        if label.strip().lower() in _LABELS:
            yield page.metas.get(f"twitter:data{number}", [])
    yield from _authors_marked(page)
    yield _names(organisations)


def _surname_last(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _authors_marked(page: _Page) -> Iterator[list[str]]:
    """What elements of the page mark as its authors: microdata, links, names of classes, and lines beside the headline."""
    marked = page.body.xpath(".//*[contains(@itemprop, 'author')]")
    yield [_property_name(each) for each in marked if "author" in each.get("itemprop").split() and page.is_own(each)]
    yield [spaced_words(each) for each in page.body.xpath(".//a[contains(@rel, 'author')]") if page.is_own(each)]
    named = page.near_first(page.body.xpath(".//*[@class or @id]")[:_MOST_LOOKED_AT])
    called = (each for each in named if _AUTHOR_NAMES.search(_called(each)) and page.is_own(each))
    for element in islice(called, 12):
        inner = next(
            (
                each
                for each in element.iterdescendants()
                if isinstance(each.tag, str) and re.search("name", _called(each), re.IGNORECASE)
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


def _bylines_near(page: _Page) -> Iterator[list[str]]:
    for element in page.near():
        text = spaced_words(element)
        if len(text) <= _SHORT and not page.is_beside(element) and (found := _BYLINE.match(text)):
            yield [
                re.split(r"\s*[|·•]\s*|,?\s+(?:on\s+)?(?=\w+ \d{1,2},? \d{4})|\s+[–—-]\s+", found["name"] or found["other"])[0]
            ]


# ---- Dates

_META_PUBLISHED: Final = (
    "article:published_time", "article:published", "og:published_time",
    "datepublished", "date_published", "publish_date", "publish-date",
    "pubdate", "published_date", "published_time", "date-pub",
    "publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dc.date", "dc:date", "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date",
    "citation_online_date", "cxenseparse:recs:publishtime", "bt:pubdate",
    "article.published", "date", "datecreated", "originalpublicationdate",
    "article_date_original", "mediator_published_time", "release_date", "displaydate", "timestamp",
)  # fmt: skip
_META_MODIFIED: Final = (
    "article:modified_time", "article:modified", "og:updated_time", "datemodified",
    "date_modified", "last-modified", "lastmod", "modified",
    "updated", "dcterms.modified", "dc.date.modified", "bt:moddate", "article.updated", "revised", "revision_date",
)  # fmt: skip


def _dates(page: _Page) -> tuple[Moment | None, Moment | None]:
    """When the article was published, and when it was changed."""
    published = [*_told(page, "datePublished"), *_of_metas(page, _META_PUBLISHED), *_marked_dates(page, "datePublished")]
    modified = [*_told(page, "dateModified"), *_of_metas(page, _META_MODIFIED), *_marked_dates(page, "dateModified")]
    published += _told(page, "dateCreated") + [
        node["datePublished"] for node in _webpages(page) if isinstance(node.get("datePublished"), str)
    ]
    first, changed = _best(page, published), _best(page, modified)
    if first is None or not first.zoned:
        shown, updated = _shown_dates(page)
        first = (
            first
            if first and not _same_day_zoned(first, shown)
            else _best(page, [*([first.text] if first else []), *shown]) or first
        )
        changed = changed or _best(page, updated)
    if first is None and changed is None:
        first = _url_day(page.url)
    return first, changed


def _same_day_zoned(first: Moment, shown: list[str]) -> bool:
    return any(text[:10] == first.text[:10] for text in shown)


def _told(page: _Page, name: str) -> list[str]:
    value = page.article.get(name)
    return [str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, str | int)]


def _webpages(page: _Page) -> Iterator[dict[str, Any]]:
    yield from (node for node in _nodes(page.documents) if any(kind.endswith("Page") for kind in types_of(node)))


def _of_metas(page: _Page, names: tuple[str, ...]) -> list[str]:
    return [content for name in names for content in page.metas.get(name, ())]


def _marked_dates(page: _Page, name: str) -> list[str]:
    marked = page.tree.xpath(".//*[contains(@itemprop, $name)]", name=name)
    found = [each for each in marked if name in each.get("itemprop").split() and not page.is_beside(each)]
    return [each.get("content") or each.get("datetime") or words_of(each) for each in found]


def _best(page: _Page, written: list[str]) -> Moment | None:
    return best_moment(written, language=page.language)


def _shown_dates(page: _Page) -> tuple[list[str], list[str]]:
    """The dates that the page shows as its article's, and those of a change: <time>, what is called a date, what is near."""
    published: list[str] = []
    modified: list[str] = []
    for element in page.own("time"):
        text = element.get("datetime") or words_of(element)
        (modified if _says_updated(element) else published).append(text)
    near = set(page.near()) if page.heading is not None else set()
    named = page.body.xpath(".//*[@class or @id]")[:_MOST_LOOKED_AT]
    for element in page.near_first([*near, *(each for each in named if each not in near)]):
        if element.tag in ("time", "a", "script", "style") or len(element) > _MOST_PARTS:
            continue
        if (element not in near and not _DATE_NAMES.search(_called(element))) or not page.is_own(element):
            continue
        text = words_of(element)
        if 6 <= len(text) <= _SHORT and re.search(r"\d", text):
            for day in _days_in(text, page.language):
                (modified if _says_updated(element) or _UPDATED.search(text) else published).append(day)
    return published, modified


def _days_in(text: str, language: str) -> Iterator[str]:
    """The text, or the part of it between signs, that is a date."""
    for part in (text, *re.split(r"\s*[|·•–—:]\s+|\s{2,}|\s*[|·•]\s*|(?<=[a-z]) \| ", text), *_DAY_IN.findall(text)):
        if part and read_moment(part, language=language):
            yield part
            return


_DAY_IN = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)?\.?\s+)?[^\W\d_]{3,12}\.?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d"
)


def _says_updated(element: Any) -> bool:
    called = " ".join(_called(each) for each in (element, element.getparent()) if each is not None)
    before = element.getprevious()
    said = " ".join(
        (
            element.text or "",
            words_of(before) if before is not None and len(before) < 4 else "",
            (element.getparent().text or "") if element.getparent() is not None else "",
        )
    )
    return _UPDATED.search(f"{called} {said[-80:]}") is not None and not re.search("publish", called, re.IGNORECASE)


def _url_day(url: str | None) -> Moment | None:
    found = _URL_DAY.search(urlsplit(url).path) if url else None
    return read_moment("-".join(found.groups())) if found else None


# ---- The lead image


def _image(page: _Page) -> Image | None:
    """The image that the page names as its own, with the caption and credit that it shows below it."""
    told = [
        page.article.get("image"),
        *(
            content
            for name in (
                "og:image:secure_url",
                "og:image",
                "og:image:url",
                "twitter:image",
                "twitter:image:src",
                "parsely-image-url",
            )
            for content in page.metas.get(name, ())
        ),
    ]
    image = next((found for each in told if (found := read_image(each, page.url))), None)
    figures = [each for each in page.own("figure") if each.find(".//img") is not None]
    lead = next((each for each in figures if image and _same_file(each, image.url, page.url)), None)
    if image is None and figures:
        lead = figures[0]
        picture = lead.find(".//img")
        url = image_url(picture.get("src") or picture.get("data-src") or "", page.url)
        image = Image(url=url) if url else None
    if image is None or lead is None:
        return image
    caption, credit = _caption_of(lead)
    return Image(url=image.url, caption=image.caption or caption, credit=image.credit or credit)


def _same_file(figure: Any, url: str, base: str | None) -> bool:
    """Whether a figure shows an image, whatever its size: their files have one name."""
    wanted = _file_of(url)
    shown = [
        name
        for each in figure.iter("img", "source")
        for attribute in ("src", "data-src", "srcset")
        for name in (each.get(attribute) or "").split()
    ]
    return bool(wanted) and any(_file_of(image_url(name.rstrip(","), base) or "") == wanted for name in shown)


def _file_of(url: str) -> str:
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    return re.sub(r"[-_]\d{2,4}x\d{2,4}|[-_@]\d+x?(?=\.)", "", name)


_CREDIT_NAMES = re.compile(r"credit|copyright|photographer|source|fotograf|bildquelle|cr[eé]dito?", re.IGNORECASE)
_CREDIT = re.compile(
    r"\s*[(\[|]?\s*(?P<credit>(?:photo(?:graph)?|image|picture|foto|bild|crédit photo"
    r"|credit|©|\(c\)|source|quelle)\s*(?:by|credit|:|©)?\s*:?\s*[^()\[\]]{3,80})[)\]]?\s*$",
    re.IGNORECASE,
)


def _caption_of(figure: Any) -> tuple[str | None, str | None]:
    below = figure.find(".//figcaption")
    if below is None:
        return None, None
    credit = next(
        (
            spaced_words(each)
            for each in below.iterdescendants()
            if isinstance(each.tag, str) and _CREDIT_NAMES.search(_called(each))
        ),
        None,
    )
    caption = spaced_words(below)
    if credit:
        caption = caption.removesuffix(credit).strip()
    elif found := _CREDIT.search(caption):
        caption, credit = caption[: found.start()].strip(), found["credit"].strip()
    return caption or None, credit or None
