"""JSON: parses it, unwraps the article, and reads its fields."""

from __future__ import annotations

import base64
import binascii
import html
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final, NamedTuple, Protocol

import orjson

from streams import lazy_re as re
from streams.records.draft import NO_INSTRUCTIONS, Draft, Reason, Rejection, Repair
from streams.records.fields import (
    KINDS,
    decode_entities,
    folded,
    has_content,
    has_text,
    is_canceled,
    is_withheld,
    lacks_headline,
    no_field_known,
    no_text,
    read_fields,
    read_text,
    wire_uri,
    wrong_type,
)
from streams.records.news_items import flat_news_item
from streams.records.pages.linked_data import embedded_articles, is_article, resolved, types_of
from streams.records.pages.markup import is_markup
from streams.records.pages.reading import read_html
from streams.records.values.byline_lines import is_person
from streams.records.values.byline_parts import is_organisation
from streams.records.values.dates import read_moment
from streams.records.values.feed_links import read_links
from streams.records.values.images import is_picture
from streams.records.values.rich_text import rich_text


class ReadBytes(Protocol):
    """Reads the data of a CloudEvent as a record of its own, with the same depth limit."""

    def __call__(self, value: bytes, content_type: str | None, *, max_bytes: int, max_depth: int) -> Draft | Rejection: ...


class _Parsed(NamedTuple):
    value: Any
    repairs: tuple[Repair, ...] = ()


# ---- Parsing


def read_json(text: str, max_depth: int, read_bytes: ReadBytes) -> Draft | Rejection:
    """Read a JSON text: the article itself, or what it is wrapped in (:func:`_read_value`)."""
    parsed = _parse(text.rstrip("\0"), max_depth)  # C programs send a string's end with it
    if isinstance(parsed, Rejection):
        return parsed
    draft = _read_value(parsed.value, max_depth, read_bytes)
    if isinstance(draft, Draft) and parsed.repairs:
        draft = replace(draft, repairs=(*parsed.repairs, *draft.repairs))
    return draft


# What Python's json writes but JSON does not allow, and halves of characters left by a cut.
_NOT_QUITE_JSON = re.compile(r"\bNaN\b|\bInfinity\b|\\u[dD][89a-fA-F]")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def _parse(text: str, max_depth: int) -> _Parsed | Rejection:
    too_deep = Rejection(Reason.TOO_DEEP, f"JSON nested more than {max_depth} levels deep: publish the article flat")
    repairs: tuple[Repair, ...] = ()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "depth limit" in str(error):  # orjson's own: 1,024 levels
            return too_deep
        if not _NOT_QUITE_JSON.search(text):
            return Rejection(Reason.NOT_JSON, f"not JSON: {error}")
        try:
            value = json.loads(_HALF_CHARACTER.sub("\ufffd", text), parse_constant=lambda _: None)
        except RecursionError:
            return too_deep
        except ValueError:
            return Rejection(Reason.NOT_JSON, f"not JSON: {error}")
        value = _whole_characters(value) if not _is_deeper(value, max_depth) else value
        repairs = (Repair("encoding", "JSON with NaN, Infinity or half a character: read as null and U+FFFD"),)
    # Counting brackets costs almost nothing, and few articles have enough of them for their depth to need checking.
    if text.count("{") + text.count("[") > max_depth and _is_deeper(value, max_depth):
        return too_deep
    return _Parsed(value, repairs)


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(each) for name, each in value.items()}
    return value


