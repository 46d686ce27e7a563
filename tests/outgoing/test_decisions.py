"""What a receiver is told about a version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.outgoing.book import Book
from streams.outgoing.decisions import EXPIRED, NOTHING, Known, Notice, Telling, decide, decide_waiting
from streams.outgoing.items import item_of, rank_of
from tests.outgoing.items import BEFORE, HOUR_S, LATER, NOW_S, item, kill, record

FIRST = rank_of({"version": "1", "versionCreated": "2027-01-15T06:00:00Z"})
SECOND = rank_of({"version": "2", "versionCreated": "2027-01-15T06:00:00Z"})
THIRD = rank_of({"version": "3", "versionCreated": "2027-01-15T06:00:00Z"})

TOLD = Telling(Notice.ARTICLE, latest=True)
GONE = Telling(Notice.REMOVED, latest=True)
WAITS = Telling(None, latest=True, waits=True)


@pytest.mark.parametrize(
    ("of", "known", "decision"),
    [
        pytest.param(item(1), Known(), TOLD, id="an article is told"),
        pytest.param(item(1), Known(FIRST, told=True), TOLD, id="the same version again is told again"),
        pytest.param(item(1, number="2"), Known(FIRST, told=True), TOLD, id="a newer version is told too"),
        pytest.param(item(1), Known(SECOND, told=True), NOTHING, id="an older version that comes late is not"),
        pytest.param(item_of(kill(1)), Known(), GONE, id="a kill is told, whatever was told before"),
        pytest.param(item_of(kill(1)), Known(THIRD, told=True), NOTHING, id="a kill of an older version is not told"),
        pytest.param(item(1, embargoedUntil=LATER), Known(), WAITS, id="an embargo waits"),
        pytest.param(item(1, embargoedUntil=BEFORE), Known(), TOLD, id="an embargo that has ended is none"),
        pytest.param(
            item(1, number="2", embargoedUntil=LATER), Known(FIRST, told=True), replace(WAITS, tell=Notice.REMOVED),
            id="what was told and is embargoed now is taken back until then",
        ),
        pytest.param(item(1, expires=BEFORE), Known(), Telling(None, latest=True), id="an expired article is not told"),
        pytest.param(item(1, expires=BEFORE), Known(FIRST, told=True), GONE, id="one that was told is taken back"),
        pytest.param(item(1, expires=LATER), Known(), TOLD, id="one that expires later is told"),
    ],
)  # fmt: skip
def test_the_decision_about_a_version(of, known, decision):
    assert decide(of, known, NOW_S, wanted=True) == decision


def test_a_receiver_is_told_that_an_article_which_no_longer_matches_is_gone():
    assert decide(item(1), Known(FIRST, told=True), NOW_S, wanted=False) == GONE
    assert decide(item(1), Known(), NOW_S, wanted=False) == Telling(None, latest=True)


def test_an_article_that_expires_before_its_embargo_ends_is_never_sent():
    late = item(1, embargoedUntil=LATER, expires="2027-01-15T08:30:00Z")
    assert decide_waiting(late, NOW_S + HOUR_S) == Telling(None, latest=True)


VERSIONS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["usable", "canceled"]),
        st.sampled_from([None, BEFORE, LATER]),
        st.sampled_from([None, BEFORE, LATER, "2027-01-15T10:00:00Z"]),
        st.sampled_from([0.0, 0.0, HOUR_S / 2, HOUR_S]),
    ),
    max_size=12,
)


@given(VERSIONS)
@example([(1, "usable", None, None, 0.0), (2, "usable", LATER, LATER, 0.0), (1, "usable", None, None, 0.0)])
def test_only_articles_that_may_be_shown_are_sent_and_none_is_forgotten(tmp_path_factory, versions):
    """In any order of events, the receiver has an article exactly if its newest version may be shown by now."""
    book, now_s, has = Book(tmp_path_factory.mktemp("book") / "book"), NOW_S, None

    def tell(of, decision):
        nonlocal has
        book.settle(of, decision)
        if decision.tell is Notice.ARTICLE:
            assert of.is_shown(now_s)
            has = of.offset
        elif decision.tell is Notice.REMOVED:
            has = None

    def pass_time():
        for each in book.released(now_s, 100):
            tell(each, decide_waiting(each, now_s))
        for each in book.expired(now_s, 100):
            tell(each, EXPIRED)

    newest = None
    for offset, (number, status, embargo, expiry, passes_s) in enumerate(versions):
        of = item_of(record(offset, number=str(number), pubStatus=status, embargoedUntil=embargo, expires=expiry))
        tell(of, decide(of, book.known(of), now_s, wanted=True))
        now_s += passes_s
        pass_time()
        newest = of if newest is None or of.rank >= newest.rank else newest
    now_s = max(now_s, NOW_S + HOUR_S)
    pass_time()
    book.close()
    assert has == (newest.offset if newest is not None and newest.is_shown(now_s) else None)
