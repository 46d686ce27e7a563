"""A worker with two bugs: reading stumbles over one word of a record, tagging over another."""

from __future__ import annotations

from typing import Any

import agents.deduplicate
import agents.prepare
from streams.__main__ import main

READING, TAGGING = "stumblereading", "stumbletagging"

read_article, tag_article = agents.prepare.read_article, agents.deduplicate.tag_article


def read_or_stumble(value: bytes | None, *rest: Any, **named: Any) -> Any:
    if READING.encode() in (value or b""):
        raise KeyError(READING)
    return read_article(value, *rest, **named)


def tag_or_stumble(article: Any, *rest: Any, **named: Any) -> Any:
    if TAGGING in article.headline:
        raise KeyError(TAGGING)
    return tag_article(article, *rest, **named)


agents.prepare.read_article = read_or_stumble
agents.deduplicate.tag_article = tag_or_stumble

if __name__ == "__main__":
    main()
