"""What consumers read: the documents of news.enriched, news.duplicates and news.rejected, and their headers.

Enriched articles are ninjs 3.1 documents (IPTC) in CloudEvents 1.0 binary mode (Kafka protocol binding): the value is the
document, the event's attributes are headers. Anything that ninjs has no place for is an extension attribute of the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson

from streams.articles import LEDGER_ENTRIES, OWN_URI, Article
from streams.bounds import (
    MOST_HEADER_BYTES,
    MOST_OUTPUT_BYTES,
    bounded,
    header_text,
    printable_name,
    record_bytes,
)
from streams.faults import Fault
from streams.records import Image, Reason, Rejection
from streams.records.values.dates import instant_text, precision_of, read_moment
from streams.steps import Headers, Output, Record, UnreadBatch, header, origin
from streams.text.article import Language, Subject, Witness
from streams.text.duplicates import DuplicateKind, Sighting
from streams.text.subjects.tag import CREATOR
from streams.topics import REJECTED
from streams.traces import continued

NINJS_SCHEMA: Final = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
ENRICHED_TYPE: Final = "news.headwater.article.enriched"
DUPLICATE_TYPE: Final = "news.headwater.article.duplicate"

ENRICHED_SCHEMA: Final = "urn:headwater:schema:enriched:1"
DUPLICATE_SCHEMA: Final = "urn:headwater:schema:duplicates:1"
"""``ce_dataschema``: the ``$id`` in docs/schemas. Its number rises only with a change that breaks consumers."""

EVENT_SOURCE: Final = "urn:headwater"

ORIGIN_HEADER: Final = "ce_origin"
"""The place of the raw record, ``topic/partition/offset``, under the same name in all outputs."""

KIND_HEADER: Final = "ce_kind"
"""How a record of news.duplicates repeats its headline's owner: a ``DuplicateKind``."""

LANGUAGE_HEADER: Final = "ce_language"
"""The language found for a record of news.enriched, as in its document: consumers can filter without reading the value."""

STATUS_HEADER: Final = "ce_pubstatus"
"""Whether an article of news.enriched may be published, "usable" or "canceled", readable without the value."""

RELEASE_HEADER: Final = "headwater-release"
"""On a record that a person released in spite of an embargo: the reason for which it was held."""
CHECK_HEADER: Final = "ce_languagecheck"
"""The tag of a second opinion on the language of a record of news.enriched, if the setting asks for one."""

ERRORS: Final = "__streams.errors."
"""The prefix of headers that say why a record was rejected (Kafka Streams' names)."""
REASON_HEADER: Final = ERRORS + "exception"
"""Why a record is in news.rejected: a ``Reason``."""
BATCH_FIRST_HEADER: Final = ERRORS + "batch-first-offset"
"""On the rejection of a producer's whole batch: the offset of its first record."""

REPLAY_HEADER: Final = "headwater-replay-of"
"""On a replayed record: its place in news.rejected. If it is rejected again, the header comes with it."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS: Final = 253402300799999  # the end of the year 9999, the last that RFC 3339 can write


@lru_cache(maxsize=4_096)  # a record's time is written several times, and a story writes its members' anew
def time_text(timestamp_ms: int) -> str | None:
    """A record's time as RFC 3339 in UTC with milliseconds; None for a record without a time (0 or less)."""
    if timestamp_ms <= 0:
        return None
    moment = _EPOCH + timedelta(milliseconds=min(timestamp_ms, _LAST_MS))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_with_zone(written: str | None) -> str | None:
    """A source's date as RFC 3339, or None if it names no zone: a guess could be wrong."""
    return instant_text(written) if written else None


def date_attributes(article: Article) -> dict[str, str | None]:
    """A source's dates as attributes of the event, with their precision: ninjs accepts only dates with a zone."""
    published, modified = readable_date(article.published), readable_date(article.modified)
    return {
        "published": published,
        "publishedprecision": published and precision_of(published),
        "modified": modified,
        "modifiedprecision": modified and precision_of(modified),
    }


UNSURE_BELOW: Final = 0.9
"""For a page's confidence: below this, consumers are told."""


def confidence_text(article: Article) -> str | None:
    """How likely a page holds an article ("0.62"), if that is in doubt; None if it is not, and for other forms."""
    told = article.article_confidence
    return f"{told:.2f}" if told is not None and told < UNSURE_BELOW else None


def readable_date(written: str | None) -> str | None:
    """A source's date in ISO 8601, with a zone only if it named one; None if unread, or a program's word for none."""
    return written if written and precision_of(written) and read_moment(written) else None


