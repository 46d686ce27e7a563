"""A worker with three bugs: reading stumbles over one word of a record, tagging over another, grouping over a third."""

from __future__ import annotations

from typing import Any

import agents.deduplicate
import agents.group
import agents.prepare
from streams.__main__ import main

READING, TAGGING, GROUPING = "stumblereading", "stumbletagging", "stumblegrouping"

read_article = agents.prepare.read_article  # type: ignore[attr-defined]
tag_article = agents.deduplicate.tag_article  # type: ignore[attr-defined]
tell = agents.group.tell


def read_or_stumble(value: bytes | None, *rest: Any, **named: Any) -> Any:
    if READING.encode() in (value or b""):
        raise KeyError(READING)
    return read_article(value, *rest, **named)


def tag_or_stumble(article: Any, *rest: Any, **named: Any) -> Any:
    if TAGGING in article.headline:
        raise KeyError(TAGGING)
    return tag_article(article, *rest, **named)


def tell_or_stumble(record: Any, told: Any) -> Any:
    if GROUPING.encode() in record.value:
        raise KeyError(GROUPING)
    return tell(record, told)


agents.prepare.read_article = read_or_stumble  # type: ignore[attr-defined]
agents.deduplicate.tag_article = tag_or_stumble  # type: ignore[attr-defined]
agents.group.tell = tell_or_stumble

if __name__ == "__main__":
    main()
