"""Headlines as newsrooms write them, one line each: the subject of the desk that would take them, and no other, is sure."""

from __future__ import annotations

import pytest

from streams.text.subjects.tag import URI_PREFIX, rank_top_levels, tag_subjects
from streams.text.subjects.words import TOP_LEVELS, word_table

SURE = 50
NAMES = (
    "arts", "crime", "disaster", "economy", "education", "environment", "health", "human interest", "labour", "lifestyle",
    "politics", "religion", "science", "society", "sport", "war", "weather",
)  # fmt: skip

# Price wars, strikes, recipes and horoscopes, gadgets, results of teams, actors who died.
DESKS = """
de|Ampel vor dem Abpfiff: Kanzler zückt die rote Karte|politics
de|Schauspielerin und Kabarettistin im Alter von 84 Jahren gestorben|arts
fr|Horoscope du jour : les Béliers devront se montrer patients|lifestyle
nl|Prijzenoorlog tussen supermarkten laait op|economy
nl|Getest: deze draadloze oordopjes klinken het best|science
uk|Росіяни атакували Харків дронами, є загиблі|war
ja|牛丼チェーンの値下げ戦争が再燃|economy
ja|今日の星占い:おうし座は恋愛運が上昇|lifestyle
ko|대형마트 가격 전쟁 불붙었다|economy
ko|지하철 노조 내일부터 총파업|labour
th|สงครามราคารถยนต์ไฟฟ้าเดือด ค่ายจีนหั่นราคาอีก|economy
bn|মোবাইল অপারেটরদের মূল্যযুদ্ধে লাভ গ্রাহকের|economy
bn|ইলিশ ভাপা রান্নার সহজ রেসিপি|lifestyle
bn|চট্টগ্রামে বাস খাদে পড়ে ১২ জন নিহত|disaster
id|Perang harga ojek daring makin panas|economy
id|Timnas Indonesia tekuk Vietnam 2-0|sport
sv|Matjättarna i priskrig: smöret billigast på åratal|economy
sv|Recept: krämig laxsoppa med dill|lifestyle
sv|Hammarby körde över AIK i derbyt|sport
sv|Lärarna varslar om strejk i åtta kommuner|labour
cs|Recept na svíčkovou podle babičky|lifestyle
fi|HIFK kaatoi Tapparan jatkoajalla|sport
el|Πόλεμος τιμών στα σούπερ μάρκετ|economy
el|Συνταγή για παστίτσιο της γιαγιάς|lifestyle
hu|Árháború a boltokban: harmadával olcsóbb a vaj|economy
cs|Učitelé vstoupí do stávky|labour
ro|Greva profesorilor continuă|labour
lt|Mokytojai pradeda streiką|labour
et|Õpetajate streik algab esmaspäeval|labour
ca|Vaga de metges a Catalunya|labour
el|Απεργία στα μέσα μεταφοράς την Τετάρτη|labour
no|Lærerne streiker fra mandag|labour
el|Ο πληθωρισμός υποχώρησε στο 2%|economy
cs|Inflace zpomalila na dvě procenta|economy
hu|A Ferencváros 3-0-ra verte az Újpestet|sport
und|Miami Heat 102-98 OKC Thunder|sport
und|Hannover 96 - Energie Cottbus 2:0|sport
und|Brynäs - Storm 3-2|sport
"""


def sure(language, headline):
    """The top levels that are given at confidence 50 or more."""
    found = {subject.uri.removeprefix(URI_PREFIX): subject.confidence for subject in tag_subjects(headline, "", (), language)}
    return {name for name, code in zip(NAMES, TOP_LEVELS, strict=True) if found.get(code, 0) >= SURE}


@pytest.mark.parametrize(
    ("language", "headline", "desk"),
    [pytest.param(*row, id=f"{row[0]} {row[1][:40]}") for row in (line.split("|") for line in DESKS.strip().splitlines())],
)
def test_a_headline_is_of_the_desk_that_would_take_it(language, headline, desk):
    """One word that tells the subject is enough, in every language; what borrows words is not sure."""
    assert sure(language, headline) == {desk}


# An event has a place, and a death a cause.
BACKDROPS = """
bg|Запали се хотел, гостите бяха изведени от пожарникарите|disaster
sv|Brand på vandrarhem – turister räddades|disaster
sk|Horel penzión, turistov zachránili hasiči|disaster
el|Πυρκαγιά σε ξενοδοχείο, τουρίστες στους δρόμους|disaster
ko|호텔 화재로 관광객 20명 대피|disaster
en|Hotel guest robbed at gunpoint, police say|crime
bg|Почивка в Гърция: хотели на плажа с отстъпка|lifestyle
en|Ten hotels for a weekend by the sea|lifestyle
da|Sangeren døde af kræft på Rigshospitalet|arts
hu|Elhunyt a színésznő, súlyos beteg volt|arts
zh|知名歌手因肝癌去世，终年60岁|arts
hi|मशहूर गायिका का निधन, कैंसर से थीं पीड़ित|arts
ko|가수 별세, 백혈병 투병 끝에|arts
en|Actor says sleep disorder nearly killed him: doctors found the illness after years|health
en|Measles kills 12 children, hospitals full|health
"""
# Forms of words that are in no list.
FORMS = """
ml|മന്ത്രിമാരുടെയും എംഎൽഎമാരുടെയും യോഗം ചേർന്നു|politics
mr|क्षेपणास्त्रांच्या माऱ्यात सैनिकांनी तळ सोडला|war
gu|ઉપગ્રહોથી મળેલા ચિત્રો વૈજ્ઞાનિકોએ તપાસ્યાં|science
sl|Kolesarjevo kolo, prvenstveni naslov in medaljami okrašena soba|sport
sw|Waumini wasali msikitini na makanisani|religion
ko|조합원들까지 임단협안에 반대했다|labour
el|Στα δικαστήριά μας οι κατηγορούμενοί τους περιμένουν τον εισαγγελέα|crime
"""


