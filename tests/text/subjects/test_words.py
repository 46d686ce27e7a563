"""The table of words: how a text is added up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.subjects.words import (
    GRAM_ROWS,
    READ_AS,
    TOP_LEVELS,
    UNIT,
    Numbers,
    WordTable,
    gram_rows,
    segment_lengths,
    segments,
    table_languages,
    word_table,
    words_of,
)

NOTHING = 128
SUBJECTS = {"politics": "11000000", "religion": "12000000", "sport": "15000000", "war": "16000000"}
POLITICS, RELIGION, SPORT, WAR = map(TOP_LEVELS.index, SUBJECTS.values())


def row(**steps):
    """A row that speaks for these subjects only."""
    values = [NOTHING] * len(TOP_LEVELS)
    for subject, step in steps.items():
        values[TOP_LEVELS.index(SUBJECTS[subject])] += step
    return bytes(values)


def small_table(grams=b""):
    words = {"goal": row(sport=60), "striker": row(sport=90, war=20), "tank": row(war=80), "the": row(sport=8)}
    numbers = Numbers(scale=0.05, bias=[0.0] * len(TOP_LEVELS), slope=1.0, offset=0.0)
    return WordTable("en", words, b"".join(words.values()), grams, numbers)


def test_words_speak_for_their_subject():
    """The more of them, the surer; and the words that spoke are named, the most telling first."""
    table = small_table()
    one = table.read({"goal": UNIT})
    two = table.read({"goal": UNIT, "striker": UNIT, "the": UNIT})
    assert one.shares[SPORT] == max(one.shares) < two.shares[SPORT]
    assert list(two.telling(SPORT, 5)) == ["striker", "goal"]
    assert list(two.telling(WAR, 5)) == ["striker"]


def test_a_word_that_says_little_is_no_evidence_however_often_it_is_said():
    assert list(small_table().read({"goal": UNIT, "the": 100 * UNIT}).telling(SPORT, 5)) == ["goal"]


def test_a_text_of_unknown_words_is_not_judged():
    """Not even by what is likely of any text."""
    assert small_table().read({"xyzzy": UNIT}) is None
    assert small_table().read({}) is None


def test_what_the_source_says_is_added():
    """It alone is enough, and it outweighs a word."""
    table = small_table()
    assert table.read({}, {WAR: 4.0}).shares[WAR] > 0.5
    assert table.read({"goal": UNIT}, {WAR: 4.0}).shares[WAR] > table.read({"goal": UNIT}, {WAR: 4.0}).shares[SPORT]


def test_an_unlisted_word_is_read_by_its_pieces():
    """ "goalkeeping" has pieces that some listed word taught."""
    grams = bytearray([NOTHING] * GRAM_ROWS * len(TOP_LEVELS))
    for piece in gram_rows("goalkeeping"):
        grams[piece * len(TOP_LEVELS) + SPORT] = NOTHING + 80
    reading = small_table(bytes(grams)).read({"goalkeeping": UNIT})
    assert list(reading.telling(SPORT, 1)) == ["goalkeeping"]
    assert reading.shares[SPORT] == max(reading.shares)


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        pytest.param("ministrom", POLITICS, id="a form that is in no list"),
        pytest.param("minister", SPORT, id="a listed word is read by itself"),
        pytest.param("ministrant", RELIGION, id="the longest beginning decides"),
    ],
)
def test_an_unlisted_word_is_read_by_its_longest_listed_beginning(word, subject):
    words = {"minist*": row(politics=90), "ministrant*": row(religion=90), "minister": row(sport=90)}
    numbers = Numbers(scale=0.05, bias=[0.0] * len(TOP_LEVELS), slope=1.0, offset=0.0)
    reading = WordTable("sl", words, b"".join(words.values()), b"", numbers).read({word: UNIT})
    assert reading.shares[subject] == max(reading.shares)
    assert list(reading.telling(subject, 1)) == [word]


@given(st.permutations(["goal", "striker", "tank", "the"]))
def test_the_order_of_words_does_not_count(words):
    """Whole numbers add up to the same in any order."""
    weights = {word: UNIT * (1 + len(word)) for word in words}
    assert small_table().read(weights).shares == small_table().read(dict(sorted(weights.items()))).shares


@given(st.dictionaries(st.sampled_from(["goal", "striker", "tank", "the", "xyzzy"]), st.integers(1, 10_000), min_size=1))
def test_shares_are_shares(weights):
    """They add up to one, and confidences are chances."""
    reading = small_table().read(weights)
    if reading is not None:
        assert sum(reading.shares) == pytest.approx(1)
        assert all(0 <= confidence <= 1 for confidence in reading.confidences)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        pytest.param(["中国经济"], ["中国", "经济"], id="listed words"),
        pytest.param(["中国人民银行"], ["中国", "人民银行"], id="the longest that fits"),
        pytest.param(["在中国"], ["中国"], id="what is not listed is left out"),
        pytest.param(["nato中国"], ["nato", "中国"], id="a foreign word is whole"),
        pytest.param(["nasa"], [], id="a foreign word is never cut"),
        pytest.param(["นายกรัฐมนตรี"], ["นายกรัฐมนตรี"], id="a long word"),
        pytest.param(["コンピューター"], ["コンピューター"], id="a long word in katakana"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_runs_without_spaces_are_cut_into_listed_words(runs, found):
    """From the left, greedily."""
    listed = {"中国", "经济", "人民", "人民银行", "银行", "nato", "na", "to", "นายก", "นายกรัฐมนตรี", "コンピューター"}
    assert segments(runs, listed, segment_lengths(listed)) == found


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        pytest.param("นายกรัฐมนตรีประกาศยุบสภา", "th", "นายกรัฐมนตรี", id="Thai: prime minister"),
        pytest.param("โรงพยาบาลเตือนไข้เลือดออกระบาดหนัก", "th", "โรงพยาบาล", id="Thai: hospital"),
        pytest.param("การประชุมสมาชิกNATOวันนี้", "th", "nato", id="Thai around a foreign word"),
        pytest.param("コンピューター企業の決算", "ja", "コンピューター", id="Japanese: a long word in katakana"),
        pytest.param("苹果发布新款iPhone手机", "zh", "iphone", id="Chinese around a foreign word"),
    ],
)
def test_words_of_languages_without_spaces_are_whole(text, language, word):
    """They are words of the language, not letters or pieces of them."""
    table = word_table(language)
    assert table is not None
    assert word in table.split(text)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        pytest.param("The EU's 27 members", "en", ["the", "eu", "s", "members"], id="no digits"),
        pytest.param("क्रिकेट मैच में जीत।", "hi", ["क्रिकेट", "मैच", "में", "जीत"], id="vowel signs belong to words"),
        pytest.param("Прем'єр-міністр", "uk", ["премєр", "міністр"], id="an apostrophe that is a letter"),
        pytest.param("Љубав у Њујорку, џез", "hr", ["ljubav", "u", "njujorku", "džez"], id="Serbian in Latin letters"),
        pytest.param("İZMİR climate_change", "tr", ["izmir", "climate", "change"], id="dotted I, underscore"),
        pytest.param("የኢትዮጵያ መንግሥት፣ ዛሬ።", "am", ["የኢትዮጵያ", "መንግሥት", "ዛሬ"], id="Ethiopic punctuation"),
    ],
)
def test_words_of_a_text(text, language, words):
    """In lower case, as the table has them."""
    assert words_of(text, language) == words


@pytest.mark.parametrize("language", sorted(table_languages()))
def test_every_table_opens_and_knows_its_words(language):
    """And finds some of them in a text made of them."""
    table = word_table(language)
    assert table is not None
    words = list(table._index)
    assert len(table._rows) == len(words) * len(TOP_LEVELS)
    assert len(table._grams) in {0, GRAM_ROWS * len(TOP_LEVELS)}
    reading = table.read(dict.fromkeys(words[:50], UNIT))
    assert reading is not None
    assert sum(reading.shares) == pytest.approx(1)


def test_a_language_without_a_table_has_none():
    assert word_table("tlh") is None


@pytest.mark.parametrize(("language", "other"), sorted(READ_AS.items()))
def test_a_language_is_read_by_its_neighbours_table(language, other):
    """The very same one: it is in memory once."""
    assert word_table(language) is word_table(other) is not None


@given(st.text(st.sampled_from(bytes(range(256)).decode("cp1252", "ignore"))))
def test_words_of_western_letters_are_those_of_any_text(text):
    """A letter of another alphabet at the end makes no difference to the words before it."""
    assert words_of(f"{text} ў", "en") == [*words_of(text, "en"), "ў"]
