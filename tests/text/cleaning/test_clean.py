"""What cleaning takes out of a page, what it learns on the way, and what it leaves alone."""

# ruff: noqa: E501 (the seed page has long lines)

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.text.article import CleanText, CutKind
from streams.text.cleaning.clean import clean_text

# The page this project starts from, as its scraper left it (given by the user).
SEED = """\
Russia: We are open to negotiations with Ukraine

Russia: We are open to negotiations with Ukraine
Russia: We are open to negotiations with Ukraine

Russia: We are open to negotiations with Ukraine

Capitals (Agencies)

Yesterday the Kremlin declined to comment on a Wall Street Journal report that Washington had held unannounced talks with senior Russian officials to avoid further escalation in the Ukraine war, saying Russia is always open to negotiations with Ukraine . According to the report, US National Security Advisor Jake Sullivan held talks with Putin’s aides in hopes of reducing the risk of contagion or the war in Ukraine escalating into a nuclear conflict.
“We have nothing to say about this report,” Kremlin spokesman Dmitry Peskov told reporters.
He also declined to comment on a Washington Post report that the United States was secretly asking Ukraine to signal that it was open to talks with Russia after Ukrainian President Volodymyr Zelenskyy ruled out negotiations with Putin in power would have.
“I don’t know if that’s the case or not,” Peskow said. As he said, “I reiterate there are honest reports, but the purely speculative reports constitute the vast majority.” He added that while Russia remains open to talks, it is unable to negotiate with Kyiv as it refuses to hold talks with his country. And he announced some high-level contacts between American and Russian officials in recent months, as Washington insisted that all talks to end the war in Ukraine would take place between Moscow and Kyiv.
At the field level, Ukrainian President Volodymyr Zelenskyy said Sunday that Ukraine was preparing for fresh Russian attacks on its infrastructure, after the mayor of Kyiv urged residents to prepare for the worst-case scenario by preparing contingency plans to shut down the city leave and stay with friends or family.
“The country yesterday faced a 32 percent shortfall in its expected electricity supply,” said Sergei Kovalenko, chief executive officer of Yasnu, a major utility in the capital, describing it as force majeure.
At the same time, the national energy authorities warned of a planned power outage, but also pointed out the possibility of further restrictions in the capital and the surrounding area as well as 6 other regions of the country.
In this regard, Ukraine announced yesterday that it has received new air defense systems from the United States, Spain and Norway, aimed at repelling intensive Russian bombing of vital infrastructure.

#Russia #open #negotiations #Ukraine

Leave a Comment

Your email address will not be published. Required fields are marked *

Scroll to Top"""

PARAGRAPHS = [
    "The city council decided on Monday to close the old bridge for two years, as its pillars no longer carry the traffic.",
    "“We have looked at every other way, and there is none,” the mayor told reporters after a session late into the night.",
    "Shopkeepers on both banks fear for their trade; a ferry that the council has promised will cross four times an hour.",
    "Engineers had warned of the damage since a flood three years ago, but the money was spent on the new stadium.",
    "The work begins in March, and the first half of the new bridge is to be opened to cyclists within a year.",
    "Until then, buses will go by the motorway bridge, which adds some twenty minutes to the way into town.",
]
ARTICLE = "\n".join(PARAGRAPHS)
HEADLINE = "Council closes the old bridge for two years"
MENU = ["Skip to content", "Home", "News", "World", "Business", "Sports", "Weather", "Search", "Log in", "Subscribe"]
FOOTER = ["Share this:", "Facebook", "Twitter", "Related articles", "Ten bridges to see", "A ferry sinks", "Contact us"]
PAGE = "\n".join(
    [
        *MENU,
        "Bridge troubles in Norway: a reporter has been to see how they do it there, and was surprised.",
        "Sign up for our newsletter",
        HEADLINE,
        "By Jane Doe",
        "June 2, 2022",
        *PARAGRAPHS,
        *FOOTER,
        "© 2022 The Courier",
    ]
)

any_text = st.text(st.characters(exclude_categories=()))
pieces = st.sampled_from(
    [
        *PARAGRAPHS,
        *MENU,
        *FOOTER,
        HEADLINE,
        f"{HEADLINE}.",
        f"{HEADLINE} - The Courier",
        "LONDON (AP) — ",
        "(Reuters) - ",
        "KYIV (Reuters)",
        "PARIS, 3 Nov - ",
        "By Jane Doe",
        "Par Jean Dupont, AFP",
        "1. FC Springfield 34",
        "2 eggs",
        "June 2, 2022",
        "#a #b2",
        "Leave a Comment",
        "The dates:",
        "U.S.",
        "”.",
        "\u200b",
        "x",
    ]
)
lines = st.one_of(pieces, st.lists(pieces, max_size=4).map("".join), st.text(max_size=20))
pages = st.lists(lines, max_size=40).map("\n".join)
# Everything that Python takes for the end of a line, and what may stand between two lines that a flattener glued together.
LINE_ENDS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
joints = st.sampled_from(["", "", "", " ", "\n", "\n\n", *LINE_ENDS])
glued_pages = st.tuples(
    st.lists(st.tuples(lines, joints).map("".join), max_size=30).map("".join),
    st.sampled_from(["", *(f"{end}NewsHomeA{end}a.A0Aa a.A a.A 0Aa.{end}SportNews" for end in LINE_ENDS)]),
    st.lists(st.tuples(lines, joints).map("".join), max_size=10).map("".join),
).map("".join)


