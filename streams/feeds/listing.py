"""Which feeds to poll: addresses as given, and the ``xmlUrl`` of each outline of an OPML file. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from streams.feeds.addresses import RefusedAddressError, check_url


def read_listing(arguments: Iterable[str]) -> list[str]:
    """The addresses of all named feeds, each once, in order.

    Raises:
        ValueError: an argument is neither an address nor a file with OPML, or with one address per line.
        OSError: a file can't be read.
    """
    found: dict[str, None] = {}
    for each in arguments:
        urls = [each] if "://" in each else urls_of(Path(each).read_bytes())
        if not urls:
            raise ValueError(f"{each}: no feed in it: expected OPML (outline xmlUrl=…), or an address a line")
        for url in urls:
            try:
                found[check_url(url, allow_private=True)] = None
            except RefusedAddressError as error:
                raise ValueError(f"{url[:200]}: {error}") from error
    return list(found)


def urls_of(listing: bytes) -> list[str]:
    """The feeds of an OPML document, or of lines with one address each; "#" begins a comment."""
    if listing.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _outlines(listing)
    lines = (line.strip() for line in listing.decode("utf-8-sig", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _outlines(opml: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    root = etree.fromstring(opml, parser)
    if root is None:
        return []
    attributes = ({name.lower(): value for name, value in each.attrib.items()} for each in root.iter("{*}outline"))
    return [url.strip() for each in attributes if (url := each.get("xmlurl"))]
