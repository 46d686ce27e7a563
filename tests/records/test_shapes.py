"""The shapes of libraries, APIs and standards: examples as they give them, of pages and feeds made up for this test."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.records import FIELDS, Draft, Image, Instructions, Reason, Rejection, read_record
from streams.records.shapes import SHAPES, unread_names
from streams.records.table import inputs_document

URL = "https://herald.example/news/bridge"
TRACKED = URL + "?utm_source=rss&utm_medium=feed"
TEXT = "The bridge over the Lorn is closed until May.\nCars are sent round by the mill."
COMMON = {"headline": "Bridge closed", "text": TEXT, "url": URL}

# The first of each pair: what the library named gave for a page or feed of this article, with its other fields.
EXAMPLES: dict[str, tuple[Any, dict[str, Any]]] = {
    "newspaper4k 0.9.6, to_json": (
        {
            "url": TRACKED,
            "read_more_link": "",
            "language": "en",
            "title": "Bridge closed",
            "top_image": "",
            "images": [],
            "keywords": ["lorn", "closed"],
            "meta_keywords": ["Roads", ""],
            "tags": None,
            "authors": ["Pia Hartley", "Jo Moss"],
            "publish_date": "2026-03-30 08:25:00+01:00",
            "summary": "",
            "meta_description": "",
            "meta_lang": "en",
            "meta_site_name": "Example Herald",
            "canonical_link": URL,
            "text": TEXT,
        },
        {
            **COMMON,
            "publisher": "Example Herald",
            "byline": "Pia Hartley, Jo Moss",
            "published": "2026-03-30T08:25:00+01:00",
            "language": "en",
            "keywords": ("Roads",),
        },
    ),
    "newspaper3k, __dict__": (
        {
            "source_url": "https://herald.example",
            "url": TRACKED,
            "title": "Bridge closed",
            "text": TEXT,
            "keywords": [],
            "meta_keywords": [""],
            "tags": [],
            "authors": [],
            "publish_date": "2026-03-30 08:25:00",
            "summary": "",
            "html": "<html></html>",
            "article_html": "",
            "is_parsed": True,
            "meta_lang": "en",
            "canonical_link": "",
        },
        {**COMMON, "publisher": "herald.example", "published": "2026-03-30T08:25:00", "language": "en"},
    ),
    "news-please 1.6": (
        {
            "authors": ["Pia Hartley"],
            "date_download": "2026-03-30 09:00:00",
            "date_modify": "None",
            "date_publish": "2026-03-30 08:25:00",
            "description": "Short.",
            "filename": "x.json",
            "language": "en",
            "maintext": TEXT,
            "source_domain": "herald.example",
            "text": None,
            "title": "Bridge closed",
            "title_page": None,
            "title_rss": None,
            "url": TRACKED,
        },
        {
            **COMMON,
            "publisher": "herald.example",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00",
            "language": "en",
        },
    ),
    "Fundus 0.5": (
        {
            "title": "Bridge closed",
            "body": {"summary": [], "sections": [{"headline": [], "paragraphs": TEXT.split("\n")}]},
            "authors": ["Pia Hartley"],
            "publishing_date": "2026-03-30 08:25:00+00:00",
            "topics": ["Roads"],
            "free_access": True,
            "images": [],
        },
        {
            "headline": "Bridge closed",
            "text": TEXT,
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00+00:00",
            "keywords": ("Roads",),
        },
    ),
    "trafilatura 2.3.1, JSON": (
        {
            "title": "Bridge closed",
            "author": "Pia Hartley",
            "hostname": "herald.example",
            "date": "2026-03-30",
            "fingerprint": "2abbbf1927270597",
            "id": None,
            "license": None,
            "comments": "",
            "raw_text": TEXT.replace("\n", " "),
            "text": TEXT,
            "language": None,
            "pagetype": "article",
            "filedate": "2026-11-22",
            "source": TRACKED,
            "source-hostname": "Example Herald",
            "excerpt": None,
            "categories": "News",
            "tags": "Roads;Lorn",
        },
        {
            **COMMON,
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30",
            "section": "News",
            "keywords": ("Roads", "Lorn"),
        },
    ),
    "NewsAPI, its answer of one": (
        {
            "status": "ok",
            "totalResults": 1,
            "articles": [
                {
                    "source": {"id": None, "name": "Example Herald"},
                    "author": "Pia Hartley",
                    "title": "Bridge closed",
                    "description": "Short.",
                    "url": TRACKED,
                    "urlToImage": None,
                    "publishedAt": "2026-03-30T08:25:00Z",
                    "content": TEXT + " It will… [+1234 chars]",
                }
            ],
        },
        {
            **COMMON,
            "text": TEXT + " It will",
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00+00:00",
        },
    ),
    "Event Registry": (
        {
            "uri": "8123456789",
            "lang": "eng",
            "isDuplicate": False,
            "date": "2026-03-30",
            "time": "08:25:00",
            "dateTime": "2026-03-30T08:25:00Z",
            "dateTimePub": "2026-03-30T08:20:00Z",
            "dataType": "news",
            "sim": 0,
            "url": URL,
            "title": "Bridge closed",
            "body": TEXT,
            "source": {"uri": "herald.example", "dataType": "news", "title": "Example Herald"},
            "authors": [{"uri": "pia@herald.example", "name": "Pia Hartley", "type": "author", "isAgency": False}],
            "sentiment": 0.1,
        },
        {
            **COMMON,
            "source_id": "8123456789",
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:20:00+00:00",
            "language": "en",
        },
    ),
    "GDELT DOC 2.0": (
        {
            "url": URL,
            "url_mobile": "",
            "title": "Bridge closed",
            "seendate": "20260330T082500Z",
            "socialimage": "",
            "domain": "herald.example",
            "language": "Spanish",
            "sourcecountry": "Spain",
        },
        {
            "headline": "Bridge closed",
            "url": URL,
            "publisher": "herald.example",
            "published": "2026-03-30T08:25:00+00:00",
            "language": "es",
        },
    ),
    "GDELT GAL": (
        {
            "date": "2026-03-30T08:25:00Z",
            "url": URL,
            "domain": "herald.example",
            "outletName": "Example Herald",
            "title": "Bridge closed",
            "lang": "en",
            "author": "Pia Hartley",
            "desc": "Short.",
        },
        {
            "headline": "Bridge closed",
            "text": "Short.",
            "url": URL,
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00+00:00",
            "language": "en",
        },
    ),
    "Media Cloud, search": (
        {
            "id": "c0ffee",
            "media_name": "herald.example",
            "media_url": "herald.example",
            "title": "Bridge closed",
            "publish_date": "2026-03-30",
            "url": URL,
            "language": "en",
            "indexed_date": "2026-03-31T01:00:00.123456",
            "text": TEXT,
        },
        {**COMMON, "source_id": "c0ffee", "publisher": "herald.example", "published": "2026-03-30", "language": "en"},
    ),
    "Media Cloud, metadata-lib": (
        {
            "original_url": TRACKED,
            "url": TRACKED,
            "normalized_url": "http://herald.example/news/bridge",
            "unique_url_hash": "abc",
            "canonical_domain": "herald.example",
            "publication_date": "2026-03-30",
            "language": "en",
            "full_language": "en-GB",
            "text_extraction_method": "trafilatura",
            "article_title": "Bridge closed",
            "normalized_article_title": "bridge closed",
            "text_content": TEXT,
            "is_homepage": False,
        },
        {**COMMON, "source_id": "abc", "publisher": "herald.example", "published": "2026-03-30", "language": "en"},
    ),
    "feedparser 6.0, RSS": (
        {
            "title": "Bridge <b>closed</b>",
            "title_detail": {"type": "text/html", "language": "en-gb", "base": "", "value": "Bridge <b>closed</b>"},
            "links": [{"rel": "alternate", "type": "text/html", "href": TRACKED}],
            "link": TRACKED,
            "id": "tag:herald.example,2026:1",
            "guidislink": False,
            "authors": [{"name": "Pia Hartley"}],
            "author": "Pia Hartley",
            "author_detail": {"name": "Pia Hartley"},
            "published": "Mon, 30 Mar 2026 08:25:00 +0200",
            "published_parsed": [2026, 3, 30, 6, 25, 0, 0, 89, 0],
            "tags": [{"term": "Roads", "scheme": None, "label": None}],
            "summary": "<p>Short.</p>",
            "content": [{"type": "text/html", "language": None, "base": "", "value": "<p>One &amp; two.</p><p>Three.</p>"}],
            "source": {"href": "https://herald.example/rss", "title": "Example Herald"},
        },
        {
            "headline": "Bridge closed",
            "text": "One & two.\nThree.",
            "url": URL,
            "source_id": "tag:herald.example,2026:1",
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00+02:00",
            "language": "en-GB",
            "keywords": ("Roads",),
        },
    ),
    "rss-parser": (
        {
            "creator": "Pia Hartley",
            "title": "Bridge closed",
            "link": TRACKED,
            "pubDate": "Mon, 30 Mar 2026 08:25:00 GMT",
            "content:encoded": "<p>One.</p><p>Two.</p>",
            "content": "Short.",
            "contentSnippet": "Short.",
            "guid": "1",
            "categories": ["Roads"],
            "isoDate": "2026-03-30T08:25:00.000Z",
        },
        {
            **COMMON,
            "text": "One.\nTwo.",
            "source_id": "1",
            "byline": "Pia Hartley",
            "published": "2026-03-30T08:25:00+00:00",
            "section": "Roads",
        },
    ),
    "ninjs 2, as an agency writes it": (
        {
            "uri": "urn:x:1",
            "type": "text",
            "versioncreated": "2026-03-30T08:30:00Z",
            "firstcreated": "2026-03-30T08:25:00Z",
            "pubstatus": "usable",
            "copyrightholder": "Example Agency",
            "language": "nb-NO",
            "located": "Oslo",
            "altids": [{"role": "web", "value": TRACKED}],
            "headlines": [{"role": "main", "value": "Bridge closed"}],
            "bodies": [
                {"role": "main", "contenttype": "text/html", "value": "<p>One.</p>"},
                {"role": "main", "contenttype": "text/plain", "value": TEXT},
            ],
            "subjects": [{"name": "Roads", "literal": "Roads"}],
            "infosources": [{"name": "AB", "role": "agency"}],
            "by": "Pia Hartley",
        },
        {
            **COMMON,
            "source_id": "urn:x:1",
            "publisher": "Example Agency",
            "agencies": ("AB",),
            "byline": "Pia Hartley",
            "instructions": Instructions(
                uri="urn:x:1", version_created="2026-03-30T08:30:00+00:00", copyright_holder="Example Agency"
            ),
            "published": "2026-03-30T08:25:00+00:00",
            "language": "nb-NO",
            "dateline": "Oslo",
            "keywords": ("Roads",),
        },
    ),
    "schema.org: a graph whose nodes name each other": (
        {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "NewsArticle",
                    "@id": URL + "#article",
                    "mainEntityOfPage": {"@id": URL},
                    "headline": "Bridge closed",
                    "articleBody": TEXT,
                    "author": {"@id": "https://herald.example/#pia"},
                    "publisher": {"@id": "https://herald.example/#us"},
                },
                {"@type": "WebPage", "@id": URL, "name": "Bridge closed - Example Herald"},
                {"@type": "Person", "@id": "https://herald.example/#pia", "name": "Pia Hartley"},
                {"@type": "Organization", "@id": "https://herald.example/#us", "name": "Example Herald"},
            ],
        },
        {**COMMON, "source_id": URL + "#article", "publisher": "Example Herald", "byline": "Pia Hartley"},
    ),
    "schema.org: what a page is about, with prefixed names": (
        {
            "@type": "WebPage",
            "mainEntity": {"@type": "schema:NewsArticle", "schema:headline": "Bridge closed", "schema:url": URL},
        },
        {"headline": "Bridge closed", "url": URL},
    ),
    "Elasticsearch": ({"_index": "news", "_id": "1", "_source": {"title": "Bridge closed"}}, {"headline": "Bridge closed"}),
    "feedparser, a date in its parts alone": (
        {"title": "Bridge closed", "published_parsed": [2026, 3, 30, 7, 25, 0, 0, 89, 0], "updated_parsed": None},
        {"headline": "Bridge closed", "published": "2026-03-30T07:25:00+00:00"},
    ),
    "feedparser, an entry with its feed and an author's address": (
        {
            "title": "Bridge &lt;b&gt;closed&lt;/b&gt;",
            "author": "Pia Hartley (pia@herald.example)",
            "authors": [{"name": "Pia Hartley", "email": "pia@herald.example"}],
            "feed": {"title": "Example Herald", "language": "en-gb", "link": "https://herald.example"},
        },
        {"headline": "Bridge closed", "byline": "Pia Hartley", "publisher": "Example Herald", "language": "en-GB"},
    ),
    "RSS, an author's address before the name": (
        {"title": "Bridge closed", "author": "pia@herald.example (Pia Hartley)"},
        {"headline": "Bridge closed", "byline": "Pia Hartley"},
    ),
    "trafilatura, as_dict written with default=str": (
        {"title": "Bridge closed", "body": "<Element body at 0x7ff9e4bb7b00>", "text": TEXT, "tags": ["Roads, Bridges"]},
        {"headline": "Bridge closed", "text": TEXT, "keywords": ("Roads", "Bridges")},
    ),
    "goose3, Article.infos": (
        {
            "meta": {"description": "", "lang": "en", "canonical": URL},
            "domain": "herald.example",
            "title": "Bridge closed",
            "cleaned_text": TEXT,
            "final_url": TRACKED,
            "meta_canonical": URL,
            "meta_lang": "en",
            "meta_description": "No way over.",
            "authors": ["Pia Hartley"],
            "image": None,
        },
        {**COMMON, "publisher": "herald.example", "byline": "Pia Hartley", "language": "en"},
    ),
    "Diffbot, an answer of its article API": (
        {
            "request": {"pageUrl": TRACKED, "api": "article", "version": 3},
            "objects": [
                {
                    "type": "article",
                    "title": "Bridge closed",
                    "text": TEXT,
                    "pageUrl": TRACKED,
                    "siteName": "Example Herald",
                    "author": "Pia Hartley",
                    "date": "Mon, 30 Mar 2026 07:25:00 GMT",
                    "humanLanguage": "en",
                    "tags": [{"label": "Roads", "score": 0.9, "uri": "http://dbpedia.example/Roads"}],
                }
            ],
        },
        {
            **COMMON,
            "publisher": "Example Herald",
            "byline": "Pia Hartley",
            "published": "2026-03-30T07:25:00+00:00",
            "language": "en",
            "keywords": ("Roads",),
        },
    ),
    "newsdata.io, what its free plan leaves out": (
        {
            "title": "Bridge closed",
            "link": URL,
            "description": "The bridge over the Lorn is closed.",
            "content": "ONLY AVAILABLE IN PAID PLANS",
            "pubDate": "2026-03-30 07:25:00",
            "pubDateTZ": "UTC",
            "creator": None,
            "source_name": "Example Herald",
            "ai_tag": "ONLY AVAILABLE IN PROFESSIONAL AND CORPORATE PLANS",
            "tags": "ONLY AVAILABLE IN PROFESSIONAL AND CORPORATE PLANS",
        },
        {
            "headline": "Bridge closed",
            "text": "The bridge over the Lorn is closed.",
            "url": URL,
            "publisher": "Example Herald",
            "published": "2026-03-30T07:25:00+00:00",
        },
    ),
    "Bing's news search": (
        {"_type": "NewsArticle", "name": "Bridge closed", "url": URL, "description": TEXT, "provider": [{"name": "Herald"}]},
        {**COMMON, "publisher": "Herald"},
    ),
    "a table's row, with what pandas and JavaScript write where nothing is": (
        {
            "title": "Bridge closed",
            "text": "nan",
            "body": "None",
            "summary": TEXT,
            "url": URL,
            "author": "NaN",
            "image": "None",
            "section": "null",
            "source": "undefined",
            "tags": "N/A",
            "keywords": ["null"],
            "dateline": "<NA>",
        },
        {**COMMON, "image": None},
    ),
    "words that are only like placeholders": (
        {"title": "none", "text": TEXT, "url": URL, "keywords": ["Nan", "Null island"]},
        {**COMMON, "headline": "none", "keywords": ("Nan", "Null island")},
    ),
    "news-please, a host as publisher": (
        {"title": "Bridge closed", "maintext": TEXT, "source_domain": "www.herald.example"},
        {"headline": "Bridge closed", "text": TEXT, "publisher": "herald.example"},
    ),
    "The Guardian's API": (
        {
            "id": "uk/2026/mar/30/bridge",
            "webTitle": "Bridge closed",
            "webUrl": URL,
            "sectionName": "UK news",
            "webPublicationDate": "2026-03-30T07:25:00Z",
            "fields": {"headline": "Bridge closed", "byline": "Pia Hartley", "bodyText": TEXT},
            "tags": [{"id": "uk/lorn", "type": "keyword", "webTitle": "Roads"}],
        },
        {
            **COMMON,
            "source_id": "uk/2026/mar/30/bridge",
            "section": "UK news",
            "published": "2026-03-30T07:25:00+00:00",
            "byline": "Pia Hartley",
            "keywords": ("Roads",),
        },
    ),
    "New York Times: the longest teaser, keywords by their values": (
        {
            "headline": {"main": "Bridge closed"},
            "abstract": "Closed.",
            "lead_paragraph": TEXT,
            "byline": {"original": "By Pia Hartley"},
            "keywords": [{"name": "subject", "value": "Roads", "rank": 1}],
        },
        {"headline": "Bridge closed", "text": TEXT, "byline": "Pia Hartley", "keywords": ("Roads",)},
    ),
    "WordPress, the date in UTC before the local one": (
        {"title": {"rendered": "Bridge closed"}, "date": "2026-03-30T08:25:00", "date_gmt": "2026-03-30T07:25:00"},
        {"headline": "Bridge closed", "published": "2026-03-30T07:25:00+00:00"},
    ),
    "Media Cloud's old stories": (
        {"title": "Bridge closed", "media": {"name": "Example Herald"}, "story_text": TEXT},
        {"headline": "Bridge closed", "text": TEXT, "publisher": "Example Herald"},
    ),
    "schema.org: a graph whose authors are named in a list": (
        {
            "@graph": [
                {"@id": "#pia", "@type": "Person", "name": "Pia Hartley"},
                {"@type": "NewsArticle", "headline": "Bridge closed", "articleBody": TEXT, "author": [{"@id": "#pia"}]},
            ]
        },
        {"headline": "Bridge closed", "text": TEXT, "byline": "Pia Hartley"},
    ),
    "schema.org: a name in a list": (
        {"@type": "NewsArticle", "headline": "Bridge closed", "author": {"@type": "Person", "name": ["Pia Hartley"]}},
        {"headline": "Bridge closed", "byline": "Pia Hartley"},
    ),
    "schema.org: a live blog's updates": (
        {
            "@type": "LiveBlogPosting",
            "headline": "Bridge closed",
            "description": "Live.",
            "liveBlogUpdate": [
                {"@type": "BlogPosting", "headline": "Cars turn", "articleBody": "Cars are sent round by the mill."},
                {"@type": "BlogPosting", "articleBody": "The bridge over the Lorn is closed until May."},
            ],
        },
        {
            "headline": "Bridge closed",
            "text": "Cars turn\nCars are sent round by the mill.\nThe bridge over the Lorn is closed until May.",
        },
    ),
    "schema.org: an articleBody of HTML that was escaped": (
        {"@type": "NewsArticle", "headline": "Bridge closed", "articleBody": "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;"},
        {"headline": "Bridge closed", "text": "One.\nTwo."},
    ),
    "schema.org: a dateline's place": (
        {"@type": "NewsArticle", "headline": "Bridge closed", "dateline": "BEIRUT, Lebanon, June 2. (AP)"},
        {"headline": "Bridge closed", "dateline": "BEIRUT, Lebanon"},
    ),
    "ninjs 1: a text that has lost its paragraphs beside one that has them": (
        {
            "uri": "urn:example:1",
            "headline": "Bridge closed",
            "body_text": " ".join(["The bridge is closed."] * 20),
            "body_xhtml": "".join(["<p>The bridge is closed.</p>"] * 20),
        },
        {"headline": "Bridge closed", "text": "\n".join(["The bridge is closed."] * 20), "source_id": "urn:example:1"},
    ),
    "bylines with and without a word before the names": (
        {"title": "Bridge closed", "authors": ["By Pia Hartley", "Von Max Muster", "Ursula von der Lorn", "von Lorn"]},
        {"headline": "Bridge closed", "byline": "Pia Hartley, Max Muster, Ursula von der Lorn, von Lorn"},
    ),
    "extruct's answer": (
        {"json-ld": [{"@type": "Organization"}, {"@type": "NewsArticle", "headline": "Bridge closed"}], "microdata": []},
        {"headline": "Bridge closed"},
    ),
    "JSON in a JSON string": ('{"title": "Bridge closed"}', {"headline": "Bridge closed"}),
    "a change stream": ({"before": None, "after": {"title": "Bridge closed"}, "op": "c"}, {"headline": "Bridge closed"}),
}


@pytest.mark.parametrize(("record", "fields"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_shape_becomes_a_draft(record: Any, fields: dict[str, Any]) -> None:
    draft = read_record(orjson.dumps(record), "application/json")
    assert isinstance(draft, Draft), draft
    expected = Draft(**fields)
    beside = {"repairs", "modified", "summary", "image"} - fields.keys()  # tests of their own
    assert as_fields(draft, *beside) == as_fields(expected, *beside)


def as_fields(draft: Draft, *left_out: str) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__ if name not in left_out}


HTML = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
NOON = "2026-03-02T12:00:00+00:00"
# Shapes of other producers, each with what must come out of it among the rest.
PRODUCERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "Contentful, in languages": (
        {"sys": {"id": "1"}, "fields": {"title": {"en-US": "Bridge closed"}, "body": {"en-US": TEXT}}},
        {"headline": "Bridge closed", "text": TEXT},
    ),
    "the Guardian's answer about one article": (
        {"response": {"status": "ok", "content": {"id": "a/b", "webTitle": "Bridge closed", "fields": {"body": HTML}}}},
        {"headline": "Bridge closed", "text": TEXT},
    ),
    "FeedBurner": (
        {"title": "Bridge closed", "link": "https://feeds.example/~r/x", "feedburner_origlink": URL},
        {"url": URL},
    ),
    "an address escaped once too often": ({"title": "Bridge closed", "url": f"{URL}?id=3&amp;p=2"}, {"url": f"{URL}?id=3&p=2"}),
    "WordPress's own tags": (
        {"title": "Bridge closed", "content": f'[caption id="a" width="3"]The mill[/caption]{TEXT}[gallery ids="1,2"]'},
        {"text": TEXT},
    ),
    "line breaks escaped once too often": (
        {"title": "Bridge closed", "content": f"{TEXT}\nIt is old.".replace("\n", "\\n")},
        {"text": f"{TEXT}\nIt is old."},
    ),
    "an outlet in brackets": (
        {"title": "Bridge closed [Example Herald]", "source": {"name": "Example Herald"}},
        {"headline": "Bridge closed"},
    ),
    "an outlet in parentheses": (
        {"title": "Bridge closed (Example Herald)", "source": {"name": "Example Herald"}},
        {"headline": "Bridge closed"},
    ),
    "an outlet behind a tilde": (
        {"title": "Bridge closed ~ Example Herald", "source": {"name": "Example Herald"}},
        {"headline": "Bridge closed"},
    ),
    "brackets about something else": (
        {"title": "Bridge closed (pictures)", "source": {"name": "Example Herald"}},
        {"headline": "Bridge closed (pictures)"},
    ),
    "an embargo by another name": (
        {"headline": "Bridge closed", "embargo_expires": NOON},
        {"instructions": Instructions(embargoed_until=NOON)},
    ),
    "an embargo that only a sign tells": (
        {"headline": "Bridge closed", "is_embargoed": True},
        {"instructions": Instructions(embargoed_until="unknown")},
    ),
    "Superdesk's embargo": (
        {"headline": "Bridge closed", "schedule_settings": {"utc_embargo": NOON, "time_zone": "UTC"}},
        {"instructions": Instructions(embargoed_until=NOON)},
    ),
    "an embargo that is over": (
        {"headline": "Bridge closed", "embargo": {"active": False, "until": NOON}},
        {"instructions": Instructions()},
    ),
    "an expiry": ({"headline": "Bridge closed", "expiry": NOON}, {"instructions": Instructions(expires=NOON)}),
    "rights in one object": (
        {
            "headline": "Bridge closed",
            "rightsinfo": {"copyrightholder": "LPA", "copyrightnotice": "© LPA", "usageterms": "No archive"},
        },
        {"instructions": Instructions(usage_terms="No archive", copyright_holder="LPA", copyright_notice="© LPA")},
    ),
    "no language": ({"title": "Bridge closed", "language": "und"}, {"language": None}),
    "Drupal, JSON:API": (
        {"data": {"type": "node--article", "attributes": {"title": "Bridge closed", "created": NOON, "langcode": "en"}}},
        {"headline": "Bridge closed", "published": NOON, "language": "en"},
    ),
    "Drupal, REST": (
        {"title": [{"value": "Bridge closed"}], "created": [{"value": NOON, "format": "Y-m-d"}]},
        {"published": NOON},
    ),
    "Ghost": (
        {"posts": [{"title": "Bridge closed", "html": HTML, "published_at": NOON, "primary_author": {"name": "Pia Hartley"}}]},
        {"headline": "Bridge closed", "text": TEXT, "published": NOON},
    ),
    "Strapi": (
        {"data": {"attributes": {"Title": "Bridge closed", "author": {"data": {"attributes": {"name": "Pia Hartley"}}}}}},
        {"headline": "Bridge closed", "byline": "Pia Hartley"},
    ),
    "Arc": (
        {
            "headlines": {"basic": "Bridge closed", "print": ""},
            "content_elements": [{"type": "text", "content": line} for line in TEXT.splitlines()],
            "credits": {"by": [{"type": "author", "name": "Pia Hartley"}]},
            "first_publish_date": NOON,
        },
        {"headline": "Bridge closed", "text": TEXT, "byline": "Pia Hartley", "published": NOON},
    ),
    "WordPress, a row": (
        {"post_title": "Bridge closed", "post_content": HTML, "post_date": "2026-03-02 13:00:00", "post_date_gmt": NOON[:19]},
        {"headline": "Bridge closed", "text": TEXT, "published": NOON},
    ),
    "NewsCatcher": (
        {"title": "Bridge closed", "name_source": "Example Herald", "media": "https://img.example/a.jpg"},
        {"publisher": "Example Herald"},
    ),
    "NewsCatcher's picture": (
        {"title": "Bridge closed", "media": "https://img.example/a.jpg?w=9"},
        {"publisher": None, "image": Image(url="https://img.example/a.jpg?w=9")},
    ),
    "a medium's address": ({"title": "Bridge closed", "media": "https://herald.example/"}, {"image": None}),
    "Bing without types": (
        {"name": "Bridge closed", "url": URL, "description": TEXT, "provider": [{"name": "Herald"}]},
        {"headline": "Bridge closed", "text": TEXT, "publisher": "Herald"},
    ),
    "a name beside a text": ({"name": "大桥关闭至五月", "content": TEXT}, {"headline": "大桥关闭至五月", "text": TEXT}),
    "a name that is the writer's": ({"name": "Pia Hartley", "text": TEXT}, {"headline": None}),
    "a name that is the outlet's": ({"name": "Herald", "text": TEXT}, {"headline": None}),
    "a name beside a headline": ({"name": "Roads and rivers", "title": "Bridge closed"}, {"headline": "Bridge closed"}),
    "a product's name": ({"@type": "Product", "name": "Bridge closed", "description": TEXT}, {"headline": None}),
    "Solr": (
        {"title_t": "Bridge closed", "body_txt_en": TEXT, "published_dt": NOON, "author_ss": ["Pia Hartley"], "id": "a_t"},
        {"headline": "Bridge closed", "text": TEXT, "published": NOON, "byline": "Pia Hartley", "source_id": "a_t"},
    ),
    "Solr's answer": (
        {"response": {"numFound": 1, "docs": [{"title_txt": ["Bridge closed"], "content_txt_de": [TEXT], "date_tdt": NOON}]}},
        {"headline": "Bridge closed", "text": TEXT, "published": NOON},
    ),
    "Perigon": ({"title": "Bridge closed", "authorsByline": "Pia Hartley, Jo Moss"}, {"byline": "Pia Hartley, Jo Moss"}),
    "a wire's bylines": (
        {"title": "Bridge closed", "bylines": [{"by": "By PIA HARTLEY", "title": "LPA Writer"}]},
        {"byline": "PIA HARTLEY"},
    ),
    "Superdesk's authors": (
        {
            "headline": "Bridge closed",
            "authors": [{"name": "Jo Moss", "role": "editor"}, {"name": "Pia Hartley", "role": "writer"}],
        },
        {"byline": "Pia Hartley"},
    ),
    "Superdesk's first date": (
        {"headline": "Bridge closed", "firstpublished": NOON, "versioncreated": "2026-03-03T12:00:00Z"},
        {"published": NOON},
    ),
    "readers' APIs": ({"title": "Bridge closed", "origin": {"title": "Example Herald"}}, {"publisher": "Example Herald"}),
    "Readability.js": (
        {"title": "Bridge closed", "textContent": TEXT, "publishedTime": NOON},
        {"text": TEXT, "published": NOON},
    ),
    "crawlers for language models": (
        {
            "success": True,
            "data": {"markdown": TEXT, "metadata": {"title": "Bridge closed", "sourceURL": TRACKED, "publishedTime": NOON}},
        },
        {"headline": "Bridge closed", "text": TEXT, "url": URL, "published": NOON},
    ),
    "LangChain": ({"page_content": TEXT, "metadata": {"title": "Bridge closed", "source": "Example Herald"}}, {"text": TEXT}),
    "Parse.ly": ({"title": "Bridge closed", "full_content": TEXT}, {"text": TEXT}),
    "Elasticsearch": ({"_source": {"title": "Bridge closed", "@timestamp": NOON}}, {"published": NOON}),
    "Avro": ({"title": {"string": "Bridge closed"}, "tags": {"array": ["Roads"]}}, {"keywords": ("Roads",)}),
    "DynamoDB": ({"title": {"S": "Bridge closed"}, "tags": {"SS": ["Roads", "Lorn"]}}, {"keywords": ("Roads", "Lorn")}),
    "xmltodict": (
        {"item": {"title": {"@type": "html", "#text": "Bridge closed"}, "description": HTML}},
        {"headline": "Bridge closed"},
    ),
    "CDATA": (
        {"title": "<![CDATA[Bridge closed]]>", "description": f"<![CDATA[{HTML}]]>"},
        {"headline": "Bridge closed", "text": TEXT},
    ),
    "escaped twice": ({"title": "Roads &amp;amp; bridges &quot;closed&quot;"}, {"headline": 'Roads & bridges "closed"'}),
    "a name in a name": (
        {"title": "Bridge closed", "author": {"@type": "Person", "name": {"@type": "Person", "name": "Pia Hartley"}}},
        {"byline": "Pia Hartley"},
    ),
    "JSON-LD's lists": ({"title": "Bridge closed", "author": {"@list": [{"name": "Pia Hartley"}]}}, {"byline": "Pia Hartley"}),
    "a name to show": (
        {"title": "Bridge closed", "author": {"id": 4, "displayName": "Pia Hartley"}},
        {"byline": "Pia Hartley"},
    ),
    "CloudEvents 0.3": (
        {
            "specversion": "0.3",
            "id": "1",
            "source": "/x",
            "type": "news",
            "datacontenttype": "application/json",
            "datacontentencoding": "base64",
            "data": b64encode(orjson.dumps({"title": "Bridge closed", "text": TEXT})).decode(),
        },
        {"headline": "Bridge closed", "text": TEXT},
    ),
    "NewsML-G2 by a converter of XML": (
        {
            "newsItem": {
                "@guid": "urn:newsml:x:1",
                "@version": "4",
                "itemMeta": {"pubStatus": {"@qcode": "stat:usable"}},
                "contentMeta": {"headline": "Bridge closed"},
                "contentSet": {"inlineXML": {"html": {"body": {"p": TEXT.splitlines()}}}},
            }
        },
        {"headline": "Bridge closed", "text": TEXT, "instructions": Instructions(uri="urn:newsml:x:1", version="4")},
    ),
    "dpa": (
        {
            "urn": "urn:newsml:dpa.com:1",
            "version": 2,
            "version_created": NOON,
            "pubstatus": "usable",
            "headline": "Bridge closed",
        },
        {"instructions": Instructions(uri="urn:newsml:dpa.com:1", version="2", version_created=NOON)},
    ),
}


@pytest.mark.parametrize(("record", "fields"), PRODUCERS.values(), ids=PRODUCERS)
def test_what_other_producers_say_is_read(record: Any, fields: dict[str, Any]) -> None:
    draft = read_record(orjson.dumps(record), "application/json")
    assert isinstance(draft, Draft), draft
    assert {name: getattr(draft, name) for name in fields} == fields


@pytest.mark.parametrize("mark", ["… [+12 chars]", "... [3120 chars]"], ids=["NewsAPI", "GNews"])
def test_what_an_api_cut_off_is_in_the_ledger(mark: str) -> None:
    draft = read_record(orjson.dumps({"title": "T", "content": f"One{mark}"}))
    assert isinstance(draft, Draft)
    assert (draft.text, [repair.kind for repair in draft.repairs]) == ("One", ["cut-mark"])


LANGUAGES = """
Titel|Text|Datum|Autor
Überschrift|Inhalt|Veröffentlicht am|Autorin
titulo|contenido|fecha|autor
título|texto|fecha_publicacion|autores
titular|cuerpo|fecha de publicación|autor
título|conteúdo|data|autora
titulo|corpo|data_publicacao|autor
titre|texte|date de publication|auteur
titre|contenu|date_publication|auteurs
titolo|testo|data|autore
titolo|contenuto|data_pubblicazione|autori
tytuł|treść|data publikacji|autor
tytul|tresc|data|autorzy
titel|tekst|publicatiedatum|auteur
titel|innehåll|datum|författare
başlık|metin|tarih|yazar
judul|isi_berita|tanggal|penulis
Заголовок|Текст|Дата|Автор
τίτλος|κείμενο|date|συντάκτης
العنوان|النص|التاريخ|الكاتب
标题|正文|发布时间|作者
標題|內容|發布時間|記者
タイトル|本文|公開日時|著者
제목|본문|작성일|기자
"""


@pytest.mark.parametrize("names", LANGUAGES.strip().splitlines())
def test_fields_are_named_in_the_languages_of_news(names: str) -> None:
    record = dict(zip(names.split("|"), ("Bridge closed", TEXT, NOON, "Pia Hartley"), strict=True))
    draft = read_record(orjson.dumps(record), "application/json")
    assert isinstance(draft, Draft), draft
    assert (draft.headline, draft.text, draft.published, draft.byline) == ("Bridge closed", TEXT, NOON, "Pia Hartley")


def test_data_are_a_date_only_if_they_are_one() -> None:
    draft = read_record(orjson.dumps({"titolo": "Bridge closed", "data": "about the bridge"}))
    assert isinstance(draft, Draft)
    assert draft.published is None


REFUSED = {
    "what NewsAPI removed": ({"title": "[Removed]", "description": "[Removed]", "content": "[Removed]"}, Reason.NO_TEXT),
    "a server's error": ({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "x"}, Reason.NOT_AN_ARTICLE),
    "an answer with several": ({"articles": [{"title": "A"}, {"title": "B"}]}, Reason.NOT_AN_ARTICLE),
    "a withheld item": ({"uri": "u", "pubstatus": "withheld", "headline": "H", "versioncreated": "2026"}, Reason.WITHDRAWN),
    "a cancellation of nothing": ({"pubstatus": "canceled", "headline": "H", "versioncreated": "2026"}, Reason.WITHDRAWN),
    "a picture": ({"uri": "u", "type": "picture", "headline": "H", "versioncreated": "2026"}, Reason.NOT_AN_ARTICLE),
}


@pytest.mark.parametrize(("record", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_article_of_text_is_refused(record: Any, reason: Reason) -> None:
    outcome = read_record(orjson.dumps(record))
    assert isinstance(outcome, Rejection)
    assert outcome.reason is reason


def test_every_field_of_a_shape_is_read() -> None:
    assert {title: unread_names(shape) for title, shape in SHAPES.items() if unread_names(shape)} == {}


def test_the_document_is_current_and_names_every_field_and_reason() -> None:
    document = (Path(__file__).parents[2] / "INPUTS.md").read_text("utf-8")
    assert document == inputs_document(), "python -m streams.records.table > INPUTS.md"
    assert all(f"| {field} |" in document for field in FIELDS)
    assert all(f"| `{reason.value}` |" in document for reason in Reason)