def _is_deeper(parsed: Any, max_depth: int) -> bool:
    """Whether lists and objects are nested more than ``max_depth`` deep; goes level by level, so no stack overflows."""
    level = [parsed]
    for _ in range(max_depth + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return True


# ---- Envelopes

# Where answers of APIs, databases and change streams keep their one article: NewsAPI, GDELT and Event Registry, feedparser,
# JSON Feed, Media Cloud, Diffbot, Elasticsearch, Debezium, Airbyte and Singer, MongoDB, the clouds' queues. They count only
# if there is no headline and no text beside them.
_WRAPPERS: Final = (
    "article", "articles", "entry", "entries", "item", "items", "story", "stories", "results", "result", "docs", "hits",
    "records", "objects",
    "response", "after", "source", "data", "payload", "value", "post", "news", "json-ld",
    "posts", "node",
    "record", "airbyte_data", "fulldocument", "detail", "message", "attributes", "current", "kinesis", "dynamodb", "newimage",
    "event", "body",
)  # fmt: skip


_MOST_TEXTS = 3  # levels of JSON in a JSON string: a producer's and a connector's


def _read_value(value: Any, max_depth: int, read_bytes: ReadBytes) -> Draft | Rejection:
    """Take the article out of its envelopes and read it."""
    root, texts = value, 0
    while True:
        if isinstance(value, list):
            articles = [each for each in value if is_article(each)] or value
            if len(articles) != 1:
                return Rejection(Reason.NOT_AN_ARTICLE, f"a list of {len(value):,}: publish each article by itself")
            value = articles[0]
        elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"') and texts < _MOST_TEXTS:  # encoded twice
            parsed, texts = _parse(value, max_depth), texts + 1
            if isinstance(parsed, Rejection):
                return parsed
            value = root = parsed.value
        elif not isinstance(value, dict):
            return Rejection(Reason.NOT_AN_ARTICLE, f"{KINDS[type(value)]}: publish the article as a JSON object")
        elif "specversion" in value and (data := _event_data(value)) is not None:
            return data if isinstance(data, Rejection) else read_bytes(*data, max_bytes=len(data[0]), max_depth=max_depth)
        elif (inner := _inner(value)) is not None:
            value = inner[0]
        else:
            return read_object(resolved(value, root))


def _changed(value: Mapping[str, Any]) -> tuple[Any] | None:
    """The row in a Debezium change event: its state after the change; null for a deleted row, also of an unwrapped event."""
    is_change = "after" in value and ("before" in value or "op" in value) and not has_content(value)
    is_gone = str(value.get("__deleted")).lower() == "true" or (value.get("__op") == "d" and "__deleted" not in value)
    return (value["after"],) if is_change else (None,) if is_gone else None


def _inner(value: Mapping[str, Any]) -> tuple[Any] | None:
    """The content of an envelope, in a tuple since it may be null; None if it is not an envelope."""
    if value.keys() == {"schema", "payload"}:  # Kafka Connect
        return (value["payload"],)
    if "specversion" in value and "data" in value:
        return (value["data"],)
    if changed := _changed(value):
        return changed
    if (item := flat_news_item(value)) is not None:
        return (item,)
    if ("@graph" in value or "@type" in value) and not is_article(value):
        found = list(embedded_articles(value))
        return (found,) if found else (value["@graph"],) if "@graph" in value else None
    return _unnamed(value)


def _unnamed(value: Mapping[str, Any]) -> tuple[Any] | None:
    """What an envelope of no standard holds: an object or JSON beside no headline or text, or in their place."""
    if (held := _content(value)) and len(held) == 1 and isinstance(held[0], dict) and has_content(held[0]):
        return (held[0],) if rich_text(held[0]) is None else None  # the Guardian's answer about one article
    return _wrapped(value) if not held or _holds_json_for_text(held) else None


def _content(value: Mapping[str, Any]) -> list[Any]:
    """What an object has under the names of headlines and texts."""
    return [each for name, each in value.items() if has_content((name,))]


def _holds_json_for_text(content: list[Any]) -> bool:
    """Whether an object's only content is a text that is a JSON object, as in the messages of queues."""
    return len(content) == 1 and isinstance(content[0], str) and _JSON_TEXT.match(content[0]) is not None


def _wrapped(value: Mapping[str, Any]) -> tuple[Any] | None:
    """What an object without content of its own wraps: objects, or JSON in a string."""
    by_name = {name.lower().removeprefix("_"): inner for name, inner in value.items()}
    for name in _WRAPPERS:
        inner = by_name.get(name)
        if isinstance(inner, dict) or (isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner)):
            return (inner,)
        if isinstance(inner, str) and (said := _json_in(inner)):
            return (said,)
    return None


