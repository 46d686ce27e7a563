"""Which field of a record becomes what: one table for every shape, and the many forms that a value can have."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from streams.records.dates import instant_text
from streams.records.draft import Draft, Reason, Rejection, Repair
from streams.records.languages import language_tag
from streams.records.urls import canonical_url
from streams.text.article import first_of_each

T = TypeVar("T")

# fmt: off
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "headline": (
        "headline", "headlines", "og:title", "h1", "title", "twitter:title", "web_title", "article_title", "page_title",
        "head", "title_page", "title_rss", "alternative_headline",
    ),
    "text": (
        "body", "bodies", "article_body", "content:encoded", "text", "plaintext", "content", "body_text", "full_text",
        "main_text", "text_content", "content_text", "plain_text", "article_text", "story_text", "raw_text",
    ),
    "html": ("html", "content_html", "body_html", "body_xhtml", "article_html", "raw_html"),
    "teaser": (
        "description", "descriptions", "description_text", "description_html", "description_xhtml", "summary", "abstract",
        "lead", "lead_paragraph", "excerpt", "standfirst", "teaser", "snippet", "content_snippet", "desc",
        "meta_description", "og:description",
    ),
    "url": (
        "canonical", "canonical_url", "canonical_link", "url", "link", "og:url", "web_url", "article_url", "permalink",
        "document_identifier", "main_entity_of_page", "alt_ids", "guid", "uri", "id", "@id", "responded_url",
        "requested_url", "normalized_url", "original_url", "source_url",
    ),
    "source_id": (
        "id", "guid", "uuid", "article_id", "stories_id", "uri", "@id", "identifier", "gkg_record_id", "unique_url_hash",
    ),
    "publisher": (
        "publisher", "source-hostname", "outlet_name", "source", "site_name", "og:site_name", "outlet", "source_name",
        "source_common_name", "media_name", "media", "source_domain", "canonical_domain", "domain", "hostname",
        "meta_site_name", "provider", "source_organization", "feed_title", "feed", "application-name", "copyright_holder",
        "info_sources", "info_source", "media_url", "source_url",
    ),
    "byline": (
        "author", "authors", "byline", "creator", "by", "dc:creator", "article:author", "parsely-author", "author_name",
    ),
    "published": (
        "published", "published_at", "publish_date", "date_published", "date_publish", "publishing_date",
        "publication_date", "published_date", "pub_date", "iso_date", "article:published_time", "web_publication_date",
        "date_gmt", "date", "date_time_pub", "date_time", "first_created", "parsely-pub-date", "dc:date", "published_parsed",
    ),
    "changed": (
        "time", "created_at", "version_created", "content_created", "updated", "date_modified", "date_modify", "modified",
        "modified_gmt", "timestamp", "seendate", "indexed_date", "collect_date", "updated_parsed",
    ),
    "language": (
        "language", "lang", "in_language", "full_language", "meta_lang", "content-language", "dc:language", "og:locale",
        "title_detail", "feed",
    ),
    "section": (
        "section", "category", "article_section", "article:section", "section_name", "parsely-section", "categories",
        "desk", "genre",
    ),
    "dateline": ("dateline", "located", "location_created"),
    "keywords": (
        "news_keywords", "article:tag", "meta_keywords", "keywords", "tags", "hashtags", "topics", "entities", "subjects",
        "subject", "parsely-tags",
    ),
}
# fmt: on
"""The names, best first, from which each field of the draft is read; the first that is filled wins.

