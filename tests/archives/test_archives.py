"""Reading web archives, and continuing an interrupted load; the test plays Kafka."""

from __future__ import annotations

import asyncio
import gzip
import re
import tempfile
from pathlib import Path
from random import Random

import orjson
import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.archives.loading import Loader, Noted
from streams.archives.pages import MOST_PAGE_BYTES, ArchivedPage, Passed, page_of, time_ms_of
from streams.archives.reading import BrokenArchiveError, Found, read_archive
from tests.archives.making import archive, page

TITLES = [f"Town {number}" for number in range(6)]
MADE = [(f"https://news.example/{number}", page(title), {}) for number, title in enumerate(TITLES)]
SHORT = {packed: archive(MADE[:3], packed=packed) for packed in (True, False)}
NOW_S = 1_800_000_000.0


def read(content, offset=0):
    """All that is found, and whether the archive was whole."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.warc")
        file.write_bytes(content)
        found = []
        try:
            found.extend(read_archive(file, offset))
        except BrokenArchiveError:
            return found, False
        return found, True


def one(*response):
    """The result of an archive's single response."""
    (found,), whole = read(archive([response]))
    assert whole
    return found.what if isinstance(found.what, Passed) else page_of(found.what)


@pytest.mark.parametrize("packed", [pytest.param(True, id="packed"), pytest.param(False, id="not packed")])
def test_the_responses_of_an_archive_become_pages_and_can_be_read_on_from_each(packed):
    content = archive(MADE, packed=packed)
    found, whole = read(content)
    assert whole
    pages = [page_of(each.what) for each in found]
    assert [orjson.loads(each.value) for each in pages] == [{"url": url, "html": body.decode()} for url, body, _ in MADE]
    assert {each.time_ms for each in pages} == {1_714_979_289_000}
    for number, each in enumerate(found, 1):
        assert read(content, each.next_offset) == (found[number:], True)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        pytest.param(gzip.compress(page("A")), {"Content_Encoding": "gzip"}, id="gzip"),
        pytest.param(page("A"), {"Content_Encoding": "gzip"}, id="said to be gzip, and unpacked by the crawler"),
        pytest.param(b"%x\r\n%s\r\n0\r\n\r\n" % (len(page("A")), page("A")), {"Transfer_Encoding": "chunked"}, id="chunked"),
        pytest.param(page("A"), {"Content_Type": "application/xhtml+xml"}, id="XHTML"),
        pytest.param(page("A"), {"Content_Type": ""}, id="no content type, but the look of a page"),
        pytest.param(page("A").decode().encode("utf-16"), {"Content_Type": "text/html"}, id="UTF-16"),
    ],
)
def test_a_page_comes_out_as_it_was_sent(body, more):
    made = one("https://news.example/a", body, more)
    assert orjson.loads(made.value)["html"].lstrip("\ufeff") == page("A").decode()


@pytest.mark.parametrize(
    ("why", "body", "more"),
    [
        pytest.param("status other than 200", b"", {"status": "301 Moved"}, id="a redirect"),
        pytest.param("status other than 200", page("A"), {"status": "404 Not Found"}, id="an error page"),
        pytest.param("not HTML", b"\x89PNG", {"Content_Type": "image/png"}, id="a picture"),
        pytest.param("not HTML", b"User-agent: *", {"Content_Type": "text/plain"}, id="robots.txt"),
        pytest.param("packed in an unsupported way", b"\x0b", {"Content_Encoding": "br"}, id="Brotli"),
        pytest.param("too large", b"<p>" + b"a" * MOST_PAGE_BYTES, {}, id="a page above the bound"),
        pytest.param("too large", gzip.compress(b"<p>" + b"a" * (40 << 20)), {"Content_Encoding": "gzip"}, id="a gzip bomb"),
    ],
)
def test_anything_else_is_passed_over_and_says_why(why, body, more):
    assert one("https://news.example/a", body, more) == Passed(why)


