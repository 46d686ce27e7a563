"""HTML pages: the article on a page, and what the page says about itself."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from typing import Any, Final

from streams import lazy_re as re
from streams.faults import Fault, caught
from streams.records.draft import Draft, Reason, Rejection
from streams.records.fields import FIELDS, fold, folded, read_fields
from streams.records.judging.prose import weight_of
from streams.records.pages.asides import without_asides
from streams.records.pages.body import (
    Block,
    blocks_of,
    completed,
    flatten_cells,
    part_at_pictures,
    prose_of,
    without_copies,
    without_teasers,
)
from streams.records.pages.build import Build, count_build
from streams.records.pages.facts import read_facts
from streams.records.pages.json_script import read_script
from streams.records.pages.kinds import refuse_page
from streams.records.pages.layout import show_layout
from streams.records.pages.linked_data import embedded_articles, resolved, types_of
from streams.records.pages.main_text import find_main_text
from streams.records.pages.markup import (
    as_page,
    is_page,
    paragraphs,
    parse,
    refuse_deep,
    refuse_hostile,
    text_of,
    visible_text,
    without_control,
)
from streams.records.pages.signs import PageSigns, confidence_of, signs_of
from streams.records.pages.texts import spaced_words
from streams.records.pages.wrappers import open_wrappers
from streams.records.values.titles import letters_of as squeezed
from streams.records.values.urls import joined_url

_MAX_ELEMENTS_THOROUGH = 5_000  # trafilatura's second reading is quadratic in nested lists and tables
_MOST_BLOCKS = 8_000  # of text on a page: 607 news pages have at most 1,505, 800 long ones of manuals 4,509; each up to 0.1 ms
_SHORT_TEXT = 250  # characters; trafilatura's own threshold for a text that may be incomplete

_MOST_BEYOND = 1.5  # times as much on the page as in its JSON-LD: beyond this, the JSON-LD may be just the beginning
_MOST_PROSE = 3  # times as much prose on the page as was found: beyond this, read again
_LEAST_MORE = 1.3  # times as much text the second reading must find
_LEAST_OF_TOLD = 0.5  # share of a one-line JSON-LD body that the page must have to be preferred
_MOST_OF_KICKER = 2  # a heading with a kicker is at most this many times as long as the headline
_MOST_ESCAPED = 4  # times that entities may have been escaped

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\]]*$", re.MULTILINE)
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\s*$")


_MOST_OF_SCRIPT = 500_000  # characters; longer scripts are ignored: an article with its text has up to 100,000
_MOST_SCRIPTS = 100  # JSON-LD scripts on a page: more do not describe one article


def read_html(page: str) -> Draft | Rejection:
    """Read a page, or a fragment of one such as a field of a record holds.

    A page is searched for its article (NO_TEXT if there is none), a fragment is taken whole. Too many elements, or blocks of
    text on a page, are TOO_LARGE, too many levels TOO_DEEP; what the libraries cannot read is UNREADABLE_HTML.
    """
    whole = is_page(page)
    found = _read_tree(without_control(page if whole else as_page(page)), whole=whole)
    if isinstance(found, Rejection):
        return found
    record, text, confidence = found
    if not text:
        return Rejection(Reason.NO_TEXT, "no article text on the page: publish one article, as a reader gets it")
    draft = read_fields(record, text)
    shown = record.get("headline")
    if whole and isinstance(shown, str) and "<" in shown:  # a heading about tags: the page's own are gone already
        draft = replace(draft, headline=shown)
    return replace(draft, is_extracted=whole, article_confidence=confidence)


def _read_tree(page: bytes, *, whole: bool) -> tuple[dict[str, object], str, float | None] | Rejection:
    """What a page or fragment says of itself, its text, and how likely a page holds an article."""
    tree = caught(partial(_parsed, page))
    if isinstance(tree, Fault):
        return _unreadable(tree)
    if isinstance(tree, Rejection):
        return tree
    open_wrappers(tree)
    record = _page_metadata(tree)
    _part_headings(tree, str(record.get("headline") or ""))
    if not whole:
        return record, visible_text(tree), None
    blocks = _blocks(tree)
    if len(blocks) > _MOST_BLOCKS:
        return Rejection(Reason.TOO_LARGE, f"more than {_MOST_BLOCKS:,} paragraphs, headings and the like: publish one article")
    build = count_build(tree)
    text = _page_text(tree, build, blocks, record.get("articlebody"))
    if isinstance(text, Fault):
        return _unreadable(text)
    signs = signs_of(tree, record, blocks, build)
    return refuse_page(tree, record, text, signs) or (record, text, confidence_of(signs))


def _parsed(page: bytes) -> Any:
    """The tree of a page, or why it is refused."""
    refused = refuse_hostile(page)
    tree = None if refused else parse(page)
    if tree is None:
        return refused or Rejection(Reason.NO_TEXT, "the HTML is empty")
    return refuse_deep(tree) or tree


def _unreadable(fault: Fault) -> Rejection:
    """lxml and trafilatura raise whatever broken HTML leads them into; what our own code raises is a bug (streams.faults)."""
    kind = fault.kind.rpartition(".")[2]
    return Rejection(Reason.UNREADABLE_HTML, f"broken HTML ({kind}): publish the article's text")


def _blocks(tree: Any) -> list[Block]:
    """The texts of a page in order; also prepares the tree for everything that reads it later."""
    show_layout(tree)
    part_at_pictures(tree)
    flatten_cells(tree)
    return list(blocks_of(tree))


def read_signs(page: str) -> PageSigns:
    """The signs by which a page is judged to be an article; empty if it can't be read."""
    plain = without_control(page)
    tree = None if refuse_hostile(plain) else parse(plain)
    if tree is None or refuse_deep(tree):
        return {}
    open_wrappers(tree)
    record = _page_metadata(tree)
    return signs_of(tree, record, _blocks(tree), count_build(tree))


