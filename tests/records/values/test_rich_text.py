"""A text that an editor keeps as a tree of blocks comes out in its paragraphs, whichever editor wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from streams.records.values.rich_text import rich_text

_RUNS: list[dict[str, Any]] = [{"text": "The ferry "}, {"text": "stays", "bold": True}, {"text": " in port."}]
_LAST = "It sails on Friday."

TREES: dict[str, Any] = {
    "Portable Text (Sanity)": [
        {"_type": "block", "children": [{"_type": "span", **each} for each in _RUNS]},
        {"_type": "image", "caption": "The ramp", "asset": {"_ref": "image-1"}},
        {"_type": "block", "children": [{"_type": "span", "text": _LAST}]},
    ],
    "ProseMirror (Tiptap)": {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", **each} for each in _RUNS]},
            {"type": "paragraph", "content": [{"type": "text", "text": _LAST}]},
        ],
    },
    "Slate": [{"type": "paragraph", "children": _RUNS}, {"type": "paragraph", "children": [{"text": _LAST}]}],
    "Lexical": {
        "root": {
            "type": "root",
            "children": [
                {"type": "paragraph", "children": [{"type": "text", **each} for each in _RUNS]},
                {"type": "paragraph", "children": [{"type": "link", "children": [{"type": "text", "text": _LAST}]}]},
            ],
        }
    },
    "Contentful": {
        "nodeType": "document",
        "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": each["text"]} for each in _RUNS]},
            {"nodeType": "embedded-asset-block", "data": {"target": {"sys": {"id": "1"}}}, "content": []},
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": _LAST}]},
        ],
    },
    "Draft.js": {
        "blocks": [{"type": "unstyled", "text": "The ferry stays in port."}, {"type": "unstyled", "text": _LAST}],
        "entityMap": {},
    },
    "Editor.js": {
        "time": 1772460300000,
        "blocks": [
            {"type": "paragraph", "data": {"text": "The ferry stays in port."}},
            {"type": "image", "data": {"file": {"url": "x"}, "caption": "The ramp"}},
            {"type": "list", "data": {"items": [_LAST]}},
        ],
    },
    "Arc": [
        {"type": "text", "content": "The ferry stays in port."},
        {"type": "image", "url": "https://img.lorn.example/x.jpg", "caption": "The ramp"},
        {"type": "text", "content": _LAST},
    ],
    "plain blocks": [{"type": "paragraph", "text": "The ferry stays in port."}, {"type": "paragraph", "text": _LAST}],
}


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_each_block_is_a_paragraph(tree: Any) -> None:
    assert rich_text(tree) == f"The ferry stays in port.\n{_LAST}"


OTHERS: dict[str, Any] = {
    "a string": "The ferry",
    "feedparser's versions": [{"type": "text/html", "value": "<p>A</p>"}, {"type": "text/plain", "value": "A"}],
    "ninjs's bodies": [{"role": "main", "contentType": "text/plain", "value": "A"}],
    "paragraphs": ["The ferry", "It sails"],
    "an object with a text": {"value": "A"},
    "nothing": [],
}


@pytest.mark.parametrize("value", OTHERS.values(), ids=OTHERS)
def test_versions_of_a_text_are_left_to_others(value: Any) -> None:
    assert rich_text(value) is None
