"""`headwater export` on a real Kafka: killed again and again, each article is in its files exactly once."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch

import orjson

from streams.topics import ENRICHED
from tests.broker.stream import Raw, Stream

ROUNDS = 6
ARTICLES = 700  # per round


def _article(number, **said):
    article = f"{number:064x}"
    document = {
        "uri": f"urn:headwater:article:{article}",
        "type": "text",
        "versionCreated": "2026-11-02T10:00:00Z",
        "pubStatus": "usable",
        "headlines": [{"role": "main", "contentType": "text/plain", "value": f"Town {number} builds a bridge"}],
        **said,
    }
    return Raw(orjson.dumps(document), article.encode())


async def _until_file(folder, like):
    """Wait until there is one more file of this name than before."""
    before = _files(folder, like)
    async with asyncio.timeout(60):
        while not _files(folder, like) - before:
            await asyncio.sleep(0.01)


def _files(folder, like):
    """By name and inode: a file that was written again has another inode."""
    found = os.scandir(folder) if folder.exists() else ()
    return {(each.name, each.inode()) for each in found if fnmatch(each.name, like)}


def _rows(folder):
    return [json.loads(line) for file in sorted(folder.glob("news.*")) for line in file.read_text().splitlines()]


async def test_an_export_that_is_killed_again_and_again_has_each_article_exactly_once(tmp_path):
    """An embargoed article appears once, when its embargo ends; one canceled by then never appears."""
    folder = tmp_path / "out"
    async with Stream(tmp_path / "stream", keeps_contract=False) as stream:
        ends = (datetime.now(UTC) + timedelta(seconds=25)).isoformat()
        places = []
        for turn in range(ROUNDS):
            records = [_article(number) for number in range(turn * ARTICLES, (turn + 1) * ARTICLES)]
            if turn == 0:
                records[7:9] = [_article(7, embargoedUntil=ends), _article(8, embargoedUntil=ends)]
            places += await stream.publish(records, ENRICHED)
            export = await stream.start_command("export", str(folder), "--every", "0.01")
            await _until_file(folder, "news.*" if turn % 2 else ".*.part")
            export.kill()
            await export.communicate()
        places += await stream.publish([_article(8, pubStatus="canceled", headlines=None)], ENRICHED)
        async with asyncio.timeout(120):
            released = False
            while not released:
                export = await stream.start_command("export", str(folder), "--once")
                said, errors = await export.communicate()
                assert export.returncode == 0, errors.decode()
                released = any(row["origin"] == places[7] for row in _rows(folder))
        assert b"rows written" in said
        rows = _rows(folder)
        assert sorted(row["origin"] for row in rows) == sorted(place for place in places if place != places[8])
        assert [row["id"][-1] for row in rows if row["change"] == "removed"] == ["8"]
        assert "embargoedUntil" in next(row for row in rows if row["origin"] == places[7])["document"]
