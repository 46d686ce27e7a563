"""The lead image of an article: its address, caption and credit, in the shapes that sources use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlunsplit

from streams import lazy_re as re
from streams.records.draft import Image
from streams.records.values.characters import says_nothing, without_controls
from streams.records.values.urls import authority, joined_url, url_parts

_URL_KEYS: Final = ("url", "contentUrl", "contenturl", "href", "src", "@id", "source_url", "link")
_CAPTION_KEYS: Final = ("caption", "description", "description_text", "descriptions", "alt", "alt_text", "headline", "title")
_CREDIT_KEYS: Final = (
    "creditText", "credit", "credits", "byline", "by", "photographer", "copyrightNotice", "copyrightnotice", "creator",
    "author", "copyrightHolder", "copyrightholder",
)  # fmt: skip
_NESTED_KEYS: Final = ("value", "name", "rendered", "text", "main")
_MOST_CHARACTERS = 1_000
_MOST_URL = 2_000
_SAFE = "/%:@!$&'()*+,;=~-._?"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_PICTURE: Final = frozenset(("picture", "graphic"))
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:$|\?)", re.IGNORECASE)
_TAG = re.compile("<[^<>]*>")


def read_image(value: object, base: str | None = None) -> Image | None:
    """The first image in a value: an address, an object that has one, or a list of these, relative to ``base``."""
    value = value.get("@list", value) if isinstance(value, dict) else value
    if isinstance(value, str):
        url = image_url(value, base)
        return Image(url=url) if url else None
    if isinstance(value, list):
        return next((image for each in value[:8] if (image := read_image(each, base))), None)
    if not isinstance(value, dict):
        return None
    if str(value.get("type", "")).partition("/")[0] in ("video", "audio", "text"):
        return None
    url = next((found for each in _addresses(value) if (found := image_url(each, base))), None)
    if url is None:
        return None
    return Image(url=url, caption=_words(value, _CAPTION_KEYS), credit=_words(value, _CREDIT_KEYS))


def associated_image(value: object) -> Image | None:
    """The first picture among a ninjs item's associations: a list in ninjs 3, an object by name in ninjs 1 and 2."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    pictures = (each for each in items if isinstance(each, dict) and str(each.get("type")) in _PICTURE)
    return next((image for each in pictures if (image := read_image(each))), None)


def image_url(written: str, base: str | None = None) -> str | None:
    """An http or https address in the characters that addresses allow; None for anything else, also a placeholder's."""
    written = without_controls(written).strip()
    if says_nothing(written):
        return None
    if written.startswith("//"):
        written = f"https:{written}"
    elif base and written and not re.match(r"[a-z][a-z0-9+.-]*:", written, re.IGNORECASE):
        written = joined_url(base, written)
    if len(written) > _MOST_URL or not re.match(r"https?://[^\s/]", written, re.IGNORECASE):
        return None
    try:
        parts = url_parts(written)
        place = authority(parts)
        rest = quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe=_SAFE)
    except ValueError:
        return None
    return f"{parts.scheme}://{place}{_BARE_PERCENT.sub('%25', rest)}"


def is_picture(address: str) -> bool:
    """Whether an address says by its ending that it is a picture's."""
    return _PICTURE_FILE.search(address) is not None


def _addresses(value: Mapping[str, Any]) -> Iterator[str]:
    for key in _URL_KEYS:
        if isinstance(value.get(key), str):
            yield value[key]
        elif isinstance(inner := value.get(key), dict) and isinstance(inner.get("@id"), str):
            yield inner["@id"]
    renditions = value.get("renditions")
    for each in renditions.values() if isinstance(renditions, dict) else renditions if isinstance(renditions, list) else ():
        if isinstance(each, dict) and isinstance(each.get("href"), str):
            yield each["href"]
    if isinstance(value.get("uri"), str):
        yield value["uri"]
    if isinstance(smaller := value.get("thumbnail"), dict):  # Bing's
        yield from (smaller[key] for key in _URL_KEYS if isinstance(smaller.get(key), str))


def _words(value: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((words for key in keys if (words := first_line(value.get(key)))), None)


def first_line(value: object) -> str | None:
    """The first words in a value, without markup, in one line."""
    if isinstance(value, str):
        return " ".join(_TAG.sub(" ", without_controls(value)).split())[:_MOST_CHARACTERS] or None
    if isinstance(value, list):
        return next((words for each in value[:8] if (words := first_line(each))), None)
    if isinstance(value, dict):
        return next((words for key in _NESTED_KEYS if (words := first_line(value.get(key)))), None)
    return None
