"""Datelines before a colon or with the outlet's name are read; labels, speakers, lists and titles with a colon stay."""

from __future__ import annotations

import pytest

from streams.text.cleaning.clean import clean_text

HEADLINE = "Old bridge closed for two years"
PARAGRAPHS = [
    "The council voted on Monday to close the old bridge for two years because its pillars no longer carry the traffic.",
    "Shopkeepers on both banks fear for their trade, and a ferry will cross the river four times an hour from Friday.",
    "Engineers had warned of the damage since the flood three years ago, but the money went to the stadium.",
]
ARTICLE = "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("prefix", "place", "agencies"),
    [
        pytest.param("NEW DELHI: ", "NEW DELHI", (), id="capitals"),
        pytest.param("ISLAMABAD: ", "ISLAMABAD", (), id="one word"),
        pytest.param("LAHORE: ", "LAHORE", (), id="six letters"),
        pytest.param("LONDON: ", "LONDON", (), id="a place that is a surname too"),
        pytest.param("KUALA LUMPUR, Nov 29: ", "KUALA LUMPUR", (), id="with a date"),
        pytest.param("MUZAFFARGARH, Nov 29: ", "MUZAFFARGARH", (), id="a place that is not known, with a date"),
        pytest.param("Kathmandu, Nov 29: ", "Kathmandu", (), id="a known place with a date"),
        pytest.param("LAHORE/ISLAMABAD: ", "LAHORE/ISLAMABAD", (), id="two places"),
        pytest.param("KARACHI, Pakistan: ", "KARACHI, Pakistan", (), id="with its country"),
        pytest.param("New Delhi: ", "New Delhi", (), id="small letters"),
        pytest.param("Thiruvananthapuram: ", "Thiruvananthapuram", (), id="a long name"),
        pytest.param("ঢাকা: ", "ঢাকা", (), id="Bengali"),
        pytest.param("ঢাকা, ২৯ নভেম্বর: ", "ঢাকা", (), id="Bengali, with a date"),
        pytest.param("नई दिल्ली: ", "नई दिल्ली", (), id="Hindi"),
        pytest.param("नई दिल्ली, 29 नवंबर: ", "नई दिल्ली", (), id="Hindi, with a date"),
        pytest.param("मुंबई : ", "मुंबई", (), id="Hindi, with a space"),
        pytest.param("काठमाडौं: ", "काठमाडौं", (), id="Nepali"),
        pytest.param("اسلام آباد: ", "اسلام آباد", (), id="Urdu"),
        pytest.param("சென்னை: ", "சென்னை", (), id="Tamil"),
        pytest.param("హైదరాబాద్: ", "హైదరాబాద్", (), id="Telugu"),
        pytest.param("തിരുവനന്തപുരം: ", "തിരുവനന്തപുരം", (), id="Malayalam"),
        pytest.param("القاهرة: ", "القاهرة", (), id="Arabic"),
        pytest.param("القاهرة - رويترز: ", "القاهرة", ("رويترز",), id="Arabic, with an agency"),
        pytest.param("دبي - العربية.نت: ", "دبي", ("العربية.نت",), id="Arabic, with a broadcaster"),
        pytest.param("القاهرة: «الشرق الأوسط» ", "القاهرة", ("الشرق الأوسط",), id="Arabic, with a paper in quotation marks"),
        pytest.param("Brussels — Reuters: ", "Brussels", ("Reuters",), id="an agency behind a dash"),
        pytest.param("Jakarta, CNN Indonesia -- ", "Jakarta", ("CNN Indonesia",), id="Indonesian, with a broadcaster"),
        pytest.param("JAKARTA, KOMPAS.com - ", "JAKARTA", ("KOMPAS.com",), id="Indonesian, with an outlet"),
        pytest.param("KOMPAS.com - ", None, ("KOMPAS.com",), id="an outlet alone"),
        pytest.param("TEMPO.CO, Jakarta - ", "Jakarta", ("TEMPO.CO",), id="an outlet first"),
        pytest.param("REPUBLIKA.CO.ID, JAKARTA -- ", "JAKARTA", ("REPUBLIKA.CO.ID",), id="an outlet first, in capitals"),
        pytest.param("Liputan6.com, Jakarta - ", "Jakarta", ("Liputan6.com",), id="an outlet with a figure"),
        pytest.param("BANDUNG, iNews.id - ", "BANDUNG", ("iNews.id",), id="an outlet behind a city"),
    ],
)
def test_a_dateline_is_split_off_the_first_paragraph(prefix: str, place: str | None, agencies: tuple[str, ...]) -> None:
    cleaned = clean_text(prefix + ARTICLE, HEADLINE)
    assert (cleaned.dateline, cleaned.agencies, cleaned.body) == (place, agencies, ARTICLE)


