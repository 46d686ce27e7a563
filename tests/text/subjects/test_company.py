"""Words that news says in figures: they speak for their subject in company."""

from __future__ import annotations

import pytest

from streams.text.subjects.tag import URI_PREFIX, tag_subjects
from streams.text.subjects.words import TOP_LEVELS, UNIT, Numbers, WordTable

SURE = 50
CODES = {
    "arts": "01000000",
    "crime": "02000000",
    "disaster": "03000000",
    "economy": "04000000",
    "education": "05000000",
    "health": "07000000",
    "politics": "11000000",
    "sport": "15000000",
    "war": "16000000",
}


def confidences(language, headline, body):
    """The top levels that are given, with their confidence; the best first."""
    found = {subject.uri.removeprefix(URI_PREFIX): subject.confidence for subject in tag_subjects(headline, body, (), language)}
    return {name: found[code] for name, code in CODES.items() if code in found}


@pytest.mark.parametrize(
    ("language", "absent", "headline", "body"),
    [
        pytest.param(
            "en",
            "sport",
            "Minister clears first hurdle in race to pass pension bill",
            "The minister scored an early goal in the lower house, where the coalition beat the opposition by 61 votes to 58. "
            "But the bill faces a marathon in the senate, and the finish line is far away.",
            id="a bill in sports words",
        ),
        pytest.param(
            "en",
            "sport",
            "Outsider closes gap in race for governor",
            "With a week to go, the outsider has closed the gap in the race for governor to two points, a poll shows. "
            "Her team is playing for extra time; the favourite has dropped the ball on housing, analysts say.",
            id="a poll in sports words",
        ),
        pytest.param(
            "en",
            "health",
            "Feverish property market shows first symptoms of recovery",
            "The property market's fever has broken, the central bank says in its diagnosis. High mortgage rates were the "
            "medicine, and prices are healing.",
            id="a market in words of health",
        ),
        pytest.param(
            "en",
            "crime",
            "Thriller about a murder trial tops the box office",
            "The film about a murder, its detective and its killer earned 40 million dollars in cinemas. The director is "
            "filming a sequel with the same cast.",
            id="a film about a murder",
        ),
        pytest.param(
            "en",
            "disaster",
            "Post office flooded with complaints after price rise",
            "The post office was flooded with complaints after it raised the price of stamps. Customers were angry; the "
            "company's boss apologised.",
            id="a flood of complaints",
        ),
        pytest.param(
            "en",
            "war",
            "Battle of the coast: Rovers bombard United's goal",
            "Rovers won the battle of the coast 3-0. Their attack fired from all sides, the defence held, and United "
            "surrendered in the second half.",
            id="a match in words of war",
        ),
        pytest.param(
            "de",
            "sport",
            "Koalition geht beim Haushalt in die Verlängerung",
            "Der Finanzminister sah sich schon auf der Zielgeraden, doch die Opposition hat ihm ein Eigentor beschert. Im "
            "Rennen um den Haushalt wirft der Bundestag das Handtuch nicht.",
            id="a budget in sports words, German",
        ),
        pytest.param(
            "fr",
            "sport",
            "Budget : le gouvernement dans la dernière ligne droite",
            "Le ministre a marqué un but contre son camp pendant le débat à l'Assemblée. L'opposition joue les prolongations, "
            "mais la majorité veut gagner la course avant le vote des députés.",
            id="a budget in sports words, French",
        ),
        pytest.param(
            "es",
            "health",
            "La economía sigue con fiebre",
            "Los síntomas de la crisis son claros: la inflación es el virus y los tipos de interés del banco central son la "
            "medicina, según el diagnóstico de los inversores.",
            id="an economy in words of health, Spanish",
        ),
        pytest.param(
            "ru",
            "sport",
            "Новый мост через реку открыли в субботу",
            "Мост длиной 300 метров открыли для движения. Мэр перерезал ленту, по мосту прошли первые автомобили.",
            id="a bridge is opened, Russian",
        ),
    ],
)
def test_one_field_of_figures_is_not_enough(language, absent, headline, body):
    """The subject whose words are borrowed is not given as a sure one."""
    assert confidences(language, headline, body).get(absent, 0) < SURE


