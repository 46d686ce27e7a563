"""Which field of a record becomes what: one table for every shape, and the many forms that a value can have."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from streams import lazy_re as re
from streams.records.draft import NO_INSTRUCTIONS, Draft, Image, Instructions, PubStatus, Reason, Rejection, Repair
from streams.records.pages.labels import Answers
from streams.records.pages.markup import paragraphs
from streams.records.values.bylines import read_names
from streams.records.values.characters import says_nothing, without_controls
from streams.records.values.dates import best_moment
from streams.records.values.images import associated_image, first_line, is_picture, read_image
from streams.records.values.keywords import read_keywords
from streams.records.values.languages import is_language, language_tag
from streams.records.values.rich_text import rich_text
from streams.records.values.titles import is_cut, whole_title, without_outlet
from streams.records.values.urls import canonical_url, url_parts
from streams.text.article import first_of_each
from streams.word_lists import word_lists

T = TypeVar("T")

# fmt: off
_ENGLISH: Final[Mapping[str, tuple[str, ...]]] = {
    "headline": (
        "headline", "headlines", "og:title", "h1", "title", "twitter:title", "web_title", "article_title", "page_title",
        "head", "title_page", "title_rss", "post_title", "news_title", "resolved_title", "alternative_headline",
    ),
    "text": (
        "body", "bodies", "article_body", "content:encoded", "text", "plaintext", "content", "body_text", "full_text",
        "main_text", "text_content", "content_text", "plain_text", "article_text", "story_text", "cleaned_text", "raw_text",
        "paragraphs", "full_content", "article_content", "page_content", "content_elements", "post_content", "news_content",
        "markdown", "content_markdown", "body_markdown",
    ),
    "html": ("html", "content_html", "body_html", "body_xhtml", "article_html", "raw_html"),
    "teaser": (
        "description", "descriptions", "description_text", "description_html", "description_xhtml", "summary", "abstract",
        "lead", "lead_paragraph", "excerpt", "standfirst", "teaser", "snippet", "content_snippet", "desc",
        "meta_description", "og:description", "post_excerpt",
    ),
    "url": (
        "canonical", "canonical_url", "canonical_link", "feedburner_orig_link", "url", "link", "og:url", "web_url",
        "article_url", "permalink",
        "document_identifier", "main_entity_of_page", "alternate", "alt_ids", "guid", "uri", "id", "@id", "meta_canonical",
        "final_url", "page_url", "responded_url", "requested_url", "normalized_url", "original_url", "resolved_url", "news_url",
        "source_url",
    ),
    "source_id": (
        "id", "guid", "uuid", "article_id", "stories_id", "uri", "@id", "identifier", "urn", "gkg_record_id", "unique_url_hash",
    ),
    "publisher": (
        "publisher", "source-hostname", "outlet_name", "source", "site_name", "og:site_name", "outlet", "source_name",
        "source_common_name", "name_source", "origin", "news_site", "media_name", "media", "source_domain", "canonical_domain",
        "domain", "hostname",
        "meta_site_name", "provider", "source_organization", "feed_title", "feed", "application-name", "copyright_holder",
        "info_sources", "info_source", "media_url", "source_url",
    ),
    "byline": (
        "author", "authors", "byline", "creator", "by", "dc:creator", "article:author", "parsely-author", "author_name",
        "authors_byline", "bylines", "writer", "writers", "journalist", "journalists", "reporter",
    ),
    "published": (
        "published", "published_at", "publish_date", "date_published", "date_publish", "publishing_date",
        "publication_date", "published_date", "pub_date", "iso_date", "article:published_time", "web_publication_date",
        "published_time", "publish_time", "published_on", "first_published", "first_publish_date", "display_date",
        "post_date_gmt", "date_gmt", "date", "date_time_pub", "date_time", "post_date", "news_date", "first_created",
        "parsely-pub-date", "dc:date", "published_parsed",
    ),
    "changed": (
        "date_created", "time", "created_at", "created",
        "version_created", "content_created", "updated", "date_modified", "date_modify",
        "modified", "modified_gmt", "timestamp", "@timestamp", "changed", "seendate", "indexed_date", "collect_date",
        "updated_parsed",
    ),
    "modified": (
        "date_modified", "modified_at", "modified", "date_modify", "modified_gmt", "updated_at", "updated", "last_modified",
        "article:modified_time", "og:updated_time", "updated_parsed", "content_modified",
        "last_updated_date", "updated_date", "changed", "post_modified_gmt",
    ),
    "time_zone": ("time_zone", "timezone", "tz", "pub_date_tz"),
    "image": (
        "image", "image_url", "lead_image", "lead_image_url", "top_image", "main_image", "feature_image", "featured_image",
        "featured_media_url", "url_to_image", "og:image", "twitter:image", "social_image", "image_src", "picture",
        "media_content", "top_img", "thumbnail", "thumbnail_url", "media_thumbnail", "enclosures", "enclosure", "banner_image",
        "images", "multimedia",
    ),
    "image_caption": ("image_caption", "image_description", "caption", "image_alt", "og:image:alt", "twitter:image:alt"),
    "image_credit": ("image_credit", "image_credits", "image_copyright", "photo_credit", "photo_by", "credit"),
    "language": (
        "language", "lang", "in_language", "full_language", "human_language", "meta_lang", "content-language", "dc:language",
        "og:locale", "langcode", "language_code", "title_detail", "feed",
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
    "embargoed_until": (
        "embargoed_until", "embargoed", "embargo_until", "embargo_date", "embargo_expires", "utc_embargo", "embargo",
        "hold_until", "publish_after", "not_before", "is_embargoed",
    ),
    "expires": ("expires", "expiry", "expiry_date", "expiration_date", "expires_at", "valid_until", "article:expiration_time"),
    "version": ("version",),
    "version_created": ("version_created",),
    "status": ("pub_status", "publishing_status", "publication_status", "creative_work_status"),
    "urgency": ("urgency",),
    "ed_note": ("ed_note", "editor_note", "editors_note", "editorial_note", "correction"),
    "usage_terms": (
        "usage_terms", "rights_info", "rights_line", "usage_info", "conditions_of_access", "license", "rights", "dc:rights",
    ),
    "copyright_holder": ("copyright_holder",),
    "copyright_notice": ("copyright_notice", "copyright", "dc:copyright"),
}
# fmt: on
_IN_LANGUAGES: Final = word_lists(__package__, "field_names.toml")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    field: (*names, *_IN_LANGUAGES.get(field, "").replace("\n", " ").strip().split(" | ")) if field in _IN_LANGUAGES else names
    for field, names in _ENGLISH.items()
}
"""The names, best first, from which each field of the draft is read; the first filled one wins.