def kinds(cleaned: CleanText) -> list[CutKind]:
    return [cut.kind for cut in cleaned.cuts]


def visible(text: str) -> str:
    """The characters of the text that are neither space nor invisible."""
    return re.sub("[\\s\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff]", "", text)


# ---- The seed page


def test_the_seed_page_becomes_its_article() -> None:
    cleaned = clean_text(SEED)
    assert cleaned.headline == "Russia: We are open to negotiations with Ukraine"
    assert cleaned.dateline == "Capitals"
    assert cleaned.agencies == ("Agencies",)
    assert cleaned.keywords == ("Russia", "open", "negotiations", "Ukraine")
    assert cleaned.byline is None
    assert cleaned.body.startswith("Yesterday the Kremlin declined")
    assert cleaned.body.endswith("vital infrastructure.")
    assert cleaned.body.split("\n") == [" ".join(line.split()) for line in SEED.split("\n") if line.endswith(".")]


def test_the_seed_pages_ledger_tells_all_that_left_it() -> None:
    assert [(cut.kind, cut.excerpt) for cut in clean_text(SEED).cuts] == [
        (CutKind.HEADLINE, "Russia: We are open to negotiations with Ukraine"),
        (CutKind.HEADLINE_REPEAT, "Russia: We are open to negotiations with Ukraine"),
        (CutKind.HEADLINE_REPEAT, "Russia: We are open to negotiations with Ukraine"),
        (CutKind.HEADLINE_REPEAT, "Russia: We are open to negotiations with Ukraine"),
        (CutKind.DATELINE, "Capitals (Agencies)"),
        (CutKind.HASHTAGS, "#Russia #open #negotiations #Ukraine"),
        (CutKind.COMMENT_FORM, "Leave a Comment"),
        (CutKind.COMMENT_FORM, "Your email address will not be published. Required fields ar"),
        (CutKind.NAVIGATION, "Scroll to Top"),
    ]


# ---- A whole page


@pytest.mark.parametrize(
    "headline", [None, HEADLINE, f"{HEADLINE} | The Courier"], ids=["not named", "named", "named with its outlet"]
)
def test_a_page_becomes_its_article(headline: str | None) -> None:
    cleaned = clean_text(PAGE, headline)
    assert cleaned.headline == HEADLINE
    assert cleaned.byline == "Jane Doe"
    assert cleaned.body == ARTICLE
    assert {CutKind.BYLINE, CutKind.DATE_LINE, CutKind.COPYRIGHT, CutKind.SURROUNDINGS, CutKind.SUBSCRIPTION} <= set(
        kinds(cleaned)
    )


def test_a_list_that_the_article_announces_stays_in_it() -> None:
    dates = ["The dates:", "June 9, Hicksville", "June 10, Springfield", "June 12, Shelbyville", "June 14, Ogdenville"]
    page = PAGE.replace("Share this:", "\n".join([*dates, "Share this:"]))
    assert clean_text(page, HEADLINE).body == "\n".join([ARTICLE, *dates])


LISTS = {
    "a recipe": [
        "Serves 4",
        "200 g of flour",
        "300 ml of milk",
        "2 eggs",
        "3 apples, peeled and sliced",
        "Butter",
        "Whisk flour, milk and eggs.",
        "Fry for 3 minutes.",
        "Serve hot.",
    ],
    "a table of results": [
        "1. FC Springfield 34",
        "2. Brockway 31",
        "3. Ogdenville 28",
        "4. Capital City 22",
        "5. Hicksville 19",
        "6. Cypress Creek 17",
    ],
    "dates": [
        "June 9 - Hicksville, Fairground",
        "June 10 - Springfield, Arena",
        "June 12 - Shelbyville, Town Hall",
        "June 14 - Ogdenville, Stadium",
        "June 17 - Capital City, Dome",
        "July 2 - Brockway, Park",
    ],
}