@pytest.mark.parametrize(
    ("language", "there", "headline", "body"),
    [
        pytest.param(
            "en",
            "sport",
            "College football: Ohio State beat Michigan",
            "The college's quarterback threw for three touchdowns before 100,000 students and alumni.",
            id="college football",
        ),
        pytest.param("en", "sport", "Late goal wins the cup final for the home team", "", id="a match, told in a line"),
        pytest.param("en", "crime", "Man guilty of murder after trial, police and prosecutors say", "", id="a murder"),
        pytest.param("en", "war", "Troops attack as army shells the front; soldiers surrender", "", id="a battle"),
        pytest.param("de", "sport", "Bayern gewinnt das Spiel in der Verlängerung", "Zwei Tore.", id="a match, German"),
    ],
)
def test_in_company_they_are_what_they_say(language, there, headline, body):
    """A match is sport, a battle war, whatever else their words are used for."""
    assert next(iter(sorted(confidences(language, headline, body).items(), key=lambda each: -each[1])))[0] == there


def test_a_figure_counts_the_more_the_more_company_it_has():
    """Of other words that are no figures and speak for the same subject; inflections of one word are one."""
    sport, steps = TOP_LEVELS.index(CODES["sport"]), 120
    values = [128] * len(TOP_LEVELS)
    values[sport] += steps
    words = ["race", "regatta", "regattas", "decathlon", "penalties"]
    table = WordTable("en", words, bytes(values) * len(words), b"", Numbers(0.02, [0.0] * len(TOP_LEVELS), 1.0, 0.0))
    alone, inflected, two = (
        table.read(dict.fromkeys(said, UNIT)).shares[sport]
        for said in (("race",), ("regatta", "regattas"), ("regatta", "decathlon"))
    )
    assert alone < inflected <= two


def table_of(language, **values):
    """Words that speak for sport alone, by a number of steps of a fiftieth of a log odd."""
    sport = TOP_LEVELS.index(CODES["sport"])
    rows = b"".join(bytes(128 + steps * (number == sport) for number in range(len(TOP_LEVELS))) for steps in values.values())
    return WordTable(language, values, rows, b"", Numbers(0.05, [0.0] * len(TOP_LEVELS), 1.0, 0.0))


def test_a_tag_is_the_surer_the_more_clearly_a_second_word_speaks_for_it():
    """Of one stem is no second one; of two texts with one share, the one with company is surer."""
    sport = TOP_LEVELS.index(CODES["sport"])
    table = table_of("xx", regatta=100, regattas=100, decathlon=100, weak=4)
    alone, with_company = (
        table.read(dict.fromkeys(said, UNIT)) for said in (("regatta", "regattas"), ("regatta", "decathlon"))
    )
    assert alone.shares == with_company.shares
    assert alone.confidences[sport] < with_company.confidences[sport]


def test_a_group_of_a_tournament_is_no_pool():
    """A phrase in which a term's name is none; a pool by itself is one."""
    body = "France beat Fiji 28-12 in Pool A of the Rugby World Cup on Sunday."
    assert "pool" not in {subject.name for subject in tag_subjects("Pool A: France beat Fiji", body, (), "en")}
    body = "She won the pool championship final and is the first woman to win the pool world title twice."
    assert "pool" in {subject.name for subject in tag_subjects("Pool champion wins world title", body, (), "en")}


@pytest.mark.parametrize(("language", "most"), [("xx", 45), ("en", 100)])
def test_a_subject_that_lends_its_words_is_sure_only_if_words_of_its_own_speak_for_it(language, most):
    """Outside English, every word about a government speaks a little for war: many together are no war."""
    politics, war = (TOP_LEVELS.index(CODES[name]) for name in ("politics", "war"))
    words = ["minister", "parliament", "chancellor", "senate"]
    values = [128] * len(TOP_LEVELS)
    values[politics], values[war] = 210, 200
    own = [128] * len(TOP_LEVELS)
    own[war] = 228
    rows = bytes(values) * len(words) + bytes(own) * 2
    table = WordTable(language, [*words, "shelling", "bombardment"], rows, b"", Numbers(0.05, [0.0] * 17, 2.0, 2.0))
    lent = table.read(dict.fromkeys(words, UNIT)).confidences[war]
    meant = table.read(dict.fromkeys([*words, "shelling", "bombardment"], UNIT)).confidences[war]
    assert round(100 * lent) <= most
    assert meant > 0.9


@pytest.mark.parametrize(
    ("language", "company"), [("zh", "空袭"), ("ja", "空爆"), ("ko", "공습"), ("ar", "غزة"), ("he", "עזה"), ("ur", "غزہ")]
)
def test_words_of_two_or_three_letters_are_company_where_words_are_short(language, company):
    """A Chinese word has two characters, and an Arabic one no vowels; "and" and "the" are none anywhere."""
    sport = TOP_LEVELS.index(CODES["sport"])
    table = table_of(language, regatta=100, **{company: 100})
    alone, with_company = (table.read(dict.fromkeys(said, UNIT)) for said in (("regatta",), ("regatta", company)))
    assert with_company.confidences[sport] > alone.confidences[sport] + 0.1
