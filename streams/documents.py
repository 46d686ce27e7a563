"""What consumers read: the documents of news.enriched, news.duplicates and news.rejected, and their headers.

Enriched articles are ninjs 3.1 documents (IPTC) in CloudEvents 1.0 binary mode (Kafka protocol binding): the value is the
document, the event's attributes are headers. What ninjs has no place for is an extension attribute of the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from streams.articles import Article
from streams.records import Rejection
from streams.steps import Headers, Output, Record, header, origin
from streams.text.article import Language, Subject, Witness
from streams.text.duplicates import DuplicateKind, Sighting
from streams.text.subjects.tag import CREATOR
from streams.topics import REJECTED

NINJS_SCHEMA: Final = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
ENRICHED_TYPE: Final = "news.headwater.article.enriched"
DUPLICATE_TYPE: Final = "news.headwater.article.duplicate"

EVENT_SOURCE: Final = "urn:headwater"

ORIGIN_HEADER: Final = "ce_origin"
"""Where the raw record stands, ``topic/partition/offset``: one name for it in all outputs."""

KIND_HEADER: Final = "ce_kind"
"""In what way a record of news.duplicates repeats its headline's owner: a ``DuplicateKind``."""

LANGUAGE_HEADER: Final = "ce_language"
"""The language that was found for a record of news.enriched, as in its document: a consumer can choose without reading it."""

CHECK_HEADER: Final = "ce_languagecheck"
"""The tag of a second opinion on the language of a record of news.enriched, where the setting asks for one."""

ERRORS: Final = "__streams.errors."
"""How the names of headers begin that say why a record was rejected (Kafka Streams' names)."""
REASON_HEADER: Final = ERRORS + "exception"
"""Why a record is in news.rejected: a ``Reason``."""

_LEDGER_CUTS: Final = 100
_PASSED_ON: Final = ("traceparent", "tracestate")
_MOST_TRACE_BYTES: Final = 512  # W3C Trace Context asks for as much of a tracestate
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253402300799999  # the end of the year 9999, the last that RFC 3339 can write


def time_text(timestamp_ms: int) -> str | None:
    """A record's time as RFC 3339 in UTC with milliseconds; None for a record without one (0 or less)."""
    if timestamp_ms <= 0:
        return None
    moment = _EPOCH + timedelta(milliseconds=min(timestamp_ms, _LAST_MS))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_with_zone(written: str | None) -> str | None:
    """A source's date (RFC 3339 or RFC 5322) as RFC 3339, or None where it names no zone: a guess would be a lie."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            moment = parsedate_to_datetime(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return moment.isoformat() if moment.tzinfo is not None else None


def article_uri(article_id: str) -> str:
    return f"urn:headwater:article:{article_id}"


def ninjs_document(article: Article, language: Language, subjects: Sequence[Subject], timestamp_ms: int) -> dict[str, Any]:
    """The article as ninjs 3.1. Subjects carry a uri, a confidence and who says so; the source's own keywords a literal."""
    found = [
        {
            "uri": subject.uri,
            "name": subject.name,
            "creator": CREATOR if Witness.TEXT in subject.witnesses else f"urn:headwater:source:{subject.witnesses[0]}",
            "relevance": subject.relevance,
            "confidence": subject.confidence,
        }
        for subject in subjects
    ]
    keywords = [{"name": word, "literal": word, "rel": "keyword"} for word in article.keywords]
    identifiers = (
        ("url", article.url),
        ("source-id", article.source_id),
        ("headline-fingerprint", article.fingerprint),
    )
    document: dict[str, Any] = {
        "uri": article_uri(article.id),
        "standard": {"name": "ninjs", "version": "3.1", "schema": NINJS_SCHEMA},
        "type": "text",
        "representationType": "full",
        "pubStatus": "usable",
        "versionCreated": time_text(timestamp_ms),
        "firstCreated": date_with_zone(article.published),
        "language": language.tag,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": article.headline}],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "charCount": len(article.body),
                "wordCount": len(article.body.split()),
                "value": article.body,
            }
        ]
        if article.body
        else None,
        "by": article.byline,
        "located": article.dateline,
        "infoSources": [
            *([{"name": article.outlet, "role": "publisher"}] if article.outlet else []),
            *({"name": agency, "role": "agency"} for agency in article.agencies),
        ],
        "subjects": [*found, *keywords],
        "altIds": [{"role": role, "value": value} for role, value in identifiers if value],
    }
    return {name: value for name, value in document.items() if value not in (None, [])}


