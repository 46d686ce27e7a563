"""HTML pages that hold no article, or several: recognised by how they are built and by what they say they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from streams.records.draft import Reason, Rejection
from streams.records.judging.listings import gallery, holds_article, index_page, judge_listing
from streams.records.judging.prose import weight_of
from streams.records.judging.walls import judge_wall, pay_wall
from streams.records.pages.linked_data import ARTICLE_TYPES
from streams.records.pages.markup import text_of, visible_text
from streams.records.pages.signs import PageSigns, confidence_of, is_of_another_kind

_LEAST_LINKED_HEADINGS = 8  # a page with this many and no article of its own is an index
_SHORTEST_HEADING = 20  # weight
_SHORTEST_TITLE = 30  # weight
_LEAST_POSTS, _LEAST_POST = 3, 300  # this many <article>s with this much text (characters) under linked headings
_LEAST_FIGURES = 8
_SHORT_TEASER = 400  # weight of the text shown for an article that is declared as not free
_INDEX_TYPES = ("CollectionPage", "ItemList", "SearchResultsPage")
_OTHER_TYPES = frozenset((
    "Product", "ProductGroup", "DiscussionForumPosting", "QAPage", "JobPosting", "RealEstateListing", "OfferCatalog",
    "ProfilePage", "ContactPage", "AboutPage", "CheckoutPage", "SoftwareApplication",
))  # fmt: skip
_OTHER_OPEN_GRAPH = ("product", "profile", "business.", "restaurant", "music.", "video.", "book")
_FORUM_TYPES = frozenset(("DiscussionForumPosting", "QAPage"))
_LEAST_CONFIDENCE = 0.3  # of the model; chosen on WCXB's development split, judging each page by a model that had not seen it
_GALLERY_TYPES = ("ImageGallery", "MediaGallery")


def refuse_page(tree: Any, record: Mapping[str, object], text: str, signs: PageSigns) -> Rejection | None:
    """NOT_AN_ARTICLE, INDEX_PAGE, GALLERY or one of the walls for a page that is one; None for an article, or in doubt.

    ``signs``: the signs of its build, which make an article likely or unlikely.
    """
    return _refuse_kind(tree, record, text) or _refuse_unlikely(record, signs)


def _refuse_unlikely(record: Mapping[str, object], signs: PageSigns) -> Rejection | None:
    """NOT_AN_ARTICLE for a page that is built like other kinds of pages and nowhere says that it is an article."""
    confidence = confidence_of(signs)
    types = record.get("@types")
    types = types if isinstance(types, set) else set()
    is_told = any(kind.endswith(ARTICLE_TYPES) for kind in types)
    is_told = is_told or (record.get("ogtype") == "article" and bool(record.get("published")))
    if confidence >= _LEAST_CONFIDENCE or not is_of_another_kind(signs) or (is_told and not types & _FORUM_TYPES):
        return None
    return Rejection(
        Reason.NOT_AN_ARTICLE,
        f"a page of a shop, a service, a forum or the like, as it is built ({confidence:.0%} an article): publish articles",
    )


def _refuse_kind(tree: Any, record: Mapping[str, object], text: str) -> Rejection | None:
    """Refuses a page that holds no article, or several, by a definite sign.

    ``tree`` is the page; ``record`` is what it says about itself (under folded names; "@types": the types of its JSON-LD);
    ``text`` is what was found as its article.
    """
    is_described = "articlebody" in record or "datepublished" in record or record.get("ogtype") == "article"
    if not is_described and _says_other(record):
        return Rejection(Reason.NOT_AN_ARTICLE, "a page of a shop, a forum or a listing, by its own word: publish articles")
    if not is_described and _count_posts(tree) >= _LEAST_POSTS:
        return index_page()
    is_linked = not (is_described or _has_own_title(tree)) and _count_linked_headings(tree) >= _LEAST_LINKED_HEADINGS
    lines = text.split("\n")
    if is_linked:  # count each paragraph as a teaser; if not linked, paragraphs may be an article's sections
        teasers = set(_teasers(tree))
        lines = [line for line in lines if line not in teasers]
    if holds_article(lines, 0 if is_linked else 1):
        return None
    if is_linked:
        return index_page()
    return _refuse_wall(tree, record, text) or _refuse_listing(tree, record, is_described=is_described)


def _says_other(record: Mapping[str, object]) -> bool:
    """Whether a page says that it is of another kind, and nowhere that it is an article."""
    types = record.get("@types")
    types = types if isinstance(types, set) else set()
    if any(kind.endswith(ARTICLE_TYPES) for kind in types):
        return False
    return bool(types & _OTHER_TYPES) or str(record.get("ogtype")).startswith(_OTHER_OPEN_GRAPH)


def _refuse_wall(tree: Any, record: Mapping[str, object], text: str) -> Rejection | None:
    if str(record.get("isaccessibleforfree")).lower() == "false" and weight_of(text) < _SHORT_TEASER:
        return pay_wall()
    title = record.get("title")
    return judge_wall(title if isinstance(title, str) else None, visible_text(tree))


def _refuse_listing(tree: Any, record: Mapping[str, object], *, is_described: bool) -> Rejection | None:
    types = record.get("@types")
    types = types if isinstance(types, set) else set()
    figures = sum(1 for _ in tree.iter("figure"))
    if types & {*_GALLERY_TYPES} or (figures >= _LEAST_FIGURES and not holds_article(_lines_beside_figures(tree))):
        return gallery()
    if is_described:
        return None
    if types & {*_INDEX_TYPES}:
        return index_page()
    return judge_listing(visible_text(tree))


def _count_linked_headings(tree: Any) -> int:
    """The number of different headings that are links: an article's own heading is not a link."""
    found = (text_of(heading) for heading in tree.iter("h1", "h2", "h3", "h4") if _is_linked(heading))
    return len({words for words in found if weight_of(words) >= _SHORTEST_HEADING})


def _teasers(tree: Any) -> Iterator[str]:
    """The first two paragraphs below each linked heading."""
    for heading in tree.iter("h1", "h2", "h3", "h4"):
        if _is_linked(heading):
            link = next(heading.iterancestors("a"), heading)
            yield from (text_of(paragraph) for paragraph in islice(link.itersiblings("p"), 2))


def _has_own_title(tree: Any) -> bool:
    """Whether a first-rank heading is a title and not a link: an index page has its section's name or a logo there."""
    return any(weight_of(text_of(heading)) >= _SHORTEST_TITLE and not _is_linked(heading) for heading in tree.iter("h1"))


def _is_linked(heading: Any) -> bool:
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None


def _count_posts(tree: Any) -> int:
    """The number of articles side by side with their texts, each under a linked heading."""
    posts = [article for article in tree.iter("article") if next(article.iterancestors("article"), None) is None]
    return sum(
        1
        for post in posts
        if any(_is_linked(heading) for heading in post.iter("h1", "h2", "h3"))
        and sum(len(text_of(paragraph)) for paragraph in post.iter("p")) >= _LEAST_POST
    )


def _lines_beside_figures(tree: Any) -> list[str]:
    return [text_of(each) for each in tree.iter("p") if next(each.iterancestors("figure", "figcaption"), None) is None]
