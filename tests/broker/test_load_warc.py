"""A web archive on a real Kafka: the command as a process, killed and restarted."""

from __future__ import annotations

import asyncio

from streams.topics import RAW
from tests.archives.making import archive, page
from tests.broker.stream import Stream

PAGES = 6_000


async def test_a_killed_load_continues_and_every_page_has_its_time(tmp_path):
    """Nothing is lost; pages near the kill may come twice, earlier ones do not."""
    async with Stream(tmp_path) as stream:
        file = tmp_path / "news.warc.gz"
        file.write_bytes(archive([(f"https://news.example/{each}", page(f"Town {each}"), {}) for each in range(PAGES)]))
        killed = await stream.start_command("load-warc", str(file))
        async with asyncio.timeout(120):
            while len(await stream.read([RAW])) < 800:
                await asyncio.sleep(0.05)
        if killed.returncode is None:
            killed.kill()
        await killed.wait()
        before = len(await stream.read([RAW]))
        again = await stream.start_command("load-warc", str(file))
        said, errors = await again.communicate()
        assert again.returncode == 0, errors.decode()
        assert b"a second" in said
        records = await stream.read([RAW])
        assert len({each.key for each in records}) == PAGES
        assert before < PAGES
        assert len(records) - PAGES < before
        assert {each.timestamp for each in records} == {1_714_979_289_000}
