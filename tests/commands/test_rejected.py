"""Which dead letters are selected, what a replay sends, and how their bytes are shown."""

from __future__ import annotations

import unicodedata
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from streams.__main__ import main
from streams.rejected.deadletters import (
    Place,
    PlaceSet,
    Query,
    Standing,
    comes_from,
    original_place,
    read_place,
    read_time,
    replay_headers,
    standing,
)
from streams.rejected.letters import Letter, as_text, beginning, by_reason, hexdump, plain, plain_bytes, readable

NOW_MS = 1_772_366_400_000  # 2026-03-01T12:00:00Z
HOUR_MS = 3_600_000


REJECTION = {
    "__streams.errors.exception": "not-json",
    "__streams.errors.message": "not JSON",
    "__streams.errors.topic": "news.raw",
    "__streams.errors.partition": "3",
    "__streams.errors.offset": "17",
    "__streams.errors.stage": "prepare",
    "ce_origin": "news.raw/3/17",
}


def dead(value=b"{broken", key=b"story-7", headers=(("feed", b"Wire"),), **rejection):
    """A record of news.rejected whose raw record was at news.raw/3/17."""
    origin = {"ce_origin": rejection.pop("origin")} if "origin" in rejection else {}
    errors = REJECTION | {f"__streams.errors.{name}": text for name, text in rejection.items()} | origin
    return SimpleNamespace(
        topic="news.rejected",
        partition=2,
        offset=41,
        timestamp=NOW_MS,
        key=key,
        value=value,
        headers=(*headers, *((name, text.encode()) for name, text in errors.items())),
    )


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("2026-03-01T12:00:00Z", NOW_MS),
        ("2026-03-01T13:00:00+01:00", NOW_MS),
        ("2026-03-01 11:59:59.750Z", NOW_MS - 250),
        ("90s", NOW_MS - 90_000),
        ("15m", NOW_MS - 15 * 60_000),
        ("2h", NOW_MS - 2 * HOUR_MS),
        ("3d", NOW_MS - 72 * HOUR_MS),
        ("1w", NOW_MS - 168 * HOUR_MS),
        ("99999w", 0),
        ("1066-10-14T09:00:00Z", 0),
        ("0001-01-01T00:00:00+14:00", 0),
    ],
)
def test_a_time_is_rfc_3339_or_relative(text, time_ms):
    assert read_time(text, NOW_MS) == time_ms


@pytest.mark.parametrize("text", ["", "yesterday", "2 hours", "-2h", "2026-03-01T12:00:00", "2026-03-01", "1e3h", "٣d"])
def test_text_that_names_no_moment_is_not_a_time(text):
    with pytest.raises(ValueError):
        read_time(text, NOW_MS)


def test_an_id_is_read_as_it_is_written_and_as_tail_would_write_it():
    assert read_place("2/1041") == read_place(" news.rejected/2/1041") == Place(2, 1041)
    assert str(Place(2, 1041)) == "2/1041"


@pytest.mark.parametrize("text", ["", "2", "2/", "/1", "-1/2", "2/x", "news.raw/2/17", "1/2/3", "٢/١"])
def test_anything_else_is_not_an_id(text):
    with pytest.raises(ValueError):
        read_place(text)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        pytest.param({}, True, id="no filter"),
        pytest.param({"reasons": frozenset({"not-json", "empty"})}, True, id="one of the reasons"),
        pytest.param({"reasons": frozenset({"empty"})}, False, id="another reason"),
        pytest.param({"since_ms": NOW_MS}, True, id="since its own time"),
        pytest.param({"since_ms": NOW_MS + 1}, False, id="since later"),
        pytest.param({"until_ms": NOW_MS + 1}, True, id="until later"),
        pytest.param({"until_ms": NOW_MS}, False, id="until its own time"),
        pytest.param({"places": frozenset({Place(2, 41)})}, True, id="named"),
        pytest.param({"places": frozenset({Place(1, 41), Place(2, 42)})}, False, id="others named"),
        pytest.param({"places": frozenset({Place(2, 41)}), "source": "elsewhere"}, False, id="named, but filtered out"),
    ],
)
def test_a_record_is_wanted_when_every_filter_lets_it_through(query, wanted):
    assert Query(**query).wants(dead()) is wanted


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("STORY", True, id="in the key, case aside"),
        pytest.param("wire", True, id="in a header's value"),
        pytest.param("feed", False, id="a header's name"),
        pytest.param("news.raw", True, id="its topic"),
        pytest.param("news.raw/3", True, id="its partition"),
        pytest.param("news.raw/3/17", True, id="the record itself"),
        pytest.param("news.raw/3/1", False, id="a record of a shorter number"),
        pytest.param("prepare", False, id="in what the rejection added"),
    ],
)
def test_a_source_is_looked_for_in_what_the_producer_gave_and_in_the_origin(source, found):
    assert comes_from(dead(), source) is found


def test_a_replay_carries_the_producers_headers_in_their_order_and_the_id_in_place_of_an_earlier_one():
    record = dead(headers=(("a", b"1"), ("headwater-replay-of", b"2/3"), ("a", b"2"), ("traceparent", b"00-1")))
    assert replay_headers(record) == (
        ("a", b"1"),
        ("a", b"2"),
        ("traceparent", b"00-1"),
        ("headwater-replay-of", b"2/41"),
    )


