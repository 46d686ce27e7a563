"""What two copies of one headline have in common, and what keeps two headlines apart."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.text.headline import normalise_headline
from streams.text.spelling import comparable
from streams.text.wording import fingerprint_headline

any_text = st.text(st.characters(exclude_categories=()))
# fmt: off
pieces = st.sampled_from((
    "a", "bc", "def", "12", "3.5", "-5", "14:05", "Uhr", "WATCH", "Opinion", "by", "Jane", "Reuters", "BBC",
    "速報", "新浪网", "+++", *"….:|-—/()[]_#$%+", " - ", ": ", "|", ". ",
))
# fmt: on
dressed = st.lists(pieces, min_size=1, max_size=20).map(" ".join)
words = st.lists(st.from_regex(r"[a-zäéñçø]{1,9}|[0-9]{1,4}", fullmatch=True), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("headline", "normalised"),
    [
        pytest.param("Russia: We are open", "russia we are open", id="case and punctuation go"),
        pytest.param("“We’re open” — he said…", "were open he said", id="quotes and dashes of all kinds go"),
        pytest.param("  Two\u00a0 spaces\t and\na break ", "2 spaces a break", id="white space is one space"),
        pytest.param("Zero\u200bwidth\ufeff and soft\u00adhyphen", "zerowidth softhyphen", id="invisible characters go"),
        pytest.param("Ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12", id="full width is half width"),
        pytest.param("Johnson &amp; Johnson&#8217;s offer", "johnson johnsons offer", id="entities are read"),
        pytest.param("Fed cuts 3.5% of 1,000 jobs", "fed cuts 3.5 % of 1000 jobs", id="numbers stay, with their point"),
        pytest.param("Inflation bei 3,5 Prozent", "inflation bei 3.5 %", id="a decimal comma is a point"),
        pytest.param("U.S. and US talk", "us us talk", id="abbreviations have no points"),
        pytest.param("GROẞE STRASSE, große Straße", "grosse strasse grosse strasse", id="German sharp s"),
        pytest.param("İSTANBUL'DA IRMAK, İstanbul'da ırmak", "istanbulda irmak istanbulda irmak", id="Turkish i"),
        pytest.param("السَّلامُ عليـــكم", "السلام عليكم", id="Arabic pointing and stretching go"),
        pytest.param("हिंदी में समाचार", "हिंदी में समाचार", id="Hindi vowel signs stay"),
        pytest.param(
            "速報：日本で地震！", "速报日本で地震", id="full-width punctuation goes, too little is left to cut the label"
        ),
        pytest.param("", "", id="nothing is nothing"),
    ],
)
def test_decoration_is_removed(headline: str, normalised: str) -> None:
    assert normalise_headline(headline) == normalised


@pytest.mark.parametrize(
    "headline",
    [
        pytest.param("Fed holds rates steady again", id="plain"),
        pytest.param("UPDATE 1-Fed holds rates steady again", id="agency update"),
        pytest.param("UPDATE 2 - Fed holds rates steady again", id="agency update with spaces"),
        pytest.param("RPT-WRAPUP 3-Fed holds rates steady again", id="two agency labels"),
        pytest.param("CORRECTED-Fed holds rates steady again", id="correction"),
        pytest.param("WATCH: Fed holds rates steady again", id="watch"),
        pytest.param("EXCLUSIVE - Fed holds rates steady again", id="exclusive with a dash"),
        pytest.param("Exclusive: Fed holds rates steady again", id="exclusive with a colon"),
        pytest.param("BREAKING NEWS: Fed holds rates steady again", id="breaking news"),
        pytest.param("LIVE: Fed holds rates steady again", id="live"),
        pytest.param("[VIDEO] Fed holds rates steady again", id="video in brackets"),
        pytest.param("Срочно: Fed holds rates steady again", id="Russian label"),
        pytest.param("عاجل | Fed holds rates steady again", id="Arabic label"),
        pytest.param("【速報】Fed holds rates steady again", id="Japanese label"),
        pytest.param("Última hora: Fed holds rates steady again", id="Spanish label"),
        pytest.param("EN DIRECT - Fed holds rates steady again", id="French label"),
        pytest.param("Liveticker: Fed holds rates steady again", id="German label"),
        pytest.param("AO VIVO | Fed holds rates steady again", id="Portuguese label"),
        pytest.param("Ultim'ora: Fed holds rates steady again", id="Italian label"),
        pytest.param("SON DAKİKA: Fed holds rates steady again", id="Turkish label"),
        pytest.param("ब्रेकिंग न्यूज: Fed holds rates steady again", id="Hindi label"),
        pytest.param("快讯：Fed holds rates steady again", id="Chinese label"),
        pytest.param("[속보] Fed holds rates steady again", id="Korean label"),
        pytest.param("14:05 | Fed holds rates steady again", id="a live blog's clock"),
        pytest.param("[10.30 Uhr] Fed holds rates steady again", id="a clock in brackets"),
        pytest.param("LIVE: 2:15pm - Fed holds rates steady again", id="a label and a clock"),
        pytest.param("Fed holds rates steady again (VIDEO)", id="a mark behind it"),
        pytest.param("Fed holds rates steady again – as it happened", id="a finished live blog"),
        pytest.param("Fed holds rates steady again – video", id="a mark behind a dash"),
        pytest.param("Fed holds rates steady again [FOTOS]", id="a Spanish mark"),
        pytest.param("Fed holds rates steady again | By Jane Doe", id="a byline"),
        pytest.param("Fed holds rates steady again – Von Max Muster", id="a German byline"),
        pytest.param("Fed holds rates steady again (Reuters)", id="an agency in brackets"),
        pytest.param("Fed holds rates steady again - news.example.com", id="a domain"),
        pytest.param("BBC News | Fed holds rates steady again", id="an outlet before it"),
        pytest.param("Exclusive | Fed holds rates steady again - CNN (VIDEO)", id="all at once"),
        pytest.param("Fed holds rates steady again - Reuters", id="outlet behind a hyphen"),
        pytest.param("Fed holds rates steady again | BBC News", id="outlet behind a bar"),
        pytest.param("Fed holds rates steady again — The New York Times", id="outlet behind a dash"),
        pytest.param("Fed holds rates steady again - Reuters | Yahoo News", id="two outlets"),
        pytest.param("Fed holds rates steady again_新浪网", id="outlet behind an underline"),
    ],
)
def test_labels_and_outlets_are_not_part_of_a_headline(headline: str) -> None:
    assert normalise_headline(headline) == "fed holds rates steady again"


@pytest.mark.parametrize(
    ("headline", "outlets"),
    [
        pytest.param("Dies at 80 - The Hicksville Courier", ["Hicksville Courier"], id="by its name"),
        pytest.param("Dies at 80 | Hicksville Courier", ["hicksvillecourier.com"], id="by its domain"),
        pytest.param(
            "Dies at 80 - The New York Times", ["https://www.nytimes.com/2022/x.html"], id="by an address of many words"
        ),
        pytest.param("Dies at 80 - ABC News", ["abcnews.go.com"], id="by a part of the domain"),
        pytest.param("Dies at 80 – Wall Street Journal", ["wsj.com"], id="by its initials"),
        pytest.param("Dies at 80 (The Hicksville Courier)", ["Hicksville Courier"], id="in brackets"),
        pytest.param("Dies at 80 | Süddeutsche Zeitung", ["", "Süddeutsche Zeitung"], id="by one of several names"),
    ],
)
def test_the_event_says_what_its_outlet_is_called(headline: str, outlets: list[str]) -> None:
    assert normalise_headline(headline, outlets) == "dies at 80"


def test_the_events_own_outlet_is_cut_from_the_beginning_too() -> None:
    assert normalise_headline("The Courier: Mayor dies at 80", ["The Courier"]) == "mayor dies at 80"
    assert normalise_headline("Hicksville Courier - Mayor dies at 80", ["hicksvillecourier.com"]) == "mayor dies at 80"


@pytest.mark.parametrize(
    ("headline", "outlets"),
    [
        pytest.param("Reuters: Fed to hold rates steady", [], id="whose report it is"),
        pytest.param("9:30 Club in Washington to reopen", [], id="a time that is a name"),
        pytest.param("Many killed in blast - by their own side", [], id="no byline: words, not a name"),
        pytest.param("How to make a video", [], id="a last word is no mark"),
        pytest.param("Shares of chip maker fall again (AAPL)", [], id="a ticker is no outlet"),
        pytest.param("Analysis finds lead in the water", [], id="a word is no section"),
        pytest.param("Live-in nanny sues her former boss", [], id="a compound is no label"),
        pytest.param("Watch out for falling rocks", [], id="a word is no label"),
        pytest.param("VIDEO: cat", [], id="too little would be left of the label's headline"),
        pytest.param("Obituary - BBC News", [], id="too little would be left of the outlet's headline"),
        pytest.param("Spider-Man - No Way Home", [], id="a subtitle is no outlet"),
        pytest.param("Why the Guardian failed us all", [], id="an outlet within is what it is about"),
        pytest.param("Shares fall - Fed says", ["fs.org.uk"], id="an acronym must be the whole of the words"),
        pytest.param("Reuters", ["Reuters"], id="the outlet alone"),
    ],
)
def test_what_only_looks_like_a_label_or_an_outlet_stays(headline: str, outlets: list[str]) -> None:
    assert normalise_headline(headline, outlets) == comparable(headline) != ""


def _pairs(name: str) -> list[object]:
    rows = tomllib.loads(Path(__file__).with_name("headline_pairs.toml").read_text("utf-8"))[name]
    return [pytest.param(*row, *([[]] * (5 - len(row)))[:2], id=row[0]) for row in rows]


@pytest.mark.parametrize(("case", "one", "other", "outlets", "authors"), _pairs("same"))
def test_one_headline_in_two_forms_has_one_fingerprint(
    case: str, one: str, other: str, outlets: list[str], authors: list[str]
) -> None:
    assert normalise_headline(one) == normalise_headline(other, outlets, authors=authors), case


@pytest.mark.parametrize(("case", "one", "other", "outlets", "authors"), _pairs("different"))
def test_two_headlines_that_differ_in_little_differ(
    case: str, one: str, other: str, outlets: list[str], authors: list[str]
) -> None:
    assert normalise_headline(one) != normalise_headline(other, outlets, authors=authors), case


def test_the_events_own_section_is_cut_in_front_of_its_outlet() -> None:
    headline = "Fed holds rates steady again - Fish and chips - The Courier"
    assert normalise_headline(headline, ["The Courier"]) == "fed holds rates steady again fish chips"
    assert normalise_headline(headline, ["The Courier"], section="Fish and chips") == "fed holds rates steady again"
    assert normalise_headline("Ukraine: what we know so far", section="Ukraine") == "ukraine what we know so far"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Fed cuts 3.5 percent", "Fed cuts 35 percent", id="a decimal point"),
        pytest.param("Covid-19 cases rise", "Covid cases rise", id="a number"),
        pytest.param("!!!", "???", id="punctuation alone"),
        pytest.param("🔥🔥", "🎉", id="emoji alone"),
        pytest.param("कम", "काम", id="a Hindi vowel sign"),
        pytest.param("Part 1 - Reuters", "Part 2 - Reuters", id="parts of a series"),
    ],
)
def test_different_headlines_have_different_fingerprints(one: str, other: str) -> None:
    assert fingerprint_headline(one) != fingerprint_headline(other)


@given(any_text | dressed, st.lists(any_text, max_size=2))
@example("UPDATE 1-WATCH: a b c d e f", [])
@example("\ud800 lone surrogate", [])
@example("&amp;lt;", [])
@example("台风登陆东部沿海数万居民 / OPINION", [])
def test_normalising_twice_is_normalising_once(headline: str, outlets: list[str]) -> None:
    once = normalise_headline(headline, outlets)
    assert normalise_headline(once, outlets) == once
    assert (once == "") == (headline.strip() == "")


@given(any_text)
def test_a_fingerprint_is_32_hexadecimal_digits(headline: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprint_headline(headline))


@given(words, st.sampled_from(["'", '"', "“", "”", "«", "»", "!", "?"]), st.sampled_from([" ", "  ", "\u00a0", "\u3000", "\t"]))
def test_a_fingerprint_knows_no_case_space_or_quotes(headline: list[str], quote: str, space: str) -> None:
    dressed = quote + space.join(headline).upper() + quote
    assert fingerprint_headline(dressed) == fingerprint_headline(" ".join(headline))


def test_the_fingerprint_is_the_same_for_ever() -> None:
    """It is the key of ``news.prepared`` and of the table: another value makes every article new."""
    assert fingerprint_headline("Russia: We are open to negotiations with Ukraine") == "9960033b42304ade6749d07465f5c4c8"