Names are compared without case, "_", "-", ":" and spaces, and without a "schema:" prefix: published_at and publishedAt are
one name, and so are og:title and ogTitle, and what Solr makes of a name by its type (title_t, body_txt_en, published_dt).
``html`` is the text if there is no text, ``teaser`` if there is nothing longer, ``changed`` (versions, changes, first sights)
is the date if there is no other. Among the names of a date, those that give the zone come first. Keywords are collected from
all of ``news_keywords`` to ``hashtags``, else taken from the first other name.
"""

_MERGED_KEYWORDS = ("newskeywords", "articletag", "metakeywords", "keywords", "tags", "hashtags")
_LINE_LIMIT = 1_000  # characters
_KEYWORD_LIMIT = 64  # keywords
_NAMES_LIMIT = 64  # authors
_LONG_LINE = 400  # characters: longer than a paragraph
_PARTS_OF_DAY, _PARTS_OF_TIME = 3, 6  # year to second, in Python's struct_time and in Java's lists

# Keys under which objects keep a string: schema.org, feedparser, ninjs, WordPress, New York Times, Guardian, MongoDB;
# converters of XML, Arc; then Avro's, Firestore's and DynamoDB's JSON, and where Strapi nests what an entry refers to.
_NAME_KEYS = (
    "name", "by", "title", "label", "term", "value", "rendered", "main", "original", "webTitle", "display_name", "displayName",
    "full_name", "fullName", "basic", "@value", "@list", "#text", "_", "$t", "$date", "$oid",
    "string", "stringValue", "S", "array", "SS", "L", "data", "attributes",
)  # fmt: skip
_KEYWORD_KEYS = ("value", *_NAME_KEYS)  # in the New York Times' objects, "name" is the kind of keyword
_TEXT_KEYS = (
    "value", "rendered", "text", "plain", "html", "content", "@value", "#text", "_", "$t", "string", "stringValue", "S",
)  # fmt: skip
_URL_KEYS = ("@id", "url", "href", "value", "rendered", "#text", "_", "string", "stringValue", "S")

_SCHEMA_PREFIX = re.compile(r"^(?:schema:|https?://schema\.org/)", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|bdi|br|em|font|i|mark|p|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_LETTER_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{3,8});", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_MOST_UNESCAPED, _BEGINNING = 3, 10_000  # times; characters
_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+?\d+ chars\]\s*$")  # NewsAPI's, GNews's
_MAIL = re.compile(r"[(<]?(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+[)>]?")  # tried once per word, so linear
_BY = re.compile(r"^(?:(?:by|por|par|автор|بقلم|作者)\s*[:：]?\s+|von\s+(?=(?-i:[A-ZÄÖÜ])\S+\s))", re.IGNORECASE)
_CDATA = re.compile(r"^<!\[CDATA\[(.*)\]\]>$", re.DOTALL)
_PYTHON_OBJECT = re.compile(r"<[\w.]+ (?:[\w.]+ )?at 0x[0-9a-f]+>")  # an object after json.dumps(…, default=str)
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_NOTHING = frozenset(("none", "null", "nan", "undefined", "n/a"))
_NO_LANGUAGE = _NOTHING | {"und", "mul", "zxx", "x-default", "unknown", "other"}
_NAMES_WANTED: Final = 'name the headline "headline" or "title", the text "body", "text", "content" or "html"'

# fmt: off
KINDS: Final[Mapping[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object",
    type(None): "null",
}
# fmt: on


def fold(name: str) -> str:
    """The form in which names are compared."""
    name = name if name.isascii() else unicodedata.normalize("NFC", name)
    return _SCHEMA_PREFIX.sub("", name).lower().replace("_", "").replace("-", "").replace(":", "").replace(" ", "")


_FOLDED: Final = {field: tuple(dict.fromkeys(map(fold, names))) for field, names in FIELDS.items()}
_ALL_FOLDED: Final = frozenset(name for names in _FOLDED.values() for name in names)
_OF_SOLR = re.compile(r"(.+)_(?:s|ss|t|ws|str|dt|dts|[pt]dt|txts?(?:_[a-z]{2,5})?)")  # its dynamic fields: name and type


def _read_name(name: str) -> str:
    """The folded name, without Solr's type if a field is known by it then."""
    key = fold(name)
    typed = _OF_SOLR.fullmatch(name) if key not in _ALL_FOLDED else None
    return bare if typed and (bare := fold(typed[1])) in _ALL_FOLDED else key