def test_a_page_that_cannot_be_decoded_is_published_as_its_bytes():
    """So it is rejected with its bytes and the reason, like any other record."""
    body = b"%PDF-1.7\n" + Random(1).randbytes(4_000)
    made = one("https://news.example/a", body, {})
    assert (made.value, made.content_type) == (body, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("date", "time_ms"),
    [
        pytest.param("2024-05-06T07:08:09Z", 1_714_979_289_000, id="WARC 1.0"),
        pytest.param("2024-05-06T07:08:09.123456789Z", 1_714_979_289_123, id="WARC 1.1, with nanoseconds"),
        pytest.param("20240506070809", 1_714_979_289_000, id="ARC"),
        pytest.param("yesterday", None, id="something else"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_time_is_read_as_archives_write_it(date, time_ms):
    assert time_ms_of(date) == time_ms


@settings(deadline=None)
@given(st.data(), st.booleans())
def test_an_archive_that_breaks_off_or_is_torn_gives_what_comes_before(data, packed):
    """A broken response is never published; and once the archive is whole, it can be read on from where it broke off."""
    content = SHORT[packed]
    cut = data.draw(st.integers(0, len(content)))
    found, _ = read(content[:cut] + data.draw(st.sampled_from([b"", b"\0\0garbage", b"WARC/1.0\r\n"])))
    whole, _ = read(content)
    assert [each.what for each in found] == [each.what for each in whole[: len(found)]]
    assert len(found) >= sum(each.next_offset <= cut for each in whole)
    if found:
        assert read(content, found[-1].next_offset) == (whole[len(found) :], True)


@pytest.mark.parametrize("tail", [b"\0\0garbage", b"WARC/1.0\r\n"])
def test_bytes_written_after_an_archive_broke_off_are_not_part_of_a_page(tail):
    """Not packed, it has no checksum: other bytes may fill the length that a record told."""
    content = SHORT[False]
    whole, _ = read(content)
    end = whole[0].next_offset
    for cut in range(end - 16, end + 1):
        found, is_complete = read(content[:cut] + tail)
        assert (found, is_complete) == (whole[: len(found)], False), cut


def test_an_archive_that_breaks_off_within_a_length_gives_only_what_comes_before():
    """ "Content-Length: 63" may be the beginning of "Content-Length: 634"."""
    content = SHORT[False]
    whole, _ = read(content)
    begin = content.rindex(b"\r\nContent-Length:", 0, content.rindex(b"HTTP/1.")) + 2
    for cut in range(begin, content.index(b"\r\n\r\n", begin) + 4):
        found, is_complete = read(content[:cut])
        assert (found, is_complete) == (whole[: len(found)], False), content[begin:cut]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>", id="a page"),
        pytest.param(gzip.compress(archive(MADE, packed=False)), id="packed as a whole, so that none of it can be found again"),
        pytest.param(archive(MADE)[:-200], id="broken off"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_reported(content):
    assert read(content)[1] is False


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"X: " + b"a" * (4 << 20), id="one endless line"),
        pytest.param(b"X: a\r\n" * (1 << 20), id="lines without end"),
    ],
)
def test_a_head_without_end_is_read_no_further_than_it_may_be_long(head):
    """What comes before such a record is read; a response with such a head is passed over, and the next one read."""
    found, whole = read(SHORT[True] + gzip.compress(b"WARC/1.0\r\n" + head))
    assert (len(found), whole) == (3, False)
    http = b"HTTP/1.1 200 OK\r\n" + head
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    )
    found, whole = read(gzip.compress(record % (len(http), http)) + SHORT[True])
    assert (found[0].what, len(found), whole) == (Passed("broken"), 4, True)


class Kafka:
    """Takes pages and confirms each at once, until it has had ``most``."""

    def __init__(self, most=1_000, error=KafkaConnectionError):
        self.pages, self.most, self.error = [], most, error

    async def send(self, made: ArchivedPage):
        future = asyncio.get_running_loop().create_future()
        if len(self.pages) < self.most:
            self.pages.append(made)
            future.set_result(None)
        else:
            future.set_exception(self.error("gone"))
        return future


def keys(kafka):
    return [made.key.decode().rpartition("/")[2] for made in kafka.pages]


