"""JSON Schemas of the documents that consumers read.

They are open: fields that are not named here may be added, and readers ignore them. ``x-known-values`` lists today's values
of a word that may get more. Only keywords that JSON Schema draft 7 and 2020-12 have in common are used, so that any
validator and AsyncAPI's own schema language read them alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from streams.articles import OWN_URI
from streams.documents import DUPLICATE_SCHEMA, ENRICHED_SCHEMA, NINJS_SCHEMA
from streams.records import PubStatus
from streams.text.article import Witness
from streams.text.duplicates import DuplicateKind
from streams.text.subjects.tag import CREATOR

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
HEX_128: Final = "^[0-9a-f]{32}$"
KNOWN_VALUES: Final = "x-known-values"


def described(schema: Schema, description: str) -> Schema:
    """The schema with a description."""
    return {"description": description, **schema}


def known_values(values: Iterable[str], **more: Any) -> Schema:
    """A word that may get more values: today's are named, and others are valid."""
    return {"type": "string", **more, KNOWN_VALUES: [str(value) for value in values]}


def an_object(required: Iterable[str], **properties: Schema) -> Schema:
    """An object that may hold more fields than are named."""
    return {"type": "object", "required": list(required), "properties": properties}


TEXT: Final[Schema] = {"type": "string"}
FILLED: Final[Schema] = {"type": "string", "minLength": 1}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
URI: Final[Schema] = {"type": "string", "format": "uri"}
NUMBER: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}
_PERCENT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 100}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
LANGUAGE_TAG: Final[Schema] = {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"}


def _some(items: Schema, description: str) -> Schema:
    return described({"type": "array", "minItems": 1, "items": items}, description)


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _texts(description: str, value: Schema = TEXT, **more: Schema) -> Schema:
    return _some(an_object(["value"], role=TEXT, contentType={"const": "text/plain"}, **more, value=value), description)


_SUBJECT: Final = an_object(
    ["name"],
    name=described(TEXT, "IPTC's English name, or the source's keyword."),
    uri=described(URI, "An IPTC Media Topic; absent for a keyword."),
    literal=described(TEXT, "The source's keyword, as it wrote it."),
    rel=described({"const": "keyword"}, "Only on a keyword."),
    creator=described(
        {**URI, "examples": [CREATOR, *(f"urn:headwater:source:{each}" for each in Witness if each is not Witness.TEXT)]},
        "Who says so: Headwater's model, or the source by section or keyword. A new model has another name.",
    ),
    confidence=described(
        _PERCENT, "How sure: of 100 subjects with 80, about 80 are right (English; see the model's card for others)."
    ),
    relevance=described(_PERCENT, "How much of the article is about it. Not how sure it is: that is `confidence`."),
)

_PICTURE: Final = an_object(
    ["name", "uri"],
    name={"const": "lead image"},
    rel={"const": "lead-image"},
    uri=described(URI, "The picture's URL, as the source gives it."),
    type={"const": "picture"},
    descriptions=_texts("The caption."),
    by=described(TEXT, "Who made it."),
    renditions=_some(an_object(["name"], name=TEXT, href=URI), "The picture itself."),
)

_ROLES: Final = ("url", "source-id", "wire-uri", "headline-fingerprint")

_INSTRUCTIONS: Final[dict[str, Schema]] = {
    "version": described(TEXT, "The wire's own number of this version."),
    "versionCreated": described(
        TIME, "When this version was made: a wire's own time, otherwise the raw record's timestamp. The later one counts."
    ),
    "pubStatus": described(
        {"enum": [PubStatus.USABLE.value, PubStatus.CANCELED.value]}, "`canceled` is a kill: take the article down."
    ),
    "embargoedUntil": described(TIME, "Not to be published before; a time without a zone is only in the header."),
    "expires": described(TIME, "Not of interest afterwards; Headwater does not act on it."),
    "urgency": described({"type": "integer", "minimum": 1, "maximum": 9}, "The wire's; 1 is the most urgent."),
    "edNote": described(TEXT, "For editors; never to be published."),
    "usageTerms": TEXT,
    "copyrightHolder": TEXT,
    "copyrightNotice": TEXT,
}


def enriched_schema() -> Schema:
    """news.enriched: the part of IPTC's ninjs 3.1 that Headwater fills, and what it promises beyond that."""
    properties: dict[str, Schema] = {
        "uri": described(
            {"type": "string", "format": "uri", "pattern": f"^{OWN_URI}[0-9a-f]{{32}}$"},
            "The article, the same for all its versions; its end is the record's key.",
        ),
        "standard": an_object(
            ["name", "version", "schema"], name={"const": "ninjs"}, version={"const": "3.1"}, schema={"const": NINJS_SCHEMA}
        ),
        "type": {"const": "text"},
        "representationType": described(
            {"enum": ["full", "partial"]}, "`partial` for a kill, which names the article and has no body; else `full`."
        ),
        **_INSTRUCTIONS,
        "firstCreated": described(TIME, "When the source published it; absent if it names no zone (`ce_published`)."),
        "language": described(LANGUAGE_TAG, "BCP 47, found in the text itself; `und` if there is too little of it."),
        "headlines": _texts("One, without labels and the outlet's name.", FILLED),
        "bodies": _texts(
            "One: the article's paragraphs, one per line, without page furniture. Absent if there is only a headline.",
            FILLED,
            charCount=_COUNT,
            wordCount=_COUNT,
        ),
        "descriptions": _texts("The standfirst."),
        "by": described(TEXT, "The byline."),
        "located": described(TEXT, "The dateline's place, as written."),
        "infoSources": _some(
            an_object(["name", "role"], name=TEXT, role=known_values(["publisher", "agency"])),
            "Who published and who wrote it.",
        ),
        "subjects": _some(_SUBJECT, "What it is about, the surest first; then the source's keywords."),
        "associations": _some(_PICTURE, "The lead image."),
        "altIds": _some(
            an_object(["role", "value"], role=known_values(_ROLES), value=TEXT),
            "Other names of the article: its canonical URL, its source's id, a wire's uri, its headline's fingerprint.",
        ),
    }
    return {
        "$schema": DIALECT,
        "$id": ENRICHED_SCHEMA,
        "title": "Enriched article",
        "description": "An article of news.enriched. Valid IPTC ninjs 3.1 as well (© IPTC, CC BY 4.0).",
        **an_object(["uri", "standard", "type", "representationType", "pubStatus"], **properties),
        # An article that may be published has a language and a headline; a canceled one may lack them, and has no text.
        "if": {"properties": {"pubStatus": {"const": PubStatus.USABLE.value}}},
        "then": {"required": ["language", "headlines"], "properties": {"representationType": {"const": "full"}}},
        "else": {"not": {"required": ["bodies"]}, "properties": {"representationType": {"const": "partial"}}},
    }


def duplicates_schema() -> Schema:
    """news.duplicates: a repeated headline, its owner, and how it is repeated."""
    properties: dict[str, Schema] = {
        "id": described({"type": "string", "pattern": HEX_128}, "The article that repeats a headline; the record's key."),
        "kind": described(known_values(DuplicateKind), "How it repeats the headline's owner. More kinds may come."),
        "headline": TEXT,
        "headlineFingerprint": {"type": "string", "pattern": HEX_128},
        "url": described(_or_null(URI), "Its canonical URL."),
        "sourceId": _or_null(TEXT),
        "outlet": described(_or_null(TEXT), "The publisher's name, else its host."),
        "time": described(_or_null(TIME), "The raw record's timestamp."),
        "published": described(_or_null(TIME), "When its source published it, if the source names a zone."),
        "owner": described(
            an_object(["id", "time"], id={"type": "string", "pattern": HEX_128}, time=_or_null(TIME)),
            f"The article of news.enriched that has the headline: `{OWN_URI}` and this id are its uri.",
        ),
        "windowSeconds": described(
            {"type": "integer", "minimum": 1}, "How far apart the two may lie in time; HEADWATER_WINDOW_S."
        ),
    }
    return {
        "$schema": DIALECT,
        "$id": DUPLICATE_SCHEMA,
        "title": "Duplicate",
        "description": "An article of news.duplicates: its headline was seen before.",
        **an_object(properties, **properties),
    }
