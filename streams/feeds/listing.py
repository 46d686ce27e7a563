"""Which feeds to poll: addresses as given, and the ``xmlUrl`` of each outline of an OPML file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from lxml import etree

from streams import lazy_re as re
from streams.http.addresses import RefusedAddressError, check_url

_FEED_SCHEME: Final = re.compile(r"^feed:(?://(?!https?:)|(?://)?(?=(https?:)))", re.IGNORECASE)


def read_listing(arguments: Iterable[str], say: Callable[[str], None] = lambda _: None) -> list[str]:
    """The addresses of all named feeds, each once, in order.

    An invalid address in a file is passed over, and ``say`` gets a line about it: nobody checks the lists that feed readers
    export.

    Raises:
        ValueError: an argument is neither an address nor a file with OPML, or with one address per line.
        OSError: a file can't be read.
    """
    found: dict[str, None] = {}
    for each in arguments:
        if "://" in each:
            found[_address(each)] = None
            continue
        addresses = _usable(urls_of(Path(each).read_bytes()), say)
        if not addresses:
            raise ValueError(f"{each}: contains no feed: expected OPML (outline xmlUrl=…), or one address per line")
        found |= dict.fromkeys(addresses)
    return list(found)


def _usable(urls: Iterable[str], say: Callable[[str], None]) -> list[str]:
    usable = []
    for url in urls:
        try:
            usable.append(_address(url))
        except ValueError as error:
            say(f"passed over: {error}")
    return usable


def _address(url: str) -> str:
    """The address; also from forms for feed readers: ``feed://host/…``, ``feed:https://host/…``.

    Raises:
        ValueError: it is not an address.
    """
    written = _FEED_SCHEME.sub(lambda found: "" if found[1] else "http://", url)
    try:
        return check_url(written, allow_private=True)
    except RefusedAddressError as error:
        raise ValueError(f"{url[:200]}: {error}") from error


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
