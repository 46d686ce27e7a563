"""How 0.1.0 read what is in Kafka, word for word as far as it counts: what this version writes is fed to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """0.1.0's article; its cuts and repairs are left as they are stored."""

    id: str
    fingerprint: str
    headline: str
    body: str
    url: str | None = None
    source_id: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    section: str | None = None
    dateline: str | None = None
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    cuts: tuple[Any, ...] = ()
    repairs: tuple[Any, ...] = ()


def article_from_json(value: bytes) -> Article:
    """``streams.articles.article_from_json``: an unknown field is a TypeError, and that stopped the worker."""
    fields: dict[str, Any] = orjson.loads(value)
    return Article(**fields)


def unpack_progress(value: bytes) -> tuple[int, str | None]:
    """``streams.tables.Progress.unpack``: anything but a number first is a ValueError, and that stopped the worker."""
    offset, _, owner = value.decode().partition(" ")
    return int(offset), owner or None
