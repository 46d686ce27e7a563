"""Lists of feeds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

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
