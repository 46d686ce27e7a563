"""What people come to the console for, from the first page to the answer: among hostile records, on small and large screens."""

from __future__ import annotations

import time

import orjson
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from streams.documents import REPLAY_HEADER
from streams.steps import header
from streams.topics import RAW, REJECTED
from tests.broker.stream import Raw
from tests.browser.conftest import TIMEOUT_MS, live

expect.set_options(timeout=TIMEOUT_MS)
pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY_MS = 24 * 3600 * 1000
SCREENS = [(360, "light"), (360, "dark"), (768, "light"), (1920, "dark")]
EVIL = '<img src=x onerror="window.hacked=1">\u202e</script>{{alert(1)}}'
WALLS = {"consent-wall": 7, "robot-check": 3, "pay-wall": 2}  # of the outlet that sends them
OTHERS = tuple(f"calm{each}.example" for each in range(6))


def noon_ms(day):
    """Noon of a day in the browser's own zone, as many days from today."""
    now = time.localtime()
    return int(time.mktime((now.tm_year, now.tm_mon, now.tm_mday + day, 12, 0, 0, 0, 0, -1)) * 1000)


def letter(number, reason, outlet, at_ms):
    """A record of news.rejected as a worker writes it."""
    headers = {
        "content-type": "application/json",
        "__streams.errors.exception": reason,
        "__streams.errors.message": f"of {reason}: {EVIL}",
        "__streams.errors.topic": RAW,
        "__streams.errors.partition": "0",
        "__streams.errors.offset": str(number),
        "__streams.errors.stage": "prepare",
        "ce_origin": f"{RAW}/0/{number}",
    }
    text = f"The council of town {number} met on Monday and voted on the budget after a short debate. {EVIL}\n" * 3
    value = orjson.dumps({"url": f"https://{outlet}/{number}", "title": f"Town {number} votes {EVIL}", "text": text})
    return Raw(value, f"{reason}-{number}".encode(), [(name, told.encode()) for name, told in headers.items()], at_ms)


@pytest.fixture(scope="module", autouse=True)
def _worker(shown):
    shown.stream.start_worker()


async def opened(page, base, width, scheme):
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 900})
    await page.goto(base)
    await live(page)


async def as_it_should_be(page, width):
    """No script of a record's ran, nothing sticks out, and axe finds nothing."""
    assert await page.evaluate("window.hacked") is None
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    found = await Axe().run(page)
    assert not found.response["violations"], found.generate_report()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
async def test_why_an_article_is_missing(shown, page, width, scheme):
    """An editor has its address: the wire does not know it, and shows the way to what became of it."""
    number = 1000 + width + (scheme == "dark")
    await shown.stream.publish([letter(number, "too-large", "lost.example", noon_ms(0))], REJECTED)
    await opened(page, shown.base, width, scheme)
    await page.keyboard.press("/")
    await page.keyboard.type(f"lost.example/{number}")
    await page.get_by_role("button", name="in Rejected").press("Enter")
    await expect(page.locator(".rec")).to_have_count(1)
    await expect(page.locator(".rg h2")).to_contain_text("too-large")
    await page.locator(".rec .open").press("Enter")
    await expect(page.locator("#why")).to_contain_text("HEADWATER_MAX_ARTICLE_BYTES")
    await as_it_should_be(page, width)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
async def test_all_that_was_too_large_yesterday_is_replayed_and_nothing_else(shown, page, width, scheme):
    """By the keyboard alone: the filter, the question, whose first answer is no, and what was sent."""
    first = 10 * width + 5 * (scheme == "dark")
    mine = [letter(first + each, "too-large", f"big{first}.example", noon_ms(-1)) for each in range(2)]
    others = [
        letter(first + 2, "too-large", f"big{first}.example", noon_ms(0)),
        letter(first + 3, "too-large", f"big{first}.example", noon_ms(-2)),
        letter(first + 4, "not-json", f"big{first}.example", noon_ms(-1)),
    ]
    await shown.stream.publish([*mine, *others], REJECTED)
    await opened(page, shown.base, width, scheme)
    await page.get_by_role("tab", name="Rejected").press("Enter")
    await page.get_by_label("Words").last.press_sequentially(f"big{first}.example")
    await expect(page.locator("#found")).to_have_text("5 records")
    await page.get_by_label("When").select_option("yesterday")
    await expect(page.locator("#found")).to_have_text("3 records")
    await page.get_by_label("Reason").select_option("too-large")
    await expect(page.locator("#found")).to_have_text("2 records")
    await as_it_should_be(page, width)
    await page.locator("#replay-all .btn").press("Enter")
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    await page.get_by_role("button", name="Replay 2 records").press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Sent 2 records")).to_be_visible()
    await as_it_should_be(page, width)
    replayed = [each.key for each in await shown.stream.read([RAW]) if header(each, REPLAY_HEADER)]
    assert {key for key in replayed if int(key.rpartition(b"-")[2]) // 5 == first // 5} == {each.key for each in mine}


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
async def test_which_outlet_sends_the_walls(shown, page, width, scheme):
    """Each reason names its outlets with their numbers, most first; one more key, and its records are there."""
    outlet, first = f"walled{width}{scheme}.example", 100_000 + 100 * width + (scheme == "dark") * 50
    sends = {reason: count * (1 + SCREENS.index((width, scheme))) for reason, count in WALLS.items()}  # more than those before
    letters = [(reason, outlet) for reason, count in sends.items() for _ in range(count)]
    letters += [(reason, other) for other in OTHERS for reason in WALLS]
    made = [letter(first + each, *told, noon_ms(0)) for each, told in enumerate(letters)]
    await shown.stream.publish(made, REJECTED)
    await opened(page, shown.base, width, scheme)
    await page.get_by_role("tab", name="Rejected").press("Enter")
    for reason, count in sends.items():
        section = page.get_by_role("region", name=reason)
        await expect(section.locator(".outs")).to_contain_text(f"from {outlet} {count}")
        await expect(section.locator(".outs")).to_contain_text("other outlet")  # no more than five are named
    await page.get_by_role("region", name="consent-wall").get_by_role("button", name=outlet).press("Enter")
    await expect(page.locator("#found")).to_have_text(f"{sends['consent-wall']} records")
    await as_it_should_be(page, width)