_FOLDED_NAMES: Final = Answers(_read_name)  # sources use the same few again and again
_INSTRUCTIONS: Final = (
    "embargoed_until", "expires", "version", "version_created", "status", "urgency", "ed_note", "usage_terms",
    "copyright_holder", "copyright_notice",
)  # fmt: skip
_BESIDE: Final = (*_INSTRUCTIONS, "modified", "time_zone", "image", "image_caption", "image_credit")  # never an article alone
_KNOWN_NAMES: Final = frozenset(name for field, names in _FOLDED.items() if field not in _BESIDE for name in names)
_CONTENT_NAMES: Final = frozenset(name for field in ("headline", "text", "html", "teaser") for name in _FOLDED[field])


def folded(items: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Fields under their folded names; if two names fold to the same, the first filled one."""
    record: dict[str, object] = {}
    for name, value in items:
        key = _FOLDED_NAMES[name]
        if record.get(key) in (None, ""):
            record[key] = value
    return record


def no_field_known(record: Mapping[str, object]) -> Rejection | None:
    """NOT_AN_ARTICLE if a folded record has none of the names in :data:`FIELDS`."""
    if record.keys().isdisjoint(_KNOWN_NAMES):
        return Rejection(Reason.NOT_AN_ARTICLE, f"no known field: {_NAMES_WANTED}")
    return None


def has_content(value: Iterable[str]) -> bool:
    """Whether an object, or a list of names, has any field for a headline or a text."""
    return not _CONTENT_NAMES.isdisjoint(map(_FOLDED_NAMES.__getitem__, value))


def has_text(record: Mapping[str, object]) -> bool:
    """Whether a folded record has a non-empty field for a text, plain or HTML."""
    return any(record.get(name) for name in (*_FOLDED["text"], *_FOLDED["html"]))


def lacks_headline(record: Mapping[str, object]) -> bool:
    """Whether a folded record has a text or a teaser and no field for a headline."""
    texts = (*_FOLDED["text"], *_FOLDED["html"], *_FOLDED["teaser"])
    return any(record.get(name) for name in texts) and not any(record.get(name) for name in _FOLDED["headline"])


def wrong_type(record: Mapping[str, object], names_written: Iterable[str]) -> Rejection | None:
    """WRONG_TYPE for the first headline or text that is not one, up to the name that is used.

    ``names_written``: the names that the record was folded from; a headline that none of them folds to is schema.org's "name".
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
    """The record's text, plain or HTML, "" if none; without an API's "[+1234 chars]", which goes into the ledger."""
    plain, marked_up = _first(record, "text", _text) or "", _first(record, "html", _text) or ""
    text = _without_tags_of_blogs(_in_paragraphs((plain, marked_up)) or _teaser(record))
    if "\n" not in text and len(_LITERAL_BREAK.findall(text)) > 1:  # escaped once too often
        text = _LITERAL_BREAK.sub("\n", text).replace('\\"', '"')
    end = text[-100:]
    if "chars]" in end and (mark := _CUT_MARK.search(end)):
        cut = mark[0]
        text = text[: -len(cut)]
        return text, (Repair("cut-mark", "an API's mark where it cut the text", len(text), len(cut), cut.strip()),)
    return text, ()


_LITERAL_BREAK = re.compile(r"""(?<=[.!?…”"’»)n])\s?(?:\\r)?\\n""")
_BLOG_TAG = re.compile(
    r"\[caption\b[^\[\]]{0,500}\](?:(?!\[/?caption)[^\0]){0,2000}\[/caption\]"
    r"|\[/?(?:caption|gallery|embed|video|audio|playlist|vc_\w+|et_pb_\w+|contact-form-7)(?:\s[^\[\]]{0,2000})?\]"
)


def _without_tags_of_blogs(text: str) -> str:
    """A text without WordPress's own tags ([gallery ids="1,2"]), which it replaces when it shows a page."""
    return _BLOG_TAG.sub("", text) if "[" in text else text


def _teaser(record: Mapping[str, object]) -> str:
    """The longest of the fields that replace a missing text."""
    return max((_text(record.get(name)) or "" for name in _FOLDED["teaser"]), key=len)


def read_fields(record: Mapping[str, object], text: str) -> Draft:
    """The draft of a record (under folded names), given its text."""
    url, publisher = _first(record, "url", _article_url), _first(record, "publisher", _outlet)
    outlets = [name for name in (publisher, url_parts(url).hostname if url else None) if name]
    language = _first(record, "language", _language)
    return Draft(
        headline=_headline(record, outlets),
        text=text,
        url=url,
        source_id=_first(record, "source_id", _line_or_number),
        publisher=publisher,
        byline=_byline(record, outlets, language or ""),
        published=_date(record, "published", language) or _date(record, "changed", language),
        modified=_date(record, "modified", language),
        summary=_summary(record, text),
        image=_image(record, url),
        language=language,
        section=_first(record, "section", _line),
        dateline=_first(record, "dateline", _place),
        agencies=tuple(dict.fromkeys(_agencies(record.get("infosources")))),
        keywords=_merged_keywords(record),
        instructions=read_instructions(record),
    )


def _headline(record: Mapping[str, object], outlets: list[str]) -> str | None:
    """The first title, whole and without the outlet."""
    title = _first(record, "headline", _line)
    if title and is_cut(title):
        title = whole_title(title, (other for name in _FOLDED["headline"] if (other := _line(record.get(name)))))
    return without_outlet(title, outlets) if title else None


def _byline(record: Mapping[str, object], outlets: list[str], language: str) -> str | None:
    """The first field that names people; an organisation only if no field names people."""
    given = [name for name in _FOLDED["byline"] if name in record]
    for read in (_persons, _strings):
        for name in given:
            written = [decode_entities(_INLINE_TAG.sub("", each[:_LINE_LIMIT])) for each in read(record[name]) or ()]
            if names := read_names(written, outlets, language):
                return names[:_LINE_LIMIT].rstrip(", ")
    return None


def _persons(value: object) -> list[str] | None:
    """The strings of a value without schema.org's organisations."""
    if isinstance(value, list):
        writers = [each for each in value[:_NAMES_LIMIT] if not _is_helper(each)] or value[:_NAMES_LIMIT]
        return [name for each in writers for name in _persons(each) or ()]
    if isinstance(value, dict) and not value.get("name"):
        parts = [part for names in _NAME_PARTS for each in names if isinstance(part := value.get(each), str)]
        if len(parts) == len(_NAME_PARTS):
            return [" ".join(parts)]
    is_organisation = isinstance(value, dict) and str(value.get("@type", "")).endswith("Organization")
    return None if is_organisation else _strings(value)


_HELPERS: Final = frozenset(("editor", "photographer", "translator", "producer", "illustrator", "photo", "video", "graphics"))


def _is_helper(value: object) -> bool:
    """Whether one of several people is there by a role other than the writer's, as in Superdesk's items."""
    return isinstance(value, dict) and str(value.get("role", "")).lower() in _HELPERS


_LONGEST_SUMMARY = 1_000  # characters; a longer one is a text
_READ_ON = re.compile(
    r"\s*(?:\[(?:…|\.\.\.|&hellip;)\]\s*)?(?:(?:Continue reading|Read more"
    r"|The post\b.{1,200}\bfirst on)\b.{0,200}|\[(?:…|\.\.\.)\])\s*$",
    re.IGNORECASE | re.DOTALL,
)


def _summary(record: Mapping[str, object], text: str) -> str | None:
    """The standfirst or teaser beside a text: in one line, without markup, different from the text itself."""
    for name in _FOLDED["teaser"]:
        if name not in record:
            continue
        written = paragraphs(without_controls(_text(record.get(name)) or ""))
        summary = " ".join(_READ_ON.sub("", decode_entities(written)).split())
        if summary and len(summary) <= _LONGEST_SUMMARY and summary != " ".join(text[: _LONGEST_SUMMARY * 2].split()):
            return summary
    return None


def _image(record: Mapping[str, object], url: str | None) -> Image | None:
    image = _first(record, "image", lambda value: read_image(value, url)) or associated_image(record.get("associations"))
    if image is None:
        return None
    caption, credit = (_first(record, field, first_line) for field in ("image_caption", "image_credit"))
    return Image(url=image.url, caption=image.caption or caption, credit=image.credit or credit)


_WIRE_SIGNS: Final = ("versioncreated", "pubstatus", "version")
_CANCELED: Final = frozenset((
    "canceled", "cancelled", "cancel", "killed", "kill", "withdrawn", "retracted", "recalled", "deleted", "removed",
    "unpublished", "takedown", "spiked", "revoked",
))  # fmt: skip
_WITHHELD: Final = "withheld"
_EMBARGOED: Final = "embargoed"
_NO_EMBARGO: Final = frozenset(("", "false", "no", "0", "off", _EMBARGOED))
_OPEN_END: Final = "unknown"  # the end of an embargo that the source does not tell
_EMBARGO_KEYS: Final = ("until", "embargoed_until", "embargoedUntil", "date", "end", "datetime", "time", "timestamp", "value")
# Fields that also mean other things ("state": "Texas", "status": "cancelled" of a match): they count in a wire's items alone.
_WIRE_STATUS: Final = ("status", "state", "operation", "signal")
_LEAST_URGENT: Final = 9
_STATUS_NAMES: Final = frozenset((*_FOLDED["status"], *_WIRE_SIGNS))  # a record with none of them has no status
_ASKING_NAMES: Final = _STATUS_NAMES.union(*(_FOLDED[field] for field in _INSTRUCTIONS))
_NAME_PARTS = (
    ("first_name", "firstName", "firstname", "givenName", "given_name"),
    ("last_name", "lastName", "lastname", "familyName", "family_name"),
)
_RIGHTS_KEYS = (
    "usageTerms", "usageterms", "linkedRights", "linkedrights", "encodedRights", "encodedrights", "url", "@id", *_NAME_KEYS,
    "text",
)  # fmt: skip


def publication_status(record: Mapping[str, object]) -> str:
    """The last word of a record's publication status, in lower case, even of a code ("stat:canceled"); "" if none."""
    if record.keys().isdisjoint(_STATUS_NAMES):
        return ""
    written = _last_word(_first(record, "status", _status_line))
    others = [_last_word(_status_line(record.get(name))) for name in _WIRE_STATUS] if wire_uri(record) else []
    return next((each for each in (written, *others) if each in _CANCELED), written)


def _status_line(value: object) -> str | None:
    return _line(value, ("qcode", "code", *_NAME_KEYS))


def _last_word(written: str | None) -> str:
    return re.split("[:/#]", (written or "").lower().strip())[-1]


def is_withheld(record: Mapping[str, object]) -> bool:
    return publication_status(record) == _WITHHELD


def is_canceled(record: Mapping[str, object]) -> bool:
    return publication_status(record) in _CANCELED


def read_instructions(record: Mapping[str, object]) -> Instructions:
    """What a record (under folded names) asks of those who use it. A version only counts beside an identity."""
    if record.keys().isdisjoint(_ASKING_NAMES):
        return NO_INSTRUCTIONS
    uri = wire_uri(record)
    is_article_of_schema = "@type" in record
    return Instructions(
        uri=uri,
        pub_status=PubStatus.CANCELED if is_canceled(record) else PubStatus.USABLE,
        version=_first(record, "version", _line_or_number) if uri or is_article_of_schema else None,
        version_created=_date(record, "version_created") if uri else None,
        embargoed_until=_embargo(record),
        expires=_date(record, "expires"),
        urgency=_first(record, "urgency", _urgency),
        ed_note=_first(record, "ed_note", lambda value: _all_lines(value, (*_NAME_KEYS, "text"))),
        usage_terms=_first(record, "usage_terms", lambda value: _all_lines(value, _RIGHTS_KEYS)),
        copyright_holder=_first(record, "copyright_holder", _one_line),
        copyright_notice=_first(record, "copyright_notice", _one_line),
    )


def wire_uri(record: Mapping[str, object]) -> str | None:
    """The identity that a wire gives its item; None if it is not a wire's item.

    It is a wire's item if it has a ``uri`` beside ``versioncreated``, ``pubstatus`` or ``version``. Superdesk's ninjs has
    ``guid`` instead, always with a ``pubstatus`` or ``versioncreated``.
    """
    signs = [name for name in _WIRE_SIGNS if record.get(name) not in (None, "")]
    if uri := _line(record.get("uri")) if signs else None:
        return uri
    given = next((uri for name in ("guid", "urn") if (uri := _line(record.get(name)))), None)
    return given if signs and signs != ["version"] else None


def _embargo(record: Mapping[str, object]) -> str | None:
    """When an embargo ends, as :attr:`Draft.published`; "unknown" if the source only says that there is one."""
    told = {name: value for name in _FOLDED["embargoed_until"] if (value := _embargo_end(record.get(name))) is not None}
    known = {name: value for name, value in told.items() if value != _OPEN_END}
    if known:
        return _date(known, "embargoed_until")
    return _OPEN_END if told or publication_status(record) == _EMBARGOED else None


def _embargo_end(value: object) -> object:
    """The date of an embargo, also in an object; "unknown" where only a sign says that there is one, None where none does."""
    if isinstance(value, list):
        return next((found for each in value if (found := _embargo_end(each)) is not None), None)
    if isinstance(value, dict):
        if any(value.get(key) is False for key in ("active", "enabled", "embargoed")):
            return None
        held = [_embargo_end(value[key]) for key in _EMBARGO_KEYS if key in value]
        return next((each for each in held if each is not None), _OPEN_END if value else None)
    if value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "on", "1", _EMBARGOED)):
        return _OPEN_END
    written = _line_or_number(value)
    return written if written and written.lower() not in _NO_EMBARGO else None


