"""Which ways to write a number are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.numbers import numbers_in_digits

# fmt: off
words = st.lists(st.sampled_from((
    "five", "twenty", "hundred", "million", "k", "2", "2.5", "150k", "1.5bn", "one", "no", "first", "三人", "a", "half",
    "dozen", "ba", "người", "세", "명",
)))
# fmt: on


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        pytest.param("five dead", "5 dead", id="a word"),
        pytest.param("twenty five", "25", id="tens and units"),
        pytest.param("two hundred thousand", "200000", id="several scales"),
        pytest.param("150k jobs", "150000 jobs", id="thousands by a letter"),
        pytest.param("2.5 million", "2500000", id="a decimal"),
        pytest.param("1.5bn", "1500000000", id="a decimal by letters"),
        pytest.param("2.5k", "2500", id="a decimal that comes out even"),
        pytest.param("1.2345k", "1.2345k", id="one that does not"),
        pytest.param("fjorton doda", "14 doda", id="a Swedish teen"),
        pytest.param("vierzehn tote", "14 tote", id="a German teen"),
        pytest.param("quatorze morts", "14 morts", id="a French teen"),
        pytest.param("neljatoista kuollut", "14 kuollut", id="a Finnish teen"),
        pytest.param("четырнадцать погибших", "14 погибших", id="a Russian teen"),
        pytest.param("ships seize cargo", "ships seize cargo", id="a French number that is an English verb"),
        pytest.param("second round", "2nd round", id="an ordinal"),
        pytest.param("no one knows", "no one knows", id="nobody is not a number"),
        pytest.param("one of 3", "1 of 3", id="one is"),
        pytest.param("3 milliarden", "3000000000", id="a German milliard"),
        pytest.param("火灾致十五人死亡", "火灾致15人死亡", id="a Chinese numeral before what it counts"),
        pytest.param("三星手机", "三星手机", id="a Chinese name"),
        pytest.param("twenty one rescued", "21 rescued", id="tens and one"),
        pytest.param("a dozen hurt", "12 hurt", id="a dozen"),
        pytest.param("half a million homes", "500000 homes", id="half of a scale"),
        pytest.param("vitamin a b", "vitamin a b", id="letters are no scale"),
        pytest.param("ba người chết", "3 người chết", id="a word that is a number before what is counted"),
        pytest.param("once upon a time", "once upon a time", id="and is none before anything else"),
        pytest.param("once muertos en lorn", "11 muertos en lorn", id="in another language"),
        pytest.param("버스 사고로 세 명 사망", "버스 사고로 3명 사망", id="Korean, before a counter"),
        pytest.param("모든 세 사회", "모든 세 사회", id="Korean, before something else"),
        pytest.param("τρεισ νεκροι", "3 νεκροι", id="Greek, with its letters folded"),
        pytest.param("مقتل ثلاثه", "مقتل 3", id="Arabic"),
        pytest.param("dozens of million", "dozens of million", id="a scale without a number"),
    ],
)
def test_numbers_are_read(written: str, digits: str) -> None:
    assert numbers_in_digits(written.split()) == digits.split()


@given(words)
def test_reading_twice_is_reading_once(written: list[str]) -> None:
    once = numbers_in_digits(written)
    assert numbers_in_digits(once) == once