@pytest.mark.parametrize("items", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("paragraphs", [[], PARAGRAPHS[-1:]], ids=["at its end", "within"])
def test_a_list_stays_in_the_article(paragraphs: list[str], items: list[str]) -> None:
    article = "\n".join([*PARAGRAPHS[:4], *items, *paragraphs])
    assert clean_text(PAGE.replace(ARTICLE, article), HEADLINE).body == article


def test_teasers_below_a_list_leave_the_page() -> None:
    article = "\n".join([*PARAGRAPHS, *LISTS["dates"]])
    page = PAGE.replace(ARTICLE, f"{article}\nTen bridges to see before you die\nA ferry sinks off Norway\nThe storm is over")
    assert clean_text(page, HEADLINE).body == article


def test_where_more_would_leave_an_article_than_stay_the_text_stays_whole() -> None:
    meals = ["Eggs with a salad of 2 tomatoes and 3 spoons of oil", "Rice with a salad of 2 cucumbers and 3 spoons of oil"]
    page = PAGE.replace(ARTICLE, "\n".join([*PARAGRAPHS[:3], *meals * 9, *PARAGRAPHS[3:]]))
    cleaned = clean_text(page, HEADLINE)
    assert cleaned.left_whole
    assert all(cleaned.body.count(meal) == 9 for meal in meals)


def test_where_the_cuts_would_eat_the_text_it_stays_whole() -> None:
    recipe = ["2 cups of flour", "1 cup of milk", "3 eggs", "Salt"]
    page = "\n".join([*MENU, *MENU, "Pancakes", *recipe, "Serve hot.", *FOOTER])
    cleaned = clean_text(page, "Pancakes")
    assert cleaned.left_whole
    assert cleaned.body == page
    assert kinds(cleaned) == []


def test_a_paragraph_below_the_comment_form_stays() -> None:
    last = "A last paragraph that someone put below the form, by whatever accident of the page."
    assert clean_text(f"{ARTICLE}\nLeave a Comment\n{last}", HEADLINE).body == f"{ARTICLE}\n{last}"


def test_labels_below_the_comment_form_go_with_it() -> None:
    cleaned = clean_text(f"{ARTICLE}\nLeave a Reply\nYour nickname\nYour town\nPost Comment", HEADLINE)
    assert cleaned.body == ARTICLE
    assert set(kinds(cleaned)) == {CutKind.COMMENT_FORM}


# ---- White space and invisible characters


def test_a_line_is_a_paragraph_with_single_spaces() -> None:
    text = "\ufeffOne\u00a0 \u200bparagraph,\t she said.\r\n\r\n  Another\x00 one fol\u00adlowed.  \u2028A third."
    assert clean_text(text, HEADLINE).body == "One paragraph, she said.\nAnother one followed.\nA third."


def test_joiners_stay_where_scripts_need_them() -> None:
    text = "او می\u200cخواهد کتاب بخواند. 👩\u200d🚀"
    assert clean_text(text, HEADLINE).body == text


# ---- The headline


@pytest.mark.parametrize(
    "repeat",
    [
        pytest.param(HEADLINE, id="as it is"),
        pytest.param(HEADLINE.upper(), id="in capitals"),
        pytest.param(f"“{HEADLINE}”!", id="with other punctuation"),
        pytest.param(f"{HEADLINE} - The Courier", id="with the outlet behind a hyphen"),
        pytest.param(f"{HEADLINE} | News | The Courier", id="with section and outlet behind bars"),
        pytest.param(f"Opinion|{HEADLINE}", id="with the section before it"),
    ],
)
@pytest.mark.parametrize("place", ["{repeat}\n{article}", "{article}\n{repeat}"], ids=["above", "below"])
def test_no_repeat_of_the_headline_stays_in_the_body(place: str, repeat: str) -> None:
    cleaned = clean_text(place.format(repeat=repeat, article=ARTICLE), HEADLINE)
    assert (cleaned.headline, cleaned.body) == (HEADLINE, ARTICLE)


@pytest.mark.parametrize(
    ("text", "headline", "body"),
    [
        pytest.param(f"{HEADLINE}\n{ARTICLE}", HEADLINE, ARTICLE, id="the first line"),
        pytest.param(f"{HEADLINE}.\n{HEADLINE}.\n{ARTICLE}", f"{HEADLINE}.", ARTICLE, id="a sentence that is repeated"),
        pytest.param(f"KYIV (Reuters)\n{HEADLINE}\n{ARTICLE}", HEADLINE, ARTICLE, id="the line below a dateline"),
        pytest.param(
            "No full stop in the U.S.\n" + ARTICLE, "No full stop in the U.S.", ARTICLE, id="an abbreviation at its end"
        ),
        pytest.param(
            "It rains. It pours.", "It rains", "It rains. It pours.", id="the first sentence of a paragraph, which stays"
        ),
        pytest.param("It rains.", "It rains", "It rains.", id="the only sentence, which stays"),
        pytest.param(
            "LONDON (AP) — It rains. It pours.", "It rains", "It rains. It pours.", id="the sentence behind a dateline"
        ),
        pytest.param("word " * 99, ("word " * 40).strip(), ("word " * 99).strip(), id="at most 200 characters, whole words"),
        pytest.param("Menu", "Menu", "", id="whatever there is"),
        pytest.param(" \n\u200b\n", "", "", id="nothing in nothing"),
    ],
)
def test_a_text_without_a_headline_is_given_one(text: str, headline: str, body: str) -> None:
    cleaned = clean_text(text)
    assert (cleaned.headline, cleaned.body) == (headline, body)


SUBHEAD = "Shopkeepers on both banks fear for their trade, engineers had warned of the damage"


def test_the_headline_of_a_page_stands_above_its_subhead() -> None:
    cleaned = clean_text(PAGE.replace("By Jane Doe", f"{SUBHEAD}\nBy Jane Doe"))
    assert (cleaned.headline, cleaned.byline) == (HEADLINE, "Jane Doe")


def test_the_headline_is_found_on_a_page_without_a_known_word_of_furniture() -> None:
    menu = ["Etusivu", "Kotimaa", "Ulkomaat", "Talous", "Urheilu", "Kulttuuri", "Terveys", "Ruoka", "Tiede"]
    below = ["Luetuimmat jutut", *("Juttu numero " + word for word in menu)]
    assert clean_text("\n".join([*menu, HEADLINE, SUBHEAD, *PARAGRAPHS, *below])).headline == HEADLINE


def test_no_subheading_within_a_long_text_becomes_its_headline() -> None:
    paragraphs = [f"Witness {number} said: {paragraph}" for number, paragraph in enumerate(PARAGRAPHS * 5)]
    text = "\n".join([*paragraphs[:9], "The old bridge and its pillars", *paragraphs[9:]])
    assert clean_text(text).body == text


def test_a_sentence_that_says_the_headline_again_opens_the_article() -> None:
    assert clean_text(f"{HEADLINE}.\n{ARTICLE}", HEADLINE).body == f"{HEADLINE}.\n{ARTICLE}"


# ---- Dateline, byline, date


@pytest.mark.parametrize(
    ("prefix", "place", "agencies"),
    [
        pytest.param("LONDON (AP) — ", "LONDON", ["AP"], id="capitals, agency, dash"),
        pytest.param("HAYWARD, Calif. (AP) — ", "HAYWARD, Calif.", ["AP"], id="with a state"),
        pytest.param("GENEVA, Nov 8 (Reuters) - ", "GENEVA", ["Reuters"], id="with a date"),
        pytest.param("New Delhi, Nov 3 (PTI): ", "New Delhi", ["PTI"], id="Indian, with a colon"),
        pytest.param("New Delhi [India], March 25 (ANI): ", "New Delhi, India", ["ANI"], id="with the country in brackets"),
        pytest.param("WASHINGTON/KYIV (Reuters/AFP) - ", "WASHINGTON/KYIV", ["Reuters", "AFP"], id="two places, two agencies"),
        pytest.param("(Reuters) - ", None, ["Reuters"], id="an agency alone"),
        pytest.param("London (CNN) ", "London", ["CNN"], id="without a dash"),
        pytest.param("TOKYO, Nov. 8, 2022 /PRNewswire/ -- ", "TOKYO", ["PRNewswire"], id="a press release"),
        pytest.param("BEIRUT, Lebanon, June 2 — ", "BEIRUT, Lebanon", [], id="no agency, but a date"),
        pytest.param("RIO DE JANEIRO — ", "RIO DE JANEIRO", [], id="no agency, but capitals"),
        pytest.param("ROME — ", "ROME", [], id="a short place that is known"),
        pytest.param("Hamburg (dpa/lno) - ", "Hamburg", ["dpa"], id="German, with a regional desk"),
        pytest.param("Madrid, 3 nov (EFE).- ", "Madrid", ["EFE"], id="Spanish"),
        pytest.param("Port-au-Prince (AFP) – ", "Port-au-Prince", ["AFP"], id="French"),
        pytest.param("São Paulo, 3 nov (Lusa) - ", "São Paulo", ["Lusa"], id="Portuguese"),
        pytest.param("(ANSA) - ROMA, 03 NOV - ", "ROMA", ["ANSA"], id="Italian, agency first"),
        pytest.param("МОСКВА, 3 ноября. /ТАСС/. ", "МОСКВА", ["ТАСС"], id="Russian, between slashes"),
        pytest.param("МОСКВА, 3 ноя - РИА Новости. ", "МОСКВА", ["РИА Новости"], id="Russian, behind a dash"),
        pytest.param("بيروت (رويترز) - ", "بيروت", ["رويترز"], id="Arabic"),
        pytest.param("नई दिल्ली, 3 नवंबर (भाषा) ", "नई दिल्ली", ["भाषा"], id="Hindi"),
        pytest.param("新华社北京11月3日电（记者 张三）", "北京", ["新华社"], id="Chinese"),
        pytest.param("（中央社記者陳小明台北2日電）", "台北", ["中央社"], id="Chinese, with its reporter"),
        pytest.param("【ロンドン共同】", "ロンドン", ["共同"], id="Japanese"),
        pytest.param("(서울=연합뉴스) 홍길동 기자 = ", "서울", ["연합뉴스"], id="Korean, with its reporter"),
        pytest.param("(2nd LD) SEOUL, March 2 (Yonhap) -- ", "SEOUL", ["Yonhap"], id="behind the mark of a version"),
    ],
)
def test_a_dateline_is_split_off_the_first_paragraph(prefix: str, place: str | None, agencies: list[str]) -> None:
    cleaned = clean_text(prefix + ARTICLE, HEADLINE)
    assert (cleaned.dateline, cleaned.agencies) == (place, tuple(agencies))
    assert cleaned.body == ARTICLE
    assert set(kinds(cleaned)) == {CutKind.DATELINE}


@pytest.mark.parametrize(
    ("line", "place", "agencies"),
    [
        pytest.param("Capitals (Agencies)", "Capitals", ["Agencies"], id="place and agency"),
        pytest.param("KYIV (Reuters)", "KYIV", ["Reuters"], id="capitals and agency"),
        pytest.param("BEIRUT, Lebanon, June 2 —", "BEIRUT, Lebanon", [], id="place, date and dash"),
        pytest.param("Brussels — Reuters", "Brussels", ["Reuters"], id="an agency behind a dash"),
        pytest.param("عواصم - وكالات", "عواصم", ["وكالات"], id="Arabic"),
    ],
)
def test_a_dateline_may_be_a_line_of_its_own(line: str, place: str, agencies: list[str]) -> None:
    cleaned = clean_text(f"{line}\n{ARTICLE}", HEADLINE)
    assert (cleaned.dateline, cleaned.agencies, cleaned.body) == (place, tuple(agencies), ARTICLE)


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param("Apple (AAPL) - shares of the company rose on Monday.", id="a ticker"),
        pytest.param("Smith (left) - the man in the picture - did not answer.", id="a picture's caption"),
        pytest.param("NASA — The agency said it would try again.", id="an acronym"),
        pytest.param("UPDATE — The council has answered since.", id="a label"),
        pytest.param("Angry Birds (app) - The game was played by millions.", id="a word that is also an agency"),
        pytest.param("TRUMP: I will do it again, believe me.", id="a transcript"),
        pytest.param("Monday, June 3 — The session was opened at nine.", id="a date alone"),
        pytest.param("GENERATIONS: THE LEGACY – It was seen by millions.", id="a title"),
        pytest.param("It was cold — So cold that the river froze.", id="a sentence"),
    ],
)
def test_what_only_looks_like_a_dateline_stays(opening: str) -> None:
    cleaned = clean_text(f"{opening}\n{ARTICLE}", HEADLINE)
    assert (cleaned.dateline, cleaned.agencies, cleaned.body) == (None, (), f"{opening}\n{ARTICLE}")


