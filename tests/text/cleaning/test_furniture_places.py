"""Furniture of one line by its place: sources and dates at head and end, kickers above an article; what looks alike stays."""

from __future__ import annotations

import pytest

from streams.text.cleaning.clean import clean_text

HEADLINE = "Swimming pool closed for two years"
PARAGRAPHS = [
    "The council closed the old swimming pool on Monday because the roof leaks in eleven places.",
    "The mayor said that the pool would open again in two years if the county pays a third of the bill.",
    "Three hundred people signed a letter within a day, and the club wants to pay for part of the work.",
]


def clean_lines(lines: list[str]) -> list[str]:
    return clean_text("\n\n".join(lines), HEADLINE).body.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "2 March 2026, 10:04", "Dienstag, 3. März 2026, 9:15 Uhr", "Mis à jour le 3 mars 2026 à 9h15",
        "3 de marzo de 2026",
        "Gewijzigd op 3 maart 2026, 09:15", "3.3.2026 klo 9.15", "Wtorek, 3 marca 2026, 9:15",
        "3. března 2026", "2026. március 3., 9:15",
        "Actualizat: 3 martie 2026, 09:15", "3 березня 2026, 9:15", "Τρίτη 3 Μαρτίου 2026", "03 Mart 2026 09:15",
        "2026年3月3日 9:15", "입력 2026.03.03. 오전 9:15", "۱۲ اسفند ۱۴۰۴", "3 มีนาคม 2569", "Updated yesterday at 9:15",
        "Thứ ba, 03/03/2026, 09:15 (GMT+7)",
    ],
)  # fmt: skip
def test_a_date_above_or_below_an_article_is_none_of_its_lines(line: str) -> None:
    assert clean_lines([line, *PARAGRAPHS]) == PARAGRAPHS
    assert clean_lines([*PARAGRAPHS, line]) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "Source: City of Aldern", "Quelle: Stadt Aldern", "Bron: gemeente Aldern", "Källa: Alderns kommun",
        "Lähde: Aldernin kaupunki",
        "Źródło: miasto Aldern", "Forrás: Aldern városa", "Πηγή: Δήμος Άλντερν", "Источник: мэрия Олдерна",
        "المصدر: بلدية ألدرن",
        "स्रोत: नगर परिषद", "来源：市政府", "출처: 시청", "(dpa)", "dpa",
        "TT-AFP", "共同通信", "(Avec AFP)", "/ritzau/", "Mit AFP", "AP photo",
        "（ロイター）",
        "With files from Reuters", "© Ida Holm / Aldern Press", "jo.marsh@aldern.example",
    ],
)  # fmt: skip
def test_where_the_news_is_from_leaves_the_end_of_an_article(line: str) -> None:
    assert clean_lines([*PARAGRAPHS, line]) == PARAGRAPHS


@pytest.mark.parametrize("line", ["SPORT", "LAKE LIFE", "Economy", "Panorama", "Política", "Спорт", "経済"])
def test_a_kicker_above_the_first_paragraph_is_not_of_the_article(line: str) -> None:
    assert clean_lines([line, *PARAGRAPHS]) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "Got a tip? Write to the newsroom", "Haben Sie Hinweise? Schreiben Sie uns", "Tips oss på 12345",
        "Zauważyłeś błąd? Napisz do nas",
        "Already registered? Sign in", "Sie haben schon ein Konto? Hier einloggen",
        "Déjà inscrit ? Connectez-vous", "¿Ya tienes cuenta? Ingresa",
        "Allerede medlem? Logg inn her", "Máte účet? Přihlaste se", "Уже есть аккаунт? Войти", "会員の方はログイン",
        "The article continues below the advertisement", "Der Artikel geht nach der Werbung weiter",
        "La suite après la publicité",
        "Nur für Abonnenten", "Réservé à nos abonnés", "Solo para suscriptores", "Tylko dla prenumeratorów",
        "Keep us going from £4 a month: support us", "Soutenez la presse indépendante",
        "Wspieraj nas już od 10 zł miesięcznie", "Podržite nas",
        "Haberleri kaçırmamak için kanalımıza abone olun", "हमारे फेसबुक पेज को लाइक करें", "ニュースはアプリをダウンロード",
        "What do you think of this article?", "Wie finden Sie diesen Artikel?",
        "Teilen Sie diesen Artikel auf Facebook",
        "Das Wichtigste am Morgen, in Ihrem Postfach",
    ],
)  # fmt: skip
def test_what_a_paper_asks_of_its_readers_leaves_an_article(line: str) -> None:
    assert clean_lines([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]]) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "He asked readers to support the press, which they did.",
        "They log in once a day to see whether the water is warm.",
        "A ticket costs $40 a month for those who swim before seven.",
        "“Source: my own eyes,” she said, and laughed.",
        "The advertisement continues to offend people in Aldern.", "Members alone may vote on the new roof.",
        "The club has an app that tells how warm the water is.", "On 3 March 2026 at 9:15 the roof came down.",
        "Help users find their way", "What the roof will cost", "The winter of 2025", "Suite with a view of the lake",
    ],
)  # fmt: skip
def test_a_line_of_the_article_stays_whatever_words_it_shares_with_furniture(line: str) -> None:
    assert line in clean_lines([*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]])


def test_a_link_with_its_title_is_no_heading_of_links() -> None:
    """What follows "Learn more: …" is the article again, however short."""
    lines = [*PARAGRAPHS[:2], "Learn more: How to pick the right roof", "Costs", PARAGRAPHS[2]]
    assert clean_lines(lines) == [*PARAGRAPHS[:2], "Costs", PARAGRAPHS[2]]