def _all_lines(value: object, keys: tuple[str, ...]) -> str:
    """All that a value says, in one line: notes and terms may be several."""
    return "; ".join(dict.fromkeys(line for each in _parts(value) if (line := _one_line(each, keys))))


def _parts(value: object) -> list[object]:
    return value[:_NAMES_LIMIT] if isinstance(value, list) else [value]


def _urgency(value: object) -> int | None:
    """1 (highest) to 9; also of a code ("urg:3")."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("qcode", "code", "value", "name") if value.get(name)), None)
    number = (_line_or_number(value) or "").rpartition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and 1 <= int(number[:2]) <= _LEAST_URGENT else None


def _one_line(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> str:
    return " ".join((_line(value, keys) or "").split())


def decode_entities(text: str) -> str:
    """Text without HTML's character references and JSON's escapes, which some feeds escape once too often, or twice."""
    if "\\u" in text and len(_ESCAPE.findall(text[:_BEGINNING])) > 1:
        text = _ESCAPES.sub(_unescaped, text)
    for _ in range(_MOST_UNESCAPED):
        if "&" not in text or not _ENTITY.search(text) or (plain := html.unescape(text)) == text:
            break
        text = plain
        if not _LETTER_ENTITY.search(text):  # what is left may be meant: "&lt;" in a text on HTML
            break
    return text


def _unescaped(found: re.Match[str]) -> str:
    text: str = json.loads(f'"{found[0]}"')
    return found[0] if any("\ud800" <= each <= "\udfff" for each in text) else text


def _first(record: Mapping[str, object], field: str, read: Callable[[object], T | None]) -> T | None:
    """What ``read`` makes of the first name of ``field`` for which it gives a result."""
    for name in _FOLDED[field]:
        value = record.get(name)
        if value is not None and (found := read(value)):
            return found
    return None


# ---- The forms of a value


def _strings(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> list[str] | None:
    """The strings that a value is or holds, trimmed, including blank ones; None for any other type.

    Control characters are removed, except from texts, which cleaning needs as they came.

    Accepts a string, an object with a string under one of ``keys``, and a list of these. Among versions in a list (ninjs,
    feedparser) the main one comes first, and plain text before HTML.
    """
    if isinstance(value, str):
        return (
            []
            if _PYTHON_OBJECT.fullmatch(value) or says_nothing(value)
            else [_CDATA.sub(r"\1", value.strip() if keys is _TEXT_KEYS else without_controls(value).strip())]
        )
    if isinstance(value, dict):
        return _held(value, keys)
    if isinstance(value, list):
        found = [_strings(each, keys) for each in sorted(value, key=_version_rank) if isinstance(each, str | dict)]
        return [string for strings in found for string in strings or ()] if any(found) or not value else None
    return None


def _held(value: Mapping[str, Any], keys: tuple[str, ...]) -> list[str] | None:
    """The strings under the first of ``keys`` that has any, else in the first language of an object that has one for each."""
    held = [value[key] for key in keys if isinstance(value.get(key), str | list | dict)]
    if not held and value and all(map(is_language, value)) and value.keys() != {"id"}:
        held = list(value.values())[:1]
    found = [_strings(each, keys) for each in held]
    return next(filter(None, found), [] if [] in found or not value else None)


def _version_rank(value: object) -> tuple[bool, bool]:
    if not isinstance(value, dict) or "value" not in value:
        return (False, False)
    media_type = value.get("contentType", value.get("contenttype", value.get("type")))  # ninjs 3, ninjs 2, feedparser
    return (value.get("role", "main") != "main", isinstance(media_type, str) and "html" in media_type)


def _line(value: object, keys: tuple[str, ...] = _NAME_KEYS) -> str | None:
    """The first filled string, without markup; "" if all are blank, None if there are none."""
    strings = _strings(value, keys)
    if strings is None:
        return None
    line = next(filter(None, strings), "")[: _LINE_LIMIT * 4]
    if "<" in line:
        line = _INLINE_TAG.sub("", line)
    line = decode_entities(line).replace("&amp;", "&")
    if "<" in line:  # from feeds that escape the tags in their titles
        line = _INLINE_TAG.sub("", line)
    return line.strip()[:_LINE_LIMIT].rstrip()


def _line_or_number(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    line = _line(value)
    return "" if line and line.lower() in _NOTHING else line


def _date(record: Mapping[str, object], field: str, language: str | None = None) -> str | None:
    """The first date that can be read, as a :class:`~streams.records.values.dates.Moment` has it, else the first as written."""
    written = [found for name in _FOLDED[field] if name in record and (found := _moment(name, record[name]))]
    best = best_moment(written, _first(record, "time_zone", _line), language)
    return best.text if best else next(iter(written), None)


def _moment(name: str, value: object) -> str | None:
    """A date as written. WordPress's ``date_gmt`` and feedparser's ``published_parsed`` are UTC by definition."""
    if name.endswith("parsed") and isinstance(value, list) and len(value) >= _PARTS_OF_TIME:
        parts = value[:_PARTS_OF_TIME]
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parts) if all(type(part) is int for part in parts) else None
    written = _line_or_number(_told_time(value))
    return f"{written}Z" if written and name.endswith("gmt") and written[-1].isdigit() else written


_TIME_KEYS: Final = (
    "$date", "$numberLong", "long", "N", "timestampValue", "integerValue", "_seconds", "seconds", "dateTime", "datetime", "iso",
    "#text",
)  # fmt: skip
_MOST_NESTED: Final = 3  # a union in an object in a list


def _told_time(value: object) -> object:
    """The time in the objects of databases and Avro, and in Java's lists of year, month, day, hour, minute and second."""
    for _ in range(_MOST_NESTED):
        if isinstance(value, dict):
            value = next((value[key] for key in _TIME_KEYS if isinstance(value.get(key), str | int | float | dict)), value)
        elif isinstance(value, list) and len(value) == 1:
            value = value[0]
    if isinstance(value, list) and len(value) >= _PARTS_OF_DAY and all(type(part) is int for part in value):
        day, clock = value[:_PARTS_OF_DAY], value[_PARTS_OF_DAY:_PARTS_OF_TIME]
        return "-".join(f"{part:02}" for part in day) + "".join(
            f"{sign}{part:02}" for sign, part in zip("T::", clock, strict=False)
        )
    return value


