"""Which spellings of a word are one, and which tell two words apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.spelling import comparable, one_spelling

_DIGITS = [chr(code) for code in range(0x20000) if chr(code).isdecimal()]

letters = st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x52F) | st.sampled_from("abc颱台風风 üéđљџж"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Beyoncé", "Beyonce", id="a name's final accent"),
        pytest.param("Łódź", "Lodz", id="a stroke through a letter"),
        pytest.param("Đoković", "Djokovic", id="a Serbian letter that English spells with two"),
        pytest.param("Ђоковић", "Đoković", id="Serbian's two scripts"),
        pytest.param("Љубљана, Њујорк, Џез", "Ljubljana, Njujork, Džez", id="letters that are two in the other script"),
        pytest.param("颱風登陸", "台风登陆", id="traditional and simplified Chinese"),
        pytest.param("up 5 per cent", "up 5%", id="per cent"),
        pytest.param("neighbours apologise", "neighbors apologize", id="British and American"),
        pytest.param("Alder v Lorn, Feb 3", "Alder vs. Lorn, February 3", id="abbreviations"),
        pytest.param("Zürich", "Zurich", id="an umlaut in a name"),
    ],
)
def test_one_word_has_one_spelling(one: str, other: str) -> None:
    assert one_spelling(comparable(one)) == one_spelling(comparable(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("konnte", "könnte", id="a German verb's mood"),
        pytest.param("tue", "tué", id="a French participle"),
        pytest.param("ano", "año", id="a Spanish year"),
        pytest.param("Bán xe cũ", "Bàn xe cũ", id="a Vietnamese tone"),
        pytest.param("новая кожа", "новая коза", id="Russian letters that Latin has one for"),
        pytest.param("мой", "мои", id="a Russian short i"),
    ],
)
def test_accents_stay_where_they_tell_words_apart(one: str, other: str) -> None:
    assert one_spelling(comparable(one)) != one_spelling(comparable(other))


@given(letters)
def test_one_spelling_of_one_spelling_is_itself(text: str) -> None:
    once = one_spelling(comparable(text))
    assert one_spelling(once) == once


def test_the_digits_of_all_scripts_are_one():
    """Those that Unicode 14 has, Python 3.11's; a newer Python may know more, which must not change a fingerprint."""
    unified = [digit for digit in _DIGITS if comparable(digit) == str(unicodedata.decimal(digit))]
    assert len(unified) == 660
    assert unified == _DIGITS or unicodedata.unidata_version > "14.0.0"
