"""What a receiver gets, and how often, by a local server that answers as the test decides."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from streams.http.addresses import RefusedAddressError
from streams.outgoing.book import Book
from streams.outgoing.items import ArticleFilter
from streams.outgoing.source import Turn
from streams.webhook import sending as sending_module
from streams.webhook.answers import MOST_WAIT_S, Meaning, meaning_of, wait_s
from streams.webhook.delivering import Deliverer, GoneError
from streams.webhook.sending import sending
from streams.webhook.signing import Message
from tests.feeds.farm import farm, moved
from tests.outgoing.items import HOUR_S, LATER, NOW_S, kill, record

KEY = b"k" * 32
MESSAGE = Message("msg_1", b"{}", "news.enriched/0/1")


class Receiver:
    """A server that keeps what it is sent; answers by ``statuses``, then 200."""

    def __init__(self) -> None:
        self.statuses = []
        self.got = []
        self.headers = {}

    async def answer(self, request):
        body = await request.json()
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            said = body["data"]
            told = said["document"]["headlines"][0]["value"] if "document" in said else said["id"].rpartition(":")[2]
            self.got.append((request.headers["webhook-id"], body["type"].removeprefix("article."), told))
        return web.Response(status=status, headers=self.headers)

    @property
    def told(self):
        return [each[1:] for each in self.got]


class Run:
    """A process that delivers to the receiver, at a time that a test sets; its sleeps take no time."""

    def __init__(self, file, **filters) -> None:
        self.now_s = NOW_S
        self.waits = []
        self.said = []
        self.file = file
        self.wanted = ArticleFilter.of(MultiDict(filters))

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)

    async def take(self, url, *records):
        by_partition = {}
        for each in records:
            by_partition.setdefault(each.partition, []).append(each)
        nexts = {number: each[-1].offset + 1 for number, each in by_partition.items()}
        with contextlib.closing(Book(self.file, survives_power_cuts=False)) as book:
            async with sending(url, KEY, allow_private=True, clock=lambda: self.now_s) as sender:
                self.delivery = Deliverer(
                    book, sender.send, self.wanted, self.said.append, lambda: self.now_s, sleep=self.sleep
                )
                await self.delivery.take(Turn(by_partition, nexts, at_end=True))
                await self.delivery.release()
                self.positions = book.positions()


@contextlib.asynccontextmanager
async def received():
    receiver = Receiver()
    async with farm("*") as own:
        own.answers["/hook"] = receiver.answer
        yield receiver, f"{own.root}/hook"


async def test_articles_kills_and_later_versions_come_in_their_order(tmp_path):
    async with received() as (receiver, url):
        await Run(tmp_path / "book").take(url, record(1, "a"), record(2, "a", number="2"), record(3, "b"))
        await Run(tmp_path / "book").take(url, kill(4, "a", number="3"))
    assert receiver.told == [("published", "Headline a 1"), ("published", "Headline a 2"), ("published", "Headline b 1"),
                             ("removed", "a")]  # fmt: skip


async def test_a_message_that_the_receiver_does_not_accept_is_sent_again_until_it_does_with_the_same_id(tmp_path):
    """A wrong token or address must not lose an article: somebody will fix it."""
    async with received() as (receiver, url):
        receiver.statuses = [500, 429, 401, 404, 302, 503, 503]
        run = Run(tmp_path / "book")
        await run.take(url, record(1, "a"), record(2, "b"))
    assert receiver.told == [("published", "Headline a 1"), ("published", "Headline b 1")]
    assert [1 <= run.waits[0] <= 1.5, 64 <= run.waits[-1] <= 96] == [True, True]
    assert len(run.said) == 2  # that it fails, and that it answers again
    assert run.delivery.totals.failed == 7


async def test_a_receiver_is_left_alone_for_as_long_as_it_asks(tmp_path):
    async with received() as (receiver, url):
        receiver.statuses, receiver.headers = [429], {"Retry-After": "120"}
        run = Run(tmp_path / "book")
        await run.take(url, record(1, "a"))
    assert run.waits[0] >= 120


async def test_an_article_that_the_receiver_refuses_again_and_again_does_not_hold_up_the_others(tmp_path):
    async with received() as (receiver, url):
        receiver.statuses = [400] * 5
        run = Run(tmp_path / "book")
        await run.take(url, record(1, "a"), record(2, "b"))
    assert receiver.told == [("published", "Headline b 1")]
    assert any("news.enriched/0/1" in line and "given up" in line for line in run.said)
    assert run.positions == {0: 3}


async def test_a_receiver_that_is_gone_is_not_asked_again(tmp_path):
    async with received() as (receiver, url):
        receiver.statuses = [410]
        run = Run(tmp_path / "book")
        with pytest.raises(ExceptionGroup) as raised:
            await run.take(url, record(1, "a"))
        assert raised.group_contains(GoneError)
        await run.take(url, record(1, "a"))
    assert receiver.told == [("published", "Headline a 1")]


async def test_a_kill_in_the_middle_of_a_request_sends_it_again_and_nothing_before_it(tmp_path):
    async with received() as (receiver, url):
        run = Run(tmp_path / "book")

        async def killed(_):
            raise asyncio.CancelledError

        run.sleep = killed
        receiver.statuses = [200, 500]
        with contextlib.suppress(asyncio.CancelledError):
            await run.take(url, record(1, "a"), record(2, "b"), record(3, "c"))
        with contextlib.closing(Book(tmp_path / "book")) as book:
            begin = book.positions()[0]
        assert begin == 2
        records = [record(1, "a"), record(2, "b"), record(3, "c")]
        await Run(tmp_path / "book").take(url, *(each for each in records if each.offset >= begin))
    assert [told for _, told in receiver.told] == ["Headline a 1", "Headline b 1", "Headline c 1"]


async def test_an_embargoed_article_is_told_once_when_its_embargo_ends(tmp_path):
    async with received() as (receiver, url):
        run = Run(tmp_path / "book")
        await run.take(url, record(1, "a", embargoedUntil=LATER), record(2, "b"))
        assert receiver.told == [("published", "Headline b 1")]
        run.now_s += HOUR_S
        await run.take(url)
        await run.take(url)
    assert receiver.told[1:] == [("published", "Headline a 1")]


async def test_an_article_that_expires_while_the_receiver_is_away_is_never_told(tmp_path):
    """And one that expires later is reported as removed, once."""
    async with received() as (receiver, url):
        receiver.statuses = [503] * 20
        run = Run(tmp_path / "book")
        await run.take(url, record(1, "a", expires="2027-01-15T08:01:00Z"), record(2, "b", expires=LATER))
        receiver.statuses = []
        run.now_s = NOW_S + 2 * HOUR_S
        await run.take(url)
        await run.take(url)
    assert receiver.told == [("published", "Headline b 1"), ("removed", "b")]


async def test_of_an_article_that_is_canceled_by_the_time_it_can_be_sent_only_the_removal_is_sent(tmp_path):
    async with received() as (receiver, url):
        await Run(tmp_path / "book").take(url, record(1, "a"), record(2, "b"), kill(3, "a"), record(4, "a", number="3"))
    assert receiver.told == [("published", "Headline b 1"), ("removed", "a"), ("published", "Headline a 3")]


async def test_filters_select_and_an_article_that_no_longer_matches_is_sent_as_removed(tmp_path):
    async with received() as (receiver, url):
        run = Run(tmp_path / "book", lang="de")
        await run.take(url, record(1, "a", language="de-AT"), record(2, "b", language="en"))
        await run.take(url, record(3, "a", number="2", language="en"), record(4, "b", number="2", language="en"))
    assert receiver.told == [("published", "Headline a 1"), ("removed", "a")]


async def test_no_answer_in_time_and_a_redirect_are_failures_and_nobody_follows_one(tmp_path, monkeypatch):
    monkeypatch.setattr(sending_module, "ANSWER_TIMEOUT_S", 0.2)
    never = asyncio.Event()

    async def silent(_) -> web.Response:
        await never.wait()
        return web.Response()

    async with received() as (receiver, url), farm("*") as other:
        other.answers |= {"/slow": silent, "/moved": lambda _: moved(url, 307)}
        async with sending(f"{other.root}/slow", KEY, allow_private=True) as sender:
            assert (await sender.send(MESSAGE)).status is None
        async with sending(f"{other.root}/moved", KEY, allow_private=True) as sender:
            assert (await sender.send(MESSAGE)).status == 307
        never.set()
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://169.254.169.254/",
        "ftp://a.example/x",
        "http://u:p@a.example/",
    ],
)
async def test_an_address_of_this_machine_or_a_private_network_is_refused(url):
    with pytest.raises(RefusedAddressError):
        async with sending(url, KEY):
            pass


async def test_a_name_that_leads_to_this_machine_is_refused_when_it_is_asked():
    async with received() as (receiver, url):
        name = url.replace("127.0.0.1", "localhost")
        async with sending(name, KEY) as sender:
            with pytest.raises(RefusedAddressError, match="not a public address"):
                await sender.send(MESSAGE)
    assert receiver.got == []


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, Meaning.DONE), (202, Meaning.DONE), (204, Meaning.DONE), (301, Meaning.AGAIN), (400, Meaning.REFUSED),
     (401, Meaning.AGAIN), (403, Meaning.AGAIN), (404, Meaning.AGAIN), (408, Meaning.AGAIN), (410, Meaning.GONE),
     (413, Meaning.REFUSED), (422, Meaning.REFUSED), (429, Meaning.AGAIN), (500, Meaning.AGAIN), (504, Meaning.AGAIN)],
)  # fmt: skip
def test_what_a_status_means(status, meaning):
    assert meaning_of(status) is meaning


@given(st.integers(1, 10_000), st.floats(0, 1e6), st.floats(0, 1))
def test_a_wait_grows_within_its_bounds(failures, asked_s, chance):
    waited = wait_s(failures, asked_s, chance)
    assert min(asked_s, 3600) <= waited <= 1.5 * max(MOST_WAIT_S, min(asked_s, 3600))
    assert waited <= 1.5 * wait_s(failures + 1, asked_s, 0.0)


def _answers(status, body=b"", *, length=None, encoding=None, ends=True):
    """A server's handler: this status, a body of another length than it says, or one that does not end."""

    async def answer(request):
        headers = ({"Content-Length": str(length)} if length else {}) | ({"Content-Encoding": encoding} if encoding else {})
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        await response.write(body)
        while not ends and request.transport is not None:  # until the sender has gone
            await asyncio.sleep(0.01)
        if request.transport is not None:
            request.transport.close()
        return response

    return answer


@pytest.mark.parametrize("status", [200, 410, 500])
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"body": b"ok", "length": 100}, id="it closes in the middle"),
        pytest.param({"body": b"ok", "encoding": "gzip"}, id="it is not the gzip that it says"),
        pytest.param({"body": b"ok", "ends": False}, id="its body does not end"),
    ],
)
async def test_the_status_counts_whatever_happens_to_the_answers_body(monkeypatch, status, broken):
    """A message that the receiver has taken is not sent again."""
    monkeypatch.setattr(sending_module, "_BODY_TIMEOUT_S", 0.2)
    async with farm("*") as own, sending(f"{own.root}/hook", KEY, allow_private=True) as sender:
        own.answers["/hook"] = _answers(status, **broken)
        assert (await sender.send(MESSAGE)).status == status