def _text(value: object) -> str | None:
    """Like :func:`_line`, but of any length: strings in a list are paragraphs, objects in a list are versions of one text."""
    if isinstance(value, dict) and isinstance(value.get("sections"), list):
        return "\n".join(_fundus_paragraphs(value))
    if (blocks := rich_text(value)) is not None:
        return blocks
    strings = _strings(value, _TEXT_KEYS)
    if strings is None:
        return None
    versions = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    return _in_paragraphs(strings) if versions else "\n".join(strings).strip()


def _in_paragraphs(versions: Iterable[str]) -> str:
    """The first filled version of a text; the HTML version if the first is one long line that has lost its paragraphs."""
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


def _outlet(value: object) -> str | None:
    """A name; for an address, its host. Among sources with roles, agencies are left out."""
    if isinstance(value, list):
        value = [each for each in value if not _is_agency(each)]
    name = _line(value)
    if name and "://" in name:
        url = canonical_url(name)
        name = url_parts(url).netloc if url and not is_picture(name) and ".mp4" not in name else None
    return name.removeprefix("www.") if name else name


def _is_agency(value: object) -> bool:
    return isinstance(value, dict) and value.get("role") == "agency"


def _agencies(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else ():
        if _is_agency(each) and (name := _line(each)):
            yield name


def _place(value: object) -> str | None:
    """The place of a dateline, without its date and agency: "BEIRUT, Lebanon, June 2. (AP)" gives BEIRUT, Lebanon."""
    line = _BRACKETED.sub("", _line(value) or "")
    parts = (part.strip(" .–—-/") for part in line.split(","))
    return ", ".join(part for part in parts if part and not any(map(str.isdigit, part)))


def _language(value: object) -> str | None:
    """A language as a tag if we know it, else as written."""
    if isinstance(value, dict):  # feedparser's title_detail, schema.org's Language
        value = value.get("language") or value.get("alternateName") or value.get("name")
    line = _line(value)
    return language_tag(line) if line and line.lower() not in _NO_LANGUAGE else None


def _merged_keywords(record: Mapping[str, object]) -> tuple[str, ...]:
    names = list(_MERGED_KEYWORDS)
    if "metakeywords" in record and "metalang" in record:  # newspaper's: its "keywords" are frequent words of the text
        names.remove("keywords")
    merged = [word for name in names if name in record for word in _keywords(record[name])]
    return _distinct(merged) or _first(record, "keywords", _keywords) or ()


def _keywords(value: object) -> tuple[str, ...]:
    return _distinct(read_keywords(map(decode_entities, _strings(value, _KEYWORD_KEYS) or ())))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    bare = (each.strip().lstrip("#＃").strip()[:_LINE_LIMIT] for each in words)
    return first_of_each(filter(None, bare))[:_KEYWORD_LIMIT]


def _article_url(value: object) -> str | None:
    """The first canonical URL that is not just a site's (no path, no query), which different articles would share."""
    for string in _strings(value, _URL_KEYS) or ():  # not `_line`: a truncated URL is a different one
        url = canonical_url(string.replace("&amp;", "&"))
        parts = url_parts(url)
        if parts.path not in ("", "/") or parts.query or parts.fragment:  # a fragment is kept where it is an address
            return url
    return None