@pytest.fixture
def made(tmp_path):
    file = tmp_path / "a.warc.gz"
    file.write_bytes(archive(MADE))
    return file


async def test_a_load_interrupted_by_kafka_continues_where_kafka_has_it(tmp_path, made):
    """Nothing is left out, and nothing that was confirmed before the break is published again."""
    noted = Noted(tmp_path / "noted")
    first, second, third = Kafka(most=2), Kafka(), Kafka()
    with pytest.raises(KafkaConnectionError):
        await Loader(noted, first.send).load(made)
    await Loader(noted, second.send).load(made)
    assert keys(first) + keys(second) == [str(number) for number in range(6)]
    await Loader(noted, third.send).load(made)
    assert keys(third) == []
    await Loader(noted, third.send).load(made, again=True)
    assert len(keys(third)) == 6
    noted.close()


async def test_an_archive_that_breaks_off_is_loaded_on_once_it_is_whole(tmp_path, made):
    whole = made.read_bytes()
    noted = Noted(tmp_path / "noted")
    kafka = Kafka()
    made.write_bytes(whole[: len(whole) - 900])
    with pytest.raises(BrokenArchiveError):
        await Loader(noted, kafka.send).load(made)
    before = len(kafka.pages)
    made.write_bytes(whole)
    await Loader(noted, kafka.send).load(made)
    assert 0 < before < 6
    noted.close()


async def test_a_page_larger_than_kafka_takes_is_counted_and_the_next_ones_go_on(tmp_path, made):
    noted, kafka = Noted(tmp_path / "noted"), Kafka(most=4, error=MessageSizeTooLargeError)
    loader = Loader(noted, kafka.send)
    await loader.load(made)
    assert loader.counts == {"published": 4, "too large": 2}
    noted.close()


async def test_a_time_ahead_of_the_clock_becomes_now(tmp_path):
    """Kafka would refuse it, and its batch with it."""
    file = tmp_path / "a.warc"
    file.write_bytes(archive([("https://news.example/a", page("A"), {"date": "2999-01-01T00:00:00Z"})]))
    noted, kafka = Noted(tmp_path / "noted"), Kafka()
    await Loader(noted, kafka.send, clock=lambda: NOW_S).load(file)
    assert [each.time_ms for each in kafka.pages] == [int(NOW_S * 1000)]
    noted.close()


def _spoiled(length):
    """The first of three packed pages with another length than it has."""
    plain = archive(MADE[:1], packed=False)
    begin = plain.rindex(b"WARC/1.0\r\n")  # where its response begins
    head, _, body = plain[begin:].partition(b"\r\n\r\n")
    head = re.sub(rb"Content-Length: \d+", b"Content-Length: " + length, head)
    return gzip.compress(head + b"\r\n\r\n" + body)


@pytest.mark.parametrize("length", [b"10", b"100000", b"-5", b"many"])
def test_a_packed_page_with_a_wrong_length_is_broken_and_the_next_ones_go_on(length):
    """One bad record does not cost the rest of an archive."""
    bad = _spoiled(length)
    found, whole = read(bad + SHORT[True])
    assert whole
    assert found[0] == Found(Passed("broken"), len(bad))
    assert [each.what for each in found[1:]] == [each.what for each in read(SHORT[True])[0]]
    assert read(bad)[1] is False  # nothing follows: it may as well have broken off


@pytest.mark.parametrize("pages", [1, 2, 30])
def test_no_progress_is_noted_for_an_archive_packed_as_a_whole(pages):
    """A small one has all its records in one gulp: the places counted from its end lay before its beginning."""
    found, whole = read(gzip.compress(archive(MADE[:1] * pages, packed=False)))
    assert (found, whole) == ([], False)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda content: content.replace(b"<h1>", b"<h1>\x1b[2J\nmore than was told", 1), id="longer than its length"
        ),
        pytest.param(lambda content: content.replace(b"https://", b"https:// \x1b[2J", 1), id="an address with a space"),
    ],
)
def test_nothing_of_a_file_reaches_the_terminal_unasked(damage, capfd, caplog):
    """The library writes warnings of its own, with the bytes of the file in them."""
    read(damage(SHORT[False]))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
