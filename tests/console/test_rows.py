"""Records as the console lists them."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console.rows import FoldedRepeat, Refused, Row, outlet_of, shown, view
from streams.memory import MemoryRecord
from streams.samples import load_samples
from streams.topics import DUPLICATES, ENRICHED, REJECTED
from tests.console.records import json_record, outcomes

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_every_sample_is_listed_as_what_it_became():
    records = outcomes((sample.value, sample.content_type) for sample in load_samples())
    kinds = {ENRICHED: Row, DUPLICATES: FoldedRepeat, REJECTED: Refused}
    assert [type(view(record)) for record in records] == [kinds[record.topic] for record in records]
    assert {record.topic for record in records} == set(kinds)


def test_an_article_is_listed_with_its_outlet_place_language_and_subjects():
    [record] = outcomes(
        [
            json_record(
                "Rates held",
                "KARSK, Varenia (Reuters) - The central bank held its interest rate, as inflation and wages rose faster.",
                publisher="Example Times",
                url="https://times.example/rates",
                language="de",
            )
        ]
    )
    row = view(record)
    assert (row.outlet, row.located, row.agencies) == ("Example Times", "KARSK, Varenia", ("Reuters",))
    assert (row.language, row.agrees, row.declared) == ("en", False, "de")
    assert "economy, business and finance" in dict(row.subjects)
    assert row.doubtful, "the source says otherwise"
    assert all(word in row.searched() for word in ("rates held", "times.example/rates", "reuters"))


def test_a_repeat_names_the_article_it_repeats():
    first, second = outcomes([json_record("Rates held", publisher="A"), json_record("Rates held", publisher="B")])
    repeat = view(second)
    assert (repeat.owner, repeat.kind, repeat.outlet) == (view(first).id, "same-article", "B")


@given(st.text())
def test_shown_text_is_one_line_of_bounded_length_that_does_not_change_direction(text):
    line = shown(text, 80)
    assert len(line) <= 80
    assert not set(line) & set(BIDI)
    assert "\n" not in line


@pytest.mark.parametrize("value", [None, 5, {"a": 1}, ["x"]])
def test_anything_that_is_not_text_is_shown_as_nothing(value):
    assert shown(value) == ""


@given(st.binary(), st.sampled_from([ENRICHED, DUPLICATES, REJECTED]))
def test_whatever_is_in_a_topic_never_raises(value, topic):
    view(MemoryRecord(topic, 0, 0, -1, None, value, (("ce_languageconfidence", b"\xff"),)))


KEYS = ["uri", "headlines", "value", "infoSources", "name", "role", "subjects", "confidence", "altIds", "owner", "id"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(ANYTHING)
def test_json_of_any_shape_never_raises(document):
    for topic in (ENRICHED, DUPLICATES):
        view(MemoryRecord(topic, 0, 0, 1, None, orjson.dumps(document), ()))


@pytest.mark.parametrize(
    ("value", "headers", "outlet"),
    [
        pytest.param(b'{"url": "https://www.times.example/a"}', (), "times.example", id="a field of JSON"),
        pytest.param(rb'{"url": "https:\/\/times.example\/a"}', (), "times.example", id="JSON with escaped slashes"),
        pytest.param(
            b'<html><script src="https://www.googletagmanager.com/x"></script>'
            b'<link rel="canonical" href="https://post.example/b">',
            (),
            "post.example",
            id="the canonical address of a page",
        ),
        pytest.param(
            b'<html xmlns="http://www.w3.org/1999/xhtml"><meta property="og:url" content="https://post.example/c">',
            (),
            "post.example",
            id="the page's own address, not its schema's",
        ),
        pytest.param(b"\xff\x00", (("url", b"https://wire.example/7"),), "wire.example", id="a header of the producer's"),
        pytest.param(b"cookies? https://wall.example/consent", (), "wall.example", id="the first address of a text"),
        pytest.param(b'{"url": "https://[broken"}', (), "", id="an address that is broken"),
        pytest.param(b"", (("__streams.errors.message", b"see https://docs.example/"),), "", id="our own headers tell nothing"),
        pytest.param(None, (), "", id="a tombstone"),
    ],
)
def test_the_outlet_of_what_could_not_be_read_is_the_host_of_its_own_address(value, headers, outlet):
    assert outlet_of(MemoryRecord(REJECTED, 0, 0, 0, None, value, headers)) == outlet
