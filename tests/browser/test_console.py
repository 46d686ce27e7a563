"""The console in a real browser, on a real Kafka: what an editor and an operator do with it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import orjson
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import TimeoutError as PlaywrightTimeout
from playwright.async_api import expect

from bench.speed.flood import memory_mb
from streams.documents import ORIGIN_HEADER
from streams.samples import load_samples
from streams.topics import ENRICHED, REJECTED
from tests.broker.stream import Raw
from tests.browser.conftest import TIMEOUT_MS, live, start_console
from tests.text.stories.articles import FERRY, FERRY_AGAIN

expect.set_options(timeout=TIMEOUT_MS)
pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = "Russia: We are open to negotiations with Ukraine"
WIDTHS = (360, 768, 1080, 1280, 1920)
TEXT = "The council met on Monday and voted on the budget after a short debate. The mayor spoke for the bill.\n" * 3


def article(headline, text=TEXT, **more):
    return Raw(orjson.dumps({"title": headline, "text": text, **more}), b"key", [("content-type", b"application/json")])


def now_ms():
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module", autouse=True)
def _worker(shown):
    shown.stream.start_worker()


async def publish_samples(stream):
    headers = [[("content-type", each.content_type.encode())] if each.content_type else [] for each in load_samples()]
    await stream.publish(Raw(sample.value, b"samples", header) for sample, header in zip(load_samples(), headers, strict=True))


def row(page, headline):
    return page.locator(".row", has_text=headline)


async def test_an_article_that_is_published_appears_and_all_is_accounted_for(shown, page):
    await publish_samples(shown.stream)
    await row(page, SEED).wait_for()
    await expect(page.locator("#sum")).to_contain_text(f"{len(load_samples())} = 54 + 7 + 13", timeout=TIMEOUT_MS)
    await expect(page.locator("#sum")).to_contain_text("all accounted for")
    await expect(page.locator("#live")).to_have_text("Live")
    await expect(page.locator(".cell.ready")).to_have_count(12)


async def test_a_duplicate_folds_under_the_first_and_lifts_it(shown, page):
    await shown.stream.publish([article("Tram to the harbour opens", publisher="Post")])
    await row(page, "Tram to the harbour opens").wait_for()
    await shown.stream.publish([article("Another story in between", publisher="Post")])
    await row(page, "Another story in between").wait_for()
    await shown.stream.publish([article("Tram to the harbour opens", publisher="Gazette")])
    fold = row(page, "Tram to the harbour opens").locator(".fold")
    await expect(fold.locator("summary")).to_contain_text("1 repeat, 2 outlets: same-article")
    await expect(page.locator(".row").first).to_contain_text("Tram to the harbour opens")
    await expect(row(page, "Tram to the harbour opens")).to_have_count(1)
    await fold.locator("summary").click()
    await fold.get_by_role("button", name="Gazette").click()
    await expect(page.locator("#why .acts")).to_contain_text("same-article")
    await page.get_by_role("button", name="Open the article it repeats").click()
    await expect(page.locator("#why .facts")).to_contain_text("Post")


async def test_a_filter_is_in_the_address_and_survives_a_reload(shown, page):
    everything = await page.locator(".row").count()
    await page.locator(".facet", has_text="sport").first.click()
    await expect(page.locator(".row")).not_to_have_count(everything)
    assert "subject=sport" in page.url
    found = await page.locator(".row .hl").all_inner_texts()
    await page.reload()
    await expect(page.locator(".row")).to_have_count(len(found))
    assert await page.locator(".row .hl").all_inner_texts() == found
    await expect(page.locator(".facet[aria-pressed=true]")).to_contain_text("sport")
    await page.get_by_label("Words in the headline").fill("council")
    await page.wait_for_url("**words=council**")
    await page.get_by_role("button", name="Clear filter").click()
    await expect(row(page, SEED)).to_have_count(1)
    assert "?" not in page.url


async def test_a_search_for_a_rejected_article_leads_there(shown, page):
    await shown.stream.publish([Raw(b'{"url": "https://lost.example/missing-one", "pages": 3}', b"key")])
    await page.get_by_label("Words in the headline").fill("missing-one")
    await page.get_by_role("button", name="in Rejected").click()
    await expect(page.locator(".rec")).to_have_count(1)
    await expect(page.locator(".rec")).to_contain_text("lost.example")


async def test_a_pause_holds_the_list_and_counts_what_comes(shown, page):
    await page.get_by_role("button", name="Pause").click()
    await shown.stream.publish(article(f"Story {number} while paused") for number in range(3))
    await expect(page.locator("#pause")).to_have_text("Resume, 3 new")
    await expect(row(page, "while paused")).to_have_count(0)
    await page.locator("#pause").click()
    await expect(row(page, "while paused")).to_have_count(3)


async def test_no_row_moves_under_the_pointer(shown, page):
    await page.locator(".row").nth(2).hover()
    before = await page.locator(".row .hl").all_inner_texts()
    await shown.stream.publish([article("Something new under a resting hand")])
    await expect(page.locator("#fresh")).to_have_text("1 new")
    assert await page.locator(".row .hl").all_inner_texts() == before
    await page.locator("h1").hover()
    await row(page, "Something new under a resting hand").wait_for()


async def test_the_drawer_tells_why_with_the_cuts_in_place_and_the_words_that_spoke(shown, page):
    await page.get_by_label("Words in the headline").fill("open to negotiations")
    await row(page, SEED).locator(".hl").click()
    await expect(page.locator(".ln", has_text="Capitals (Agencies)").locator("del")).to_have_text("Capitals (Agencies)")
    await expect(page.locator(".ln", has_text="Scroll to Top")).to_contain_text("a way to move about the site")
    await page.locator(".sub", has_text="conflict, war and peace").click()
    hot = [text.lower() for text in await page.locator("mark.hot").all_inner_texts()]
    assert {"ukraine", "war"} <= set(hot)
    await expect(page.locator("#why .json")).to_contain_text('"standard"')
    address = page.url
    await page.reload()
    await expect(page.locator("#why .big")).to_have_text(SEED)
    assert page.url == address


async def test_everything_can_be_done_by_keyboard(shown, page):
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("Enter")
    await expect(page.locator("#why .big")).to_have_text(second)
    await page.keyboard.press("j")
    await expect(page.locator("#why .big")).not_to_have_text(second)
    third = await page.locator("#why .big").inner_text()
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.textContent") == third
    await page.get_by_role("tab", name="Wire").focus()
    for name, panel in (("Stories", "#p-stories"), ("Rejected", "#p-rejected")):
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("tab", name=name)).to_be_focused()
        await expect(page.locator(panel)).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Words in the headline")).to_be_focused()


HOSTILE = {
    "a script": "<script>window.hacked=1;alert(1)</script>",
    "an image that fails": '<img src=x onerror="window.hacked=1;alert(2)">',
    "an override": "Rates \u202egnisir era\u202c now \u2067held\u2069",
    "one word of ten thousand": "W" * 10_000,
    "an end of the style": "</style></textarea>--><svg onload=alert(3)>",
    "a template": "${alert(4)} {{alert(5)}} javascript:alert(6)",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_headline_stays_text_in_its_box(shown, page, kind):
    mark = f"Hostile {sum(map(ord, kind))}"
    await shown.stream.publish([article(f"{mark} {HOSTILE[kind]}", f"{HOSTILE[kind]}\n{TEXT}", publisher=HOSTILE[kind][:200])])
    found = row(page, mark)
    await found.wait_for()
    await found.locator(".hl").click()
    await expect(page.locator("#why .big")).to_contain_text(mark)
    await page.locator("#why .json").wait_for()
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("body script, body img, #list svg, #why svg").count() == 0
    assert not set(await found.inner_text()) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.locator("#x").click()
    assert (await found.bounding_box())["height"] < 200


async def test_hostile_dead_letters_stay_text_too(shown, page):
    await shown.stream.publish(
        [Raw(b'{"<img src=x onerror=alert(1)>": "\xe2\x80\xae<script>alert(2)</script>"}', b"<b>key</b>")]
    )
    await page.get_by_role("tab", name="Rejected").click()
    await page.get_by_label("Words").last.fill("onerror")
    await expect(page.locator("#found")).to_have_text("1 record")
    await page.locator(".rec", has_text="onerror").wait_for()
    await page.locator(".rec .open").first.click()
    await expect(page.locator("#why .dump")).to_contain_text(r"\u202e<script>alert(2)</script>")
    assert await page.locator("body img, body script").count() == 0


async def test_the_page_never_scrolls_sideways(shown, page):
    for view in ("", "?view=rejected", "?view=health"):
        await page.goto(shown.base + view)
        await live(page)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (view, width)


VIEWS = {
    "wire": ("", ".row"),
    "drawer": ("", "#why .json"),
    "rejected with a question": ("?view=rejected&reason=not-json", ".ask"),
    "health": ("?view=health", ".hr"),
    "a filter without a match": ("?words=qqqqq", "#none"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("view", VIEWS)
async def test_axe_finds_nothing(shown, page, view, width, scheme):
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 900})
    query, ready = VIEWS[view]
    await page.goto(f"{shown.base}{query}")
    await live(page)
    if view == "drawer":
        await page.locator(".row .hl").first.click()
    if view.startswith("rejected"):
        await page.locator(".act .btn").first.click()
    await page.locator(ready).first.wait_for()
    found = await Axe().run(page)
    assert not found.response["violations"], found.generate_report()


async def test_acting_needs_the_token_and_other_sites_get_nothing(shown, page):
    cases = [
        ("POST", "/api/plan", {}, 403),
        ("POST", "/api/plan", {"Authorization": "Bearer wrong"}, 403),
        ("POST", "/api/replay", {"Authorization": f"Bearer {shown.token}", "Origin": "https://evil.example"}, 403),
        ("GET", "/api/rejected", {"Origin": "https://evil.example"}, 403),
        ("GET", "/events", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/", {"Host": "evil.example"}, 403),
        ("GET", "/api/record/__consumer_offsets/0/0", {}, 404),
        ("GET", "/api/record/news.enriched/99/0", {}, 404),
        ("GET", "/api/rejected?reason=none-such", {}, 400),
        ("GET", "/", {}, 200),
    ]
    async with aiohttp.ClientSession() as session:
        for method, path, headers, status in cases:
            async with session.request(method, shown.base.rstrip("/") + path, headers=headers, json={}) as answer:
                assert answer.status == status, (method, path, headers)
                assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Frame-Options"] == "DENY"
    context = await shown.browser.new_context()
    other = await context.new_page()
    await other.goto(f"{shown.base}?view=rejected")
    await expect(other.locator("#lede")).to_contain_text("with its token")
    await other.locator(".rg").first.wait_for()
    assert await other.locator(".act .btn").count() == 0
    await context.close()


async def test_a_read_only_console_lets_nobody_act(shown):
    address = await start_console(shown.stream, "--read-only")
    assert "token" not in address
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {shown.token}"}) as session,
        session.post(f"{address}api/plan", json={}) as answer,
    ):
        assert answer.status == 403


async def test_the_whole_page_weighs_less_than_100_kb(shown):
    total = 0
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        for path in ("", "console.css", "console.js", "favicon.ico"):
            async with session.get(shown.base + path) as answer:
                total += len(await answer.read())
    assert total < 40_000, "and the articles need the rest"


async def test_a_rejected_record_is_replayed_after_confirmation_and_comes_out(shown, page):
    stream = shown.stream
    worker = stream._workers[-1]
    worker.terminate()
    await asyncio.to_thread(worker.wait)
    small = stream.start_worker(HEADWATER_MAX_ARTICLE_BYTES="1024")
    large = [article(f"Large story number {number}", TEXT * 20, publisher="Post") for number in range(2)]
    await stream.publish(large)
    await page.goto(f"{shown.base}?view=rejected&reason=too-large&find=Large+story")
    await expect(page.locator("#found")).to_have_text("2 records", timeout=TIMEOUT_MS)
    small.terminate()
    await asyncio.to_thread(small.wait)
    stream.start_worker()
    button = page.locator("#replay-all .btn")
    await button.click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(button).to_be_focused()
    await button.click()
    await page.get_by_role("button", name="Replay 2 records").click()
    await expect(page.get_by_role("status").filter(has_text="Sent 2 records")).to_be_visible()
    await page.get_by_role("tab", name="Wire").click()
    await expect(row(page, "Large story number")).to_have_count(2, timeout=TIMEOUT_MS)
    await expect(page.locator("#sum")).to_contain_text("all accounted for")
    await page.get_by_role("tab", name="Rejected").click()
    await expect(page.locator(".rec", has_text="replayed")).to_have_count(2)
    assert await page.locator("#replay-all .btn").count() == 0


def enriched(number, headline="Flood story"):
    document = {
        "uri": f"urn:headwater:article:{number:032x}",
        "language": "en",
        "headlines": [{"value": f"{headline} {number}"}],
        "infoSources": [{"name": "Flood", "role": "publisher"}],
    }
    headers = [("ce_languageconfidence", b"1.00"), (ORIGIN_HEADER, b"elsewhere/0/0")]
    return Raw(orjson.dumps(document), b"%032x" % number, headers, now_ms())


PULSE = """() => {
  let last = performance.now(); window.longestMs = 0;
  const beat = now => { window.longestMs = Math.max(window.longestMs, now - last); last = now };
  setInterval(() => beat(performance.now()), 10)
}"""


async def flood(shown, page, first, count):
    """Publish this many articles as fast as Kafka takes them, and wait until the page shows one that came behind; returns s.

    In a flood it shows the newest four a second: of those behind, one comes when the others are through.
    """
    begun_s = time.monotonic()
    for begin in range(first, first + count, 1_000):
        await publish_a_thousand(shown, begin)
    await end_of_flood(shown, page, first + count)
    return time.monotonic() - begun_s


async def publish_a_thousand(shown, first):
    await shown.stream.publish([enriched(number) for number in range(first, first + 1_000)], ENRICHED)


async def end_of_flood(shown, page, first):
    """Publish articles, numbered from `first`, until the page shows one; returns its number."""
    number = first
    async with asyncio.timeout(2 * TIMEOUT_MS / 1000):
        while not await is_shown_last(shown, page, number):
            number += 1
    return number


async def is_shown_last(shown, page, number):
    await shown.stream.publish([enriched(number, "The end of the flood")], ENRICHED)
    try:
        await row(page, f"The end of the flood {number}").wait_for(timeout=2_000)
    except PlaywrightTimeout:
        return False
    return True


async def flood_until(shown, enough, first):
    """Publish 2,000 articles a second, numbered from `first`, until `enough` is set; returns the next number."""
    number = first
    while not enough.is_set():
        await publish_a_thousand(shown, number)
        number += 1_000
        await asyncio.sleep(0.5)
    return number


async def held_by(page):
    """What the page holds once garbage is collected: bytes of its heap, nodes of its document."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    counted = await session.send("Memory.getDOMCounters")
    heap = await session.send("Runtime.getHeapUsage")
    await session.detach()
    return heap["usedSize"], counted["nodes"]


