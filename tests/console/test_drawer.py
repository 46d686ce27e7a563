"""One record in full, and why it came out so."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console import drawer as console_drawer
from streams.console.drawer import drawer, explain_origin, find_evidence, lines_of, load_models, read_place_of
from streams.explanation import explain_record
from streams.records import Reason
from streams.rejected.advice import ADVICE
from streams.samples import load_samples
from streams.text.article import Cut, CutKind, Subject
from streams.text.language.opinions import LanguageCheck, LanguageDetector
from tests.console.records import SETTINGS, json_record, outcomes, raw_record

SEED = load_samples()[0]


def explained(value, content_type="application/json", settings=SETTINGS):
    return explain_origin(raw_record(value, content_type), settings)


def opened(value, content_type="application/json"):
    [record] = outcomes([(value, content_type)])
    return drawer(record, explained(value, content_type))


def test_the_seed_page_is_shown_as_it_was_read_with_its_cuts_in_place():
    told = opened(SEED.value, SEED.content_type)
    assert told["note"] is None
    lines = {"".join(part[0] for part in line["parts"]): line for line in told["page"]["lines"]}
    assert lines["Capitals (Agencies)"]["why"] == "where it was reported, and by which agency → place, source"
    assert lines["Capitals (Agencies)"]["kept"]
    assert {part[1] for part in lines["Scroll to Top"]["parts"]} == {1}
    assert told["page"]["cuts"] == 9


def test_every_sample_can_be_opened_and_its_reasons_are_those_that_counted():
    samples = load_samples()
    records = outcomes((sample.value, sample.content_type) for sample in samples)
    assert len(records) == len(samples)
    for sample, record in zip(samples, records, strict=True):
        told = drawer(record, explained(sample.value, sample.content_type))
        assert told["note"] is None, sample.name
        assert orjson.dumps(told)


def test_if_the_raw_record_is_gone_the_event_itself_is_shown():
    [record] = outcomes([(SEED.value, SEED.content_type)])
    told = drawer(record, None)
    assert "no longer holds" in told["note"]
    assert "page" not in told
    assert ["Taken out", "a way to move about the site: Scroll to Top"] in told["decided"]
    assert told["subjects"][0]["name"] == "politics and government"


def test_reasons_that_are_not_those_that_counted_are_not_shown():
    [record] = outcomes([(SEED.value, SEED.content_type)])
    changed = orjson.loads(record.value) | {"language": "fr"}
    for other in (
        replace(record, value=orjson.dumps(changed)),
        replace(record, headers=(*record.headers, ("ce_languagecreator", b"urn:headwater:model:another:9"))),
    ):
        told = drawer(other, explained(SEED.value, SEED.content_type))
        assert "another" in told["note"].lower()
        assert "page" not in told


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"language_detector": LanguageDetector.LANGDETECT}, id="langdetect in our detector's place"),
        pytest.param({"language_check": LanguageCheck.LANGDETECT}, id="langdetect beside it"),
        pytest.param({"max_article_bytes": 16 << 20}, id="larger articles"),
    ],
)
def test_an_article_is_explained_by_the_settings_that_the_stream_runs_with(changed):
    settings = replace(SETTINGS, **changed)
    [record] = outcomes([(SEED.value, SEED.content_type)], settings)
    told = drawer(record, explained(SEED.value, SEED.content_type, settings))
    assert told["note"] is None
    decided = dict(told["decided"])
    assert decided["Language"].endswith(dict(told["record"])["ce_languagecreator"])
    assert ("Second opinion" in decided) == ("language_check" in changed)


def test_an_article_of_a_wire_has_its_id_of_the_wires_uri():
    item = orjson.dumps(
        {"uri": "urn:example:wire:7", "version": "1", "headline": "Minister to resign", "body_text": "He said so."}
    )
    assert dict(opened(item)["decided"])["Id"].endswith(", of its wire's uri, urn:example:wire:7")


def test_what_explaining_needs_is_read_in_before_it_is_asked_for(monkeypatch):
    explain = []
    monkeypatch.setattr(console_drawer, "explain_record", lambda *given: explain.append(explain_record(*given)))
    load_models(SETTINGS)
    assert [told.read_as.split(",")[0] for told in explain] == ["JSON", "HTML"]
    assert all(told.subjects is not None and told.language is not None for told in explain)


def test_a_repeat_names_what_it_repeats_and_in_what_way():
    first, second = outcomes([json_record("Rates held", publisher="A"), json_record("Rates held", publisher="B")])
    told = drawer(second, explained(json_record("Rates held", publisher="B")))
    assert (told["type"], told["kind"]) == ("repeat", "same-article")
    assert told["owner"] == first.key.decode()


def test_a_rejected_record_comes_with_its_bytes_and_advice():
    [record] = outcomes([b"{broken \x1b[2J"])
    told = drawer(record, None)
    assert (told["reason"], told["advice"]) == ("not-json", ADVICE["not-json"])
    assert told["bytes"] == r"{broken \x1b[2J"


def test_there_is_advice_for_every_reason():
    assert set(ADVICE) == set(Reason)


WORDS = st.text(st.sampled_from("ab \nc😀é"), max_size=80)


@given(
    WORDS, st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=5), st.lists(st.sampled_from(["a", "ab", "c"]))
)
def test_the_pieces_of_all_lines_are_the_text(text, places, words):
    cuts = [Cut(CutKind.NAVIGATION, "why", at, length, "") for at, length in places if at + length <= len(text)]
    marks = find_evidence(text, [Subject("u", "n", 90, tuple(words))])
    lines = lines_of(text, cuts, marks)
    assert ["".join(part[0] for part in line["parts"]) for line in lines] == [each for each in text.split("\n") if each.strip()]
    cut = "".join(part[0] for line in lines for part in line["parts"] if part[1])
    covered = {at for each in cuts for at in range(each.offset, each.offset + each.length)}
    blank = [False] * len(text)
    at = 0
    for line in text.split("\n"):
        blank[at : at + len(line) + 1] = [not line.strip()] * len(line) + [True] * (at + len(line) < len(text))
        at += len(line) + 1
    assert cut == "".join(text[at] for at in sorted(covered) if not blank[at])


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        pytest.param("War and warm words", "war", ["War"], id="whole words"),
        pytest.param("😀😀 talks, Talks", "talks", ["talks", "Talks"], id="behind characters of two units"),
        pytest.param("央行宣布维持利率", "利率", ["利率"], id="a script without spaces"),
        pytest.param("C++ beats C", "c++", ["C++"], id="signs are themselves"),
        pytest.param("nothing", "", [], id="no word"),
    ],
)
def test_words_that_spoke_for_a_subject_are_found(text, word, found):
    marks = find_evidence(text, [Subject("u", "n", 90, (word,))])
    assert [text[mark.begin : mark.end] for mark in marks] == found


@pytest.mark.parametrize(
    "text", ["", "news.raw", "news.raw/1", "../../etc/1/2", "news.raw/1/x", "news raw/1/2", "news.raw/1/2/3"]
)
def test_anything_that_is_not_a_place_gives_none(text):
    assert read_place_of(text) is None


def test_an_oversized_page_is_cut_off_and_says_so():
    text = "The council voted on the budget after a short debate.\n" * 4_000
    told = opened(json_record("Budget", text))
    if "page" in told:
        assert told["page"]["left_out"] == told["page"]["characters"] - 120_000
    assert len(orjson.dumps(told)) < 2_000_000
