"""Which addresses are one article."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.records.values.urls import canonical_url, url_identity

STORY = "https://herald.example/roads/bridge-closed"
SAME = [
    "http://herald.example/roads/bridge-closed",
    "https://www.herald.example/roads/bridge-closed/",
    "http://www.herald.example:80/roads/bridge-closed#comments",
    "https://herald.example/roads/bridge-closed?utm_source=rss&fbclid=x",
    "https://amp.herald.example/roads/bridge-closed",
    "https://www.amp.herald.example/roads/bridge-closed",
    "https://herald.example/amp/roads/bridge-closed",
    "https://herald.example/roads/bridge-closed/amp/",
    "https://herald.example/roads/bridge-closed.amp",
    "https://herald.example/roads/bridge-closed.amp.html",
    "https://herald.example/roads/bridge-closed?amp",
    "https://herald.example/roads/bridge-closed?amp=true",
    "https://herald.example/roads/bridge-closed?outputType=amp",
    "https://www.google.com/amp/s/herald.example/roads/bridge-closed",
    "https://www.google.co.uk/amp/s/www.herald.example/roads/bridge-closed/amp",
    "https://herald-example.cdn.ampproject.org/c/s/herald.example/roads/bridge-closed",
    "https://herald-example.cdn.ampproject.org/v/s/herald.example/roads/bridge-closed?amp_js_v=0.1",
    "https://www.bing-amp.com/c/s/herald.example/roads/bridge-closed",
    "https://m.herald.example/roads/bridge-closed",
    "https://mobile.herald.example/roads/bridge-closed",
    "https://herald.example/roads/bridge-closed?print=1",
    "https://herald.example/roads/bridge-closed?view=print",
    "https://herald.example/roads/bridge-closed/print/",
]
SAME += [
    "https://herald.example/roads/bridge-closed?srsltid=x&_ga=2.1&wt_mc=rss&CMP=share&intcmp=y",
    "https://herald.example/roads/bridge-closed?share=facebook",
    "https://herald.example//roads/./old/../bridge-closed",
]
SAME += [
    "https://herald.example./roads/bridge-closed",
    "https://herald.example/roads/bridge%2Dclosed",
    "https://herald.example/%72oads/bridge-closed",
    "https://herald.example/roads/bridge-closed?noamp=mobile",
    "https://herald.example/roads/bridge-closed?isAmp=true",
    "https://herald.example/roads/bridge-closed?printerFriendly=true",
    "https://herald.example/roads/bridge-closed?gaa_at=eafs&gaa_n=x&gaa_ts=1&gaa_sig=y",
    "https://herald.example/roads/bridge-closed?amp;utm_source=x",
    "https://web.archive.org/web/20260302101112/https://herald.example/roads/bridge-closed",
    "https://web.archive.org/web/20260302101112id_/http://www.herald.example/roads/bridge-closed/",
    "https://www.google.com/url?sa=D&q=https://herald.example/roads/bridge-closed&ust=1",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.herald.example%2Froads%2Fbridge-closed%3Futm_source%3Dx&h=AT0",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fherald.example%2Froads%2Fbridge-closed&data=05",
]
OTHERS = [
    "https://web.archive.org/web/20260302101112/https://herald.example/",
    "https://herald.example/roads/bridge%2Fclosed",
    "https://herald.example/mobile/roads/bridge-closed",
    "https://herald.example/print/roads/bridge-closed",
    "https://herald.example/roads/bridge-closed?page=2",
    "https://herald.example/roads/bridge-closed?id=amp",
    "https://herald.example/roads/bridge-closed/index.html",
    "https://herald.example:8443/roads/bridge-closed",
    "https://news.herald.example/roads/bridge-closed",
    "https://herald.example/Roads/bridge-closed",
    "https://herald.example/roads/bridge-closed?m=1",
    "https://herald.example/roads/bridge-closed?share=12",
    "https://herald.example/roads/bridge-closed#!/page/2",
    "https://herald.example/roads/bridge-closed-amp",
    "https://ampere.example/roads/bridge-closed",
    "https://www.google.com/amp/roads/bridge-closed",
]


@pytest.mark.parametrize("url", SAME)
def test_copies_of_one_article_have_one_identity(url):
    assert url_identity(canonical_url(url) or "") == STORY


@pytest.mark.parametrize("url", OTHERS)
def test_what_may_be_another_article_keeps_an_identity_of_its_own(url):
    assert url_identity(canonical_url(url) or "") != STORY


@pytest.mark.parametrize(
    "url",
    [
        STORY,
        "https://m.example/a",
        "https://amp.example/a",
        "https://x.example/amp",
        "https://x.example/?12",
        "https://amp.com.au/a",
        "https://m.co.uk/a",
    ],
)
def test_a_plain_address_is_its_own_identity(url):
    assert url_identity(url) == url


@given(st.text(max_size=80) | st.text(alphabet="amp/.?=&1www", max_size=60))
@example("0//AMP")
@example("amp/amp/0/1")
def test_an_identity_is_a_url_and_its_own_identity(tail):
    url = canonical_url(f"http://www.herald.example/{tail}")
    if url is not None:
        identity = url_identity(url)
        assert url_identity(identity) == identity
        assert identity.startswith("https://")


def test_a_copy_for_phones_in_one_language_is_the_article_in_that_language():
    assert url_identity("https://de.m.herald.example/a") == "https://de.herald.example/a"


def test_blogspots_copy_for_phones_is_the_article():
    article = "https://herald.blogspot.com/2026/03/bridge.html"
    assert url_identity(f"{article}?m=1") == url_identity(article)


def test_a_fragment_that_is_an_address_tells_articles_apart():
    one, other = (canonical_url(f"https://herald.example/#!/a/{number}") or "" for number in (1, 2))
    assert one != other
    assert url_identity(one) != url_identity(other)
