"""The list: order, folding, filters, facets."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console.rows import FoldedRepeat, Row
from streams.console.wire import Filter, Wire

EVERYTHING = Filter()


def row(number, **more):
    fields = {"headline": f"Story {number}", "language": "en", "confidence": 0.99, "subjects": (("sport", 90),), **more}
    return Row(f"id{number}", f"news.enriched/0/{number}", f"news.raw/0/{number}", number, number, **fields)


def repeat(owner, number=99, kind="same-article", outlet="B"):
    return FoldedRepeat(
        f"id{owner}", f"r{number}", kind, f"news.duplicates/0/{number}", "", number, outlet, f"Story {owner}", ""
    )


def ids(wire, wanted=EVERYTHING, most=100):
    return [each.id for each in wire.newest(wanted, most)]


def test_a_repeat_lifts_the_first_of_its_headline_to_the_top_and_is_folded_under_it():
    wire = Wire()
    for number in range(3):
        wire.add(row(number))
    lifted = wire.fold(repeat(0))
    assert ids(wire) == ["id0", "id2", "id1"]
    assert (lifted.repeated, lifted.kinds, lifted.first_ms, lifted.time_ms) == (1, {"same-article": 1}, 0, 99)


def test_an_id_that_comes_again_is_a_newer_version_and_keeps_its_repeats():
    wire = Wire()
    wire.add(row(0))
    wire.fold(repeat(0))
    again = wire.add(row(0, headline="Story 0, corrected"))
    assert (again.versions, again.repeated, len(wire)) == (2, 1, 1)


def test_a_repeat_that_is_read_before_its_article_waits_for_it():
    wire = Wire()
    wire.fold(repeat(0))
    assert not wire.find("id0").known
    found = wire.add(row(0))
    assert (found.known, found.versions, found.repeated) == (True, 1, 1)


def test_the_ring_is_bounded_and_a_thousand_repeats_of_one_article_weigh_as_twenty():
    wire = Wire(most=10)
    for number in range(50):
        wire.add(row(number))
    for number in range(1_000):
        wire.fold(repeat(49, number, outlet=f"outlet {number}"))
    newest = wire.find("id49")
    assert len(wire) == 10
    assert (newest.repeated, len(newest.repeats), len(newest.outlets)) == (1_000, 20, 20)


FRENCH = row(1, language="fr", confidence=0.80, subjects=(("war", 45),), outlet="Le Poste", headline="Le pont rouvre")
REPEATED = row(2)
REPEATED.fold(repeat(2, kind="updated", outlet="Gazette"))


@pytest.mark.parametrize(
    ("query", "found", "left"),
    [
        ({"language": "fr"}, FRENCH, REPEATED),
        ({"subject": "war"}, FRENCH, REPEATED),
        ({"outlet": "Le Poste"}, FRENCH, REPEATED),
        ({"outlet": "Gazette"}, REPEATED, FRENCH),
        ({"kind": "updated"}, REPEATED, FRENCH),
        ({"doubtful": "1"}, FRENCH, REPEATED),
        ({"words": "PONT le"}, FRENCH, REPEATED),
        ({"words": "gazette"}, REPEATED, FRENCH),
        ({"language": "en", "kind": "updated"}, REPEATED, FRENCH),
    ],
)
def test_a_filter_finds_what_it_says_and_nothing_else(query, found, left):
    wanted = Filter.of(query)
    assert wanted
    assert wanted.wants(found)
    assert not wanted.wants(left)


def test_an_address_without_a_filter_wants_everything():
    assert not Filter.of({"view": "health", "words": "  "})
    assert Filter.of({}).wants(FRENCH)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.sampled_from(["en", "fr", "und"])), max_size=60))
def test_facets_count_what_each_filter_would_show(changes):
    wire = Wire(most=5)
    for number, (is_repeat, of, language) in enumerate(changes):
        if is_repeat:
            wire.fold(repeat(of, number, kind="updated"))
        else:
            wire.add(row(of, language=language, subjects=(("sport", 40),) if of % 2 else ()))
    facets = wire.facets()
    for name in ("language", "subject", "kind"):
        shown = {value: len(wire.newest(Filter(**{name: value}), 100)) for value, _ in facets[name]}
        assert shown == dict(facets[name])
    assert facets["doubtful"] == len(wire.newest(Filter(doubtful=True), 100))
    assert Counter(each.language for each in wire if each.known) == Counter(dict(facets["language"]))


def test_a_returning_viewer_gets_what_changed_since():
    wire = Wire()
    for number in range(5):
        wire.add(row(number))
    seen = wire.seq
    wire.fold(repeat(1))
    wire.add(row(7))
    assert [each.id for each in wire.newest(EVERYTHING, 100, after_seq=seen)] == ["id7", "id1"]
