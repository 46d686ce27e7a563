"""One record of each kind for docs/asyncapi.yaml: what the pipeline's own functions make of a few raw records.

The language is given, so that the examples do not change with each model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

from agents.deduplicate import enrich, repeat, sight, sign
from agents.group import group_step
from agents.prepare import prepare
from streams.articles import article_from_json, tag_article
from streams.documents import rejected_output
from streams.memory import MemoryRecord
from streams.records import Rejection
from streams.settings import Settings
from streams.steps import Headers, Output, Record
from streams.text.article import Language
from streams.text.duplicates import DuplicateKind, Repeat
from streams.topics import PREPARED, RAW, SIGNATURES

_WHEN_MS: Final = 1_790_000_000_000
_MAX_BYTES: Final = 2 << 20
_WINDOW_S: Final = 72 * 3600
_TRACE: Final = (("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)

_ARTICLE: Final[dict[str, Any]] = {
    "title": "Harbour bridge opens to traffic",
    "text": "LORNHAVEN (Example Agency) - The mayor cut the ribbon on Monday.\nThe first ferry to the island left half empty.",
    "url": "https://herald.example/news/bridge",
    "author": "Pia Hartley",
    "published": "2026-09-21T13:20:00Z",
    "keywords": ["bridge"],
}
_KILL: Final[dict[str, Any]] = {
    "uri": "urn:example:wire:42",
    "version": "3",
    "versioncreated": "2026-09-21T15:00:00Z",
    "pubstatus": "canceled",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A record in readable form: key and headers as text, a JSON value as JSON."""

    name: str
    key: str | None
    headers: dict[str, str]
    payload: Any


def raw_examples() -> dict[str, Example]:
    """What producers may publish, by content type."""
    article = {name: _ARTICLE[name] for name in ("title", "text", "url")}
    paragraphs = "".join(f"<p>{line}</p>" for line in article["text"].split("\n"))
    page = f"<html><body><article><h1>{article['title']}</h1>{paragraphs}</article></body></html>"
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "https://herald.example",
        "type": "org.schema.NewsArticle",
        "datacontenttype": "application/json",
        "data": article,
    }
    payloads: dict[str, Any] = {
        "application/json": article,
        "text/html": page,
        "text/plain": f"{article['title']}\n\n{article['text']}",
        "application/cloudevents+json": event,
    }
    return {
        content_type: Example("article", "herald", {"content-type": content_type, **_texts(_TRACE)}, payload)
        for content_type, payload in payloads.items()
    }


def outcome_examples() -> dict[str, list[Example]]:
    """What consumers read, by topic."""
    outputs = {"article": _enriched(_prepared(_ARTICLE, 0)), "kill": _enriched(_prepared(_KILL, 1))}
    outputs["founded"] = _founded(_prepared(_ARTICLE, 0))
    outputs["same-headline"] = _duplicate()
    bad = MemoryRecord(RAW, 0, 3, _WHEN_MS, b"herald", b'{"title": "Harbour br', (("content-type", b"application/json"),))
    refused = prepare(bad, _MAX_BYTES)
    assert isinstance(refused, Rejection)
    outputs["not-json"] = rejected_output(bad, refused, "prepare")
    found: dict[str, list[Example]] = {}
    for name, output in outputs.items():
        found.setdefault(output.topic, []).append(_told(name, output))
    return found


def _prepared(article: dict[str, Any], offset: int) -> Record:
    headers: Headers = (("content-type", b"application/json"), *_TRACE)
    output = prepare(MemoryRecord(RAW, 0, offset, _WHEN_MS, b"herald", orjson.dumps(article), headers), _MAX_BYTES)
    assert isinstance(output, Output)
    return MemoryRecord(PREPARED, 0, offset, output.timestamp_ms, output.key, output.value, output.headers)


def _enriched(record: Record) -> Output:
    told = Language("en", 0.99)
    article = article_from_json(record.value or b"")
    return enrich(record, article, *tag_article(article, lambda *_: told))


def _founded(record: Record) -> Output:
    article = article_from_json(record.value or b"")
    tags = tag_article(article, lambda *_: Language("en", 0.99))
    signed = sign(record, article, *tags)
    step = group_step(Settings())
    made = step.changelog.whole
    assert made is not None
    signature = MemoryRecord(SIGNATURES, 0, 0, signed.timestamp_ms, signed.key, signed.value, signed.headers)
    return step.decide(signature, made([])).outputs[0]


def _duplicate() -> Output:
    owner = _prepared(_ARTICLE, 0)
    copy = {"title": _ARTICLE["title"], "text": "Hundreds came to see it.", "url": "https://gazette.example/7"}
    record = _prepared(copy, 2)
    owned, repeated = (article_from_json(each.value or b"") for each in (owner, record))
    return repeat(record, repeated, Repeat(sight(owner, owned)[0], DuplicateKind.SAME_HEADLINE), _WINDOW_S)


def _told(name: str, output: Output) -> Example:
    headers = _texts(output.headers)
    is_json = headers.get("content-type") == "application/json" and name != "not-json"
    value = output.value or b""
    key = None if output.key is None else output.key.decode() if output.key.isascii() else output.key.hex()
    return Example(name, key, headers, orjson.loads(value) if is_json else value.decode())


def _texts(headers: Headers) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}
