"""What ``headwater ingest`` accepts and answers, as OpenAPI 3.1. Pure."""

from __future__ import annotations

from typing import Any, Final

from streams.ingest.bodies import MOST_ARTICLES, MOST_BODY_BYTES, MOST_KEY_CHARACTERS, NDJSON

_REFUSALS: Final = {
    400: "The body is empty or a JSON array, or the Idempotency-Key is too long.",
    401: "The token is missing or wrong.",
    403: "The Host header names another server.",
    408: "The body did not arrive in time.",
    413: "The body, or an article in it, is too large, or there are too many. Articles before it may be in Kafka.",
    415: "The Content-Type is not supported, or the body is compressed.",
    429: "Too much is waiting to be written: send it again after Retry-After.",
    503: "Kafka did not confirm all of it in time. Some may be in Kafka: send all of it again; repeats are found.",
}
_OBJECT: Final = {"schema": {"type": "object"}}
_PAGE: Final = {"schema": {"type": "string"}}


def openapi_document(version: str) -> dict[str, Any]:
    """The document that /openapi.json shows; ``version`` is Headwater's."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Headwater ingest", "version": version, "description": "News articles by HTTP into Kafka."},
        "paths": {"/articles": {"post": _post()}},
        "components": {
            "schemas": {"Accepted": _ACCEPTED, "Refused": _REFUSED},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post() -> dict[str, Any]:
    return {
        "operationId": "postArticles",
        "summary": "Send one article or many.",
        "security": [{"token": []}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Becomes the key of all records of the request, so they keep their order.",
                "schema": {"type": "string", "maxLength": MOST_KEY_CHARACTERS},
            }
        ],
        "requestBody": {
            "required": True,
            "description": f"At most {MOST_BODY_BYTES:,} bytes and {MOST_ARTICLES:,} articles; in {NDJSON} one per line.",
            "content": {"application/json": _OBJECT, NDJSON: _PAGE, "text/html": _PAGE, "text/plain": _PAGE},
        },
        "responses": {
            "202": _response("Kafka has all of it, on all replicas in sync.", "Accepted"),
            **{str(status): _response(why, "Refused") for status, why in _REFUSALS.items()},
        },
    }


def _response(description: str, schema: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


_ACCEPTED: Final = {
    "type": "object",
    "required": ["accepted", "origins"],
    "properties": {
        "accepted": {"type": "integer", "minimum": 1},
        "origins": {
            "type": "array",
            "description": "Where each record is, topic/partition/offset, in the order of the body.",
            "items": {"type": "string"},
        },
    },
}
_REFUSED: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "why, in words"}},
}