def test_a_survey_keeps_the_datelines_of_its_other_places() -> None:
    cleaned = clean_text("LONDON — It rained in town.\nPARIS — It snowed in town.", HEADLINE)
    assert (cleaned.dateline, cleaned.body) == ("LONDON", "It rained in town.\nPARIS — It snowed in town.")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("By Jane Doe", "Jane Doe", id="English"),
        pytest.param("by Jane Doe—10 min read", "Jane Doe", id="before the time that reading takes"),
        pytest.param("Von Jana Kempf — 4 Min. Lesezeit", "Jana Kempf", id="the same in German"),
        pytest.param("By Jane Doe, March 2, 2026 9:15 am", "Jane Doe", id="before a date"),
        pytest.param("By Jane Doe — March 2, 2026", "Jane Doe", id="before a dash and a date"),
        pytest.param("BY JANE DOE AND JOHN ROE | REUTERS", "JANE DOE AND JOHN ROE", id="capitals, two names, an outlet"),
        pytest.param("Von Max Muster und Eva Beispiel", "Max Muster und Eva Beispiel", id="German"),
        pytest.param("Por María de la Cruz", "María de la Cruz", id="Spanish"),
        pytest.param("Par Jean Dupont", "Jean Dupont", id="French"),
        pytest.param("Di Maria Rossi", "Maria Rossi", id="Italian"),
        pytest.param("Автор: Иван Иванов", "Иван Иванов", id="Russian"),
        pytest.param("بقلم: محمد علي", "محمد علي", id="Arabic"),
        pytest.param("記者：山田太郎", "山田太郎", id="Japanese"),
    ],
)
def test_a_byline_at_the_top_is_read(line: str, name: str) -> None:
    cleaned = clean_text(f"{line}\n{ARTICLE}", HEADLINE)
    assert (cleaned.byline, cleaned.body, kinds(cleaned)) == (name, ARTICLE, [CutKind.BYLINE])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"By night the city sleeps\n{ARTICLE}", id="no name"),
        pytest.param(f"By The Numbers\n{ARTICLE}", id="a heading"),
        pytest.param(f"By 2030 Jane Doe\n{ARTICLE}", id="a year"),
        pytest.param(f"Von Anfang an\n{ARTICLE}", id="the beginning of a sentence"),
        pytest.param(f"By Monday the Kremlin\n{ARTICLE}", id="a day"),
    ],
)
def test_what_only_looks_like_a_byline_stays(text: str) -> None:
    cleaned = clean_text(text, HEADLINE)
    assert (cleaned.byline, cleaned.body) == (None, text)


