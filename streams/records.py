"""Reading what producers publish: bytes in, a draft of an article or a rejection out. Pure.

What form a record has is decided by its content-type header, else by its first bytes (:func:`read_record` says how);
which field becomes what is decided by one table, :data:`FIELDS`, for every shape: flat JSON, ninjs, schema.org and the
metadata of HTML pages. Clock, environment and network have no say: the same bytes give the same draft.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum, StrEnum, auto
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import orjson

T = TypeVar("T")


class Reason(StrEnum):
    """Why a record could not become an article: the one vocabulary of logs, metrics, dead letters and tests."""

    TOMBSTONE = "tombstone"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_UTF8 = "not-utf-8"
    NOT_JSON = "not-json"
    NOT_AN_ARTICLE = "not-an-article"
    WRONG_TYPE = "wrong-type"
    NO_TEXT = "no-text"
    UNREADABLE_HTML = "unreadable-html"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Bad input, as a value: why, and what the producer has to mend."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as its producer wrote it: fields sorted out, nothing cleaned yet.

    ``headline`` or ``text`` is filled. ``text`` has one line a paragraph where the source had paragraphs. ``url`` is
    canonical (:func:`canonical_url`). ``published`` is as written; ``language`` is what the source claims; ``keywords``
    come without "#", at most 64. Strings other than ``text`` and ``url`` have at most 1,000 characters.
    """

    headline: str | None = None
    text: str = ""
    url: str | None = None
    source_id: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()


# fmt: off
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "headline": ("headline", "headlines", "og:title", "h1", "title", "twitter:title", "web_title", "head"),
    "text": (
        "body", "bodies", "text", "content", "article_body", "body_text", "full_text", "main_text", "content_text",
        "plain_text", "article_text", "raw_text",
    ),
    "html": ("html", "content_html", "body_html", "body_xhtml", "content:encoded", "article_html", "raw_html"),
    "teaser": (
        "description", "descriptions", "summary", "abstract", "lead", "lead_paragraph", "excerpt", "standfirst",
        "teaser", "snippet",
    ),
    "url": (
        "canonical", "canonical_url", "canonical_link", "url", "link", "og:url", "web_url", "article_url", "permalink",
        "main_entity_of_page", "guid", "uri", "id", "@id", "source_url",
    ),
    "source_id": ("id", "guid", "uuid", "article_id", "uri", "@id", "identifier"),
    "publisher": (
        "publisher", "source-hostname", "source", "site_name", "og:site_name", "outlet", "source_name",
        "source_domain", "domain", "hostname", "meta_site_name", "media_name", "provider", "feed_title", "feed",
        "application-name", "copyright_holder", "info_sources",
    ),
    "byline": ("author", "authors", "byline", "creator", "by", "dc:creator", "article:author", "parsely-author"),
    "published": (
        "published", "published_at", "pub_date", "date", "date_published", "date_publish", "publish_date",
        "publishing_date", "publication_date", "article:published_time", "web_publication_date", "date_time_pub",
        "date_time", "seen_date", "first_created", "created_at", "version_created", "updated", "date_modified",
        "timestamp", "time",
    ),
    "language": ("language", "lang", "in_language", "meta_lang", "content-language", "dc:language", "og:locale"),
    "section": ("section", "category", "article_section", "article:section", "section_name", "categories", "desk"),
    "keywords": (
        "keywords", "tags", "hashtags", "news_keywords", "article:tag", "topics", "entities", "subjects", "subject",
        "meta_keywords", "parsely-tags",
    ),
}
# fmt: on
"""The names, best first, from which each field of the draft is read; the first that is filled wins.

Names are compared without case, "_", "-" and ":": published_at and publishedAt, or og:title and ogTitle, are one name.
``html`` is the text when there is no text, ``teaser`` when there is nothing longer.
"""


