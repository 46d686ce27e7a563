"""What a headline says whatever the order, number and inflection of its words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.headline import normalise_headline
from streams.text.stories.headlines import are_alike, sorted_words
from streams.text.wording import (
    FEWEST_CONTENT_WORDS,
    THE_KEYS_OWN,
    Headline,
    Likeness,
    fingerprint_headline,
    likeness,
    says_the_same,
    take_apart,
)

# fmt: off
words = st.lists(st.sampled_from((
    "alder", "lorn", "beats", "beat", "ferry", "ferries", "sinking", "sinks", "harbour", "in", "after", "not", "5", "2.5",
    "by", "storm", "analysis", "fact", "check", "opinion", "台风",
)), min_size=1, max_size=20)
# fmt: on


def read(headline: str) -> Headline:
    return take_apart(normalise_headline(headline))


def alike(one: str, other: str) -> Likeness:
    """How alike two headlines are where they share a fingerprint; OTHER where they don't."""
    if fingerprint_headline(one) != fingerprint_headline(other):
        return Likeness.OTHER
    return likeness(read(other), read(one).wording)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Sbarro files for bankruptcy again", "Sbarro again files for bankruptcy", id="an adverb moves"),
        pytest.param(
            "Juan Pablo makes his choice in show's finale", "Show's finale: Juan Pablo makes his choice", id="a part moves"
        ),
        pytest.param(
            "Emerging economies hold back recovery: OECD", "OECD: Emerging economies hold back recovery", id="who said so"
        ),
        pytest.param(
            "State makes $3.5m in pot revenue in January", "State makes $3.5 million in January pot revenue", id="a month"
        ),
        pytest.param("Fans demolished the harbour market", "Fan demolished the harbour markets", id="number"),
        pytest.param("Chain buying rival bank in the north", "Chain buys rival bank in the north", id="inflection"),
        pytest.param(
            "After bridge collapses, ferry sinks in Lorn", "Ferry sinks in Lorn after bridge collapses", id="a clause"
        ),
    ],
)
def test_headlines_of_the_same_words_are_alike(one: str, other: str) -> None:
    assert alike(one, other) is Likeness.SAME_WORDS
    assert alike(other, one) is Likeness.SAME_WORDS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Alder beats Lorn in harbour cup", "Lorn beats Alder in harbour cup", id="who beats whom"),
        pytest.param("Police officer shot by man in Lorn", "Man shot by police officer in Lorn", id="who shot whom"),
        pytest.param("Alder sues Lorn over phone patents", "Alder sued by Lorn over phone patents", id="who sues whom"),
        pytest.param("Train from Alder to Lorn delayed", "Train from Lorn to Alder delayed", id="from where to where"),
        pytest.param("Alder 2-1 Lorn in harbour cup", "Lorn 2-1 Alder in harbour cup", id="whose score"),
        pytest.param("Alder Lorn 2-1 harbour cup final", "Lorn Alder 2-1 harbour cup final", id="whose score, names together"),
        pytest.param("Alder 2-0 Lorn harbour cup final", "Alder 0-2 Lorn harbour cup final", id="the score turned round"),
        pytest.param("Five dead, 20 hurt in harbour blast", "20 dead, five hurt in harbour blast", id="which number"),
        pytest.param(
            "Ferry sinks after bridge collapses in Lorn", "After ferry sinks, bridge collapses in Lorn", id="what first"
        ),
        pytest.param("Mayor did not say he lied in court", "Mayor did say he lied not in court", id="what is denied"),
        pytest.param("Minister will resign over ferry deal", "Minister will not resign over ferry deal", id="negation"),
        pytest.param("Alder wins primary in Ohio state", "Alder wins primary in Iowa state", id="place"),
        pytest.param("Alder reaches cup semi-final in March", "Alder reaches cup quarter-final in March", id="round"),
        pytest.param("Ferry talks resume on March 10 in Lorn", "Ferry talks resume on March 11 in Lorn", id="date"),
        pytest.param("Shots fired at police in Lorn suburb", "Shots fired by police in Lorn suburb", id="at and by"),
        pytest.param("Fed to raise interest rates in June", "Fed raises interest rates in June", id="what is to come"),
        pytest.param("MPs vote for ferry deal in Lorn", "MPs vote against ferry deal in Lorn", id="for and against"),
        pytest.param("MPs vote for ferry deal in Lorn", "MPs vote on ferry deal in Lorn", id="for and on"),
        pytest.param("Une femme tuée dans une rue de Lorn", "Une femme tue dans une rue de Lorn", id="French participle"),
        pytest.param("Rapper sued over copied harbour song", "Rapper sues over copied harbour song", id="voice"),
        pytest.param("Alder at Lorn: harbour cup preview", "Lorn at Alder: harbour cup preview", id="whose home"),
        pytest.param("US at odds with Alder on Lorn", "US at odds with Lorn on Alder", id="with whom on what"),
        pytest.param("Star leaves his wife after harbour ball", "Star leaves her wife after harbour ball", id="his and her"),
        pytest.param("Is the mayor of Lorn guilty of fraud?", "The mayor of Lorn is guilty of fraud", id="a question"),
        pytest.param("Will ferry from Lorn sail in winter?", "Ferry from Lorn will sail in winter", id="what will be"),
        pytest.param(
            "Alder says Lorn lied about harbour deal", "Lorn says Alder lied about harbour deal", id="who says so of whom"
        ),
        pytest.param("Dog bites man", "Man bites dog", id="few words"),
        pytest.param("Analysis: Why the ferry sank in Lorn", "Podcast: Why the ferry sank in Lorn", id="genre"),
        pytest.param("Why the old ferry sank in Lorn", "Opinion: Why the old ferry sank in Lorn", id="genre or none"),
    ],
)
def test_headlines_that_say_something_else_are_not(one: str, other: str) -> None:
    assert alike(one, other) is Likeness.OTHER
    assert alike(other, one) is Likeness.OTHER


