"""A feed entry's address is that of its page, and never of its comments, its feed or its pictures."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from streams.records import Draft, read_record

_PAGE = "https://lorn.example/a/ferry"
_PICTURE = "https://img.lorn.example/ramp.jpg"

ENTRIES: dict[str, dict[str, Any]] = {
    "feedparser": {
        "links": [
            {"rel": "replies", "href": f"{_PAGE}/comments"},
            {"rel": "alternate", "type": "text/html", "href": _PAGE},
            {"rel": "enclosure", "type": "image/jpeg", "href": _PICTURE},
        ]
    },
    "xmltodict": {
        "link": [
            {"@rel": "self", "@href": "https://lorn.example/feed/1"},
            {"@rel": "alternate", "@href": _PAGE},
            {"@rel": "enclosure", "@type": "image/jpeg", "@href": _PICTURE},
        ]
    },
    "fast-xml-parser": {"link": [{"@_rel": "enclosure", "@_type": "image/jpeg", "@_href": _PICTURE}, {"@_href": _PAGE}]},
    "xml2js": {
        "link": [{"$": {"rel": "alternate", "href": _PAGE}}, {"$": {"rel": "enclosure", "type": "image/png", "href": _PICTURE}}]
    },
    "readers' APIs": {"alternate": [{"href": _PAGE, "type": "text/html"}], "enclosure": [{"href": _PICTURE}]},
    "Aylien": {"links": {"permalink": _PAGE}, "image": _PICTURE},
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_links_lead_where_their_relations_say(entry: dict[str, Any]) -> None:
    draft = read_record(orjson.dumps({"title": "Ferry stays in port", "summary": "It sails on Friday.", **entry}))
    assert isinstance(draft, Draft)
    assert (draft.url, draft.image.url if draft.image else None) == (_PAGE, _PICTURE)


def test_the_links_within_an_article_are_not_its_address() -> None:
    record = {"title": "Ferry stays in port", "links": [{"text": "the mill", "href": "https://mill.example/a/b"}]}
    draft = read_record(orjson.dumps(record))
    assert isinstance(draft, Draft)
    assert draft.url is None