def duplicate_document(
    article: Article, kind: DuplicateKind, owner: Sighting, timestamp_ms: int, window_s: int
) -> dict[str, Any]:
    """A repeated headline: what it is, which article owns the headline, and in what way this one repeats it."""
    return {
        "id": article.id,
        "kind": kind.value,
        "headline": article.headline,
        "headlineFingerprint": article.fingerprint,
        "url": article.url,
        "sourceId": article.source_id,
        "outlet": article.outlet,
        "time": time_text(timestamp_ms),
        "published": date_with_zone(article.published),
        "owner": {"id": owner.article_id, "time": time_text(owner.timestamp_ms)},
        "windowSeconds": window_s,
    }


def event_headers(
    record: Record, article: Article, event_type: str, *, schema: str | None = None, **extensions: str | None
) -> Headers:
    """CloudEvents headers. The id is the article's and the raw record's: the same for every replay of the log."""
    raw_origin = header(record, ORIGIN_HEADER) or origin(record)
    attributes = {
        "specversion": "1.0",
        "id": f"{article.id}:{raw_origin}",
        "source": EVENT_SOURCE,
        "type": event_type,
        "time": time_text(record.timestamp),
        "subject": article_uri(article.id),
        "dataschema": schema,
        **extensions,
        ORIGIN_HEADER.removeprefix("ce_"): raw_origin,
    }
    return (
        ("content-type", b"application/json"),
        *((f"ce_{name}", value.encode("utf-8", "replace")) for name, value in attributes.items() if value is not None),
        *passed_on(record),
    )


def passed_on(record: Record) -> Headers:
    """The headers that go with an article all the way: the trace it belongs to."""
    return tuple(
        (name, value) for name, value in record.headers if name in _PASSED_ON and len(value or b"") <= _MOST_TRACE_BYTES
    )


def ledger_text(article: Article) -> str:
    """What reading mended and cleaning took out, as JSON: the first 100 entries, so that a header stays a header."""
    return orjson.dumps((*article.repairs, *article.cuts)[:_LEDGER_CUTS]).decode()


_MOST_KEPT_BYTES: Final = 14 << 20
_KEPT_OF_LARGER_BYTES: Final = 1 << 20


def rejected_output(record: Record, rejection: Rejection, stage: str) -> Output:
    """The record as it came, for news.rejected, with what was wrong with it in headers named as Kafka Streams does (KIP-1034).

    A record of more than 14 MiB, which only compression can have brought into news.raw, could not be sent on: then its
    first MiB is kept, the header ``__streams.errors.original-bytes`` tells how large it was, and ``…offset`` where it stands.
    """
    errors = {
        REASON_HEADER: rejection.reason.value,
        ERRORS + "message": rejection.message,
        ERRORS + "topic": record.topic,
        ERRORS + "partition": str(record.partition),
        ERRORS + "offset": str(record.offset),
        ERRORS + "stage": stage,
        ORIGIN_HEADER: origin(record),
    }
    # Kafka's clients send no record without both; the reason ("tombstone") tells that there was no value.
    key, value = record.key, b"" if record.key is None and record.value is None else record.value
    own = tuple((name, text) for name, text in record.headers if name not in errors)
    size = len(key or b"") + len(value or b"") + sum(len(name) + len(text or b"") for name, text in own)
    if size > _MOST_KEPT_BYTES:
        errors[ERRORS + "original-bytes"] = str(size)
        key, value, own = key and key[:1024], value and value[:_KEPT_OF_LARGER_BYTES], ()
    headers = (*own, *((name, text.encode("utf-8", "replace")) for name, text in errors.items()))
    return Output(REJECTED, key, value, headers, max(record.timestamp, 0))
