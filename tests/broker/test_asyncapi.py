"""docs/asyncapi.yaml by AsyncAPI's own parser; its schema alone is asked in tests/contracts."""

from __future__ import annotations

from pathlib import Path

from streams.topics import INTERNAL, OUTCOMES, RAW, STORIES
from tests.broker.node import CLIENTS, needs_node, run_node

DOCUMENT = Path(__file__).parents[2] / "docs/asyncapi.yaml"


@needs_node
async def test_the_parser_finds_nothing_to_say_and_every_topic(tmp_path):
    status, topics, findings = await run_node(tmp_path, CLIENTS / "check.asyncapi.mjs", str(DOCUMENT))
    assert (status, findings) == (0, "")
    assert set(topics.split()) == {RAW, *INTERNAL, STORIES, *OUTCOMES}