def read_record(
    value: bytes | None, content_type: str | None = None, *, max_bytes: int = 2_097_152, max_depth: int = 32
) -> Draft | Rejection:
    """Read one raw record. Whatever the bytes, the answer is a value: nothing is raised.

    1. No value: TOMBSTONE. More than ``max_bytes``: TOO_LARGE. Nothing but space: EMPTY. A Confluent frame around JSON
       and a byte order mark are taken off.
    2. The content type decides: ``application/json`` and ``…+json``, ``text/html`` and ``application/xhtml+xml``,
       ``text/plain``. Without one, or with another, the beginning does: ``{`` or ``[`` is JSON, a tag is HTML, all else
       is plain text. (A ``[`` that opens no JSON list, as in "[Update] …", is text.) Other XML is NOT_AN_ARTICLE.
    3. Bytes are UTF-8; HTML and text may name another charset (content type, meta tag). Else NOT_UTF8.
    4. JSON that does not parse is NOT_JSON, nested deeper than ``max_depth`` levels (1 to 1,024) TOO_DEEP. The article is
       the object itself, the only one of a list or of a JSON-LD graph, a CloudEvent's data, or the payload of Kafka
       Connect's envelope; else NOT_AN_ARTICLE. Its fields are read by :data:`FIELDS`: none known is NOT_AN_ARTICLE, a
       headline or text that is no text WRONG_TYPE, neither filled NO_TEXT. Other fields of a wrong type are left out.
    5. A page of HTML is searched for its article (NO_TEXT when there is none), a fragment is taken whole. More than
       20,000 elements: TOO_LARGE; nested deeper than 200 levels: TOO_DEEP; too broken to read: UNREADABLE_HTML.
    6. Plain text is one article whose headline is found later. Binary data is NOT_AN_ARTICLE.
    """
    if value is None:
        return _TOMBSTONE
    if len(value) > max_bytes:
        return Rejection(Reason.TOO_LARGE, f"{len(value):,} bytes; at most {max_bytes:,} are read")
    value = _unframed(value).removeprefix(codecs.BOM_UTF8)
    if not value.strip():
        return _EMPTY
    form = _form(value, content_type)
    if form is _Form.JSON:
        return _read_json(value, max_depth)
    text = _XML if form is _Form.XML else _decode(value, _charset(value, content_type))
    if isinstance(text, Rejection):
        return text
    return _read_html(text) if form is _Form.HTML else _read_text(text)


_TOMBSTONE: Final = Rejection(Reason.TOMBSTONE, "the record has no value: publish the article as the value")
_EMPTY: Final = Rejection(Reason.EMPTY, "the value is blank: publish the article as the value")
_XML: Final = Rejection(Reason.NOT_AN_ARTICLE, "XML (a feed, NewsML, NITF): publish each article as JSON, HTML or text")


# ---- Forms: what the bytes are


class _Form(Enum):
    JSON = auto()
    HTML = auto()
    TEXT = auto()
    XML = auto()


_FORM_BY_MEDIA_TYPE: Final = {
    "application/json": _Form.JSON,
    "text/json": _Form.JSON,
    "text/html": _Form.HTML,
    "application/xhtml+xml": _Form.HTML,
    "text/plain": _Form.TEXT,
}
_JSON_START = re.compile(rb'\s*(?:\{|\[\s*(?:[\[{"\]]|-?\d+\s*,))')
_HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|!--|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
_XML_START = re.compile(rb"\s*<(?:\?xml|rss|feed|newsml|newsitem|newsmessage|nitf)\b", re.IGNORECASE)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+)?html", re.IGNORECASE)
_BEGINNING = 2_048  # bytes in which a page says that it is HTML, and its charset (HTML asks for the first 1,024)


def _unframed(value: bytes) -> bytes:
    """Without Confluent's frame (a zero byte, a schema's id in four) where JSON is in it; no JSON begins with zero."""
    framed = value[:1] == b"\0" and value[5:].lstrip()[:1] in (b"{", b"[")
    return value[5:] if framed else value


def _form(value: bytes, content_type: str | None) -> _Form:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if form := _FORM_BY_MEDIA_TYPE.get(media_type):
        return form
    if media_type.endswith("+json") or _JSON_START.match(value):
        return _Form.JSON
    if _XML_START.match(value):
        return _Form.HTML if _HTML_ROOT.search(value, 0, _BEGINNING) else _Form.XML
    return _Form.HTML if _HTML_START.match(value) else _Form.TEXT


_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]*?\b" + _CHARSET.pattern.encode(), re.IGNORECASE)

# What browsers take each label for (encoding.spec.whatwg.org), as far as news pages use them, by Python's names.
_CODEC_BY_CHARSET: Final = {
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **{name: name for name in ("koi8-r", "koi8-u", "euc-jp", "big5")},
}


