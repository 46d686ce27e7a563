"""An item of NewsML-G2 in JSON, as agencies' converters write it: what is nested there is laid flat, under ninjs's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_PARTS: Final = ("itemMeta", "contentMeta")
_INLINE: Final = ("inlineXML", "inlineData", "inlineHTML")
_RIGHTS: Final = ("copyrightHolder", "copyrightNotice", "usageTerms")
_VALUES: Final = ("value", "#text", "content", "_", "$")


def flat_news_item(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields of the news item in an object; None where it holds none."""
    item = value.get("newsItem")
    if not isinstance(item, dict):
        return None
    item = {name.removeprefix("@"): each for name, each in item.items()}  # an attribute, as converters of XML write it
    flat = {name: each for name, each in item.items() if name not in {*_PARTS, "contentSet"}}
    for part in _PARTS:
        if isinstance(found := item.get(part), dict):
            flat |= {name: _plain(each) for name, each in found.items()}
    flat |= _rights(item.get("rightsInfo"))
    if isinstance(guid := item.get("guid"), str):
        flat["uri"] = guid
    if text := _inline(item.get("contentSet")):
        flat["body_html"] = text
    return flat


def _plain(value: Any) -> Any:
    """A value, or of one that is told by a code or a tag of its own, that."""
    if isinstance(value, dict):
        names = ("qcode", "@qcode", "tag", "@tag", "@literal", *_VALUES)
        return next((value[name] for name in names if isinstance(value.get(name), str)), value)
    return value


def _rights(value: Any) -> dict[str, Any]:
    """Whose an item is and how it may be used, of the first entry that says so."""
    entries = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]
    return {name: each[name] for each in reversed(entries) for name in _RIGHTS if each.get(name)}


def _inline(content: Any) -> str:
    """The text within a content set, the longest of several."""
    found = [content.get(name) for name in _INLINE] if isinstance(content, dict) else []
    parts = [part for each in found for part in (each if isinstance(each, list) else [each])]
    whole = [text for part in parts if isinstance(text := _plain(part), str)]
    return max([*whole, *map(_paragraphs, parts)], key=len, default="")


def _paragraphs(part: Any) -> str:
    """The paragraphs of a page that a converter has taken apart: html, body, p."""
    for name in ("html", "body"):
        part = part.get(name) if isinstance(part, dict) else None
    lines = part.get("p") if isinstance(part, dict) else None
    said = [_plain(each) for each in (lines if isinstance(lines, list) else [lines])]
    return "".join(f"<p>{each}</p>" for each in said if isinstance(each, str))
