"""Which keywords tell what an article is about, and what a reader is shown as evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.article import Witness
from streams.text.language.detect import known_languages
from streams.text.language.single_words import is_foreign
from streams.text.subjects.evidence import as_written
from streams.text.subjects.keywords import telling_keywords
from streams.text.subjects.tag import tag_subjects

any_text = st.text(st.characters(exclude_categories=()), max_size=60)

# Budgets and museums: nothing of sport, war, health or religion is in them.
TEXTS = {
    "de": "Der Bundestag hat am Dienstag den Haushalt der Regierung beschlossen, die Opposition stimmte dagegen.",
    "es": "El Consejo de Ministros aprobó ayer los presupuestos del Gobierno para el próximo año.",
    "fr": "Le musée des beaux-arts rouvre ses portes avec une exposition de peintres flamands.",
    "it": "Il parlamento ha votato ieri la nuova legge elettorale proposta dal governo.",
    "pt": "A Câmara dos Deputados aprovou ontem a reforma tributária do governo.",
    "nl": "Het kabinet is gevallen over het asielbeleid, de premier biedt zijn ontslag aan.",
    "pl": "Sejm przyjął wczoraj budżet państwa, opozycja głosowała przeciw rządowi.",
    "tr": "Meclis hükümetin bütçe tasarısını dün akşam kabul etti.",
    "sv": "Regeringen föreslår höjd skatt på bensin, säger finansministern.",
    "ru": "Правительство утвердило бюджет на следующий год, сообщил премьер-министр.",
    "ja": "国会で来年度の予算案が可決され、首相が会見した。",
    "hi": "संसद ने मंगलवार को सरकार का बजट पारित किया, विपक्ष ने विरोध किया।",
    "ar": "وافق البرلمان يوم الثلاثاء على ميزانية الحكومة للعام المقبل.",
    "en": "Parliament passed the government's budget on Tuesday, and the opposition voted against it.",
}
FOREIGN = {
    "en": ["Deporte", "Gesundheit", "Спорт", "スポーツ", "Wirtschaft"],
    "ja": ["sports", "health", "Спорт"],
    "ru": ["health", "football", "スポーツ"],
    "hi": ["health", "Sports", "Спорт"],
    "ar": ["health", "football", "Спорт"],
}
OF_ITS_OWN = {
    "de": ["Haushalt", "Steuern", "Innenpolitik"], "es": ["presupuestos", "economía"], "fr": ["peinture", "exposition"],
    "it": ["elezioni", "politica"], "pt": ["impostos", "economia"], "nl": ["asiel", "politiek"], "pl": ["polityka", "podatki"],
    "tr": ["ekonomi", "siyaset"], "sv": ["skatter", "klimat"], "ru": ["экономика", "налоги"], "ja": ["予算", "政治"],
    "hi": ["राजनीति", "बजट"], "ar": ["اقتصاد", "ميزانية"], "en": ["taxes", "Budget 2026", "government spending"],
}  # fmt: skip


@pytest.mark.parametrize("language", TEXTS)
def test_a_keyword_of_another_language_tells_nothing(language):
    """An English system's section beside Spanish, a Spanish one beside English: by letters alone."""
    keywords = FOREIGN.get(language, ["health", "football", "weather", "Спорт", "スポーツ"])
    assert telling_keywords(keywords, TEXTS[language], language) == []
    assert tag_subjects("", TEXTS[language], keywords, language) == tag_subjects("", TEXTS[language], (), language)


@pytest.mark.parametrize("language", TEXTS)
def test_a_keyword_of_the_articles_language_tells(language):
    """Said in the text or not, inflected or not."""
    assert telling_keywords(OF_ITS_OWN[language], TEXTS[language], language) == OF_ITS_OWN[language]


def test_a_name_that_the_text_says_is_its_own_whatever_its_language():
    """A German article on the Financial Times may have it as keyword."""
    text = "Die Financial Times berichtet über den Umbau von Goldman Sachs."
    assert telling_keywords(["Financial Times", "Goldman Sachs", "Royal Albert Hall"], text, "de") == [
        "Financial Times",
        "Goldman Sachs",
    ]