Names are compared without case, "_", "-" and ":" and without a "schema:" before them: published_at and publishedAt, or
og:title and ogTitle, are one name. ``html`` is the text when there is no text, ``teaser`` when there is nothing longer,
``changed`` (versions, changes, first sights) the date when there is no other. Of the names of a date one that tells the
zone comes first. Keywords are those of all of ``news_keywords`` to ``hashtags`` together, else those of the first other
name.
"""

_MERGED_KEYWORDS = ("newskeywords", "articletag", "metakeywords", "keywords", "tags", "hashtags")
_LINE_LIMIT = 1_000  # characters
_KEYWORD_LIMIT = 64  # keywords
_NAMES_LIMIT = 64  # authors
_LONG_LINE = 400  # characters: more than a paragraph
_PARTS_OF_TIME = 6  # year to second, in Python's struct_time
_KEYWORD_SEPARATOR = re.compile("[,;|،、，；]")

# Where objects keep what a string would have said: schema.org, feedparser, ninjs, WordPress, New York Times, Guardian, MongoDB.
_NAME_KEYS = (
    "name", "title", "label", "term", "value", "rendered", "main", "original", "webTitle", "@value", "_", "$date", "$oid",
)  # fmt: skip
_KEYWORD_KEYS = ("value", *_NAME_KEYS)  # the New York Times names the kind of a keyword
_TEXT_KEYS = ("value", "rendered", "text", "plain", "html", "content", "@value")
_URL_KEYS = ("@id", "url", "href", "value", "rendered")

_SCHEMA_PREFIX = re.compile(r"^(?:schema:|https?://schema\.org/)", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|bdi|br|em|font|i|mark|p|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_NEWSAPI_CUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d+ chars\]\s*$")
_MAIL = re.compile(r"[(<]?(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+[)>]?")  # begun once a word: linear
_BY = re.compile(r"^(?:(?:by|por|par|автор|بقلم|作者)\s*[:：]?\s+|von\s+(?=(?-i:[A-ZÄÖÜ])\S+\s))", re.IGNORECASE)
_PYTHON_OBJECT = re.compile(r"<[\w.]+ (?:[\w.]+ )?at 0x[0-9a-f]+>")  # what json.dumps(…, default=str) makes of one
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_NOTHING = frozenset(("none", "null", "nan", "undefined", "n/a"))
_NAMES_WANTED: Final = 'name the headline "headline" or "title", the text "body", "text", "content" or "html"'

# fmt: off
KINDS: Final[Mapping[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object",
    type(None): "null",
}
# fmt: on


def fold(name: str) -> str:
    """The form in which names are compared."""
    return _SCHEMA_PREFIX.sub("", name).lower().replace("_", "").replace("-", "").replace(":", "")


_FOLDED: Final = {field: tuple(dict.fromkeys(map(fold, names))) for field, names in FIELDS.items()}
_KNOWN_NAMES: Final = frozenset(name for names in _FOLDED.values() for name in names)
_CONTENT_NAMES: Final = frozenset(name for field in ("headline", "text", "html", "teaser") for name in _FOLDED[field])


def folded(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Fields under their folded names; of two that fold to one name, the first that is filled."""
    record: dict[str, object] = {}
    for name, value in items:
        key = fold(name)
        if record.get(key) in (None, ""):
            record[key] = value
    return record


def no_field_known(record: Mapping[str, object]) -> Rejection | None:
    """NOT_AN_ARTICLE where a folded record has none of the names of :data:`FIELDS`."""
    if record.keys().isdisjoint(_KNOWN_NAMES):
        return Rejection(Reason.NOT_AN_ARTICLE, f"no known field: {_NAMES_WANTED}")
    return None


def has_content(value: Mapping[str, object]) -> bool:
    """Whether an object has a field for a headline or a text at all."""
    return not _CONTENT_NAMES.isdisjoint(map(fold, value))


def wrong_type(record: Mapping[str, object], names_written: Iterable[str]) -> Rejection | None:
    """WRONG_TYPE for the first headline or text that is something else, up to the name that is taken.

    ``names_written``: those from which the record was folded; a headline that none of them folds to is schema.org's "name".
    """
    texts = (*_FOLDED["text"], *_FOLDED["html"])
    for field, names, read in (("headline", _FOLDED["headline"], _line), ("text", texts, _text)):
        for name in names:
            if (found := record.get(name)) is None:
                continue
            if (text := read(found)) is None:
                written = next((each for each in names_written if fold(each) == name), "name")[:100]
                return Rejection(
                    Reason.WRONG_TYPE,
                    f'"{written}" is {KINDS[type(found)]}: wanted is a string, the article\'s {field}',
                )
            if text:
                break
    return None


def no_text() -> Rejection:
    return Rejection(Reason.NO_TEXT, f"no headline and no text: {_NAMES_WANTED}")


def read_text(record: Mapping[str, object]) -> tuple[str, tuple[Repair, ...]]:
    """The record's text, plain or HTML, "" for none; without NewsAPI's "[+1234 chars]", which the ledger keeps."""
    plain, marked_up = _first(record, "text", _text) or "", _first(record, "html", _text) or ""
    text = _in_paragraphs((plain, marked_up)) or _teaser(record)
    if mark := _NEWSAPI_CUT.search(text[-100:]):
        cut = mark[0]
        text = text[: -len(cut)]
        return text, (Repair("cut-mark", "NewsAPI's mark where it cut the text", len(text), len(cut), cut.strip()),)
    return text, ()


