"""Furniture of one line: gone from the middle of an article, whatever the language; an article's own lines stay."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from streams.text.cleaning.clean import clean_text

PARAGRAPHS = [
    "The council closed the old swimming pool on Monday because the roof leaks in eleven places.",
    "The mayor said that the pool would open again in two years if the county pays a third of the bill.",
    "Swimmers who came at six in the morning found the door locked, and some of them swam in the lake.",
    "Three hundred people signed a letter within a day, and the club wants to pay for part of the work.",
]


def body_with(line: str) -> list[str]:
    return clean_text(
        "\n\n".join([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]]), "Swimming pool closed for two years"
    ).body.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "Also read: Lake warmer than ever", "Lesen Sie auch: See so warm wie nie",
        "À lire aussi : Le lac plus chaud que jamais", "Lea también: El lago más cálido",
        "Leia também: Lago mais quente", "Leggi anche: Il lago più caldo",
        "Lees ook: Meer warmer dan ooit", "Läs också: Sjön varmare än någonsin",
        "Les også: Sjøen varmere enn noen gang",
        "Læs også: Søen varmere end nogensinde", "Lue myös: Järvi lämpimämpi kuin koskaan",
        "Czytaj też: Jezioro cieplejsze niż kiedykolwiek",
        "Čtěte také: Jezero teplejší než kdy dřív",
        "Prečítajte si: Jazero teplejšie", "Olvasta már? | Melegebb a tó",
        "Citește și: Lacul mai cald", "Прочетете още: Езерото е по-топло",
        "Pročitajte još: Jezero toplije nego ikad",
        "Διαβάστε επίσης: Η λίμνη πιο ζεστή", "İlgili haber: Göl her zamankinden sıcak",
        "Читайте также: Озеро теплее, чем когда-либо", "Читайте також: Озеро тепліше",
        "اقرأ أيضا: البحيرة أدفأ",
        "بیشتر بخوانید: دریاچه گرم‌تر", "यह भी पढ़ें: झील पहले से गर्म", "আরও পড়ুন: হ্রদ আরও উষ্ণ",
        "Xem thêm: Hồ ấm hơn bao giờ hết", "Baca juga: Danau lebih hangat",
        "Soma pia: Ziwa lina joto",
        "延伸閱讀：湖水比以往更暖", "関連記事：湖はかつてなく暖かい", "관련 기사: 호수가 더 따뜻해졌다", "Photo: Ida Holm/AFP",
        "Foto: Ida Holm", "Fot. Ida Holm / PAP", "Фото: Ида Холм", "Ida Holm/Getty Images",
        "Sign up to our newsletter", "Abonnieren Sie unseren Newsletter",
        "Suivez-nous sur WhatsApp", "Siga nosso canal no WhatsApp",
        "Подписывайтесь на наш телеграм-канал", "تابعونا على واتساب",
        "Theo dõi chúng tôi trên Facebook", "Tags: pool, roof, mayor", "Теги: бассейн, крыша",
        "The post Swimming pool closed appeared first on Lake Herald.", "3 min read",
        "Support independent journalism: donate to us today.",
        "War dieser Artikel hilfreich?", "Please log in to read on", "More from Lake Herald",
    ],
)  # fmt: skip
def test_a_line_of_furniture_leaves_an_article(line: str) -> None:
    assert body_with(line) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "He read: the pool is closed, and the key is with the mayor.",
        "Users may follow the council on WhatsApp, where it tells of closures on weekday mornings.",
        "The photo shows the roof as it was in 2019, before the first beam was lifted into place.",
        "“Support us,” she said, “or the children of this town will not learn to swim.”",
        "The newsletter of the swimming club, printed since 1961, called the decision a shame.",
        "Opening hours: from six in the morning, but not on Mondays.",
    ],
)  # fmt: skip
def test_an_articles_own_line_stays(line: str) -> None:
    assert line in body_with(line)


def _lines(name: str) -> list[str]:
    return tomllib.loads(Path(__file__).with_name("single_lines.toml").read_text("utf-8"))[name]


@pytest.mark.parametrize("line", _lines("furniture"))
def test_furniture_that_stands_alone_leaves_an_article_in_any_language(line: str) -> None:
    assert body_with(line) == PARAGRAPHS


@pytest.mark.parametrize("line", _lines("own"))
def test_a_line_that_only_looks_like_furniture_stays(line: str) -> None:
    assert line in body_with(line)