@pytest.mark.parametrize(
    ("language", "headline", "subject"),
    [
        pytest.param(*row, id=f"{row[0]} {row[1][:40]}")
        for row in (line.split("|") for line in (BACKDROPS + FORMS).strip().splitlines() if line)
    ],
)
def test_the_likeliest_subject_is_what_happened(language, headline, subject):
    """Not where it happened, nor what somebody died of; whatever the forms of its words."""
    assert rank_top_levels(headline, "", language)[0] == TOP_LEVELS[NAMES.index(subject)]


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        pytest.param("en", "Live updates", id="live updates"),
        pytest.param("en", "LIVE", id="live"),
        pytest.param("en", "Photo gallery", id="a gallery"),
        pytest.param("es", "Última hora", id="last hour, Spanish"),
        pytest.param("fr", "En direct", id="live, French"),
        pytest.param("de", "Eilmeldung", id="breaking, German"),
        pytest.param("pt", "Ao vivo", id="live, Portuguese"),
        pytest.param("pl", "Na żywo", id="live, Polish"),
        pytest.param("ru", "Срочно", id="urgent, Russian"),
        pytest.param("tr", "Son dakika", id="last minute, Turkish"),
        pytest.param("ar", "عاجل", id="urgent, Arabic"),
    ],
)
def test_a_label_alone_is_about_nothing(language, headline):
    """It says how a page is kept, not what it is about."""
    assert tag_subjects(headline, "", (), language) == ()


@pytest.mark.parametrize(
    ("label", "headline"),
    [
        pytest.param("Live updates: {}", "voters head to polls in three states", id="before"),
        pytest.param("WATCH: {}", "Arsenal beat Chelsea in the cup final", id="in capitals"),
        pytest.param("{} – live updates", "Parliament votes on budget", id="behind a dash"),
        pytest.param("{} | Live", "Wall Street plunges as tariffs loom", id="behind a bar"),
        pytest.param("{} (VIDEO)", "Bus crash in Delhi kills nine", id="in brackets"),
    ],
)
def test_a_label_changes_nothing_of_a_headline(label, headline):
    """The headline is read without it."""
    assert tag_subjects(label.format(headline), "", (), "en") == tag_subjects(headline, "", (), "en")


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "the"),
        ("de", "der"),
        ("fr", "les"),
        ("es", "que"),
        ("it", "di"),
        ("nl", "het"),
        ("ru", "это"),
        ("uk", "що"),
        ("zh", "的"),
        ("ja", "の"),
    ],
)
def test_words_without_which_there_is_no_sentence_are_no_evidence(language, word):
    """They count, as a way of writing tells something, but a reader would wonder at them."""
    table = word_table(language)
    assert table is not None
    reading = table.read({word: 16})
    assert reading is not None
    assert not any(reading.telling(number, 5) for number in range(len(TOP_LEVELS)))


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        pytest.param("no", "Bodø/Glimt slo Brann 4–1", id="Brann: fire"),
        pytest.param("no", "Brann–Viking 2–0", id="no verb"),
    ],
)
def test_a_score_beside_a_club_named_like_a_disaster_makes_no_disaster(language, headline):
    """A score is company for sport alone."""
    assert sure(language, headline) <= {"sport"}


@pytest.mark.parametrize(
    ("language", "subject", "headline"),
    [
        pytest.param("fr", "crime", "Braquage d'une bijouterie en plein jour", id="a robbery, in French"),
        pytest.param("es", "crime", "Atraco a una joyería a plena luz del día", id="a robbery, in Spanish"),
        pytest.param("it", "crime", "Rapinata una gioielleria in pieno giorno", id="a robbery, in Italian"),
        pytest.param("de", "disaster", "Feuerwehr löscht Dachstuhlbrand in der Altstadt", id="a fire, in German"),
        pytest.param("it", "disaster", "Rogo in un capannone, i vigili del fuoco al lavoro", id="a fire, in Italian"),
        pytest.param("ru", "disaster", "Два человека погибли в ДТП на трассе", id="an accident, in Russian"),
    ],
)
def test_a_robbery_a_fire_or_an_accident_is_told_by_a_word(language, subject, headline):
    assert sure(language, headline) == {subject}
