"""A feed's bytes → its entries, each with the facts that the feed gives. Pure.

RSS and Atom are read by feedparser, which knows how feeds go wrong; JSON Feed and news sitemaps are read here.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from lxml import etree

from streams import lazy_re as re
from streams.feeds import bounded_feedparser
from streams.feeds.forms import NotAFeedError, check_depth, feeds_of_page, is_cut_short, read_json, text_of
from streams.records.values.urls import canonical_url, url_identity

MOST_ENTRIES: Final = 2_000
"""From one feed, in its order; a news sitemap may list a thousand."""
MOST_PARTS: Final = 5
"""From an index of sitemaps."""
_FULL_TEXT_CHARACTERS: Final = 1_000
_MOST_FACT_CHARACTERS: Final = 20_000
_MOST_TEXT_CHARACTERS: Final = 2 << 20
_MOST_KEYWORDS: Final = 50
_SITEMAP: Final = re.compile(r"<(?:\w+:)?(urlset|sitemapindex)\b")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_TAGS: Final = re.compile(r"<[^<>]*>")
_SPACES: Final = re.compile(r"\s+")
_CUT_SHORT: Final = re.compile(r"(?:…|\.\.\.|\[\W*\]|»|→)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``key`` identifies it, ``url`` is its page's (None if it has none), ``facts`` are the fields of a record."""

    key: str
    url: str | None
    facts: Mapping[str, Any]
    """``title``, ``url``, ``guid``, ``html`` (possibly the full text), ``summary``, ``published``, ``updated``, ``author``,
    ``language``, ``keywords``, ``image_url``, ``feed_title``, ``feed_url``: those that the feed gives."""

    @property
    def has_full_text(self) -> bool:
        """Whether the feed itself carries the article: long enough, longer than the summary, not truncated."""
        text = plain(self.facts.get("html", ""))
        return (
            len(text) >= _FULL_TEXT_CHARACTERS and not _CUT_SHORT.search(text) and text != plain(self.facts.get("summary", ""))
        )


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title and its entries in order, each key once; ``ttl_s``: the pace it asks for itself.

    ``parts``: for an index, the addresses of the sitemaps that hold the entries, the latest first.
    """

    title: str
    entries: tuple[Entry, ...]
    ttl_s: float = 0.0
    parts: tuple[str, ...] = ()


def plain(markup: str) -> str:
    """Markup without its tags, in one line."""
    return _SPACES.sub(" ", _TAGS.sub(" ", markup)).strip()


def read_feed(body: bytes, url: str, content_type: str = "") -> Feed:
    """The entries of a feed.

    Raises:
        NotAFeedError: it is neither RSS, Atom, JSON Feed nor a sitemap.
    """
    text = text_of(body, content_type)
    if text is None:
        return _syndication(body, url, content_type)
    check_depth(text)
    begin = text[:2_048].lstrip("\ufeff \t\r\n")
    if begin.startswith("{"):
        feed = _json_feed(text, url)
    elif (kind := _SITEMAP.search(begin)) is not None:
        feed = _index(text, url) if kind[1] == "sitemapindex" else _sitemap(text, url)
    else:
        feed = _feed_or_page(text, url)
    return feed


def _feed(title: str, url: str, told: Iterable[Mapping[str, Any]], ttl_s: float = 0.0) -> Feed:
    """A feed of these entries. Where several share a link, their guids distinguish them instead of the link."""
    facts = [
        _bounded({**each, "feed_title": title, "feed_url": url}) for each, _ in zip(told, range(MOST_ENTRIES), strict=False)
    ]
    links = Counter(identity(each["url"]) for each in facts if "url" in each)
    guids = Counter(_link_and_guid(each) for each in facts)
    keyed: dict[str, Entry] = {}
    for each in facts:
        key = _key(each, url, links, guids)
        if key:
            keyed.setdefault(key, Entry(key, each.get("url"), each))
    return Feed(title, tuple(keyed.values()), ttl_s)


def _link_and_guid(facts: Mapping[str, Any]) -> tuple[str, str]:
    return identity(facts["url"]) if "url" in facts else "", facts.get("guid", "")


def _key(facts: Mapping[str, Any], feed_url: str, links: Mapping[str, int], guids: Mapping[tuple[str, str], int]) -> str:
    """The entry's link, even if its guid changes; without a link of its own, its guid or else its title, within the feed.

    Where several share even the guid, as with careless templates, the title tells them apart.
    """
    link, guid = _link_and_guid(facts)
    if link and links[link] == 1:
        return link
    title = facts.get("title") or facts.get("summary") or ""
    own = guid if guid and guids[link, guid] == 1 else f"{guid} {title}".strip()
    return f"{feed_url} {link} {own}"[:4_096] if own else ""


def identity(url: str) -> str:
    """The same for all addresses of one article: without tracking parameters and "www."."""
    canonical = canonical_url(url)
    return url_identity(canonical) if canonical else url


def _bounded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The non-empty facts, no longer than a record's fields may be."""
    bounded: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, str):
            most = _MOST_TEXT_CHARACTERS if name == "html" else _MOST_FACT_CHARACTERS
            text = value.encode("utf-8", "replace").decode().strip()[:most]
            if text:
                bounded[name] = text
        elif value:
            bounded[name] = value
    return bounded