_JSON_TEXT = re.compile(r"\s*(?:\{\s*\"|\[\s*\{\s*\"|\"\s*\{\s*\\\\\")")
_BASE64_OF_JSON = re.compile(r"(?:e[yw]|W3|Ww)[\w+/-]{20,}={0,2}\s*")  # of an opening bracket


def _json_in(text: str) -> str | None:
    """The JSON that a text is, as it stands or in base64; None for other texts."""
    if _JSON_TEXT.match(text):
        return text
    if not _BASE64_OF_JSON.fullmatch(text):
        return None
    bare = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        said = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except ValueError:
        return None
    return said if _JSON_TEXT.match(said) else None


def _event_data(event: Mapping[str, Any]) -> tuple[bytes, str | None] | Rejection | None:
    """A CloudEvent's data and their content type, if the data are not a JSON value; else None."""
    content_type = event.get("datacontenttype")
    content_type = content_type if isinstance(content_type, str) else None
    name = "data" if event.get("datacontentencoding") == "base64" else "data_base64"  # of version 0.3
    if isinstance(event.get(name), str):
        try:
            return base64.b64decode(event[name], validate=True), content_type
        except (binascii.Error, ValueError) as error:
            return Rejection(Reason.WRONG_TYPE, f'"{name}" is not base64: {error}')
    if isinstance(event.get("data"), str):
        # If the data were JSON, they would not be a string. If declared as JSON, they are JSON in a string, or mislabelled
        # plain text.
        is_json = content_type is not None and "json" in content_type.lower()
        return event["data"].encode("utf-8", "replace"), None if is_json else content_type
    return None


# ---- Objects

_NOT_TEXT_TYPES: Final = frozenset(  # of ninjs
    ("audio", "video", "picture", "graphic", "event", "planning", "component", "composite", "package")
)


_LEAST_HEADLINE: Final = 5  # characters
_INNER_NAMES: Final = frozenset(("copyrightholder", "copyrightnotice", "utcembargo"))


def _named_fields(value: Mapping[str, Any]) -> tuple[list[tuple[str, Any]], dict[str, object]]:
    """An object's fields as written, and under their folded names, with those of libraries that mean something else by one."""
    within = [each for name in ("fields", "metadata") if isinstance(each := value.get(name), dict)]  # the Guardian's, crawlers'
    written = [*value.items(), *(item for each in within for item in each.items())]
    record = folded(written)
    read_links(record)
    if isinstance(credited := record.get("credits"), dict):  # Arc's
        record.setdefault("byline", credited.get("by"))
    for name in ("rightsinfo", "schedulesettings"):  # NewsML-G2's by a converter, Superdesk's
        if isinstance(inner := record.get(name), dict):
            record |= {
                each: held for each, held in folded(inner.items()).items() if each in _INNER_NAMES and each not in record
            }
    if "sourcehostname" in record:  # trafilatura's JSON, where "source" is the page's address
        record["url"] = record.pop("source", None)
    if isinstance(lines := record.get("news"), list) and all(isinstance(line, str) for line in lines):  # AFP's
        record.setdefault("text", lines)
    if isinstance(told := record.get("data"), str) and read_moment(told):  # a date in Portuguese, Italian and Polish
        record.setdefault("date", told)
    if isinstance(medium := record.get("media"), str) and is_picture(medium):  # NewsCatcher's
        record.setdefault("multimedia", medium)
    if is_article(value) or _is_named_as_article(value, record):
        record.setdefault("headline", record.get("name"))
    return written, record


def _is_named_as_article(value: Mapping[str, Any], record: Mapping[str, object]) -> bool:
    """Whether "name" is a headline: the only one beside a text or a teaser, and not the name of whoever tells it."""
    name = record.get("name")
    return (
        isinstance(name, str)
        and len(name) >= _LEAST_HEADLINE
        and (" " in name.strip() or not name.isascii())
        and not (is_person(name) or is_organisation(name))
        and not types_of(value)
        and lacks_headline(record)
    )


