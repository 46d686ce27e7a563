"""Which articles repeat another one."""

from __future__ import annotations

import re
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.formats import read_stamp
from streams.text.duplicates import (
    MOST_TEXTS_OF_NEWS,
    SAME_NEWS_MS,
    BodyPrint,
    DuplicateKind,
    Sighting,
    containment,
    find_repeat,
    judge_kind,
    pack_owners,
    print_body,
    print_outlet,
    remember,
    remember_text,
    unpack_owners,
    without,
)
from streams.text.headline import normalise_headline
from streams.text.wording import Headline, Wording, take_apart

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


HEADLINE = take_apart(normalise_headline("Council adopts plan for harbour bridge"))


def find_owner(row, seen: Sighting, window_ms: int, headline: Headline = HEADLINE) -> Sighting | None:
    found = find_repeat(row, seen, headline, window_ms)
    return found.owner if found else None


def sighting(offset: int = 0, at_ms: int = NOW_MS, body: str = BODY, outlet: str = "Harbour Times") -> Sighting:
    return Sighting(offset, at_ms, f"{offset:032x}", print_outlet(outlet), print_body(body), wording=HEADLINE.wording)


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
        pytest.param(OTHER, "Hill Post", DuplicateKind.SAME_HEADLINE, id="another text under a telling headline"),
        pytest.param("", "Hill Post", DuplicateKind.SAME_HEADLINE, id="no text at all"),
        pytest.param(OTHER, "Harbour Times", DuplicateKind.RUBRIC, id="another text of the same outlet: its column"),
    ],
)
def test_a_duplicate_says_how_it_repeats_its_owner(body, outlet, kind):
    found = find_repeat([sighting(1)], sighting(2, body=body, outlet=outlet), HEADLINE, WINDOW_MS)
    assert (found.owner, found.kind) == (sighting(1), kind)


