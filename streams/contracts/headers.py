"""Schemas of the headers of each outcome: an object of UTF-8 texts.

``ce_…`` are the attributes of a CloudEvent 1.0 in binary mode; ``__streams.errors.…`` are Kafka Streams' (KIP-1034).
"""

from __future__ import annotations

from typing import Any, Final

from streams.contracts.values import (
    DIALECT,
    FILLED,
    HEX_128,
    LANGUAGE_TAG,
    NUMBER,
    TEXT,
    TIME,
    URI,
    Schema,
    an_object,
    described,
    known_values,
)
from streams.documents import (
    DUPLICATE_SCHEMA,
    DUPLICATE_TYPE,
    ENRICHED_SCHEMA,
    ENRICHED_TYPE,
    ERRORS,
    EVENT_SOURCE,
    ORIGIN_HEADER,
    REASON_HEADER,
)
from streams.records import PubStatus, Reason
from streams.text.article import LANGUAGE_CREATOR
from streams.text.duplicates import DuplicateKind

_PLACE: Final[Schema] = {"type": "string", "pattern": "^.+/[0-9]+/[0-9]+$"}
_DATE: Final = known_values(["day", "minute", "second"])

TRACE: Final[dict[str, Schema]] = {
    "traceparent": described(
        {"type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"},
        "W3C Trace Context: the trace of the producer's record; its parent is the step that wrote this one.",
    ),
    "tracestate": described(FILLED, "W3C Trace Context, as the producer wrote it."),
}

_INSTRUCTIONS: Final[dict[str, Schema]] = {
    "ce_pubstatus": described({"enum": [PubStatus.USABLE.value, PubStatus.CANCELED.value]}, "As `pubStatus` in the document."),
    "ce_version": described(TEXT, "As `version`."),
    "ce_embargoeduntil": described(TEXT, "As the source wrote it, with or without a zone."),
    "ce_expires": described(TEXT, "As the source wrote it, with or without a zone."),
    "ce_urgency": described({"type": "string", "pattern": "^[1-9]$"}, "As `urgency`."),
    "ce_ednote": described(TEXT, "As `edNote`, in one line."),
    "ce_usageterms": described(TEXT, "As `usageTerms`, in one line."),
    "ce_copyrightholder": described(TEXT, "As `copyrightHolder`."),
    "ce_copyrightnotice": described(TEXT, "As `copyrightNotice`, in one line."),
}

_DATES: Final[dict[str, Schema]] = {
    "ce_published": described(TEXT, "When the source published it: ISO 8601, with a zone only if the source names one."),
    "ce_publishedprecision": described(_DATE, "How precise that is."),
    "ce_modified": described(TEXT, "When the source changed it, likewise."),
    "ce_modifiedprecision": _DATE,
}

_LANGUAGE: Final[dict[str, Schema]] = {
    "ce_language": described(LANGUAGE_TAG, "As `language`; `und` of a kill."),
    "ce_languageconfidence": described(
        {"type": "string", "pattern": "^(0\\.[0-9]{2}|1\\.00)$"}, "How sure the language is, 0.00 to 1.00."
    ),
    "ce_languagecreator": described(
        {**URI, "examples": [LANGUAGE_CREATOR]}, "Which model found it; a new model has another name."
    ),
    "ce_languagedeclared": described(TEXT, "What the source says, as it wrote it; up to 100 bytes."),
    "ce_languageagrees": described({"enum": ["true", "false"]}, "Whether both name the same language."),
    "ce_languagecheck": described(LANGUAGE_TAG, "A second opinion, with HEADWATER_LANGUAGE_CHECK."),
}

_CONFIDENCE: Final[dict[str, Schema]] = {
    "ce_articleconfidence": described(
        {"type": "string", "pattern": "^0\\.[0-9]{2}$"},
        "How likely an HTML page holds an article, if that is in doubt: below 0.90. Absent otherwise.",
    )
}