def _teaser(record: Mapping[str, object]) -> str:
    """The longest of what stands for a text where there is none."""
    return max((_text(record.get(name)) or "" for name in _FOLDED["teaser"]), key=len)


def read_fields(record: Mapping[str, object], text: str) -> Draft:
    """The draft of a record (under folded names) around its text."""
    return Draft(
        headline=_first(record, "headline", _line),
        text=text,
        url=_first(record, "url", _article_url),
        source_id=_first(record, "source_id", _line_or_number),
        publisher=_first(record, "publisher", _outlet),
        byline=_first(record, "byline", _people),
        published=_date(record, "published") or _date(record, "changed"),
        language=_first(record, "language", _language),
        section=_first(record, "section", _line),
        dateline=_first(record, "dateline", _place),
        agencies=tuple(dict.fromkeys(_agencies(record.get("infosources")))),
        keywords=_merged_keywords(record),
    )


def decode_entities(text: str) -> str:
    """Text without HTML's character references, where it has some: of feeds that escaped them once too often."""
    return html.unescape(text) if _ENTITY.search(text) else text


def _first(record: Mapping[str, object], field: str, read: Callable[[object], T | None]) -> T | None:
    """What ``read`` makes of the first name of ``field`` that it can make something of."""
    for name in _FOLDED[field]:
        value = record.get(name)
        if value is not None and (found := read(value)):
            return found
    return None


# ---- The forms of a value