def test_articles_without_an_outlet_are_never_taken_for_updates_of_each_other():
    assert judge_kind(sighting(1, outlet=""), sighting(2, body=GREW, outlet="")) == DuplicateKind.SAME_ARTICLE


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("".join(map(chr, range(0x4E00, 0x9000))), id="Chinese"),
        pytest.param(" ".join(map(str, range(20_000))), id="numbers"),
        pytest.param(" ".join(f"{number:08}" for number in range(20_000)), id="long words"),
    ],
)
def test_a_long_body_is_hashed_without_a_step_of_ours_for_each_of_its_words(body):
    calls = 0

    def note(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    print_body(body[:100])  # patterns are compiled at their first use
    sys.setprofile(note)
    try:
        print_body(body)
    finally:
        sys.setprofile(None)
    assert calls < 100


def test_a_body_longer_than_what_is_hashed_at_once_has_the_smallest_hashes_of_all_of_it():
    words = [f"{number:x}" for number in range(40_000)]
    whole = set(print_body(" ".join(words)).sketch)
    parts = [print_body(" ".join(words[start : start + 1_002])).sketch for start in range(0, len(words), 1_000)]
    assert whole == set(sorted(set().union(*parts))[: len(whole)])


def test_a_cut_copy_stands_in_the_whole_and_a_different_text_does_not():
    half = " ".join(BODY.split()[: len(BODY.split()) // 2])
    assert containment(print_body(BODY), print_body(half)) > 0.6
    assert containment(print_body(BODY), print_body(OTHER)) == 0.0


def test_a_text_without_spaces_is_compared_by_its_characters():
    text = "市議会は月曜日の夜、新しい橋の建設計画を賛成多数で可決した。工事は来年の春に始まる。"
    assert containment(print_body(text), print_body(text + "野党は反対した。")) > 0.6


@pytest.mark.parametrize("kinds", [1, 10, 1_000])
def test_text_between_words_does_not_count(kinds):
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
    wording=st.builds(
        Wording,
        fine=st.integers(0, 2**32 - 1),
        genre=st.integers(0, 2**32 - 1),
        order=st.lists(st.integers(1, 16), max_size=16).map(bytes),
    ),
    was_withheld=st.booleans(),
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
        assert len(owners) <= 12


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
        assert len(owners) <= 12


# ---- Headlines that are columns' names, or almost equal

TEXTS = [
    " ".join(f"word{number}{letter} and{number * 7 + place} more{place}" for place, letter in enumerate("abcdefghijklmnopqrst"))
    for number in range(20)
]


def read(headline: str) -> Headline:
    return take_apart(normalise_headline(headline))


def seen_as(headline: str, offset: int, *, text: str, at_ms: int = NOW_MS, outlet: str | None = None) -> Sighting:
    body, name = print_body(text), print_outlet(outlet or f"Outlet {offset}")
    return Sighting(offset, at_ms, f"{offset:032x}", name, body, wording=read(headline).wording)


def kind_of(headline: str, earlier: str, *, text: str = TEXTS[1], **seen) -> DuplicateKind | None:
    """What kind of repeat an article is of an earlier one, whose text is ``TEXTS[0]``."""
    row = remember((), seen_as(earlier, 1, text=TEXTS[0], outlet="Port Gazette"))
    found = find_repeat(row, seen_as(headline, 2, text=text, **seen), read(headline), WINDOW_MS)
    return found.kind if found else None


@pytest.mark.parametrize(
    "headline",
    [
        "Weather",
        "Morning briefing",
        "Letters to the editor",
        "Business Highlights",
        "Weather forecast for Monday, March 2",
        "Your daily horoscope for Thursday",
        "Wetter am Montag",
        "Leserbriefe zum Thema der Woche",
        "Cartas al director",
        "Le journal du soir",
        "Прогноз погоды на завтра",
        "天气预报",
        "오늘의 운세",
    ],
)
def test_the_name_of_a_column_over_another_text_is_another_article(headline):
    assert kind_of(headline, headline) is DuplicateKind.RUBRIC
    assert kind_of(headline, headline, text=TEXTS[0]) is DuplicateKind.SAME_ARTICLE


DAILY = (
    "The average price of a gallon of regular gasoline in Kellmouth county is {} crowns today, the motorists' federation"
    " reports every morning. Stations along the coastal highway charge {} crowns. Drivers who commute towards Dunmarrow find"
    " cheaper stations behind the harbour, according to the federation's regional comparison."
)


@pytest.mark.parametrize("outlet", ["Port Gazette", "Lorn Times"])
@pytest.mark.parametrize(
    "headline", ["Gas prices in Kellmouth today", "Wetter am Montag", "Stocks close higher as banks gain", "Preços hoje"]
)
def test_the_next_days_numbers_in_a_services_form_are_another_article(headline, outlet):
    row = remember((), seen_as(headline, 0, text=DAILY.format("3.05", "3.20"), outlet="Port Gazette"))
    for hours, kinds in ((2, {DuplicateKind.UPDATED, DuplicateKind.SAME_ARTICLE}), (24, {DuplicateKind.RUBRIC})):
        at_ms = NOW_MS + hours * 3_600_000
        seen = seen_as(headline, 1, text=DAILY.format("3.11", "3.19"), outlet=outlet, at_ms=at_ms)
        found = find_repeat(row, seen, read(headline), WINDOW_MS)
        assert found is not None
        assert found.kind in kinds


def test_a_telling_headline_over_another_outlets_text_is_a_repeat_for_hours_and_not_for_days():
    headline = "Council adopts plan for harbour bridge"
    assert kind_of(headline, headline) is DuplicateKind.SAME_HEADLINE
    assert kind_of(headline, headline, at_ms=NOW_MS + SAME_NEWS_MS) is DuplicateKind.SAME_HEADLINE
    assert kind_of(headline, headline, at_ms=NOW_MS + SAME_NEWS_MS + 1) is DuplicateKind.RUBRIC
    assert kind_of(headline, headline, at_ms=NOW_MS + 2 * SAME_NEWS_MS, text=TEXTS[0]) is DuplicateKind.SAME_ARTICLE


def test_an_outlets_other_text_under_its_own_headline_is_another_article():
    headline = "Council adopts plan for harbour bridge"
    assert kind_of(headline, headline, outlet="Port Gazette") is DuplicateKind.RUBRIC


def test_the_log_says_that_a_headline_is_a_columns_by_how_many_texts_it_has_had():
    headline = "Harbour ferry timetable changes again"
    row: tuple[Sighting, ...] = ()
    kinds = []
    for offset, text in enumerate(TEXTS):
        seen = seen_as(headline, offset, text=text)
        found = find_repeat(row, seen, read(headline), WINDOW_MS)
        kinds.append(found and found.kind)
        is_passed = found is None or found.kind is DuplicateKind.RUBRIC
        row = remember(row, seen) if is_passed else remember_text(row, seen) or row
        assert len(row) <= 16
    assert kinds[:MOST_TEXTS_OF_NEWS] == [None, *[DuplicateKind.SAME_HEADLINE] * (MOST_TEXTS_OF_NEWS - 1)]
    assert set(kinds[MOST_TEXTS_OF_NEWS:]) == {DuplicateKind.RUBRIC}


def test_copies_of_one_text_are_one_text():
    headline = "Harbour ferry timetable changes again"
    row = remember((), seen_as(headline, 0, text=TEXTS[0]))
    row = remember_text(row, seen_as(headline, 1, text=TEXTS[1])) or row
    assert remember_text(row, seen_as(headline, 2, text=TEXTS[1])) is None
    assert remember_text(row, seen_as(headline, 2, text=TEXTS[0])) is None
    assert remember_text(row, seen_as(headline, 2, text="")) is None


@pytest.mark.parametrize(
    ("earlier", "headline"),
    [
        pytest.param("Five dead in Kabul market blast", "Kabul market blast: 5 dead", id="order"),
        pytest.param("Volcanoes helped species survive ice ages", "Volcanoes helped species survive ice age", id="number"),
        pytest.param("Clothier buys rival for two billion crowns", "Clothier buying rival for 2bn crowns", id="inflection"),
        pytest.param("Senator is charged in the harbour fraud case", "Senator charged in harbour fraud case", id="small words"),
    ],
)
def test_the_same_words_in_other_order_number_or_inflection_are_a_repeat(earlier, headline):
    assert kind_of(headline, earlier) is DuplicateKind.SAME_WORDS


def test_an_owner_with_the_equal_headline_comes_before_one_with_the_same_words():
    row = (
        seen_as("Five dead in Kabul market blast", 1, text=TEXTS[0]),
        seen_as("Kabul market blast: 5 dead", 2, text=TEXTS[1]),
    )
    headline = "Five dead in Kabul market blast"
    found = find_repeat(row, seen_as(headline, 3, text=TEXTS[2]), read(headline), WINDOW_MS)
    assert (found.owner.offset, found.kind) == (1, DuplicateKind.SAME_HEADLINE)


def test_a_debunk_is_a_repeat_only_of_its_own_text():
    claim, debunk = "Ferry sank in the harbour twice last night", "Fact check: Ferry sank in the harbour twice last night"
    assert kind_of(debunk, claim) is None
    quoted = TEXTS[1] + " " + TEXTS[0][: len(TEXTS[0]) // 2]
    assert kind_of(debunk, claim, text=quoted) is None
    assert kind_of(debunk, claim, text=TEXTS[0]) is DuplicateKind.SAME_ARTICLE
    assert kind_of(debunk, claim, text="") is None


def test_titles_without_any_text_are_repeats_if_the_title_says_something():
    row = remember((), seen_as("Weather", 1, text=""))
    assert find_repeat(row, seen_as("Weather", 2, text=""), read("Weather"), WINDOW_MS).kind is DuplicateKind.RUBRIC
    headline = "Council adopts plan for harbour bridge"
    row = remember((), seen_as(headline, 1, text=""))
    assert find_repeat(row, seen_as(headline, 2, text=""), read(headline), WINDOW_MS).kind is DuplicateKind.SAME_HEADLINE


def test_a_canceled_article_takes_the_text_it_was_withheld_with_along():
    headline = "Harbour ferry timetable changes again"
    withheld = seen_as(headline, 1, text=TEXTS[1])
    row = remember_text(remember((), seen_as(headline, 0, text=TEXTS[0])), withheld)
    assert [each.article_id for each in without(row, seen_as(headline, 1, text=""))] == [row[0].article_id, row[1].article_id]
    canceled = Sighting(5, NOW_MS, withheld.article_id, 0, print_body(""))
    assert [each.offset for each in without(row, canceled)] == [0]


def test_rows_of_earlier_versions_are_read_and_own_their_headline():
    """Written by the version before: offset, time, id, outlet, hash of the text, a sketch; and a wire's entry behind one."""
    head = struct.Struct(">qq16sIIB")
    body = print_body(BODY)
    stored = head.pack(7, NOW_MS, b"\1" * 16, print_outlet("Harbour Times"), body.exact, len(body.sketch))
    stored += struct.pack(f">{len(body.sketch)}I", *body.sketch)
    stored += head.pack((1 << 63) - 1, NOW_MS, b"\1" * 16, 99, 0, 0)
    [owner] = unpack_owners(stored)
    assert (owner.offset, owner.body, owner.version_ms, owner.instructions) == (7, body, NOW_MS, 99)
    assert unpack_owners(pack_owners([owner])) == (owner,)
    headline = read("Minister to resign")
    found = find_repeat([owner], sighting(8, body=GREW, outlet="Hill Post"), headline, WINDOW_MS)
    assert (found.owner, found.kind) == (owner, DuplicateKind.SAME_ARTICLE)


def test_earlier_versions_take_what_they_do_not_know_for_owners_of_the_end_of_the_log():
    """A rolling upgrade: their owners are what stands behind a head whose offset is one of the log's."""
    head = struct.Struct(">qq16sIIB")
    headline = "Harbour ferry timetable changes again"
    row = remember_text(remember((), seen_as(headline, 0, text=TEXTS[0])), seen_as(headline, 1, text=TEXTS[1]))
    (_, stored), offsets, at = read_stamp(pack_owners(row)), [], 0
    while at < len(stored):
        offset, *_, count = head.unpack_from(stored, at)
        offsets.append(offset)
        at += head.size + 4 * count
    assert [offset for offset in offsets if offset < 1 << 62] == [0]
