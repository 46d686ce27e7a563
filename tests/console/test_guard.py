"""Who may ask for what."""

from __future__ import annotations

import pytest

from streams.console.guard import comes_from_elsewhere, is_own_host, knows
from streams.console.rows import Row
from streams.console.viewers import MOST_VIEWERS, Allowance, Viewers, event
from streams.console.wire import Filter


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8420", True),
        ("localhost", True),
        ("console.localhost:8420", True),
        ("[::1]:8420", True),
        ("192.168.1.7:8420", True),
        ("news.example:8420", True),
        ("NEWS.example", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("news.example.evil.example", False),
        ("", False),
        ("[broken", False),
        ("localhost:", True),
        ("localhost:abc", False),
        ("localhost:65536", False),
        ("127.0.0.1:80:80", False),
        ("evil@localhost", False),
        ("localhost/path", False),
        ("localhost#a", False),
        ("localhost?a", False),
        ("localhost evil.example", False),
        ("[::1%25<a>]", False),
    ],
)
def test_only_our_own_names_and_addresses_in_numbers_are_answered(host, own):
    assert is_own_host(host, {"News.example"}) is own


@pytest.mark.parametrize(
    ("origin", "fetch_site", "elsewhere"),
    [
        (None, None, False),
        (None, "none", False),
        ("http://localhost:8420", "same-origin", False),
        ("http://localhost:8421", "same-site", True),
        ("https://evil.example", "cross-site", True),
        ("https://evil.example", None, True),
        ("null", None, True),
        (None, "cross-site", True),
    ],
)
def test_another_sites_page_is_told_apart(origin, fetch_site, elsewhere):
    assert comes_from_elsewhere("localhost:8420", origin, fetch_site) is elsewhere


@pytest.mark.parametrize(
    ("token", "said", "may"),
    [
        ("s3cret", "Bearer s3cret", True),
        ("s3cret", "Bearer S3CRET", False),
        ("s3cret", "bearer s3cret", True),
        ("s3cret", "BEARER  s3cret ", True),
        ("s3cret", "Bearers3cret", False),
        ("s3cret", "Basic s3cret", False),
        ("s3cret", "", False),
        ("s3cret", "s3cret", False),
        ("s3cret", None, False),
        ("s3cret", "Bearer \udcff", False),
        (None, "Bearer None", False),
        (None, None, False),
    ],
)
def test_only_holders_of_the_token_can_act(token, said, may):
    assert knows(token, said) is may


def row(number, **more):
    return Row(f"id{number}", f"news.enriched/0/{number}", "", number, number, f"Story {number}", **more)


async def test_a_viewer_that_does_not_keep_up_is_dropped_and_others_are_not():
    viewers = Viewers()
    slow, quick = viewers.enter(Filter()), viewers.enter(Filter())
    [audience] = viewers
    for number in range(100):
        audience.tell(b"%d" % number)
        await quick.events.get()
    assert slow.dropped
    assert await slow.events.get() is None
    assert not quick.dropped


def test_the_number_of_viewers_is_bounded():
    viewers = Viewers()
    seen = [viewers.enter(Filter()) for _ in range(MOST_VIEWERS)]
    assert viewers.enter(Filter()) is None
    viewers.leave(Filter(), seen[0])
    assert viewers.enter(Filter(words=("x",))) is not None


def test_in_a_flood_only_the_newest_rows_are_sent_and_everything_is_counted():
    viewers = Viewers()
    viewers.enter(Filter())
    [audience] = viewers
    told = []
    for flush in range(40):
        for number in range(125):
            viewers.changed(row(flush * 125 + number))
        told.append(audience.flush(0.25))
    assert sum(each["matched"] for each in told) == 5_000
    assert sum(len(each["rows"]) for each in told) <= 200 + 40
    assert sum(len(each["rows"]) + each["skipped"] for each in told) == 5_000
    assert told[-1]["rows"][-1]["id"] == "id4999"


def test_viewers_with_a_filter_get_only_what_matches_it():
    viewers = Viewers()
    viewers.enter(Filter(language="fr"))
    [audience] = viewers
    viewers.changed(row(1, language="en"))
    assert audience.flush(0.25) is None
    viewers.changed(row(2, language="fr"))
    assert [each["id"] for each in audience.flush(0.25)["rows"]] == ["id2"]


def test_an_allowance_fills_up_again_and_never_beyond_its_measure():
    allowance = Allowance(most=10, a_second=4)
    assert allowance.take(100, 0.0) == 10
    assert allowance.take(100, 1.0) == 4
    assert allowance.take(100, 3_600.0) == 10


def test_an_event_is_one_line_of_data_whatever_a_headline_holds():
    payload = event("rows", {"headline": "a\n\nevent: evil\ndata: {}\r\u2028"}, "x-1")
    lines = payload.decode().split("\n")
    assert lines[:2] == ["id: x-1", "event: rows"]
    assert lines[2].startswith("data: {")
    assert lines[3:] == ["", ""]