def _charset(value: bytes, content_type: str | None) -> str:
    """The charset that a record names, "" for none: in its content type, else in a meta tag."""
    if named := _CHARSET.search(content_type or ""):
        return named[1].lower()
    meta = _META_CHARSET.search(value, 0, _BEGINNING)
    return meta[1].decode("ascii", "replace").lower() if meta else ""


def _decode(value: bytes, charset: str = "") -> str | Rejection:
    """Decode UTF-8, else the named charset; never a guess.

    UTF-8 comes first whatever is named: text of another charset is next to never valid UTF-8, but often named wrongly.
    """
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        where = f"byte 0x{value[error.start]:02x} at offset {error.start:,}"
    if codec := _CODEC_BY_CHARSET.get(charset):
        try:
            return value.decode(codec)
        except UnicodeDecodeError:
            return Rejection(Reason.NOT_UTF8, f"neither UTF-8 ({where}) nor the {charset} it claims to be")
    return Rejection(Reason.NOT_UTF8, f"not UTF-8 ({where}): publish UTF-8, uncompressed")


# ---- Plain text

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TEXT_PER_CONTROL = 100  # characters: a stray control character is a blemish, one in a hundred another format


def _read_text(text: str) -> Draft | Rejection:
    controls = len(_CONTROL.findall(text))
    if text.startswith("\0") or controls * _TEXT_PER_CONTROL > len(text):
        return Rejection(
            Reason.NOT_AN_ARTICLE,
            f"binary data ({controls:,} control characters), as of Avro, Protobuf or UTF-16: publish JSON in UTF-8",
        )
    text = text.strip()
    return Draft(text=text) if text else _EMPTY


# ---- JSON