_CUTS: Final[dict[str, Schema]] = {
    "ce_cuts": described(
        {"type": "string", "pattern": "^\\["},
        "JSON: what reading repaired and cleaning removed, each with kind, reason, offset, length, excerpt; the first 100.",
    )
}


def event_header_schemas(event_type: str, schema: str, *, subject: str = "The article's uri.") -> dict[str, Schema]:
    """The attributes that every event has."""
    return {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": described(
            {"type": "string", "pattern": f"{HEX_128.removesuffix('$')}:.+/[0-9]+/[0-9]+$"},
            "The article and its raw record: the same for every replay of the log. With `ce_source` it identifies the event.",
        ),
        "ce_source": {"const": EVENT_SOURCE},
        "ce_type": {"const": event_type},
        "ce_time": described(TIME, "The raw record's timestamp; absent if it has none."),
        "ce_subject": described(URI, subject),
        "ce_dataschema": described(
            {"const": schema}, "The `$id` of the document's schema; a breaking change gives it a new one."
        ),
        ORIGIN_HEADER: described(_PLACE, "The place of the raw record: topic/partition/offset."),
    }


def headers_schema(title: str, required: list[str], properties: dict[str, Schema]) -> Schema:
    """Headers of a topic as an object of texts."""
    return {"$schema": DIALECT, "title": title, **an_object(required, **properties)}


_ALWAYS: Final = (
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_dataschema",
    ORIGIN_HEADER,
    "ce_pubstatus",
)


def enriched_headers() -> Schema:
    """Of news.enriched."""
    event = event_header_schemas(ENRICHED_TYPE, ENRICHED_SCHEMA)
    required = [*_ALWAYS, "ce_language", "ce_languageconfidence", "ce_languagecreator", "ce_cuts"]
    return headers_schema(
        "Headers of news.enriched", required, {**event, **_INSTRUCTIONS, **_LANGUAGE, **_DATES, **_CONFIDENCE, **_CUTS, **TRACE}
    )


def duplicates_headers() -> Schema:
    """Of news.duplicates."""
    kind: dict[str, Any] = {"ce_kind": described(known_values(DuplicateKind), "As `kind` in the document.")}
    event = event_header_schemas(DUPLICATE_TYPE, DUPLICATE_SCHEMA)
    return headers_schema("Headers of news.duplicates", [*_ALWAYS, *kind], {**event, **kind, **_INSTRUCTIONS, **TRACE})


def rejected_headers() -> Schema:
    """The headers of news.rejected; the producer's own headers accompany them as they came."""
    errors = {
        REASON_HEADER: described(known_values(Reason), "The reason, one word. More reasons may come."),
        f"{ERRORS}message": described(TEXT, "The reason in words: what the producer has to fix."),
        f"{ERRORS}topic": described(TEXT, "The topic of the rejected record."),
        f"{ERRORS}partition": NUMBER,
        f"{ERRORS}offset": NUMBER,
        f"{ERRORS}stage": described(known_values(["prepare", "deduplicate"]), "The step that rejected it."),
        ORIGIN_HEADER: described(_PLACE, "The place of the raw record: topic/partition/offset."),
    }
    sometimes = {
        f"{ERRORS}original-bytes": described(NUMBER, "The size of a record that was too large to be kept."),
        f"{ERRORS}batch-first-offset": described(NUMBER, "For a producer's batch that could not be read: its first offset."),
        f"{ERRORS}batch-last-offset": described(NUMBER, "For such a batch: its last offset."),
        f"{ERRORS}batch-records": described(NUMBER, "For such a batch: the number of records that it declares."),
        f"{ERRORS}batch-compression": described(
            known_values(["none", "gzip", "snappy", "lz4", "zstd"]), "For such a batch: its codec."
        ),
    }
    return headers_schema("Headers of news.rejected", list(errors), {**errors, **sometimes})
