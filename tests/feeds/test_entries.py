"""Feeds as they are written → entries; and the small rules around polling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.articles import Article, read_article
from streams.feeds.entries import read_feed
from streams.feeds.forms import NotAFeedError
from streams.feeds.listing import read_listing, urls_of
from streams.feeds.polling import record_of
from tests.feeds.farm import PAGE, item, rss

URL = "https://news.example/feed"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Nachrichten</title>
<entry><title>Brücke gebaut</title><link href="bruecke"/><id>tag:1</id><updated>2026-11-02T10:00:00Z</updated>
<author><name>Eva Klein</name></author><summary>Kurz.</summary></entry></feed>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Nouvelles", "language": "fr",
"authors": [{"name": "Anne"}],
"items": [{"id": 7, "url": "/pont", "title": "Le pont", "content_html": "<p>Long</p>", "tags": ["ponts"],
"date_published": "2026-11-02T10:00:00Z"}, "no item"]}"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>
<loc>https://news.example/ponte</loc><news:news><news:publication><news:name>Notizie</news:name><news:language>it</news:language>
</news:publication><news:publication_date>2026-11-02</news:publication_date><news:title>Il ponte</news:title></news:news>
<image:image><image:loc>https://news.example/ponte.jpg</image:loc></image:image></url></urlset>"""


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        pytest.param(ATOM, {"title": "Brücke gebaut", "url": "https://news.example/bruecke",
          "author": "Eva Klein", "language": "de"}, id="Atom"),
        pytest.param(JSON_FEED, {"title": "Le pont", "url": "https://news.example/pont",
          "author": "Anne", "language": "fr", "guid": "7"}, id="JSON Feed"),
        pytest.param(SITEMAP, {"title": "Il ponte", "url": "https://news.example/ponte",
          "outlet": "Notizie", "language": "it"}, id="a news sitemap"),
        pytest.param(SITEMAP.replace("xmlns:news=", "undeclared="),
          {"title": "Il ponte", "outlet": "Notizie", "language": "it"}, id="a news sitemap that does not declare its prefix"),
        pytest.param(SITEMAP.replace("</image:loc>", "</image:loc><image:title>Una foto</image:title><image:name/>"),
          {"title": "Il ponte", "url": "https://news.example/ponte", "outlet": "Notizie"},
          id="a news sitemap with a picture that has a title"),
        pytest.param(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/>"
            "<item><title>Bron</title><link>https://news.example/bron</link></item></rdf:RDF>",
            {"title": "Bron", "url": "https://news.example/bron"},
            id="RSS 1.0",
        ),
    ],
)  # fmt: skip
def test_an_entry_has_the_facts_that_its_feed_tells(written, facts):
    (entry,) = read_feed(written.encode(), URL).entries
    assert facts.items() <= entry.facts.items()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://[::1", ""])
def test_a_link_that_does_not_lead_to_a_page_is_ignored(link):
    written = f"<rss version='2.0'><channel><item><title>A headline</title><link>{link}</link></item></channel></rss>"
    (entry,) = read_feed(written.encode(), URL).entries
    assert entry.url is None or entry.url.startswith("https://news.example/")


@given(
    st.one_of(
        st.binary(), st.binary().map(lambda tail: b"<rss version='2.0'><channel><item>" + tail), st.text().map(str.encode)
    )
)
def test_any_bytes_are_a_feed_or_none(body):
    try:
        read_feed(body, URL)
    except NotAFeedError:
        return


FRAGMENTS = (
    "<![CDATA[", "]]>", "<!--", "&#x0;", "&#xD800;", "&nbsp;", "\0", "\ufffe", "\U0001f600", "\u202e", "</item>", "<item>",
    ":", "{", "}", '"', "null", "1e999", "<?xml?>", "<link>http://[::1</link>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;",
)  # fmt: skip


@given(
    st.sampled_from([ATOM, JSON_FEED, SITEMAP, rss(item("/a"), item("/b"))]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(FRAGMENTS)), max_size=4),
)
def test_a_feed_that_was_damaged_is_a_feed_or_none(written, damages):
    """Whatever is cut out of it and put in: another exception would end the polling of all feeds."""
    for place, length, fragment in damages:
        at = int(place * len(written))
        written = written[:at] + fragment + written[at + length :]
    try:
        found = read_feed(written.encode("utf-8", "replace"), URL)
    except NotAFeedError:
        return
    assert all(each.url is None or each.url.startswith(("http://", "https://")) for each in found.entries)


def test_feeds_are_named_by_address_by_opml_and_line_by_line(tmp_path):
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="News"><outline type="rss" xmlUrl="https://a.example/f"/>'
        '<outline type="rss" xmlurl=" https://b.example/f "/></outline></body></opml>'
    )
    assert read_listing([str(opml), "https://a.example/f", "http://c.example/"]) == [
        "https://a.example/f",
        "https://b.example/f",
        "http://c.example/",
    ]
    assert urls_of(b"# mine\nhttps://a.example/f\n\n") == ["https://a.example/f"]


@pytest.mark.parametrize("content", [b"", b"<opml/>", b"<opml", b"ftp://a.example/", b"\x00\x01"])
def test_a_listing_without_feeds_is_reported(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=r"file|address"):
        read_listing([str(tmp_path / "file")])


@pytest.mark.parametrize("page", [PAGE, None], ids=["with its page", "with the feed's own text only"])
def test_what_is_published_is_an_article_to_the_pipeline(page):
    """The page's text under the feed's facts; without a page, what the feed says."""
    (entry,) = read_feed(rss(item("https://news.example/a?utm_source=rss", guid="g7")).encode(), URL).entries
    article = read_article(record_of(entry, page), "application/json", 1 << 20)
    assert isinstance(article, Article)
    assert (article.headline, article.outlet, article.url) == ("Bridge to be built", "The Farm", "https://news.example/a")
    assert (article.source_id, article.published) == ("g7", "2026-11-02T10:00:00+00:00")
    assert ("spoke about the bridge" in article.body) == (page is not None)


