"""Headlines of one form that tell of different events."""

from __future__ import annotations

import pytest

from streams.text.headline import normalise_headline
from streams.text.stories.headlines import sorted_words
from streams.text.stories.templates import Naming, are_next_of_serial, are_parts_of_serials, name_others, naming, other_names
from tests.text.stories.articles import HOUR_MS


def said(*headlines, language="en"):
    """What headlines say together."""
    each = [naming(sorted_words(normalise_headline(headline)), headline, language) for headline in headlines]
    words = {word: sum(word in one.words for one in each) for one in each for word in one.words}
    return Naming(words, frozenset().union(*(one.names for one in each)), len(each))


@pytest.mark.parametrize(
    ("headline", "story", "language", "others"),
    [
        pytest.param("Okafor wins Iowa", ["Okafor wins Ohio"], "en", {"iowa"}, id="title case"),
        pytest.param("Okafor wins Iowa", ["Okafor takes Ohio", "Okafor wins in Ohio"], "en", {"iowa"}, id="of a story"),
        pytest.param("Okafor siegt in Texas", ["Okafor siegt in Ohio"], "de", {"texas"}, id="German"),
        pytest.param("أوكافور يفوز في تكساس", ["أوكافور يفوز في أوهايو"], "ar", {"تكساس"}, id="Arabic"),
        pytest.param("오카포르, 아이오와주 경선 승리", ["오카포르, 오하이오주 경선 승리"], "ko", {"아이오와주"}, id="Korean"),
        pytest.param("ओकाफोर ने आयोवा में जीत दर्ज की", ["ओकाफोर ने ओहायो में जीत दर्ज की"], "hi", {"आयोवा"}, id="Hindi"),
        pytest.param("Окафор победил в Техасе", ["Окафор победил в Огайо"], "ru", {"tehase"}, id="Russian"),
        pytest.param("Okafor gagne le Texas mardi", ["Okafor gagne le Kansas mardi"], "fr", {"texas"}, id="French"),
        pytest.param("Okafor wins Ohio", ["Okafor takes Ohio"], "en", set(), id="another verb"),
        pytest.param("Okafor wins Ohio", ["Okafor wins"], "en", set(), id="a name more"),
        pytest.param("Okafor wins", ["Okafor wins Ohio"], "en", set(), id="a name less"),
        pytest.param("Выборы в Техасе", ["Выборы: Техас голосует"], "ru", set(), id="another case of a name"),
        pytest.param("Thule concedes after long night", ["Okafor wins Ohio"], "en", set(), id="another form"),
        pytest.param("奥卡福赢得艾奥瓦州初选", ["奥卡福赢得俄亥俄州初选"], "zh", {"艾奥瓦"}, id="Chinese by sounds"),
        pytest.param("歐卡福贏得佛羅里達州初選", ["歐卡福贏得俄亥俄州初選"], "zh", {"佛罗里达"}, id="traditional Chinese"),
        pytest.param("云南省发生地震", ["四川省发生地震"], "zh", {"云南"}, id="Chinese provinces"),
        pytest.param("オカフォー氏、アイオワ州で勝利", ["オカフォー氏、オハイオ州で勝利"], "ja", {"アイオワ"}, id="katakana"),
        pytest.param("熊本県で震度5弱の地震", ["青森県で震度5弱の地震"], "ja", {"熊本"}, id="prefectures"),
        pytest.param("京都で震度5弱の地震", ["東京で震度5弱の地震"], "ja", {"京都"}, id="one inside the other"),
        pytest.param("奥卡福拿下俄亥俄州初选", ["奥卡福赢得俄亥俄州初选"], "zh", set(), id="another Chinese verb"),
        pytest.param("四川强震已致3人死亡", ["四川地震已致3人死亡"], "zh", set(), id="another Chinese noun"),
        pytest.param("テキサスでミサイル実験", ["テキサスでロケット実験"], "ja", set(), id="katakana that is no name"),
        pytest.param("俄军空袭基辅 泽连斯基回应", ["俄罗斯空袭基辅"], "zh", set(), id="a country shortened"),
        pytest.param(
            "Okafor wins Iowa",
            ["Okafor wins Ohio", "Okafor wins", "Okafor leads polls"],
            "en",
            set(),
            id="not what it is about",
        ),
    ],
)
def test_another_name_in_place_of_what_a_story_is_about_is_told(headline, story, language, others):
    assert other_names(said(headline, language=language), said(*story, language=language)) == others


def test_two_stories_about_two_names_are_told_apart_whatever_they_share():
    ohio, iowa = said("Okafor wins Ohio", "Ohio goes to Okafor"), said("Okafor wins Iowa", "Iowa goes to Okafor")
    assert name_others(ohio, iowa)
    assert not name_others(ohio, said("Okafor wins", "Victory for Okafor"))


@pytest.mark.parametrize(
    ("one", "other", "are_parts"),
    [
        ("League table after matchday 20", "League table after matchday 21", True),
        ("League table after matchday 20", "Standings, week 21", True),
        ("20. Spieltag: die Tabelle", "21. Spieltag: die Tabelle", True),
        ("20e journée : le classement", "21e journée : le classement", True),
        ("Série, episódio 3", "Série, episódio 4", True),
        ("League table after matchday 20", "Standings, week 20", False),
        ("League table after matchday 20", "League table: Alder lead", False),
        ("3 dead in Lorn", "5 dead in Lorn", False),
    ],
)
def test_numbered_parts_of_a_serial_are_told_apart(one, other, are_parts):
    assert are_parts_of_serials(one, other) is are_parts
    assert are_parts_of_serials(other, one) is are_parts


@pytest.mark.parametrize(
    "headline",
    [
        "Stocks rise as traders weigh rates", "Dax schließt im Plus", "Le CAC 40 finit en hausse", "El Ibex cierra en rojo",
        "Piazza Affari chiude in rialzo", "Ibovespa fecha em alta", "Индекс Мосбиржи вырос", "沪指收盘涨1%", "日経平均は反発",
        "코스피 상승 마감", "Sensex ends higher", "Dolar kuru bugün", "سعر الذهب اليوم", "Weather for Monday: showers",
    ],
)  # fmt: skip
def test_a_daily_serial_ends_after_hours(headline):
    assert are_next_of_serial(headline, headline, 23 * HOUR_MS)
    assert not are_next_of_serial(headline, headline, 8 * HOUR_MS)
    assert not are_next_of_serial(headline, "Ferry runs aground off Kellmouth", 23 * HOUR_MS)