# fmt: off
_KIND: Final[Mapping[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object",
    type(None): "null",
}
# fmt: on
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report")  # how the names of schema.org's articles end


def _read_json(value: bytes, max_depth: int) -> Draft | Rejection:
    too_deep = Rejection(Reason.TOO_DEEP, f"JSON nested more than {max_depth} levels deep: publish the article flat")
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        if isinstance(broken := _decode(value), Rejection):
            return broken
        if "depth limit" in str(error):  # orjson's own: 1,024 levels
            return too_deep
        return Rejection(Reason.NOT_JSON, f"not JSON: {error}")
    # Counting brackets is next to free, and few articles have so many that their depth must be looked at.
    if value.count(b"{") + value.count(b"[") > max_depth and _is_deeper(parsed, max_depth):
        return too_deep
    return _read_value(parsed, max_depth)


def _is_deeper(parsed: Any, max_depth: int) -> bool:
    """Whether lists and objects stand in each other more than ``max_depth`` deep; by levels, so no stack overflows."""
    level = [parsed]
    for _ in range(max_depth + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return True


def _read_value(value: Any, max_depth: int) -> Draft | Rejection:
    """Take the article out of its envelopes and read it."""
    while True:
        if isinstance(value, list):
            articles = [each for each in value if _is_article(each)] or value
            if len(articles) != 1:
                return Rejection(Reason.NOT_AN_ARTICLE, f"a list of {len(value):,}: publish each article by itself")
            value = articles[0]
        elif not isinstance(value, dict):
            return Rejection(Reason.NOT_AN_ARTICLE, f"{_KIND[type(value)]}: publish the article as a JSON object")
        elif isinstance(value.get("@graph"), list):
            value = value["@graph"]
        elif value.keys() == {"schema", "payload"}:  # Kafka Connect
            value = value["payload"]
        elif "specversion" in value and isinstance(value.get("data_base64"), str):
            return _read_event_bytes(value["data_base64"], value.get("datacontenttype"), max_depth)
        elif "specversion" in value and isinstance(value.get("data"), str):
            return _read_event_text(value["data"], value.get("datacontenttype"), max_depth)
        elif "specversion" in value and "data" in value:
            value = value["data"]
        else:
            return _read_object(value)


def _is_article(value: object) -> bool:
    """Whether a value is an object that says it is one of schema.org's articles."""
    kinds = value.get("@type") if isinstance(value, dict) else None
    return any(
        isinstance(kind, str) and kind.endswith(_ARTICLE_TYPES) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _read_event_bytes(data: str, content_type: Any, max_depth: int) -> Draft | Rejection:
    try:
        value = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        return Rejection(Reason.WRONG_TYPE, f'"data_base64" is not base64: {error}')
    content_type = content_type if isinstance(content_type, str) else None
    return read_record(value, content_type, max_bytes=len(value), max_depth=max_depth)


def _read_event_text(data: str, content_type: Any, max_depth: int) -> Draft | Rejection:
    # Data that is JSON would not be a string: one that says so holds JSON in a string, or says so of plain text.
    content_type = content_type if isinstance(content_type, str) and "json" not in content_type.lower() else None
    value = data.encode()
    return read_record(value, content_type, max_bytes=len(value), max_depth=max_depth)


def _read_object(value: Mapping[str, object]) -> Draft | Rejection:
    record = _folded(value.items())
    if "sourcehostname" in record:  # trafilatura's JSON: there "source" is the page's address
        record["url"] = record.pop("source", None)
    if record.keys().isdisjoint(_KNOWN_NAMES):
        return Rejection(Reason.NOT_AN_ARTICLE, f"no known field: {_NAMES_WANTED}")
    if wrong := _wrong_type(record, value):
        return wrong
    text = _first(record, "text", _text) or _first(record, "html", _text) or _first(record, "teaser", _text) or ""
    if not _is_markup(text):
        draft = _draft(record, text)
    else:
        page = _read_html(text)
        if isinstance(page, Rejection) and page.reason is not Reason.NO_TEXT:
            return page
        draft = _draft(record, "")
        if isinstance(page, Draft):  # a whole page fills what the record leaves open
            draft = Draft(**{each.name: getattr(draft, each.name) or getattr(page, each.name) for each in fields(Draft)})
    if not (draft.headline or draft.text):
        return Rejection(Reason.NO_TEXT, f"no headline and no text: {_NAMES_WANTED}")
    return draft


def _wrong_type(record: Mapping[str, object], value: Mapping[str, object]) -> Rejection | None:
    """The first headline or text that is something else, up to the name that is taken."""
    texts = (*_FOLDED["text"], *_FOLDED["html"])
    for field, names, read in (("headline", _FOLDED["headline"], _line), ("text", texts, _text)):
        for name in names:
            if (found := record.get(name)) is None:
                continue
            if (text := read(found)) is None:
                written = next(each for each in value if _fold(each) == name)[:100]
                return Rejection(
                    Reason.WRONG_TYPE,
                    f'"{written}" is {_KIND[type(found)]}: wanted is a string, the article\'s {field}',
                )
            if text:
                break
    return None


# ---- Fields: from the many shapes of a value to the draft's

_LINE_LIMIT = 1_000  # characters
_KEYWORD_LIMIT = 64  # keywords
_KEYWORD_SEPARATOR = re.compile("[,;|،、，；]")

# Where objects keep what a string would have said: schema.org, feedparser, ninjs, WordPress, New York Times, MongoDB.
_NAME_KEYS = ("name", "title", "label", "term", "value", "rendered", "main", "original", "@value", "$date", "$oid")
_TEXT_KEYS = ("value", "rendered", "text", "plain", "html", "content", "@value")
_URL_KEYS = ("@id", "url", "href", "value", "rendered")


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(":", "")


_FOLDED: Final = {field: tuple(dict.fromkeys(map(_fold, names))) for field, names in FIELDS.items()}
_KNOWN_NAMES: Final = frozenset(name for names in _FOLDED.values() for name in names)
_NAMES_WANTED: Final = 'name the headline "headline" or "title", the text "body", "text", "content" or "html"'


def _folded(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Fields under their folded names; of two that fold to one name, the first that is filled."""
    record: dict[str, object] = {}
    for name, value in items:
        folded = _fold(name)
        if record.get(folded) in (None, ""):
            record[folded] = value
    return record


def _first(record: Mapping[str, object], field: str, read: Callable[[object], T | None]) -> T | None:
    """What ``read`` makes of the first name of ``field`` that it can make something of."""
    for name in _FOLDED[field]:
        value = record.get(name)
        if value is not None and (found := read(value)):
            return found
    return None


def _draft(record: Mapping[str, object], text: str) -> Draft:
    return Draft(
        headline=_first(record, "headline", _line),
        text=text,
        url=_first(record, "url", _article_url),
        source_id=_first(record, "source_id", _line_or_number),
        publisher=_first(record, "publisher", _outlet),
        byline=_first(record, "byline", _people),
        published=_first(record, "published", _line_or_number),
        language=_first(record, "language", _line),
        section=_first(record, "section", _line),
        keywords=_first(record, "keywords", _keywords) or (),
    )


def _strings(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> list[str] | None:
    """The strings that a value is or holds, trimmed, blank ones too. None: it is of another type.

    Read are a string, an object that keeps one under one of ``keys``, and a list of these. Of versions in a list
    (ninjs, feedparser) the main one comes first, plain text before HTML.
    """
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, dict):
        held = next((value[key] for key in keys if isinstance(value.get(key), str)), None)
        return [held.strip()] if held is not None else None if value else []
    if isinstance(value, list):
        found = [_strings(each, keys) for each in sorted(value, key=_version_rank) if isinstance(each, str | dict)]
        return [string for strings in found for string in strings or ()] if any(found) or not value else None
    return None


def _version_rank(value: object) -> tuple[bool, bool]:
    if not isinstance(value, dict) or "value" not in value:
        return (False, False)
    media_type = value.get("contentType", value.get("type"))
    return (value.get("role", "main") != "main", isinstance(media_type, str) and "html" in media_type)


def _line(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> str | None:
    """The first filled string; "" when all are blank, None when there are none."""
    strings = _strings(value, keys)
    return None if strings is None else next(filter(None, strings), "")[:_LINE_LIMIT].rstrip()


def _line_or_number(value: object) -> str | None:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _line(value)


def _text(value: object) -> str | None:
    """As :func:`_line`, but of any length: strings in a list are paragraphs, objects in a list versions of one text."""
    if isinstance(value, dict) and isinstance(value.get("sections"), list):
        return "\n".join(_fundus_paragraphs(value))
    strings = _strings(value, _TEXT_KEYS)
    if strings is None:
        return None
    versions = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    return next(filter(None, strings), "") if versions else "\n".join(strings).strip()


def _fundus_paragraphs(body: Mapping[str, Any]) -> Iterator[str]:
    yield from _strings(body.get("summary")) or ()
    for section in body["sections"]:
        if isinstance(section, dict):
            yield from _strings(section.get("headline")) or ()
            yield from _strings(section.get("paragraphs")) or ()


def _people(value: object) -> str:
    """Names, joined by commas; the addresses of their profiles are none."""
    return ", ".join(name for name in _strings(value) or () if name and "://" not in name)[:_LINE_LIMIT].rstrip(", ")


def _outlet(value: object) -> str | None:
    """A name; of an address, its host."""
    name = _line(value)
    if name and "://" in name:
        url = canonical_url(name)
        return urlsplit(url).netloc.removeprefix("www.") if url else None
    return name


def _keywords(value: object) -> tuple[str, ...]:
    """Without "#", each once whatever its case; one string holds several, between commas or as hashtags."""
    words = _strings(value) or []
    if isinstance(value, str):
        tokens = value.split()
        words = tokens if all(token.startswith("#") for token in tokens) else _KEYWORD_SEPARATOR.split(value)
    distinct: dict[str, str] = {}
    for word in (each.strip().lstrip("#").strip()[:_LINE_LIMIT] for each in words):
        if word:
            distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())[:_KEYWORD_LIMIT]


def _article_url(value: object) -> str | None:
    """The canonical URL, but not that of a site (no path, no query): two of its articles would become one."""
    url = canonical_url(next(filter(None, _strings(value, _URL_KEYS) or ()), ""))  # not a line: cut, it is another's
    parts = urlsplit(url or "")
    return url if parts.path not in ("", "/") or parts.query else None


# ---- URLs

_URL_LIMIT = 2_000  # characters
_URL_SAFE = "/%:@!$&'()*+,;=~-._?"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}

# What Google, Meta, Microsoft, Yandex, X, TikTok, Snap, LinkedIn, Mailchimp, HubSpot, Marketo, Matomo, AT Internet, the
# BBC and Yahoo add to addresses. Names that a site may use for its content (id, cid, ref, source…) are not here.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|oly|vero|hsa|itm|at|ns|guce)_[a-z_]+"
    r"|(?:fb|g|d|y|ys|tw|tt|sc|msc?lk)clid|li_fat_id|gclsrc|[gw]braid|msclkid|igsh(?:id)?|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|xtor|ref_(?:src|url)|guccounter|cmpid|ncid|ocid|soc_(?:src|trk)|smid|srnd|spm|__twitter_impression",
    re.IGNORECASE,
)


def canonical_url(url: str) -> str | None:
    """The one form of an article's address: http or https, a host, at most 2,000 characters; else None. Never raises.

    Scheme and host are in lower case (international hosts in ASCII), credentials, default port, fragment and tracking
    parameters gone; other parameters keep order and values. Own code, since courlan (1.4.0) drops parameters that tell
    articles apart (``?12345``, ``?cid=7``): they would share an identity.
    """
    url = url.strip()
    if len(url) > _URL_LIMIT or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORT[parts.scheme]) else ""
        path = quote(parts.path, safe=_URL_SAFE) or "/"
        kept = (each for each in parts.query.split("&") if each and not _TRACKING.fullmatch(each.partition("=")[0]))
        query = quote("&".join(kept), safe=_URL_SAFE)
    except ValueError:  # a port out of range, brackets around no address, a host or path that can't be encoded
        return None
    if not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}{port}{path}{f'?{query}' if query else ''}"


# ---- HTML

_MAX_ELEMENTS = 20_000  # news pages have about 800, the largest of 80 had 1,580; each takes trafilatura up to 0.1 ms
_MAX_ELEMENTS_THOROUGH = 5_000  # trafilatura's second reading is quadratic in nested lists and tables
_MAX_HTML_DEPTH = 200  # levels; news pages have up to 50, and libxml2 drops what is deeper than 256
_MAX_ATTRIBUTES = 1_000  # of one element; libxml2 is quadratic in them: 40,000 take 2 s
_SHORT_TEXT = 250  # characters; trafilatura's own mark for a text that may not be the whole one

_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|a|b|i|em|strong|span|h[1-6]|ul|ol|li|table|blockquote|section|article|body|html)\s*>|<(?:br|p)\s*/?>",
    re.IGNORECASE,
)
_NOT_XML = re.compile(  # characters that lxml refuses, written out or as references
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[1-8bcef]|1[0-9a-f]|fff[ef]))(?![0-9a-f]);?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\]]*$", re.MULTILINE)
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\s*$")
# fmt: off
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "tr", "ul",
))
_UNSEEN: Final = frozenset(("head", "iframe", "noscript", "object", "script", "style", "svg", "template", "textarea"))
# fmt: on


def _is_markup(text: str) -> bool:
    return "<" in text and (_MARKUP.search(text) or _PAGE.search(text)) is not None


def _read_html(page: str) -> Draft | Rejection:
    page = _NOT_XML.sub("", page)
    is_page = _PAGE.search(page) is not None
    if not is_page:
        page = _as_page(page)
    try:
        if refused := _refuse_hostile(page):
            return refused
        tree = _parse(page)
        if tree is None:
            return Rejection(Reason.NO_TEXT, "the HTML is empty")
        record = _page_metadata(tree)
        text = _page_text(tree, record.get("articlebody")) if is_page else _visible_text(tree)
    except Exception as error:  # noqa: BLE001 - lxml and trafilatura raise whatever broken HTML leads them into
        return Rejection(Reason.UNREADABLE_HTML, f"broken HTML ({type(error).__name__}): publish the article's text")
    if not text:
        return Rejection(Reason.NO_TEXT, "no article text on the page: publish one article, as a reader gets it")
    return _draft(record, text)


def _as_page(fragment: str) -> str:
    return f"<html><body>{fragment}</body></html>"


class _Shape:
    """A target for lxml's event parser: how many elements, how deep, and the most attributes of one."""

    def __init__(self) -> None:
        self.elements = self.depth = self.deepest = self.attributes = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        self.attributes = max(self.attributes, len(attributes))

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        pass


def _refuse_hostile(page: str) -> Rejection | None:
    """Take a page's measure before anything is built of it: the event parser is linear in all of them (1 ms a page)."""
    from lxml import etree  # noqa: PLC0415 - as in _parse

    shape = _Shape()
    etree.fromstring(page.encode(), etree.HTMLParser(target=shape, encoding="utf-8"))
    if shape.elements > _MAX_ELEMENTS:
        return Rejection(
            Reason.TOO_LARGE,
            f"{shape.elements:,} HTML elements; at most {_MAX_ELEMENTS:,} are read: publish one article",
        )
    if shape.deepest > _MAX_HTML_DEPTH:
        return Rejection(Reason.TOO_DEEP, f"HTML nested {shape.deepest:,} levels deep; at most {_MAX_HTML_DEPTH} are read")
    if shape.attributes > _MAX_ATTRIBUTES:
        return Rejection(Reason.UNREADABLE_HTML, f"an HTML element with {shape.attributes:,} attributes")
    return None


def _parse(page: str) -> Any:
    """lxml's tree of a page, without comments, or None."""
    from trafilatura import load_html  # noqa: PLC0415 - half a second, which only those who have HTML should pay

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a rejection says it better
    return load_html(page)


def _page_metadata(tree: Any) -> dict[str, object]:
    """What a page says of itself, under folded names: its JSON-LD's article, links and meta tags, then what it shows.

    The date is read here because trafilatura takes today as a bound for it: the answer would change with the day.
    """
    said: list[tuple[str, object]] = []
    tags: list[str] = []
    said += ((name, value) for article in _embedded_articles(tree)[:1] for name, value in article.items())
    said += (("canonical", link.get("href")) for link in tree.iter("link") if link.get("rel") == "canonical")
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
        content = meta.get("content") or ""
        if name.lower() == "article:tag":
            tags.append(content)
        else:
            said.append((name, content))
    headings = [" ".join(element.text_content().split()) for element in tree.iter("h1")]
    said += (("article:tag", tags), ("lang", tree.get("lang")), ("h1", headings[0] if len(headings) == 1 else None))
    said += (("title", " ".join(element.text_content().split())) for element in tree.iter("title"))
    said += (("time", element.get("datetime")) for element in tree.iter("time"))
    return _folded(said)


def _embedded_articles(tree: Any) -> list[dict[str, Any]]:
    """The page's schema.org articles (JSON-LD), those that hold their text first."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:  # raw line breaks in strings are a common fault of these scripts
            pending = [orjson.loads(re.sub("[\x00-\x1f]", " ", script.text or ""))]
        except orjson.JSONDecodeError:
            continue
        for value in pending:  # grows as it goes
            if isinstance(value, list):
                pending += value
            elif _is_article(value):
                found.append(value)
            elif isinstance(value, dict):
                pending.append(value.get("@graph"))
    return sorted(found, key=lambda article: not article.get("articleBody"))


def _page_text(tree: Any, embedded: object) -> str:
    """The article's text: what JSON-LD holds, where that is whole and has paragraphs; else what trafilatura finds.

    It favours precision: F1 against the bodies of 80 development pages is 0.968, at 13 ms a page (0.964 without the
    second reading of pages that gave little).
    """
    told = _paragraphs(html.unescape(embedded)) if isinstance(embedded, str) else ""
    if len(told) >= _SHORT_TEXT and "\n" in told and not _CUT_SHORT.search(told):
        return told
    text = _found_text(tree, fast=True)
    if len(text) < _SHORT_TEXT and sum(1 for _ in tree.iter()) <= _MAX_ELEMENTS_THOROUGH:
        thorough = _found_text(tree, fast=False)
        # Where there is no article the second reading takes the menu for one: what is short must have a sentence.
        text = thorough if len(thorough) >= _SHORT_TEXT or _SENTENCE_END.search(thorough) else text
    return max(text, told, key=len)


def _found_text(tree: Any, *, fast: bool) -> str:
    from trafilatura import bare_extraction  # noqa: PLC0415 - as in _parse

    document = bare_extraction(tree, fast=fast, favor_precision=True, include_comments=False, with_metadata=False)
    return document.text.strip() if document and document.text else ""


def _paragraphs(text: str) -> str:
    """Text that may be HTML, as lines."""
    if not _is_markup(text):
        return text.strip()
    tree = _parse(_as_page(_NOT_XML.sub("", text)))
    return "" if tree is None else _visible_text(tree)


def _visible_text(tree: Any) -> str:
    """All text that a reader would see, one line a block."""
    from lxml import etree  # noqa: PLC0415 - as in _parse

    pieces: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            pieces.append("\n")
        if event == "end":
            pieces.append(_SPACE.sub(" ", element.tail or ""))
        elif element.tag in _UNSEEN:
            walk.skip_subtree()
        else:
            pieces.append(_SPACE.sub(" ", element.text or ""))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))


_SPACE = re.compile(r"\s+")
