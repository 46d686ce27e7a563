"""Which articles repeat another one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.duplicates import (
    BodyPrint,
    DuplicateKind,
    Sighting,
    containment,
    find_owner,
    judge_kind,
    pack_owners,
    print_body,
    print_outlet,
    remember,
    unpack_owners,
)

HOUR_MS = 3_600_000
WINDOW_MS = 72 * HOUR_MS
NOW_MS = 1_700_000_000_000

BODY = (
    "The council met on Monday evening to vote on the new bridge. Members from four parties spoke for two hours "
    "before the plan was adopted by nine votes to six. Work is to begin in the spring and to last for three years. "
    "Residents of the old town had asked for a tunnel instead, which the mayor called too expensive for a small town."
)
OTHER = (
    "Rain fell over the valleys for a third day and closed two mountain roads. Farmers moved their cattle to higher "
    "ground while volunteers filled sandbags near the mill. The weather service expects a dry weekend, with cold "
    "nights and fog in the mornings, before another front arrives from the west on Tuesday afternoon."
)
GREW = BODY + " The opposition announced on Tuesday that it would ask a court to look at the vote, and collected signatures."


def sighting(offset: int = 0, at_ms: int = NOW_MS, body: str = BODY, outlet: str = "Harbour Times") -> Sighting:
    return Sighting(offset, at_ms, f"{offset:032x}", print_outlet(outlet), print_body(body))


@pytest.mark.parametrize(
    ("owner_ms", "seen_ms", "repeats"),
    [
        pytest.param(NOW_MS, NOW_MS, True, id="at the same time"),
        pytest.param(NOW_MS, NOW_MS + WINDOW_MS, True, id="at the window's very end"),
        pytest.param(NOW_MS, NOW_MS + WINDOW_MS + 1, False, id="just beyond the window"),
        pytest.param(NOW_MS, NOW_MS - WINDOW_MS, True, id="a late article that is older than its owner"),
        pytest.param(NOW_MS, NOW_MS - WINDOW_MS - 1, False, id="a backfilled article from long before"),
    ],
)
def test_an_owner_counts_within_the_window_in_either_direction(owner_ms, seen_ms, repeats):
    owner, seen = sighting(1, owner_ms), sighting(2, seen_ms)
    assert find_owner([owner], seen, WINDOW_MS) == (owner if repeats else None)


def test_an_article_never_repeats_itself_or_what_comes_after_it():
    """A replayed record meets its own offset, and later ones, in the table: they make no duplicate of it."""
    assert find_owner([sighting(5), sighting(7)], sighting(5), WINDOW_MS) is None


def test_of_two_owners_within_the_window_the_later_in_the_log_is_named():
    assert find_owner([sighting(1), sighting(3)], sighting(5), WINDOW_MS) == sighting(3)


def test_a_headline_that_comes_back_after_the_window_gets_a_new_owner():
    first, back = sighting(1), sighting(2, NOW_MS + WINDOW_MS + 1)
    assert find_owner([first], back, WINDOW_MS) is None
    assert find_owner(remember([first], back), sighting(3, NOW_MS + WINDOW_MS + 2), WINDOW_MS) == back


def test_a_backfill_of_old_articles_does_not_make_the_table_forget_todays():
    today = sighting(1)
    owners = remember([today], sighting(2, NOW_MS - 10 * WINDOW_MS))
    owners = remember(owners, sighting(3, NOW_MS - 20 * WINDOW_MS))
    assert find_owner(owners, sighting(4, NOW_MS + HOUR_MS), WINDOW_MS) == today


@pytest.mark.parametrize(
    ("body", "outlet", "kind"),
    [
        pytest.param(BODY, "Harbour Times", DuplicateKind.SAME_ARTICLE, id="the same text again"),
        pytest.param(BODY.upper(), "Hill Post", DuplicateKind.SAME_ARTICLE, id="the same text elsewhere, in capitals"),
        pytest.param(GREW, "Harbour Times", DuplicateKind.UPDATED, id="the same outlet's text, grown"),
        pytest.param(GREW, "Hill Post", DuplicateKind.SAME_ARTICLE, id="nearly the same text at another outlet"),
        pytest.param(OTHER, "Harbour Times", DuplicateKind.SAME_HEADLINE, id="another text under a recurring headline"),
        pytest.param("", "Hill Post", DuplicateKind.SAME_HEADLINE, id="no text at all"),
    ],
)
def test_a_duplicate_tells_in_what_way_it_repeats_its_owner(body, outlet, kind):
    assert judge_kind(sighting(1), sighting(2, body=body, outlet=outlet)) == kind


def test_articles_without_an_outlet_are_never_taken_for_updates_of_each_other():
    assert judge_kind(sighting(1, outlet=""), sighting(2, body=GREW, outlet="")) == DuplicateKind.SAME_ARTICLE


def test_a_cut_copy_stands_in_the_whole_and_a_different_text_does_not():
    half = " ".join(BODY.split()[: len(BODY.split()) // 2])
    assert containment(print_body(BODY), print_body(half)) > 0.6
    assert containment(print_body(BODY), print_body(OTHER)) == 0.0


def test_a_text_without_spaces_is_compared_by_its_characters():
    text = "市議会は月曜日の夜、新しい橋の建設計画を賛成多数で可決した。工事は来年の春に始まる。"
    assert containment(print_body(text), print_body(text + "野党は反対した。")) > 0.6


@pytest.mark.parametrize("kinds", [1, 10, 1_000])
def test_what_stands_between_words_does_not_count(kinds):
    symbols = iter([chr(0x2190 + number % kinds) for number in range(1_000)])  # arrows and what follows on them
    assert print_body(re.sub(r"[ .]+", lambda _: next(symbols), BODY * 3)) == print_body(BODY * 3)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 2_000_000, id="one word of 2 MB"),
        pytest.param("a" * 1_000_000 + " " + "b" * 1_000_000, id="two words of 1 MB"),
        pytest.param("".join(map(chr, range(0xF0000, 0x100000))) * 8, id="65,536 kinds of symbols"),
    ],
)
def test_a_hostile_body_takes_no_more_time_than_another(text):
    """Two megabytes take tenths of a second; anything quadratic would take hours, and the run with it."""
    assert print_body(text) is not None


sightings = st.builds(
    Sighting,
    offset=st.integers(0, 2**62),
    timestamp_ms=st.integers(-1, 2**62),
    article_id=st.binary(min_size=16, max_size=16).map(bytes.hex),
    outlet=st.integers(0, 2**32 - 1),
    body=st.text(max_size=200).map(print_body),
)


@given(st.lists(sightings, max_size=3).map(tuple))
def test_owners_survive_being_stored(owners):
    assert unpack_owners(pack_owners(owners)) == owners


def test_nothing_stored_means_no_owners():
    assert unpack_owners(None) == ()


@given(st.text())
def test_any_text_can_be_compared_and_contains_itself(text):
    printed = print_body(text)
    assert containment(printed, printed) == 1.0
    assert isinstance(printed, BodyPrint)


@given(st.lists(st.integers(0, WINDOW_MS), min_size=1, max_size=30))
def test_in_a_log_in_time_order_an_article_is_first_when_the_last_first_is_out_of_the_window(pauses_ms):
    owners: tuple[Sighting, ...] = ()
    last_first_ms = None
    at_ms = NOW_MS
    for offset, pause_ms in enumerate(pauses_ms):
        at_ms += pause_ms
        seen = sighting(offset, at_ms)
        owner = find_owner(owners, seen, WINDOW_MS)
        is_first = last_first_ms is None or at_ms - last_first_ms > WINDOW_MS
        assert (owner is None) == is_first
        if is_first:
            owners, last_first_ms = remember(owners, seen), at_ms
        assert len(owners) <= 5


def test_only_the_outlets_name_counts_not_its_case():
    assert print_outlet("Harbour Times") == print_outlet("HARBOUR TIMES")
    assert print_outlet(None) == print_outlet("") == 0


@given(
    backfill_ms=st.lists(st.integers(0, NOW_MS - 4 * WINDOW_MS), max_size=12),
    false_ms=st.integers(NOW_MS + 2 * WINDOW_MS, 2**52),
    false_at=st.integers(0, 12),
)
def test_neither_a_backfill_nor_a_false_time_takes_todays_place(backfill_ms, false_ms, false_at):
    """Whenever they come: a repeat of today's finds today's."""
    times = [NOW_MS, *backfill_ms]
    times.insert(min(false_at, len(times)), false_ms)
    owners: tuple[Sighting, ...] = ()
    for offset, at_ms in enumerate(times):
        owners = remember(owners, sighting(offset, at_ms))
    owner = find_owner(owners, sighting(len(times), NOW_MS + HOUR_MS), WINDOW_MS)
    assert owner is not None
    assert owner.timestamp_ms == NOW_MS


@given(st.lists(st.integers(-1, 2**62), min_size=1, max_size=20))
def test_the_owner_nearest_in_time_to_a_newcomer_stays_beside_it(times):
    owners: tuple[Sighting, ...] = ()
    for offset, at_ms in enumerate(times):
        newcomer = sighting(offset, at_ms)
        nearest_ms = min((abs(owner.timestamp_ms - at_ms) for owner in owners), default=None)
        owners = remember(owners, newcomer)
        kept = [abs(owner.timestamp_ms - at_ms) for owner in owners if owner != newcomer]
        assert min(kept, default=None) == nearest_ms
        assert newcomer in owners
        assert len(owners) <= 5