async def test_actions_in_a_flood_are_answered(shown, page):
    """Rows stay while they are held, a filter narrows, and an article opens, while thousands come."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        coming = group.create_task(flood_until(shown, enough, 1_000_000))
        await expect(page.locator("#banner")).to_contain_text("newest 4 a second")
        await page.get_by_role("button", name="Pause").click()
        before = await page.locator(".row .hl").all_inner_texts()
        await expect(page.locator("#pause")).to_have_text("Resume, 1,000+ new")
        assert await page.locator(".row .hl").all_inner_texts() == before
        await page.locator(".row .hl").first.click()
        await expect(page.locator("#why .json")).to_contain_text("Flood")
        await page.keyboard.press("Escape")
        await page.locator("#pause").click()
        enough.set()
    last = await end_of_flood(shown, page, coming.result())
    await page.reload()
    await expect(row(page, "lood")).to_have_count(200)
    await page.get_by_label("Words in the headline").fill(f"end of the flood {last}")
    await expect(page.locator(".row")).to_have_count(1)


async def test_articles_older_than_the_ring_are_found_by_a_filter(shown, page):
    await shown.stream.publish([article("The lighthouse keeper retires")])
    await row(page, "The lighthouse keeper retires").wait_for()
    await flood(shown, page, 900_000, 2_000)
    await page.goto(f"{shown.base}?words=lighthouse+keeper")
    await row(page, "The lighthouse keeper retires").wait_for()


async def test_a_flood_of_thousands_a_second_neither_freezes_the_page_nor_makes_it_grow(shown, page):
    """The second flood is four times the first: what is held for each article would show."""
    console = shown.stream._commands[0].pid
    await flood(shown, page, 0, 3_000)
    heap, nodes = await held_by(page)
    resident_mb = memory_mb(console)
    await page.evaluate(PULSE)
    lasted_s = await flood(shown, page, 10_000, 12_000)
    longest_s = await page.evaluate("window.longestMs") / 1000
    heap_after, nodes_after = await held_by(page)
    assert longest_s < lasted_s / 4
    assert heap_after < 1.5 * heap
    assert nodes_after < 1.5 * nodes
    assert memory_mb(console) < 1.5 * resident_mb
    assert await page.locator(".row").count() <= 200
    await expect(page.locator(".facet", has_text="Flood")).to_contain_text("1,000", timeout=TIMEOUT_MS)


async def test_an_absent_kafka_is_shown_and_the_page_continues_when_it_is_back(shown, page):
    stream = shown.stream
    shown_before = await page.locator(".row").count()
    await asyncio.to_thread(stream._kafka.kill)
    await expect(page.locator("#banner")).to_contain_text("Kafka has not answered since", timeout=TIMEOUT_MS)
    await expect(page.locator("#live")).to_have_text("Kafka away")
    assert await page.locator(".row").count() == shown_before
    await asyncio.to_thread(stream._kafka.restart)
    await expect(page.locator("#live")).to_have_text("Live", timeout=2 * TIMEOUT_MS)
    await expect(page.locator("#banner")).to_be_hidden()
    await stream.publish([article("Kafka is back, and so is the news")])
    await row(page, "Kafka is back, and so is the news").wait_for(timeout=2 * TIMEOUT_MS)
    assert [record.topic for record in await stream.read([REJECTED])]


async def test_stories_have_a_place_with_their_members_by_latest_change_and_by_size(shown, page):
    await shown.stream.publish(
        [
            article("Ferry runs aground off Kellmouth", FERRY, publisher="The Kellmouth Post", url="https://post.example/f1"),
            article(
                "All 214 passengers saved from the Aurelia", FERRY_AGAIN, publisher="Gull Radio", url="https://post.example/f2"
            ),
        ]
    )
    await page.get_by_role("tab", name="Stories").click()
    story = page.locator("#stories li", has_text="Kellmouth").first
    await expect(story).to_contain_text("2 articles, 2 outlets, English")
    await story.locator("summary").click()
    await expect(story.locator(".timeline")).to_contain_text("Gull Radio")
    await page.get_by_role("button", name="Largest").click()
    await expect(page.locator("#told-stories")).to_contain_text("those of most outlets first")
    await expect(story.locator(".timeline")).to_be_visible()
    await page.get_by_role("tab", name="Wire").click()
