"""docs/asyncapi.yaml, checked by AsyncAPI's own parser; tests/contracts checks it only by schema."""

from __future__ import annotations

from pathlib import Path

from streams.topics import INTERNAL, OUTCOMES, RAW, STORIES
from tests.broker.node import CLIENTS, needs_node, run_node

DOCUMENT = Path(__file__).parents[2] / "docs/asyncapi.yaml"


@needs_node
async def test_the_parser_has_no_findings_and_sees_every_topic(tmp_path):
    status, topics, findings = await run_node(tmp_path, CLIENTS / "check.asyncapi.mjs", str(DOCUMENT))
    assert (status, findings) == (0, "")
    assert set(topics.split()) == {RAW, *INTERNAL, STORIES, *OUTCOMES}
