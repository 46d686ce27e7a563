"""The links of a feed's entry, which say by their relation what they lead to (RFC 4287, RFC 8288)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_ATTRIBUTES: Final = ("", "@", "@_")  # before the names of attributes, as converters of XML write them
_MOST_LINKS: Final = 64


def read_links(record: dict[str, object]) -> None:
    """Put the address of the article and an enclosed picture under names of their own in a record (under folded names)."""
    for name in ("link", "links", "alternate"):
        found = list(_links(record.get(name)))
        pages = [href for relation, kind, href in found if relation == "alternate" and (not kind or "html" in kind)]
        pages += [href for relation, _, href in found if not relation] if name != "links" else []
        if pages:
            record.setdefault("permalink", pages[0])
        pictures = [href for relation, kind, href in found if relation == "enclosure" and kind.startswith("image/")]
        if pictures:
            record.setdefault("enclosure", pictures[0])
        if name == "link" and any(relation for relation, _, _ in found):
            record["link"] = pages  # its other links lead elsewhere
    links = record.get("links")
    if isinstance(links, dict) and isinstance(address := links.get("permalink"), str):
        record.setdefault("permalink", address)


def _links(value: object) -> Iterator[tuple[str, str, str]]:
    """The relation, media type and address of each link."""
    for each in value[:_MOST_LINKS] if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            continue
        inner = held if isinstance(held := each.get("$"), dict) else each
        relation, kind, href = (
            next((found for sign in _ATTRIBUTES if isinstance(found := inner.get(sign + name), str)), "")
            for name in ("rel", "type", "href")
        )
        if href:
            yield relation, kind, href