def article_uri(article_id: str) -> str:
    return OWN_URI + article_id


def is_released(record: Record) -> bool:
    """Whether a record is to pass in spite of its embargo."""
    return header(record, RELEASE_HEADER) == Reason.EMBARGOED


def ninjs_document(article: Article, language: Language, subjects: Sequence[Subject], timestamp_ms: int) -> dict[str, Any]:
    """The article as ninjs 3.1. Subjects have a uri, a confidence and a witness; the source's own keywords are literals."""
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
    document: dict[str, Any] = {
        "uri": article_uri(article.id),
        "standard": {"name": "ninjs", "version": "3.1", "schema": NINJS_SCHEMA},
        "type": "text",
        "representationType": "partial" if article.instructions.canceled else "full",
        **_instructions(article, timestamp_ms),
        "firstCreated": date_with_zone(article.published),
        "language": None if article.instructions.canceled else language.tag,
        "headlines": _plain_text("main", article.headline),
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
        "descriptions": [{"role": "summary", "contentType": "text/plain", "value": article.summary}]
        if article.summary
        else None,
        "by": article.byline,
        "located": article.dateline,
        "infoSources": [
            *([{"name": article.outlet, "role": "publisher"}] if article.outlet else []),
            *({"name": agency, "role": "agency"} for agency in article.agencies),
        ],
        "subjects": [*found, *keywords],
        "associations": [_lead_image(article.image)] if article.image else None,
        "altIds": [{"role": role, "value": value} for role, value in _identifiers(article) if value],
    }
    return {name: value for name, value in document.items() if value not in (None, [])}


def _plain_text(role: str, value: str | None) -> list[dict[str, str]] | None:
    """One of ninjs's texts with a role, alone in its list; None if the value is missing."""
    return [{"role": role, "contentType": "text/plain", "value": value}] if value else None


def _lead_image(image: Image) -> dict[str, Any]:
    """The lead image as an associated picture; its credit says who made it."""
    picture = {
        "name": "lead image",
        "rel": "lead-image",
        "uri": image.url,
        "type": "picture",
        "descriptions": _plain_text("caption", image.caption),
        "by": image.credit,
        "renditions": [{"name": "original", "href": image.url}],
    }
    return {name: value for name, value in picture.items() if value is not None}


def _instructions(article: Article, timestamp_ms: int) -> dict[str, Any]:
    """What the source asks of those who use it. A wire's version has the wire's time, any other version the record's."""
    said = article.instructions
    return {
        "version": said.version,
        "versionCreated": date_with_zone(said.version_created) or time_text(timestamp_ms),
        "pubStatus": said.pub_status.value,
        "embargoedUntil": date_with_zone(said.embargoed_until),
        "expires": date_with_zone(said.expires),
        "urgency": said.urgency,
        "edNote": said.ed_note,
        "usageTerms": said.usage_terms,
        "copyrightHolder": said.copyright_holder,
        "copyrightNotice": said.copyright_notice,
    }


def instruction_attributes(article: Article) -> dict[str, str | None]:
    """The same as attributes of the event. A time without a zone, for which ninjs has no place, is included here as written."""
    said = article.instructions
    return {
        "pubstatus": said.pub_status.value,
        "version": said.version,
        "embargoeduntil": said.embargoed_until,
        "expires": said.expires,
        "urgency": None if said.urgency is None else str(said.urgency),
        "ednote": said.ed_note,
        "usageterms": said.usage_terms,
        "copyrightholder": said.copyright_holder,
        "copyrightnotice": said.copyright_notice,
    }


def _identifiers(article: Article) -> tuple[tuple[str, str | None], ...]:
    uri = article.instructions.uri
    return (
        ("url", article.url),
        ("source-id", article.source_id),
        ("wire-uri", uri if uri != article.source_id else None),
        ("headline-fingerprint", article.fingerprint if article.headline else None),
    )


def duplicate_document(
    article: Article, kind: DuplicateKind, owner: Sighting, timestamp_ms: int, window_s: int
) -> dict[str, Any]:
    """A repeated headline: the repeat, the article that owns the headline, and how this one repeats it."""
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


def event_headers(record: Record, article: Article, event_type: str, *, schema: str, **extensions: str | None) -> Headers:
    """CloudEvents headers. The id is made of the article's id and the raw record's place: the same for every replay."""
    raw_origin = origin_of_prepared(record)
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
        *((f"ce_{name}", header_text(value)) for name, value in attributes.items() if value is not None),
        *passed_on(record),
    )


