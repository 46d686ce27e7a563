"""The parts beside what one would take for them."""

from __future__ import annotations

import gzip

import orjson
import pytest

from bench.quality.hand_made import PARTS, figures


@pytest.fixture
def data(tmp_path):
    """Two bodies with three copies each, one of which begins in the middle of a word."""
    bodies = ("The harbour opened its new terminal on Monday after a delay of two years. ", "q ")
    rows = [
        {"id": f"{name}-{kind}", "cluster": name, "kind": kind, "text": text}
        for name, text in zip("ab", (body * 20 for body in bodies), strict=True)
        for kind, text in (("orig", text), ("cut", text[10:]), ("more", f"{text} More follows."))
    ]
    (tmp_path / "body-edits-dev.jsonl.gz").write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, rows))))
    return tmp_path


def test_a_part_is_measured_with_its_quality_time_and_memory(data):
    found = figures("copies", data, 600, ours=True)
    assert found["texts"] == 6
    assert 0.0 <= found["quality"] <= 1.0
    assert found["us"] > 0
    assert found["peak_mb"] > 10


def test_each_part_names_another_way_and_what_its_quality_means():
    assert all(theirs and meaning for _, theirs, meaning in PARTS.values())
