"""langdetect in our detector's place or beside it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.text.article import Language
from streams.text.language.detect import detect_language
from streams.text.language.opinions import (
    LANGDETECT_CREATOR,
    LanguageCheck,
    LanguageDetector,
    choose_detector,
    differs,
    guess,
    is_doubtful,
    langdetect_language,
    make_factory,
    second_opinion,
)

ENGLISH = "The council said on Monday that the bridge would be closed for repairs until the spring."
TEXTS = [
    ENGLISH,
    "Rada uvedla, že most bude kvůli opravám do jara uzavřen.",
    "Obama",
    "LE CONSEIL FERME LE PONT JUSQU'AU PRINTEMPS",
    "市议会周一表示，大桥将关闭维修至明年春天。",
    "市議會週一表示，大橋將關閉維修至明年春天。",
    "Rådet sa mandag at broen blir stengt for reparasjoner til våren.",
    "Vijeće je u ponedjeljak reklo da će most biti zatvoren do proljeća.",
    "12:30, 4.5 %",
]
any_text = st.text(st.characters(exclude_categories=()), max_size=80)


def test_langdetect_names_a_text_as_it_would_by_itself():
    """In BCP 47, with its own name as the creator."""
    found = langdetect_language("", ENGLISH, "en-GB")
    assert found == Language("en", 1.0, "en", True, LANGDETECT_CREATOR)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        pytest.param("zh-Hans", "总统宣布新的经济政策，这对市场是好消息，欧洲领导人对此表示欢迎", id="zh-cn"),
        pytest.param("zh-Hant", "總統宣布新的經濟政策，這對市場是好消息，歐洲領導人對此表示歡迎", id="zh-tw"),
        pytest.param("no", "Regjeringen vil bruke mer penger på nye sykehus i Norge neste år", id="no"),
        pytest.param("und", "", id="nothing"),
        pytest.param("und", "12:30 +4.5 %", id="digits"),
        pytest.param("und", "https://example.org/news", id="an address"),
    ],
)
def test_its_codes_are_told_as_language_tags(tag, text):
    assert langdetect_language(text, "").tag == tag


@given(any_text, any_text)
@settings(max_examples=20, deadline=None)
def test_it_has_one_answer_for_any_text(headline, body):
    """Unseeded, langdetect changes its mind; and it raises on what holds no letters."""
    assert langdetect_language(headline, body) == langdetect_language(headline, body)
    assert second_opinion(headline, body) == second_opinion(headline, body)


def test_both_implementations_give_the_same_answers():
    """langdetect-rs is asked where it is installed: no worker may tag otherwise for it."""
    found = []
    for package in ("langdetect", "langdetect_rs"):
        factory = make_factory(package)
        answers: list[list[tuple[str, float]] | str] = []
        for text in TEXTS:
            detector = factory.create()
            detector.append(text)
            try:
                answers.append([(each.lang, each.prob) for each in detector.get_probabilities()])
            except Exception as error:  # noqa: BLE001 - each package raises its own
                answers.append(type(error).__name__)
        found.append(answers)
    assert found[0] == found[1]


def test_a_second_opinion_is_not_misled_by_capitals_and_addresses():
    shouted = "LE CONSEIL FERME LE PONT JUSQU'AU PRINTEMPS POUR RÉPARATIONS"
    assert second_opinion(shouted, "https://example.org/the-english-words-of-an-address") == "fr"


@pytest.mark.parametrize("detector", list(LanguageDetector))
@pytest.mark.parametrize("check", list(LanguageCheck))
def test_who_is_asked_can_be_chosen(detector, check):
    """A check adds its answer and changes nothing else."""
    found = choose_detector(detector, check)("", ENGLISH, None)
    alone = langdetect_language("", ENGLISH) if detector is LanguageDetector.LANGDETECT else detect_language("", ENGLISH)
    assert (found.tag, found.confidence, found.creator) == (alone.tag, alone.confidence, alone.creator)
    assert found.check == (None if check is LanguageCheck.NONE else "en")


@pytest.mark.parametrize(
    ("tag", "check", "different"),
    [
        pytest.param("pt", "gl", True, id="two languages"),
        pytest.param("sr-Latn", "hr", True, id="relatives"),
        pytest.param("zh-Hans", "zh-Hant", True, id="two scripts"),
        pytest.param("zh", "zh-Hans", False, id="a script that one leaves open"),
        pytest.param("nn", "no", False, id="Nynorsk, which is Norwegian"),
        pytest.param("en", "und", False, id="no opinion"),
        pytest.param("da", "no", True, id="Danish, which is not"),
    ],
)
def test_what_counts_as_a_disagreement(tag, check, different):
    assert differs(tag, check) == different


def test_only_an_unsure_answer_is_made_doubtful():
    assert is_doubtful(Language("gl", 0.89, check="pt"))
    assert not is_doubtful(Language("gl", 0.9, check="pt"))
    assert not is_doubtful(Language("gl", 0.5))
    assert guess("") == ("und", 0.0)