def _page_metadata(tree: Any) -> dict[str, object]:
    """What a page says about itself, under folded names: its JSON-LD article, links and meta tags, then what it shows.

    The date is read here because trafilatura uses today as an upper bound: its answer would change with the day.
    """
    links = _canonical_links(tree)
    headings = [text_of(element) for element in tree.iter("h1")]
    titles = [text_of(element) for element in tree.iter("title")]
    documents = _linked_data(tree)
    article = _described_article(documents, {*headings, *titles, *links})
    metas = _metas(tree)
    facts = read_facts(tree, article, documents, metas, _address(article, links, metas))
    said: list[tuple[str, object]] = [("headline", facts.headline), ("author", facts.byline)]
    for name, moment in (("published", facts.published), ("modified", facts.modified)):
        said.append((name, moment and moment.text))
    said += (
        ("image", facts.image and asdict(facts.image)),
        ("description", facts.summary),
        ("@types", {kind for each in documents for kind in _top_types(each)}),
    )
    said += ((name, value) for name, value in article.items() if fold(name) not in _FACTS)
    said += (("canonical", href) for href in links)
    for name, contents in metas.items():
        if fold(name) not in _FACTS | _NOT_OF_META:
            said += ((name, contents if name == "article:tag" else content) for content in contents)
    said.append(("lang", tree.get("lang") or tree.get("xml:lang")))
    return folded(said)


# What read_facts has already decided, and meta tags that are about the page rather than the article.
_FACTS = frozenset(
    fold(name)
    for field in ("headline", "byline", "published", "changed", "modified", "image")
    for name in FIELDS[field]
    if name not in ("creator", "feed")
) | {"alternativeheadline", "image"}
_NOT_OF_META = frozenset(
    map(fold, (*FIELDS["version"], *FIELDS["status"], *FIELDS["urgency"], "uri", "id", "license", "summary"))
)


