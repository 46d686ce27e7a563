"""``python -m tests.browser.measure``: what the console costs, and how fast it is, in a real browser on a real Kafka.

- First paint, first row and bytes over the wire, of a page opened anew (no cache), the best and the middle of several.
- From an article's commit to its row, one at a time.
- The console's processor time in per cent of a core: with nobody looking, with ten viewers; idle, and at 500 events a second.
- The longest the page's own thread stood still in that flood.

On a machine that does other things, times tell more of those: per cents are of processor time, and of the best of each.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, Page, async_playwright

from bench.speed.machine import cpu_seconds
from streams.topics import ENRICHED
from tests.broker.stream import Stream
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.browser.conftest import live, start_console
from tests.browser.test_console import PULSE, enriched

_PAINTED = "() => performance.getEntriesByType('paint').find(each => each.name == 'first-contentful-paint')?.startTime"
_STEP_S = 0.1


async def paints(browser: Browser, address: str, times: int) -> list[tuple[float, float, int]]:
    """Of each opening: milliseconds to the first paint and to the first row, and bytes received up to then."""
    found = []
    for _ in range(times):
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        received = [0]
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        session.on("Network.dataReceived", lambda told, received=received: received.append(told["encodedDataLength"]))
        session.on(
            "Network.responseReceived", lambda told, received=received: received.append(told["response"]["encodedDataLength"])
        )
        await page.goto(address, wait_until="commit")
        await page.locator(".row").first.wait_for()
        row_ms = await page.evaluate("performance.now()")
        found.append((await page.evaluate(_PAINTED), row_ms, sum(received)))
        await context.close()
    return found


async def delays(stream: Stream, page: Page, count: int) -> list[float]:
    """Milliseconds from Kafka's confirmation to the row."""
    found = []
    for number in range(count):
        await stream.publish([enriched(900_000 + number, "A single piece of news")], ENRICHED)
        confirmed_s = time.monotonic()
        await page.locator(".row", has_text=f"news {900_000 + number}").wait_for()
        found.append((time.monotonic() - confirmed_s) * 1000)
    return found


async def keep_publishing(stream: Stream, first: int, a_second: int) -> None:
    begun_s, sent = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - begun_s) * a_second) - sent
        if due > 0:
            await stream.publish([enriched(first + sent + each) for each in range(due)], ENRICHED)
            sent += due
        await asyncio.sleep(_STEP_S)


async def share(pid: int, seconds: float) -> float:
    """Processor time of a process, in per cent of a core."""
    begun, begun_s = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_seconds(pid) - begun) / (time.monotonic() - begun_s) * 100


async def look(session: aiohttp.ClientSession, base: str) -> None:
    """A viewer that reads all events, as a browser does."""
    async with session.get(f"{base}events") as response:
        async for _ in response.content.iter_any():
            pass


async def costs(stream: Stream, pid: int, base: str, seconds: float, a_second: int) -> None:
    """Print the console's share of a core, with more and more viewers, idle and in a flood."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None)) as session, AsyncExitStack() as stack:
        for viewers in (0, 10):
            looking = [asyncio.create_task(look(session, base)) for _ in range(viewers)]
            for each in looking:
                stack.callback(each.cancel)
            await asyncio.sleep(2)
            idle = await share(pid, seconds)
            flood = asyncio.create_task(keep_publishing(stream, 1_000_000 * (viewers + 1), a_second))
            await asyncio.sleep(2)
            busy = await share(pid, seconds)
            flood.cancel()
            print(f"{viewers} viewers: {idle:.1f} % of a core idle, {busy:.1f} % at {a_second} events a second", flush=True)
            await asyncio.sleep(3)


async def measure(executable: str, seconds: float, a_second: int) -> None:
    with tempfile.TemporaryDirectory(prefix="headwater-") as folder:
        async with Stream(Path(folder)) as stream, async_playwright() as playwright:
            await stream.publish([enriched(number) for number in range(300)], ENRICHED)
            address = await start_console(stream)
            pid, base = stream._commands[0].pid, address.partition("#")[0]
            browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
            page = await browser.new_page()
            await page.goto(address)
            await live(page)
            opened = await paints(browser, address, 9)
            for what, values in zip(("first paint, ms", "first row, ms", "bytes"), zip(*opened, strict=True), strict=True):
                print(f"{what}: {min(values):,.0f} at best, {statistics.median(values):,.0f} in the middle", flush=True)
            took = await delays(stream, page, 20)
            told = f"{min(took):,.0f} at best, {statistics.median(took):,.0f} in the middle, {max(took):,.0f} at worst"
            print(f"commit to row, ms: {told}", flush=True)
            await page.evaluate(PULSE)
            flood = asyncio.create_task(keep_publishing(stream, 500_000, a_second))
            await asyncio.sleep(seconds)
            flood.cancel()
            stood_ms = await page.evaluate("window.longestMs")
            print(f"longest standstill of the page at {a_second} events a second: {stood_ms:,.0f} ms", flush=True)
            await browser.close()
            await costs(stream, pid, base, seconds, a_second)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rate", type=int, default=500)
    asked = parser.parse_args()
    found = find_chromium()
    if found is None:
        sys.exit(HOW_TO_GET_ONE)
    asyncio.run(measure(found, asked.seconds, asked.rate))