def read_object(value: Mapping[str, Any]) -> Draft | Rejection:
    """Read an article that is an object: its fields by their names, its text plain or HTML."""
    written, record = _named_fields(value)
    if is_canceled(record):
        return _read_cancellation(record)
    record = _with_roles(record)
    if refused := no_field_known(record) or _refused_kind(record) or wrong_type(record, [name for name, _ in written]):
        return refused
    text, repairs = read_text(record)
    if text.startswith("&lt;") and is_markup(unescaped := html.unescape(text)):  # HTML that was escaped once too often
        text = unescaped
    if not is_markup(text):
        draft = read_fields(record, decode_entities(text))
    else:
        page = read_html(text)
        if isinstance(page, Rejection) and page.reason is not Reason.NO_TEXT:
            return page
        draft = read_fields(record, "")
        if isinstance(page, Draft):  # a whole page fills in what the record does not say
            draft = Draft(**{each.name: _filled(getattr(draft, each.name), getattr(page, each.name)) for each in fields(Draft)})
    if not (draft.headline or draft.text):
        return no_text()
    return replace(draft, repairs=(*draft.repairs, *repairs)) if repairs else draft


_ROLE = re.compile("(headline|body|description)(.+)")


def _with_roles(record: dict[str, object]) -> dict[str, object]:
    """A wire's item with ninjs 1's fields by role ("headline_main") also under the bare name: the main one, else plain text."""
    if not (wire_uri(record) or ("uri" in record and record.get("type") == "text")):
        return record
    roles: dict[str, object] = {}
    for name in sorted(record, key=lambda each: (not each.endswith("main"), "html" in each)):
        found, value = _ROLE.fullmatch(name), record[name]
        if found and isinstance(value, str) and value.strip():
            roles.setdefault(found[1], value)
    return {**record, **{name: value for name, value in roles.items() if not record.get(name)}}


_FINGERPRINT = re.compile("[0-9a-f]{32}")


def _filled(own: Any, other: Any) -> Any:
    return other if own in (None, "", (), NO_INSTRUCTIONS) else own


def _read_cancellation(record: Mapping[str, object]) -> Draft | Rejection:
    """A source takes an article back; it only has to say which one."""
    draft = replace(read_fields(record, ""), keywords=())
    draft = replace(draft, instructions=replace(draft.instructions, fingerprint=_fingerprint(record)))
    if draft.instructions.uri or draft.url:
        return draft
    return Rejection(Reason.WITHDRAWN, 'it cancels an article and does not say which: give its "uri" or "url"')


def _fingerprint(record: Mapping[str, object]) -> str | None:
    """The headline's fingerprint among a document's other ids, if the document is one of Headwater's own."""
    others = record.get("altids")
    for each in others if isinstance(others, list) else ():
        if isinstance(each, dict) and each.get("role") == "headline-fingerprint":
            value = each.get("value")
            return value if isinstance(value, str) and _FINGERPRINT.fullmatch(value) else None
    return None


_ERRORS: Final = range(400, 600)


def _refused_kind(record: Mapping[str, object]) -> Rejection | None:
    """Refuses an agency's item that is not text or must not be published for now, and a server's error (RFC 9457)."""
    if isinstance(status := record.get("status"), int) and status in _ERRORS and not has_text(record):
        return Rejection(Reason.NOT_AN_ARTICLE, f"a server's error ({status}): publish the article once it is found")
    if is_withheld(record):
        return Rejection(Reason.WITHDRAWN, '"pubstatus" is "withheld": its source does not want it published for now')
    kind = record.get("type")
    is_item = any(name in record for name in ("uri", "versioncreated", "pubstatus", "standard"))
    if is_item and isinstance(kind, str) and kind in _NOT_TEXT_TYPES and not has_text(record):
        return Rejection(Reason.NOT_AN_ARTICLE, f'"type" is "{kind}": publish articles of text')
    return None
