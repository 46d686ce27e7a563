"""A stream with a console, and a browser that looks at it; both for a whole module of tests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.broker.stream import Stream
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium

TIMEOUT_MS = 60_000


@dataclass
class Shown:
    """A stream, its console's address (with the token behind "#"), and the browser."""

    stream: Stream
    address: str
    browser: Browser

    @property
    def base(self) -> str:
        return self.address.partition("#")[0]

    @property
    def token(self) -> str:
        return self.address.partition("#token=")[2]


async def start_console(stream: Stream, *options: str) -> str:
    """Start ``headwater console`` and return the address that it prints."""
    process = await stream.start_command("console", "--port", "0", *options)
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    assert line.startswith(b"console: http://127.0.0.1:"), (await process.stderr.read()).decode()
    return line.decode().removeprefix("console: ").strip()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown(tmp_path_factory):
    executable = find_chromium()
    assert executable, HOW_TO_GET_ONE
    async with Stream(tmp_path_factory.mktemp("console")) as stream, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield Shown(stream, await start_console(stream), browser)
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(shown):
    """A page with the token, whose script has raised nothing and whose policy has stopped nothing when the test ends."""
    context = await shown.browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"a dialogue: {dialog.message}"))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    await page.goto(shown.address)
    await live(page)
    yield page
    await context.close()
    assert not wrong


async def live(page: Page) -> None:
    await page.locator("#live", has_text="Live").wait_for()


@pytest.fixture(scope="session", autouse=True)
def _named():
    """Failures begin with what is missing, not with a traceback of the browser's."""
    assert find_chromium(), HOW_TO_GET_ONE
