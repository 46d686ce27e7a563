"""The contract of news.stories: its documents and headers."""

from __future__ import annotations

from typing import Final

from streams.contracts.headers import TRACE, event_header_schemas, headers_schema
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
from streams.documents import NINJS_SCHEMA
from streams.records import PubStatus
from streams.stories import CHANGE_HEADER, STORY_SCHEMA, STORY_TYPE, STORY_URI
from streams.text.stories.index import StoryChange
from streams.text.stories.story import Relation

_STATUS: Final[Schema] = {"enum": [PubStatus.USABLE.value, PubStatus.CANCELED.value]}
_PLAIN: Final[Schema] = {
    "type": "array",
    "minItems": 1,
    "items": an_object(["value"], role=TEXT, contentType={"const": "text/plain"}, value=FILLED),
}


def stories_schema() -> Schema:
    """Of news.stories: a ninjs 3.1 composite."""
    association = an_object(
        ["name", "rel", "uri", "type"],
        name=described(known_values([*Relation, "merged-into"]), "How it belongs to the story. More may come."),
        rel=described({"enum": ["member", "mergedInto"]}, "An article of the story, or the story that took it in."),
        uri=described(URI, "The article of news.enriched, or the story."),
        type={"enum": ["text", "composite"]},
        headlines=_PLAIN,
        versionCreated=described(TIME, "The article's time: its raw record's timestamp."),
        infoSources={"type": "array", "minItems": 1, "items": an_object(["name", "role"], name=TEXT, role=TEXT)},
    )
    properties: dict[str, Schema] = {
        "uri": described({**URI, "pattern": f"^{STORY_URI}[0-9a-f]{{32}}$"}, "The story; its end is the record's key."),
        "standard": an_object(
            ["name", "version", "schema"],
            name={"const": "ninjs"},
            version={"const": "3.1"},
            schema={"const": NINJS_SCHEMA},
        ),
        "type": {"const": "composite"},
        "representationType": {"const": "partial"},
        "version": described(NUMBER, "How many records the story has had."),
        "versionCreated": described(TIME, "The timestamp of the record that changed it."),
        "firstCreated": described(TIME, "The time of its earliest article."),
        "pubStatus": described(_STATUS, "`canceled`: it was merged, or all its articles were canceled."),
        "language": LANGUAGE_TAG,
        "headlines": described(_PLAIN, "The headline of its most central article."),
        "subjects": {"type": "array", "minItems": 1, "items": an_object(["uri", "name"], uri=URI, name=TEXT)},
        "associations": described(
            {"type": "array", "minItems": 1, "items": association}, "Its articles: the first and the latest, at most 100."
        ),
    }
    return {
        "$schema": DIALECT,
        "$id": STORY_SCHEMA,
        "title": "Story",
        "description": "A story of news.stories. Valid IPTC ninjs 3.1 as well (© IPTC, CC BY 4.0).",
        **an_object(["uri", "standard", "type", "representationType", "version", "pubStatus"], **properties),
        "if": {"properties": {"pubStatus": {"const": PubStatus.USABLE.value}}},
        "then": {"required": ["language", "headlines", "associations"]},
    }


def stories_headers() -> Schema:
    """Of news.stories."""
    told: dict[str, Schema] = {
        CHANGE_HEADER: described(
            known_values(StoryChange),
            "What happened to the story. Reading only `founded` gives each story once. More may come.",
        ),
        "ce_version": described(NUMBER, "As `version` in the document."),
        "ce_pubstatus": described(_STATUS, "As `pubStatus`."),
        "ce_articles": described(NUMBER, "How many articles it has."),
        "ce_outlets": described(NUMBER, "From how many outlets."),
        "ce_languages": described(NUMBER, "In how many languages."),
    }
    sometimes: dict[str, Schema] = {
        "ce_language": described(LANGUAGE_TAG, "As `language`."),
        "ce_mergedinto": described(URI, "The story that took it in."),
        "ce_article": described(URI, "The article that caused the change."),
        "ce_relation": described(known_values(Relation), "How that article belongs to the story."),
        "ce_repeats": described(URI, "The article whose headline or text it repeats."),
        "ce_likeness": described(NUMBER, "How alike it and the story were: 0 to 1,000."),
        "ce_words": described(TEXT, "The words that contributed most to that."),
    }
    event = event_header_schemas(STORY_TYPE, STORY_SCHEMA, subject="The story's uri.")
    event["ce_id"] = described(
        {"type": "string", "pattern": f"{HEX_128.removesuffix('$')}:.+/[0-9]+/[0-9]+$"},
        "The story, and the raw record that changed it: the same for every replay of the log.",
    )
    required = [*(name for name in event if name != "ce_time"), *told]
    return headers_schema("Headers of news.stories", required, {**event, **told, **sometimes, **TRACE})
