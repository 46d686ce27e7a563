"""Addresses that nobody can take apart, wherever a page or a record has one: they are passed over, and the article is read."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from streams.records import Draft, read_record
from streams.records.values.images import image_url
from streams.records.values.urls import joined_url, url_parts

TITLE = "Bridge closed today after the storm"
TEXT = "".join(
    f"<p>Boats left the harbour at noon on day {number}, said the mayor, who had waited for {number} hours.</p>"
    for number in range(8)
)
BROKEN = (
    "http://[x",
    "http://[url]/a.jpg",
    "https://[::1/x",
    "//[x",
    "/\t/[x/a.jpg",
    "http://a.example:x/",
    "http://a]b/",
    "[",
)
PLACES = {
    "canonical": '<link rel="canonical" href="{}">',
    "a meta tag": '<meta property="og:url" content="{}">',
    "an image's meta tag": '<link rel="canonical" href="https://a.example/b/"><meta property="og:image" content="{}">',
    "JSON-LD": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"B","url":"{}","image":"{}"}</script>',
}
SHOWN = {
    "the headline's link": '<h1><a href="{}">' + TITLE + "</a></h1>",
    "a picture": '<figure><img src="{}" srcset="{} 2x"><figcaption>The bridge</figcaption></figure>',
    "a byline": '<p class="byline">By <a rel="author" href="{}">Anna Smith</a></p>',
}


def page(head: str = "", shown: str = "") -> bytes:
    heading = "" if "<h1>" in shown else f"<h1>{TITLE}</h1>"
    body = f"<article>{heading}{shown}{TEXT}</article>"
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>".encode()


def drafted(value: bytes) -> Draft:
    draft = read_record(value)
    assert isinstance(draft, Draft), draft
    return draft


@pytest.mark.parametrize("link", BROKEN)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_broken_address_in_a_page_s_head_costs_the_page_nothing_else(place: str, link: str) -> None:
    assert drafted(page(place.replace("{}", link))).text == drafted(page()).text


@pytest.mark.parametrize("link", BROKEN)
@pytest.mark.parametrize("place", SHOWN.values(), ids=SHOWN)
def test_a_broken_link_on_a_page_costs_it_nothing_else(place: str, link: str) -> None:
    assert (
        drafted(page(shown=place.replace("{}", link))).text
        == drafted(page(shown=place.replace("{}", "https://a.example/b"))).text
    )


@pytest.mark.parametrize("link", BROKEN)
@pytest.mark.parametrize("name", ["url", "image", "source", "canonical", "guid"])
def test_a_broken_address_in_a_record_costs_it_nothing_else(name: str, link: str) -> None:
    record: dict[str, Any] = {"title": TITLE, "text": "Boats left.", "link": "https://a.example/b"}
    assert drafted(orjson.dumps(record | {name: link})).text == "Boats left."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://A.example:443/Ä b.jpg?w=[1]#top", "https://a.example/%C3%84%20b.jpg?w=%5B1%5D"),
        ("https://a.example/100%.jpg", "https://a.example/100%25.jpg"),
        ("https://a.example/%zz%20.jpg", "https://a.example/%25zz%20.jpg"),
        ("http://user:word@a.example/x.jpg", "http://a.example/x.jpg"),
        ("https://[::1]/x.jpg", None),
        ("https://a.example:99999/x.jpg", None),
        ("https://a..example/x.jpg", None),
    ],
)
def test_the_address_of_an_image_is_a_uri_or_none(written: str, read: str | None) -> None:
    assert image_url(written) == read


def test_what_is_no_address_has_no_parts_and_leads_nowhere() -> None:
    assert not any(url_parts("http://[x"))
    assert not joined_url("https://a.example/b/", "/\t/[x")
