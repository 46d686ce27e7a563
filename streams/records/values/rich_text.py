"""Texts kept as trees of blocks: Portable Text, ProseMirror, Slate, Lexical, Draft.js, Editor.js, Contentful, Arc."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_TYPES: Final = ("type", "_type", "nodeType")
_INLINE: Final = frozenset(("", "text", "span", "link", "hyperlink", "mention", "linebreak", "hard_break", "hardBreak"))
_TREES: Final = ("root", "blocks")
_WITHIN: Final = ("root", "blocks", "children", "content", "nodes", "data", "items")
_LEAVES: Final = ("text", "content", "value")
_RUNS: Final = ("text", "value")
_NOT_TEXT: Final = (
    "image", "picture", "photo", "figure", "video", "audio", "embed", "gallery", "oembed", "interstitial", "advert", "raw_html",
    "related", "social", "media", "table_of_contents", "reference", "delimiter", "divider",
)  # fmt: skip


def rich_text(value: object) -> str | None:
    """The paragraphs of a tree of blocks, one a line; None for anything else."""
    return "\n".join(filter(None, map(str.strip, _paragraphs(value)))) if _is_tree(value) else None


def _is_tree(value: object) -> bool:
    if isinstance(value, dict):
        is_document = _type(value) in ("doc", "document") and isinstance(value.get("content"), list)
        return is_document or any(isinstance(value.get(name), list | dict) for name in _TREES)
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) and _is_block(each) for each in value)


def _is_block(value: Mapping[str, Any]) -> bool:
    """Whether an object is one of an editor's blocks rather than a version of a text, which has a media type or a role."""
    kind = _type(value)
    is_version = "/" in kind or "role" in value or ("value" in value and "nodeType" not in value)
    return not is_version and (kind != "" or isinstance(value.get("children"), list))


def _type(value: Mapping[str, Any]) -> str:
    return _string(value, _TYPES) or ""


def _string(value: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first string that an object has under one of these names."""
    return next((value[name] for name in names if isinstance(value.get(name), str)), None)


def _paragraphs(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _paragraphs(each)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict) and not _type(value).lower().startswith(_NOT_TEXT):
        inner = [value[name] for name in _WITHIN if isinstance(value.get(name), list | dict)]
        if any(isinstance(each, list) and any(map(_is_inline, each)) for each in inner):
            yield "".join(_runs(value))
        elif leaf := _string(value, _LEAVES):
            yield leaf
        else:
            yield from (line for each in inner for line in _paragraphs(each))


def _is_inline(value: object) -> bool:
    return isinstance(value, dict) and _string(value, _RUNS) is not None and _type(value) in _INLINE


def _runs(value: object) -> Iterator[str]:
    """The pieces of one paragraph, in order."""
    if isinstance(value, list):
        for each in value:
            yield from _runs(each)
    elif isinstance(value, dict):
        leaf = _string(value, _RUNS)
        inner = (value[name] for name in _WITHIN if isinstance(value.get(name), list))
        yield from (leaf,) if leaf is not None else (run for each in inner for run in _runs(each))
