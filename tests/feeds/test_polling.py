"""Feeds into a list instead of Kafka: what is published, what is requested, what is remembered."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiokafka.errors import KafkaError

from streams.feeds import polling
from streams.feeds.entries import read_feed
from streams.feeds.fetching import fetching
from streams.feeds.manners import Manners, Pace
from streams.feeds.polling import Poller
from streams.feeds.seen import Seen
from streams.http.addresses import connector, refusal_behind
from tests.feeds.farm import ARTICLE, PAGE, Farm, bomb, farm, item, moved, rss, slow, zipped


class Reader:
    """A poller whose records end in a list; each ``once`` is a process of its own on the same memory."""

    def __init__(self, folder: Path, own: Farm) -> None:
        self.farm = own
        self.file = folder / "seen.sqlite3"
        self.records: list[dict[str, object]] = []
        self.said: list[str] = []
        self.broken = False
        self.allow_private = True

    async def send(self, key: bytes, value: bytes) -> None:
        if self.broken:
            raise KafkaError("away")
        self.records.append(json.loads(value))

    async def once(self, *paths: str, timeout_s: float = 20.0) -> str:
        """Poll, and return the totals."""
        urls = [path if "://" in path else self.farm.root + path for path in paths]
        with contextlib.closing(Seen(self.file, time.time())) as seen:
            async with fetching(allow_private=self.allow_private, timeout_s=timeout_s) as fetcher:
                poller = Poller(Manners(fetcher, Pace(0)), seen, self.send, self.said.append, every_s=900)
                await poller.run(urls, once=True)
        return str(poller.totals)

    def forgive(self, path: str) -> None:
        """As if the wait after a failure were over."""
        with contextlib.closing(Seen(self.file, time.time())) as seen:
            seen.put(replace(seen.state_of(self.farm.root + path), not_before_s=0.0))


@asynccontextmanager
async def reading(folder: Path) -> AsyncIterator[Reader]:
    async with farm() as own:
        yield Reader(folder, own)


async def test_an_entry_is_published_with_its_page_and_the_feeds_facts(tmp_path):
    """What the feed tells and what the page holds are one record, which the pipeline reads."""
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": rss(item("/a", more="<category>Politics</category>")), "/a": PAGE}
        await reader.once("/feed")
    (record,) = reader.records
    assert record["html"] == PAGE
    assert record["title"] == "Bridge to be built"
    assert record["url"] == reader.farm.root + "/a"
    assert (record["language"], record["feed_title"], record["keywords"]) == ("en", "The Farm", ["Politics"])


async def test_the_same_poll_twice_gives_nothing_new(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": rss(item("/a"), item("/b")), "/a": PAGE, "/b": PAGE}
        await reader.once("/feed")
        assert len(reader.records) == 2
        await reader.once("/feed")
    assert len(reader.records) == 2
    assert reader.farm.asked["/a"] == 1


async def test_an_unchanged_feed_costs_a_304(tmp_path):
    def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"' and request.headers.get("If-Modified-Since") == "yesterday":
            return web.Response(status=304)
        return web.Response(text=rss(item("/a")), headers={"ETag": '"1"', "Last-Modified": "yesterday"})

    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": answer, "/a": PAGE}
        await reader.once("/feed")
        assert "1 unchanged" in await reader.once("/feed")


async def test_nothing_is_remembered_before_kafka_has_it(tmp_path):
    """Kafka breaks off, and the entry comes with the next poll; no ETag hides it."""
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {
            "/feed": lambda request: web.Response(
                status=304 if "If-None-Match" in request.headers else 200, text=rss(item("/a")), headers={"ETag": '"1"'}
            ),
            "/a": PAGE,
        }
        reader.broken = True
        with pytest.raises(ExceptionGroup):
            await reader.once("/feed")
        reader.broken = False
        await reader.once("/feed")
    assert len(reader.records) == 1


async def test_a_page_that_fails_is_tried_in_three_rounds_and_then_the_feed_speaks_alone(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {
            "/feed": lambda request: web.Response(
                status=304 if "If-None-Match" in request.headers else 200, text=rss(item("/a")), headers={"ETag": '"1"'}
            ),
            "/a": lambda _: web.Response(status=500),
        }
        assert "1 put off" in await reader.once("/feed")
        assert "1 put off" in await reader.once("/feed")
        assert "1 of them with the feed's own text only" in await reader.once("/feed")
        assert reader.farm.asked["/a"] == 3
    assert "html" not in reader.records[0]
    assert reader.records[0]["summary"] == "The council has decided."


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: web.Response(status=404), id="it is gone"),
        pytest.param(lambda _: web.Response(body=b"%PDF-1.7", content_type="application/pdf"), id="it is of another type"),
        pytest.param(lambda _: moved("/page", 301), id="it redirects to itself"),
        pytest.param(lambda _: moved("file:///etc/passwd", 302), id="it redirects to a file"),
        pytest.param(lambda _: moved("http://[::1", 302), id="it redirects to no address at all"),
        pytest.param(lambda _: bomb("gzip"), id="it is a bomb"),
        pytest.param(lambda _: web.Response(body=b"x", headers={"Content-Encoding": "br"}), id="it is compressed unasked"),
    ],
)
async def test_a_page_that_will_never_come_leaves_the_feeds_own_words(tmp_path, answer):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": rss(item("/page")), "/page": answer}
        await reader.once("/feed")
    (record,) = reader.records
    assert "html" not in record
    assert record["title"] == "Bridge to be built"


async def test_a_feed_that_carries_the_text_costs_no_page(tmp_path):
    async with reading(tmp_path) as reader:
        whole = f"<content:encoded><![CDATA[<p>{ARTICLE}</p>]]></content:encoded>"
        cut = f"<content:encoded><![CDATA[<p>{ARTICLE[:1200]} …</p>]]></content:encoded>"
        reader.farm.answers |= {"/feed": rss(item("/a", more=whole), item("/b", more=cut)), "/b": PAGE}
        await reader.once("/feed")
    assert reader.farm.asked["/a"] == 0
    assert {record["html"] for record in reader.records} == {f"<p>{ARTICLE}</p>", PAGE}


async def test_a_changed_guid_is_no_new_entry_and_one_guid_for_all_hides_none(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": rss(item("/a?utm_source=rss", guid="1"), item("/b", guid="1")), "/a": PAGE, "/b": PAGE}
        await reader.once("/feed")
        reader.farm.answers["/feed"] = rss(item("/a?utm_source=feed", guid="2"), item("/b", guid="3"))
        await reader.once("/feed")
    assert len(reader.records) == 2


async def test_entries_that_share_one_link_are_distinguished(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {
            "/feed": rss(item("/", "Flood in the north", "1"), item("/", "Vote in the south", "2")),
            "/": PAGE,
        }
        await reader.once("/feed")
    assert {record["title"] for record in reader.records} == {"Flood in the north", "Vote in the south"}


async def test_a_link_that_two_feeds_list_is_one_entry(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/one": rss(item("/a")), "/two": rss(item("/a")), "/a": PAGE}
        await reader.once("/one", "/two")
    assert len(reader.records) == 1


async def test_robots_txt_is_kept_for_feeds_and_pages(tmp_path):
    async with reading(tmp_path) as reader:
        robots = "User-agent: *\nDisallow: /\n\nUser-agent: Headwater\nDisallow: /closed/\n"
        reader.farm.answers |= {
            "/robots.txt": lambda _: web.Response(text=robots),
            "/feed": rss(item("/closed/a"), item("/open")),
            "/closed/feed": rss(item("/open")),
            "/closed/a": PAGE,
            "/open": PAGE,
        }
        await reader.once("/feed", "/closed/feed")
        assert reader.farm.asked["/closed/a"] == reader.farm.asked["/closed/feed"] == 0
        assert reader.farm.asked["/robots.txt"] == 1
    assert len(reader.records) == 2
    assert any("robots.txt forbids it" in line for line in reader.said)


async def test_if_robots_txt_can_not_be_read_nothing_is_requested(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/robots.txt": lambda _: web.Response(status=503), "/feed": rss(item("/a"))}
        await reader.once("/feed")
    assert reader.farm.asked["/feed"] == 0


@pytest.mark.parametrize("status", [429, 500, 503, 410, 403])
async def test_a_feed_that_fails_is_left_alone_for_as_long_as_it_says(tmp_path, status):
    """Also by the next process: a command that cron starts every minute does not ask every minute."""
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": lambda _: web.Response(status=status, headers={"Retry-After": "3600"})}
        await reader.once("/feed")
        await reader.once("/feed")
        assert reader.farm.asked["/feed"] == 1
        with contextlib.closing(Seen(reader.file, time.time())) as seen:
            assert seen.state_of(reader.farm.root + "/feed").not_before_s > time.time() + 3_500


async def test_a_host_that_asks_to_be_left_alone_is_with_all_its_pages(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {
            "/feed": rss(item("/a"), item("/b")),
            "/a": lambda _: web.Response(status=429, headers={"Retry-After": "60"}),
            "/b": PAGE,
        }
        assert "2 put off" in await reader.once("/feed")
    assert reader.farm.asked["/b"] == 0


async def test_a_feed_that_moved_for_good_is_asked_where_it_is(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/old": lambda _: moved("/new", 301), "/new": rss(item("/a")), "/a": PAGE}
        await reader.once("/old")
        await reader.once("/old")
        assert (reader.farm.asked["/old"], reader.farm.asked["/new"]) == (1, 2)
        reader.farm.answers |= {"/new": lambda _: web.Response(status=404), "/old": rss(item("/b")), "/b": PAGE}
        await reader.once("/old")
        reader.forgive("/old")
        await reader.once("/old")
    assert len(reader.records) == 2, "an address that fails is given up for the one we were told"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(slow, id="a byte now and then"),
        pytest.param(lambda _: bomb("gzip"), id="a gzip bomb"),
        pytest.param(lambda _: bomb("deflate"), id="a deflate bomb"),
        pytest.param(lambda _: moved("/bad", 301), id="a loop of redirects"),
        pytest.param(lambda _: web.Response(body=b"\x89PNG\r\n\x1a\n\0\0", content_type="image/png"), id="a picture"),
        pytest.param(lambda _: web.Response(text=PAGE, content_type="text/html"), id="a page"),
        pytest.param(lambda _: web.Response(text='{"items": 7}'), id="other JSON"),
        pytest.param(lambda _: web.Response(text="{"), id="broken JSON"),
        pytest.param(lambda _: web.Response(body=b""), id="nothing"),
        pytest.param(lambda _: web.Response(body=b"/etc/passwd"), id="the name of a file"),
        pytest.param(
            lambda _: web.Response(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
            id="compressed otherwise than it says",
        ),
        pytest.param(
            lambda _: web.Response(
                text='<!DOCTYPE r [<!ENTITY a "'
                + "x" * 1000
                + '">'
                + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcde", "bcdef", strict=True))
                + "]><rss version='2.0'><channel><title>&f;</title></channel></rss>"
            ),
            id="a billion laughs",
        ),
    ],
)
async def test_a_feed_that_misbehaves_harms_only_itself(tmp_path, answer):
    """Its neighbour is read, it is asked less often, and nothing of it is published."""
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/bad": answer, "/good": rss(item("/a")), "/a": PAGE}
        await reader.once("/bad", "/good", timeout_s=3 if answer is slow else 60)
    assert [record["url"] for record in reader.records] == [reader.farm.root + "/a"]


async def test_a_huge_entry_is_cut_to_what_a_record_may_be(tmp_path):
    async with reading(tmp_path) as reader:
        huge = f"<content:encoded>{'word ' * 1_200_000}</content:encoded><author>{'x' * 100_000}</author>"
        reader.farm.answers |= {"/feed": rss(item("/a", more=huge))}
        await reader.once("/feed")
    (record,) = reader.records
    assert 1_000_000 < len(json.dumps(record)) < 3_000_000


async def test_a_zipped_feed_is_read(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": lambda _: zipped(rss(item("/a"))), "/a": PAGE}
        await reader.once("/feed")
    assert len(reader.records) == 1


async def test_a_page_is_decoded_as_it_says(tmp_path):
    async with reading(tmp_path) as reader:
        page = f'<html><head><meta charset="windows-1251"></head><body><p>Мост через реку построят. {ARTICLE}</p></body></html>'
        body = page.encode("cp1251")
        reader.farm.answers |= {"/feed": rss(item("/a")), "/a": lambda _: web.Response(body=body, content_type="text/html")}
        await reader.once("/feed")
    assert reader.records[0]["html"] == page


async def test_private_addresses_are_not_asked_unless_allowed(tmp_path):
    """Not as a feed, not by a name that resolves to one."""
    async with reading(tmp_path) as reader:
        reader.allow_private = False
        reader.farm.answers |= {"/feed": rss(item("/a")), "/a": PAGE}
        port = reader.farm.root.rpartition(":")[2]
        await reader.once(
            "/feed", f"http://localhost:{port}/feed", f"http://2130706433:{port}/feed", f"http://127.1:{port}/feed"
        )
    assert not reader.farm.asked
    assert sum("not a public address" in line or "not a canonical" in line for line in reader.said) == 4


async def test_requests_identify_the_reader(tmp_path):
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/feed": rss(item("/a")), "/a": PAGE}
        await reader.once("/feed")
    headers = reader.farm.headers["/a"]
    assert headers["User-Agent"].startswith("Headwater/")
    assert "Cookie" not in headers


async def test_requests_to_one_host_are_a_pause_apart():
    pace, began = Pace(0.2), time.monotonic()
    await asyncio.gather(*(pace.turn(f"http://one.example/{n}") for n in range(3)))
    assert time.monotonic() - began >= 0.4


async def test_no_way_of_writing_this_machine_s_number_gets_there(tmp_path):
    """Browsers and libraries read full-width and circled digits, and ideographic stops, as a number."""
    async with reading(tmp_path) as reader:
        reader.allow_private = False
        reader.farm.answers |= {"/feed": rss(item("/a")), "/a": PAGE}
        port = reader.farm.root.rpartition(":")[2]
        hosts = [
            "①②⑦.⓪.⓪.①",
            "１２７.０.０.１",
            "127。0。0。1",
            "ｌｏｃａｌｈｏｓｔ",
            "[::ffff:127.0.0.1]",
            "0x7f.1",
            "[64:ff9b::7f00:1]",
        ]
        await reader.once(*(f"http://{host}:{port}/feed" for host in hosts))
    assert not reader.farm.asked
    assert sum("not a public address" in line for line in reader.said) == len(hosts)


async def test_an_ip_address_is_checked_when_it_is_connected_to_however_it_got_there(tmp_path):
    async with reading(tmp_path) as reader, aiohttp.ClientSession(connector=connector(allow_private=False)) as session:
        with pytest.raises(aiohttp.ClientError) as raised:
            await session.get(reader.farm.root)
    assert refusal_behind(raised.value) is not None


async def test_robots_txt_counts_however_long_it_is(tmp_path):
    async with reading(tmp_path) as reader:
        robots = "User-agent: *\nDisallow: /\n" + "# a comment\n" * 100_000
        reader.farm.answers |= {
            "/robots.txt": lambda _: web.Response(text=robots), "/feed": rss(item("/a")), "/a": PAGE,
        }  # fmt: skip
        await reader.once("/feed")
    assert reader.farm.asked["/feed"] == 0
    assert "robots.txt forbids it" in reader.said[0]


async def test_an_index_of_packed_sitemaps_is_followed_one_deep(tmp_path):
    async with reading(tmp_path) as reader:
        root = reader.farm.root
        listed = "".join(f"<sitemap><loc>{root}/{name}</loc></sitemap>" for name in ("news.xml.gz", "news2"))
        index = f"<sitemapindex>{listed}</sitemapindex>"
        sitemap = gzip.compress(f"<urlset><url><loc>{root}/a</loc></url></urlset>".encode())
        reader.farm.answers |= {
            "/index": index, "/news2": index, "/a": PAGE,
            "/news.xml.gz": lambda _: web.Response(body=sitemap, content_type="application/gzip", headers={"ETag": '"1"'}),
        }  # fmt: skip
        await reader.once("/index")
        await reader.once("/index")
    assert [record["url"] for record in reader.records] == [f"{root}/a"]
    assert reader.farm.headers["/news.xml.gz"]["If-None-Match"] == '"1"'
    assert any("a sitemap index within another" in line for line in reader.said)


async def test_a_packed_sitemap_costs_no_more_than_its_bound(tmp_path):
    async with reading(tmp_path) as reader:
        bombed = gzip.compress(bytes(40 << 20))
        reader.farm.answers["/s.xml.gz"] = lambda _: web.Response(body=bombed, content_type="application/gzip")
        await reader.once("/s.xml.gz")
    assert "larger than" in reader.said[0]


async def test_a_feed_that_meets_a_fault_of_ours_is_told_and_the_others_go_on(tmp_path, monkeypatch):
    def faulty(body, url, content_type):
        if url.endswith("/odd"):
            raise KeyError("a bug")
        return read_feed(body, url, content_type)

    monkeypatch.setattr(polling, "read_feed", faulty)
    async with reading(tmp_path) as reader:
        reader.farm.answers |= {"/odd": rss(item("/a")), "/feed": rss(item("/b")), "/b": PAGE}
        said = await reader.once("/odd", "/feed")
    assert "1 failed" in said
    assert len(reader.records) == 1
    assert any("a fault in Headwater" in line and "KeyError" in line for line in reader.said)
