"""``make pictures``: the README's pictures of the console, light and dark, of the samples."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright

from streams.samples import load_samples
from tests.broker.stream import Raw, Stream
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium

DOCS = Path(__file__).resolve().parents[2] / "docs"
_SPREAD_S = 25  # between two samples


def samples() -> list[Raw]:
    """As if they had come over the last half hour."""
    found = load_samples()
    begin_ms = (time.time_ns() // 1_000_000) - len(found) * _SPREAD_S * 1000
    return [
        Raw(
            each.value,
            b"samples",
            [("content-type", each.content_type.encode())] if each.content_type else [],
            begin_ms + number * _SPREAD_S * 1000,
        )
        for number, each in enumerate(found)
    ]


async def take(executable: str) -> None:
    with tempfile.TemporaryDirectory(prefix="headwater-") as folder:
        async with Stream(Path(folder)) as stream, async_playwright() as playwright:
            stream.start_worker()
            process = await stream.start_command("console", "--port", "0", "--read-only")
            address = (await process.stdout.readline()).decode().removeprefix("console: ").strip()
            raw = samples()
            await stream.publish(raw)
            await stream.outcomes(len(raw))
            browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            for scheme in ("light", "dark"):
                page = await browser.new_page(viewport={"width": 1200, "height": 560}, color_scheme=scheme)
                await page.goto(address)
                await page.locator("#sum", has_text="all accounted for").wait_for()
                await page.locator(".row").nth(10).wait_for()
                await page.screenshot(path=DOCS / f"console-{scheme}.png")
            await browser.close()


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit(HOW_TO_GET_ONE)
    asyncio.run(take(found))
