"""Which language an article is written in."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.enrich.article import Language
from streams.enrich.language import READ_CHARS, UNDETERMINED, detect_language, known_languages, load

# Lone surrogates and NULs too: what a page holds is not always text.
any_text = st.text(st.characters(exclude_categories=()))


@pytest.fixture(scope="module", autouse=True)
def _profiles():
    load()


@pytest.mark.parametrize(
    ("tag", "headline"),
    [
        pytest.param("en", "Russia: We are open to negotiations with Ukraine", id="English"),
        pytest.param("de", "Regierung einigt sich auf neuen Haushalt für das nächste Jahr", id="German"),
        pytest.param("fr", "Le gouvernement annonce de nouvelles mesures pour l'emploi", id="French"),
        pytest.param("es", "El presidente anuncia nuevas medidas contra la inflación", id="Spanish"),
        pytest.param("pt", "Governo anuncia novas medidas para combater a inflação no país", id="Portuguese"),
        pytest.param("tr", "Cumhurbaşkanı yeni ekonomi programını açıkladı", id="Turkish"),
        pytest.param("vi", "Thủ tướng chủ trì phiên họp Chính phủ thường kỳ tháng mười", id="Vietnamese"),
        pytest.param("no", "Regjeringen vil bruke mer penger på nye sykehus", id="Norwegian"),
        pytest.param("ru", "Президент заявил о готовности к переговорам", id="Russian"),
        pytest.param("uk", "Президент заявив про готовність до переговорів", id="Ukrainian"),
        pytest.param("bg", "Правителството обяви новите мерки за подкрепа на бизнеса", id="Bulgarian"),
        pytest.param(
            "sr", "Председник Србије изјавио је да ће се преговори наставити", id="Serbian in Cyrillic, which langdetect lacks"
        ),
        pytest.param("mk", "Владата ги објави новите мерки за поддршка на граѓаните", id="Macedonian"),
        pytest.param("be", "Прэзідэнт заявіў пра гатоўнасць да перамоў", id="Belarusian by its own letter"),
        pytest.param("ar", "الرئيس يعلن عن إجراءات جديدة لدعم الاقتصاد", id="Arabic"),
        pytest.param("fa", "رئیس جمهور از برنامه جدید اقتصادی دولت خبر داد", id="Persian"),
        pytest.param("ur", "وزیراعظم نے نئے معاشی پروگرام کا اعلان کر دیا ہے", id="Urdu by its own letters"),
        pytest.param("hi", "प्रधानमंत्री ने नई आर्थिक योजना की घोषणा की है", id="Hindi"),
        pytest.param("he", "ראש הממשלה הודיע על תוכנית כלכלית חדשה", id="Hebrew by its script"),
        pytest.param("th", "นายกรัฐมนตรีประกาศมาตรการเศรษฐกิจใหม่", id="Thai by its script"),
        pytest.param("ka", "პრემიერ მინისტრმა ახალი გეგმა წარადგინა", id="Georgian by its script"),
        pytest.param("ko", "대통령이 새로운 경제 정책을 발표했다", id="Korean"),
        pytest.param("ja", "首相が新しい経済政策を発表した", id="Japanese by its kana"),
        pytest.param("zh-Hans", "总统宣布新的经济政策，这对市场是好消息", id="Chinese, simplified"),
        pytest.param("zh-Hant", "總統宣布新的經濟政策，這對市場是好消息", id="Chinese, traditional"),
    ],
)
def test_a_headline_is_enough(tag, headline):
    """A whole headline names its language, and surely."""
    language = detect_language(headline, "")
    assert language.tag == tag
    assert language.confidence > 0.8


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("   \n\t", id="white space"),
        pytest.param("2026 10:30 +4.5%", id="digits"),
        pytest.param("😀🚀👍", id="emoji"),
        pytest.param("?!… — «»", id="punctuation"),
        pytest.param("https://example.org/the-long-english-address www.example.org/news", id="addresses"),
        pytest.param("@somebody #breaking #news writer@example.org", id="mentions, hashtags and mail addresses"),
        pytest.param("\x00\x01\x02", id="control characters"),
        pytest.param("\ud800\udfff", id="lone surrogates"),
        pytest.param("ᚠᚢᚦᚨᚱᚲ", id="letters of a script unknown here"),
    ],
)
def test_where_there_is_nothing_to_judge_it_is_undetermined(text):
    """The answer is "und", with no confidence, instead of a guess or an exception."""
    assert detect_language(text, text) == UNDETERMINED == Language("und", 0.0)


@pytest.mark.parametrize(
    ("tag", "headline", "body"),
    [
        pytest.param("en", "UKRAINE WAR: WHAT WE KNOW ABOUT THE NEW TALKS", "", id="all in capitals"),
        pytest.param("tr", "İSTANBUL'DA DEPREM: VALİLİKTEN İLK AÇIKLAMA GELDİ", "", id="Turkish in capitals"),
        pytest.param(
            "de",
            "",
            "https://example.org/" + "all-the-english-news-" * 20 + " Die Regierung tritt zurück.",
            id="after an address",
        ),
        pytest.param("th", "Apple เปิดตัว iPhone รุ่นใหม่ที่ California", "", id="names in Latin letters among Thai"),
        pytest.param("zh-Hans", "OpenAI发布GPT-5模型", "", id="names in Latin letters among Chinese"),
        pytest.param("en", "Xi Jinping (习近平) met officials in Beijing on Monday", "", id="a Chinese name in English"),
        pytest.param(
            "fr",
            "Re\u0301union a\u0300 Gene\u0300ve: les ne\u0301gociations reprennent apre\u0300s l'e\u0301te\u0301",
            "",
            id="accents as characters of their own",
        ),
        pytest.param(
            "en",
            "Breaking",
            "The president said on Monday that talks would go on for another week.",
            id="the body where the headline is short",
        ),
    ],
)
def test_known_traps(tag, headline, body):
    """What misleads langdetect does not mislead here."""
    assert detect_language(headline, body).tag == tag


@pytest.mark.parametrize("name", ["Obama", "Merkel", "NATO", "LIVE", "Roma - Inter"])
def test_a_name_alone_is_no_proof(name):
    """langdetect is all but certain of the language of "Obama"; here the confidence says that nobody can be."""
    assert detect_language(name, "").confidence < 0.5


def test_confidence_grows_with_the_text():
    """The more of a language there is to see, the surer the answer."""
    sentence = "The government said on Monday that it would raise taxes next year"
    confidences = [detect_language(sentence[:length], "").confidence for length in (3, 14, len(sentence))]
    assert confidences == sorted(confidences)
    assert confidences[-1] > 0.99


def test_the_end_of_a_long_body_is_not_read():
    """Only headline and lead decide, so that a long article costs no more than a short one."""
    lead = "The government said on Monday that it would raise taxes next year. " * 20
    assert detect_language("", lead[:READ_CHARS]) == detect_language(
        "", lead[:READ_CHARS] + "Die Regierung tritt zurück. " * 500
    )


@given(any_text, any_text)
@example("\ud800", "\x00")
@example("#" * 2_000, "@" * 2_000)
@example("\u0345", "ǅ ß ŉ İ")
def test_any_text_has_an_answer(headline, body):
    """No text raises; the tag is one of the known or "und"; the confidence lies between 0 and 1; the answer is repeatable."""
    language = detect_language(headline, body)
    assert language.tag in known_languages() | {"und"}
    assert 0.0 <= language.confidence <= 1.0
    assert (language.tag == "und") == (language.confidence == 0.0)
    assert detect_language(headline, body) == language