BYLINES_BELOW = [
    pytest.param("By Jane Doe", "Jane Doe", id="English"),
    pytest.param("By Jane Doe, Reuters", "Jane Doe, Reuters", id="with an agency"),
    pytest.param("By June Doe", "June Doe", id="a name that is a month's too"),
    pytest.param("Von Max Muster, dpa", "Max Muster, dpa", id="German, with an agency in small letters"),
    pytest.param("Por Ana García de la Vega", "Ana García de la Vega", id="Spanish"),
    pytest.param("Par Jean Dupont et Marie Petit", "Jean Dupont et Marie Petit", id="French, two names"),
    pytest.param("Di Mario Rossi", "Mario Rossi", id="Italian"),
    pytest.param("Por João da Silva", "João da Silva", id="Portuguese"),
    pytest.param("Автор: Иван Иванов", "Иван Иванов", id="Russian"),
    pytest.param("بقلم: محمد علي", "محمد علي", id="Arabic"),
    pytest.param("記者：山田太郎", "山田太郎", id="Japanese"),
]


@pytest.mark.parametrize(("line", "name"), BYLINES_BELOW)
def test_a_byline_below_an_article_is_read(line: str, name: str) -> None:
    cleaned = clean_text(f"{ARTICLE}\n{line}", HEADLINE)
    assert (cleaned.byline, cleaned.body, kinds(cleaned)) == (name, ARTICLE, [CutKind.BYLINE])


