"""Lists of feeds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from streams.feeds.listing import read_listing

EXAMPLE = Path(__file__).parents[2] / "examples" / "feeds.opml"


def test_the_list_to_begin_with_is_opml_of_secure_addresses_each_once():
    """Its form alone is checked: nobody is asked."""
    urls = read_listing([str(EXAMPLE)])
    told = [each.get("xmlUrl") for each in etree.parse(EXAMPLE).iter("outline")]
    assert urls == told
    assert len(urls) >= 5
    assert {urlsplit(url).scheme for url in urls} == {"https"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("feed://news.example/rss", "http://news.example/rss"),
        ("feed:https://news.example/rss", "https://news.example/rss"),
        ("FEED://https://news.example/rss", "https://news.example/rss"),
        ("https://news.example/feed:1", "https://news.example/feed:1"),
    ],
)
def test_an_address_that_is_written_for_feed_readers_is_read(tmp_path, written, read):
    (tmp_path / "list").write_text(written)
    assert read_listing([str(tmp_path / "list")]) == [read]


def test_one_bad_address_in_a_reader_s_list_does_not_keep_the_others_away(tmp_path):
    """Outlines within outlines, in folders that are feeds themselves."""
    said = []
    (tmp_path / "list.opml").write_text(
        '<?xml version="1.0" encoding="iso-8859-1"?><opml version="1.0"><body><outline text="News"><outline text="Z\xfcrich">'
        '<outline type="rss" XMLURL=" https://a.example/rss "/></outline><outline xmlUrl="https://b.example/rss">'
        '<outline xmlUrl="mailto:nobody"/><outline xmlUrl=""/><outline xmlUrl="https://u:p@c.example/"/></outline></outline></body>',
        "latin-1",
    )
    assert read_listing([str(tmp_path / "list.opml")], said.append) == ["https://a.example/rss", "https://b.example/rss"]
    assert len(said) == 2
    (tmp_path / "bad").write_text("mailto:nobody")
    with pytest.raises(ValueError, match="contains no feed"):
        read_listing([str(tmp_path / "bad")])
    with pytest.raises(ValueError, match="not an http or https address"):
        read_listing(["gopher://a.example/"])
