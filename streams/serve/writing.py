"""Articles as Atom (RFC 4287, with the tombstones of RFC 6721) and as JSON Feed 1.1. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from lxml import etree

from streams import lazy_re as re
from streams.documents import time_text
from streams.outgoing.items import Item

ATOM: Final = "http://www.w3.org/2005/Atom"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE_TAG = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_EPOCH: Final = "1970-01-01T00:00:00Z"


def article_of(item: Item) -> dict[str, Any]:
    """An article as an item of JSON Feed."""
    document = item.document
    people = [{"name": name} for name in (document.get("by"), item.outlet) if name]
    told = {
        "id": item.uri,
        "url": _address(item),
        "title": item.headline,
        "summary": item.summary,
        "content_text": item.body or item.summary or item.headline,
        "date_published": _moment(document.get("firstCreated")),
        "date_modified": _moment(item.updated),
        "authors": people,
        "language": _language(document),
        "tags": [name for name, _ in _subjects(item)],
        "image": next(_images(document), None),
    }
    return {name: value for name, value in told.items() if value}


def json_feed(title: str, url: str, items: Sequence[Item], removed: Sequence[Item]) -> bytes:
    """A JSON Feed; removed articles are in an extension, ``_headwater``."""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "feed_url": url,
            "items": [article_of(item) for item in items],
            "_headwater": {"removed": [item.uri for item in removed]},
        }
    )


def atom(title: str, url: str, items: Sequence[Item], removed: Sequence[Item]) -> bytes:
    """An Atom feed; a removed article is a ``deleted-entry``."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    _add(feed, "id", url)
    _add(feed, "title", title)
    _add(feed, "updated", max((_updated(item) for item in (*items, *removed)), default=_EPOCH, key=datetime.fromisoformat))
    _add(feed, "link", rel="self", type="application/atom+xml", href=url)
    _add(_add(feed, "author"), "name", "Headwater")
    for item in removed:
        etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=item.uri, when=_removed_at(item))
    for item in items:
        _add_entry(feed, item)
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return written


def _add_entry(feed: Any, item: Item) -> None:
    document = item.document
    entry = _add(feed, "entry")
    if language := _language(document):
        entry.set(_LANGUAGE, language)
    _add(entry, "id", item.uri)
    _add(entry, "title", item.headline or item.uri)
    _add(entry, "updated", _updated(item))
    if published := _moment(document.get("firstCreated")):
        _add(entry, "published", published)
    if address := _address(item):
        _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(_add(entry, "author"), "name", document.get("by") or item.outlet or "unknown")
    for name, uri in _subjects(item):
        _add(entry, "category", term=uri or name, label=name)
    if item.summary:
        _add(entry, "summary", item.summary, type="text")
    _add(entry, "content", item.body or item.summary or item.headline, type="text")
    if rights := document.get("copyrightNotice"):
        _add(entry, "rights", rights)


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    for attribute, value in attributes.items():
        element.set(attribute, _NOT_XML.sub("", value))
    element.text = None if text is None else _NOT_XML.sub("", text)
    return element


def _updated(item: Item) -> str:
    """When the version was made; a feed must say so."""
    return _moment(item.updated) or time_text(item.time_ms) or _EPOCH


def _moment(written: str | None) -> str | None:
    """A time as feeds write it (RFC 3339), one without a zone in UTC; None for anything else, which readers would choke on."""
    try:
        moment = datetime.fromisoformat(written or "")
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return written if _RFC_3339.fullmatch(written or "") else moment.isoformat()


def _language(document: Mapping[str, Any]) -> str | None:
    """The language's tag, if it is valid and not undetermined."""
    tag = document.get("language") or "und"
    return tag if tag != "und" and _LANGUAGE_TAG.fullmatch(tag) else None


def _address(item: Item) -> str | None:
    """The URL of the article's page; None for a scheme that a reader would run instead of opening."""
    return item.url if item.url.startswith(("http://", "https://")) else None


def _removed_at(item: Item) -> str:
    if item.canceled or math.isinf(item.ends_s):
        return _updated(item)
    return time_text(int(item.ends_s * 1000)) or _EPOCH


def _subjects(item: Item) -> Iterator[tuple[str, str]]:
    """The subjects' names with their URIs; a source's keywords without one. Each name once."""
    seen: set[str] = set()
    for each in item.document.get("subjects") or ():
        name = each.get("name") or each.get("literal")
        if name and name not in seen:
            seen.add(name)
            yield name, each.get("uri") or ""


def _images(document: Mapping[str, Any]) -> Iterator[str]:
    for each in document.get("associations") or ():
        if each.get("rel") == "lead-image" and str(each.get("uri", "")).startswith(("http://", "https://")):
            yield each["uri"]
