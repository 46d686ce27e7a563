"""What each shape of record becomes, and why bad input is refused."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.records import FIELDS, Draft, Instructions, Reason, Rejection, canonical_url, judge_text, read_record
from streams.samples import load_samples

BODY = "The bridge over the Lorn is closed until May.\nCars are sent round by the mill."
PARAGRAPHS = [
    "The bridge over the Lorn is closed until May, the county council said on Monday after engineers had looked at it.",
    "Cars and buses are sent round by the mill, which takes a quarter of an hour longer, and cyclists may use the ferry.",
    "“Nobody drove too fast, it is simply old,” said the county's surveyor, who hopes to save the arches of 1780.",
]
TEXT = "\n".join(PARAGRAPHS)


def read(value: Any, content_type: str | None = None, **limits: int) -> Draft | Rejection:
    """Read bytes as they are, text as UTF-8 and anything else as JSON."""
    if isinstance(value, str):
        value = value.encode()
    return read_record(value if isinstance(value, bytes | None) else orjson.dumps(value), content_type, **limits)


def drafted(value: Any, content_type: str | None = None) -> Draft:
    draft = read(value, content_type)
    assert isinstance(draft, Draft), draft
    return draft


def refused(value: Any, content_type: str | None = None, **limits: int) -> Rejection:
    rejection = read(value, content_type, **limits)
    assert isinstance(rejection, Rejection), rejection
    return rejection


# ---- JSON: shapes

SHAPES = {
    "flat": (
        {"title": "T", "body": BODY, "url": "https://x.example/a", "tags": ["#a", "B"], "language": "en"},
        Draft(headline="T", text=BODY, url="https://x.example/a", keywords=("a", "B"), language="en"),
    ),
    "names in any spelling": (
        {"Title": "T", "FULL_TEXT": BODY, "publishedAt": "2026", "source-name": "O"},
        Draft(headline="T", text=BODY, published="2026", publisher="O"),
    ),
    "first filled name wins": (
        {"headline": " ", "title": "T", "body": "", "content": BODY, "description": "short"},
        Draft(headline="T", text=BODY, summary="short"),
    ),
    "a teaser when there is nothing longer": ({"title": "T", "summary": "S"}, Draft(headline="T", text="S")),
    "a headline alone": ({"title": "T"}, Draft(headline="T")),
    "a text alone": ({"text": BODY}, Draft(text=BODY)),
    "a list with one object": ([{"title": "T"}], Draft(headline="T")),
    "numbers where ids and dates are": (
        {"title": "T", "id": 7, "timestamp": 1700000000},
        Draft(headline="T", source_id="7", published="2023-11-14T22:13:20Z"),
    ),
    "side fields of a wrong type are left out": (
        {"title": "T", "tags": 5, "author": 1, "url": ["?"], "language": {"a": 1}, "section": True},
        Draft(headline="T"),
    ),
    "the address of a site is no article's": (
        {"title": "T", "url": "https://x.example/", "link": "https://x.example/?p=5"},
        Draft(headline="T", url="https://x.example/?p=5"),
    ),
    "a flag called html beside the text": ({"title": "T", "body": BODY, "html": False}, Draft(headline="T", text=BODY)),
    "a long address is not cut": (
        {"title": "T", "url": "https://x.example/" + "a" * 1_500},
        Draft(headline="T", url="https://x.example/" + "a" * 1_500),
    ),
    "NewsAPI": (
        {"source": {"id": None, "name": "O"}, "author": "A", "title": "T", "publishedAt": "2026", "content": BODY},
        Draft(headline="T", text=BODY, publisher="O", byline="A", published="2026"),
    ),
    "newspaper4k": (
        {"title": "T", "text": BODY, "authors": ["A", "B"], "publish_date": "2026", "meta_site_name": "O", "summary": ""},
        Draft(headline="T", text=BODY, byline="A, B", published="2026", publisher="O"),
    ),
    "news-please": (
        {"title": "T", "maintext": BODY, "source_domain": "x.example", "date_publish": "2026", "description": None},
        Draft(headline="T", text=BODY, publisher="x.example", published="2026"),
    ),
    "trafilatura": (
        {"title": "T", "text": BODY, "raw_text": "x", "source": "https://x.example/a", "source-hostname": "O", "tags": "a;b"},
        Draft(headline="T", text=BODY, url="https://x.example/a", publisher="O", keywords=("a", "b")),
    ),
    "feedparser": (
        {
            "title": "T",
            "link": "https://x.example/a",
            "id": "tag:1",
            "summary": "short",
            "content": [{"type": "text/html", "value": "<p>One &amp; two.</p><p>Three.</p>"}],
            "tags": [{"term": "a", "scheme": None, "label": None}],
            "authors": [{}],
            "source": {"href": "https://x.example/feed", "title": "O"},
        },
        Draft(
            headline="T",
            text="One & two.\nThree.",
            url="https://x.example/a",
            source_id="tag:1",
            publisher="O",
            keywords=("a",),
            summary="short",
        ),
    ),
    "blank versions": (
        {"title": "T", "content": [{"type": "text/html", "value": ""}], "summary": "S"},
        Draft(headline="T", text="S"),
    ),
    "WordPress": (
        {"id": 5, "title": {"rendered": "T"}, "content": {"rendered": "<p>One</p>\n<p>Two</p>"}, "author": 3, "tags": [9]},
        Draft(headline="T", text="One\nTwo", source_id="5"),
    ),
    "New York Times": (
        {"headline": {"main": "T", "kicker": None}, "web_url": "https://x.example/a", "byline": {"original": "By A"}},
        Draft(headline="T", url="https://x.example/a", byline="A"),
    ),
    "Event Registry": (
        {"uri": "88", "lang": "eng", "title": "T", "body": BODY, "source": {"uri": "x", "title": "O"}, "dateTime": "2026"},
        Draft(headline="T", text=BODY, source_id="88", language="en", publisher="O", published="2026"),
    ),
    "Fundus": (
        {"title": "T", "body": {"summary": ["S"], "sections": [{"headline": ["H"], "paragraphs": ["P", "Q"]}]}},
        Draft(headline="T", text="S\nH\nP\nQ"),
    ),
    "paragraphs in a list": ({"title": "T", "body": ["One.", "Two."]}, Draft(headline="T", text="One.\nTwo.")),
    "ninjs 3: the main version, plain before HTML": (
        {
            "uri": "urn:x:1",
            "versionCreated": "2026",
            "headlines": [{"role": "sub", "value": "S"}, {"role": "main", "value": "T"}],
            "bodies": [
                {"role": "richtext", "contentType": "text/html", "value": "<p>x</p>"},
                {"role": "main", "contentType": "text/plain", "value": BODY},
            ],
            "subjects": [{"name": "economy"}],
            "infoSources": [{"name": "O"}],
            "by": "A",
        },
        Draft(
            headline="T",
            text=BODY,
            source_id="urn:x:1",
            published="2026",
            keywords=("economy",),
            publisher="O",
            byline="A",
            instructions=Instructions(uri="urn:x:1", version_created="2026"),
        ),
    ),
    "ninjs 2 with HTML alone": (
        {"headlines": [{"role": "main", "value": "T"}], "bodies": [{"role": "html", "value": "<p>One.</p><p>Two.</p>"}]},
        Draft(headline="T", text="One.\nTwo."),
    ),
    "ninjs 1": (
        {"headline": "T", "body_text": BODY, "body_xhtml": "<p>x</p>", "byline": "A", "versioncreated": "2026"},
        Draft(headline="T", text=BODY, byline="A", published="2026"),
    ),
    "schema.org": (
        {
            "@type": "NewsArticle",
            "headline": "T",
            "articleBody": BODY,
            "author": [{"@type": "Person", "name": "A"}],
            "publisher": {"@type": "Organization", "name": "O"},
            "mainEntityOfPage": {"@type": "WebPage", "@id": "https://x.example/a#page"},
            "keywords": "a, b,a",
            "inLanguage": "de",
            "articleSection": ["S1", "S2"],
        },
        Draft(
            headline="T",
            text=BODY,
            byline="A",
            publisher="O",
            url="https://x.example/a",
            keywords=("a", "b"),
            language="de",
            section="S1",
        ),
    ),
    "schema.org in a graph": (
        {"@graph": [{"@type": "WebSite", "name": "O"}, {"@type": ["NewsArticle"], "headline": "T"}]},
        Draft(headline="T"),
    ),
    "CloudEvent": ({"specversion": "1.0", "id": "1", "source": "s", "data": {"title": "T"}}, Draft(headline="T")),
    "CloudEvent with text": (
        {"specversion": "1.0", "datacontenttype": "text/plain", "data": "{braces} are text"},
        Draft(text="{braces} are text"),
    ),
    "CloudEvent with JSON in a string": ({"specversion": "1.0", "data": '{"title": "T"}'}, Draft(headline="T")),
    "CloudEvent with bytes": (
        {"specversion": "1.0", "data_base64": base64.b64encode(b'{"title": "T"}').decode()},
        Draft(headline="T"),
    ),
    "Kafka Connect": ({"schema": None, "payload": {"title": "T"}}, Draft(headline="T")),
    "a whole page in a field fills the gaps": (
        {"title": "T", "html": f"<html lang=fr><body><h1>H</h1><p>{PARAGRAPHS[0]}</p></body></html>"},
        Draft(headline="T", text=PARAGRAPHS[0], language="fr"),
    ),
    "a page without text leaves the headline": (
        {"title": "T", "html": "<html><body><script>x()</script></body></html>"},
        Draft(headline="T"),
    ),
    "hashtags in one string": ({"title": "T", "hashtags": "#a #B #a"}, Draft(headline="T", keywords=("a", "B"))),
    "NUL characters": ({"title": "T", "body": "a\0b"}, Draft(headline="T", text="a\0b")),
}


@pytest.mark.parametrize(("record", "draft"), SHAPES.values(), ids=SHAPES)
def test_a_shape_becomes_a_draft(record: Any, draft: Draft) -> None:
    assert drafted(record, "application/json") == draft


@pytest.mark.parametrize(("record", "draft"), SHAPES.values(), ids=SHAPES)
def test_a_shape_needs_no_content_type(record: Any, draft: Draft) -> None:
    assert drafted(record) == draft


def test_every_name_of_the_table_is_read() -> None:
    for field in ("headline", "text", "html", "teaser"):
        for name in FIELDS[field]:
            draft = drafted({name: "Some text"})
            assert "Some text" in (draft.headline, draft.text), name


def test_side_fields_are_limited() -> None:
    names = [f"Ann {chr(97 + number % 26) * 9}{chr(97 + number // 26)}" for number in range(500)]
    tags = [f"tag {number}" for number in range(500)]
    draft = drafted({"title": "x" * 5_000, "author": names * 3, "tags": tags, "description": "z" * 5_000, "text": BODY})
    assert (len(draft.headline or ""), len(draft.byline or "") <= 1_000, len(draft.keywords)) == (1_000, True, 64)
    assert draft.summary is None


# ---- Forms: content type, then the beginning

FORMS = {
    "JSON by its type": (b'{"title": "T"}', "Application/JSON; charset=utf-8", Draft(headline="T")),
    "JSON by its suffix": (b'{"title": "T"}', "application/vnd.x+json", Draft(headline="T")),
    "text by its type, whatever it looks like": (b'{"title": "T"}', "text/plain", Draft(text='{"title": "T"}')),
    "a page that claims to be JSON": (b"<p>One</p><p>Two</p>", "application/json", Draft(text="One\nTwo")),
    "an object that claims to be HTML": (b'{"title": "T"}', "text/html", Draft(headline="T")),
    "a string's end, as C writes it": (b'{"title": "T"}\0', None, Draft(headline="T")),
    "JSON of an unknown type": (b' \n{"title": "T"}', "application/octet-stream", Draft(headline="T")),
    "byte order mark": (b'\xef\xbb\xbf{"title": "T"}', None, Draft(headline="T")),
    "Confluent frame": (b'\0\0\0\0\x07{"title": "T"}', None, Draft(headline="T")),
    "Confluent frame with a type": (b'\0\0\0\0\x07 {"title": "T"}', "application/json", Draft(headline="T")),
    "a bracket that is no list": (b"[Update] Bridge closed", None, Draft(text="[Update] Bridge closed")),
    "less than is no tag": (b"<3 from the bridge", None, Draft(text="<3 from the bridge")),
    "plain text": (b"  Bridge closed\n\nUntil May. ", None, Draft(text="Bridge closed\n\nUntil May.")),
    "fragment of HTML": (b"<p>One</p><p>Two<br>Three</p>", None, Draft(text="One\nTwo\nThree")),
    "declared charset": (b"caf\xe9", "text/plain; charset=ISO-8859-1", Draft(text="café")),
    "UTF-8 that claims to be something else": ("café".encode(), "text/plain; charset=latin1", Draft(text="café")),
    "UTF-16": ("Bridge closed".encode("utf-16"), None, Draft(text="Bridge closed")),
    "UTF-16 without a mark": ('{"title": "T"}'.encode("utf-16-be"), None, Draft(headline="T")),
    "charset of a meta tag": (b'<meta charset="windows-1251"><p>\xcc\xee\xf1\xf2</p>', None, Draft(text="Мост")),
}


@pytest.mark.parametrize(("value", "content_type", "draft"), FORMS.values(), ids=FORMS)
def test_the_form_of_a_record(value: bytes, content_type: str | None, draft: Draft) -> None:
    assert read_record(value, content_type) == draft


# ---- Refusals

REFUSED = {
    "no value": (None, None, Reason.TOMBSTONE),
    "nothing": (b"", None, Reason.EMPTY),
    "space": (b" \n\t", "application/json", Reason.EMPTY),
    "a byte order mark alone": (b"\xef\xbb\xbf ", None, Reason.EMPTY),
    "space of Unicode": ("\u00a0\u2003".encode(), None, Reason.EMPTY),
    "Latin-1": (b"caf\xe9", None, Reason.NOT_UTF8),
    "Latin-1 in JSON": (b'{"title": "caf\xe9"}', None, Reason.NOT_UTF8),
    "gzip": (b"\x1f\x8b\x08\x00\x00", None, Reason.NOT_AN_ARTICLE),
    "a charset that does not fit": (b"\x81\x81", "text/plain; charset=windows-1252", Reason.NOT_UTF8),
    "a charset that nobody knows": (b"caf\xe9", "text/plain; charset=rot13", Reason.NOT_UTF8),
    "Avro in a Confluent frame": (b"\0\0\0\0\x07\x18Bridge closed", None, Reason.NOT_AN_ARTICLE),
    "RSS": (b"<?xml version='1.0'?><rss><channel/></rss>", None, Reason.NOT_AN_ARTICLE),
    "JSON cut off": (b'{"title": "T"', None, Reason.NOT_JSON),
    "text that claims to be JSON": (b"Bridge closed", "application/json", Reason.NOT_JSON),
    "nested too deep": (b'{"a":' * 33 + b"1" + b"}" * 33, None, Reason.TOO_DEEP),
    "nested deeper than the parser goes": (b"[" * 2_000, None, Reason.TOO_DEEP),
    "a string": (b'"Bridge closed"', "application/json", Reason.NOT_AN_ARTICLE),
    "a number": (b"7", "application/json", Reason.NOT_AN_ARTICLE),
    "null": (b"null", "application/json", Reason.NOT_AN_ARTICLE),
    "an empty list": ([], None, Reason.NOT_AN_ARTICLE),
    "several articles": ([{"title": "T"}, {"title": "U"}], None, Reason.NOT_AN_ARTICLE),
    "an empty object": ({}, None, Reason.NOT_AN_ARTICLE),
    "an object of something else": ({"temperature": 7, "station": "Lorn"}, None, Reason.NOT_AN_ARTICLE),
    "number as headline": ({"title": 5, "body": BODY}, None, Reason.WRONG_TYPE),
    "truth as text": ({"title": "T", "body": True}, None, Reason.WRONG_TYPE),
    "numbers as text": ({"title": "T", "body": [1, 2]}, None, Reason.WRONG_TYPE),
    "object as headline": ({"title": {"a": 1}, "body": BODY}, None, Reason.WRONG_TYPE),
    "blank headline and text": ({"title": " ", "body": "", "url": "https://x.example/a"}, None, Reason.NO_TEXT),
    "facts alone": ({"url": "https://x.example/a"}, None, Reason.NO_TEXT),
    "CloudEvent without data": ({"specversion": "1.0", "id": "1", "source": "s"}, None, Reason.NO_TEXT),
    "CloudEvent with nothing": ({"specversion": "1.0", "data": None}, None, Reason.NOT_AN_ARTICLE),
    "CloudEvent that is no base64": ({"specversion": "1.0", "data_base64": "?"}, None, Reason.WRONG_TYPE),
    "a page without text": (b"<!doctype html><html><body><script>x()</script>", None, Reason.NO_TEXT),
    "a page of links": (b"<html><body><ul><li><a href=/a>One</a></ul>", None, Reason.NO_TEXT),
    "an unfinished tag": (b"<p ", None, Reason.NO_TEXT),
    "HTML of too many elements": (b"<html><body>" + b"<p>a" * 20_001, None, Reason.TOO_LARGE),
    "HTML nested too deep": (b"<html><body>" + b"<div>" * 100_000, None, Reason.TOO_LARGE),
    "HTML nested deep": (b"<html><body>" + b"<div>" * 250 + b"x", None, Reason.TOO_DEEP),
}


@pytest.mark.parametrize(("value", "content_type", "reason"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_refused_with_its_reason(value: Any, content_type: str | None, reason: Reason) -> None:
    rejection = refused(value, content_type)
    assert rejection.reason is reason
    assert rejection.message


def test_limits_are_inclusive() -> None:
    assert refused("x" * 11, max_bytes=10).reason is Reason.TOO_LARGE
    assert read("x" * 10, max_bytes=10) == Draft(text="x" * 10)
    nested: Any = {"title": "T", "a": [[]]}
    assert read(nested, max_depth=3) == Draft(headline="T")
    assert refused(nested, max_depth=2).reason is Reason.TOO_DEEP


def test_messages_name_what_is_wrong() -> None:
    assert '"Title" is a number' in refused({"Title": 5}).message
    assert "line 1 column" in refused("{").message
    assert "0xe9 at offset 3" in refused(b"caf\xe9").message
    assert '"title"' in refused({"a": 1}).message


# ---- HTML

HEAD = """<!doctype html><html lang="en-GB"><head><title>Bridge closed | Example Herald</title>
    <link rel="canonical" href="https://x.example/bridge?utm_source=feed#top">
    <meta property="og:site_name" content="Example Herald"><meta property="article:tag" content="Roads">
    <meta property="article:tag" content="Lorn"><meta name="author" content="Pia Hartley">
    <meta property="article:section" content="News"><meta property="article:published_time" content="2026-03-30T08:25Z">"""
REST = f"""</head><body><div class="cookie-banner"><p>We use cookies to measure our audience.</p></div>
    <nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Bridge closed until May</h1>
    {"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</article>
    <aside><h2>Related</h2><a href="/mill">The mill</a></aside><footer>© 2026 Example Herald</footer></body></html>"""


def test_a_page_gives_its_article_and_what_it_says_of_itself() -> None:
    draft = drafted(HEAD + REST)
    assert draft.text.splitlines()[-3:] == PARAGRAPHS
    assert not any(word in draft.text for word in ("cookies", "Sport", "Related", "©"))
    assert draft == Draft(
        headline="Bridge closed until May",
        text=draft.text,
        url="https://x.example/bridge",
        publisher="Example Herald",
        byline="Pia Hartley",
        published="2026-03-30T08:25:00+00:00",
        language="en-GB",
        section="News",
        keywords=("Roads", "Lorn"),
    )


def with_json_ld(article: dict[str, Any]) -> str:
    graph = orjson.dumps({"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", **article}]}).decode()
    return f'{HEAD}<script type="application/ld+json">{graph}</script>{REST}'


def test_a_page_s_json_ld_comes_before_its_meta_tags_and_its_text_before_the_page_s() -> None:
    draft = drafted(with_json_ld({"datePublished": "2026-01-01T09:00Z", "articleBody": f"Lead.\n\n{TEXT}"}))
    assert draft.published == "2026-01-01T09:00:00+00:00"
    assert draft.text == f"Lead.\n\n{TEXT}"


@pytest.mark.parametrize("body", [TEXT + "\n…", TEXT.replace("\n", " "), "Short.\nText."], ids=["cut", "run-on", "short"])
def test_a_text_in_json_ld_that_is_worse_than_the_page_is_left(body: str) -> None:
    assert drafted(with_json_ld({"articleBody": body})).text.splitlines()[-3:] == PARAGRAPHS


def test_a_text_in_json_ld_that_is_only_the_beginning_of_the_page_s_is_left() -> None:
    paragraphs = [
        f"{PARAGRAPHS[0]} This was said for the {number}th time, and it will be said again." for number in range(4, 14)
    ]
    beginning = orjson.dumps({"@type": "NewsArticle", "articleBody": "\n".join(paragraphs[:3])}).decode()
    page = f'{HEAD}<script type="application/ld+json">{beginning}</script><body><article>'
    page += "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs) + "</article></body></html>"
    assert drafted(page).text.splitlines() == paragraphs


def test_raw_line_breaks_in_json_ld_are_forgiven_and_broken_json_ld_is_ignored() -> None:
    page = '<html><script type="application/ld+json">{}</script>' + REST
    assert drafted(page.replace("{}", '{"@type": "NewsArticle", "headline": "A\nB"}')).headline == "A B"
    assert drafted(page.replace("{}", '{"@type": "NewsArticle", ')).headline == "Bridge closed until May"


def test_a_broken_page_is_refused_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("streams.records.pages.reading.find_main_text", fail)
    assert refused(HEAD + REST).reason is Reason.UNREADABLE_HTML


def test_hostile_pages_do_not_hang() -> None:
    hostile = [
        "<html><body " + " ".join(f"a{number}=x" for number in range(150_000)) + "><p>x",  # quadratic in libxml2: 118 s
        "<html><body>" + "<ul><li>a" * 90 + "</li></ul>" * 90 + "<table><tr><td>" * 60 + "a",
        "<html><body>" + "<b><i>" * 90 + "a",
        "<html><body><p>" + "&#1;\0a " * 50_000,
        "<html><head><title>" + "x " * 500_000,
    ]
    for page in hostile:
        assert isinstance(read_record(page.encode(), "text/html"), Draft | Rejection)


def test_html_does_not_ask_the_clock_or_the_hash_seed() -> None:
    """The same page under another day, time zone and hash seed: in a process of its own, which imports all anew."""
    page = REST.replace("<article>", "<p>Published 1 January 2031</p><article>")
    program = f"from streams.records import read_record; print(ascii(read_record({page.encode()!r}, 'text/html')))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed, "TZ": zone}, capture_output=True, check=True
        ).stdout
        for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/Adak"))
    }
    assert len(said) == 1
    assert drafted(page, "text/html").published == "2031-01-01"


# ---- URLs

URLS = {
    "HTTPS://X.Example:443": "https://x.example/",
    "http://x.example:80/a": "http://x.example/a",
    "http://x.example:8080/a": "http://x.example:8080/a",
    "https://x.example/A/b/?b=2&utm_source=x&a=1&fbclid=y#top": "https://x.example/A/b/?b=2&a=1",
    "https://x.example/?12345": "https://x.example/?12345",
    "https://x.example/a?cid=7&ref=home&empty=": "https://x.example/a?cid=7&ref=home&empty=",
    "https://user:secret@x.example/a": "https://x.example/a",
    "https://Bücher.example/größe": "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe",
    "https://x.example/%D0%BC": "https://x.example/%D0%BC",
    " https://x.example/a b ": "https://x.example/a%20b",
    "ftp://x.example/a": None,
    "//x.example/a": None,
    "x.example/a": None,
    "https://": None,
    "https://x.example:99999/": None,
    "https://[::1/a": None,
    "https://x y.example/": None,
    "https://x.example/" + "a" * 2_000: None,
    "https://x.example/\ud800": None,
    "": None,
}


@pytest.mark.parametrize(("url", "canonical"), URLS.items())
def test_canonical_url(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


@given(st.one_of(st.text(), st.builds("https://{}".format, st.text()), st.builds("http://x.example/{}".format, st.text())))
def test_a_canonical_url_is_canonical_and_never_raises(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or len(canonical) > 2_000 or canonical_url(canonical) == canonical


# ---- Properties

NAMES = st.sampled_from([*(name for names in FIELDS.values() for name in names), "@type", "@graph", "specversion", "data"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES | st.sampled_from(["NewsArticle", "https://x.example/a", "<p>x</p>", "#a #b", "1.0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
TYPES = st.sampled_from([None, "application/json", "text/html", "text/plain", "application/cloudevents+json"]) | st.text(
    max_size=20
)
PIECES = st.sampled_from([*"<>&;\"'=/ \n", "<p>", "</p>", "<html>", "<body>", "<table><tr><td>", "<!--", "-->", "<script>"])
PAGES = st.lists(PIECES | st.text(max_size=10) | st.sampled_from(PARAGRAPHS), max_size=25).map("".join)


def is_sound(outcome: Draft | Rejection) -> bool:
    """What every outcome keeps, whatever came in."""
    if isinstance(outcome, Rejection):
        return bool(outcome.message)
    return bool(outcome.headline or outcome.text) and orjson.loads(orjson.dumps(outcome))["text"] == outcome.text


@settings(max_examples=400)
@given(
    st.binary(max_size=60) | st.builds(bytes.__add__, st.sampled_from([b"{", b"[", b"<p>", b"\0\0\0\0\1{"]), st.binary()), TYPES
)
def test_any_bytes_give_a_draft_or_a_rejection(value: bytes, content_type: str | None) -> None:
    outcome = read_record(value, content_type)
    assert is_sound(outcome)
    assert read_record(value, content_type) == outcome


@settings(max_examples=400)
@given(VALUES)
def test_any_json_gives_a_draft_or_a_rejection(value: Any) -> None:
    encoded = orjson.dumps(value)
    outcome = read_record(encoded, "application/json")
    assert is_sound(outcome)
    assert read_record(encoded, "application/json") == outcome


@settings(max_examples=200)
@given(PAGES)
def test_any_page_gives_a_draft_or_a_rejection(page: str) -> None:
    outcome = read_record(page.encode(), "text/html")
    assert is_sound(outcome)
    assert read_record(page.encode(), "text/html") == outcome


# ---- Samples

BAD_SAMPLES = {
    "bad/not-json.json": Reason.NOT_JSON,
    "bad/not-utf-8.txt": Reason.NOT_UTF8,
    "bad/no-text.json": Reason.NO_TEXT,
    "bad/number-as-title.json": Reason.WRONG_TYPE,
    "bad/too-deep.json": Reason.TOO_DEEP,
    "bad/empty.txt": Reason.EMPTY,
    "bad/feed.xml": Reason.NOT_AN_ARTICLE,
    "bad/no-article.html": Reason.NO_TEXT,
    "bad/index-page.html": Reason.INDEX_PAGE,
    "bad/consent-wall-de.txt": Reason.CONSENT_WALL,
    "bad/pay-wall.json": Reason.PAY_WALL,
    "tombstone": Reason.TOMBSTONE,
    "5-mb-line": Reason.TOO_LARGE,
}


def test_samples_come_in_their_order_and_are_read_as_told() -> None:
    samples = load_samples()
    assert [sample.name for sample in samples if sample.name in BAD_SAMPLES] == list(BAD_SAMPLES)
    assert samples[0].name == "seed-article.txt"
    assert samples == load_samples()
    for sample in samples:
        outcome = read_record(sample.value, sample.content_type)
        if isinstance(outcome, Draft):
            outcome = judge_text(outcome.headline, outcome.text) or outcome
        reason = outcome.reason if isinstance(outcome, Rejection) else None
        assert reason is BAD_SAMPLES.get(sample.name), sample.name


@pytest.mark.parametrize(
    "sample", [each for each in load_samples() if each.name not in BAD_SAMPLES], ids=lambda each: each.name
)
def test_a_sample_is_an_article_with_a_body(sample: Any) -> None:
    draft = drafted(sample.value, sample.content_type)
    assert len(draft.text) > 200
    assert draft.headline or sample.name in {"seed-article.txt", "flattened-page-es.txt"}
    assert draft.url or not draft.headline or sample.name == "ninjs-3.json"


@pytest.mark.parametrize("kind", [["picture"], {"name": "picture"}, 5, None])
def test_an_association_whose_type_is_no_text_is_no_picture(kind: Any):
    associations = {"a": {"type": kind, "renditions": {"large": {"href": "https://example.com/bridge.jpg"}}}}
    draft = drafted({"uri": "urn:x:1", "type": "text", "headline": "Bridge", "body_text": BODY, "associations": associations})
    assert draft.image is None
