"""What commands report when something is wrong, on a real Kafka."""

from __future__ import annotations

import asyncio

import pytest

from streams.topics import RAW
from tests.broker.stream import Raw, Stream

LIMIT_S = 60.0


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path) as stream:
        yield stream


async def complaint(stream: Stream, *arguments: str) -> str:
    """The last line that a failing command writes to stderr."""
    process = await stream.start_command(*arguments)
    _, errors = await asyncio.wait_for(process.communicate(b""), LIMIT_S)
    assert process.returncode != 0
    return errors.decode().splitlines()[-1]


async def test_a_missing_topic_is_reported_and_nothing_is_published(stream, tmp_path):
    (tmp_path / "page.txt").write_text("The bridge is open. The mayor cut the ribbon on Monday.")
    assert await complaint(stream, "publish", "--topic", "nope", str(tmp_path / "page.txt")) == "Error: there is no topic nope"
    assert await complaint(stream, "tail", "nope") == "Error: there is no topic nope"


async def test_if_one_file_is_missing_none_is_published(stream, tmp_path):
    (tmp_path / "page.txt").write_text("The bridge is open. The mayor cut the ribbon on Monday.")
    said = await complaint(stream, "publish", str(tmp_path / "page.txt"), str(tmp_path / "none.txt"))
    assert "none.txt" in said
    assert await stream.read([RAW]) == []


@pytest.mark.parametrize("options", [pytest.param([], id="for people"), pytest.param(["--json"], id="for programs")])
async def test_a_reader_that_has_seen_enough_ends_tail_silently(stream, options):
    await stream.publish([Raw(b'{"title": "Story %d"}' % number) for number in range(3_000)])
    process = await stream.start_command("tail", RAW, *options)
    assert await asyncio.wait_for(process.stdout.readline(), LIMIT_S)
    process.stdout._transport.close()
    assert await asyncio.wait_for(process.stderr.read(), LIMIT_S) == b""
    await asyncio.wait_for(process.wait(), LIMIT_S)