def origin_of_prepared(record: Record) -> str:
    """The place of the raw record that a record of news.prepared was made from."""
    return header(record, ORIGIN_HEADER) or origin(record)


def passed_on(record: Record) -> Headers:
    """The headers that accompany an article all the way: its trace, continued."""
    return continued(record)


def ledger_text(article: Article) -> str:
    """What reading repaired and cleaning removed, as JSON: the first 100 entries, or as many as fit a header."""
    ledger = (*article.repairs, *article.cuts)[:LEDGER_ENTRIES]
    while len(text := orjson.dumps(ledger)) > MOST_HEADER_BYTES:
        ledger = ledger[: len(ledger) // 2]
    return text.decode()


_MOST_KEPT_BYTES: Final = MOST_OUTPUT_BYTES - (1 << 20)  # leaves the rest for what the rejection adds
_KEPT_OF_LARGER_BYTES: Final = 1 << 20
_KEPT_OF_LARGER_KEY_BYTES: Final = 1024
_MOST_MESSAGE_BYTES: Final = 4096


def internal_error(fault: Fault) -> Rejection:
    """The rejection of a record that triggers a bug of ours: the same text on every machine."""
    return Rejection(
        Reason.INTERNAL_ERROR, f"{fault}: a bug of Headwater's; report it, and replay the record once a fixed version runs"
    )


def _own_name(name: str) -> str:
    return name if name.isascii() and name.isprintable() else printable_name(name.encode("utf-8", "surrogatepass"))


def unread(batch: UnreadBatch) -> Rejection:
    """The rejection of a producer's whole batch."""
    return Rejection(Reason.TOO_LARGE if batch.too_large else Reason.UNREADABLE_BATCH, str(batch))


def _of_batch(batch: UnreadBatch) -> dict[str, str]:
    return {
        BATCH_FIRST_HEADER: str(batch.offsets[0]),
        ERRORS + "batch-last-offset": str(batch.offsets[-1]),
        ERRORS + "batch-records": str(batch.records),
        ERRORS + "batch-compression": batch.codec,
    }


def rejected_output(record: Record, rejection: Rejection, stage: str, raw_origin: str | None = None) -> Output:
    """The record as it came, for news.rejected; headers named as in Kafka Streams (KIP-1034) say what is wrong with it.

    ``raw_origin`` is the place of its raw record, if the record is not a raw one: a replay reads the original bytes there.

    A record of more than 13 MiB, which only fits into news.raw compressed, could not be sent on. Its first MiB is then kept
    without its headers; the message says so and names the place of the whole record, and the header
    ``__streams.errors.original-bytes`` gives its size. A producer's headers with our own names are left out, and a name that is
    not printable ASCII is escaped (:func:`streams.bounds.printable_name`).

    A batch that could not be read is one record: its bytes as they came, and headers ``__streams.errors.batch-…`` with its
    first and last offset, its number of records and their compression.
    """
    errors = {
        REASON_HEADER: rejection.reason.value,
        ERRORS + "message": header_text(rejection.message, _MOST_MESSAGE_BYTES).decode(),
        ERRORS + "topic": record.topic,
        ERRORS + "partition": str(record.partition),
        ERRORS + "offset": str(record.offset),
        ERRORS + "stage": stage,
        ORIGIN_HEADER: raw_origin or origin(record),
    }
    if isinstance(record.value, UnreadBatch):
        errors |= _of_batch(record.value)
    # Kafka's clients send no record without key and value; the reason ("tombstone") tells that there was no value.
    key, value = record.key, b"" if record.key is None and record.value is None else record.value
    value = value and bytes(value)  # aiokafka accepts nothing else
    own = tuple(
        (_own_name(name), text) for name, text in record.headers if name != ORIGIN_HEADER and not name.startswith(ERRORS)
    )
    size = max(record_bytes(key, value, record.headers), record_bytes(key, value, own))
    if size > _MOST_KEPT_BYTES:
        errors[ERRORS + "original-bytes"] = str(size)
        errors[ERRORS + "message"] += f" (too large to be kept, cut to its beginning: the whole is {errors[ORIGIN_HEADER]})"
        key, value, own = key and key[:_KEPT_OF_LARGER_KEY_BYTES], value and value[:_KEPT_OF_LARGER_BYTES], ()
    headers = (*own, *((name, header_text(text)) for name, text in errors.items()))
    return bounded(Output(REJECTED, key, value, headers, max(record.timestamp, 0)))