def _strings(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> list[str] | None:
    """The strings that a value is or holds, trimmed, blank ones too. None: it is of another type.

    Read are a string, an object that keeps one under one of ``keys``, and a list of these. Of versions in a list
    (ninjs, feedparser) the main one comes first, plain text before HTML.
    """
    if isinstance(value, str):
        return [] if _PYTHON_OBJECT.fullmatch(value) else [value.strip()]
    if isinstance(value, dict):
        held = [value[key] for key in keys if isinstance(value.get(key), str | list)]
        return _strings(next(filter(None, held), ""), keys) if held else None if value else []
    if isinstance(value, list):
        found = [_strings(each, keys) for each in sorted(value, key=_version_rank) if isinstance(each, str | dict)]
        return [string for strings in found for string in strings or ()] if any(found) or not value else None
    return None


def _version_rank(value: object) -> tuple[bool, bool]:
    if not isinstance(value, dict) or "value" not in value:
        return (False, False)
    media_type = value.get("contentType", value.get("contenttype", value.get("type")))  # ninjs 3, ninjs 2, feedparser
    return (value.get("role", "main") != "main", isinstance(media_type, str) and "html" in media_type)


def _line(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> str | None:
    """The first filled string, without markup; "" when all are blank, None when there are none."""
    strings = _strings(value, keys)
    if strings is None:
        return None
    line = next(filter(None, strings), "")[: _LINE_LIMIT * 4]
    if "<" in line:
        line = _INLINE_TAG.sub("", line)
    line = decode_entities(line)
    if "<" in line:  # of feeds that escape their titles' tags
        line = _INLINE_TAG.sub("", line)
    return line.strip()[:_LINE_LIMIT].rstrip()


def _line_or_number(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    line = _line(value)
    return "" if line and line.lower() in _NOTHING else line


def _date(record: Mapping[str, object], field: str) -> str | None:
    """The first date that names its instant, as RFC 3339, else the first as it is written."""
    written = [found for name in _FOLDED[field] if (found := _moment(name, record.get(name)))]
    return next((instant for each in written if (instant := instant_text(each))), next(iter(written), None))


def _moment(name: str, value: object) -> str | None:
    """A date as it is written. WordPress's ``date_gmt`` and feedparser's ``published_parsed`` are UTC by their names."""
    if name.endswith("parsed") and isinstance(value, list) and len(value) >= _PARTS_OF_TIME:
        parts = value[:_PARTS_OF_TIME]
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parts) if all(type(part) is int for part in parts) else None
    written = _line_or_number(value)
    return f"{written}Z" if written and name.endswith("gmt") and written[-1].isdigit() else written


def _text(value: object) -> str | None:
    """As :func:`_line`, but of any length: strings in a list are paragraphs, objects in a list versions of one text."""
    if isinstance(value, dict) and isinstance(value.get("sections"), list):
        return "\n".join(_fundus_paragraphs(value))
    strings = _strings(value, _TEXT_KEYS)
    if strings is None:
        return None
    versions = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    return _in_paragraphs(strings) if versions else "\n".join(strings).strip()


def _in_paragraphs(versions: Iterable[str]) -> str:
    """The first filled version of a text; one of HTML where that is a long line that has lost its paragraphs."""
    filled = list(filter(None, versions))
    if filled and len(filled[0]) >= _LONG_LINE and "\n" not in filled[0]:
        return next((each for each in filled if each.count("<p") > 1), filled[0])
    return filled[0] if filled else ""


def _fundus_paragraphs(body: Mapping[str, Any]) -> Iterator[str]:
    yield from _strings(body.get("summary")) or ()
    for section in body["sections"]:
        if isinstance(section, dict):
            yield from _strings(section.get("headline")) or ()
            yield from _strings(section.get("paragraphs")) or ()


def _people(value: object) -> str:
    """Names, each once, joined by commas; the addresses of their profiles are none."""
    written = (_INLINE_TAG.sub("", name[:_LINE_LIMIT]) for name in (_strings(value) or ())[:_NAMES_LIMIT])
    names = (_BY.sub("", _without_mail(decode_entities(name)).strip(" ()"), 1) for name in written)
    kept = dict.fromkeys(name for name in names if name and "://" not in name and name.lower() not in _NOTHING)
    return ", ".join(kept)[:_LINE_LIMIT].rstrip(", ")


def _without_mail(name: str) -> str:
    return " ".join(_MAIL.sub(" ", name).split()) if "@" in name else name


def _outlet(value: object) -> str | None:
    """A name; of an address, its host. Of sources that tell their roles, not the agencies."""
    if isinstance(value, list):
        value = [each for each in value if not _is_agency(each)]
    name = _line(value)
    if name and "://" in name:
        url = canonical_url(name)
        name = urlsplit(url).netloc if url else None
    return name.removeprefix("www.") if name else name


def _is_agency(value: object) -> bool:
    return isinstance(value, dict) and value.get("role") == "agency"


def _agencies(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else ():
        if _is_agency(each) and (name := _line(each)):
            yield name


def _place(value: object) -> str | None:
    """The place of a dateline, without its date and agency: "BEIRUT, Lebanon, June 2. (AP)" is BEIRUT, Lebanon."""
    line = _BRACKETED.sub("", _line(value) or "")
    parts = (part.strip(" .–—-/") for part in line.split(","))
    return ", ".join(part for part in parts if part and not any(map(str.isdigit, part)))


def _language(value: object) -> str | None:
    """A language as a tag, where it is one we know the tag of, else as written."""
    if isinstance(value, dict):  # feedparser's title_detail, schema.org's Language
        value = value.get("language") or value.get("alternateName") or value.get("name")
    line = _line(value)
    return language_tag(line) if line and line.lower() not in _NOTHING else None


def _merged_keywords(record: Mapping[str, object]) -> tuple[str, ...]:
    names = list(_MERGED_KEYWORDS)
    if "metakeywords" in record and "metalang" in record:  # newspaper's own: there "keywords" are counted in the text
        names.remove("keywords")
    merged = [word for name in names for word in _keywords(record.get(name))]
    return _distinct(merged) or _first(record, "keywords", _keywords) or ()


def _keywords(value: object) -> tuple[str, ...]:
    """Without "#", each once whatever its case; one string holds several, between commas or as hashtags."""
    words = _strings(value, _KEYWORD_KEYS) or []
    if len(words) == 1:
        tokens = words[0].split()
        words = tokens if all(token.startswith(("#", "＃")) for token in tokens) else _KEYWORD_SEPARATOR.split(words[0])
    return _distinct(decode_entities(word) for word in words)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    bare = (each.strip().lstrip("#＃").strip()[:_LINE_LIMIT] for each in words)
    return first_of_each(filter(None, bare))[:_KEYWORD_LIMIT]


def _article_url(value: object) -> str | None:
    """The first canonical URL, but not that of a site (no path, no query): two of its articles would become one."""
    for string in _strings(value, _URL_KEYS) or ():  # not a line: cut, it is another's
        url = canonical_url(string)
        parts = urlsplit(url or "")
        if parts.path not in ("", "/") or parts.query:
            return url
    return None
