"""Records of news.enriched as a test needs them: versions of articles, kills, embargoes."""

from __future__ import annotations

import orjson

from streams.memory import MemoryRecord
from streams.outgoing.items import item_of

NOW_S = 1_800_000_000.0  # 2027-01-15T08:00:00Z
LATER = "2027-01-15T09:00:00Z"
BEFORE = "2027-01-15T07:00:00Z"
HOUR_S = 3600.0


def record(offset, article="a", *, partition=0, number="1", **said):
    """A version of an article, whose number is ``number``."""
    document = {
        "uri": f"urn:headwater:article:{article}",
        "type": "text",
        "version": number,
        "versionCreated": "2027-01-15T06:00:00Z",
        "pubStatus": "usable",
        "headlines": [{"role": "main", "value": f"Headline {article} {number}"}],
        **said,
    }
    return MemoryRecord("news.enriched", partition, offset, 1_799_990_000_000, article.encode(), orjson.dumps(document), ())


def kill(offset, article="a", *, partition=0, number="2"):
    return record(offset, article, partition=partition, number=number, pubStatus="canceled", headlines=None)


def item(offset, article="a", **said):
    return item_of(record(offset, article, **said))