def _link(base: str, link: object) -> str:
    try:
        joined = urljoin(base, link.strip()) if isinstance(link, str) and link.strip() else ""
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) else ""


# RSS and Atom


def _feed_or_page(text: str, url: str) -> Feed:
    """A feed; for an HTML page, the error lists the feeds it links to."""
    try:
        return _syndication(text.encode("utf-8", "replace"), url, "application/xml; charset=utf-8", cut=is_cut_short(text))
    except NotAFeedError as error:
        if "<html" not in text[:4_096].lower():
            raise
        named = [found for each in feeds_of_page(text) if (found := _link(url, each))]
        raise NotAFeedError(f"a page, not a feed; {'its feeds: ' + ' '.join(named) if named else 'it names none'}") from error


def _syndication(body: bytes, url: str, content_type: str, *, cut: bool = False) -> Feed:
    """``cut``: the document breaks off within its last entry, which is left for the next poll."""
    # As a file object: feedparser takes some bytes for the name of a file, or for an address to fetch.
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    try:
        parsed = bounded_feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    except Exception as error:
        raise NotAFeedError(f"not a feed that can be read: {type(error).__name__}") from error
    if not parsed.get("version") and not parsed.entries:
        raise NotAFeedError("not a feed: neither RSS, Atom, JSON Feed nor a sitemap")
    about = parsed.feed
    language = _text(about.get("language"))
    entries = parsed.entries[:-1] if cut else parsed.entries
    told = ({"language": language, **_told(each, url)} for each in entries)
    return _feed(_text(about.get("title")), url, told, _ttl_s(about))


def _told(entry: Mapping[str, Any], url: str) -> dict[str, Any]:
    contents = [each for each in entry.get("content") or () if isinstance(each, Mapping)]
    longest = max((_text(each.get("value")) for each in contents), key=len, default="")
    guid = _text(entry.get("id"))
    own_language = next((_text(each.get("language")) for each in contents if each.get("language")), "")
    told = {
        "title": _text(entry.get("title")),
        "url": _link(url, entry.get("feedburner_origlink"))
        or _link(url, entry.get("link"))
        or _link(url, guid if "://" in guid else None),
        "guid": guid,
        "html": longest,
        "summary": _text(entry.get("summary")),
        "published": _text(entry.get("published")),
        "updated": _text(dict(entry).get("updated")),  # feedparser's own `get` would fall back to `published`
        "author": _text(entry.get("author")),
        "keywords": _keywords(each.get("term") for each in entry.get("tags") or ()),
        "image_url": _link(url, _picture(entry)),
    }
    return {**told, "language": own_language} if own_language else told


def _picture(entry: Mapping[str, Any]) -> str:
    """The first picture among a feed's media and enclosures."""
    for name in ("media_content", "media_thumbnail", "enclosures"):
        for each in entry.get(name) or ():
            kind = _text(each.get("type")) or _text(each.get("medium"))
            if name == "media_thumbnail" or kind.startswith("image"):
                return _text(each.get("url")) or _text(each.get("href"))
    return ""