@pytest.mark.parametrize("line", ["NEW DELHI:", "Islamabad:", "القاهرة - رويترز:", "ঢাকা:", "JAKARTA, KOMPAS.com -"])
def test_a_dateline_may_be_a_line_of_its_own(line: str) -> None:
    cleaned = clean_text(f"{line}\n{ARTICLE}", HEADLINE)
    assert cleaned.dateline
    assert cleaned.body == ARTICLE


@pytest.mark.parametrize(
    "opening",
    [
        "WARNING: The ferry may be late all week.",
        "UPDATE: The council has answered since.",
        "BREAKING: The mayor has resigned.",
        "EXCLUSIVE, Nov 29: The mayor has resigned.",
        "Q: Why did you close the bridge?",
        "TRUMP: I will do it again, believe me.",
        "JANE DOE: I was at home when the bridge fell.",
        "Jane Doe, 29 November: I was at home when the bridge fell.",
        "Opinion: The bridge should have been closed before.",
        "London: A Life in Words is the book of the week.",
        "Chicago: The Musical comes to town on Friday.",
        "Solo: The film opened on Friday and was seen by two million people in its first week.",
        "Swat: The series returns for a last season on Friday with all of its old cast.",
        "Monday, June 3: The session was opened at nine.",
        "NEW DELHI: the capital is where the story begins.",
        "Lahore: rain, 21 degrees.",
        "Karachi: 31 degrees, Lahore: 28 degrees, Quetta: 19 degrees.",
        "NEW DELHI: THE LEGACY – It was seen by millions.",
        "Budget.com, the site of the agency, - it is down.",
        "Amazon.com - The company said that it would hire again.",
        "Booking.com - The site was down for an hour.",
        "वित्त मंत्री: बजट में कोई बदलाव नहीं होगा।",
        "الوزير: لا تغيير في الميزانية هذا العام.",
        "প্রধানমন্ত্রী: বাজেটে কোনো পরিবর্তন হবে না।",
    ],
)
def test_what_only_looks_like_a_dateline_stays(opening: str) -> None:
    cleaned = clean_text(f"{opening}\n{ARTICLE}", HEADLINE)
    assert (cleaned.dateline, cleaned.agencies, cleaned.body) == (None, (), f"{opening}\n{ARTICLE}")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["SYDNEY: I never saw the bridge.", "REPORTER: But you were there.", "SYDNEY: I was not."], id="speakers"),
        pytest.param(["LONDON: It rained in town.", "PARIS: It snowed in town."], id="a survey"),
        pytest.param(["Lahore: It will rain all day.", "Karachi: It will be dry.", "Quetta: It will snow."], id="a forecast"),
        pytest.param(["LAHORE:", "Three matches", "KARACHI:", "Two matches"], id="a list"),
    ],
)
def test_one_of_several_labels_stays(lines: list[str]) -> None:
    """Of a survey, a list or a transcript, no line loses how it begins."""
    assert clean_text("\n".join([*lines, ARTICLE]), HEADLINE).body == "\n".join([*lines, ARTICLE])


def test_a_headline_keeps_its_label() -> None:
    cleaned = clean_text(f"Lahore: Bridge closed for two years\n{ARTICLE}")
    assert cleaned.headline == "Lahore: Bridge closed for two years"
    assert cleaned.dateline is None
