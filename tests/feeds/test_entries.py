"""Feeds as they are written → entries; and the small rules around polling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.articles import Article, read_article
from streams.feeds.addresses import RefusedAddressError, check_url, is_public
from streams.feeds.entries import NotAFeedError, read_feed
from streams.feeds.listing import read_listing, urls_of
from streams.feeds.manners import backoff_s, retry_after_s, round_s
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
def test_a_link_that_is_no_page_is_no_link(link):
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


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "2001:db8::1",
    "fec0::1", "64:ff9b:1::a00:1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_addresses_of_this_machine_and_of_private_networks_are_not_public(number):
    assert not is_public(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_other_addresses_are_public(number):
    assert is_public(number)


@pytest.mark.parametrize(
    "url",
    ["ftp://news.example/", "file:///etc/passwd", "gopher://x/", "http://", "http://user@news.example/", "http://a:b@news.example/",
     "http://127.0.0.1/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1%25eth0]/", "http://x:99999/",
     "http://x/" + "y" * 3000, "//x", ""],
)  # fmt: skip
def test_an_address_that_may_not_be_asked_is_refused(url):
    with pytest.raises(RefusedAddressError):
        check_url(url)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("120", 120), ("0", 0), (None, 0), ("", 0), ("soon", 0), ("-5", 0), ("99999999999999999999", 86_400), ("1.5", 0), ("²", 0),
     ("Thu, 01 Jan 1970 00:10:00 GMT", 540), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 01 Jan 9999 00:00:00 GMT", 86_400)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_up_to_a_day(written, seconds):
    assert retry_after_s(written, now_s=60) == seconds


@given(st.text())
def test_any_retry_after_is_between_now_and_a_day(written):
    assert 0 <= retry_after_s(written, now_s=60) <= 86_400


@given(st.integers(1, 1000), st.floats(0, 86_400), st.floats(0, 1))
def test_backoff_grows_and_is_never_shorter_than_asked(failures, asked_s, chance):
    wait_s = backoff_s(failures, asked_s, chance)
    assert max(asked_s, 60) <= wait_s <= 86_400 * 1.5
    assert backoff_s(failures + 1, asked_s, chance) >= wait_s


def test_a_round_is_no_shorter_than_the_feed_asks():
    assert round_s(900, 3_600, 0.5) == 3_600
    assert (round_s(900, 0, 0.0), round_s(900, 0, 1.0)) == pytest.approx((810, 990))


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
def test_a_listing_without_feeds_is_said(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=r"file|address"):
        read_listing([str(tmp_path / "file")])


@pytest.mark.parametrize("page", [PAGE, None], ids=["with its page", "by the feed's words alone"])
def test_what_is_published_is_an_article_to_the_pipeline(page):
    """The page's text under the feed's facts; without a page, what the feed says."""
    (entry,) = read_feed(rss(item("https://news.example/a?utm_source=rss", guid="g7")).encode(), URL).entries
    article = read_article(record_of(entry, page), "application/json", 1 << 20)
    assert isinstance(article, Article)
    assert (article.headline, article.outlet, article.url) == ("Bridge to be built", "The Farm", "https://news.example/a")
    assert (article.source_id, article.published) == ("g7", "2026-11-02T10:00:00+00:00")
    assert ("spoke about the bridge" in article.body) == (page is not None)