@pytest.mark.parametrize(
    "keyword",
    [
        "homepage", "Home", "Top stories", "breaking-news", "one-column", "lifestyle-homepage", "tag-sport",
        "category_religion",
        "article", "featured posts", "News", "Startseite", "portada", "gündem", "новости", "ニュース", "新闻", "أخبار", "खबरें",
        "Uncategorized", "sport-topnews", "post type", "section:health-home", "Nachrichten", "live video",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "und"])
def test_the_machinery_of_a_page_tells_nothing(keyword, language):
    """Where a page is placed, how it is laid out, what the system calls it."""
    assert telling_keywords([keyword], TEXTS["en"], language) == []


@pytest.mark.parametrize(
    "keyword", ["climate-change", "general election", "home rule", "video games", "self-employed", "COVID-19", "news agencies"]
)
def test_a_word_of_machinery_beside_others_may_tell(keyword):
    """Only a slug goes by one of its parts."""
    assert telling_keywords([keyword], TEXTS["en"], "en") == [keyword]


@pytest.mark.parametrize(
    ("language", "keyword", "other"),
    [("de", "Sport", "15000000"), ("en", "Religion", "12000000"), ("fr", "sport", "15000000"), ("pl", "sport", "15000000"),
     ("sv", "sport", "15000000"), ("it", "sport", "15000000"), ("nl", "sport", "15000000"), ("ja", "スポーツ", "15000000")],
)  # fmt: skip
def test_a_subject_that_the_text_does_not_bear_out_is_none_for_a_keywords_sake(language, keyword, other):
    """A budget debate with the keyword "Sport" is no sport: the section's name got among the keywords."""
    assert not [each for each in tag_subjects("", TEXTS[language], [keyword], language) if each.uri.endswith(other)]


def test_a_keyword_counts_as_the_sources_word_once():
    """Not as a word of the text besides."""
    [politics] = tag_subjects("", TEXTS["en"], ["Politics"], "en")[:1]
    assert politics.witnesses == (Witness.TEXT, Witness.KEYWORD)
    assert politics.evidence[0] == "Politics"
    assert "politics" not in politics.evidence


def test_what_hardly_speaks_for_a_subject_is_no_evidence():
    """Where the source alone says so, no word of the text is made its witness."""
    sport = tag_subjects("What we know so far", "", (), "en", "Sport")[0]
    assert (sport.evidence, sport.witnesses) == (("Sport",), (Witness.SECTION,))


def test_evidence_comes_with_what_each_word_added():
    """In log odds, the source's word by its set worth, the others by their table, the most first."""
    [politics] = tag_subjects("", TEXTS["en"], ["Politics"], "en")[:1]
    assert len(politics.odds) == len(politics.evidence) > 2
    assert politics.odds[0] == 3.0
    assert list(politics.odds[1:]) == sorted(politics.odds[1:], reverse=True)
    assert politics.odds[-1] > 0


@pytest.mark.parametrize(
    ("word", "text", "written"),
    [
        ("parliament", "The Parliament voted", "Parliament"),
        ("wall street", "at WALL\n Street today", "WALL Street"),
        ("правительство", "Правительство утвердило", "Правительство"),
        ("予算", "来年度の予算案", "予算"),
        ("art", "part of it", "art"),
        ("beschliesst", "beschließt", "beschliesst"),
        ("a+b", "(A+B)", "A+B"),
    ],
)
def test_evidence_is_shown_as_it_stands_in_the_text(word, text, written):
    """The first time; not within another word."""
    assert as_written(word, text) == written


@given(st.lists(any_text, max_size=5), any_text, st.sampled_from(sorted(known_languages() | {"und", "", "xx", "no"})))
def test_any_keywords_are_sifted(keywords, text, language):
    """None raises; what is left is there, in its order."""
    found = telling_keywords(keywords, text, language)
    rest = iter("".join(keyword.split()) for keyword in keywords)
    assert all(any("".join(words.split()) == keyword[: len("".join(words.split()))] for keyword in rest) for words in found)
    assert all(is_foreign(words, language) in {True, False} for words in keywords)