CAME_BACK = dead(headers=(("headwater-replay-of", b"2/3"),))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("came_back", [False, True])
def test_a_letter_is_replayed_once_and_a_second_time_only_where_it_is_named_and_again(came_back, named, again):
    record = CAME_BACK if came_back else dead()
    replayed = standing(record, replayed=True, named=named, again=again)
    assert replayed is (Standing.DUE if named and again else Standing.REPLAYED)
    new = standing(record, replayed=False, named=named, again=again)
    assert new is (Standing.CAME_BACK if came_back and not named and not again else Standing.DUE)


@pytest.mark.parametrize(
    ("rejection", "why"),
    [
        pytest.param({"topic": "other", "origin": "other/3/17"}, Standing.FOREIGN, id="what did not come from there"),
    ],
)
def test_some_things_are_never_sent_into_news_raw(rejection, why):
    assert standing(dead(**rejection), replayed=False, named=True, again=True) is why


def test_a_record_that_deduplicate_rejected_is_replayed_with_the_bytes_key_and_headers_of_its_raw_record():
    letter = dead(value=b"{}", key=b"f" * 16, headers=(("content-type", b"application/json"),), topic="news.prepared")
    assert original_place(letter) == (3, 17)
    assert standing(letter, replayed=False, named=False, again=False) is Standing.DUE
    original = SimpleNamespace(headers=(("feed", b"Wire"), ("headwater-replay-of", b"0/1")))
    assert replay_headers(letter, original) == (("feed", b"Wire"), ("headwater-replay-of", b"2/41"))


def test_a_record_that_prepare_rejected_holds_its_own_original_bytes():
    assert original_place(dead()) is None


PLACES = st.builds(Place, st.integers(0, 3), st.integers(0, 200))


RANGES = st.builds(lambda begin, count: range(begin, begin + count), st.integers(0, 60), st.integers(0, 100))


@given(added=st.sets(PLACES), offsets=st.dictionaries(st.integers(0, 2), RANGES), asked=PLACES)
def test_a_set_of_places_knows_what_was_added_of_what_there_is(added, offsets, asked):
    places = PlaceSet(offsets)
    for place in added:
        places.add(place)
    assert (asked in places) is (asked in added and asked.offset in offsets.get(asked.partition, ()))


@given(value=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_bytes_reach_the_terminal_only_as_printable_characters(value):
    for text in (readable(value), plain_bytes(value), beginning(value)):
        assert not {unicodedata.category(each) for each in text.replace("\n", "").replace("\t", "")} & {
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
        }
    assert "\n" not in plain_bytes(value) + beginning(value)


@given(lines=st.lists(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"]))))
def test_printable_text_is_shown_as_it_is(lines):
    text = "\n".join(lines)
    assert as_text(text.encode()) == text
    assert plain(text, keep="\n") == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("Café in flames".encode("latin-1"), r"Caf\xe9 in flames", id="text with a wrong byte"),
        pytest.param(b"a\r\nb\tc\x1b[31m, red for all", "a\nb\tc\\x1b[31m, red for all", id="line ends, tabs, an escape"),
        pytest.param(b"", "", id="nothing"),
        pytest.param(None, "no value (a tombstone)", id="no value"),
        pytest.param(b"\x00\x01AB", hexdump(b"\x00\x01AB"), id="binary"),
    ],
)
def test_bytes_that_are_text_are_shown_as_text(value, shown):
    assert readable(value) == shown


def test_only_the_first_16_kib_are_shown_even_if_that_is_within_a_character():
    text = "x" + "é" * 20_000
    assert readable(text.encode()) == "x" + "é" * 8191 + "\n… 23,617 bytes more: --raw writes all of them"


def test_a_hexdump_has_sixteen_bytes_a_line():
    assert hexdump(b"0123456789abcdef\n\xff") == (
        "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
        "00000010  0a ff                                             |..|"
    )


def test_counts_by_reason_begin_with_the_most_frequent():
    assert by_reason({"empty": 1, "not-json": 1200, "no-text": 1}) == "1,202 (1,200 not-json, 1 empty, 1 no-text)"
    assert by_reason({}) == "0"


def test_a_line_of_the_list_says_what_a_replay_had_to_do_with_it():
    states = [Letter.of(record, replayed=replayed).state for record in (dead(), CAME_BACK) for replayed in (False, True)]
    assert states == ["", "replayed", "came back", "came back, replayed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["list", "--reason", "boring"], "'boring' is not one of", id="no such reason"),
        pytest.param(["list", "--since", "noon"], "is not a time", id="no such time"),
        pytest.param(["show", "here"], "is not an ID", id="no such id"),
        pytest.param(["show", "--raw", "0/1", "0/2"], "name one ID", id="the bytes of two"),
        pytest.param(["show"], "Missing argument", id="nothing to show"),
    ],
)
def test_a_wrong_question_is_a_usage_error(arguments, message):
    answer = CliRunner().invoke(main, ["rejected", *arguments])
    assert answer.exit_code == 2
    assert message in answer.output


def test_a_cut_letter_is_due_and_its_original_is_in_news_raw():
    cut = dead(**{"original-bytes": "30000000"})
    assert standing(cut, replayed=False, named=False, again=False) is Standing.DUE
    assert original_place(cut) == (3, 17)
    assert original_place(dead()) is None
