"""The part of ninjs 3.1 that Headwater writes, as a JSON Schema.

Restated from IPTC's specification (http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json, CC BY 4.0): the same names, types and
enumerations, and no properties beyond them; stricter where we promise more (a language, one headline).
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


_TEXT = {"type": "string"}
_URI = {"type": "string", "format": "uri"}
_TIME = {"type": "string", "format": "date-time"}
_PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}
_COUNT = {"type": "integer", "minimum": 0}

SCHEMA = _object(
    ["uri", "standard", "type", "pubStatus"],
    uri=_URI,
    standard=_object(["name", "version", "schema"], name={"const": "ninjs"}, version={"const": "3.1"}, schema=_URI),
    type={"enum": ["text", "composite"]},
    representationType={"enum": ["full", "partial"]},
    pubStatus={"enum": ["usable", "withheld", "canceled"]},
    version=_TEXT,
    versionCreated=_TIME,
    embargoedUntil=_TIME,
    expires=_TIME,
    urgency={"type": "integer", "minimum": 1, "maximum": 9},
    edNote=_TEXT,
    usageTerms=_TEXT,
    copyrightHolder=_TEXT,
    copyrightNotice=_TEXT,
    firstCreated=_TIME,
    language={"type": "string", "pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"},
    headlines=_array(_object(["value"], role=_TEXT, contentType=_TEXT, value={"type": "string", "minLength": 1})),
    bodies=_array(_object(["value"], role=_TEXT, contentType=_TEXT, charCount=_COUNT, wordCount=_COUNT, value=_TEXT)),
    by=_TEXT,
    located=_TEXT,
    descriptions=_array(_object(["value"], role=_TEXT, contentType=_TEXT, value=_TEXT)),
    associations=_array(
        _object(
            ["name", "uri"],
            name=_TEXT,
            rel=_TEXT,
            uri=_URI,
            type={"enum": ["picture", "text", "composite"]},
            versionCreated=_TIME,
            headlines=_array(_object(["value"], role=_TEXT, contentType=_TEXT, value={"type": "string", "minLength": 1})),
            infoSources=_array(_object(["name"], name=_TEXT, role=_TEXT)),
            by=_TEXT,
            descriptions=_array(_object(["value"], role=_TEXT, contentType=_TEXT, value=_TEXT)),
            renditions=_array(_object(["name"], name=_TEXT, href=_URI)),
        )
    ),
    infoSources=_array(_object(["name"], name=_TEXT, role=_TEXT)),
    subjects=_array(
        _object(
            ["name"],
            name=_TEXT,
            rel=_TEXT,
            uri=_URI,
            literal=_TEXT,
            creator=_TEXT,
            relevance=_PERCENT,
            confidence=_PERCENT,
        )
    ),
    altIds=_array(_object(["role", "value"], role=_TEXT, value=_TEXT)),
)

# What may be published has a language and a headline; what is canceled need not.
SCHEMA["if"] = {"properties": {"pubStatus": {"const": "usable"}}}
SCHEMA["then"] = {"required": ["language", "headlines"]}
SCHEMA["else"] = {"not": {"required": ["bodies"]}}

_VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def ninjs_errors(document: Any) -> list[str]:
    """What is wrong with a document, one line each; empty if it is valid."""
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(document)]