@pytest.mark.parametrize(("line", "name"), BYLINES_BELOW)
def test_a_byline_below_an_article_on_a_page_is_read(line: str, name: str) -> None:
    cleaned = clean_text(PAGE.replace("By Jane Doe\n", "").replace(ARTICLE, f"{ARTICLE}\n{line}"), HEADLINE)
    assert (cleaned.byline, cleaned.body) == (name, ARTICLE)
    assert [cut.excerpt for cut in cleaned.cuts if cut.kind is CutKind.BYLINE] == [line]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("By Monday the ferry will cross the river again.", id="a sentence"),
        pytest.param("By Monday the Kremlin", id="a day"),
        pytest.param("By Night", id="a single word"),
        pytest.param("Von Donnerstag an gilt der neue Fahrplan", id="German, a day"),
        pytest.param("Von Donnerstag an", id="German, the beginning of a sentence"),
        pytest.param("Von Maria gibt es nichts Neues", id="German, a name"),
        pytest.param("Por ahora no hay más", id="Spanish"),
        pytest.param("Por Navidad", id="Spanish, a single word"),
        pytest.param("Par contre, le bac est gratuit", id="French"),
        pytest.param("Di Maria ha segnato due gol nel finale", id="Italian"),
    ],
)
def test_what_only_begins_like_a_byline_is_none_below_an_article(line: str) -> None:
    cleaned = clean_text(f"{ARTICLE}\n{line}", HEADLINE)
    assert cleaned.byline is None
    assert CutKind.BYLINE not in kinds(cleaned)


def test_the_last_item_of_a_list_is_no_byline() -> None:
    text = f"{ARTICLE}\nHis books\nVon Menschen und Brücken\nVon Fluss zu Fluss\nVon Max Muster"
    assert clean_text(text, HEADLINE).body == text


@pytest.mark.parametrize(
    "line",
    [
        "October 9, 2018 at 4:02 pm",
        "Updated 11:03 AM ET, Tue November 19, 2019",
        "2022-11-08T10:00:00Z",
        "08.11.2022, 10:15 Uhr",
        "8 नवंबर 2022",
        "2022年11月8日",
    ],
)
def test_a_date_at_the_top_is_cut(line: str) -> None:
    cleaned = clean_text(f"{line}\n{ARTICLE}", HEADLINE)
    assert (cleaned.body, kinds(cleaned)) == (ARTICLE, [CutKind.DATE_LINE])


# ---- Furniture