def _ttl_s(about: Mapping[str, Any]) -> float:
    """RSS's ttl, in minutes; 0 if it is missing."""
    try:
        minutes = float(_text(about.get("ttl")) or 0)
    except ValueError:
        return 0.0
    return minutes * 60 if math.isfinite(minutes) and minutes > 0 else 0.0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _keywords(words: Iterable[object]) -> list[str]:
    return [
        word.strip()[:200]
        for word, _ in zip(words, range(_MOST_KEYWORDS), strict=False)
        if isinstance(word, str) and word.strip()
    ]


# JSON Feed 1.0 and 1.1


def _json_feed(text: str, url: str) -> Feed:
    document = read_json(text.lstrip("\ufeff \t\r\n"))
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NotAFeedError("not a feed: JSON without a list of items")
    told = (_told_in_json(each, document, url) for each in items if isinstance(each, dict))
    return _feed(_text(document.get("title")), url, told)


def _told_in_json(item: Mapping[str, Any], document: Mapping[str, Any], url: str) -> dict[str, Any]:
    guid = item.get("id")
    guid = str(guid) if isinstance(guid, (str, int, float)) else ""
    tags = item.get("tags")
    return {
        "title": _text(item.get("title")),
        "url": _link(url, item.get("url"))
        or _link(url, item.get("external_url"))
        or _link(url, guid if "://" in guid else None),
        "guid": guid,
        "html": _text(item.get("content_html")) or _text(item.get("content_text")),
        "summary": _text(item.get("summary")),
        "published": _text(item.get("date_published")),
        "updated": _text(item.get("date_modified")),
        "author": _authors(item) or _authors(document),
        "language": _text(item.get("language")) or _text(document.get("language")),
        "keywords": _keywords(tags if isinstance(tags, list) else ()),
        "image_url": _link(url, item.get("image")) or _link(url, item.get("banner_image")),
    }


def _authors(told: Mapping[str, Any]) -> str:
    """A list in version 1.1, a single author in 1.0."""
    several = told.get("authors")
    each = several if isinstance(several, list) else [told.get("author")]
    return ", ".join(name for one in each if isinstance(one, dict) and (name := _text(one.get("name")).strip()))


# Sitemaps, with Google's news extension


def _sitemap(text: str, url: str) -> Feed:
    return _feed("", url, _pages(text, url))


def _index(text: str, url: str) -> Feed:
    """The sitemaps of an index; if some are news sitemaps, only those."""
    listed = [(each, told.get("lastmod", "")) for each, told in _places(text, "sitemap", url) if each]
    of_news = [each for each in listed if "news" in each[0].lower()]
    latest = sorted(of_news or listed, key=lambda each: each[1], reverse=True)
    return Feed("", (), parts=tuple(dict.fromkeys(each for each, _ in latest))[:MOST_PARTS])


def _pages(text: str, url: str) -> Iterator[dict[str, Any]]:
    for link, told in _places(text, "url", url):
        yield {
            "title": told.get("title", ""),
            "url": link,
            "published": told.get("publication_date", ""),
            "updated": told.get("lastmod", ""),
            "outlet": told.get("name", ""),
            "language": told.get("language", ""),
            "keywords": _keywords(told.get("keywords", "").split(",")),
        }


def _said_of(place: Any) -> dict[str, str]:
    """What an element's own elements say, and those of its news; a picture or film has a title and an address of its own."""
    own = [each for each in place if isinstance(each.tag, str)]
    of_news = [each for news in own if _local_name(news) == "news" for each in news.iter() if isinstance(each.tag, str)]
    return {_local_name(each): (each.text or "").strip() for each in (*own, *of_news)}


def _local_name(element: Any) -> str:
    """Its name without a namespace, or the prefix of one that nobody declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _places(text: str, name: str, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each element of this name: where it leads, and the texts of its own elements by their names."""
    body = _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    places = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=(f"{{*}}{name}", name),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        recover=True,
        huge_tree=False,
    )
    try:
        for _, place in places:
            with contextlib.suppress(UnicodeDecodeError):  # of "&#xD800;", which is not a character
                told = _said_of(place)
                yield _link(url, told.get("loc")), told
            place.clear()
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise NotAFeedError(f"not a feed: broken XML ({error})") from error
