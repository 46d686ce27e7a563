"""From feeds to feeds on a real Kafka: local feeds, the commands as processes, our own Atom read back."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import feedparser

from streams.topics import RAW
from tests.broker.stream import Stream
from tests.feeds.farm import ARTICLE, PAGE, farm, item, rss


async def _feeds(stream, url):
    arguments = ("--once", "--allow-private", "--pace", "0", "--seen", str(stream.folder / "seen"))
    process = await stream.start_command("feeds", *arguments, url)
    said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return said.decode()


async def _feed(root, articles, query=""):
    """Our feed, once it holds this many articles."""
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{root}/atom{query}") as response:
                feed = feedparser.parse(await response.read())
                if response.status == 200 and len(feed.entries) >= articles:
                    return feed
            await asyncio.sleep(0.2)


async def test_articles_from_feeds_come_out_deduplicated_as_a_feed(tmp_path):
    """A story in two feeds gives one article. A later one reaches a listener, and repeating the poll adds nothing."""
    async with farm() as own, Stream(tmp_path) as stream:
        page = PAGE.replace("Bridge to be built", "Flood in the north").replace("bridge", "flood")
        own.answers |= {
            "/one": rss(item("/a"), item("/b", "Flood in the north")),
            "/two": rss(item("/c")),
            "/a": PAGE,
            "/b": page,
            "/c": PAGE,
        }
        stream.start_worker()
        serve = await stream.start_command("serve", "--port", "0")
        try:
            said = (await asyncio.wait_for(serve.stdout.readline(), 60)).decode()
            root = said.split()[1].removesuffix("/atom,")
            assert "2 entries published" in await _feeds(stream, f"{own.root}/one")
            assert "1 entries published" in await _feeds(stream, f"{own.root}/two")
            assert "0 entries published" in await _feeds(stream, f"{own.root}/one")
            feed = await _feed(root, 2)
            assert {entry.title for entry in feed.entries} == {"Bridge to be built", "Flood in the north"}
            async with aiohttp.ClientSession() as session, session.get(f"{root}/events?q=vote") as events:
                assert b"hello" in await events.content.readuntil(b"\n\n")
                own.answers |= {"/two": rss(item("/d", "Vote in the south")), "/d": PAGE.replace("Bridge to be", "Vote")}
                await _feeds(stream, f"{own.root}/two")
                told = await asyncio.wait_for(events.content.readuntil(b"\n\n"), 120)
                assert json.loads(told.partition(b"data: ")[2])["title"] == "Vote in the south"
                assert ARTICLE[:40] in json.loads(told.partition(b"data: ")[2])["content_text"]
            assert len((await _feed(root, 3)).entries) == 3
            of_stories = await _feed(root, 1, "?of=stories")
            assert {entry.title for entry in of_stories.entries} <= {"Bridge to be built", "Flood in the north"}  # one text
        finally:
            serve.terminate()
            await serve.wait()


async def test_a_poll_that_is_killed_again_and_again_loses_no_entry_and_repeats_few(tmp_path):
    """An entry is remembered once Kafka has it: those that were under way come again, the others do not."""
    entries, kills = 600, 4
    async with farm() as own, Stream(tmp_path) as stream:
        feeds = 6
        for each in range(feeds):
            links = [f"/{each}/{number}" for number in range(entries // feeds)]
            own.answers |= {f"/feed/{each}": rss(*(item(link, f"Town {link} builds a bridge") for link in links))}
            own.answers |= dict.fromkeys(links, PAGE)
        urls = [f"{own.root}/feed/{each}" for each in range(feeds)]
        arguments = ("--once", "--allow-private", "--pace", "0", "--seen", str(stream.folder / "seen"))
        for turn in range(kills):
            killed = await stream.start_command("feeds", *arguments, *urls)
            had = await stream.committed([RAW])
            async with asyncio.timeout(120):
                while await stream.committed([RAW]) < had + 20 * (turn + 1):
                    assert killed.returncode is None, (await killed.communicate())[1].decode()
                    await asyncio.sleep(0.01)
            killed.kill()
            await killed.communicate()
        assert await stream.committed([RAW]) < entries, "nothing was left to do: nothing was tested"
        last = await stream.start_command("feeds", *arguments, *urls)
        _, errors = await last.communicate()
        assert last.returncode == 0, errors.decode()
        records = await stream.read([RAW])
        assert len({each.key for each in records}) == entries
        assert len(records) - entries <= kills * feeds, "each feed has one entry under way"
        assert "0 entries published" in await _feeds(stream, urls[0])