def test_hashtag_lines_become_keywords_and_hashtags_in_sentences_stay() -> None:
    text = f"{ARTICLE}\nAsk for #Bridge tickets.\n#Bridge #river, #BRIDGE\nTags: #мост"
    cleaned = clean_text(text, HEADLINE)
    assert cleaned.keywords == ("Bridge", "river", "мост")
    assert cleaned.body == f"{ARTICLE}\nAsk for #Bridge tickets."


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (CutKind.COMMENT_FORM, "Leave a Reply Cancel reply"),
        (CutKind.COMMENT_FORM, "Your email address will not be published. Required fields are marked *"),
        (CutKind.COMMENT_FORM, "Deja una respuesta"),
        (CutKind.COMMENT_FORM, "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *"),
        (CutKind.COMMENT_FORM, "Schreibe einen Kommentar"),
        (CutKind.COMMENT_FORM, "Deixe um comentário"),
        (CutKind.COMMENT_FORM, "Lascia un commento"),
        (CutKind.COMMENT_FORM, "Добавить комментарий"),
        (CutKind.COMMENT_FORM, "اترك تعليقاً"),
        (CutKind.COMMENT_FORM, "टिप्पणी करें"),
        (CutKind.COMMENT_FORM, "发表评论"),
        (CutKind.COMMENT_FORM, "コメントを残す"),
        (CutKind.NAVIGATION, "Scroll to Top"),
        (CutKind.NAVIGATION, "• Skip to content"),
        (CutKind.NAVIGATION, "Home > News > World"),
        (CutKind.NAVIGATION, "Home | About us | Contact"),
        (CutKind.NAVIGATION, "Inicio » Noticias » Mundo"),
        (CutKind.NAVIGATION, "返回顶部"),
        (CutKind.SHARE_BAR, "Share this:"),
        (CutKind.SHARE_BAR, "Facebook Twitter WhatsApp"),
        (CutKind.SHARE_BAR, "Click to share on Facebook (Opens in new window)"),
        (CutKind.SHARE_BAR, "Поделиться"),
        (CutKind.SUBSCRIPTION, "Sign up for our newsletter"),
        (CutKind.SUBSCRIPTION, "Subscribe to continue reading"),
        (CutKind.SUBSCRIPTION, "Abonnez-vous"),
        (CutKind.RELATED, "Read more: Ten bridges to see before you die"),
        (CutKind.RELATED, "You may also like"),
        (CutKind.RELATED, "Lesen Sie auch: Zehn Brücken"),
        (CutKind.RELATED, "Читайте также: Десять мостов"),
        (CutKind.RELATED, "関連記事"),
        (CutKind.COOKIE_NOTICE, "We use cookies to make this site better. By staying you agree to it."),
        (CutKind.COOKIE_NOTICE, "Diese Website verwendet Cookies."),
        (CutKind.COPYRIGHT, "© 2022 The Courier. All rights reserved."),
        (CutKind.COPYRIGHT, "Copyright The Courier 2022"),
        (CutKind.COPYRIGHT, "Все права защищены"),
    ],
)
def test_a_line_of_furniture_is_cut(kind: CutKind, line: str) -> None:
    cleaned = clean_text(f"{ARTICLE}\n{line}", HEADLINE)
    assert (cleaned.body, kinds(cleaned)) == (ARTICLE, [kind])
    assert cleaned.cuts[0].reason


@pytest.mark.parametrize(
    "line",
    [
        "The comment 'Leave a comment' was the only one on the page.",
        "Copyright law was changed on Monday, for the first time since 2001.",
        "Copyright law was changed in 2019.",
        "Related articles in the journal describe how the pillars were built.",
        "Read more slowly, the report says, and you will find the error.",
        "Facebook and Twitter did not answer.",
        "Share prices fell.",
        "Sign up to get vaccinated, officials urged.",
        "By continuing to use this drug, patients risk their lives.",
        "Home",
        "Twitter",
        "Team | Played | Won | Lost",
        "A cookie notice is the first thing that a visitor sees.",
        "著作権法が改正された。",
        "扫描二维码即可支付。",
        "#1",
    ],
)
def test_what_only_mentions_furniture_stays(line: str) -> None:
    text = f"{PARAGRAPHS[0]}\n{line}\n{PARAGRAPHS[1]}"
    assert clean_text(text, HEADLINE).body == text


# ---- Promises for any text


@given(st.one_of(any_text, pages, glued_pages), st.one_of(st.none(), lines))
@example(SEED, None)
@example(PAGE, None)
@example("(ANSA) - ROMA, 03 NOV - " * 20, None)
@example(f"{'0' * 127}. 0AaNewsHOmeA\ra.A a.A a.A 0Aa", None)
@example(f"0.A      000\x1e0Aa{'0' * 28}a.SKIP TO CONTENtAa.A a.A{'0' * 36}Skip TO CONTEntHOME", None)
def test_cleaning_twice_is_cleaning_once(text: str, headline: str | None) -> None:
    once = clean_text(text, headline)
    twice = clean_text(once.body, once.headline)
    assert (twice.headline, twice.body) == (once.headline, once.body)


@given(st.one_of(any_text, pages, glued_pages), st.one_of(st.none(), lines))
@example(SEED, None)
@example(PAGE, None)
@example(f".\n.\n.\n{'0' * 61}NewsHomeA\ra.A0Aa a.A a.A 0Aa.\n", "Quite another headline, longer than any of the lines")
def test_whatever_leaves_the_text_stands_in_the_ledger(text: str, headline: str | None) -> None:
    cleaned = clean_text(text, headline)
    rest, end = [], 0
    for cut in cleaned.cuts:
        assert end <= cut.offset < cut.offset + cut.length <= len(text)
        assert len(cut.excerpt) <= 60
        assert visible(text[cut.offset : cut.offset + cut.length]).startswith(visible(cut.excerpt))
        rest.append(text[end : cut.offset])
        end = cut.offset + cut.length
    assert visible("".join([*rest, text[end:]])) == visible(cleaned.body)