def _rss(items):
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


JSON_FEED = (
    '{"version": "https://jsonfeed.org/version/1", "title": "T", "items": [{"id": 1, "url": "/a", "title": "Zürich wählt"}]}'
)


@pytest.mark.parametrize(
    "body",
    [
        JSON_FEED.encode("latin-1"),
        JSON_FEED.encode("utf-16"),
        JSON_FEED.replace("h w", "h\nw").encode(),
        JSON_FEED.encode("utf-8-sig"),
    ],
    ids=["Latin-1", "UTF-16", "a line break in a text", "with a mark"],
)
def test_a_json_feed_is_read_as_it_is_written(body):
    (entry,) = read_feed(body, "https://a.example/feed", "application/json").entries
    assert entry.facts["title"].split() == ["Zürich", "wählt"]


@pytest.mark.parametrize("link", ["", "<link>https://a.example/</link>"], ids=["no link", "all link to the front page"])
def test_articles_of_a_template_that_gives_all_the_same_guid_are_all_read(link):
    items = "".join(f"<item><title>Town {n}</title>{link}<guid isPermaLink='false'>x</guid></item>" for n in range(3))
    assert len({entry.key for entry in read_feed(_rss(items).encode(), "https://a.example/feed").entries}) == 3


@pytest.mark.parametrize("at", ["<title>Half", "<title>Half</title>", "<title>Half</title><link>https://a.exam"])
def test_the_last_entry_of_a_feed_that_breaks_off_is_left_for_the_next_time(at):
    """A half-published entry's headline would withhold the whole article as a repeat."""
    body = _rss(f"<item><title>Whole</title><link>https://a.example/1</link></item><item>{at}")
    body = body[: body.index(at) + len(at)]
    assert [entry.facts["title"] for entry in read_feed(body.encode(), "https://a.example/feed").entries] == ["Whole"]


def test_a_feed_that_ends_in_rubbish_is_whole():
    body = _rss("<item><title>Whole</title><link>https://a.example/1</link></item>") + "<!-- cached -->" * 1_000
    assert len(read_feed(body.encode(), "https://a.example/feed").entries) == 1


def test_the_error_about_a_page_lists_its_feeds():
    page = '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'
    with pytest.raises(NotAFeedError, match=r"a page, not a feed; its feeds: https://a.example/rss.xml"):
        read_feed(page.encode(), "https://a.example/", "text/html")


def test_the_link_is_the_article_s_own_where_a_counter_stands_before_it():
    more = "<feedburner:origLink xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>https://a.example/1</feedburner:origLink>"
    body = _rss(f"<item><title>A</title><link>https://count.example/x</link>{more}</item>")
    assert read_feed(body.encode(), "https://a.example/feed").entries[0].url == "https://a.example/1"


def test_an_index_gives_its_latest_sitemaps_and_those_of_news_before_others():
    def index(*places):
        told = "".join(
            f"<sitemap><loc>https://a.example/{name}</loc><lastmod>{day}</lastmod></sitemap>" for name, day in places
        )
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</sitemapindex>'.encode()

    old = [(f"archive-{n}.xml", f"2020-01-{n:02}") for n in range(1, 20)]
    assert read_feed(index(*old, ("today.xml", "2026-11-02")), "https://a.example/").parts[0] == "https://a.example/today.xml"
    assert len(read_feed(index(*old), "https://a.example/").parts) == 5
    assert read_feed(index(*old, ("news.xml", "")), "https://a.example/").parts == ("https://a.example/news.xml",)


def test_a_sitemap_in_another_encoding_is_read():
    body = '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>https://a.example/1</loc></url></urlset>'
    assert [entry.url for entry in read_feed(body.encode("utf-16"), "https://a.example/").entries] == ["https://a.example/1"]


@pytest.mark.parametrize(
    "body",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom">' + '<entry xml:base="a/">' * 100_000,
        _rss("<item><description>" + "<div>" * 500_000 + "</description></item>"),
        _rss("<item>" * 500_000),
    ],
    ids=["entries with a base", "divisions", "items"],
)
def test_endlessly_nested_elements_are_refused(body):
    """The first one used to take hours, while all other feeds waited."""
    with pytest.raises(NotAFeedError, match="nested more than 256 deep"):
        read_feed(body.encode(), "https://a.example/feed")


def test_elements_that_are_never_closed_do_not_count_as_depth():
    """Line breaks and paragraphs as people write them, in markup and in CDATA."""
    text = "<br><p>" * 100
    items = "".join(f"<item><title>{n}</title><link>/{n}</link><description>{text}</description></item>" for n in range(20))
    items += f"<item><title>c</title><link>/c</link><description><![CDATA[{'<div>' * 1000}]]></description></item>"
    assert len(read_feed(_rss(items).encode(), "https://a.example/feed").entries) == 21


@pytest.mark.parametrize("name", ["author", "dc:creator", "itunes:author", "managingEditor", "webMaster"])
def test_an_author_is_bounded_before_feedparser_looks_for_an_address_in_it(name):
    """That search is quadratic: 100 kB without a space took half a minute."""
    [entry] = read_feed(rss(item("/a", more=f"<{name}>{'x' * 100_000}</{name}>")).encode(), URL).entries
    assert len(str(entry.facts.get("author", ""))) <= 300