def test_an_article_of_another_genre_meets_the_news_it_is_about() -> None:
    news = "Why the old ferry sank in Lorn"
    assert fingerprint_headline(news) == fingerprint_headline(f"Analysis: {news}") == fingerprint_headline(f"{news} (podcast)")


@given(words)
def test_equal_headlines_share_the_fingerprint(written: list[str]) -> None:
    headline = " ".join(written)
    assert fingerprint_headline(headline) == fingerprint_headline(normalise_headline(headline))
    assert likeness(read(headline), read(headline).wording) is Likeness.EQUAL


@given(words, st.randoms(use_true_random=False))
def test_the_order_of_content_words_does_not_change_the_fingerprint(written: list[str], random) -> None:
    headline = read(" ".join(written))
    shuffled = list(headline.words)
    random.shuffle(shuffled)
    assert Headline(headline.normalised, headline.genre, tuple(shuffled), headline.behind).key_text == headline.key_text


@given(words)
def test_below_four_content_words_a_headline_is_compared_as_it_is(written: list[str]) -> None:
    headline = read(" ".join(written))
    assert len(headline.words) >= FEWEST_CONTENT_WORDS or (headline.key_text, headline.wording) == (
        headline.normalised,
        THE_KEYS_OWN,
    )


@given(words, words)
def test_saying_the_same_knows_no_direction(one: list[str], other: list[str]) -> None:
    assert says_the_same(one, other) == says_the_same(other, one)
    assert says_the_same(one, one)


@given(st.text())
def test_any_headline_has_a_fingerprint_and_a_wording(headline: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprint_headline(headline))
    assert 0 <= read(headline).wording.fine < 1 << 32


def _headlines(name: str) -> list[str]:
    return tomllib.loads(Path(__file__).with_name("rubrics.toml").read_text("utf-8"))[name]


_GENRES = tomllib.loads(Path(__file__).with_name("genres.toml").read_text("utf-8"))
_FORMS = ("{genre}: {news}", "{genre} | {news}", "[{genre}] {news}", "{news} | {genre}", "{news} - {genre}", "{news} ({genre})")


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("language", _GENRES)
def test_what_says_another_genre_is_no_repeat_of_the_news(language: str, form: str) -> None:
    """Neither an equal headline nor a near repeat: a debunk is never marked as a repeat of its claim."""
    news, genres = _GENRES[language]
    for genre in genres.split(" | "):
        other = form.format(genre=genre, news=news)
        if fingerprint_headline(news) == fingerprint_headline(other):
            assert likeness(read(other), read(news).wording) is Likeness.OTHER, other
        assert read(other).normalised != read(news).normalised, other
        assert not are_alike(sorted_words(read(news).normalised), sorted_words(read(other).normalised)), other


@pytest.mark.parametrize("headline", _headlines("rubrics"))
def test_the_headline_of_a_column_does_not_say_what_its_article_is_about(headline: str) -> None:
    assert not read(headline).tells_something


@pytest.mark.parametrize("headline", _headlines("news"))
def test_news_that_names_a_column_or_service_says_what_it_is_about(headline: str) -> None:
    assert read(headline).tells_something