@given(st.one_of(any_text, pages))
def test_every_text_but_the_empty_has_a_headline(text: str) -> None:
    assert (clean_text(text).headline == "") == (visible(text) == "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 400_000, id="a line of 2 MB"),
        pytest.param("." * 2_000_000, id="nothing but full stops"),
        pytest.param(".\"')" * 500_000, id="nothing but the ends of sentences"),
        pytest.param("(" * 2_000_000, id="nested brackets"),
        pytest.param(" " * 2_000_000 + "x", id="white space"),
        pytest.param("(Reuters) - " * 160_000, id="a dateline after the other"),
        pytest.param("#a " * 600_000, id="hashtags"),
        pytest.param("a | " * 500_000, id="bars"),
        pytest.param("Menu\n" * 20_000, id="short lines"),
        pytest.param("".join(f"Menu\n{PARAGRAPHS[0]}\n" for _ in range(5_000)), id="menus and paragraphs in turn"),
    ],
)
def test_hostile_text_takes_no_more_time_than_other_text(text: str) -> None:
    """Two megabytes take tenths of a second; anything quadratic would take hours, and the run with it."""
    assert clean_text(text) is not None


# ---- What stands within and below the article of a page


def page_with(within: list[str], below: list[str]) -> str:
    middle = len(PARAGRAPHS) // 2
    above = [*MENU, HEADLINE, *PARAGRAPHS[:middle]]
    return "\n".join([*above, *within, *PARAGRAPHS[middle:], *below, *FOOTER, "© 2022 The Courier"])


COMMENTS = [
    f"{number}. {name} says:\nNovember {number}, 2019 at 7:0{number} am\n{text}"
    for number, (name, text) in enumerate(
        [
            ("oldtimer", "They should have mended it when there was still money, as everybody told them at the time."),
            ("ferryman", "Four times an hour is not enough, and whoever says so has never stood there in the rain."),
            ("cyclist", "At last somebody thinks of us. I have been waiting for that lane for some eleven years now."),
            ("taxpayer", "And who pays for all of this? Not those who live on the other bank, that much is sure."),
        ],
        start=1,
    )
]


@pytest.mark.parametrize(
    ("within", "below"),
    [
        pytest.param([], COMMENTS, id="readers' comments"),
        pytest.param(
            ["Related articles", "Ten bridges to see before you die", "A ferry sinks in Norway"], [], id="related links"
        ),
        pytest.param(["The old bridge on Monday morning (Image: GETTY)"], [], id="the credit of a picture"),
    ],
)
def test_what_is_not_the_articles_leaves_the_page(within: list[str], below: list[str]) -> None:
    assert clean_text(page_with(within, below), HEADLINE).body == ARTICLE


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("The old bridge on Monday morning (Image: GETTY)", id="the credit of a picture"),
        pytest.param("Related articles of the law were changed", id="a heading"),
        pytest.param("November 19, 2019 at 7:06 am", id="a date"),
    ],
)
def test_without_a_page_around_it_nothing_is_cut_for_its_place(line: str) -> None:
    text = "\n".join([*PARAGRAPHS[:3], line, *PARAGRAPHS[3:]])
    assert clean_text(text, HEADLINE).body == text


def test_an_article_that_the_page_shows_twice_stays_once() -> None:
    assert clean_text("\n".join([PAGE, *PARAGRAPHS, *FOOTER]), HEADLINE).body == ARTICLE


def test_a_menu_whose_words_nobody_listed_goes_too() -> None:
    menu = [
        "Etusivu",
        "Kotimaa",
        "Ulkomaat",
        "Talous",
        "Urheilu",
        "Kulttuuri",
        "Sää",
        "Elämä",
        "Terveys",
        "Ruoka",
        "Tiede",
        "Autot",
    ]
    assert clean_text("\n".join([*menu, *menu, HEADLINE, *PARAGRAPHS]), HEADLINE).body == ARTICLE


def test_a_recipe_above_its_first_paragraph_stays() -> None:
    recipe = [f"{number} spoons of {name}" for number, name in enumerate(["flour", "milk", "salt", "sugar", "oil", "rum"] * 3)]
    text = "\n".join([*recipe, *PARAGRAPHS])
    assert clean_text(text, "Pancakes").body == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("Menu\n  x y \n\u200b\n" * 2_600, ["Menu", "x y"] * 2_600, id="lines"),
        pytest.param("# Menu\n\\[a\\] \\[b\\] \\[c\\]\n" * 2_000, ["# Menu", "\\[a\\] \\[b\\] \\[c\\]"] * 2_000, id="escapes"),
        pytest.param(" [a](b)  [a](b) [a](b)\nMenu\n" * 2_000, ["[a](b) [a](b) [a](b)", "Menu"] * 2_000, id="links"),
    ],
)
def test_a_text_of_too_many_lines_links_or_marks_stays_whole(text: str, lines: list[str]) -> None:
    cleaned = clean_text(text)
    assert cleaned.left_whole
    assert (cleaned.headline, cleaned.cuts) == (lines[0], ())
    assert cleaned.body == "\n".join(lines)
    assert clean_text(cleaned.body, cleaned.headline) == cleaned