def _metas(tree: Any) -> dict[str, list[str]]:
    """The contents of the meta tags by lower-case name; among HTTP headers, only the language."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        header = meta.get("http-equiv") or ""
        name = (
            meta.get("property") or meta.get("name") or meta.get("itemprop") or (header if "language" in header.lower() else "")
        )
        if (content := (meta.get("content") or "").strip()) and name:
            metas.setdefault(name.strip().lower(), []).append(content)
    for name, values in _parsely(metas.get("parsely-page", ())):
        metas.setdefault(name, []).extend(values)
    return metas


_PARSELY: Final = {
    "authors": "parsely-author",
    "author": "parsely-author",
    "pub_date": "parsely-pub-date",
    "title": "parsely-title",
}


def _parsely(contents: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """What Parse.ly's one JSON object in a meta tag says, as its single meta tags do."""
    for content in contents:
        said = read_script(content) if content.startswith("{") else None
        if not isinstance(said, dict):
            continue
        for key, name in _PARSELY.items():
            value = said.get(key)
            yield name, [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _canonical_links(tree: Any) -> list[str]:
    """The addresses that the page gives as its own, relative ones joined with its base."""
    base = next((each.get("href") for each in tree.iter("base") if each.get("href")), "")
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    written = [href for link in links if (href := (link.get("href") or "").strip())]
    return [joined_url(base or "https:", href) if base or href.startswith("//") else href for href in written]


def _address(article: dict[str, Any], links: list[str], metas: dict[str, list[str]]) -> str | None:
    """The page's own address, as far as it states it."""
    told = (*links, *metas.get("og:url", ()), article.get("url"))
    return next((each for each in told if isinstance(each, str) and each.startswith(("http://", "https://"))), None)


def _top_types(document: Any) -> Iterator[str]:
    nodes = document.get("@graph", document) if isinstance(document, dict) else document
    for node in nodes if isinstance(nodes, list) else [nodes]:
        yield from types_of(node)


def _described_article(documents: list[Any], page_names: set[str]) -> dict[str, Any]:
    """The schema.org article (JSON-LD) that the page is about: the one with its title or address, else the first with text."""
    found = [article for document in documents for article in _resolved_articles(document)]
    found.sort(key=lambda article: (page_names.isdisjoint(_names_of(article)), not article.get("articleBody")))
    return found[0] if found else {}


def _resolved_articles(document: Any) -> list[dict[str, Any]]:
    return [resolved(article, document) for article in embedded_articles(document)]


def _names_of(article: dict[str, Any]) -> set[str]:
    page = article.get("mainEntityOfPage")
    names = (article.get("headline"), article.get("url"), page.get("@id") if isinstance(page, dict) else page)
    return {html.unescape(name) for name in names if isinstance(name, str)}


def _linked_data(tree: Any) -> list[Any]:
    """The page's JSON-LD documents, without those that are broken beyond repair."""
    scripts = (script.text or "" for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    read = (read_script(script) for script in islice(scripts, _MOST_SCRIPTS) if len(script) <= _MOST_OF_SCRIPT)
    return [document for document in read if document is not None]


def _part_headings(tree: Any, headline: str) -> None:
    """Separate the parts of each heading as a reader sees them; remove the kicker from the headline's."""
    own = squeezed(headline)
    for heading in tree.iter("h1", "h2", "h3"):
        said = squeezed(text_of(heading)) if len(heading) else ""
        if not said or heading.find(".//a") is not None:
            continue
        is_headlines = own and len(own) * _MOST_OF_KICKER > len(said) and (said.startswith(own) or said.endswith(own))
        words = headline if is_headlines else spaced_words(heading)
        if words != text_of(heading):
            tail = heading.tail
            for part in list(heading):
                heading.remove(part)
            heading.text, heading.tail = words, tail


def _page_text(tree: Any, build: Build, blocks: Sequence[Block], embedded: object) -> str | Fault:
    """The article's text: what JSON-LD holds, where that is whole and has paragraphs; else what the page shows.

    trafilatura reads the page with a preference for precision. If the page has much more prose than it found, it reads again,
    for everything that may be the article. What it left out between its paragraphs is put back by its place, and text in boxes
    with other names is taken out.
    """
    told = paragraphs(_unescaped(embedded)) if isinstance(embedded, str) else ""
    is_told = len(told) >= _SHORT_TEXT and "\n" in told and not _CUT_SHORT.search(told)
    prose = prose_of(blocks)
    if is_told and prose <= _MOST_BEYOND * weight_of(told):
        return told
    found = caught(partial(_read_text, tree, build, prose))
    if isinstance(found, Fault):
        return found
    text, own = without_teasers(found, blocks)
    text = completed(text, own, _summaries(tree))
    text = without_copies(without_asides(text, blocks))
    if is_told and len(text) <= _MOST_BEYOND * len(told):  # the page's other prose did not belong to the article
        return told
    return text if weight_of(text) >= _LEAST_OF_TOLD * weight_of(told) else told


def _summaries(tree: Any) -> list[str]:
    """The descriptions in a page's meta tags: a text below the headline that repeats one is the standfirst, not the body."""
    return [
        meta.get("content") or ""
        for meta in tree.iter("meta")
        if "description" in str(meta.get("property") or meta.get("name"))
    ]


def _unescaped(text: str) -> str:
    """Text whose entities were escaped once or more often."""
    for _ in range(_MOST_ESCAPED):
        text, escaped = html.unescape(text), text
        if text == escaped:
            break
    return text


def _read_text(tree: Any, build: Build, prose: int) -> str:
    """What trafilatura finds at the first or second reading; ``prose``: the weight of the page's own prose."""
    text = find_main_text(tree, build).strip()
    weight = weight_of(text)
    is_little = weight < _SHORT_TEXT or _MOST_PROSE * weight < prose
    if not is_little or build.tags.total() > _MAX_ELEMENTS_THOROUGH:
        return text
    thorough = _thorough_text(tree)
    if weight_of(thorough) < _LEAST_MORE * weight:
        return text
    # On pages without an article the second reading takes the menu for one: a short text must contain a sentence.
    return thorough if len(thorough) >= _SHORT_TEXT or _SENTENCE_END.search(thorough) else text


def _thorough_text(tree: Any) -> str:
    from trafilatura import bare_extraction  # noqa: PLC0415 - as in parse

    document = bare_extraction(tree, include_comments=False, with_metadata=False)
    return document.text.strip() if document and document.text else ""
