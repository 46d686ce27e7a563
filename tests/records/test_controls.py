"""No document holds a control character, wherever its source had one: a database that refuses it stops its consumer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import pipeline_steps
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.topics import DUPLICATES, ENRICHED, RAW

_TEXTS = {
    "title": "Harbour bridge opens",
    "text": "The mayor cut the ribbon on Monday, and the first cars crossed.",
    "author": "Pia Hartley",
    "keywords": ["bridge"],
    "section": "Town",
    "outlet": "Example Herald",
    "location": "LORNHAVEN",
    "description": "Two years late, it carries its first cars.",
    "image": {"url": "https://herald.example/b.jpg", "caption": "The bridge", "creditText": "Jo Moss"},
    "url": "https://herald.example/bridge",
    "id": "bridge-7",
}
_WIRE = {
    "uri": "urn:example:wire:7",
    "versioncreated": "2026-09-21T13:00:00Z",
    "pubstatus": "usable",
    "version": "2",
    "headline": "Harbour bridge opens",
    "body_text": "The mayor cut the ribbon on Monday.",
    "ednote": "Hold the picture.",
    "usageterms": "Print only.",
    "copyrightholder": "Example Agency",
    "copyrightnotice": "(c) Example Agency",
    "infosource": [{"name": "Example Agency", "role": "agency"}],
    "located": "LORNHAVEN",
    "byline": "Pia Hartley",
    "language": "en",
}


def spoiled(value, control):
    """The value with a control character in each of its texts."""
    if isinstance(value, dict):
        return {name: spoiled(inner, control) for name, inner in value.items()}
    if isinstance(value, list):
        return [spoiled(inner, control) for inner in value]
    return value[: len(value) // 2] + control + value[len(value) // 2 :] + control


def strings(value):
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("record", [_TEXTS, _WIRE], ids=["an article", "a wire's item"])
@given(control=st.sampled_from([chr(code) for code in (*range(9), *range(0x0E, 0x20), 0x7F)]))
def test_no_document_holds_a_control_character(record, control):
    pipeline = MemoryPipeline(pipeline_steps(Settings()))
    value = json.dumps(spoiled(record, control)).encode()
    documents = [
        json.loads(output.value)
        for _ in range(2)
        for output in pipeline.publish(RAW, None, value, (), 1_790_000_000_000)
        if output.topic in (ENRICHED, DUPLICATES)
    ]
    assert len(documents) == 2
    for text in strings(documents):
        assert control not in text
        assert f"%{ord(control):02X}" not in text, "in an address"
